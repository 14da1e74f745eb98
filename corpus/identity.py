"""What makes an article the same article when it is loaded again; knows nothing of how it is read.

An id is 16 hex digits of the SHA-256 of what the article is known by: (file, record id) for a record, else the
canonical URL, else the absolute path, else the content. What kind of name it is goes into the hash, so that a path can
never collide with a URL that is spelled alike.
"""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "cmpid")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def record_id(file: str, record: str) -> str:
    """The id of a record.

    Args:
        file: absolute path or URL of the file it stands in.
        record: what the record calls itself.
    """
    return _hash("record", file, record)


def url_id(url: str) -> str:
    """The id of a page known by its address."""
    return _hash("url", canonical(url))


def path_id(path: str) -> str:
    """The id of a page known by its absolute path only."""
    return _hash("path", path)


def content_id(data: bytes) -> str:
    """The id of a page that came without any name: standard input, a pasted page."""
    return _hash("content", hashlib.sha256(data).hexdigest())


def canonical(url: str) -> str:
    """The same address without what does not choose the page: fragment, tracking, default port, case of the host."""
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
    """The host an article stands on, as its address states it: ``https://www.cnn.com/…`` -> ``cnn.com``.

    The outlet of last resort. It guesses nothing: the address is what the page or record says of its origin.
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
