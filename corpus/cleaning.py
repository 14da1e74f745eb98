"""Find the article's spans in a page's visible text, and read the page's metadata.

Cleaning keeps or drops spans of the page; it never rewrites text. It has no rules for particular
file formats or outlets. `body.py` chooses the lines. This module drops the title, copies, photo
credits and datelines from them, and reads the metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile

from corpus.article import Article, Page, Span
from corpus.body import WEIGHTS, Line, Weights, choose_body, read_lines, squeeze
from corpus.boilerplate import Kind
from corpus.dates import find_stamp, read_stamps
from corpus.errors import LoadError
from corpus.language import identify_language
from corpus.title import find_byline, find_name, find_outlet, find_signature, find_title, split_site

HEAD_LINES, NEAR_LINES = 30, 8
"""Maximum distance in lines above the body of a title (not counting buttons); maximum distance of a
stamp or byline from the body's first line."""

BYLINE_LINES = 6
"""A name without "By" is an author only between a title and a stamp at most this far below it."""

MAX_CHARACTERS = 1_000_000
"""Maximum length of a page: ten times the longest news story. Such a page is cleaned in seconds and
encoded in one or two minutes."""

MIN_COPY_WORDS = 4
_COPY_IGNORED = frozenset("a an the on in at".split())
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DATELINE_LINES = 3
"""One or two captions may precede the paragraph that opens with a dateline."""

_DATELINE = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ž.'’ -]{1,30}(?:,\s+[\w.' -]{2,25}){0,2}(?:\s+\([^()]{2,40}\))?"
    r"|[A-ZÀ-ÖØ-Þ][\w.'’ -]{1,30}(?:,\s+[\w.' -]{2,25}){0,2}\s+\([A-Z][\w .,/-]{1,40}\)"
    r"|\([A-Z][\w .,/-]{1,40}\))\s*(?:--|[-–—―])\s+(?=[\"'“‘«]?[A-ZÀ-ÖØ-ÞĀ-Ž0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What cleaning found on a page; a field that the page does not state is None.

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


def clean(
    text: str, *, hints: Sequence[Span] = (), title: str | None = None, weights: Weights = WEIGHTS
) -> Cleaned:
    """Choose the spans of a page that are its article, and read its metadata.

    Args:
        text: everything visible on the page.
        hints: ascending spans that an extractor took for body text, using the page's markup.
        title: the title if it is known; its line is not part of the body.
        weights: how lines are scored; pass other weights only to measure them.
    """
    lines = read_lines(text)
    chosen = choose_body(lines, hints, weights)
    prose = [index for index in chosen if lines[index].is_prose]
    uncredited = [index for index in prose if lines[index].credit == len(lines[index].text)]
    first = next(iter(uncredited + prose), 0)
    body = " ".join(lines[index].text for index in chosen if index >= first)[:4_000]
    headline = _find_headline(lines[:first], body, title)
    kept = [lines[index] for index in chosen if headline is None or index > headline]
    cleaned = Cleaned(
        kept=tuple(_cut_spans(text, _drop_copies(kept))),
        machine_translated=any(line.kind is Kind.TRANSLATED for line in lines),
    )
    top = max(0, first - NEAR_LINES) if headline is None else headline
    last = chosen[-1] if chosen else 0
    near = lines[top : first + NEAR_LINES] + lines[max(0, top - 3) : top] + lines[last : last + 4]
    page = [line.text for line in lines]
    return _read_metadata(
        cleaned,
        page,
        [line.text for line in near],
        body,
        None if headline is None else page[headline],
    )


def _find_headline(before: list[Line], body: str, title: str | None) -> int | None:
    """The index of the title's line among the lines before the body."""
    head = [index for index, line in enumerate(before) if line.kind is not Kind.INTERFACE][
        -HEAD_LINES:
    ]
    texts = [before[index].text for index in head]
    known = [
        index
        for index, text in zip(head, texts, strict=True)
        if title and squeeze(text) == squeeze(title)
    ]
    if known:
        return known[-1]
    marks = {at for at, index in enumerate(head) if before[index].stamps or before[index].byline}
    found = find_title(texts, body, marks=marks)
    return None if found is None else head[found]


def _read_metadata(
    cleaned: Cleaned, page: list[str], near: list[str], body: str, headline: str | None
) -> Cleaned:
    """Add the metadata found in the lines around the body and on the whole page."""
    stamp = find_stamp(near)
    author, employer = next(
        (byline for line in near if (byline := _read_byline(line))), (None, None)
    )
    signed = (
        list(takewhile(lambda line: not read_stamps(line), near[1:BYLINE_LINES]))
        if headline
        else []
    )
    if author is None and len(signed) < BYLINE_LINES - 1:
        author = find_name(signed)
    title, site = split_site(headline, page) if headline else (None, None)
    outlet = site or employer or find_outlet(page, body)
    return replace(
        cleaned,
        title=title,
        outlet=None if outlet == author else outlet,
        author=author,
        published=stamp.day if stamp else None,
        published_at=stamp.moment if stamp else None,
    )


