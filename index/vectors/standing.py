"""What Chroma can do for this process at a moment: its states, and every step between them.

    UNOPENED   opened() -> FOLLOWING
    FOLLOWING  caught_up() -> READY
    any        failed() -> FAILED, discarded() -> UNOPENED, closed() -> CLOSED
    FAILED     opened() -> FOLLOWING
    CLOSED     final

A process that queries a server, which another process writes to, is READY once it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from index.vectors.chroma.home import Opened


class IndexState(StrEnum):
    """What Chroma can do for this process."""

    UNOPENED = "unopened"
    """It was not needed yet, or another process holds it. Searches are exact."""
    FOLLOWING = "following"
    """It is open and copies what it lacks. Searches are exact."""
    READY = "ready"
    """It has caught up with the library once. Searches ask it, and scan what it lacks by now."""
    FAILED = "failed"
    """It raised an error. Searches are exact. A server is tried again after a while."""
    CLOSED = "closed"
    """The library was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """How the vector index of an open library does; see ``Library.index_status``.

    Attributes:
        state: what it can do for this process.
        lag: number of changes to the library that it has not followed yet, as far as this process
            knows; None unless it is FOLLOWING or READY.
        problem: why it failed, on one line; None if it did not fail.
        rebuilt: the vectors found on opening were not those left there, so they were discarded and
            are made anew.
    """

    state: IndexState
    lag: int | None = None
    problem: str | None = None
    rebuilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A state with what belongs to it. Each step returns the next standing; CLOSED is final.

    Attributes:
        state: see ``IndexState``.
        chroma: as it was opened, while it is open.
        indexed: Chroma has followed the store up to the change with this number.
        problem: why Chroma failed, if it did.
        retry_at: when Chroma may be opened again after it failed, by ``time.monotonic``.
    """

    state: IndexState = IndexState.UNOPENED
    chroma: Opened | None = None
    indexed: int = 0
    problem: str | None = None
    retry_at: float = inf

    @property
    def ready(self) -> bool:
        """Whether searches may ask Chroma."""
        return self.state is IndexState.READY

    @property
    def is_open(self) -> bool:
        """Whether Chroma is open and in use."""
        return self.state in (IndexState.FOLLOWING, IndexState.READY)

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes to Chroma."""
        return self.chroma is not None and self.chroma.leads

    def may_open(self, now: float) -> bool:
        """Whether it is worth trying to open Chroma at this time."""
        return self.state is IndexState.UNOPENED or (
            self.state is IndexState.FAILED and now >= self.retry_at
        )

    def opened(self, opened: Opened) -> Standing:
        """Chroma is open. Whoever leads has yet to see how much it lacks."""
        follows = opened.leads and not self.ready
        return replace(
            self._to(IndexState.FOLLOWING if follows else IndexState.READY),
            chroma=opened,
            indexed=opened.indexed,
            problem=None,
        )

    def advanced(self, indexed: int) -> Standing:
        """Chroma has followed the store up to this change."""
        return replace(self, indexed=indexed)

    def caught_up(self) -> Standing:
        """Chroma has everything that the store had when it was asked."""
        return self._to(IndexState.READY) if self.is_open else self

    def failed(self, problem: str, retry_at: float) -> Standing:
        """Chroma raised an error; it may be opened again at ``retry_at``, which may be ``inf``."""
        return replace(self._to(IndexState.FAILED), chroma=None, problem=problem, retry_at=retry_at)

    def discarded(self) -> Standing:
        """Chroma's vectors are to be made anew, or another process has taken them."""
        return replace(self._to(IndexState.UNOPENED), chroma=None, problem=None)

    def closed(self) -> Standing:
        """The library is being closed. What is copied until Chroma is closed still counts."""
        return replace(self._to(IndexState.CLOSED), chroma=None)

    def _to(self, state: IndexState) -> Standing:
        return self if self.state is IndexState.CLOSED else replace(self, state=state)
