"""Pages that are not one article: fronts of teasers, several articles, and other hidden texts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from corpus import Article, FrontPageError, LoadError, load, load_pasted, load_pasted_page

HEADLINES = (
    "Ferry to Kalv gets a new captain",
    "Museum of Lund buys a boat",
    "Storm closes the bridge at Run",
    "Two bakers of Velden retire",
    "Ski lift reopens after an accident",
    "Council votes on the new school",
)
SENTENCE = "Anna Roe said so on Monday, and all the others agreed with her at once."


def page(main: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>The Daily Example</title>{head}</head><body>'
        f'<nav><a href="/">Home</a><a href="/sport">Sport</a></nav><main>{main}</main>'
        "<footer><p>© 2025 The Daily Example</p></footer></body></html>"
    )


CARDS = {
    "cards": '<div><a href="/news/{n}"><h2>{title}</h2><p>{text}</p></a></div>',
    "articles": '<article><h3><a href="/news/{n}">{title}</a></h3><p>{text}</p></article>',
    "rows": '<tr><td><a href="news/{n}">{title}</a><br>{text}</td></tr>',
    "sections": '<section><h3><a href="/n/{n}">{title}</a></h3><p>By Jo Doe</p><p>{text}</p>'
    '<a href="/n/{n}">Read more</a></section>',
    "links": '<li><a href="/n/{n}">{title}</a></li>',
}
SITE = '<meta property="og:url" content="https://daily.example/">'


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_a_front_page_is_named_and_its_addresses_are_offered(card: str) -> None:
    cards = "".join(
        card.format(n=n, title=title, text=SENTENCE.replace("Roe", f"Roe{n}"))
        for n, title in enumerate(HEADLINES)
    )
    with pytest.raises(FrontPageError, match=r"^[^\n]*front page of teasers[^\n]*$") as caught:
        load_pasted(page(f"<h1>News</h1><table>{cards}</table>", SITE))
    assert len(caught.value.addresses) == len(HEADLINES)
    assert all(url.startswith("https://daily.example/n") for url in caught.value.addresses)


def test_a_pasted_front_page_is_named_too() -> None:
    teasers = "\n".join(f"{title}\n{SENTENCE}\n{n} hours ago" for n, title in enumerate(HEADLINES))
    with pytest.raises(FrontPageError):
        load_pasted(f"Home\nSport\n{teasers}")


def test_what_looks_like_a_front_page_is_stored() -> None:
    roundup = "".join(
        f'<h2><a href="https://other.example/{n}">{title}</a></h2>' + f"<p>{SENTENCE}</p>" * 6
        for n, title in enumerate(HEADLINES)
    )
    live = "".join(
        f'<div><time>1{n}:05</time><h3><a href="#p{n}">{title}</a></h3><p>{SENTENCE} {n}.</p></div>'
        for n, title in enumerate(HEADLINES)
    )
    related = "".join(
        f"<p>The crane of harbour {n} is inspected each March, and {SENTENCE}</p>"
        f'<p><a href="/n/{n}">{title}</a></p>'
        for n, title in enumerate(HEADLINES)
    )
    for main in (roundup, live, related):
        assert "Anna Roe" in load_pasted(page(f"<h1>What happened</h1>{main}", SITE)).text


MENUS = {
    "two words": "World news {n}",
    "four words": "News from world {n}",
    "headlines": "Ferry to Kalv gets captain {n}",
    "buttons": "Log in",
}


@pytest.mark.parametrize("line", MENUS.values(), ids=MENUS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_menu_lines_are_no_article(line: str, gap: str) -> None:
    with pytest.raises(LoadError):
        load_pasted(gap.join(line.format(n=n) for n in range(400)))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["the harbour sleeps beneath the moon", "the cranes are high"] * 20),
        "\n".join(["The harbour sleeps beneath the moon,", "The cranes are very high,"] * 20),
        "\n".join(f"- Crane {n} of the year 19{n}" for n in range(10, 30)),
        "Port\tTonnes in all\n" + "\n".join(f"Port of {n}\t{n},204" for n in range(30)),
    ],
    ids=["verse without marks", "verse", "list", "table"],
)
def test_verse_lists_and_tables_without_a_sentence_are_articles(text: str) -> None:
    assert load_pasted(text).text == text


def post(n: int, *, heading: str = "<h1>{}</h1>", extra: str = "") -> str:
    return (
        f"<article>{extra}{heading.format(HEADLINES[n])}<p>{n + 2} March 2025</p>"
        f"<p>{HEADLINES[n]} this week, its owner Bo Ek{n} told the council on Monday, and he left "
        "the hall at once.</p><p>The council hopes for an answer by Friday, since the work must "
        f"begin in {n + 3} weeks.</p></article>"
    )


def load_file(folder: Path, markup: str) -> list[Article]:
    path = folder / "page.html"
    path.write_text(markup)
    return list(load(path))


def test_several_articles_on_one_page_are_several(tmp_path: Path) -> None:
    markup = page(post(0) + '<div class="next">Next story</div>' + post(1) + post(2))
    articles = load_file(tmp_path, markup)
    assert [article.title for article in articles] == list(HEADLINES[:3])
    assert [article.published for article in articles] == [date(2025, 3, n) for n in (2, 3, 4)]
    for n, article in enumerate(articles):
        assert f"Bo Ek{n}" in article.text
        assert article.text.count("Bo Ek") == 1
        assert article.page is not None
        assert article.page.article_text == article.text
    assert "Next story" in "".join(article.page.text for article in articles if article.page)


def test_their_ids_are_stable_and_the_first_has_the_pages_own(tmp_path: Path) -> None:
    [alone] = load_file(tmp_path, page(post(0)))
    articles = load_file(tmp_path, page(post(0) + post(1)))
    assert articles[0].id == alone.id
    again = load_file(tmp_path, page(post(0) + post(2) + post(1)))
    assert {article.title: article.id for article in articles}.items() <= {
        article.title: article.id for article in again
    }.items()
    assert len({article.id for article in again}) == 3


def test_an_article_among_several_keeps_its_own_address_and_day(tmp_path: Path) -> None:
    stated = {"@type": "NewsArticle", "headline": HEADLINES[1], "datePublished": "2025-04-09"}
    script = f'<script type="application/ld+json">{json.dumps(stated)}</script>'
    linked = '<h2><a href="https://daily.example/news/lift">{}</a></h2>'
    long = post(4, heading=linked).replace("</article>", f"<p>{SENTENCE * 5}</p></article>")
    head = '<link rel="canonical" href="https://daily.example/news/ferry">'
    articles = load_file(tmp_path, page(post(0) + post(1, extra=script) + long, head))
    assert [article.url for article in articles] == [
        "https://daily.example/news/ferry",
        None,
        "https://daily.example/news/lift",
    ]
    assert articles[1].published == date(2025, 4, 9)


@pytest.mark.parametrize(
    "others",
    [
        "<article><h3>Ten harbours to see</h3><p>They are worth it, says Jo Doe.</p></article>",
        f"<article><p><b>Reader</b></p><p>{SENTENCE}</p><p>{SENTENCE * 3}</p></article>",
        '<article><h3><a href="/n/7">Ten harbours</a></h3><p>They are worth it, says our writer '
        f"Jo Doe.</p><p>{SENTENCE} {SENTENCE}</p></article>",
    ],
    ids=["teasers", "comments", "excerpts"],
)
def test_teasers_and_comments_are_no_articles(tmp_path: Path, others: str) -> None:
    [article] = load_file(tmp_path, page(post(0) + others * 4))
    assert "Bo Ek0" in article.text


def test_the_posts_of_a_live_report_are_one_article(tmp_path: Path) -> None:
    stated = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
    posts = "".join(post(n, heading="<h2>{}</h2>") for n in range(3))
    [article] = load_file(tmp_path, page(f"<h1>Storm Ada: live</h1>{posts}"))
    assert "Bo Ek0" in article.text
    [_] = load_file(tmp_path, page(post(0) + post(1), stated))


def test_a_pasted_text_of_several_articles_is_several() -> None:
    texts = [
        f"{HEADLINES[n]}\nBy Ann Writer\n{n + 2} March 2025\n{HEADLINES[n]} this week, its owner "
        f"Bo Ek{n} told the council on Monday, and then he left the hall at once.\nThe council "
        f"hopes for an answer by Friday, since the work must begin in {n + 3} weeks.\nShare\n"
        for n in range(3)
    ]
    related = (
        "Related articles\nTen harbours to see\n1 March 2025\nThey are all worth it, we say.\n"
    )
    articles = load_pasted_page("Home\nLog in\n" + related.join(texts))
    assert [article.title for article in articles] == list(HEADLINES[:3])
    assert len({article.id for article in articles}) == 3
    assert [article.text.count("Bo Ek") for article in articles] == [1, 1, 1]
    assert len(load_pasted_page(texts[0] + related)) == 1


BODY = (
    "The lift at Kvarn reopened on Friday, five weeks after a cable jumped off its wheels.",
    "Inspectors found that ice had bent a wheel. All pylons have heaters now, the operator said.",
)
SHELL = '<div id="app"></div><p>We use cookies on this site.</p>'


def paragraphs() -> str:
    return "".join(f"<p>{line}</p>" for line in BODY)


def stated_body(kind: str = "NewsArticle", **said: object) -> str:
    stated = {"@type": kind, "headline": "Lift reopens", **said}
    return f'<script type="application/ld+json">{json.dumps(stated)}</script>'


@pytest.mark.parametrize(
    ("main", "head"),
    [
        (f"<noscript><article>{paragraphs()}</article></noscript>", ""),
        (f'<x-a><template shadowrootmode="open">{paragraphs()}</template></x-a>', ""),
        (f'<x-a><template shadowroot="closed">{paragraphs()}</template></x-a>', ""),
        ("", stated_body(articleBody="\n\n".join(BODY))),
        ("", stated_body(articleBody=paragraphs())),
        (
            "",
            stated_body(
                "LiveBlogPosting",
                liveBlogUpdate=[{"headline": "News", "articleBody": line} for line in BODY],
            ),
        ),
    ],
    ids=["noscript", "shadow", "older shadow", "JSON-LD", "JSON-LD with markup", "live report"],
)
def test_a_text_that_no_plain_element_holds_is_found(main: str, head: str) -> None:
    article = load_pasted(page(SHELL + main, head))
    assert all(line in article.text for line in BODY)
    assert "cookies" not in article.text
    assert article.page is not None
    assert "We use cookies" in article.page.text


@pytest.mark.parametrize(
    "hidden",
    [
        "<noscript>You need to enable JavaScript to run this app.</noscript>",
        f"<template>{paragraphs()}</template>",
        '<noscript><img src="https://x.example/pixel"></noscript>',
    ],
)
def test_what_no_browser_shows_is_left_alone(hidden: str) -> None:
    with pytest.raises(LoadError):
        load_pasted(page(SHELL + hidden))
    visible = load_pasted(page(f"<article>{paragraphs()}</article>{hidden}"))
    assert visible.text.split("\n\n") == list(BODY)


def test_a_paywalls_lead_is_not_replaced_by_what_only_subscribers_may_read() -> None:
    long = "\n\n".join([BODY[0], *(f"{SENTENCE} {n}." for n in range(20))])
    for free, kept in (("False", False), ("True", True)):
        head = stated_body(articleBody=long, isAccessibleForFree=free)
        article = load_pasted(page(f"<article><p>{BODY[0]}</p></article>", head))
        assert (SENTENCE in article.text) is kept
