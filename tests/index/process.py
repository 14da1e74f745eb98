"""Another process on the same library, for the tests of several processes.

Run as ``python -m tests.index.process``. Commands: ``add FOLDER START COUNT`` prints each id once
it is acknowledged; ``remove FOLDER ID…``; ``fill FOLDER LIMIT`` adds until files may not grow over
LIMIT bytes; ``read FOLDER`` is a user without rights, who prints the ids that are found, then tries
to add.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from itertools import count

from corpus import Article
from index import Library, LibraryError, Outcome
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered

NOBODY = 65534


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def report(entry: Article, _: Outcome) -> None:
    say(entry.id)


def endless() -> Iterator[Article]:
    for n in count():
        yield article(
            f"a{n}",
            f"Topic{n}. " + " ".join(f"Sentence {k} of {n} is long enough." for k in range(300)),
        )


def main(command: str, folder: str, *rest: str) -> None:
    if command == "read" and os.geteuid() == 0:
        Library.open(
            folder, encoder=WordEncoder()
        ).close()  # Python itself may be where only root can read
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with Library.open(folder, encoder=WordEncoder()) as library:
        if command == "add":
            library.add(numbered(int(rest[1]), start=int(rest[0])), progress=report)
        elif command == "remove":
            library.remove(rest)
        elif command == "fill":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(rest[0]), int(rest[0])))
            library.add(endless(), progress=report)
        elif command == "read":
            for hit in library.search("council"):
                say(hit.article.id)
            library.add([article("new")])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except LibraryError as error:
        say(f"{type(error).__name__}: {error}")
        sys.exit(1)
