"""vectors.bin: a copy of a large library's vectors in one block, which is fast to read.

In library.db the vectors lie between texts. A million passages take 10 s to read from there, or
39 s from a cold disk; from the block they take 0.5 s and 1.8 s. Vectors written since are read
from library.db, which stays authoritative. A setting in library.db describes the file, so that a
damaged file or another library's is rejected.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from index.folder import BLOCK
from index.storage.records import Vectors
from index.storage.store import VECTORS, Store
from index.storage.transaction import Snapshot

LARGE = 100_000
"""A library with this many passages counts as large."""
_PART = 64 << 20  # bytes that one core processes at a time


@dataclass(frozen=True, slots=True)
class VectorFile:
    """Describes a library's vectors.bin.

    Attributes:
        upto: it holds all passages up to the change with this number.
        rows: number of passages.
        dim: length of each vector.
        checksums: CRC-32 of the three fields above, then of each part of the vectors, then of each
            part of the passage numbers.
    """

    upto: int
    rows: int
    dim: int
    checksums: list[int]

    @classmethod
    def of(cls, store: Store, snapshot: Snapshot) -> Self | None:
        """The file last written; None if there is none, or the one on disk cannot be it."""
        with suppress(TypeError, ValueError, LookupError, OSError):
            left = cls(**json.loads(snapshot.setting(VECTORS) or "null"))
            if (
                left.checksums[0] == _checksum_of(left.upto, left.rows, left.dim)
                and left.upto <= snapshot.latest
            ):
                return (
                    left if _path(store).stat().st_size == left.rows * (4 * left.dim + 8) else None
                )
        return None

    @classmethod
    def is_due(cls, store: Store, snapshot: Snapshot) -> bool:
        """Whether the file lacks at least ``LARGE`` passages and a fifth of the library."""
        left = cls.of(store, snapshot)
        lag = snapshot.count_passages(after=left.upto if left else 0)
        return lag >= LARGE and lag >= snapshot.count_passages() // 5

    def read(self, store: Store, vectors: Vectors, numbers: NDArray[np.int64]) -> bool:
        """Fill these arrays, (rows, dim) and (rows,).

        Returns:
            False if the file differs from what was written; it is then deleted.
        """
        path, blocks = _path(store), (vectors.data.cast("B"), numbers.data.cast("B"))
        with suppress(OSError), ThreadPoolExecutor(os.cpu_count(), "dateline-vectors") as pool:
            if (
                list(pool.map(lambda part: _read(path, *part), _parts(*blocks)))
                == self.checksums[1:]
            ):
                return True
            path.unlink()
        return False

    @classmethod
    def write(cls, store: Store, stop: Callable[[], bool] = lambda: False) -> None:
        """Write the file for whoever opens the library next. Disk errors are ignored.

        Args:
            store: the library's.
            stop: polled while writing; return True to give up and leave things as they are.

        Raises:
            LibraryError: an article's vectors differ from what was stored, or the library cannot
                be written.
        """
        path, numbers = _path(store), array("q")
        # Two processes that write at once corrupt it, which the checksums reveal.
        made = path.with_suffix(".part")

        def vectors(snapshot: Snapshot) -> Iterator[memoryview]:
            for embedding in snapshot.embeddings():
                if stop():
                    raise InterruptedError
                numbers.extend(embedding.passages)
                yield embedding.vectors.data.cast("B")

        with suppress(OSError):
            try:
                with store.reading() as snapshot, made.open("wb") as file:
                    upto = snapshot.latest
                    checksums = _write(file, vectors(snapshot))
                    if not numbers:  # everything was removed
                        return
                    rows, dim = len(numbers), file.tell() // (4 * len(numbers))
                    checksums += _write(file, [memoryview(numbers).cast("B")])
                made.replace(path)
            finally:
                made.unlink(missing_ok=True)
            left = cls(upto, rows, dim, [_checksum_of(upto, rows, dim), *checksums])
            with store.writing() as writer:
                writer.set(VECTORS, json.dumps(asdict(left)))


def _checksum_of(*facts: int) -> int:
    return zlib.crc32(json.dumps(facts).encode())


def _path(store: Store) -> Path:
    return store.path.with_name(BLOCK)


def _write(file: BinaryIO, pieces: Iterable[memoryview]) -> list[int]:
    """Write the pieces; return the checksum of each part of what was written."""
    checksums, room = list[int](), 0
    for piece in pieces:
        while len(piece):
            if not room:
                checksums.append(0)
                room = _PART
            part, piece = piece[:room], piece[room:]
            file.write(part)
            checksums[-1] = zlib.crc32(part, checksums[-1])
            room -= len(part)
    return checksums


def _parts(*blocks: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The same parts in memory, each with its offset in the file."""
    start = 0
    for block in blocks:
        for low in range(0, len(block), _PART):
            yield start + low, block[low : low + _PART]
        start += len(block)


def _read(path: Path, start: int, part: memoryview) -> int:
    """Read a part from the file; return its checksum."""
    with path.open("rb") as file:
        file.seek(start)
        file.readinto(part)
    return zlib.crc32(part)
