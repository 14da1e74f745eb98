"""Fetch what URLs lead to.

A fetch reaches only public addresses, which is checked again on every redirect, and it connects to
the exact address that was checked. This uses httpx with our own transport. safehttpx (0.1.7) was
rejected: it is async only (it cannot run inside a notebook's loop), drops the timeouts, reads a
body of any size, and asks dns.google for names that do not resolve.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Protocol

from corpus.errors import LoadError
from corpus.identity import canonical
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
