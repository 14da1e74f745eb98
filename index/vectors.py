"""Chroma: an index of the store's vectors that may lag, be lost, and be rebuilt without encoding again.

One process at a time may have Chroma's files open: two lost vectors silently in 3 of 3 runs. That one holds LOCK, which
is tried and never waited for. Chroma crashes the process on files that were damaged or half written, so they are opened
only where they are, byte by byte, what a clean close left behind; otherwise they are thrown away and made again from
the store. Passages go by their numbers; nothing is kept in Chroma that the store does not hold.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from index.records import Vectors, passage_numbers
from index.store import CHROMA, Store
from index.transaction import Snapshot

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

MAX_WAIT = 5_000
"""Passages that Chroma follows while its caller waits, about 1.5 s; a longer way is gone in the background."""
_BATCH = 1_000  # Chroma takes 5,461 at most; it writes its index files every 1,000
_DATABASE = "chroma.sqlite3"  # of Chroma's files the one that is always there

logger = logging.getLogger(__name__)


class VectorIndex:
    """Chroma over the vectors of one store. Thread-safe.

    Attributes:
        indexed: the number of the change up to which Chroma has followed the store.
        ready: Chroma is open and has followed the store to its end once.
        problem: why Chroma is not used, where it failed.
        discarded: the files that were found were not those that a clean close left, and were thrown away.
    """

    def __init__(self, store: Store) -> None:
        from filelock import FileLock

        self.indexed = 0
        self.ready = False
        self.problem: str | None = None
        self.discarded = False
        self._store = store
        self._folder = store.path.with_name("chroma")
        self._lock = FileLock(store.path.with_name("LOCK"), thread_local=False)
        self._client: Client | None = None
        self._collection: Collection | None = None
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._closing = threading.Event()
        self._worker: threading.Thread | None = None

    def open(self) -> bool:
        """Try to open Chroma; False where another process, or another library of this one, has it, or it failed."""
        with self._reading:
            if (
                self._collection is None
                and self.problem is None
                and self._store.writable
                and not self._closing.is_set()
            ):
                self._try_to_open()
            return self._collection is not None

    def catch_up(self) -> None:
        """Open Chroma if it can be had, and have it follow: at once if that is quick, else in the background."""
        if self.open():
            with self._store.reading() as snapshot:
                lag = snapshot.count_passages(after=self.indexed)
            if lag <= MAX_WAIT:
                self.follow()
            else:
                self.follow_in_background()

    def follow(self) -> None:
        """Bring Chroma up to date with the store; returns at once where another thread is at it."""
        if self._collection is None or not self._writing.acquire(blocking=False):
            return
        try:
            while self._collection is not None and self.problem is None and not self._closing.is_set():
                with self._store.reading() as snapshot:
                    if snapshot.latest == self.indexed:
                        self.ready = True
                        return
                    self._copy(snapshot, self._collection)
        except Exception as error:  # noqa: BLE001 - whatever Chroma raises, searching goes on without it
            self._fail(error)
        finally:
            self._writing.release()

    def follow_in_background(self) -> None:
        """``follow`` in a thread of its own, for a long way; ``close`` stops it, and what it did is kept."""
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, name="dateline-vectors", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        self.follow()
        if self._closing.is_set():
            self._shut()

    def nearest(self, vector: Vectors, count: int) -> list[int] | None:
        """Numbers of about the nearest passages among those indexed, best first; None where Chroma cannot be asked."""
        with self._reading:
            if self._collection is None or not self.ready:
                return None
            try:
                found = self._collection.query(query_embeddings=[vector.tolist()], n_results=count, include=[])
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
                return None
        return [int(passage) for passage in found["ids"][0]]

    def passages(self) -> set[int]:
        """Numbers of all passages that Chroma holds."""
        with self._reading:
            held = self._collection.get(include=[])["ids"] if self._collection is not None else []
        return {int(passage) for passage in held}

    def rebuild(self) -> bool:
        """Throw Chroma's files away and make them anew; False where another process has them, or it failed."""
        with self._writing, self._reading:
            self._disconnect()
            self._lock.release()
            self.problem = None
            if self._store.writable:
                with self._store.writing() as writer:
                    writer.set(CHROMA, None)
        if self.open():
            self.follow()
        return self.ready

    def close(self) -> None:
        """Close Chroma's files, note what they are, and give LOCK back. Twice is once."""
        self._closing.set()
        if self._worker is threading.current_thread():  # garbage is collected in any thread
            return  # _work shuts once it is done
        if self._worker is not None:
            self._worker.join()
        self._shut()

    def _shut(self) -> None:
        with self._writing, self._reading:
            try:
                if self._client is not None:
                    self._disconnect()
                    files = _checksums(self._folder)
                    if self.problem is None and _DATABASE in files:  # else somebody deleted the folder meanwhile
                        with self._store.writing() as writer:
                            writer.set(CHROMA, json.dumps({"indexed": self.indexed, "files": files}))
            except Exception as error:  # noqa: BLE001 - whatever it is, the files are then made anew, no more
                self._fail(error)
            finally:
                self._lock.release()

    def _try_to_open(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire(blocking=False)
        except (Timeout, OSError):  # it is held, or may not be written
            return
        try:
            self.indexed = self._take_over()
            self._connect()
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)
            self._disconnect()
            self._lock.release()

    def _take_over(self) -> int:
        """See which change Chroma's files have followed to; files that may be unsound are thrown away: 0."""
        with self._store.writing() as writer:
            left = writer.setting(CHROMA)
            writer.set(CHROMA, None)  # from here on the files count as open, and unsound if we crash
        if left is not None:
            if json.loads(left)["files"] == _checksums(self._folder):
                return int(json.loads(left)["indexed"])
            self.discarded = True
        if self._folder.exists():
            shutil.rmtree(self._folder)
        return 0

    def _connect(self) -> None:
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(self._folder, settings=Settings(anonymized_telemetry=False))
        self._client = cast("Client", client)  # only the class, not the interface it is declared as, has close()
        collection = client.get_or_create_collection(
            "passages", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        space = collection.configuration_json["hnsw"]["space"]  # .configuration warns of what we do not use
        if space != "cosine":
            raise ValueError(f"found a collection that measures by {space}; expected cosine; run `dateline repair`")
        self._collection = collection

    def _copy(self, snapshot: Snapshot, collection: Collection) -> None:
        """Deletes, then upserts; ``indexed`` moves on with every batch, so that a long way can be gone in parts."""
        gone = [
            str(passage)
            for number, passages in snapshot.removed(after=self.indexed)
            if number <= self.indexed  # later ones were never copied
            for passage in passage_numbers(number, passages)
        ]
        for low in range(0, len(gone), _BATCH):
            collection.delete(ids=gone[low : low + _BATCH])
        ids: list[str] = []
        rows: list[Vectors] = []
        last = self.indexed
        for embedding in snapshot.embeddings(after=self.indexed):
            if ids and len(ids) + len(embedding.passages) > _BATCH:
                _upsert(collection, ids, rows)
                self.indexed, ids, rows = last, [], []
                if self._closing.is_set():
                    return
            ids += map(str, embedding.passages)
            rows.append(embedding.vectors)
            last = embedding.number
        _upsert(collection, ids, rows)
        self.indexed = snapshot.latest

    def _fail(self, error: Exception) -> None:
        """Go on without Chroma; as nothing will be noted about its files, the next to open them makes them anew."""
        self.ready = False
        self.problem = f"the vector index cannot be used: {error}"
        logger.warning("%s", self.problem)

    def _disconnect(self) -> None:
        client, self._client, self._collection, self.ready = self._client, None, None, False
        if client is not None:
            client.close()


def _upsert(collection: Collection, ids: list[str], rows: list[Vectors]) -> None:
    for low in range(0, len(ids), _BATCH):  # one article may have more passages than a batch
        collection.upsert(ids=ids[low : low + _BATCH], embeddings=np.concatenate(rows)[low : low + _BATCH])


def _checksums(folder: Path) -> dict[str, str]:
    checksums = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                checksums[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return checksums
