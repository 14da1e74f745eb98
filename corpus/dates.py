"""The day a page says it was published. Knows nothing of today: a page without a stamp has no date."""

from __future__ import annotations

from datetime import date, datetime

MONTHS: dict[str, int] = {}


def parse_stamp(text: str) -> tuple[date | None, datetime | None]:
    """Read a stamp as formats write it: ISO 8601, RFC 822 and their kin.

    Returns:
        The day as printed, and the moment where time and offset are both there.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None, None
    return moment.date(), moment if moment.tzinfo else None
