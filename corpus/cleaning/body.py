"""Choose which lines of a page are the article's body.

Each line is classified on its own (`boilerplate.py`) and scored with its neighbours. The body is
the run of lines with the highest total score (maximum subsequence segmentation: Pasternack and
Roth, WWW 2009). If a text has hardly any boilerplate, all of it but that boilerplate is the body.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.article import Span
from corpus.cleaning.boilerplate import (
    MIN_UNTERMINATED_WORDS,
    LineKind,
    classify,
    count_words,
    find_credit,
    find_feed_foot,
    is_about_offer,
    is_bulleted,
    is_offer,
    is_reported,
)
from corpus.cleaning.dates import Stamp, read_stamps
from corpus.cleaning.title import find_byline
from corpus.text.sentences import is_terminated, split_paragraphs, strip_span
from corpus.text.tables import find_tables, has_numbers, is_row


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWeights:
    """How much each kind of line adds to a run's score. The unit is one word of prose.

    All but ``interface`` were fitted by `python -m tests.benchmarks.cleaning --fit`. Quote the
    score on sites held out of the fit. The weights matter little: fitting moves F1 by .002 from
    the round numbers it starts at.

    Attributes:
        most: maximum score of one paragraph, however long.
        alone: factor for prose that has no prose next to it.
        plain, word: cost of a line that is not a sentence, and of each of its words.
        bullet: cost of a list item.
        announced: score of a line in a list that a colon introduces.
        interface, stamp, ending: cost of a button; of a date or byline; of what follows articles.
        body: minimum score of a body that the start of the comments ends.
    """

    most: float = 50.0
    alone: float = 0.5
    plain: float = 5.0
    word: float = 0.5
    bullet: float = 7.0
    announced: float = 1.25
    interface: float = 8.0
    stamp: float = 20.0
    ending: float = 40.0
    body: float = 50.0


LINE_WEIGHTS = LineWeights()

RARE_FURNITURE = 0.1
"""Up to this ratio of boilerplate lines to prose lines, the whole text is the article."""

MIN_SINGLE = 0.2
"""If less than this share of the prose occurs only once, the whole page was pasted twice."""

MIN_VERSE_WORDS = 3
"""Words per line from which a page without any sentence is verse and not a menu."""

LEAD_LINES = 10
"""How many lines above the chosen run the first paragraph may be."""

MIN_HINTED = 0.6
"""Share of a line's characters from which it is a line that the extractor found."""

FUNCTION_WORDS, MIN_FUNCTION_SHARE = 25, 0.15
"""How many of the page's commonest short words count as function words, and their minimum share in
a sentence. A long line without a full stop that has fewer is a row of names. Set by eye: on the
benchmark's pages, rows have at most .12 and such sentences at least .17, except two cast lists."""

ENTRY_LINES = 3
"""How many lines below a time, headings among them, the first sentence of its entry may be."""

MIN_ENTRIES = 3
"""Times from which a page is a report that goes on through the day."""

MAX_OFFER_GAP, MAX_OFFERED_WORDS = 4, 20
"""Shorter lines between two offers that are at most this many lines apart say what is offered."""

MIN_LIST_LINES, MIN_LIST_SHARE = 6, 0.25
"""A page without any sentence and with this many lines is verse or a list, and not a menu, if this
share of its lines ends in a punctuation mark, or begins with neither a capital nor a figure."""

