"""Chroma's files, in the folder chroma/ beside library.db.

Chroma crashes the process if its files are damaged or half written, and two processes on one
folder silently lost vectors in 3 of 3 runs. So only one process at a time uses the files: the
holder of LOCK. It opens them only if they are, byte for byte, what a clean close left behind.
Otherwise they are discarded and rebuilt from the store.
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

_DATABASE = "chroma.sqlite3"  # the one file that always exists
_PART = 64 << 20  # bytes of a file that one core processes at a time
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
            import chromadb  # as slow as the checksums of 200,000 vectors

            indexed = taking_over.result()
        client = chromadb.PersistentClient(self._folder, settings=client_settings())
        # It is declared as an interface without close(); the class has it.
        self._client = cast("Client", client)
        collection = client.get_or_create_collection(
            "passages", embedding_function=None, configuration=COSINE
        )
        check_space(collection, self.name)
        return Opened(collection, indexed, leads=True)

    def mark(self, indexed: int) -> None:
        """Do nothing: only a clean close records how far the files have followed."""

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
                # If the database is missing, somebody deleted the folder meanwhile.
                if indexed is not None and _DATABASE in files:
                    self._note(json.dumps({"indexed": indexed, "files": files}))
        finally:
            self._lock.release()

    def _take_over(self) -> int:
        """Take over the files; discard them if they may be unsound.

        Returns:
            The number of the change they have followed to; 0 if discarded or absent.
        """
        with self._store.writing() as writer:
            left = writer.setting(CHROMA)
            # From here on the files count as open, and as unsound if we crash.
            writer.set(CHROMA, None)
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
    """SHA-256 of each file, taken over the SHA-256 of its parts. A million vectors are 1.8 GB.

    Args:
        folder: Chroma's.
        at_once: parts to read in parallel; 1 if the program may be exiting, when no new threads
            can start.
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
