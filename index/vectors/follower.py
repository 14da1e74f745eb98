"""Chroma as an index of the store's vectors. It may lag or be lost; a rebuild needs no encoding.

``files.py`` and ``server.py`` decide where its vectors are kept, in files or on a server.
Passages are identified by number. Chroma holds nothing that the store does not hold.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from index.errors import LibraryError
from index.storage.records import Vectors, passage_numbers
from index.storage.store import Store
from index.storage.transaction import Snapshot
from index.vectors.block import VectorFile
from index.vectors.chroma.files import Files
from index.vectors.chroma.home import Home, unfound

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

MAX_WAIT = 5_000
"""Largest lag, in passages, that a caller waits for (about 1.5 s); the rest runs in background."""
RETRY_SECONDS = 5.0
"""How long a server is left alone after it failed."""
_BATCH = 1_000  # Chroma takes 5,461 at most; it writes its index files every 1,000

logger = logging.getLogger(__name__)


class VectorIndex:
    """Chroma over the vectors of one store. Thread-safe.

    Args:
        store: the library's store, which is authoritative.
        home: where the vectors are; files beside the store if None.

    Attributes:
        home: as above.
        indexed: Chroma has followed the store up to the change with this number.
        ready: Chroma is open, and this process, or the leader if another process leads, has caught
            up with the store once. The leader is the process that writes to Chroma.
        problem: if Chroma failed, why it is not used.
    """

    def __init__(self, store: Store, home: Home | None = None) -> None:
        self.home = home or Files(store)
        self.indexed = 0
        self.ready = False
        self.problem: str | None = None
        self._store = store
        self._collection: Collection | None = None
        self._leads = False
        self._retry_at = 0.0
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._closing = threading.Event()
        self._worker: threading.Thread | None = None

    def open(self) -> bool:
        """Try to open Chroma.

        Returns:
            False if it failed, or if another process or another library in this one holds it.
        """
        if self._collection is None:
            with self._writing, self._reading:  # nobody still uses what was open before
                if self._collection is None and self._may_try() and not self._closing.is_set():
                    self._try_to_open()
        return self._collection is not None

    def _may_try(self) -> bool:
        return self.problem is None or (self.home.recovers and time.monotonic() >= self._retry_at)

    def catch_up(self) -> None:
        """Open Chroma if possible and bring it up to date: at once if quick, else in background."""
        if self.open():
            with self._store.reading() as snapshot:
                lag, due = (
                    snapshot.count_passages(after=self.indexed),
                    VectorFile.is_due(self._store, snapshot),
                )
            if lag <= MAX_WAIT:
                self.follow()
            if lag > MAX_WAIT or due:
                self.follow_in_background()

    def follow(self) -> None:
        """Bring Chroma up to date with the store; return at once if another thread is doing so."""
        if self._collection is None or not self._writing.acquire(blocking=False):
            return
        try:
            if not self._leads and not self._take_the_lead():
                return
            while (
                self._collection is not None and self.problem is None and not self._closing.is_set()
            ):
                with self._store.reading() as snapshot:
                    if snapshot.latest == self.indexed:
                        if not self.ready:
                            _wake(snapshot, self._collection)
                            self.ready = True
                        return
                    self._copy(snapshot, self._collection)
                self.home.mark(self.indexed)
        except Exception as error:  # noqa: BLE001 - whatever Chroma raises, search goes on
            self._fail(error)
        finally:
            self._writing.release()

    def follow_in_background(self) -> None:
        """In a new thread, open Chroma if possible and ``follow``; then write vectors.bin if due.

        ``close`` stops the thread; what it has done is kept.
        """
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, name="dateline-vectors", daemon=True)
            self._worker.start()

    def _take_the_lead(self) -> bool:
        """Whether this process writes from now on; if not, read how far the leader has come."""
        opened = self.home.open()
        with self._reading:
            self._collection = opened.collection if opened else None
            self._leads, self.indexed = (opened.leads, opened.indexed) if opened else (False, 0)
            self.ready = opened is not None
        return self._leads

    def _work(self) -> None:
        if self.open():
            self.follow()
            with suppress(LibraryError), self._store.reading() as snapshot:
                if VectorFile.is_due(self._store, snapshot):
                    VectorFile.write(self._store, self._closing.is_set)
        if self._closing.is_set():
            self._shut()

    def nearest(self, vector: Vectors, count: int) -> list[int] | None:
        """Numbers of approximately the nearest indexed passages, best first.

        None if Chroma cannot be queried.
        """
        if not self.ready:
            if self.problem is not None and self._may_try():
                self.follow_in_background()
            return None
        with self._reading:
            if self._collection is None or not self.ready:
                return None
            try:
                found = self._collection.query(
                    query_embeddings=[vector.tolist()], n_results=count, include=[]
                )
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
                return None
        return [int(passage) for passage in found["ids"][0]]

    def passages(self) -> set[int]:
        """Numbers of all passages that Chroma holds."""
        with self._reading:
            held = self._collection.get(include=[])["ids"] if self._collection is not None else []
        return {int(passage) for passage in held}

    def unfound(self, snapshot: Snapshot, passages: Sequence[int]) -> int:
        """How many of these passages Chroma lacks or cannot find; see ``chroma.home.unfound``."""
        with self._reading:
            return (
                unfound(self._collection, snapshot, passages)
                if self._collection is not None
                else len(passages)
            )

    def rebuild(self) -> bool:
        """Discard Chroma's vectors and rebuild them.

        Returns:
            False if another process holds them, or the rebuild failed.
        """
        with self._writing, self._reading:
            self._collection, self.ready, self.problem = None, False, None
            try:
                if not self.home.discard():
                    return False
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
                return False
        if self.open():
            self.follow()
        return self.ready

    def close(self) -> None:
        """Close Chroma's files, record their checksums, and release LOCK. Idempotent."""
        self._closing.set()
        if self._worker is threading.current_thread():  # garbage collection runs in any thread
            return  # _work calls _shut once it is done
        if self._worker is not None:
            self._worker.join()
        self._shut()

    def _shut(self) -> None:
        with self._writing, self._reading:
            self._collection, self.ready = None, False
            try:
                self.home.close(self.indexed if self.problem is None else None)
            except Exception as error:  # noqa: BLE001 - the vectors are just rebuilt next time
                self._fail(error)

    def _try_to_open(self) -> None:
        try:
            opened = self.home.open()
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)
            self.home.close(None)
            return
        if opened is not None:
            if self.problem is not None:
                logger.info("the vector index is used again: %s", self.home.name)
            self._collection, self.indexed, self._leads = (
                opened.collection,
                opened.indexed,
                opened.leads,
            )
            self.problem, self.ready = None, not opened.leads

    def _copy(self, snapshot: Snapshot, collection: Collection) -> None:
        """Delete, then upsert. ``indexed`` advances with each batch, so a long copy can resume."""
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
                self.home.mark(self.indexed)
                if self._closing.is_set():
                    return
            ids += map(str, embedding.passages)
            rows.append(embedding.vectors)
            last = embedding.number
        _upsert(collection, ids, rows)
        self.indexed = snapshot.latest

    def _fail(self, error: Exception) -> None:
        """Go on without Chroma: for a while if it is a server, for good if it is files.

        Whoever opens the files next rebuilds them.
        """
        self.ready = False
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if self.home.recovers:
            self._collection = None
        told, self.problem = self.problem, f"the vector index cannot be used: {error}"
        if told is None:
            logger.warning("%s; searching goes on without it", self.problem)


def _wake(snapshot: Snapshot, collection: Collection) -> None:
    """Make Chroma read its files, as its first search would: 4 s for a million passages."""
    for embedding in islice(snapshot.embeddings(), 1):
        collection.query(query_embeddings=[embedding.vectors[0].tolist()], n_results=1, include=[])


def _upsert(collection: Collection, ids: list[str], rows: list[Vectors]) -> None:
    for low in range(0, len(ids), _BATCH):  # one article may have more passages than a batch
        collection.upsert(
            ids=ids[low : low + _BATCH], embeddings=np.concatenate(rows)[low : low + _BATCH]
        )
