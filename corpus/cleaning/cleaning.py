"""Find the article's spans in a page's visible text, and read the page's metadata.

Cleaning keeps or drops spans of the page; it never rewrites text. It has no rules for particular
file formats or outlets. `body.py` chooses the lines. This module drops the title, copies, photo
credits and datelines from them, and reads the metadata.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from corpus.article import Article, Page, Span, complement
from corpus.cleaning.body import LINE_WEIGHTS, Line, LineWeights, choose_body, read_lines
from corpus.cleaning.boilerplate import LineKind
from corpus.cleaning.dates import Label, read_address
from corpus.cleaning.metadata import Frame, Metadata, find_headline, is_asked_title, read_metadata
from corpus.errors import LoadError, NoArticleError
from corpus.text.language import identify_language

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
    """What cleaning found on a page.

    Attributes:
        kept: ascending spans of the page; joined, they are the article's text.
        metadata: what the page's lines say about the article.
        language: the IETF tag given, or the ISO 639-1 code identified from the text, or None.
        machine_translated: as in an Article.
    """

    kept: tuple[Span, ...]
    metadata: Metadata = field(default_factory=Metadata)
    language: str | None = None
    machine_translated: bool = False


def clean(
    text: str,
    *,
    hints: Sequence[Span] = (),
    title: str | None = None,
    weights: LineWeights = LINE_WEIGHTS,
    language: str | None = None,
    saved: datetime | None = None,
    foreign: Collection[str] = (),
) -> Cleaned:
    """Choose the spans of a page that are its article, and read its metadata.

    Args:
        text: everything visible on the page.
        hints: ascending spans that an extractor took for body text, using the page's markup.
        title: the title if it is known; its line is not part of the body.
        weights: how lines are scored; pass other weights only to measure them.
        language: the page's IETF tag; without it, the language is identified from the text.
        saved: when the page was saved; ages ("2 hours ago") count from it.
        foreign: lines of parts of the page that are about something else; no day in them is the
            article's.
    """
    lines = read_lines(text)
    chosen = choose_body(lines, hints, weights)
    prose = [index for index in chosen if lines[index].is_prose]
    uncredited = [index for index in prose if lines[index].credit == len(lines[index].text)]
    first = next(iter(uncredited + prose), 0)
    body = " ".join(lines[index].text for index in chosen if index >= first)[:4_000]
    headline = find_headline(lines[:first], body, title)
    if headline is None and len(prose) > 1 and first == prose[0]:
        if is_asked_title(lines[first], lines[prose[1]]):
            headline, first = first, prose[1]
    language = language or identify_language(body)
    frame = Frame(
        lines=lines,
        headline=headline,
        first=first,
        last=prose[-1] if prose else first,
        foreign=foreign,
    )
    metadata = read_metadata(frame, body, language=language, saved=saved)
    kept = [
        lines[index]
        for index in chosen
        if (headline is None or index > headline)
        and not (index < first and lines[index].text == metadata.author)
    ]
    return Cleaned(
        kept=tuple(_cut_spans(text, _drop_copies(kept))),
        metadata=metadata,
        language=language,
        machine_translated=any(line.kind is LineKind.TRANSLATED for line in lines),
    )


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
    modified: date | None = None,
    language: str | None = None,
    saved: datetime | None = None,
    foreign: Collection[str] = (),
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
        modified: the format's day of the last update; also the day of publication if neither the
            format nor the page's text states one.
        language: the format's IETF tag ("de", "en-GB"); without one the language is identified
            from the text.
        saved: when the page was saved.
        foreign: lines of parts of the page that are about something else.

    Raises:
        LoadError: the text is too long, or nothing on the page is an article.
    """
    text = replace_unstorable(text)
    if excess := find_excess(text, location):
        raise excess
    title, outlet, url, author, language = (
        _tidy(value) for value in (title, outlet, url, author, language)
    )
    said = Page(text=text, kept=complement(dropped, len(text)))
    cleaned = clean(
        said.article_text,
        hints=hints,
        title=title,
        language=language if _to_code(language) else None,
        saved=saved,
        foreign=foreign,
    )
    found = cleaned.metadata
    if not cleaned.kept:
        raise _find_nothing(text, location)
    if published_at is not None:
        published = published_at.date()
    elif published is None:
        published, published_at = _choose_day(found, read_address(url or ""), modified)
    modified = modified or found.modified
    page = Page(
        text=text, kept=tuple(piece for span in cleaned.kept for piece in said.locate(*span))
    )
    return Article(
        id=id,
        text=page.article_text,
        title=title or found.title,
        outlet=outlet or found.outlet,
        url=url,
        author=author or found.author,
        published=published,
        published_at=published_at,
        modified=None if modified and published and modified < published else modified,
        language=_to_code(cleaned.language),
        machine_translated=cleaned.machine_translated,
        page=page,
    )


def _find_nothing(text: str, location: str) -> NoArticleError:
    return NoArticleError(
        location,
        found="no sentence of an article, only what stands around articles"
        if text.strip()
        else "no text",
        expected="a page with at least one sentence of prose",
        remedy="supply the article's own text, or its own address",
    )


def _choose_day(
    found: Metadata, address: date | None, modified: date | None
) -> tuple[date | None, datetime | None]:
    """The day of publication by the page's lines, its address, or the format's last update.

    The address wins over a day that the lines leave without a label, unless they agree.
    """
    day = found.published
    agrees = day and address and abs(day - address) <= timedelta(days=1)
    if address and not agrees and found.label is not Label.PUBLISHED:
        return address, None
    if day is None or (found.label is Label.UPDATED and modified):
        return modified, None
    return day, found.published_at


def _to_code(language: str | None) -> str | None:
    """The ISO 639-1 code of an IETF tag; None if it has none."""
    code = re.split("[-_]", language or "")[0].lower()
    return code if len(code) == 2 else None


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


def _tidy(value: str | None) -> str | None:
    return " ".join(replace_unstorable(value).split()) or None if value else None


def replace_unstorable(text: str) -> str:
    """Replace each NUL and lone surrogate with U+FFFD; the length does not change."""
    return _UNSTORABLE.sub("\ufffd", text)
