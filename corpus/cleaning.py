"""A page's whole visible text -> the spans worth keeping, and what the page says of itself.

Cleaning keeps or drops spans of the page; it never rewrites. Knows nothing of files, formats or outlets. How it goes:
every line is judged alone (`boilerplate.py`), the run of lines with the best balance of prose over furniture is the
body, and within it furniture, stamps, bylines and copies are dropped. A text without any furniture is kept whole.
"""

# ruff: noqa: RUF001 - dashes and quotation marks of many kinds are the subject here

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from corpus.article import Article, Page, Span
from corpus.boilerplate import Kind, classify, count_words, find_credit, is_bulleted
from corpus.dates import Stamp, find_stamp, read_stamps
from corpus.errors import LoadError
from corpus.language import identify_language
from corpus.sentences import split_paragraphs
from corpus.title import find_byline, find_outlet, find_title, split_site

MAX_PROSE_SCORE = 60.0
LONE_PROSE = 0.4
PLAIN_COST, PLAIN_WORD_COST, BULLET_COST = 4.0, 0.3, 10.0
INTERFACE_COST, STAMP_COST, ENDING_COST = 8.0, 20.0, 30.0
MIN_BODY_BEFORE_COMMENTS = 40.0
"""What a line adds to a run, in words of prose. Chosen by hand on the 93 even pages of the article-extraction-benchmark
(`python -m tests.benchmarks.cleaning`); flat: half or double any of them and F1 moves by less than .01."""

HEAD_LINES = 25
"""How far above the body a title may stand."""

_COPY_IGNORED = frozenset("a an the on in at".split())
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DATELINE_LINES = 3
"""A caption or two may stand before the paragraph that opens with a dateline."""

_DATELINE = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ž.'’ -]{1,30}(?:,\s+[\w.' -]{2,25}){0,2}(?:\s+\([^()]{2,40}\))?"
    r"|[A-ZÀ-ÖØ-Þ][\w.'’ -]{1,30}(?:,\s+[\w.' -]{2,25}){0,2}\s+\([A-Z][\w .,/-]{1,40}\)"
    r"|\([A-Z][\w .,/-]{1,40}\))\s*(?:--|[-–—―])\s+(?=[\"'“‘«]?[A-ZÀ-ÖØ-ÞĀ-Ž0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What cleaning found on a page; what the page does not say is None.

    Attributes:
        kept: ascending spans of the page; joined, they are the article's text.
        title, outlet, author, published, published_at, machine_translated: as in an Article.
    """

    kept: tuple[Span, ...]
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    machine_translated: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
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
        return self.kind is Kind.PROSE and not self.stamps and not self.byline


def clean(text: str, *, hints: Collection[str] = (), title: str | None = None) -> Cleaned:
    """Choose the spans of a page that are its article, and read what the page says of itself.

    Args:
        text: everything visible on the page.
        hints: lines that an extractor with the page's markup at hand believes to be body text.
        title: the title where it is known; its line is no part of the body.
    """
    lines = _settle_translations([_read_line(text, start, end) for start, end in split_paragraphs(text)])
    chosen = _choose_hinted(lines, hints) or _choose_run(lines)
    first = next((index for index in chosen if lines[index].is_prose), 0)
    top = max(0, first - HEAD_LINES)
    head = [line.text for line in lines[top:first]]
    body = " ".join(lines[index].text for index in chosen if index >= first)[:4_000]
    found = _find_line(head, title) if title else find_title(head, body)
    headline = first - 1 if found is None else top + found
    kept = [lines[index] for index in chosen if found is None or index > headline]
    cleaned = Cleaned(
        kept=tuple(_cut_spans(text, _drop_copies(kept))),
        machine_translated=any(line.kind is Kind.TRANSLATED for line in lines),
    )
    near = lines[max(0, min(headline, first - 8)) : first + 3]
    after = lines[chosen[-1] : chosen[-1] + 4] if chosen else []
    return _read_metadata(cleaned, lines, near, after, body, None if found is None else head[found])


def _read_metadata(
    cleaned: Cleaned, lines: list[_Line], near: list[_Line], after: list[_Line], body: str, headline: str | None
) -> Cleaned:
    """Add what the lines near the body's beginning, those after its end and the page as a whole say."""
    page = [line.text for line in lines]
    stamp = find_stamp([line.text for line in near]) or find_stamp([line.text for line in after])
    author, employer = next((byline for line in near if (byline := find_byline(line.text))), (None, None))
    title, site = split_site(headline, page) if headline else (None, None)
    return replace(
        cleaned,
        title=title,
        outlet=site or employer or find_outlet(page, body),
        author=author,
        published=stamp.day if stamp else None,
        published_at=stamp.moment if stamp else None,
    )


