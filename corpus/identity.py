"""Stable ids, by which an article is recognised when it is loaded again.

An id is 16 hex digits of a SHA-256. The hashed name is (file, record id) for a record, else the
normal form of the URL, else the absolute path, else the content. The hash includes the kind of
name, so that a path never collides with a URL of the same spelling.
"""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlencode, urlunsplit

from corpus.addresses import TRACKING, fold_host, live_address, normal_form, split
from corpus.article import Article


def record_id(file: str, record: str) -> str:
    """The id of a record.

    Args:
        file: absolute path or URL of the file that holds the record.
        record: the id that the record gives itself.
    """
    return _hash("record", file, record)


def url_id(url: str) -> str:
    """The id of a page with a URL; the same for all addresses of the page."""
    return _hash("address", normal_form(url))


def current_id(article: Article) -> str:
    """The id that the article gets today, if its own is that of an older rule; else its own.

    Until format 2 of the library, the id was made of the URL as ``canonical`` shortened it.
    """
    if article.url and article.id == _hash("url", _shorten(article.url)):
        return url_id(article.url)
    return article.id


def path_id(path: str) -> str:
    """The id of a page that has only an absolute path."""
    return _hash("path", path)


def content_id(data: bytes) -> str:
    """The id of a page without any name: standard input, a pasted page."""
    return _hash("content", hashlib.sha256(data).hexdigest())


def canonical(url: str) -> str:
    """An address to be shown and opened: that of the live page, without what does not select it.

    Removed are the fragment, tracking parameters, a default port and upper case in the host.
    """
    return _shorten(live_address(url))


def _shorten(url: str) -> str:
    """Remove what does not select the page. Ids of older libraries depend on every character."""
    parts = split(url)
    if parts is None:
        return url
    host = (parts.hostname or "").rstrip(".")
    port = {"http": 80, "https": 443}[parts.scheme]
    netloc = host if parts.port in (None, port) else f"{host}:{parts.port}"
    query = urlencode(
        [(k, v) for k, v in parse_qsl(parts.query, True) if not k.lower().startswith(TRACKING)]
    )
    return urlunsplit((parts.scheme, netloc, parts.path or "/", query, ""))


def outlet_of(url: str) -> str | None:
    """The site in an article's address: ``https://www.cnn.com/…`` -> ``cnn.com``.

    Used as the outlet if nothing better is known. It is not a guess: the page or record states the
    address. Of a copy in an archive it is the site of the page.
    """
    from courlan.clean import decode_punycode

    parts = split(live_address(url))
    return decode_punycode(fold_host(parts.hostname or "")) or None if parts else None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
