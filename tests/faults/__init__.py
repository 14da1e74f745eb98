"""Faults that a library must survive: a short tier in the tests, all of them in ``make faults``.

Each test counts the faults survived; the counts are printed at the end of the run.
"""

from __future__ import annotations

import os
from collections import Counter

FULL = os.environ.get("DATELINE_FAULTS") == "full"

survived: Counter[str] = Counter()
"""How often each fault was survived in this run."""


def tier(short: int, full: int) -> int:
    """Return the first number in the short tier, the second in the full one."""
    return full if FULL else short
