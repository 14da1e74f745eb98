"""Stable ids, by which an article is recognised when it is loaded again.

An id is 16 hex digits of a SHA-256. The hashed name is (file, record id) for a record, else the
canonical URL, else the absolute path, else the content. The hash includes the kind of name, so that
a path never collides with a URL of the same spelling.
"""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "cmpid")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def record_id(file: str, record: str) -> str:
    """The id of a record.

    Args:
        file: absolute path or URL of the file that holds the record.
        record: the id that the record gives itself.
    """
    return _hash("record", file, record)


def url_id(url: str) -> str:
    """The id of a page with a URL."""
    return _hash("url", canonical(url))


def path_id(path: str) -> str:
    """The id of a page that has only an absolute path."""
    return _hash("path", path)


def content_id(data: bytes) -> str:
    """The id of a page without any name: standard input, a pasted page."""
    return _hash("content", hashlib.sha256(data).hexdigest())


def canonical(url: str) -> str:
    """Normalise an address by removing what does not select the page.

    Removed are the fragment, tracking parameters, a default port and upper case in the host.
    """
    parts = _split(url)
    if parts is None:
        return url
    host = (parts.hostname or "").rstrip(".")
    netloc = (
        host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"
    )
    query = urlencode(
        [(k, v) for k, v in parse_qsl(parts.query, True) if not k.lower().startswith(_TRACKING)]
    )
    return urlunsplit((parts.scheme, netloc, parts.path or "/", query, ""))


def outlet_of(url: str) -> str | None:
    """The host in an article's address: ``https://www.cnn.com/…`` -> ``cnn.com``.

    Used as the outlet if nothing better is known. It is not a guess: the page or record states the
    address.
    """
    parts = _split(url)
    return (parts.hostname or "").rstrip(".").removeprefix("www.") or None if parts else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        web = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a malformed port or IPv6 host
        return None
    return parts if web else None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
