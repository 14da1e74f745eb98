"""Who speaks: quotations with what attributes them, and the turns of an interview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.article import Span

MIN_TURNS = 3
"""From this many paragraphs with a speaker's name or a question on, a text is an interview."""
MIN_DENSITY = 0.25
"""The least share of an interview's paragraphs that open a turn."""
MIN_ANSWERED = 0.05
"""The least share of its turns that follow a question."""
MAX_QUESTION_CHARACTERS = 300
"""A longer paragraph is no interviewer's question without a name before it."""
_QUESTION_MARKS = ("?", "？", "؟")

_CLOSING = {
    '"': '"',
    "“": "”",
    "”": "”",
    "„": "“”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "'": "'",
    "‘": "’",
    "‚": "‘’",
}
"""Quotation marks, each with the marks that close it."""
_MARK = re.compile(f"[{''.join(_CLOSING)}{''.join(_CLOSING.values())}]")
_APOSTROPHES = "'’‘"
_DEEPEST = 8
"""How many quotations are open at once; the others were never closed."""
_CORNERS = "「」『』"  # no space is before or after them
_SPACED = "«»‹›"  # French puts a space inside them

# English puts a name before the verb. Other languages put the verb first, in lower case.
_SAID = (
    "said|says|asked|asks|told|tells|replied|replies|answered|answers|added|adds|shouted|cried|"
    "yelled|screamed|wrote|writes|tweeted|posted|whispered|joked|quipped|insisted|declared|"
    "exclaimed|demanded|wondered|argued|warned|explained|recalled|responded|responds|remarked|"
    "retorted|continued|went on|repeated|concluded|complained|announced|laughed|sighed|inquired|"
    "protested|countered|snapped|noted|pressed|questioned"
)
_ATTRIBUTION = re.compile(
    rf"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.-]*,?\s+(?:[\w'’.-]+,?\s+){{0,8}}?(?:{_SAID})\b(?!\s+that\b)"
    r"(?![^.,:]{0,25}[,:]\s*[\"“„«‘'])",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w.'’&/-]*"
_LABEL = re.compile(
    r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s+)?"  # the time in a recording
    rf"(?P<name>{_NAME}(?:\s+(?:{_NAME}|\d+|of|the|de|van|von))*)"
    r"(?:\s*\([^()]{1,40}\))?(?:\s?[:：](?=\s|$)|(?<=\b[QA])\.(?=\s))"
)
_MAX_LABEL_CHARACTERS = 40
_ADDRESSES = re.compile(
    r"\b(?:you|your|yours|vous|votre|vos|tu|usted|ustedes|Sie|Ihnen|Ihre?[mnrs]?|du|dich|dir)\b"
)
_FIRST_PERSON = re.compile(
    r"\b(?:I|we|my|our|me|us|ich|wir|mein\w*|je|nous|mon|ma|mes|yo|mi|mis|nosotros|jag|jeg|vi)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one person says in an interview without a break. Offsets are of the whole text.

    Attributes:
        start, end: from the speaker's name, or the question if there are no names, to the end of
            the last paragraph.
        question: where the question starts that it answers; ``start`` if it answers none, or opens
            with one.
    """

    start: int
    end: int
    question: int


def find_quotations(text: str) -> list[Span]:
    """The outermost quotations of a paragraph, marks included, in order.

    A mark that may be an apostrophe closes a quotation only if no letter or digit is beside it.
    """
    found: list[Span] = []
    opened: list[tuple[str, int]] = []
    for match in _MARK.finditer(text):
        mark, at = match[0], match.start()
        depth = next(
            (n for n in reversed(range(len(opened))) if mark in _CLOSING[opened[n][0]]), None
        )
        if depth is not None and _may_close(text, at):
            start = opened[depth][1]
            del opened[depth:]
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, at + 1))
        elif mark in _CLOSING and _may_open(text, at):
            opened = [*opened[1 - _DEEPEST :], (mark, at)]
    outer: list[Span] = []
    for start, end in found:
        if not outer or start >= outer[-1][1]:
            outer.append((start, end))
    return outer


def _may_open(text: str, at: int) -> bool:
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    if text[at] in _CORNERS:
        return True
    spaced = text[at] in _SPACED and after.isspace()
    return (
        not before.isalnum() and before not in (".", "!", "?") and (spaced or bool(after.strip()))
    )


def _may_close(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if after.isalnum() and text[at] not in _CORNERS:
        return False
    if text[at] in _APOSTROPHES:
        return not before.isalnum()
    return bool(before.strip()) or text[at] in _SPACED


def is_attribution(text: str) -> bool:
    """Whether a text that follows a quotation opens with who said it: "Anna Berg asked"."""
    return _ATTRIBUTION.match(text[:160]) is not None


def is_only_quoted(text: str) -> bool:
    """Whether a text is quoted as a whole, so that it does not say who speaks."""
    quotations = find_quotations(text)
    low, outside = 0, ""
    for start, end in quotations:
        outside += text[low:start]
        low = end
    return bool(quotations) and not any(map(str.isalnum, outside + text[low:]))


def find_turns(text: str, paragraphs: Sequence[Span]) -> list[Turn]:
    """The turns of an interview or a transcript, in order; none in other texts.

    Args:
        text: an article's text.
        paragraphs: the spans of its paragraphs, in order.
    """
    named = _take_turns(text, paragraphs, _find_speakers(text, paragraphs))
    if _is_conversation(text, named):
        return named
    asked = _take_turns(text, paragraphs, _find_questions(text, paragraphs))
    answered = sum(_FIRST_PERSON.search(text, turn.start, turn.end) is not None for turn in asked)
    return asked if 2 * answered > len(asked) else []


def _take_turns(text: str, paragraphs: Sequence[Span], openings: Sequence[int]) -> list[Turn]:
    """Each turn lasts until the next one opens; ``openings``: indices of paragraphs."""
    # What follows the last turn may be no part of it, so it is no longer than others are.
    longest = max((after - first for first, after in pairwise(openings)), default=1)
    turns: list[Turn] = []
    for first, after in pairwise([*openings, openings[-1] + longest] if openings else []):
        start, end = paragraphs[first][0], paragraphs[min(after, len(paragraphs)) - 1][1]
        asked = turns and text[turns[-1].start : turns[-1].end].endswith(_QUESTION_MARKS)
        turns.append(Turn(start=start, end=end, question=turns[-1].start if asked else start))
    return turns


def _is_conversation(text: str, turns: Sequence[Turn]) -> bool:
    """Whether somebody asks and another answers, as in no list with words before its colons."""
    answers = sum(turn.question < turn.start for turn in turns)
    return answers >= max(1, MIN_ANSWERED * len(turns))


def _find_speakers(text: str, paragraphs: Sequence[Span]) -> list[int]:
    """The indices of the paragraphs that open with a speaker's name."""
    named = []
    for index, (start, end) in enumerate(paragraphs):
        label = _LABEL.match(text, start, min(end, start + _MAX_LABEL_CHARACTERS))
        if label:
            named.append((index, label["name"].casefold()))
    counts = Counter(name for _, name in named)
    if {"q", "a"} <= set(counts):
        return [index for index, _ in named]
    regular = sum(count for count in counts.values() if count > 1)
    is_dense = len(named) >= MIN_TURNS and _is_dense([index for index, _ in named])
    return (
        [index for index, _ in named]
        if is_dense and len(counts) > 1 and 2 * regular > len(named)
        else []
    )


def _find_questions(text: str, paragraphs: Sequence[Span]) -> list[int]:
    """The indices of the paragraphs that ask somebody something, if there are several."""
    asked = [
        (index, text[start:end])
        for index, (start, end) in enumerate(paragraphs)
        if text[start:end].endswith(_QUESTION_MARKS) and end - start <= MAX_QUESTION_CHARACTERS
    ]
    addressed = sum(_ADDRESSES.search(question) is not None for _, question in asked)
    found = [index for index, _ in asked]
    return found if len(found) >= MIN_TURNS and addressed > 1 and _is_dense(found) else []


def _is_dense(openings: Sequence[int]) -> bool:
    """Whether the paragraphs that open turns are not far apart."""
    return len(openings) > MIN_DENSITY * (openings[-1] - openings[0])
