"""Where Chroma keeps the vectors of a library: what ``files.py`` and ``server.py`` have in common."""

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
"""How a collection is made: what Chroma does by itself, but with a wider search."""
SAME = 0.9999
"""Cosine from which two vectors count as one; Chroma gives them back rounded."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Chroma, open.

    Attributes:
        collection: of the library's vectors.
        indexed: the number of the change up to which it has followed the store.
        leads: this process is the one that writes.
    """

    collection: Collection
    indexed: int
    leads: bool


class Home(Protocol):
    """Where the vectors are.

    Attributes:
        name: for messages.
        recovers: after a failure it can be tried again.
        discarded: what was found there was not what was left, and was thrown away.
    """

    name: str
    recovers: bool
    discarded: bool

    def open(self) -> Opened | None:
        """Chroma, or None where another process has it. Raises whatever Chroma raises."""

    def mark(self, indexed: int) -> None:
        """Keep how far the vectors have followed the store."""

    def discard(self) -> bool:
        """Throw all vectors away and close; False where another process has them."""

    def close(self, indexed: int | None) -> None:
        """Close; the vectors have followed to this change, or None where they may be unsound."""


class Lock:
    """LOCK, which is tried and never waited for."""

    def __init__(self, store: Store) -> None:
        from filelock import FileLock

        self._lock = FileLock(store.path.with_name(LOCK), thread_local=False)

    def acquire(self) -> bool:
        """Whether this process has it now; one that has it already keeps it."""
        from filelock import Timeout

        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(blocking=False)
        except (Timeout, OSError):  # it is held, or may not be written
            return False
        return True

    def release(self) -> None:
        """Give it back; also where it is not held."""
        self._lock.release()


def client_settings() -> Any:  # noqa: ANN401 - chromadb is imported late
    """What every client is made with: nothing is reported to anybody."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def check_space(collection: Collection, name: str) -> None:
    """See that a collection measures as we do.

    Raises:
        ValueError: it does not.
    """
    space = collection.configuration_json["hnsw"][
        "space"
    ]  # .configuration warns of what we do not use
    if space != "cosine":
        raise ValueError(
            f"{name}: found a collection that measures by {space}; expected cosine; run `dateline repair`"
        )


def unfound(collection: Collection, snapshot: Snapshot, passages: Sequence[int]) -> int:
    """How many passages the collection lacks, or holds with another vector.

    Where it holds them all, how many do not find themselves, if that is most: Chroma's search is approximate, and among
    articles that are nearly alike it passes over some of them, though nothing is wrong.
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
    lost = sum(  # one with the same vector is as good
        name not in found and min(distances) > 1 - SAME
        for name, found, distances in zip(ids, near["ids"], near["distances"], strict=True)
    )
    return lost if lost > len(passages) / 2 else 0
