"""Chroma's files, the folder chroma/ beside library.db.

Chroma crashes the process on files that were damaged or half written, and two processes on one folder lost vectors
silently in 3 of 3 runs. So one process at a time has them, the one that holds LOCK, and it opens them only where they
are, byte by byte, what a clean close left behind; otherwise they are thrown away, to be made again from the store.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.folder import CHROMA_FOLDER
from index.storage.store import CHROMA, Store
from index.vectors.chroma.home import COSINE, Lock, Opened, check_space, client_settings

if TYPE_CHECKING:
    from chromadb.api.client import Client

_DATABASE = "chroma.sqlite3"  # of the files the one that is always there
_PART = 64 << 20  # bytes of a file that one core sees to at a time
_PIECE = 1 << 20


class Files:
    """The folder chroma/ beside library.db.

    Args:
        store: the library's.
    """

    name = "chroma/"
    recovers = False

    def __init__(self, store: Store) -> None:
        self.discarded = False
        self._store = store
        self._folder = store.path.with_name(CHROMA_FOLDER)
        self._lock = Lock(store)
        self._client: Client | None = None

    def open(self) -> Opened | None:
        """See ``Home.open``."""
        if not self._store.writable or not self._lock.acquire():
            return None
        with ThreadPoolExecutor(1, "dateline-checksums") as beside:
            taking_over = beside.submit(self._take_over)
            import chromadb  # takes about as long as the checksums of 200,000 vectors

            indexed = taking_over.result()
        client = chromadb.PersistentClient(self._folder, settings=client_settings())
        self._client = cast(
            "Client", client
        )  # only the class, not the interface it is declared as, has close()
        collection = client.get_or_create_collection(
            "passages", embedding_function=None, configuration=COSINE
        )
        check_space(collection, self.name)
        return Opened(collection, indexed, leads=True)

    def mark(self, indexed: int) -> None:
        """Nothing: only a clean close says how far they have come."""

    def discard(self) -> bool:
        """See ``Home.discard``."""
        self._disconnect()
        self._lock.release()
        if self._store.writable:
            self._note(None)
        return True

    def close(self, indexed: int | None) -> None:
        """See ``Home.close``."""
        try:
            if self._client is not None:
                self._disconnect()
                files = _checksums(self._folder)
                if (
                    indexed is not None and _DATABASE in files
                ):  # else somebody deleted the folder meanwhile
                    self._note(json.dumps({"indexed": indexed, "files": files}))
        finally:
            self._lock.release()

    def _take_over(self) -> int:
        """See which change the files have followed to; those that may be unsound are thrown away: 0."""
        with self._store.writing() as writer:
            left = writer.setting(CHROMA)
            writer.set(
                CHROMA, None
            )  # from here on the files count as open, and unsound if we crash
        if left is not None:
            if json.loads(left)["files"] == _checksums(self._folder, at_once=os.cpu_count() or 1):
                return int(json.loads(left)["indexed"])
            self.discarded = True
        if self._folder.exists():
            shutil.rmtree(self._folder)
        return 0

    def _note(self, left: str | None) -> None:
        with self._store.writing() as writer:
            writer.set(CHROMA, left)

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _checksums(folder: Path, *, at_once: int = 1) -> dict[str, str]:
    """SHA-256 of each file, over those of its parts: of a million vectors it is 1.8 GB.

    Args:
        folder: Chroma's.
        at_once: parts that are read at a time; 1 where the program may be ending, which allows no new threads.
    """
    parts = [
        (path, start)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for start in range(0, max(path.stat().st_size, 1), _PART)
    ]
    if at_once == 1:
        digests = [_digest_of(part) for part in parts]
    else:
        with ThreadPoolExecutor(at_once, "dateline-checksums") as pool:
            digests = list(pool.map(_digest_of, parts))
    checksums: dict[str, Any] = {}
    for (path, _), digest in zip(parts, digests, strict=True):
        checksums.setdefault(path.relative_to(folder).as_posix(), hashlib.sha256()).update(digest)
    return {name: checksum.hexdigest() for name, checksum in checksums.items()}


def _digest_of(part: tuple[Path, int]) -> bytes:
    path, start = part
    with path.open("rb") as file:
        file.seek(start)
        checksum = hashlib.sha256()
        for _ in range(_PART // _PIECE):
            checksum.update(file.read(_PIECE))
        return checksum.digest()