_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_BARE_CLOCK = re.compile(
    r"(?:\d{1,2}[:.h]\d\d(?:[:.]\d\d)?)\s?(?:[ap]\.?m\.?|Uhr|hrs?|h)?"
    r"(?:\s?\(?[A-Z]{1,4}(?:[+-]\d{1,2})?\)?)?$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_INNER_STOP = re.compile(r"[^\W\d_]{3}[.!?…]+[\"'”’)]*\s+\S")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the page; hard-wrapped lines are joined into one."""

    start: int
    end: int
    text: str
    kind: LineKind
    words: int
    stamps: tuple[Stamp, ...]
    byline: bool
    credit: int

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a sentence and is neither a stamp nor a byline."""
        return self.kind is LineKind.PROSE and not self.stamps and not self.byline

    @property
    def is_text(self) -> bool:
        """Whether it may be part of an article's body."""
        kinds = (LineKind.PROSE, LineKind.PLAIN, LineKind.ENTRY)
        return self.kind in kinds and not self.stamps and not self.byline


def read_lines(text: str) -> list[Line]:
    """Split a page into classified lines."""
    spans = [part for span in split_paragraphs(text) for part in _part_foot(text, *span)]
    lines = [_read_line(text, start, end) for start, end in spans]
    lines = _settle_offers(_settle_rows(_settle_translations(lines)))
    return _settle_tables(text, _settle_times(lines))


def choose_body(
    lines: list[Line], hints: Sequence[Span] = (), weights: LineWeights = LINE_WEIGHTS
) -> list[int]:
    """The indices of the body's lines: those found in the hints, else those of the best run."""
    run = _choose_run(lines, weights)
    return _choose_hinted(lines, hints, run) or run


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
        credit=find_credit(line),
    )


def _part_foot(text: str, start: int, end: int) -> Iterator[Span]:
    """A paragraph, apart from what a feed appended to it."""
    foot = find_feed_foot(text[start:end])
    if foot and (before := strip_span(text, start, start + foot)):
        yield before
        start += foot
    yield start, end


def _settle_offers(lines: list[Line]) -> list[Line]:
    """Reclassify offers as interface, with the short lines between two of them."""
    offers = [index for index, line in enumerate(lines) if is_offer(line.text)]
    beside = {
        index
        for offer in offers
        for index in range(max(0, offer - 1), min(len(lines), offer + 3))
        if is_about_offer(lines[index].text)
    }
    between = {
        index
        for before, after in pairwise(offers)
        if after - before <= MAX_OFFER_GAP
        for index in range(before + 1, after)
        if lines[index].words <= MAX_OFFERED_WORDS and not is_reported(lines[index].text)
    }
    settled = list(lines)
    for index in between.union(beside, offers):
        settled[index] = replace(lines[index], kind=LineKind.INTERFACE)
    return settled


def _settle_translations(lines: list[Line]) -> list[Line]:
    """Reclassify apparent translation notices that are surrounded by prose as prose.

    A real notice is at an edge of the article.
    """
    settled = []
    for index, line in enumerate(lines):
        before = sum(other.is_prose for other in lines[max(0, index - 4) : index])
        after = sum(other.is_prose for other in lines[index + 1 : index + 5])
        inside = line.kind is LineKind.TRANSLATED and min(before, after) >= 2
        settled.append(replace(line, kind=LineKind.PROSE) if inside else line)
    return settled


def _settle_rows(lines: list[Line]) -> list[Line]:
    """Reclassify long lines without a full stop as interface if they have too few function words.

    Tag clouds and rows of links have hardly any. The function words are the commonest short words
    of the page's own prose, so this works in any language.
    """
    prose = [_LETTERS.findall(line.text) for line in lines if line.kind is LineKind.PROSE]
    short = Counter(
        word for words in prose for word in words if len(word) <= 4 and word == word.lower()
    )
    common = {word for word, _ in short.most_common(FUNCTION_WORDS)}

    def is_row(line: Line) -> bool:
        if (
            line.kind is not LineKind.PROSE
            or is_terminated(line.text)
            or _INNER_STOP.search(line.text)
        ):
            return False
        words = _LETTERS.findall(line.text)
        held = sum(word.lower() in common for word in words)
        return len(words) >= MIN_UNTERMINATED_WORDS and held < MIN_FUNCTION_SHARE * len(words)

    return [replace(line, kind=LineKind.INTERFACE) if is_row(line) else line for line in lines]


