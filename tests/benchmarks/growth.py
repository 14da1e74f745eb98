"""Measure how far one machine goes: libraries of 2,000 to 1,000,000 passages, and other systems.

    python -m tests.benchmarks.growth --data DIR --library FOLDER --folder ROOM
        [--sizes N ...] [--peers-upto N]

``--data`` is news-dev. ``--library`` is the library of ``tests.benchmarks.search``; the large
libraries are made of its passages and vectors (``large.py``). One library grows in ROOM from size
to size. At each size, separate processes are measured: one that writes Chroma and searches through
it, one that does not and searches exactly, and one that adds. Up to the size ``--peers-upto``,
LlamaIndex over Chroma and BM25 in memory (bm25s) are measured on the same passages.

The questions are news-dev's 303, each on the day that it was asked. All results are kept in
ROOM/growth.jsonl; ``growth_report.py`` makes the table and the picture. Asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, Settings
from assistant.training.newsdev import Question, read_questions
from index import Encoder, IndexState, Library, load_encoder
from index.search.searching import BY_MEANING, BY_WORDS, Remembered, score_candidates
from index.storage.store import Store
from index.vectors.exact import Matrix
from index.vectors.follower import VectorIndex
from tests.benchmarks import growth_report
from tests.benchmarks.growth_peers import TOP, Measured, bm25s, llamaindex, memory, middle, times
from tests.benchmarks.large import Source, grow

SIZES = (2_000, 20_000, 200_000, 1_000_000)
ADDED = 200  # articles


class Ready:
    """An encoder with precomputed vectors, to measure adding without encoding.

    Args:
        inner: counts word pieces.
        vectors: what it returns, in turn.
    """

    def __init__(self, inner: Encoder, vectors: NDArray[np.float32]) -> None:
        self._inner, self._vectors = inner, vectors
        self.name, self.dim, self.max_tokens = inner.name, inner.dim, inner.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.resize(self._vectors, (len(texts), self.dim))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        return self._inner.encode_question(text)


def follow(room: Path, options: argparse.Namespace) -> Measured:
    """Let Chroma catch up with what was written."""
    with _indexed(room) as (store, index):
        start = time.perf_counter()
        index.open()
        index.follow()
        seconds = time.perf_counter() - start
        with store.reading() as snapshot:
            written = snapshot.count_passages()
        start = time.perf_counter()
        index.follow_in_background()  # writes vectors.bin if it is due
        index.wait()
        left = time.perf_counter() - start
        start = time.perf_counter()
    found = {"chroma follows, s": seconds, "upto": written, "leaves vectors.bin, s": left}
    return found | {"closes, s": time.perf_counter() - start}


@contextmanager
def _indexed(room: Path) -> Iterator[tuple[Store, VectorIndex]]:
    """The library's store and Chroma, without a library around them."""
    store = Store.open(room / "library", create=False)
    index = VectorIndex(store)
    try:
        yield store, index
    finally:
        index.close()
        store.close()


def hold(room: Path, options: argparse.Namespace) -> Measured:
    """Measure the process that holds Chroma.

    It opens, searches, times each stage, and then runs another process beside it.
    """
    _in_memory(room, wanted=True)
    found = _open_and_search(room, options)
    questions, library, encoder = found.pop("questions"), found.pop("library"), found.pop("encoder")
    for name, days in (("a year", 365), ("a month", 30)):
        narrow = [(asked, asked.asked - timedelta(days=days)) for asked in questions[::5]]
        found[f"of {name}, ms"] = times(
            lambda pair: library.search(
                pair[0].text, as_of=pair[0].asked, since=pair[1], until=pair[0].asked
            ),
            narrow,
        )
    assistant = Assistant(library, Settings())
    found["answers, ms"] = times(
        lambda asked: assistant.answer(asked.text, as_of=asked.asked), questions[::5]
    )
    found["memory, MiB"] = memory()
    other = _run("share", options)
    library.close()
    found |= _stages(room, encoder, questions)
    return found | {f"other: {key}": value for key, value in other.items()}