def _find_line(head: list[str], title: str) -> int | None:
    return next((index for index, line in enumerate(head) if _squeeze(line) == _squeeze(title)), None)


def _read_line(text: str, start: int, end: int) -> _Line:
    line = text[start:end]
    return _Line(
        start=start,
        end=end,
        text=line,
        kind=classify(line),
        words=count_words(line),
        stamps=tuple(read_stamps(line)),
        byline=find_byline(line) is not None,
    )


def _settle_translations(lines: list[_Line]) -> list[_Line]:
    """A notice of translation stands at an edge of the article; what looks like one amid prose is news about it."""
    settled = []
    for index, line in enumerate(lines):
        before = sum(other.is_prose for other in lines[max(0, index - 4) : index])
        after = sum(other.is_prose for other in lines[index + 1 : index + 5])
        inside = line.kind is Kind.TRANSLATED and min(before, after) >= 2
        settled.append(replace(line, kind=Kind.PROSE) if inside else line)
    return settled


def _choose_hinted(lines: list[_Line], hints: Collection[str]) -> list[int]:
    """The lines that the hints hold, unless the hints miss most of what the lines themselves show to be the body."""
    if not hints:
        return []
    known = " ".join(_squeeze(hint) for hint in hints)
    chosen = [
        index
        for index, line in enumerate(lines)
        if line.kind in (Kind.PROSE, Kind.PLAIN) and not line.stamps and (key := _squeeze(line.text)) and key in known
    ]
    run = _choose_run(lines)
    enough = sum(lines[index].words for index in chosen) >= 0.5 * sum(lines[index].words for index in run)
    return chosen if enough else []


