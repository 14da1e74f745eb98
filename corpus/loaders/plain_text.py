"""Load the article of plain text, or the addresses of a text that lists nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.article import Article
from corpus.cleaning import build_article
from corpus.identity import outlet_of
from corpus.loaders.source import Found, Link, Source
from corpus.loaders.text import load_text

_LIST_CHARACTERS = 100_000


def load_plain(source: Source) -> Iterable[Found]:
    """Load the article of a text file, or the addresses of a file that lists only addresses.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence.
    """
    data = source.read()
    text = load_text(data, location=source.name)
    lines = text[:_LIST_CHARACTERS].split()
    if len(lines) > 1 and all(map(outlet_of, lines)):
        return [Link(url=url) for url in dict.fromkeys(text.split()) if outlet_of(url)]
    return [_build(source, data, text)]


def load_article(source: Source) -> Article:
    """Load one article from text.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence.
    """
    data = source.read()
    return _build(source, data, load_text(data, location=source.name))


def _build(source: Source, data: bytes, text: str) -> Article:
    return build_article(text, id=source.id(data), location=source.name, url=source.url)
