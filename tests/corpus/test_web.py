"""Pages and feeds from a real local server, under names that the test's own resolver maps to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpus import LoadError, load
from corpus.loaders.web import NotPublicError, fetch, resolve_public

TEXT = (
    "The harbour was closed on Monday after a crane fell on to the quay, the harbour master said."
)
OTHER = (
    "The harbour opened again on Friday, four days after the accident, the city said in a "
    "statement."
)
PAGE = (
    f"<!doctype html><html><head><title>Crane falls</title></head><body><p>{TEXT}</p></body></html>"
).encode()
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>
<item><title>Crane falls</title><link>{site}/page</link>\
<pubDate>Mon, 03 Mar 2025 10:20:00 +0300</pubDate></item>
<item><title>Harbour opens</title><link>{site}/gone</link>\
<description>&lt;p&gt;{other}&lt;/p&gt;</description></item>
<item><title>Nothing</title><link>{site}/gone/too</link></item></channel></rss>"""


REDIRECTS = {
    "/moved": "{site}/page",
    "/inside": "http://127.0.0.1:1/secret",
    "/elsewhere": "ftp://daily.example/page",
    "/loop": "{site}/loop",
}
ANSWERS = {
    "/page": ("text/html; charset=utf-8", PAGE),
    "/photo": ("image/png", b"\x89PNG\r\n"),
    "/huge": ("text/html", b"<p>" + b"x" * 20_000_000),
    "/latin": ("text/html; charset=iso-8859-1", f"<p>{TEXT} Café.</p>".encode("latin-1")),
    "/lines.txt": ("text/plain", TEXT.encode()),
}


class _Site(BaseHTTPRequestHandler):
    """A news site."""

    def do_GET(self) -> None:
        site = f"http://{self.headers['Host']}"
        path = self.path.partition("?")[0]
        if path in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[path].format(site=site))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path == "/feed":
            self._send("text/html", FEED.format(site=site, other=OTHER).encode())
        elif path in ANSWERS:
            self._send(*ANSWERS[path])
        else:
            self.send_error(404)

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://www.daily.example:{server.server_port}"
    server.shutdown()
    server.server_close()


def resolve(host: str) -> Sequence[str]:
    return ["127.0.0.1"] if host == "www.daily.example" else resolve_public(host)


fetch_here = partial(fetch, resolve=resolve)


def refuse(url: str) -> str:
    """The single line that loading ends in."""
    with pytest.raises(LoadError) as caught:
        list(load(url, fetch=fetch_here))
    message = str(caught.value)
    assert message.startswith(f"{url}: ")
    assert "\n" not in message
    return message


def test_a_page_is_known_by_its_address_and_attributed_to_its_host(site: str) -> None:
    [article] = load(f"{site}/page?utm_source=mail", fetch=fetch_here)
    assert (article.title, article.text) == ("Crane falls", TEXT)
    assert (article.url, article.outlet) == (f"{site}/page", "daily.example")
    [again] = load(f"{site}/page#top", fetch=fetch_here)
    assert article.id == again.id


def test_a_redirect_leads_to_the_page_that_answers(site: str) -> None:
    [article] = load(f"{site}/moved", fetch=fetch_here)
    assert article.url == f"{site}/page"


def test_the_servers_encoding_is_believed_where_the_bytes_are_not_utf8(site: str) -> None:
    [article] = load(f"{site}/latin", fetch=fetch_here)
    assert "Café" in article.text


def test_plain_text_is_read_from_an_address_too(site: str) -> None:
    [article] = load(f"{site}/lines.txt", fetch=fetch_here)
    assert article.text == TEXT


def test_a_feeds_items_are_fetched_and_its_own_text_stands_in_for_what_is_gone(site: str) -> None:
    errors: list[LoadError] = []
    fetched, own = load(f"{site}/feed", fetch=fetch_here, on_error=errors.append)
    assert (fetched.text, fetched.published) == (TEXT, date(2025, 3, 3))
    assert fetched.published_at == datetime(2025, 3, 3, 7, 20, tzinfo=UTC)
    assert (own.title, own.text, own.url) == ("Harbour opens", OTHER, f"{site}/gone")
    [error] = errors
    assert str(error).startswith(f"{site}/feed, item 3: ")


def test_an_item_is_the_same_article_as_its_page(site: str) -> None:
    [page] = load(f"{site}/page", fetch=fetch_here)
    item = next(load(f"{site}/feed", fetch=fetch_here))
    assert item.id == page.id


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/missing", "HTTP 404 Not Found"),
        ("/photo", "image/png"),
        ("/huge", "more than 20 MB"),
        ("/loop", "more than 5 redirects"),
        ("/elsewhere", "neither http nor https"),
        ("/inside", "refused: 127.0.0.1 is not a public address"),
    ],
)
def test_what_cannot_be_had_is_one_clear_line(site: str, path: str, found: str) -> None:
    assert found in refuse(f"{site}{path}")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fd00::1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
    ],
)
def test_an_address_that_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    message = refuse(f"http://{host}:8080/admin")
    assert "not a public address" in message
    assert "expected an address on the public internet" in message


def test_public_addresses_pass() -> None:
    assert resolve_public("93.184.215.14") == ["93.184.215.14"]
    assert resolve_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c") == [
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
    ]
    with pytest.raises(NotPublicError):
        resolve_public("192.0.2.1")


@pytest.mark.parametrize(
    "url",
    ["https://nowhere.invalid/", "http://", "http://[::1", "http://a..b/"],
)
def test_an_address_that_leads_nowhere_is_one_clear_line(url: str) -> None:
    assert "expected a page that can be read" in refuse(url)


def test_a_closed_port_is_one_clear_line() -> None:
    assert "unreachable" in refuse("http://www.daily.example:1/")
