"""Chroma as an index of the store's vectors. It may lag or be lost; a rebuild needs no encoding.

``files.py`` and ``server.py`` decide where its vectors are kept, in files or on a server.
Passages are identified by number. Chroma holds nothing that the store does not hold.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from index.errors import LibraryError, one_line
from index.storage.records import Vectors, passage_numbers
from index.storage.store import Store
from index.storage.transaction import Snapshot
from index.vectors.block import VectorFile
from index.vectors.chroma.files import Files
from index.vectors.chroma.home import Home, unfound
from index.vectors.standing import IndexState, IndexStatus, Standing

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
        standing: what Chroma can do for this process now; replaced as a whole by each step.
    """

    def __init__(self, store: Store, home: Home | None = None) -> None:
        self.home = home or Files(store)
        self.standing = Standing()
        self._store = store
        self._stepping = threading.RLock()
        self._writing = threading.Lock()
        """Held to open, follow, rebuild or close; a long copy may hold it for minutes."""
        self._reading = threading.Lock()
        """Held to query, and by whoever takes Chroma away from those who query."""
        self._worker: threading.Thread | None = None

    def status(self) -> IndexStatus:
        """See ``Library.index_status``."""
        now, lag = self.standing, None
        if now.is_open:
            with self._store.reading() as snapshot:
                lag = max(0, snapshot.latest - now.indexed)
        return IndexStatus(
            state=now.state, lag=lag, problem=now.problem, rebuilt=self.home.discarded
        )

    def open(self) -> bool:
        """Try to open Chroma.

        Returns:
            False if it failed, or if another process or another library in this one holds it.
        """
        if not self.standing.is_open:
            with self._writing, self._reading:  # nobody still uses what was open before
                if self.standing.may_open(time.monotonic()):
                    self._try_to_open()
        return self.standing.is_open

    def catch_up(self) -> None:
        """Open Chroma if possible and bring it up to date: at once if quick, else in background."""
        if self.open():
            with self._store.reading() as snapshot:
                lag, due = (
                    snapshot.count_passages(after=self.standing.indexed),
                    VectorFile.is_due(self._store, snapshot),
                )
            if lag <= MAX_WAIT:
                self.follow()
            if lag > MAX_WAIT or due:
                self.follow_in_background()

    def follow(self) -> None:
        """Bring Chroma up to date with the store; return at once if another thread is doing so."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            now = self.standing
            if now.is_open and (now.leads or self._take_the_lead()):
                while self._copy_what_is_new():
                    self.home.mark(self.standing.indexed)
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

    def wait(self, timeout: float | None = None) -> None:
        """Wait until nothing is done in background any more, at most ``timeout`` seconds."""
        if self._worker is not None:
            self._worker.join(timeout)

    def nearest(self, vector: Vectors, count: int) -> list[int] | None:
        """Numbers of approximately the nearest indexed passages, best first.

        None if Chroma cannot be queried.
        """
        if not self.standing.ready:
            if self.standing.problem is not None and self.standing.may_open(time.monotonic()):
                self.follow_in_background()
            return None
        with self._reading:
            now = self.standing
            if now.chroma is None or not now.ready:
                return None
            try:
                found = now.chroma.collection.query(
                    query_embeddings=[vector.tolist()], n_results=count, include=[]
                )
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
                return None
        return [int(passage) for passage in found["ids"][0]]

    def passages(self) -> set[int]:
        """Numbers of all passages that Chroma holds."""
        with self._reading:
            chroma = self.standing.chroma
            held = chroma.collection.get(include=[])["ids"] if chroma else []
        return {int(passage) for passage in held}

    def unfound(self, snapshot: Snapshot, passages: Sequence[int]) -> int:
        """How many of these passages Chroma lacks or cannot find; see ``chroma.home.unfound``."""
        with self._reading:
            chroma = self.standing.chroma
            return unfound(chroma.collection, snapshot, passages) if chroma else len(passages)

    def rebuild(self) -> bool:
        """Discard Chroma's vectors and rebuild them.

        Returns:
            False if another process holds them, or the rebuild failed.
        """
        with self._writing, self._reading:
            self._step(Standing.discarded)
            try:
                if not self.home.discard():
                    return False
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
                return False
        if self.open():
            self.follow()
        return self.standing.ready

    def close(self) -> None:
        """Close Chroma's files, record their checksums, and release LOCK. Idempotent."""
        self._step(Standing.closed)
        if self._worker is threading.current_thread():  # garbage collection runs in any thread
            return  # _work calls _shut once it is done
        self.wait()
        self._shut()

    def _step(self, step: Callable[[Standing], Standing]) -> Standing:
        """Take a step; returns the standing before it.

        The worker may collect the library as garbage in the middle of a step, and so close this
        index. The step is then taken again, from there.
        """
        with self._stepping:
            while True:
                before = self.standing
                after = step(before)
                if self.standing is before:
                    self.standing = after
                    return before

    def _is_closed(self) -> bool:
        return self.standing.state is IndexState.CLOSED

    def _work(self) -> None:
        if self.open():
            self.follow()
            with suppress(LibraryError), self._store.reading() as snapshot:
                if VectorFile.is_due(self._store, snapshot):
                    VectorFile.write(self._store, self._is_closed)
        if self._is_closed():
            self._shut()

    def _shut(self) -> None:
        with self._writing, self._reading:
            now = self.standing
            try:
                self.home.close(now.indexed if now.problem is None else None)
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
            before = self._step(lambda now: now.opened(opened))
            if before.problem is not None:
                logger.info("the vector index is used again: %s", self.home.name)

    def _take_the_lead(self) -> bool:
        """Whether this process writes from now on; if not, read how far the leader has come."""
        opened = self.home.open()
        with self._reading:
            self._step(Standing.discarded if opened is None else lambda now: now.opened(opened))
        return self.standing.leads

    def _copy_what_is_new(self) -> bool:
        """Copy what Chroma lacks; False if there is nothing more to do."""
        now = self.standing
        if now.chroma is None or not now.is_open:
            return False
        with self._store.reading() as snapshot:
            if snapshot.latest == now.indexed:
                if not now.ready:
                    _wake(snapshot, now.chroma.collection)
                    self._step(Standing.caught_up)
                return False
            self._copy(snapshot, now.chroma.collection, now.indexed)
        return True

    def _copy(self, snapshot: Snapshot, collection: Collection, indexed: int) -> None:
        """Delete, then upsert. ``indexed`` advances with each batch, so a long copy can resume."""
        gone = [
            str(passage)
            for number, passages in snapshot.removed(after=indexed)
            if number <= indexed  # later ones were never copied
            for passage in passage_numbers(number, passages)
        ]
        for low in range(0, len(gone), _BATCH):
            collection.delete(ids=gone[low : low + _BATCH])
        ids: list[str] = []
        rows: list[Vectors] = []
        last = indexed
        for embedding in snapshot.embeddings(after=indexed):
            if ids and len(ids) + len(embedding.passages) > _BATCH:
                _upsert(collection, ids, rows)
                self._advance(last)
                ids, rows = [], []
                self.home.mark(last)
                if self._is_closed():
                    return
            ids += map(str, embedding.passages)
            rows.append(embedding.vectors)
            last = embedding.number
        _upsert(collection, ids, rows)
        self._advance(snapshot.latest)

    def _advance(self, indexed: int) -> None:
        self._step(lambda now: now.advanced(indexed))

    def _fail(self, error: Exception) -> None:
        """Go on without Chroma: for a while if it is a server, for good if it is files.

        Whoever opens the files next rebuilds them.
        """
        problem = f"the vector index cannot be used: {one_line(error)}"
        retry_at = time.monotonic() + RETRY_SECONDS if self.home.recovers else inf
        before = self._step(lambda now: now.failed(problem, retry_at))
        if before.problem is None:
            logger.warning("%s; searching goes on without it", problem)


def _wake(snapshot: Snapshot, collection: Collection) -> None:
    """Make Chroma read its files, as its first search would: 4 s for a million passages."""
    for embedding in islice(snapshot.embeddings(), 1):
        collection.query(query_embeddings=[embedding.vectors[0].tolist()], n_results=1, include=[])


def _upsert(collection: Collection, ids: list[str], rows: list[Vectors]) -> None:
    for low in range(0, len(ids), _BATCH):  # one article may have more passages than a batch
        collection.upsert(
            ids=ids[low : low + _BATCH], embeddings=np.concatenate(rows)[low : low + _BATCH]
        )
