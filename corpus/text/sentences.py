"""Split an article's text into the spans of its sentences.

The text is split into paragraphs first, since a sentence never crosses a paragraph. nupunkt
(arXiv:2504.04131) splits each paragraph. A few rules fix what it does not handle: "U.S.
Ambassador", scripts with their own full stops, ordinals before a month, and quotations, which stay
whole and with their speaker.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.article import Span
from corpus.text.speech import Turn, find_quotations, find_turns, is_attribution
from corpus.text.tables import find_tables, has_header, is_row

MAX_HEADING_WORDS = 14
MAX_HEADING_CHARACTERS = 90
MAX_QUESTION_WORDS = 8
MAX_QUOTATION_CHARACTERS = 300
"""A longer quotation is split into its sentences."""
WRAP_WIDTHS = range(40, 121)
"""Widths, in characters, at which mail programs, PDF columns and terminals break lines."""

_TERMINAL = re.compile(r"[.!?…。！？｡।॥۔؟።։][\"'”’»«›)\]」』）]*$")
_OWN_STOPS = re.compile(r"[。！？｡]+[”’」』）】]*|(?<=[।॥۔؟።։])[\"'”’»)]*\s+")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•·▪◦●‣–—]|\(?\w{1,3}[.)])\s")
_QUOTED = re.compile(r"\s*[\"'“‘„«»‹「『>]")
_CLOSED = re.compile(r"[.!?…。！？][ \u00a0\u202f]?[\"'”’“‘»«›‹」』]+$")
_WORD = re.compile(r"\w+")

_DATED = re.compile(
    r"[^\W\d_]+\.?,?\s+(?:[^\W\d_]{1,2}\s+)?\d{1,2}[.\s]\s*(?:\S+\s+){0,3}?\S*(?:19|20)\d\d\b.{0,20}"
)
"""A line of its own with a weekday in lower case: "lunes, 4 de marzo de 2024"."""

_ACRONYM = re.compile(r"(?:^|\W)(?:\w\.){2,}$")
_RANK = re.compile(
    r"(?:^|\W)(?:Lt|Col|Gen|Maj|Capt|Sgt|Cpl|Cmdr|Adm|Brig|Rev|Hon|Amb|Gov|Sen|Rep"
    r"|Mr|Mrs|Ms|Dr|Prof)\.$"
)
_DAY = re.compile(r"(?:^|\s)\d{1,2}\.$")
_MONTHS = frozenset(
    "januar jänner februar feber märz april mai juni juli august september oktober november "
    "dezember january february march may june july october december".split()
)
"""Only German and English write a month with a capital, so that it looks like a sentence's start.

``corpus.cleaning.locales`` has the others, but every answer splits sentences, and loading them
takes 0.8 s.
"""
_ENUMERATOR = re.compile(r"^\(?\w{1,2}[.)]$")
_STARTERS = frozenset(
    "a according after all although an and another as at because before both but by despite "
    "during each earlier even following for from he her his how however i if in instead it its "
    "later many meanwhile more most my no not of on once one only our since she so some such that "
    "the their then there these they this those though to under until "
    "we what when where while who why with yet you".split()
)
"""Words that start a sentence far more often than they continue a name.

Because of them, "the U.S. They" is split into two sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an article.

    Attributes:
        start, end: character offsets; ``text[start:end]`` has no white space at its ends.
        heading: whether it is a heading; headings stay in the text and are never quoted.
        paragraph: index of its paragraph, from 0.
        row: whether it is a row of a table.
        header: span of the heading that names the columns, if it is a row of a table that has one.
    """

    start: int
    end: int
    heading: bool
    paragraph: int
    row: bool = False
    header: Span | None = None


@lru_cache(maxsize=64)  # an answer needs the sentences of its articles several times
def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Split a text into sentences, in order. They cover all characters except white space.

    A row of a table is one sentence, and the row that names a table's columns is a heading.
    """
    paragraphs = list(split_paragraphs(text))
    pieces = [text[start:end] for start, end in paragraphs]
    rows = _find_rows(text, paragraphs)
    headings = _find_headings(pieces, rows)
    sentences: list[Sentence] = []
    for ordinal, ((start, end), heading) in enumerate(zip(paragraphs, headings, strict=True)):
        whole = heading or ordinal in rows
        spans = [(start, end)] if whole else _split_paragraph(text, start, end)
        top = rows.get(ordinal)
        sentences += [
            Sentence(
                start=a,
                end=b,
                heading=heading,
                paragraph=ordinal,
                row=ordinal in rows,
                header=None if top is None or heading else paragraphs[top],
            )
            for a, b in spans
        ]
    return tuple(sentences)


@lru_cache(maxsize=64)
def split_turns(text: str) -> tuple[Turn, ...]:
    """The turns of an interview or a transcript, in order; none in other texts."""
    return tuple(find_turns(text, list(split_paragraphs(text))))


def find_header(text: str, start: int) -> Span | None:
    """The span of the header of the table row that starts at a character of the text."""
    return next((s.header for s in split_sentences(text) if s.start == start), None)


def split_paragraphs(text: str) -> Iterator[Span]:
    """Yield the spans of paragraphs: each line is one, but hard-wrapped lines are joined."""
    block: list[Span] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        span = strip_span(text, offset, offset + len(line))
        offset += len(line)
        if span:
            block.append(span)
        else:
            yield from _join_wrapped(text, block)
            block = []
    yield from _join_wrapped(text, block)


def is_terminated(line: str) -> bool:
    """Whether the line ends like a sentence."""
    return _TERMINAL.search(line[-12:]) is not None