def _settle_times(lines: list[Line]) -> list[Line]:
    """Reclassify the times in a report that goes on through the day as entries.

    Such a report prints three or more different times, of one day or without any, and text below
    each of them.
    """
    times = [index for index, line in enumerate(lines) if _CLOCK.search(line.text)]
    bare = [
        index for index in times if not lines[index].stamps and _BARE_CLOCK.match(lines[index].text)
    ]
    dated = [index for index in times if lines[index].stamps]
    settled = list(lines)
    for group in (bare, dated):
        group = [
            index
            for index in group
            if any(line.is_prose for line in lines[index + 1 : index + 1 + ENTRY_LINES])
        ]
        days = {lines[index].stamps[0].day for index in group if lines[index].stamps}
        if len(days) <= 1 and len({lines[index].text for index in group}) >= MIN_ENTRIES:
            for index in group:
                settled[index] = replace(lines[index], kind=LineKind.ENTRY, stamps=(), byline=False)
    return settled


def _settle_tables(text: str, lines: list[Line]) -> list[Line]:
    """Reclassify the rows of tables that hold numbers as entries."""
    settled = list(lines)
    for table in find_tables(text, [(line.start, line.end) for line in lines]):
        if has_numbers([lines[index].text for index in table]):
            for index in table:
                settled[index] = replace(lines[index], kind=LineKind.ENTRY, stamps=(), byline=False)
    return settled


def _choose_hinted(lines: list[Line], hints: Sequence[Span], run: list[int]) -> list[int]:
    """The lines found in the hints; none if they have less than half the words of the best run.

    The times and headings of entries are the article's wherever they stand between its lines.
    """
    shares = list(_share_hinted(lines, hints))
    found = [index for index, share in enumerate(shares) if share >= MIN_HINTED]
    entries = _find_entries(lines, found[0] - ENTRY_LINES, found[-1]) if found else set()
    chosen = [
        index
        for index, line in enumerate(lines)
        if line.is_text and (shares[index] >= MIN_HINTED or index in entries)
    ]
    enough = sum(lines[index].words for index in chosen) >= 0.5 * sum(
        lines[index].words for index in run
    )
    return chosen if run and enough else []


def _find_entries(lines: list[Line], low: int, high: int) -> set[int]:
    """The times of entries between two lines, each with its heading below or above."""
    entries = set()
    for index in range(max(0, low), high):
        if lines[index].kind is LineKind.ENTRY and not is_row(lines[index].text):
            before, after, last = (
                lines[max(0, min(at, len(lines) - 1))] for at in (index - 1, index + 1, index + 2)
            )
            entries.add(index)
            if after.kind is LineKind.PLAIN and last.is_prose:
                entries.add(index + 1)
            elif before.kind is LineKind.PLAIN and after.is_prose:
                entries.add(index - 1)
    return entries


def _share_hinted(lines: list[Line], hints: Sequence[Span]) -> Iterator[float]:
    """The share of each line's characters that the hints, ascending spans, hold."""
    at = 0
    for line in lines:
        while at < len(hints) and hints[at][1] <= line.start:
            at += 1
        held, covered, next_at = 0, line.start, at
        while next_at < len(hints) and hints[next_at][0] < line.end:
            start, end = hints[next_at]
            held += max(0, min(end, line.end) - max(start, covered))
            covered = max(covered, end)
            next_at += 1
        yield held / (line.end - line.start)


def squeeze(text: str) -> str:
    """Only the letters and digits of a text, case-folded.

    For comparing renderings that differ in spaces, bullets and quotation marks.
    """
    return "".join(character for character in text.casefold() if character.isalnum())


def _choose_run(lines: list[Line], weights: LineWeights) -> list[int]:
    """The indices of the body's lines, chosen without hints."""
    kinds = [line.kind for line in lines]
    prose = sum(line.is_prose for line in lines)
    if not prose:
        return _choose_verse(lines)
    furniture = kinds.count(LineKind.INTERFACE) + kinds.count(LineKind.ENDING)
    whole = furniture <= RARE_FURNITURE * prose and LineKind.COMMENTS not in kinds
    low, high = (0, len(lines)) if whole else _find_best_run(lines, weights)
    low = _find_lead(lines, low)
    chosen, related = [], False
    for index in range(low, high):
        line = lines[index]
        related = line.kind is LineKind.ENDING or (related and not line.is_prose)
        captioned = not line.is_prose and line.credit < len(line.text)
        if line.is_text and not (related or captioned):
            chosen.append(index)
    return chosen