def _read_byline(line: str) -> tuple[str, str | None] | None:
    """The author and the outlet named in a byline or in a line with a stamp."""
    return find_byline(line) or (find_signature(line) if read_stamps(line) else None)


def _drop_copies(chosen: list[Line]) -> Iterator[Line]:
    """Yield the chosen lines without photo credits, and each sentence and caption only once.

    The first copy stays. But if a caption above the body has a copy inside it, the later copy
    stays, so that the body opens with its lead.
    """
    cut = [
        replace(line, end=line.start + len(line.text[: line.credit].rstrip())) for line in chosen
    ]
    signatures = [
        _sign(line.text[: line.end - line.start]) if line.is_prose else () for line in cut
    ]
    last = {signature: at for at, signature in enumerate(signatures)}
    opened = False
    seen: set[tuple[str, ...]] = set()
    for at, (line, signature) in enumerate(zip(cut, signatures, strict=True)):
        credited = line.end - line.start < len(line.text)
        opened = opened or (line.is_prose and not credited)
        later = not opened and last[signature] > at
        if line.start == line.end or (
            len(signature) >= MIN_COPY_WORDS and (later or signature in seen)
        ):
            continue
        seen.add(signature)
        yield line


def _sign(sentence: str) -> tuple[str, ...]:
    """The words by which copies of a sentence are recognised, numbers and negations included."""
    return tuple(word for word in re.findall(r"\w+", sentence.lower()) if word not in _COPY_IGNORED)


def _cut_spans(text: str, kept: Iterable[Line]) -> list[Span]:
    """The kept lines' spans without datelines.

    At most two line breaks are kept between lines, so that paragraphs stay apart.
    """
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
    hints: Sequence[Span] = (),
    dropped: Sequence[Span] = (),
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    author: str | None = None,
    published: date | None = None,
    published_at: datetime | None = None,
    language: str | None = None,
) -> Article:
    """Clean a page and make its article.

    Metadata from the format (JSON-LD, a record's fields) wins over the page's text.

    Args:
        text: everything visible on the page.
        id: the article's identity.
        location: the file, URL or record, as the user named it; used in errors.
        hints: ascending spans of the text without ``dropped`` that an extractor took for body text.
        dropped: ascending spans that are syntax of the format and not text: Markdown markers, a
            hyphen at a line's end.
        title: the format's title; here and below, None or blank if the format does not state it.
        outlet: the format's name of the publisher.
        url: canonical address.
        author: the format's byline.
        published: the format's day of publication.
        published_at: the format's time of publication, an aware datetime.
        language: the format's ISO 639-1 code; without one it is identified from the text.

    Raises:
        LoadError: the text is too long, or nothing on the page is an article.
    """
    text = replace_unstorable(text)
    if excess := find_excess(text, location):
        raise excess
    title, outlet, url, author, language = (
        _tidy(value) for value in (title, outlet, url, author, language)
    )
    said = Page(text=text, kept=_complement(dropped, len(text)))
    cleaned = clean(said.article_text, hints=hints, title=title)
    if not cleaned.kept:
        raise LoadError(
            location,
            found="no sentence of an article, only what stands around articles"
            if text.strip()
            else "no text",
            expected="a page with at least one sentence of prose",
            remedy="supply the article's own text, or its own address",
        )
    if published_at is not None:
        published = published_at.date()
    elif published is None:
        published, published_at = cleaned.published, cleaned.published_at
    page = Page(
        text=text, kept=tuple(piece for span in cleaned.kept for piece in said.locate(*span))
    )
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


def find_excess(text: str, location: str) -> LoadError | None:
    """A LoadError if the text is too long for an article. Check this before any slow step."""
    if len(text) <= MAX_CHARACTERS:
        return None
    return LoadError(
        location,
        found=f"a text of {len(text):,} characters",
        expected=f"one article, of at most {MAX_CHARACTERS:,}",
        remedy="split it into its articles",
    )


def _complement(spans: Sequence[Span], length: int) -> tuple[Span, ...]:
    edges = [0, *(edge for span in spans for edge in span), length]
    return tuple(
        (start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end
    )


def _tidy(value: str | None) -> str | None:
    return " ".join(replace_unstorable(value).split()) or None if value else None


def replace_unstorable(text: str) -> str:
    """Replace each NUL and lone surrogate with U+FFFD; the length does not change."""
    return _UNSTORABLE.sub("\ufffd", text)
