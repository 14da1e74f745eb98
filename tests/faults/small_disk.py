"""A process that fills a disk with a library: ``python -m tests.faults.small_disk DISK LEFT``.

DISK is a small disk that only this process sees; all but LEFT bytes of it are filled first. The
process prints each article that was acknowledged, then the error, and how long the call that raised
it took. The library is copied to ``DISK-off``.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from itertools import count
from pathlib import Path

from corpus import Article
from index import Library, LibraryError, Outcome
from tests.fakes import WordEncoder
from tests.index.articles import article


def acknowledge(entry: Article, _: Outcome) -> None:
    sys.stdout.write(f"! {entry.id}\n")


def fill(folder: Path) -> tuple[LibraryError, float]:
    """Add articles until an error is raised; returns it and how many seconds that call took."""
    began = time.monotonic()
    try:
        with Library.open(folder, encoder=WordEncoder()) as library:
            library.warm()
            for n in count():
                began = time.monotonic()
                text = (
                    f"The council spoke about topic{n}. "
                    + "It went on for long and nobody was glad of it. " * 40
                )
                library.add([article(f"a{n}", text)], progress=acknowledge)
    except LibraryError as error:
        return error, time.monotonic() - began
    raise AssertionError("no disk is endless")


def main(disk: Path, left: int) -> None:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "other").write_bytes(bytes(max(0, free - left)))
    error, seconds = fill(disk / "library")
    if (disk / "library" / "library.db").exists():
        shutil.copytree(disk / "library", disk.with_name(f"{disk.name}-off"))
    sys.stdout.write(f"{type(error).__name__}: {error}\n{seconds}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
