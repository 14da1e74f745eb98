"""A page's lines -> which of them are its article's body. Knows nothing of metadata or of what becomes of the lines.

Every line is judged alone (`boilerplate.py`) and weighed; the run of lines with the best balance of prose over
furniture is the body. A text with hardly any furniture is an article by itself and loses no more than that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.article import Span
from corpus.boilerplate import Kind, classify, count_words, find_credit, is_bulleted
from corpus.dates import Stamp, read_stamps
from corpus.sentences import split_paragraphs
from corpus.title import find_byline

MAX_PROSE_SCORE = 60.0
LONE_PROSE = 0.4
PLAIN_COST, PLAIN_WORD_COST, BULLET_COST = 4.0, 0.3, 10.0
INTERFACE_COST, STAMP_COST, ENDING_COST = 8.0, 20.0, 30.0
MIN_BODY_BEFORE_COMMENTS = 40.0
"""What a line adds to a run, in words of prose. Chosen by hand on the 93 even pages of the article-extraction-benchmark
(`python -m tests.benchmarks.cleaning`). Halving or doubling one of them moves F1 there by .015 (MAX_PROSE_SCORE), .010
(MIN_BODY_BEFORE_COMMENTS), .006 (LONE_PROSE) or at most .004 (the costs)."""

RARE_FURNITURE = 0.1
"""Pieces of furniture to a line of prose, up to which the text is an article by itself and no run is chosen."""

MIN_VERSE_WORDS = 3
"""Words a line, from which lines without a sentence among them are verse and not a menu."""

LEAD_LINES = 10
"""How far above a body's run its first paragraph may stand."""

MIN_FOUND_CHARACTERS = 30
"""Shorter lines ("Read more") stand inside longer ones by chance."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the page; hard-wrapped lines are one."""

    start: int
    end: int
    text: str
    kind: Kind
    words: int
    stamps: tuple[Stamp, ...]
    byline: bool

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a sentence and is neither stamp nor byline."""
        return self.kind is Kind.PROSE and not self.stamps and not self.byline

    @property
    def credit(self) -> int:
        """Where a photo credit at its end begins; its length where there is none."""
        return find_credit(self.text)


def read_lines(text: str) -> list[Line]:
    """The lines of a page, each judged."""
    return _settle_translations([_read_line(text, start, end) for start, end in split_paragraphs(text)])


def choose_body(lines: list[Line], hints: Collection[str] = ()) -> list[int]:
    """The ordinals of the lines that are the body: those that the hints hold, else those of the best run."""
    return _choose_hinted(lines, hints) or _choose_run(lines)


def _read_line(text: str, start: int, end: int) -> Line:
    line = text[start:end]
    return Line(
        start=start,
        end=end,
        text=line,
        kind=classify(line),
        words=count_words(line),
        stamps=tuple(read_stamps(line)),
        byline=find_byline(line) is not None,
    )


def _settle_translations(lines: list[Line]) -> list[Line]:
    """A notice of translation stands at an edge of the article; what looks like one amid prose is news about it."""
    settled = []
    for index, line in enumerate(lines):
        before = sum(other.is_prose for other in lines[max(0, index - 4) : index])
        after = sum(other.is_prose for other in lines[index + 1 : index + 5])
        inside = line.kind is Kind.TRANSLATED and min(before, after) >= 2
        settled.append(replace(line, kind=Kind.PROSE) if inside else line)
    return settled


def _choose_hinted(lines: list[Line], hints: Collection[str]) -> list[int]:
    """The lines that the hints hold, unless the hints miss most of what the lines themselves show to be the body."""
    if not hints:
        return []
    known = {key for hint in hints if (key := squeeze(hint))}
    whole = "".join(map(squeeze, hints))
    chosen = [
        index
        for index, line in enumerate(lines)
        if line.kind in (Kind.PROSE, Kind.PLAIN) and not (line.stamps or line.byline) and _is_hinted(line, known, whole)
    ]
    run = _choose_run(lines)
    enough = sum(lines[index].words for index in chosen) >= 0.5 * sum(lines[index].words for index in run)
    return chosen if run and enough else []


def _is_hinted(line: Line, known: set[str], whole: str) -> bool:
    """Whether the line is a hint, several of them, or little more than one."""
    key = squeeze(line.text)
    if key in known or (len(key) >= MIN_FOUND_CHARACTERS and key in whole):
        return True
    return any(len(hint) >= max(MIN_FOUND_CHARACTERS, 0.6 * len(key)) and hint in key for hint in known)


def squeeze(text: str) -> str:
    """The letters and digits of a text, to compare renderings that differ in spaces, bullets and quotation marks."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _choose_run(lines: list[Line]) -> list[int]:
    """The lines of the body, by their ordinals."""
    kinds = [line.kind for line in lines]
    prose = sum(line.is_prose for line in lines)
    if not prose:
        plain = [index for index, kind in enumerate(kinds) if kind is Kind.PLAIN]
        return plain if sum(lines[index].words for index in plain) >= MIN_VERSE_WORDS * len(plain) else []
    furniture = kinds.count(Kind.INTERFACE) + kinds.count(Kind.ENDING)
    whole = furniture <= RARE_FURNITURE * prose and Kind.COMMENTS not in kinds
    low, high = (0, len(lines)) if whole else _find_best_run(lines)
    low = _find_lead(lines, low)
    chosen, related = [], False
    for index in range(low, high):
        line = lines[index]
        related = line.kind is Kind.ENDING or (related and not line.is_prose)
        captioned = line.kind is Kind.PLAIN and line.credit < len(line.text)
        if line.kind in (Kind.PROSE, Kind.PLAIN) and not (related or captioned or line.stamps or line.byline):
            chosen.append(index)
    return chosen


def _find_lead(lines: list[Line], low: int) -> int:
    """Where the body begins: a box of related links may part its first paragraph, below the stamp, from the rest."""
    above = range(low - 1, max(0, low - LEAD_LINES), -1)
    lead = next((index for index in above if lines[index].is_prose), 0)
    signed = any(line.stamps or line.byline for line in lines[max(0, lead - 2) : lead])
    boxed = any(line.kind is Kind.ENDING for line in lines[lead + 1 : low])
    return lead if lead and signed and boxed else low


def _find_best_run(lines: list[Line]) -> Span:
    """The run of lines with the highest sum of scores; it ends where comments begin."""
    best, total, start = (0.0, 0, 0), 0.0, 0
    content = [index for index, line in enumerate(lines) if line.kind is not Kind.INTERFACE]
    company = {
        index
        for before, after in pairwise(content)
        if lines[before].is_prose and lines[after].is_prose
        for index in (before, after)
    }
    for index, line in enumerate(lines):
        if line.kind is Kind.COMMENTS and best[0] >= MIN_BODY_BEFORE_COMMENTS:
            break
        if total <= 0:
            total, start = 0.0, index
        total += _score(line, alone=index not in company)
        if total > best[0]:
            best = (total, start, index + 1)
    return best[1:]


def _score(line: Line, *, alone: bool) -> float:
    if line.stamps or line.byline:
        return -STAMP_COST
    if line.kind is Kind.PROSE:
        return min(line.words, MAX_PROSE_SCORE) * (LONE_PROSE if alone else 1.0)
    if line.kind is Kind.PLAIN:
        return -BULLET_COST if is_bulleted(line.text) else -PLAIN_COST - PLAIN_WORD_COST * line.words
    return -INTERFACE_COST if line.kind is Kind.INTERFACE else -ENDING_COST
