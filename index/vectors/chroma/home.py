"""What ``files.py`` and ``server.py`` share: the interface to where Chroma keeps the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from index.folder import LOCK
from index.storage.store import Store
from index.storage.transaction import Snapshot

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

COSINE: Any = {"hnsw": {"space": "cosine", "ef_search": 800}}
"""Configuration of a collection: cosine distance, and a wider search than Chroma's default."""
SAME = 0.9999
"""Two vectors with at least this cosine count as equal, as Chroma returns vectors rounded."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open Chroma.

    Attributes:
        collection: holds the library's vectors.
        indexed: the collection has followed the store up to the change with this number.
        leads: whether this process is the one that writes.
    """

    collection: Collection
    indexed: int
    leads: bool


class Home(Protocol):
    """Where the vectors are kept.

    Attributes:
        name: for messages.
        recovers: whether it can be tried again after a failure.
        discarded: the vectors found there differed from those last left there, and were discarded.
    """

    name: str
    recovers: bool
    discarded: bool

    def open(self) -> Opened | None:
        """Open Chroma; None if another process has it. Raises whatever Chroma raises."""

    def mark(self, indexed: int) -> None:
        """Record how far the vectors have followed the store."""

    def discard(self) -> bool:
        """Discard all vectors and close; False if another process has them."""

    def close(self, indexed: int | None) -> None:
        """Close; the vectors follow up to change ``indexed``, or None if they may be unsound."""


class Lock:
    """LOCK, a file lock that is tried but never waited for."""

    def __init__(self, store: Store) -> None:
        from filelock import FileLock

        self._lock = FileLock(store.path.with_name(LOCK), thread_local=False)

    def acquire(self) -> bool:
        """Try to take the lock; True if this process has it now, or had it already."""
        from filelock import Timeout

        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(blocking=False)
        except (Timeout, OSError):  # it is held, or cannot be written
            return False
        return True

    def release(self) -> None:
        """Release the lock; harmless if it is not held."""
        self._lock.release()


def client_settings() -> Any:  # noqa: ANN401 - chromadb is imported late
    """Settings for every client: telemetry is off."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def check_space(collection: Collection, name: str) -> None:
    """Check that a collection uses cosine distance.

    Raises:
        ValueError: it does not.
    """
    # Not .configuration, which warns about parts that we do not use.
    space = collection.configuration_json["hnsw"]["space"]
    if space != "cosine":
        raise ValueError(
            f"{name}: found a collection with {space} distance; expected cosine; "
            "run `dateline repair`"
        )


def unfound(collection: Collection, snapshot: Snapshot, passages: Sequence[int]) -> int:
    """How many passages the collection lacks, or holds with a different vector.

    If it holds them all: how many are not found by their own vectors, or 0 if that is half of them
    or fewer. Chroma's search is approximate: among nearly identical articles it misses some, though
    nothing is wrong.
    """
    if not passages:
        return 0
    ids = [str(passage) for passage in passages]
    held: Any = collection.get(ids=ids, include=["embeddings"])
    rows = dict(zip(held["ids"], held["embeddings"], strict=True))
    vectors = [snapshot.vector(passage) for passage in passages]
    strange = [
        name not in rows or float(rows[name] @ vector) < SAME
        for name, vector in zip(ids, vectors, strict=True)
    ]
    if any(strange):
        return sum(strange)
    near: Any = collection.query(
        query_embeddings=[vector.tolist() for vector in vectors],
        n_results=10,
        include=["distances"],
    )
    lost = sum(  # finding another passage with the same vector is as good
        name not in found and min(distances) > 1 - SAME
        for name, found, distances in zip(ids, near["ids"], near["distances"], strict=True)
    )
    return lost if lost > len(passages) / 2 else 0
