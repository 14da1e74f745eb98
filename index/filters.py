"""Filters that narrow a search, by day and by outlet, and checks of a search's arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from index.errors import SearchError
from index.folding import fold


def outlet_key(name: str) -> str:
    """Normalise an outlet's name for comparison: ignore case, accents and runs of white space."""
    return " ".join(fold(name).split())


def check_day(name: str, day: object) -> None:
    """Check that this is a day, or None.

    Raises:
        SearchError: it is not; a datetime does not count as a day.
    """
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise SearchError(
            f"{name} is a {type(day).__name__}; expected a datetime.date; give date(2025, 12, 9)"
        )


def check_question(question: object, limit: object) -> None:
    """Check a search's question and limit.

    Raises:
        SearchError: the question has no text, or the limit is not a whole number from 1.
    """
    if not isinstance(question, str) or not question.strip():
        raise SearchError(f"question is {question!r}; expected words; ask something")
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise SearchError(
            f"limit is {limit!r}; expected a whole number from 1; leave it out for the default, 10"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles a search may use.

    Attributes:
        outlet_keys: None for any outlet, else the ``outlet_key`` of each allowed one.
        since, until: first and last day, both included; an undated article matches neither.
    """

    outlet_keys: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        check_day("since", self.since)
        check_day("until", self.until)
        if self.since and self.until and self.since > self.until:
            raise SearchError(f"since {self.since} is after until {self.until}; swap them")

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.outlet_keys, self.since, self.until))

    @classmethod
    def parse(
        cls, *, outlets: Iterable[str] | None, since: date | None, until: date | None
    ) -> Filter:
        """Make a filter from the arguments of a search.

        Raises:
            SearchError: an argument of the wrong type, an empty list of outlets, or ``since``
                after ``until``.
        """
        if outlets is None:
            return cls(since=since, until=until)
        names = (
            None if isinstance(outlets, str) or not isinstance(outlets, Iterable) else list(outlets)
        )
        if not names or not all(isinstance(name, str) for name in names):
            raise SearchError(
                f"outlets is {outlets!r}; expected a list of names; give None for all outlets"
            )
        return cls(
            outlet_keys=tuple(sorted({outlet_key(name) for name in names})),
            since=since,
            until=until,
        )


ANY = Filter()
"""Matches every article."""
