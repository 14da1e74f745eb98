"""A small file beside library.db with the number of the last committed change. It reveals losses.

If SQLite's log is truncated or deleted, SQLite takes it as ending there, so the changes that only
the log held are lost silently. The mark is written after each commit, so it is never ahead of a
library that has lost nothing.
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path


class Mark:
    """The mark of one library.

    Args:
        path: the path of the mark file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = 0

    def read(self) -> int:
        """The number of the last marked change; 0 if the mark is missing or damaged."""
        with suppress(OSError, ValueError):
            number, _, checksum = self.path.read_text("ascii").strip().partition(" ")
            if checksum == _checksum(int(number)):
                return int(number)
        return 0

    def advance(self, latest: int) -> None:
        """Mark this change, unless a later one is marked."""
        if latest > self._known and latest > self.read():
            self.put(latest)
        self._known = latest

    def put(self, latest: int) -> None:
        """Mark this change, whatever was marked before. Disk errors are ignored as harmless."""
        with suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o666)
            try:
                # a single write of constant length
                os.write(handle, f"{latest:020d} {_checksum(latest)}\n".encode())
            finally:
                os.close(handle)


def _checksum(number: int) -> str:
    return f"{zlib.crc32(b'%d' % number):08x}"