def _choose_verse(lines: list[Line]) -> list[int]:
    """The body of a page without any sentence: verse, a list, a table; a menu has none."""
    plain = [index for index, line in enumerate(lines) if line.is_text]
    texts = [lines[index].text for index in plain if lines[index].kind is not LineKind.ENTRY]
    marked = sum(
        text[-1] in ".,;:!?…—–" or not (text[0].isupper() or text[0].isdigit()) for text in texts
    )
    words = sum(lines[index].words for index in plain)
    listed = len(texts) < MIN_LIST_LINES or marked >= MIN_LIST_SHARE * len(texts)
    return plain if listed and words >= MIN_VERSE_WORDS * len(plain) else []


def _find_lead(lines: list[Line], low: int) -> int:
    """Where the body begins.

    A box of related links may separate the first paragraph, below the stamp, from the rest.
    """
    above = range(low - 1, max(0, low - LEAD_LINES), -1)
    lead = next((index for index in above if lines[index].is_prose), 0)
    signed = any(line.stamps or line.byline for line in lines[max(0, lead - 2) : lead])
    boxed = any(line.kind is LineKind.ENDING for line in lines[lead + 1 : low])
    return lead if lead and signed and boxed else low


def _find_best_run(lines: list[Line], weights: LineWeights) -> Span:
    """The run of lines with the highest total score; it ends where comments begin."""
    best, total, start = (0.0, 0, 0), 0.0, 0
    for index, (line, score) in enumerate(zip(lines, _score_lines(lines, weights), strict=True)):
        if line.kind is LineKind.COMMENTS and best[0] >= weights.body:
            break
        if total <= 0:
            total, start = 0.0, index
        total += score
        if total > best[0]:
            best = (total, start, index + 1)
    return best[1:]


def _find_copied(lines: list[Line], weights: LineWeights) -> Collection[str]:
    """Sentences that occur on the page more than once, as teasers do.

    None if the page has hardly anything else.
    """
    copies = Counter(line.text for line in lines if line.is_prose)
    words = {line.text: line.words for line in lines if line.is_prose}
    single = sum(words[text] for text, count in copies.items() if count == 1)
    enough = single >= weights.body and single >= MIN_SINGLE * sum(words.values())
    return {text for text, count in copies.items() if count > 1} if enough else ()


def _score_lines(lines: list[Line], weights: LineWeights) -> Iterator[float]:
    """What each line adds to a run's score.

    Prose adds its words, unless it is a copy or a credited caption. Most other lines subtract.
    """
    content = [index for index, line in enumerate(lines) if line.kind is not LineKind.INTERFACE]
    company = {
        index
        for before, after in pairwise(content)
        if lines[before].is_prose and lines[after].is_prose
        for index in (before, after)
    }
    copied = _find_copied(lines, weights)
    announced = False
    for index, line in enumerate(lines):
        plain = line.is_text and not line.is_prose
        if line.is_prose:
            void = line.text in copied or line.credit < len(line.text)
            share = 0.0 if void else 1.0 if index in company else weights.alone
            yield min(line.words, weights.most) * share
        elif line.kind is LineKind.ENTRY or (plain and (announced or line.text.endswith(":"))):
            yield weights.announced
        elif plain:
            yield (
                -weights.bullet
                if is_bulleted(line.text)
                else -weights.plain - weights.word * line.words
            )
        elif line.stamps or line.byline:
            yield -weights.stamp
        else:
            yield -(weights.interface if line.kind is LineKind.INTERFACE else weights.ending)
        announced = line.is_text and (line.text.endswith(":") or (announced and plain))
