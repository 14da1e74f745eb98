"""Load the article of plain text, or the addresses of a text that lists nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.addresses import read_addresses
from corpus.article import Article
from corpus.cleaning import build_article
from corpus.identity import outlet_of
from corpus.loaders.source import Found, Link, Source
from corpus.loaders.text import load_text
from corpus.loaders.wayback import find_toolbar


def load_plain(source: Source) -> Iterable[Found]:
    """Load the article of a text file, or the addresses of a file that lists only addresses.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence, or an address is not on the
            web.
    """
    data = source.read()
    text = load_text(data, location=source.name)
    addresses = read_addresses(text)
    if addresses and all(map(outlet_of, addresses)):
        return [Link(url=url) for url in dict.fromkeys(addresses)]
    return [_build(source, data, text)]


def load_article(source: Source) -> Article:
    """Load one article from text.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence, or is an address.
    """
    data = source.read()
    return _build(source, data, load_text(data, location=source.name))


def _build(source: Source, data: bytes, text: str) -> Article:
    if found := _describe_words(text):
        raise source.error(
            found=found,
            expected="the text of a page",
            remedy="add each address that begins with http:// or https:// as a location of its own;"
            " else save the page and add the file",
        )
    return build_article(
        text,
        id=source.id(data),
        location=source.name,
        dropped=find_toolbar(text),
        url=source.url,
        outlet=outlet_of(source.url or ""),
    )


def _describe_words(text: str) -> str | None:
    """What a text is if it consists of addresses alone, or is one word; None if it is neither."""
    if addresses := read_addresses(text):
        return "an address" if len(addresses) == 1 else f"{len(addresses)} addresses"
    return "one word" if text.isascii() and len(text.split(maxsplit=1)) == 1 else None
