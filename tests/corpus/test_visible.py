"""What a page shows and what HTML keeps of it, as the same page pasted; and what goes from both."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from corpus import load_pasted
from corpus.loaders.rendering import render_page

BODY = (
    "The harbour of Port Example was closed on Monday after a crane fell on to the quay, it said.",
    "Nobody was hurt. The terminal, which handles 4,200 containers a day, opens again by Friday.",
    "The crane had been inspected in March, according to a report that the city published.",
)
FRAME = (
    '<!doctype html><html lang="en"><head><title>Crane falls on quay</title></head><body><nav><ul>'
    '<li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav><main>'
    "<h1>Crane falls on quay</h1>{}</main><aside><h2>Most read</h2><ul><li>Ten cakes to bake</li>"
    "</ul></aside><footer><p>Contact us</p><p>Privacy policy</p></footer></body></html>"
)


def kept(*elements: str) -> str:
    return load_pasted(FRAME.format("".join(elements))).text


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


TABLE = (
    "<table><tr><th>Port</th><th>Boats</th></tr><tr><td>Kalv</td><td><p>31</p></td></tr>"
    "<tr><td>Run</td><td>12</td></tr></table>"
)
ITEMS = "<ul><li>Crane one was built by two sisters.<li>Crane two was sold abroad.</ul>"
SHORT = "<h2>What is closed</h2><ol><li>Old Quay<li>North Quay</ol>"
TERMS = "<dl><dt>Opened</dt><dd>In the year 1987</dd></dl>"


@pytest.mark.parametrize(
    ("element", "lines"),
    [
        (TABLE, ["Port\tBoats", "Kalv\t31", "Run\t12"]),
        (ITEMS, ["Crane one was built by two sisters.", "Crane two was sold abroad."]),
        (SHORT, ["What is closed", "Old Quay", "North Quay"]),
        (TERMS, ["Opened", "In the year 1987"]),
    ],
    ids=["table", "sentences", "short items", "terms"],
)
@pytest.mark.parametrize("last", [False, True])
def test_tables_and_lists_amid_an_article_or_at_its_end_are_kept(
    element: str, lines: list[str], last: bool
) -> None:
    order = [p(*BODY), element] if last else [p(*BODY[:2]), element, p(BODY[2])]
    text = kept(*order)
    assert [line for line in text.split("\n") if line in lines] == lines
    assert all(line in text for line in BODY)
    assert "Ten cakes" not in text


@pytest.mark.parametrize(
    "element",
    [
        '<ul><li><a href="/a">Ten harbours to see</a></li><li><a href="/b">Cranes</a></li></ul>',
        "<aside><ul><li>Ten harbours to see this summer</li></ul></aside>",
        "<form><ul><li>Send me the letter of the day</li></ul></form>",
    ],
    ids=["links", "aside", "form"],
)
def test_lists_that_lead_elsewhere_are_not_kept(element: str) -> None:
    assert kept(p(*BODY[:2]), element, p(BODY[2])).split("\n\n") == list(BODY)


def test_pictures_copies_and_links_are_not_added_to_what_the_extractor_found() -> None:
    items = (
        "<li>Crane two was sold abroad</li>",
        '<li><img src="a.jpg">A crane on the quay</li>',
        '<li><a href="/a">Ten harbours to see</a> now</li>',
        *["<li>Readers like this one best</li>"] * 2,
    )
    markup = f"<body><p>{BODY[0]}</p><ul>{''.join(items)}</ul><p>{BODY[2]}</p></body>"
    rendering = render_page(document_fromstring(markup))
    found = [
        (start, start + len(line))
        for line in (BODY[0], BODY[2])
        for start in [rendering.text.index(line)]
    ]
    added = [rendering.text[low:high] for low, high in rendering.extend(found)]
    assert added == [BODY[0], "Crane two was sold abroad", BODY[2]]


def test_a_table_that_arranges_the_page_is_no_table_of_facts() -> None:
    menu = '<td><a href="/">Home</a><br><a href="/e">Essays</a></td>'
    text = kept(f"<table><tr>{menu}<td><h2>Crane</h2>{p(*BODY)}</td></tr></table>")
    assert "\t" not in text
    assert all(line in text for line in BODY)


def test_a_paragraph_that_the_extractor_left_out_is_kept() -> None:
    tweet = f'<blockquote class="twitter-tweet"><p>{BODY[1]}</p></blockquote>'
    assert BODY[1] in kept(p(BODY[0]), tweet, p(BODY[2]))


ENTRIES = (
    ("14:05", "Bridge closed to lorries", "The agency has closed the bridge until the wind drops."),
    ("13.40", "Ferry turns back", "The ferry to Kalv turned back after an hour at sea, it said."),
    ("12:15", "", "Schools in three northern towns sent 900 pupils home at noon."),
)


@pytest.mark.parametrize("stamp", ["{}", "{} CET", "4 March 2025 {}"])
def test_the_times_and_headings_of_a_live_report_are_kept(stamp: str) -> None:
    posts = "".join(
        f"<div><time>{stamp.format(time)}</time>{heading and f'<h3>{heading}</h3>'}"
        f"<p>{text}</p></div>"
        for time, heading, text in ENTRIES
    )
    article = load_pasted(FRAME.format(p("4 March 2025", BODY[0]) + posts))
    for time, heading, text in ENTRIES:
        entry = [stamp.format(time), heading, text]
        assert "\n\n".join(filter(None, entry)) in article.text
    assert article.page is not None
    assert load_pasted(article.page.text).text == article.text


def test_times_of_comments_are_no_live_report() -> None:
    comments = "\n".join(f"1{n}:05\nI knew that crane {n} would fall one day." for n in range(5))
    pasted = "\n\n".join([*BODY, f"Comments (5)\n{comments}"])
    assert load_pasted(pasted).text.split("\n\n") == list(BODY)


def test_a_noisy_pasted_page_keeps_its_table() -> None:
    rows = "\n".join(["Port\tBoats", *(f"Port {n}\t{n}" for n in range(40))])
    menu = "Home\nWorld\nLog in\nSubscribe\n\n"
    text = load_pasted(f"{menu}{BODY[0]}\n\n{rows}\n\n{BODY[1]}\n\n{BODY[2]}\n\n{menu}").text
    assert rows in text
    assert BODY[2] in text


OFFERS = (
    "Already a member? Log in",
    "Subscribe now to keep reading",
    "To continue reading this story, create a free account.",
    "You have read 3 of your 5 free articles this month.",
    "This article is for subscribers only.",
    "Enjoy unlimited digital access from 2 euros a week. Cancel at any time.",
    "Get the stories of the day delivered straight to your inbox.",
    "Sie sind bereits Abonnent? Dann melden Sie sich hier an.",
    "Cet article est réservé aux abonnés.",
    "The post Crane falls on quay appeared first on The Daily Example.",
    "Der Beitrag Kran fällt auf Kai erschien zuerst auf Der Bote.",
    "L’article Une grue tombe est apparu en premier sur Le Quotidien.",
)


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("place", [1, 3])
def test_offers_go_from_html_and_from_pasted_pages_and_stay_on_the_page(
    offer: str, place: int
) -> None:
    lines = [*BODY[:place], offer, *BODY[place:]]
    for article in (load_pasted("\n\n".join(lines)), load_pasted(FRAME.format(p(*lines)))):
        assert article.text.split("\n\n") == list(BODY)
        assert article.page is not None
        assert offer in article.page.text


def test_what_an_offer_lists_goes_with_it() -> None:
    offer = [
        "Keep reading for 2 euros",
        "Games and recipes for every day.",
        "Our app for phone and tablet.",
        "Already a subscriber? Sign in",
    ]
    assert load_pasted("\n".join([*BODY, *offer])).text.split("\n") == list(BODY)


def test_a_feeds_last_words_go_from_the_end_of_a_paragraph() -> None:
    last = f"{BODY[2]} The post Crane falls appeared first on The Daily Example."
    assert load_pasted("\n\n".join([*BODY[:2], last])).text.split("\n\n") == list(BODY)


@pytest.mark.parametrize(
    "sentence",
    [
        "A subscription will cost 12 euros a month, and readers can cancel it at any time.",
        "The plan gives customers unlimited access to trains for 49 euros a month.",
        "The free trial of the new crane begins in March.",
        "You have three months left to apply, and the form is on the agency's site.",
        "“Subscribe now to keep reading,” said the sign on the door of the library.",
        "The minister's article appeared first on the site of a daily, which deleted it.",
        "The post office of Lund appeared first on maps of 1870.",
        "Put a tenth into your account each month, and review your plan each year.",
    ],
)
def test_news_about_offers_is_no_offer(sentence: str) -> None:
    lines = [*BODY[:2], sentence, BODY[2]]
    for text in ("\n\n".join(lines), FRAME.format(p(*lines))):
        assert sentence in load_pasted(text).text
