"""Chroma: an index of the store's vectors that may lag, be lost, and be rebuilt without encoding again.

Where its vectors are, in files or on a server, is the business of ``files.py`` and ``server.py``.
Passages go by their numbers; nothing is kept in Chroma that the store does not hold.
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
"""Passages that Chroma follows while its caller waits, about 1.5 s; a longer way is gone in the background."""
RETRY_SECONDS = 5.0
"""After a server failed it is not asked for so long."""
_BATCH = 1_000  # Chroma takes 5,461 at most; it writes its index files every 1,000

logger = logging.getLogger(__name__)


class VectorIndex:
    """Chroma over the vectors of one store. Thread-safe.

    Args:
        store: the truth.
        home: where the vectors are; files beside the store if None.

    Attributes:
        home: the same.
        indexed: the number of the change up to which Chroma has followed the store.
        ready: Chroma is open, and this process or the one that leads has followed the store to its end once.
        problem: why Chroma is not used, where it failed.
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
        """Try to open Chroma; False where another process, or another library of this one, has it, or it failed."""
        if self._collection is None:
            with self._writing, self._reading:  # nobody is still at what was open before
                if self._collection is None and self._may_try() and not self._closing.is_set():
                    self._try_to_open()
        return self._collection is not None

    def _may_try(self) -> bool:
        return self.problem is None or (self.home.recovers and time.monotonic() >= self._retry_at)

    def catch_up(self) -> None:
        """Open Chroma if it can be had, and have it follow: at once if that is quick, else in the background."""
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
        """Bring Chroma up to date with the store; returns at once where another thread is at it."""
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
        except Exception as error:  # noqa: BLE001 - whatever Chroma raises, searching goes on without it
            self._fail(error)
        finally:
            self._writing.release()

    def follow_in_background(self) -> None:
        """Open Chroma if it can be had, and ``follow``, in a thread of its own; then leave vectors.bin, if it is due.

        ``close`` stops it, and what it did is kept.
        """
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, name="dateline-vectors", daemon=True)
            self._worker.start()

    def _take_the_lead(self) -> bool:
        """Whether this process writes from now on; otherwise see how far the one that does has come."""
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
        """Numbers of about the nearest passages among those indexed, best first; None where Chroma cannot be asked."""
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
        """How many of these passages are not found by their own vectors."""
        with self._reading:
            return (
                unfound(self._collection, snapshot, passages)
                if self._collection is not None
                else len(passages)
            )

    def rebuild(self) -> bool:
        """Throw Chroma's vectors away and make them anew; False where another process has them, or it failed."""
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
        """Close Chroma's files, note what they are, and give LOCK back. Twice is once."""
        self._closing.set()
        if self._worker is threading.current_thread():  # garbage is collected in any thread
            return  # _work shuts once it is done
        if self._worker is not None:
            self._worker.join()
        self._shut()

    def _shut(self) -> None:
        with self._writing, self._reading:
            self._collection, self.ready = None, False
            try:
                self.home.close(self.indexed if self.problem is None else None)
            except Exception as error:  # noqa: BLE001 - whatever it is, the vectors are then made anew, no more
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
                self.home.mark(self.indexed)
                if self._closing.is_set():
                    return
            ids += map(str, embedding.passages)
            rows.append(embedding.vectors)
            last = embedding.number
        _upsert(collection, ids, rows)
        self.indexed = snapshot.latest

    def _fail(self, error: Exception) -> None:
        """Go on without Chroma: for a while, or where it has files for good; the next to open them makes them anew."""
        self.ready = False
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if self.home.recovers:
            self._collection = None
        told, self.problem = self.problem, f"the vector index cannot be used: {error}"
        if told is None:
            logger.warning("%s; searching goes on without it", self.problem)


def _wake(snapshot: Snapshot, collection: Collection) -> None:
    """Have Chroma read its files, as its first search would: 4 s for a million passages."""
    for embedding in islice(snapshot.embeddings(), 1):
        collection.query(query_embeddings=[embedding.vectors[0].tolist()], n_results=1, include=[])


def _upsert(collection: Collection, ids: list[str], rows: list[Vectors]) -> None:
    for low in range(0, len(ids), _BATCH):  # one article may have more passages than a batch
        collection.upsert(
            ids=ids[low : low + _BATCH], embeddings=np.concatenate(rows)[low : low + _BATCH]
        )
