"""RSS and Atom feeds: what an item says of its article, and when its page is fetched."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus import Article, LoadError, load
from corpus.identity import content_id, url_id
from corpus.loaders.web import Fetched

WALL = "The quay wall in Gullport gave way on Tuesday night, and two boats sank, the harbour said."
PUMP = "The pumps in Gullport's lower town ran for nine hours after the flood, the city said."
PAGE = f"<html><head><title>Wall gives way</title></head><body><p>{WALL}</p></body></html>"

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Gullport &amp;amp; Coast</title><link>https://gullport.org/</link>{items}</channel>
</rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Gull Wire</title>
<link href="https://gullport.org/"/><id>urn:a</id><updated>2024-04-09T00:00:00Z</updated>
{items}</feed>"""


class Web:
    """Pages by address; it keeps what was asked for."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"https://gullport.org/{name}": page for name, page in pages.items()}
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.pages:
            raise LoadError(url, found="nothing", expected="a page", remedy="wait")
        kind = "text/html" if self.pages[url].startswith("<html") else "text/xml"
        return Fetched(name=url, url=url, kind=kind, charset=None, data=self.pages[url].encode())


def item(text: str = WALL, **tags: str) -> str:
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in tags.items())
    return f"<item>{fields}<description>{text}</description></item>"


def read(
    folder: Path, items: str, frame: str = RSS, *, web: Web | None = None, follow: bool = False
) -> tuple[list[Article], list[str]]:
    path = folder / "feed.xml"
    path.write_text(frame.format(items=items), encoding="utf-8")
    errors: list[LoadError] = []
    articles = list(load(path, on_error=errors.append, fetch=web or Web(), follow=follow))
    return articles, [str(error).removeprefix(f"{path}, ") for error in errors]


def test_a_feeds_file_is_read_without_the_network_unless_that_is_asked(tmp_path: Path) -> None:
    web, items = Web(wall=PAGE), item(PUMP, link="https://gullport.org/wall")
    [own], _ = read(tmp_path, items, web=web)
    assert (own.text, web.asked) == (PUMP, [])
    [fetched], _ = read(tmp_path, items, web=web, follow=True)
    assert (fetched.text, web.asked) == (WALL, ["https://gullport.org/wall"])
    assert own.id == fetched.id


def test_an_item_with_only_a_link_says_how_to_get_its_page(tmp_path: Path) -> None:
    items = item("", title="Wall", link="https://gullport.org/wall") + item(PUMP)
    articles, [error] = read(tmp_path, items)
    assert [article.text for article in articles] == [PUMP]
    assert error.startswith("item 1: no text, only a link; expected")
    assert "--follow" in error


def test_the_pages_of_a_feed_that_was_fetched_are_fetched() -> None:
    feed = RSS.format(items=item(PUMP, link="https://gullport.org/wall"))
    web = Web(rss=feed, wall=PAGE)
    [article] = load("https://gullport.org/rss", fetch=web)
    assert article.text == WALL
    [article] = load(
        "feed://gullport.org/rss", fetch=lambda url: web(url.replace("http:", "https:"))
    )
    assert article.text == WALL


@pytest.mark.parametrize(
    ("tags", "day"),
    [
        ("<pubDate>Tue, 09 Apr 2024 23:30:00 -0700</pubDate>", date(2024, 4, 9)),
        ("<pubDate>Tue, 09 Apr 24 08:05:00 GMT</pubDate>", date(2024, 4, 9)),
        ("<pubDate>2024/4/9 08:05:00</pubDate>", date(2024, 4, 9)),
        ("<dc:date>2024-04-09T08:05:00+02:00</dc:date>", date(2024, 4, 9)),
        ("<pubDate>Mon, 08 Apr 2024 00:00:00 GMT</pubDate><dc:date>2024-04-09</dc:date>",
         date(2024, 4, 8)),
        ("<pubDate>04/05/2024</pubDate>", None),
        ("<pubDate>soon</pubDate>", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_day_is_the_one_that_the_item_prints(
    tmp_path: Path, tags: str, day: date | None
) -> None:
    [article], _ = read(tmp_path, f"<item>{tags}<description>{WALL}</description></item>")
    assert article.published == day


@pytest.mark.parametrize(
    ("stamps", "moment"),
    [
        ("<updated>2024-04-09T08:05:00+02:00</updated>", datetime(2024, 4, 9, 6, 5, tzinfo=UTC)),
        (
            "<updated>2024-04-12T08:00:00Z</updated><published>2024-04-09T06:05:00Z</published>",
            datetime(2024, 4, 9, 6, 5, tzinfo=UTC),
        ),
    ],
)
def test_an_atom_entry_that_gives_no_publication_was_published_when_it_was_updated(
    tmp_path: Path, stamps: str, moment: datetime
) -> None:
    entry = f"<entry><title>Wall</title><id>urn:1</id>{stamps}<summary>{WALL}</summary></entry>"
    [article], _ = read(tmp_path, entry, ATOM)
    assert article.published_at == moment
    assert article.modified == (date(2024, 4, 12) if "published" in stamps else None)
    assert article.outlet == "Gull Wire"


def test_the_outlet_is_the_items_own_then_the_feeds_then_the_host(tmp_path: Path) -> None:
    items = (
        item("A. " + WALL)
        + item("B. " + WALL, link="https://news.gullport.org/b")
        + item("C. " + WALL, link="https://elsewhere.org/c")
        + item("D. " + WALL, link="https://elsewhere.org/d", source="The Coast")
    )
    articles, _ = read(tmp_path, items)
    assert [article.outlet for article in articles] == [
        "Gullport & Coast",
        "Gullport & Coast",
        "elsewhere.org",
        "The Coast",
    ]


def test_a_page_that_names_no_outlet_has_the_feeds(tmp_path: Path) -> None:
    named = PAGE.replace("<title>", '<meta property="og:site_name" content="The Gull"><title>')
    items = item(link="https://gullport.org/a") + item(link="https://gullport.org/b")
    articles, _ = read(tmp_path, items, web=Web(a=PAGE, b=named), follow=True)
    assert [article.outlet for article in articles] == ["Gullport & Coast", "The Gull"]


def test_the_full_text_is_taken_and_not_the_teaser(tmp_path: Path) -> None:
    full = f"<content:encoded><![CDATA[<p>{WALL}</p><p>{PUMP}</p>]]></content:encoded>"
    items = (
        f"<item><description>A teaser of the wall's story […]</description>{full}</item>"
        f"<item><content:encoded></content:encoded><description>{PUMP}</description></item>"
    )
    articles, _ = read(tmp_path, items)
    assert [article.text for article in articles] == [f"{WALL}\n\n{PUMP}", PUMP]


def test_links_are_resolved_and_rid_of_tracking(tmp_path: Path) -> None:
    items = (
        item("A. " + WALL, link="/wall?utm_source=rss#top")
        + item("B. " + WALL, link="urn:x")
        + "<item><link>https://feeds.example.org/~r/1</link><feedburner:origLink>"
        f"https://gullport.org/pump</feedburner:origLink><description>{PUMP}</description></item>"
    )
    articles, _ = read(tmp_path, items)
    assert [article.url for article in articles] == [
        "https://gullport.org/wall",
        None,
        "https://gullport.org/pump",
    ]
    assert articles[0].id == url_id("http://www.gullport.org/wall/")
    assert articles[1].id == content_id(("B. " + WALL).encode())


@pytest.mark.parametrize("link", ["https://gullport.org/", "https://gullport.org/live#{}"])
def test_items_that_share_a_link_are_articles_of_their_own(tmp_path: Path, link: str) -> None:
    items = "".join(
        item(f"{text} {WALL}", title=text, link=link.format(text)) for text in ("One.", "Two.")
    )
    web = Web(live=PAGE, **{"": PAGE})
    articles, errors = read(tmp_path, items, web=web, follow=True)
    assert len({article.id for article in articles}) == 2
    assert (errors, web.asked) == ([], [])


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(
    "names",
    [
        ({"guid": "w1", "title": "Wall"}, {"guid": "w1", "title": "Wall gives way"}),
        ({"guid": "w1", "title": "Wall"}, {"guid": "w2", "title": "Wall"}),
    ],
    ids=["one id", "one title"],
)
def test_of_two_versions_of_an_article_the_latest_is_read(
    tmp_path: Path, names: tuple[dict[str, str], dict[str, str]], newest_first: bool
) -> None:
    versions = [
        item(
            WALL.replace("two", boats),
            link="https://gullport.org/wall",
            pubDate=f"Tue, 09 Apr 2024 {hour}:00:00 GMT",
            **name,
        )
        for boats, hour, name in (("two", "08", names[0]), ("nine", "11", names[1]))
    ]
    articles, _ = read(tmp_path, "".join(reversed(versions) if newest_first else versions))
    assert [article.text for article in articles] == [WALL.replace("two", "nine")]
    assert articles[0].id == url_id("https://gullport.org/wall")


def test_an_item_that_is_listed_twice_is_one_article(tmp_path: Path) -> None:
    articles, _ = read(tmp_path, item(PUMP, link="https://gullport.org/pump") * 2)
    assert len(articles) == 1


def test_a_teaser_and_the_words_of_a_collector_are_excerpts(tmp_path: Path) -> None:
    full = f"<content:encoded>{PUMP}</content:encoded>"
    items = (
        item(link="https://gullport.org/teaser")
        + f"<item><link>https://gullport.org/full</link>{full}</item>"
        + f"<item><link>https://elsewhere.org/full</link>{full}</item>"
        + item()
    )
    articles, _ = read(tmp_path, items)
    assert [article.excerpt for article in articles] == [True, False, True, False]
