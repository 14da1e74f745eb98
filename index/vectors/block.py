"""vectors.bin: the vectors of a large library in one block, which a process reads in one go. A copy, never the truth.

In library.db they lie between texts: a million passages take 10 s from there, and 39 from a cold disk, where the block
takes .5 and 1.8. What was written since is read from library.db. A setting says what is in the file, so that neither a
damaged one nor another library's counts.
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
"""Passages that make a library large."""
_PART = 64 << 20  # bytes that one core sees to at a time


@dataclass(frozen=True, slots=True)
class VectorFile:
    """What is in a library's vectors.bin.

    Attributes:
        upto: the number of the change up to which it holds all passages.
        rows: how many there are.
        dim: how long each vector is.
        checksums: CRC-32 of the three, then of each part of the vectors, then of the numbers.
    """

    upto: int
    rows: int
    dim: int
    checksums: list[int]

    @classmethod
    def of(cls, store: Store, snapshot: Snapshot) -> Self | None:
        """What was last written; None where nothing was, or what is there cannot be it."""
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
        """Whether a fifth of a large library is not in it."""
        left = cls.of(store, snapshot)
        lag = snapshot.count_passages(after=left.upto if left else 0)
        return lag >= LARGE and lag >= snapshot.count_passages() // 5

    def read(self, store: Store, vectors: Vectors, numbers: NDArray[np.int64]) -> bool:
        """Fill these arrays, (rows, dim) and (rows,); False where the file is not what was written, and was deleted."""
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
        """Leave the file for whoever opens the library next; where the disk does not take it, they go without.

        Args:
            store: the library's.
            stop: asked now and then; True to leave things as they are.

        Raises:
            LibraryError: an article's vectors are not what was stored, or the library cannot be written.
        """
        path, numbers = _path(store), array("q")
        made = path.with_suffix(
            ".part"
        )  # two that write at once spoil it, which the checksums tell

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
                    if not numbers:  # all was removed
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
    """The checksums of the parts of what was written."""
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
    """The same parts, in memory, and where each stands in the file."""
    start = 0
    for block in blocks:
        for low in range(0, len(block), _PART):
            yield start + low, block[low : low + _PART]
        start += len(block)


def _read(path: Path, start: int, part: memoryview) -> int:
    """The checksum of a part, once it was read."""
    with path.open("rb") as file:
        file.seek(start)
        file.readinto(part)
    return zlib.crc32(part)