def share(room: Path, options: argparse.Namespace) -> Measured:
    """Measure another process while one holds Chroma: it searches exactly."""
    _in_memory(room, wanted=True)
    found = _open_and_search(room, options)
    library = found.pop("library")
    del found["questions"], found["encoder"]
    found["memory, MiB"] = memory()
    library.close()
    return found


def cold(room: Path, options: argparse.Namespace) -> Measured:
    """Measure the process that holds Chroma, and another beside it, with files not in memory."""
    _in_memory(room, wanted=False)
    questions = read_questions(options.data)
    library, found = _open(room, questions)
    _in_memory(room, wanted=False)
    found["searches, ms"] = times(
        lambda asked: library.search(asked.text, as_of=asked.asked), questions[::5]
    )
    _in_memory(room, wanted=False)
    other = _run("cold_share", options)
    library.close()
    return found | {"other: opens, s": other["opens, s"]}


def cold_share(room: Path, options: argparse.Namespace) -> Measured:
    """Measure another process with files not in memory."""
    library, found = _open(room, read_questions(options.data))
    library.close()
    return found


def add(room: Path, options: argparse.Namespace) -> Measured:
    """Add articles as users do, with vectors at hand, then remove them."""
    source = Source.of(options.library)
    encoder = Ready(load_encoder(), source.vectors[:64])
    with Library.open(room / "library", encoder=encoder) as library:
        library.warm()
        fresh = [article for article, _, _ in islice(source.made(10_000_000), ADDED)]
        start = time.perf_counter()
        added = library.add(fresh)
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        library.remove(added.new)
        removed = time.perf_counter() - start
    return {
        "adds, articles/s": len(added.new) / seconds,
        "removes, articles/s": len(added.new) / removed,
    }


def _open_and_search(room: Path, options: argparse.Namespace) -> Measured:
    """Open the library and ask all questions twice.

    Measures the time to the first search result, then the first and the second pass.
    """
    questions = read_questions(options.data)
    library, found = _open(room, questions)

    def search(asked: Question) -> object:
        return library.search(asked.text, as_of=asked.asked)

    first = times(search, questions)
    return found | {
        "searches first, ms": first,
        "searches, ms": times(search, questions),
        "through Chroma": library.index_status.state is IndexState.READY,
        "questions": questions,
        "library": library,
        "encoder": library.encoder,
    }


def _open(room: Path, questions: Sequence[Question]) -> tuple[Library, Measured]:
    """Open the library; measures the time to the first result, and until Chroma is open."""
    start = time.perf_counter()
    library = Library.open(room / "library", create=False)
    library.warm()
    library.search(questions[0].text, as_of=questions[0].asked)
    opened = time.perf_counter() - start
    library.wait_for_index()
    return library, {"opens, s": opened, "Chroma opens, s": time.perf_counter() - start}


def _in_memory(room: Path, wanted: bool) -> None:
    """Have the system load the library's files into memory, or drop them from it."""
    for path in (room / "library").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                if not wanted:
                    os.fsync(file.fileno())
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                while wanted and file.read(1 << 24):
                    pass