def _squeeze(text: str) -> str:
    """The letters and digits of a text, to compare renderings that differ in spaces, bullets and quotation marks."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _choose_run(lines: list[_Line]) -> list[int]:
    """The lines of the body, by their ordinals."""
    furniture = any(line.kind in (Kind.INTERFACE, Kind.ENDING) for line in lines)
    prose = any(line.is_prose for line in lines)
    plain = [index for index, line in enumerate(lines) if line.kind in (Kind.PROSE, Kind.PLAIN)]
    if not furniture or not prose:
        dense = sum(lines[index].words for index in plain) >= 3 * len(plain)
        edges = {index for index, line in enumerate(lines) if line.stamps or line.byline} if prose else set()
        return [index for index in plain if index not in edges] if prose or dense else []
    low, high = _find_best_run(lines)
    chosen, related = [], False
    for index in range(low, high):
        line = lines[index]
        related = line.kind is Kind.ENDING or (related and not line.is_prose)
        captioned = line.kind is Kind.PLAIN and find_credit(line.text) < len(line.text)
        if line.kind in (Kind.PROSE, Kind.PLAIN) and not (related or captioned or line.stamps or line.byline):
            chosen.append(index)
    return chosen


def _find_best_run(lines: list[_Line]) -> Span:
    """The run of lines with the highest sum of scores; it ends where comments begin."""
    best, total, start = (0.0, 0, 0), 0.0, 0
    for index, line in enumerate(lines):
        if line.kind is Kind.COMMENTS and best[0] >= MIN_BODY_BEFORE_COMMENTS:
            break
        if total <= 0:
            total, start = 0.0, index
        neighbours = lines[max(0, index - 1) : index] + lines[index + 1 : index + 2]
        total += _score(line, alone=not any(neighbour.is_prose for neighbour in neighbours))
        if total > best[0]:
            best = (total, start, index + 1)
    return best[1:]


def _score(line: _Line, *, alone: bool) -> float:
    if line.stamps or line.byline:
        return -STAMP_COST
    if line.kind is Kind.PROSE:
        return min(line.words, MAX_PROSE_SCORE) * (LONE_PROSE if alone else 1.0)
    if line.kind is Kind.PLAIN:
        return -BULLET_COST if is_bulleted(line.text) else -PLAIN_COST - PLAIN_WORD_COST * line.words
    return -INTERFACE_COST if line.kind is Kind.INTERFACE else -ENDING_COST


def _drop_copies(chosen: list[_Line]) -> Iterator[_Line]:
    """The chosen lines, photo credits cut off, without second copies of a sentence or caption."""
    seen: set[tuple[str, ...]] = set()
    for line in chosen:
        end = line.start + len(line.text[: find_credit(line.text)].rstrip())
        words = re.findall(r"\w+", line.text[: end - line.start].lower())
        signature = tuple(word for word in words if word not in _COPY_IGNORED)
        if line.start == end or (line.is_prose and len(signature) > 5 and signature in seen):
            continue
        seen.add(signature)
        yield replace(line, end=end)


def _cut_spans(text: str, kept: Iterable[_Line]) -> list[Span]:
    """The kept lines' spans without datelines; between them at most two line breaks, so that paragraphs stay apart."""
    spans: list[Span] = []
    for ordinal, line in enumerate(kept):
        gap = range(spans[-1][1], line.start) if spans else ()
        breaks = [(at, at + 1) for at in gap if text[at] in _LINE_BREAKS][:2]
        dateline = _DATELINE.match(line.text) if ordinal < DATELINE_LINES else None
        start = line.start + dateline.end() if dateline else line.start
        for low, high in [*breaks, (start, line.end)]:
            if spans and spans[-1][1] == low:
                spans[-1] = (spans[-1][0], high)
            else:
                spans.append((low, high))
    return spans


def build_article(
    text: str,
    *,
    id: str,
    location: str,
    hints: Collection[str] = (),
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    author: str | None = None,
    published: date | None = None,
    published_at: datetime | None = None,
    language: str | None = None,
) -> Article:
    """Clean a page and make its article; what the format says (JSON-LD, a record's fields) wins over the page's text.

    Args:
        text: everything visible on the page.
        id: the article's identity.
        location: the file, URL or record, as the user named it; for the error.
        hints: lines that an extractor believes to be body text.
        title: the format's title; None or blank, here and below, where the format does not say.
        outlet: the format's name of the publisher.
        url: canonical address.
        author: the format's byline.
        published: the format's day of publication.
        published_at: the format's aware moment of publication.
        language: the format's ISO 639-1 code; else it is identified from the text.

    Raises:
        LoadError: nothing on the page is an article.
    """
    text = replace_unstorable(text)
    title, outlet, url, author, language = (_tidy(value) for value in (title, outlet, url, author, language))
    cleaned = clean(text, hints=hints, title=title)
    if not cleaned.kept:
        raise LoadError(
            location,
            found="no sentence of an article, only what stands around articles" if text.strip() else "no text",
            expected="a page with at least one sentence of prose",
            remedy="put the article's own text there, or give its own address",
        )
    if published_at is not None:
        published = published_at.date()
    elif published is None:
        published, published_at = cleaned.published, cleaned.published_at
    page = Page(text=text, kept=cleaned.kept)
    return Article(
        id=id,
        text=page.article_text,
        title=title or cleaned.title,
        outlet=outlet or cleaned.outlet,
        url=url,
        author=author or cleaned.author,
        published=published,
        published_at=published_at,
        language=language or identify_language(page.article_text),
        machine_translated=cleaned.machine_translated,
        page=page,
    )


def _tidy(value: str | None) -> str | None:
    return " ".join(replace_unstorable(value).split()) or None if value else None


def replace_unstorable(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD, character for character."""
    return _UNSTORABLE.sub("\ufffd", text)
