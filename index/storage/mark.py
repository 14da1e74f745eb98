"""How many changes a library had committed, in a small file beside library.db: tells when some are gone.

SQLite takes a log that was cut short, or deleted, for one that ends there: what only it held would be missing without
a word. The mark is written once a change is committed, so it is never ahead of a library from which nothing is gone.
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path


class Mark:
    """The mark of one library.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = 0

    def read(self) -> int:
        """The number of the last change that was marked; 0 where there is no mark, or it was damaged itself."""
        with suppress(OSError, ValueError):
            number, _, checksum = self.path.read_text("ascii").strip().partition(" ")
            if checksum == _checksum(int(number)):
                return int(number)
        return 0

    def advance(self, latest: int) -> None:
        """Mark this change, unless a later one is."""
        if latest > self._known and latest > self.read():
            self.put(latest)
        self._known = latest

    def put(self, latest: int) -> None:
        """Mark this change, whatever was marked. Where the disk does not take it, no article is the worse for it."""
        with suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666)
            try:
                os.write(
                    handle, f"{latest:020d} {_checksum(latest)}\n".encode()
                )  # one write, always as long
            finally:
                os.close(handle)


def _checksum(number: int) -> str:
    return f"{zlib.crc32(b'%d' % number):08x}"