def strip_span(text: str, start: int, end: int) -> Span | None:
    """Trim white space from the ends of a span; None if nothing is left."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return (start, end) if start < end else None


def _join_wrapped(text: str, lines: list[Span]) -> Iterator[Span]:
    """Join adjacent lines if the first was broken inside a sentence or because it was full."""
    if not lines:
        return
    pieces = [text[start:end] for start, end in lines]
    width = max(map(len, pieces))
    full = [_is_full(piece, after, width) for piece, after in pairwise(pieces)]
    inside = [
        not is_terminated(piece) and not after[0].isupper() for piece, after in pairwise(pieces)
    ]
    wrapped = (
        width in WRAP_WIDTHS
        and sum(full) >= max(2, 0.6 * len(full))
        and sum(inside) >= 0.4 * len(inside)
    )
    current = lines[0]
    for line, before, after, is_full in zip(lines[1:], pieces, pieces[1:], full, strict=False):
        broken = (
            after[0].islower()
            and not is_terminated(before)
            and len(before) in WRAP_WIDTHS
            and not _DATED.fullmatch(after)
        )
        if (broken or (wrapped and is_full)) and not _is_row(before) and not _is_row(after):
            current = (current[0], line[1])
        else:
            yield current
            current = line
    yield current


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next word would not have fitted on the line.

    Allows 10 % slack for proportional fonts.
    """
    return (
        len(line) > 0.7 * width
        and len(line) + 1 + len(following.split(maxsplit=1)[0]) > 0.9 * width
    )


def _is_row(line: str) -> bool:
    """Whether the line is a list item or a table row."""
    return _LIST_ITEM.match(line) is not None or is_row(line)


def _find_rows(text: str, paragraphs: list[Span]) -> dict[int, int | None]:
    """The paragraphs that are rows of tables, each with the index of its table's header or None."""
    rows: dict[int, int | None] = {}
    for table in find_tables(text, paragraphs):
        headed = has_header([text[slice(*paragraphs[index])] for index in table])
        rows |= dict.fromkeys(table, table[0] if headed else None)
    return rows


def _find_headings(paragraphs: list[str], rows: Mapping[int, int | None]) -> list[bool]:
    """Mark which paragraphs are headings.

    One or two heading-shaped lines before a paragraph of prose are headings; longer runs are lists
    or verse. Of a table's rows, only its header is one.
    """
    shaped = [
        ordinal not in rows and _is_heading_shaped(paragraph)
        for ordinal, paragraph in enumerate(paragraphs)
    ]
    headings = [rows.get(ordinal) == ordinal for ordinal in range(len(paragraphs))]
    run = 0
    for ordinal, is_shaped in enumerate(shaped):
        if is_shaped:
            run += 1
            continue
        if run <= 2:
            for before in range(ordinal - run, ordinal):
                headings[before] = len(paragraphs[before]) < len(paragraphs[ordinal])
        run = 0
    return headings


def _is_heading_shaped(paragraph: str) -> bool:
    if len(paragraph) > MAX_HEADING_CHARACTERS or "\n" in paragraph:
        return False
    if _LIST_ITEM.match(paragraph) or _QUOTED.match(paragraph):
        return False
    words = len(paragraph.split())
    if paragraph.endswith(("?", "？", "؟")):
        return words <= MAX_QUESTION_WORDS and len(re.findall(r"[.!?？؟]", paragraph)) == 1
    return (
        words <= MAX_HEADING_WORDS and not is_terminated(paragraph) and paragraph[-1] not in ",;:)]"
    )


def _split_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    from nupunkt import sent_spans

    # nupunkt would end a sentence at a line break.
    paragraph = re.sub(r"\s", " ", text[start:end])
    quotations = [
        span for span in find_quotations(paragraph) if span[1] - span[0] <= MAX_QUOTATION_CHARACTERS
    ]
    cuts = {cut for _, cut in sent_spans(paragraph)} | {
        found.end() for found in _OWN_STOPS.finditer(paragraph)
    }
    cuts = {cut for cut in cuts if not _is_inside(cut, quotations)}
    closed = {high for low, high in quotations if _CLOSED.search(paragraph[low:high])}
    low = 0
    for cut in sorted(cuts | closed | {len(paragraph)}):
        before = paragraph[max(low, cut - 160) : cut].rstrip()
        after = paragraph[cut : cut + 160].lstrip()
        if cut < len(paragraph) and (
            _is_false_stop(before, after) or _is_attributed(before, after)
        ):
            continue
        if span := strip_span(text, start + low, start + cut):
            yield span
        low = cut


def _is_inside(cut: int, quotations: Sequence[Span]) -> bool:
    """Whether a quotation would be cut; they are in order."""
    at = bisect_right(quotations, (cut, 0)) - 1
    return at >= 0 and quotations[at][0] < cut < quotations[at][1]


def _is_attributed(before: str, after: str) -> bool:
    """Whether a quotation that ends like a sentence is followed by who said it."""
    closed = _CLOSED.search(before[-4:])
    if closed is None:
        return False
    return after[0] in ",;と" or (not closed[0].startswith(".") and is_attribution(after))


def _is_false_stop(before: str, after: str) -> bool:
    """Whether a sentence cannot end here.

    The full stop may belong to an abbreviation, an ordinal or a list number.
    """
    if not after or not before:
        return True
    if after[0].islower() and not _OWN_STOPS.search(before[-2:]):
        return True
    tail = before[-40:]
    found = _WORD.search(after)
    following = found.group().lower() if found else ""
    if _ACRONYM.search(tail) and after[0].isalpha():
        return following not in _STARTERS
    if _RANK.search(tail) or _ENUMERATOR.match(before):
        return True
    return bool(_DAY.search(tail)) and following in _MONTHS
