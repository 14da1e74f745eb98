"""What a page says of its article: days by where they stand, and what machines state."""

from datetime import date

import pytest

from corpus import Article, load_pasted
from corpus.loaders.html import load_html
from corpus.loaders.source import Source

TITLE = "Crane falls on quay of Port Example, harbour closed"
BODY = "\n\n".join(
    (
        "The harbour of Port Example was closed on Monday after a crane fell on to the quay.",
        "Nobody was hurt, and two of the five berths were open again in the evening.",
        "The harbour master expects the other three berths to open within a week.",
    )
)
OWN, OTHER = date(2023, 6, 7), date(2023, 6, 9)


@pytest.mark.parametrize(
    "page",
    [
        f"{TITLE}\n7 June 2023\n\n{BODY}",
        f"7 June 2023 18:20\n{TITLE}\n\n{BODY}",
        f"{TITLE}\n\n{BODY}\n\nPublished 7 June 2023",
        f"{TITLE}\n\n{BODY}\n\nJane Doe, 7 June 2023",
        f"{TITLE}\n\n{BODY}\n\nThis article was first published on 7 June 2023.",
        f"{TITLE}\nUpdated 9 June 2023\nPublished 7 June 2023\n\n{BODY}",
        f"Friday, 9 June 2023\nHome\n{TITLE}\n7 June 2023\n\n{BODY}",
        f"{TITLE}\n07/06/2023\n\n{BODY}\n\nRelated\nFerry saved\n25/05/2023",
        f"{TITLE}\nPublished yesterday\n\n{BODY}\n\nSaved on 8 June 2023",
        f"Die Brücke über den Fluss in Port Example ist wieder offen\n"
        f"mittwoch, 7. juni 2023\n\n{BODY}",
    ],
)
def test_the_day_of_a_pasted_page_is_the_articles_own(page: str) -> None:
    assert load_pasted(page).published == OWN


@pytest.mark.parametrize(
    "page",
    [
        f"{TITLE}\n\n{BODY}\n\nRelated\nFerry line saved\n9 June 2023",
        f"{TITLE}\n\n{BODY}\n\nFerry line saved by the county\n9 June 2023",
        f"{TITLE}\n\n{BODY}\n\nComments\nPosted by Ann Writer on 9 June 2023\nGood.",
        f"{TITLE}\n\n{BODY}\n\nEvents\nMarket day\n9 June 2023\nConcert\n12 June 2023",
        f"{TITLE}\n\nPhoto: Ann Writer, 9 June 2023\n\n{BODY}",
        f"Friday, 9 June 2023\nThe Quay\nHome\n{TITLE}\n\n{BODY}",
        f"The Quay\nFriday 9 June 2023\n{TITLE}\n\n{BODY}",
        f"{TITLE}\n\n{BODY}\n\n© 9 June 2023 The Quay",
        f"{TITLE}\nLast modified on Friday, 9 June 2023\n\n{BODY}",
        f"{TITLE}\nToday, 18:20\n\n{BODY}",
        f"{TITLE}\n2 hours ago\n\n{BODY}",
        f"{TITLE}\n07/06/2023\n\n{BODY}",
    ],
)
def test_a_day_of_something_else_is_never_the_articles(page: str) -> None:
    assert load_pasted(page).published is None


@pytest.mark.parametrize(
    ("stamp", "published", "modified"),
    [
        ("Published 7 June 2023, updated 9 June 2023", OWN, OTHER),
        ("Republished 9 June 2023 | First published 7 June 2023", OWN, OTHER),
        ("Updated 6:20 PM EST, June 9, 2023", OTHER, OTHER),
        ("Last updated on Fri 9 Jun 2023 09.10 GMT", None, OTHER),
        ("7 June 2023", OWN, None),
    ],
)
def test_the_last_update_is_kept_beside_the_publication(
    stamp: str, published: date | None, modified: date | None
) -> None:
    article = load_pasted(f"{TITLE}\n{stamp}\n\n{BODY}")
    assert (article.published, article.modified) == (published, modified)


def test_a_name_above_the_stamp_is_the_author_and_no_text() -> None:
    article = load_pasted(f"{TITLE}\nJane Doe\nWed, 7 June 2023 at 7:05 am CEST\n\n{BODY}")
    assert article.author == "Jane Doe"
    assert article.text.startswith("The harbour of Port Example")


def test_a_title_may_ask() -> None:
    article = load_pasted(f"7 June 2023 18:20\nWhy did the crane fall on to the quay?\n\n{BODY}")
    assert article.title == "Why did the crane fall on to the quay?"
    assert article.published == OWN


def load(markup: str, head: str = "", lang: str = "en") -> Article:
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY.split("\n\n"))
    markup = markup.replace("BODY", paragraphs).replace("H1", f"<h1>{TITLE}</h1>")
    page = (
        f'<html lang="{lang}"><head><title>{TITLE}</title>{head}</head><body>{markup}</body></html>'
    )
    return load_html(Source.of(page.encode(), name="page"))


