"""Fetch pages and feeds from URLs.

A fetch reaches only public addresses, which is checked again on every redirect, and it connects to
the exact address that was checked. This uses httpx with our own transport. safehttpx (0.1.7) was
rejected: it is async only (it cannot run inside a notebook's loop), drops the timeouts, reads a
body of any size, and asks dns.google for names that do not resolve.
"""

from __future__ import annotations

import io
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin

from corpus.addresses import is_front_page, is_same_site, normal_form
from corpus.article import Article
from corpus.cleaning import build_article
from corpus.dates import parse_stamp
from corpus.errors import LoadError
from corpus.identity import canonical, content_id, outlet_of, url_id
from corpus.loaders.html import load_html, render_fragment
from corpus.loaders.source import MAX_BYTES, Source

if TYPE_CHECKING:
    import httpx

TIMEOUT = 15.0  # seconds without any progress
DEADLINE = 60.0  # seconds for the whole page
MAX_REDIRECTS = 5

Resolve = Callable[[str], Sequence[str]]
"""Map a host name to its allowed addresses; raises ``NotPublicError`` if it is refused."""


class NotPublicError(OSError):
    """The host is not on the public internet."""


class Fetch(Protocol):
    """A function that reads a URL; the default is ``fetch``."""

    def __call__(self, url: str) -> Fetched:
        """Read the URL, or raise LoadError."""


