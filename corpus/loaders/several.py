"""Pages that are not one article: a front page of teasers, and several articles on one page.

A teaser is a link that stands on a line of its own, above a few words about what it leads to. An
``<article>`` is an article of its own if it has its own headline and two paragraphs of prose. Posts
of a live report are not: their headlines lead nowhere else.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from corpus.article import Span
from corpus.cleaning.boilerplate import count_words, is_prose
from corpus.errors import FrontPageError
from corpus.loaders.rendering import HEADINGS, Part, Rendering
from corpus.loaders.source import Source

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_TEASERS = 5
MIN_HEADLINE_WORDS = 4
MAX_TEASER_WORDS = 60
MAX_WORDS_ABOVE = 15
"""Maximum number of words that a front page has above its first headline; an article has its lead
above the first link to another."""

MAX_INDENT = 8
"""Characters of white space that may stand before a headline on its line."""

MIN_PARAGRAPHS, MIN_WORDS = 2, 40
"""Prose of an article among several, in paragraphs and in words; a teaser has less."""
MIN_LINKED_WORDS = 100
"""The same, in words, if only the link of its headline shows that it is one; excerpts have less."""
MAX_OUTSIDE = 0.3
"""Maximum share of prose outside of the articles; with more, the page is about that."""


class Headed(NamedTuple):
    """One of several articles on a page.

    Attributes:
        start, end: the characters of its element in the page's text.
        element: the element.
        title: its headline.
        url: the address that its headline links to, or None.
    """

    start: int
    end: int
    element: HtmlElement
    title: str
    url: str | None


def refuse_front_page(
    source: Source, rendering: Rendering, body: Sequence[Span], base: str | None
) -> FrontPageError | None:
    """The error that names a page as a front page; None if it is none.

    Args:
        source: the page's source, named in the error.
        rendering: the page.
        body: ascending spans of what would be the page's article; empty if it has none.
        base: the page's address.
    """
    headlines = [
        part
        for part in sorted(rendering.parts, key=lambda part: (part.start, part.end))
        if part.tag == "a" and _is_headline(rendering.text, part, base)
    ]
    below = [0] * (len(headlines) + 1)
    starts = [part.start for part in headlines]
    for start, end in body:
        for line in rendering.text[start:end].splitlines(keepends=True):
            below[bisect(starts, start)] += count_words(line)
            start += len(line)
    teasers = [words for words in below[1:] if words]
    front = below[0] <= MAX_WORDS_ABOVE and max(below) <= MAX_TEASER_WORDS
    if not front or len(teasers if body else headlines) < MIN_TEASERS:
        return None
    links = [urljoin(base or "", part.element.get("href", "").strip()) for part in headlines]
    return FrontPageError(source.name, addresses=[link for link in links if _is_web(link)])


def find_articles(rendering: Rendering, base: str | None) -> list[Headed]:
    """The articles of a page that holds several; empty if it holds one or none."""
    found: list[Headed] = []
    end = 0
    parts = sorted(rendering.parts, key=lambda part: (part.start, -part.end))
    for index, part in enumerate(parts):
        if part.tag == "article" and part.start >= end and not part.aside:
            end = part.end
            if headed := _read_article(rendering.text, parts, index, base):
                found.append(headed)
    spans = [(headed.start, headed.end) for headed in found]
    inside = sum(_count_prose(rendering.text[start:end])[1] for start, end in spans)
    edges = [0, *(edge for span in spans for edge in span), len(rendering.text)]
    outside = sum(
        _count_prose(rendering.text[start:end])[1]
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
    return found if len(found) > 1 and outside <= MAX_OUTSIDE * inside else []


def _read_article(text: str, parts: list[Part], index: int, base: str | None) -> Headed | None:
    """The article of an element; None if it has no headline of its own or too little prose."""
    article = parts[index]
    paragraphs, words = _count_prose(text[article.start : article.end])
    if paragraphs < MIN_PARAGRAPHS or words < MIN_WORDS:
        return None
    heading: Part | None = None
    links: list[Part] = []
    for at in range(index + 1, len(parts)):
        part = parts[at]
        if part.start >= (heading or article).end:
            break
        if part.tag == "a":
            links.append(part)
        elif part.tag in HEADINGS and heading is None:
            heading = part
    if heading is None:
        return None
    linked = (part for part in links if part.start <= heading.start and heading.end <= part.end)
    link = next((link for part in linked if (link := _to_other_page(part, base))), None)
    stated = article.element.find(".//script[@type='application/ld+json']") is not None
    if not (stated or heading.tag == "h1" or (link and words >= MIN_LINKED_WORDS)):
        return None
    title = " ".join(text[heading.start : heading.end].split())
    return Headed(article.start, article.end, article.element, title, link)


def _is_headline(text: str, link: Part, base: str | None) -> bool:
    """Whether a link stands on a line of its own and leads to another page of the same site."""
    before = text[max(0, link.start - MAX_INDENT) : link.start]
    alone = not before.rpartition("\n")[2].strip() and (link.start <= MAX_INDENT or "\n" in before)
    if link.aside or not alone or not _to_other_page(link, base):
        return False
    return count_words(text[link.start : link.end].partition("\n")[0]) >= MIN_HEADLINE_WORDS


def _to_other_page(link: Part, base: str | None) -> str | None:
    """The address that a link leads to, if that is another page of the same site."""
    try:
        url = urljoin(base or "", link.element.get("href", "").strip())
        here, there = urlsplit(base or ""), urlsplit(url)
    except ValueError:
        return None
    same = there.netloc.removeprefix("www.") == here.netloc.removeprefix("www.")
    if there.scheme not in ("", "http", "https") or (here.netloc and not same):
        return None
    return url if there.path.strip("/") and there.path != here.path else None


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _count_prose(text: str) -> Span:
    """How many lines of prose a text has, and how many words they have."""
    words = [count_words(line) for line in text.splitlines() if is_prose(line.strip())]
    return len(words), sum(words)