def _stages(room: Path, encoder: Encoder, questions: Sequence[Question]) -> Measured:
    """Milliseconds of each step of a search on its own, median and p95; and Chroma's recall.

    In a real search, words are looked up in parallel with the vector.
    """
    steps: dict[str, list[float]] = {}

    def timed(name: str, call: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - whatever is called returns
        start = time.perf_counter()
        result = call(*arguments)
        steps.setdefault(name, []).append(1_000 * (time.perf_counter() - start))
        return result

    recalls = []
    with _indexed(room) as (store, index):
        index.open()
        index.follow()
        tail, every = Matrix(after=index.standing.indexed), Matrix()
        read = Remembered().embeddings_of
        for asked in questions:
            vector = timed("the question's vector", encoder.encode_question, asked.text)
            with store.reading() as snapshot:
                terms = timed("how frequent its words are", snapshot.look_up, asked.text)
                words = timed("candidates by words", snapshot.find_passages, terms, BY_WORDS, None)
            near = timed("candidates by meaning", index.nearest, vector, BY_MEANING) or []
            found = [*near, *words]
            with tail.reading(store) as (snapshot, rows):
                timed("scoring", score_candidates, snapshot, rows, terms, vector, found, read)
            with every.reading(store) as (_, rows):
                exact = rows.nearest(vector, TOP)
            recalls.append(len(set(near[:TOP]) & set(exact)) / len(exact))
    milliseconds = {f"{name}, ms": middle(values) for name, values in steps.items()}
    return milliseconds | {"recall": float(np.mean(recalls))}


def _run(role: str, options: argparse.Namespace) -> Measured:
    """Run a role in its own process."""
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--role", role]
    for name in ("data", "library", "folder"):
        command += [f"--{name}", str(getattr(options, name))]
    played = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Measured = json.loads(played.stdout.splitlines()[-1])
    return found


def measure(size: int, options: argparse.Namespace) -> Measured:
    """Grow the library to a size and measure it there."""
    folder, source = options.folder / "library", Source.of(options.library)
    found: Measured = {"date": date.today().isoformat()}
    start, before = time.perf_counter(), 0
    if (folder / "library.db").exists():
        with Library.open(folder) as library:
            before = library.summary().passages
    if before > 1.1 * size:
        sys.exit(
            f"{folder}: found {before:,} passages; expected at most {size:,}; give another --folder"
        )
    grow(folder, source, size, lambda held: _tell(f"{held:,} of {size:,} passages"))
    found |= {"from": before, "writes, s": time.perf_counter() - start}
    for role in ("follow", "hold", "cold", "add"):
        _tell(f"{size:,} passages: {role}")
        found[role] = _run(role, options)
    for role in ("bm25s", "llamaindex"):
        if size <= options.peers_upto:
            _tell(f"{size:,} passages: {role}")
            found[role] = _run(role, options)
    with Library.open(folder) as library:
        held = library.summary()
    found |= {"passages": held.passages, "articles": held.articles, "load": os.getloadavg()[0]}
    found["library.db, MiB"] = (folder / "library.db").stat().st_size / 2**20
    left = folder / "vectors.bin"
    found["vectors.bin, MiB"] = left.stat().st_size / 2**20 if left.exists() else 0
    chroma = [path.stat().st_size for path in (folder / "chroma").rglob("*") if path.is_file()]
    return found | {"chroma, MiB": sum(chroma) / 2**20}


def _tell(what: str) -> None:
    sys.stderr.write(f"\r\x1b[K{what}")
    sys.stderr.flush()


ROLES = {
    role.__name__: role for role in (follow, hold, share, cold, cold_share, add, bm25s, llamaindex)
}


def main() -> None:
    """Measure each size, or run one role."""
    parser = argparse.ArgumentParser(description="Measure libraries as they grow.")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="holds news-dev's files"
    )
    parser.add_argument(
        "--library", type=Path, required=True, metavar="FOLDER", help="of tests.benchmarks.search"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        required=True,
        metavar="ROOM",
        help="for the large library; some 11 GB",
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="ascending"
    )
    parser.add_argument(
        "--peers-upto",
        type=int,
        default=200_000,
        metavar="N",
        help="size up to which others are run",
    )
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        sys.stdout.write(json.dumps(ROLES[options.role](options.folder, options)) + "\n")
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    kept = options.folder / "growth.jsonl"
    for size in options.sizes:
        found = measure(size, options)
        with kept.open("a") as file:
            file.write(json.dumps(found) + "\n")
    _tell("")
    growth_report.main(["--kept", str(kept)])


if __name__ == "__main__":
    main()
