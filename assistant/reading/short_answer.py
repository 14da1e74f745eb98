"""Complete a short answer that cuts off a name, an amount with its unit, or a quotation.

On the 384 training questions that the rules were written with in view, 13 spans change; exact match
rises from .326 to .331, and token F1 from .580 to .587.
"""

from __future__ import annotations

import re

from assistant.reading.answer_types import find_amounts, find_undated_names

Span = tuple[int, int]

_MARKS = {"“": "”", "‘": "’", '"': '"', "(": ")"}
_SAYS_NOTHING = re.compile(r"(?:not|no|n[’']t|yes|and|or|but|the|an?)?\W*", re.IGNORECASE)


def make_whole(sentence: str, start: int, end: int) -> Span | None:
    """The span, extended where it cuts something off; None if it says nothing, such as "not" alone.

    Args:
        sentence: the sentence that holds the span.
        start: where the span starts in the sentence.
        end: where the span ends in the sentence.
    """
    for low, high in find_amounts(sentence):
        if low < start < high or low < end < high:  # the span holds only a part of it
            start, end = min(start, low), max(end, high)
    for low, high in find_undated_names(sentence):
        start, end = _take_in_name(sentence, start, end, low, high)
    start, end = _close(sentence, start, end)
    while end > start and sentence[end - 1] in ",;: ":
        end -= 1
    return None if _SAYS_NOTHING.fullmatch(sentence[start:end]) else (start, end)


def _take_in_name(sentence: str, start: int, end: int, low: int, high: int) -> Span:
    """Extend the span over a name that it cuts. Two words of a name need no title before them."""
    part = sentence[max(start, low) : min(end, high)]
    if " " in sentence[low:high] and part.isdecimal():  # "39" of "39 Americans"
        return start, end
    if low < start < high and " " not in part:
        start = low
    if low < end < high:
        end = high
    return start, end


def _close(sentence: str, start: int, end: int) -> Span:
    """Include the mark that closes what the span opens, or drop the opening mark at its start."""
    for opening, closing in _MARKS.items():
        inside = sentence[start:end]
        unclosed = (
            inside.count(opening) % 2
            if opening == closing
            else inside.count(opening) > inside.count(closing)
        )
        if not unclosed:
            continue
        following = re.match(r"[,.!?]?" + re.escape(closing), sentence[end:])
        if following:
            end += following.end()
        elif inside.startswith(opening):
            start += 1
    return start, end
