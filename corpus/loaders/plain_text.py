"""Load the articles of plain text: a text file, or a page that was pasted.

Most texts hold one article. A text holds several if it says so more than once: a title, the day
below it, and two paragraphs or more that repeat the title's words. A text that lists nothing but
addresses holds none; a file of them is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from corpus.addresses import read_addresses
from corpus.article import Article
from corpus.cleaning.body import Line, read_lines
from corpus.cleaning.boilerplate import LineKind, is_bulleted
from corpus.cleaning.cleaning import build_article, find_excess
from corpus.cleaning.title import find_title
from corpus.errors import FrontPageError
from corpus.identity import content_id, outlet_of, record_id
from corpus.loaders.source import Found, Link, Source
from corpus.loaders.text import load_text
from corpus.loaders.wayback import find_toolbar

STAMP_LINES = 3
"""How many lines below its title an article's day may be."""
MIN_PARAGRAPHS, MIN_WORDS = 2, 40
"""Prose of an article among several, in paragraphs and in words; a teaser has less."""

MIN_TEASERS, TEASERS = 5, 0.8
"""Number of sentences of a front page, and the minimum share of them that are teasers."""
MAX_TEASER_WORDS, MIN_HEADLINE_WORDS = 45, 4
_AGE = re.compile(
    r"(?:updated )?\d+ ?(?:s|sec|m|min|h|hrs?|d|seconds?|minutes?|hours?|days?)(?: ago)?$",
    re.IGNORECASE,
)


def load_plain(source: Source) -> Iterable[Found]:
    """Load every article of a text file, or the addresses of a file that lists only addresses.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence, or an address is not on the
            web.
    """
    data = source.read()
    text = load_text(data, location=source.name)
    addresses = read_addresses(text)
    if addresses and all(map(outlet_of, addresses)):
        return [Link(url=url) for url in dict.fromkeys(addresses)]
    return _build(source, data, text)


def load_articles(source: Source) -> list[Article]:
    """Load every article of a text, at least one.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence, or is an address.
    """
    data = source.read()
    return _build(source, data, load_text(data, location=source.name))


def _build(source: Source, data: bytes, text: str) -> list[Article]:
    if found := _describe_words(text):
        raise source.error(
            found=found,
            expected="the text of a page",
            remedy="add each address that begins with http:// or https:// as a location of its own;"
            " else save the page and add the file",
        )
    if excess := find_excess(text, source.name):
        raise excess
    lines = read_lines(text)
    if _is_front(lines):
        raise FrontPageError(source.name, addresses=())
    _, *starts = find_starts(lines) or [0]
    articles: dict[str, Article] = {}
    for start, end in pairwise([0, *starts, len(text)]):
        part = text[start:end]
        headline = part.strip().partition("\n")[0].strip()
        article = build_article(
            part,
            id=_name_part(source, headline, part) if start else source.id(data),
            location=f"{source.name}, {headline}" if start else source.name,
            dropped=find_toolbar(part),
            url=None if start else source.url,
            outlet=outlet_of(source.url or ""),
        )
        articles.setdefault(article.id, article)
    return list(articles.values())


def _describe_words(text: str) -> str | None:
    """What a text is if it consists of addresses alone, or is one word; None if it is neither."""
    if addresses := read_addresses(text):
        return "an address" if len(addresses) == 1 else f"{len(addresses)} addresses"
    return "one word" if text.isascii() and len(text.split(maxsplit=1)) == 1 else None


def find_starts(lines: list[Line]) -> list[int]:
    """Where the articles of a text begin, in characters; empty if it holds one or none."""
    heads: list[list[int]] = []
    for index in range(len(lines)):
        if _is_headed(lines, index):
            if heads and heads[-1][-1] == index - 1:
                heads[-1].append(index)
            else:
                heads.append([index])
    ends = [*(head[0] for head in heads), len(lines)][1:]
    starts = [
        lines[head[0]].start
        for head, end in zip(heads, ends, strict=True)
        if any(_is_article(lines[index:end]) for index in head)
    ]
    return starts if len(starts) > 1 else []


def _is_front(lines: list[Line]) -> bool:
    """Whether a text is a front page: only teasers, each of a headline, a sentence and its age."""
    prose = [index for index, line in enumerate(lines) if line.is_prose]
    teasers = [
        index
        for index in prose
        if lines[index].words <= MAX_TEASER_WORDS
        and lines[index - 1].kind is LineKind.PLAIN
        and lines[index - 1].words >= MIN_HEADLINE_WORDS
        and any(_AGE.match(line.text) for line in lines[max(0, index - 2) : index + 3])
    ]
    signed = any(line.stamps or line.byline for line in lines)
    return not signed and len(prose) >= MIN_TEASERS and len(teasers) >= TEASERS * len(prose)


def _is_headed(lines: list[Line], index: int) -> bool:
    """Whether a line may be a title, with the day of publication below it."""
    line = lines[index]
    below = lines[index + 1 : index + 1 + STAMP_LINES]
    return (
        line.kind is LineKind.PLAIN
        and line.is_text
        and not is_bulleted(line.text)
        and any(other.stamps for other in below)
        and not below[0].is_prose
    )


def _is_article(lines: list[Line]) -> bool:
    """Whether the first line is the title of the prose below it."""
    prose = [line for line in lines if line.is_prose]
    body = " ".join(line.text for line in prose)[:4_000]
    enough = len(prose) >= MIN_PARAGRAPHS and sum(line.words for line in prose) >= MIN_WORDS
    return enough and find_title([lines[0].text], body) is not None


def _name_part(source: Source, headline: str, part: str) -> str:
    """The id of one of several articles: by the file and its headline, else by its text."""
    place = source.url or source.path
    return record_id(place, headline) if place else content_id(part.encode("utf-8", "replace"))
