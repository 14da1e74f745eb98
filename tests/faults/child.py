"""A process that works on a library and kills itself at a named point.

It reports each operation before it begins ("? …") and once it is acknowledged ("! …"). The point is
found by watching calls, so that the library's own code runs unchanged.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from corpus import Article
from index import Library, Outcome
from tests.fakes import WordEncoder
from tests.index.articles import article

ARTICLES = 12
BULK = 1_200  # passages: Chroma writes its index files every 1,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a process dies.

    Attributes:
        function: whose call is watched: the end of its file's path, and its qualified name.
        event: "call" or "return".
        late: dies at most this many seconds later, wherever it is by then.
    """

    function: tuple[str, str]
    event: str = "call"
    late: float = 0.0


POINTS = {
    "while an article is encoded": Point(function=("index/upkeep/adding.py", "encode")),
    "as the transaction begins": Point(function=("index/storage/transaction.py", "Writer.put")),
    "inside the transaction": Point(function=("index/storage/words.py", "put")),
    "before the commit": Point(
        function=("index/storage/transaction.py", "Writer.put"), event="return"
    ),
    "after the commit": Point(function=("index/upkeep/adding.py", "Intake._put"), event="return"),
    "before Chroma deletes": Point(function=("models/Collection.py", "Collection.delete")),
    "after Chroma deleted": Point(
        function=("models/Collection.py", "Collection.delete"), event="return"
    ),
    "before Chroma's upsert": Point(function=("models/Collection.py", "Collection.upsert")),
    "after Chroma's upsert": Point(
        function=("models/Collection.py", "Collection.upsert"), event="return"
    ),
    "while Chroma writes its index files": Point(
        function=("models/Collection.py", "Collection.upsert"), late=0.3
    ),
    "during a rebuild": Point(
        function=("index/vectors/chroma/home.py", "check_space"), event="return"
    ),
    "during a compaction": Point(
        function=("index/storage/transaction.py", "Writer.merge_words"), event="return", late=0.02
    ),
    "during a snapshot": Point(function=("index/storage/store.py", "Store.copy_to.<locals>.tell")),
    "as the library is closed": Point(function=("index/vectors/chroma/files.py", "_checksums")),
}


def body(name: str, version: int) -> str:
    """The text of an article in this version.

    Its name and version are words that no other text holds.
    """
    return (
        f"The council met about {name}. It wrote version{version}of{name} into the minutes. "
        "Nobody else was there."
    )


def operations(seed: int) -> Iterator[tuple[str, ...]]:
    """Yield the operations, mostly puts and removals.

    Each point is reached many times before the end.
    """
    chance = random.Random(seed)
    for version in range(400):
        name = f"a{chance.randrange(ARTICLES)}"
        yield ("remove", name) if chance.random() < 0.25 else ("put", name, str(version))
        if version % 10 == 5:
            yield (("compact",), ("snapshot",), ("repair",), ("reopen",))[version // 10 % 4]


def die_at(point: Point, nth: int) -> None:
    """Have this process killed when it reaches the point for the n-th time, in any thread."""
    file, name = point.function
    left = [nth]

    def watch(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != point.event or code.co_qualname != name or not code.co_filename.endswith(file):
            return
        left[0] -= 1
        if left[0] == 0:
            if point.late:
                delay = random.random() * point.late
                threading.Timer(delay, os.kill, (os.getpid(), signal.SIGKILL)).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(watch)
    sys.setprofile(watch)


def work(folder: Path, seed: int, say: Callable[..., None]) -> None:
    """Run one operation after another."""
    library = Library.open(folder, encoder=WordEncoder())
    library.warm()
    for number, (what, *rest) in enumerate(operations(seed)):
        say("?", what, *rest)
        if what == "put":

            def acknowledge(entry: Article, _: Outcome, version: str = rest[1]) -> None:
                say("!", "put", entry.id, version)

            library.add([article(rest[0], body(rest[0], int(rest[1])))], progress=acknowledge)
            continue
        if what == "remove":
            if rest[0] in library:
                library.remove(rest[0])
        elif what == "compact":
            library.compact()
        elif what == "snapshot":
            library.snapshot(folder.parent / f"kept-{os.getpid()}-{number}")
        elif what == "repair":
            library.repair()
        elif what == "reopen":
            library.close()
            library = Library.open(folder, encoder=WordEncoder())
            library.warm()
        say("!", what, *rest)


def main(folder: Path, seed: int, point: str, nth: int, told: Connection) -> None:
    """Run one operation after another until the point."""
    die_at(POINTS[point], nth)
    work(folder, seed, lambda *words: told.send_bytes(" ".join(words).encode()))