@pytest.mark.parametrize(
    "markup",
    [
        '<article>H1<time datetime="2023-06-07T18:20:00Z">2 days ago</time>BODY</article>',
        '<header><time datetime="2023-06-07">x</time>H1</header><article>BODY</article>',
        '<article>H1<span itemprop="datePublished" content="2023-06-07">x</span>BODY</article>',
        '<article>H1<span class="date" data-timestamp="1686154800">x</span>BODY</article>',
        '<article>H1<abbr class="published" title="2023-06-07">x</abbr>BODY</article>',
        '<article>H1<p>Updated <time datetime="2023-06-09">x</time> Published '
        '<time datetime="2023-06-07">y</time></p>BODY</article>',
        "<article>H1<p>3 hours ago</p>BODY</article><!-- Page saved with SingleFile\n"
        " saved date: Wed Jun 07 2023 18:20:00 GMT+0200 -->",
        '<aside><p>9 June 2023</p><p>Ferry saved</p></aside><article>H1<p class="x">7 June 2023</p>'
        "BODY</article>",
    ],
)
def test_the_day_in_the_markup_of_the_articles_head_is_read(markup: str) -> None:
    assert load(markup).published == OWN


@pytest.mark.parametrize(
    "markup",
    [
        '<article>H1BODY</article><aside><time datetime="2023-06-09">x</time> Ferry saved</aside>',
        "<article>H1BODY</article><aside><p>9 June 2023</p><p>Ferry saved</p></aside>",
        '<article>H1BODY<div class="comments"><time itemprop="datePublished" '
        'datetime="2023-06-09">x</time></div></article>',
        '<article>H1<div itemscope itemtype="https://schema.org/Event">'
        '<time datetime="2023-06-09">x</time></div>BODY</article>',
        '<article>H1<figure><figcaption>Quay, <time datetime="2023-06-09">x</time></figcaption>'
        "</figure>BODY</article>",
        '<div class="masthead"><time datetime="2023-06-09">Friday</time></div><main>H1BODY</main>',
        '<article>H1BODY</article><footer>© <time datetime="2023-06-09">2023</time></footer>',
        '<main>H1BODY<a href="/ferry"><time datetime="2023-06-09">x</time> Ferry saved</a></main>',
        '<article>H1BODY<article><time datetime="2023-06-09">x</time> Good.</article></article>',
    ],
)
def test_the_days_of_other_parts_of_the_markup_are_not_the_articles(markup: str) -> None:
    assert load(markup).published is None


LINKED = '{"@type": "NewsArticle", "datePublished": "2023-06-07"}'


@pytest.mark.parametrize(
    "head",
    [
        f'<script type="application/ld+json;charset=utf-8">{LINKED}</script>',
        f'<script type="Application/LD+JSON">{LINKED}</script>',
        f'<script type="application/ld+json">/*<![CDATA[*/{LINKED}/*]]>*/</script>',
        f'<script type="application/ld+json"><!-- {LINKED} --></script>',
        f'<script type="application/ld+json">{LINKED[:-1]},}}</script>',
        f'<script type="application/ld+json">{LINKED.replace("NewsArticle", "WebPage")}</script>',
        f'<script type="application/ld+json">{{"@graph": [{LINKED}]}}</script>',
        '<meta name="DC.date.issued" content="2023-06-07">',
        '<meta name="dcterms.created" content="2023-06-07">',
        '<meta name="cXenseParse:publishtime" content="2023-06-07T18:20:00Z">',
        '<meta name="pubdate" content="20230607">',
        '<meta itemprop="datePublished" content="2023-06-07">',
        '<meta property="article:published_time" content="1686154800">',
        '<meta property="article:modified_time" content="2023-06-07">',
        '<link rel="canonical" href="https://harbour.example/2023/06/07/crane">',
    ],
)
def test_days_that_a_page_states_for_machines_are_read(head: str) -> None:
    assert load("<article>H1BODY</article>", head).published == OWN


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="1970-01-01T00:00:00Z">',
        '<meta name="expires" content="2023-06-09">',
        '<meta name="last-published" content="x">',
        '<script type="application/ld+json">{"@type": "VideoObject", "datePublished": '
        '"2023-06-09"}</script>',
    ],
)
def test_other_days_for_machines_are_not_the_articles(head: str) -> None:
    assert load("<article>H1BODY</article>", head).published is None


def test_the_visible_publication_wins_over_a_stated_update() -> None:
    article = load(
        "<article>H1<p>Published 7 June 2023</p>BODY</article>",
        '<meta property="article:modified_time" content="2023-06-09T08:00:00Z">',
    )
    assert (article.published, article.modified) == (OWN, OTHER)


def test_the_country_of_the_page_settles_numbers() -> None:
    markup = "<article>H1<p>07/06/2023</p>BODY</article>"
    assert load(markup, lang="en-GB").published == OWN
    assert load(markup, lang="en-US").published == date(2023, 7, 6)
    assert load(markup).published is None
    assert load(markup, '<meta property="og:locale" content="en_GB">').published == OWN
    assert load(markup, lang="en-GB").language == "en"
