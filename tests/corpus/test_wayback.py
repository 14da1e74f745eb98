"""A page from an archive is the article of the live page, without the archive's own parts."""

from __future__ import annotations

from datetime import date

import pytest

from corpus import Article, load, load_pasted
from corpus.identity import url_id
from corpus.loaders.web import Fetched

LIVE = "https://www.osk.org/news/old-bridge-closed"
STAMPED = f"https://web.archive.org/web/20190601074022/{LIVE}"
BODY = """<div id="page"><h1>Old bridge is closed to lorries</h1><p>3 May 2019</p>
<p>The old bridge over the Osk has been closed to lorries since Friday, the county said.</p>
<p>A survey found cracks in two of its nine arches, engineer Lena Holm said.</p></div>"""
TOOLBAR = """<div id="wm-ipp-base"><div id="wm-ipp"><form action="/web/submit">
<input type="text" name="url" id="wmtbURL" value="{url}"><input type="submit" value="Go"></form>
<a>23 captures</a> <div>4 May 2019 - 1 Jun 2022</div><div>About this capture</div>
<p>The goal of this crawl is to keep the news of small towns, which is lost within a few years.</p>
</div></div><div id="donato"><p>Please help the archive to keep the web for everyone who reads.</p>
</div>"""
TODAY = """<center><div id="HEADER"><table><tr><td>archive.today</td><td>webpage capture</td></tr>
<tr><td>Saved from <input name="q" value="{url}"></td><td>1 Jun 2019 07:40:22 UTC</td></tr></table>
<p>No other snapshots from this address were found when this page was last looked at.</p></div>
<div id="CONTENT">{body}</div></center>"""
CACHE = """<div id="bN015htcoyT__google-cache-hdr"><div><span>This is a cache of
<a href="{url}">{url}</a>.</span> It is a snapshot of the page as it appeared on 1 Jun 2019 07:40:22
GMT. The current page could have changed in the meantime. <a href="https://a.org/">Learn more</a>
</div></div>"""


def page(head: str, body: str = BODY) -> str:
    return f"<html><head><title>Old bridge is closed to lorries</title>{head}</head>{body}</html>"


def check(article: Article) -> None:
    """It is the live page's article."""
    live = load_pasted(page(f'<link rel="canonical" href="{LIVE}">'))
    assert (article.id, article.text, article.title) == (live.id, live.text, live.title)
    assert (article.outlet, article.published) == ("osk.org", date(2019, 5, 3))
    assert url_id(article.url or "") == url_id(LIVE)
    assert article.page is not None
    assert "archive" not in article.page.text
    assert "snapshot" not in article.page.text


@pytest.mark.parametrize(
    "markup",
    [
        page(f'<link rel="canonical" href="{STAMPED}">', TOOLBAR.format(url=LIVE) + BODY),
        page('<link rel="canonical" href="/web/2019/https://osk.org/news/old-bridge-closed">'),
        page(f'<link rel="canonical" href="{LIVE}">', TOOLBAR.format(url="") + BODY),
        page(
            '<link rel="stylesheet" href="https://web.archive.org/web/2019cs_/https://c.org/a.css">'
            f'<meta property="og:url" content="{STAMPED}">',
            TOOLBAR.format(url="http://osk.org:80/news/old-bridge-closed") + BODY,
        ),
        page("", TOOLBAR.format(url=LIVE) + BODY),
        page(
            '<link rel="canonical" href="https://archive.ph/Ab3dE">'
            f'<link rel="bookmark" href="http://archive.today/20190601074022/{LIVE}">',
            TODAY.format(url=LIVE, body=BODY),
        ),
        page("", CACHE.format(url=LIVE) + BODY),
    ],
    ids=["canonical", "relative", "raw", "og:url", "search box", "archive.today", "cache"],
)
def test_a_saved_copy_is_the_live_pages_article(markup: str) -> None:
    check(load_pasted(markup))


@pytest.mark.parametrize(
    "url",
    [
        STAMPED,
        STAMPED.replace("022/", "022if_/"),
        f"https://archive.ph/newest/{LIVE}",
        "https://www.google.com/amp/s/www.osk.org/news/old-bridge-closed/amp",
    ],
)
def test_a_copy_is_fetched_where_it_is_and_known_as_the_live_page(url: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        return Fetched(name=url, url=url, kind="text/html", charset=None, data=page("").encode())

    [article] = load(url, fetch=fetch)
    check(article)
    assert asked == [url]


@pytest.mark.parametrize(
    ("url", "known"),
    [("https://evil.org/story", "evil.org"), ("https://archive.ph/Ab3dE", "osk.org")],
)
def test_only_an_archive_is_believed_about_the_page_that_it_shows(url: str, known: str) -> None:
    head = f'<link rel="bookmark" href="http://archive.today/2019/{LIVE}">'

    def fetch(url: str) -> Fetched:
        markup = page(head, TOOLBAR.format(url=LIVE) + BODY).encode()
        return Fetched(name=url, url=url, kind="text/html", charset=None, data=markup)

    [article] = load(url, fetch=fetch)
    assert article.outlet == known
    assert (article.id == url_id(LIVE)) == (known == "osk.org")


def test_an_element_called_header_stays_on_other_pages() -> None:
    body = BODY.replace("page", "HEADER")
    assert "cracks" in load_pasted(page('<link rel="bookmark" href="/news/1">', body)).text


PASTED = """Old bridge is closed to lorries
Posted May 3, 2019 by Lena Holm
The old bridge over the Osk has been closed to lorries since Friday, the county said.
A survey found cracks in two of its nine arches, engineer Nils Torp said.
"""
CRAWL = """INTERNET ARCHIVE
http://www.osk.org/news/old-bridge-closed
23 captures
4 May 2019 - 1 Jun 2022
May\tJUN\tJul
About this capture
COLLECTED BY
Organization: Small Towns
Small Towns keeps the news of small towns. Its crawls run every day, some of them for months.
Collection: Crawl 17
The seeds of this crawl were the front pages of 900 papers. It was run in 2019 by volunteers.
TIMESTAMPS
"""


@pytest.mark.parametrize("gap", ["", "\n"])
def test_an_archives_words_about_a_crawl_are_no_part_of_what_was_copied_with_them(
    gap: str,
) -> None:
    alone = load_pasted(PASTED)
    copied = load_pasted(CRAWL + gap + PASTED)
    for name in ("text", "title", "author", "published"):
        assert getattr(copied, name) == getattr(alone, name)
    assert copied.page is not None
    assert "volunteers" in copied.page.text


def test_an_article_about_captures_stays_whole() -> None:
    text = "\n".join(
        ("The navy counted its captures of the year on Friday, and there were few.", "23 captures")
        + ("Of these, 20 were off Skarn, the navy said in its yearly report on Friday.",) * 2
    )
    assert "20 were off Skarn" in load_pasted(text).text