@dataclass(frozen=True, slots=True)
class Following:
    """A fetch that may also be used for the pages that a feed's file links to.

    What lies in a file is read without going to the network unless that is asked for.
    """

    fetch: Fetch

    def __call__(self, url: str) -> Fetched:
        """Read the URL, or raise LoadError."""
        return self.fetch(url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server sent.

    Attributes:
        name: the address that was requested.
        url: the address that answered, after redirects.
        kind: the media type it declared, without parameters; "" if it declared none.
        charset: the encoding it declared.
    """

    name: str
    url: str
    kind: str
    charset: str | None
    data: bytes

    @property
    def source(self) -> Source:
        """The response as a Source to load."""
        return Source.of(self.data, name=self.name, url=canonical(self.url), charset=self.charset)


def resolve_public(host: str) -> Sequence[str]:
    """The addresses of a host; refused unless all of them are public."""
    addresses = list(
        dict.fromkeys(
            str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
    )
    for address in addresses:
        ip = ip_address(address.partition("%")[0])
        if isinstance(ip, IPv6Address) and (inner := ip.ipv4_mapped or ip.sixtofour):
            ip = inner
        if not ip.is_global or ip.is_multicast:
            raise NotPublicError(f"{address} is not a public address")
    return addresses


def fetch(url: str, *, resolve: Resolve = resolve_public) -> Fetched:
    """Read a URL: http or https, at most 20 MB, at most five redirects.

    Args:
        url: the address.
        resolve: returns the allowed addresses of a host.

    Raises:
        LoadError: it cannot be read; the message says why.
    """
    import httpx

    try:
        with _open_client(resolve) as client:
            return _read(client, url)
    except NotPublicError as error:
        raise LoadError(
            url,
            found=f"refused: {error}",
            expected="an address on the public internet",
            remedy="save the page and add the file",
        ) from None
    except httpx.TimeoutException:
        raise _refuse(url, f"no answer within {TIMEOUT:.0f} seconds") from None
    except httpx.TooManyRedirects:
        raise _refuse(url, f"more than {MAX_REDIRECTS} redirects") from None
    except httpx.UnsupportedProtocol:
        raise _refuse(
            url, "an address, or a redirect to one, that is neither http nor https"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        raise _refuse(url, f"unreachable ({error})") from None


def _read(client: httpx.Client, url: str) -> Fetched:
    deadline = time.monotonic() + DEADLINE
    data = bytearray()
    with client.stream(
        "GET", url, headers={"User-Agent": "Mozilla/5.0 (compatible; Dateline)"}
    ) as response:
        if not response.is_success:
            raise _refuse(url, f"HTTP {response.status_code} {response.reason_phrase}")
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > MAX_BYTES:
                raise _refuse(url, f"more than {MAX_BYTES // 1_000_000} MB")
            if time.monotonic() > deadline:
                raise _refuse(
                    url, f"a server that had not sent the page after {DEADLINE:.0f} seconds"
                )
        return Fetched(
            name=url,
            url=str(response.url),
            kind=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            charset=response.charset_encoding,
            data=bytes(data),
        )


def load_feed(source: Source, fetch: Fetch) -> Iterator[Article | LoadError]:
    """Load each item of an RSS or Atom feed: the page it links to, else the feed's own text.

    Pages are fetched if the feed itself was fetched, or if ``fetch`` is a ``Following``. Several
    items with one link, or with a link to the front page, are articles of their own.

    Raises:
        LoadError: it is not a feed, or it has no items.
    """
    import feedparser

    # No sanitizing is needed, since our rendering drops the markup.
    parsed = feedparser.parse(io.BytesIO(source.read()), sanitize_html=False)
    if not parsed.entries:
        raise source.error(
            found=f"a feed without items ({parsed.bozo_exception})"
            if parsed.bozo
            else "a feed without items",
            expected="RSS or Atom with at least one item",
            remedy="give the feed's own address, or the address of an article",
        )
    feed = _Feed(source, parsed.feed)
    items = [feed.read(entry) for entry in parsed.entries]
    used = Counter(normal_form(item.link) for item in items if item.link)
    follow = source.url is not None or isinstance(fetch, Following)
    for number, item in enumerate(items, 1):
        own = item.link and used[normal_form(item.link)] == 1 and not is_front_page(item.link)
        page = _fetch_page(item, fetch) if own and follow else None
        try:
            yield page or _build_item(source, item, number, own=bool(own), followed=follow)
        except LoadError as error:
            yield error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What a feed says of one article.

    Attributes:
        link: the page's address; None if it has none on the web.
        text: its longest text, rendered.
        excerpt: whether that is but a teaser, or the words of a feed that collects from other
            sites.
    """

    link: str | None
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    published_at: datetime | None
    text: str
    excerpt: bool


class _Feed:
    """Reads a feed's items.

    Args:
        source: the feed.
        said: what it says of itself, as feedparser read it.
    """

    def __init__(self, source: Source, said: Any) -> None:  # noqa: ANN401 - feedparser is untyped
        home = urljoin(source.url or "", said.get("link", ""))
        self._home = home if outlet_of(home) else source.url
        self._title = render_fragment(said.get("title", "")) or None

    def read(self, entry: Any) -> _Item:  # noqa: ANN401 - feedparser is untyped
        """Read one item."""
        link = entry.get("feedburner_origlink") or entry.get("link", "")
        try:
            link = urljoin(self._home or "", link.strip())
        except ValueError:
            link = ""
        published, published_at = _read_stamp(entry)
        written = [render_fragment(part.get("value", "")) for part in entry.get("content", ())]
        text = max([*written, render_fragment(entry.get("summary", ""))], key=len)
        return _Item(
            link=link if outlet_of(link) else None,
            title=render_fragment(entry.get("title", "")) or None,
            outlet=self._choose_outlet(entry.get("source", {}).get("title", ""), link),
            author=entry.get("author"),
            published=published,
            published_at=published_at,
            text=text,
            excerpt=text not in written or self._is_foreign(link),
        )

    def _choose_outlet(self, origin: str, link: str) -> str | None:
        """The outlet that the item names, else the feed's title.

        A feed may collect articles of other sites. Then its title is not their outlet.
        """
        if named := render_fragment(origin):
            return named
        return (None if self._is_foreign(link) else self._title) or outlet_of(link)

    def _is_foreign(self, link: str) -> bool:
        """Whether a link leads to another site than the feed's."""
        return bool(outlet_of(link) and self._home and not is_same_site(link, self._home))


def _read_stamp(entry: Any) -> tuple[date | None, datetime | None]:  # noqa: ANN401 - as above
    """The day and time of publication.

    An item that gives only one date may call it its update: ``updated`` in Atom, ``dc:date``.
    feedparser's own reading of dates is not used, because it takes some for others (2016/6/29 for
    1 November 2016) and moves the day to that of Greenwich.
    """
    said = next(filter(None, map(entry.get, ("published", "created", "updated"))), "")
    day, moment = parse_stamp(said)
    if day is None:
        with suppress(ValueError):  # an RFC 822 date may have a year of two digits
            read = parsedate_to_datetime(said)
            return read.date(), read if read.tzinfo else None
    return day, moment


def _fetch_page(item: _Item, fetch: Fetch) -> Article | None:
    """The page that an item links to, completed by what the feed says; None if it cannot be had."""
    try:
        article = load_html(fetch(item.link or "").source)
    except LoadError:
        return None
    stated = article.outlet and article.outlet != outlet_of(article.url or "")
    return replace(
        article,
        title=article.title or item.title,
        outlet=article.outlet if stated else item.outlet,
        author=article.author or item.author,
        published=article.published or item.published,
        published_at=article.published_at if article.published else item.published_at,
    )


def _build_item(source: Source, item: _Item, number: int, *, own: bool, followed: bool) -> Article:
    """Make an article of an item's own text."""
    if item.link and not followed and not item.text:
        raise source.error(
            part=f"item {number}",
            found="no text, only a link",
            expected="the text of an article",
            remedy="add it with --follow to fetch the pages that the feed links to",
        )
    named = url_id(item.link) if own and item.link else None
    article = build_article(
        item.text,
        id=named or content_id(item.text.encode("utf-8", "replace")),
        location=f"{source.name}, item {number}",
        title=item.title,
        outlet=item.outlet,
        url=canonical(item.link) if item.link else None,
        author=item.author,
        published=item.published,
        published_at=item.published_at,
    )
    return replace(article, excerpt=bool(named) and item.excerpt)


def _refuse(url: str, found: str) -> LoadError:
    return LoadError(
        url,
        found=found,
        expected="a page that can be read",
        remedy="open it in a browser, save it and add the file",
    )


def _open_client(resolve: Resolve) -> httpx.Client:
    """Open a client for one page.

    It ignores proxy settings in the environment: a proxy would make the address check useless.
    """
    import httpx

    class Pinned(httpx.HTTPTransport):
        """Connects only to an address that ``resolve`` allowed.

        A second look-up could return a different address.
        """

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.scheme not in ("http", "https"):
                raise httpx.UnsupportedProtocol(request.url.scheme)
            host = request.url.host
            for address in (addresses := resolve(host)):
                pinned = httpx.Request(
                    request.method,
                    request.url.copy_with(host=address),
                    headers=request.headers,  # including Host with the original name
                    stream=request.stream,
                    extensions={**request.extensions, "sni_hostname": host},
                )
                try:
                    return super().handle_request(pinned)
                except httpx.ConnectError:
                    if address == addresses[-1]:
                        raise
            raise httpx.ConnectError(f"{host} has no address")

    return httpx.Client(
        # No connection is reused, since one address may serve several names.
        transport=Pinned(limits=httpx.Limits(max_keepalive_connections=0)),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=TIMEOUT,
        trust_env=False,
    )
