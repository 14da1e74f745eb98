"""Finds the days that a question names: "in July 2019", "on 4 November 2021", "last week"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

Days = tuple[date, date]
"""The first and the last day, both included."""

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = rf"(?P<month>{'|'.join(f'{name}|{name[:3]}' for name in _MONTHS)}|sept)\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERNS = [
    re.compile(rf"\b{pattern}\b", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}-(?P<number>[01]\d)-(?P<day>[0-3]\d)",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"(?:in|of|during|since|by|for)\s+{_YEAR}",
    )
]
_RELATIVE = re.compile(
    r"\b(today|yesterday|(?:this|last|past)\s+(?:week|month|year))\b", re.IGNORECASE
)


def named_days(question: str, as_of: date | None) -> Days | None:
    """The first and last day of the period that a question names; None if it names no valid one.

    Args:
        question: the question, in English.
        as_of: the day that "last week" counts from; if None, such words are ignored.
    """
    for pattern in _PATTERNS:
        for found in pattern.finditer(question):
            if days := _calendar_days(found):
                return days
    relative = _RELATIVE.search(question)
    return (
        _relative_days(" ".join(relative.group().lower().split()), as_of)
        if relative and as_of
        else None
    )


def _calendar_days(found: re.Match[str]) -> Days | None:
    parts = found.groupdict()
    year = int(parts["year"])
    if parts.get("month"):
        month = next(
            n for n, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"].lower()[:3])
        )
    elif parts.get("number"):
        month = int(parts["number"])
    else:
        return date(year, 1, 1), date(year, 12, 31)
    try:
        if parts.get("day"):
            return date(year, month, int(parts["day"])), date(year, month, int(parts["day"]))
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:  # the 31st of June
        return None


def _relative_days(words: str, as_of: date) -> Days:
    """The first and last day of a relative period.

    A week, month or year is the last 7, 31 or 366 days. With "last", it is the same number of days
    before those.
    """
    if words in ("today", "yesterday"):
        day = as_of - timedelta(days=words == "yesterday")
        return day, day
    which, unit = words.split()
    length = timedelta(days={"week": 7, "month": 31, "year": 366}[unit])
    last = as_of - length if which == "last" else as_of
    return last - length, last
