"""Faults that a library must survive: a short tier with the tests, all of it as ``make faults``.

Each test counts what it survived; the counts are printed at the end of the run.
"""

from __future__ import annotations

import os
from collections import Counter

FULL = os.environ.get("DATELINE_FAULTS") == "full"

survived: Counter[str] = Counter()
"""How often which fault was survived in this run."""


def tier(short: int, full: int) -> int:
    """So many with the tests, so many in full."""
    return full if FULL else short
