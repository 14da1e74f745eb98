"""Which addresses lead to one article, which to two, and what a page may claim as its address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, read_addresses
from corpus.addresses import choose_canonical, is_same_site, normal_form, read_address
from corpus.identity import canonical, current_id, outlet_of, url_id

STORY = "https://gullport.org/region/quay-wall-gives-way"

ONE = [
    STORY,
    "http://gullport.org/region/quay-wall-gives-way",
    "https://www.gullport.org/region/quay-wall-gives-way/",
    "https://www3.gullport.org/region//quay-wall-gives-way",
    "HTTPS://GullPort.ORG.:443/region/quay-wall-gives-way#comments",
    "http://gullport.org:80/region/quay-wall-gives-way/index.html",
    "https://reader:secret@gullport.org/region/quay-wall-gives-way",
    "https://gullport.org/region/%71uay%2Dwall-gives-way",
    "https://gullport.org/region/quay-wall-gives-way;jsessionid=8F2?",
    "https://m.gullport.org/region/quay-wall-gives-way",
    "https://amp.gullport.org/region/quay-wall-gives-way",
    "https://gullport.org/region/quay-wall-gives-way/amp/",
    "https://gullport.org/amp/region/quay-wall-gives-way",
    "https://gullport.org/region/quay-wall-gives-way?amp",
    "https://gullport.org/region/quay-wall-gives-way?outputType=amp&amp_js_v=0.1",
    "https://gullport.org/region/quay-wall-gives-way?utm_source=mail&utm_medium=x",
    "https://gullport.org/region/quay-wall-gives-way?fbclid=IwAR0&gclid=EAIa&igshid=M9&mc_cid=4f",
    "https://gullport.org/region/quay-wall-gives-way?msclkid=77ab1&twclid=9&dclid=3&yclid=8",
    "https://gullport.org/region/quay-wall-gives-way?ref=frontpage&source=push",
    "https://gullport.org/region/quay-wall-gives-way?at_medium=RSS&at_campaign=KARANGA",
    "https://gullport.org/region/quay-wall-gives-way?share=whatsapp",
    "https://www.google.com/amp/s/gullport.org/region/quay-wall-gives-way",
    "https://gullport-org.cdn.ampproject.org/c/s/gullport.org/region/quay-wall-gives-way?amp",
    "https://www.google.com/url?sa=t&url=https%3A%2F%2Fgullport.org%2Fregion%2Fquay-wall-gives-way",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fgullport.org%2Fregion%2Fquay-wall-gives-way&h=AT",
    "https://web.archive.org/web/20230411102030/https://gullport.org/region/quay-wall-gives-way",
    "https://web.archive.org/web/20230411102030id_/http://www.gullport.org:80/region/quay-wall-gives-way",
    "http://web.archive.org/web/2023/gullport.org/region/quay-wall-gives-way/",
    "https://archive.ph/2023.04.11-102030/https://gullport.org/region/quay-wall-gives-way",
    "https://archive.is/newest/https%3A%2F%2Fgullport.org%2Fregion%2Fquay-wall-gives-way",
    "https://webarchive.nationalarchives.gov.uk/ukgwa/20230411102030/https://gullport.org/region/quay-wall-gives-way",
    "https://arquivo.pt/wayback/20230411102030/https://gullport.org/region/quay-wall-gives-way",
    "https://web.archive.org/web/2023/https://www.google.com/amp/s/gullport.org/region/quay-wall-gives-way",
    "https://webcache.googleusercontent.com/search?q=cache:Q-aB3xYz_0k1:https://gullport.org/region/quay-wall-gives-way+wall",
]


@pytest.mark.parametrize("url", ONE)
def test_an_article_has_one_id_at_all_its_addresses(url: str) -> None:
    assert url_id(url) == url_id(STORY)
    assert outlet_of(url) == "gullport.org"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gullport.org/story?id=7", "https://gullport.org/story?id=8"),
        ("https://gullport.org/?p=7", "https://gullport.org/?p=8"),
        ("https://gullport.org/story?page=2", "https://gullport.org/story"),
        ("https://gullport.org/story?lang=sv", "https://gullport.org/story?lang=en"),
        ("https://gullport.org/show.php?cid=7", "https://gullport.org/show.php?cid=8"),
        ("https://gullport.org/a/show.asp?ref=wall", "https://gullport.org/a/show.asp?ref=quay"),
        ("https://gullport.org/news/item?uid=7", "https://gullport.org/news/item?uid=8"),
        ("https://gullport.org/news/item?ref=GP-71", "https://gullport.org/news/item?ref=GP-72"),
        ("https://gullport.org/view?source=wall", "https://gullport.org/view?source=quay"),
        ("https://gullport.org/?keyword=wall", "https://gullport.org/?keyword=quay"),
        ("https://gullport.org/#!/wall", "https://gullport.org/#!/quay"),
        ("https://gullport.org/Wall", "https://gullport.org/wall"),
        ("https://gullport.org/a%2Fb", "https://gullport.org/a/b"),
        ("https://gullport.org/a", "https://news.gullport.org/a"),
        ("https://gullport.org/a", "https://gullport.org:8443/a"),
        ("https://gullport.org/a", "https://gullport.com/a"),
        ("https://m.co.uk/a", "https://www.co.uk/a"),
        ("https://gullport.org/amp", "https://gullport.org/"),
        ("https://gullport.org/share?url=https://a.org/b", "https://a.org/b"),
        ("https://gullport.org/b?next=https://a.org/b", "https://gullport.org/b"),
        ("https://gullport.org/web/2023/https://a.org/b", "https://a.org/b"),
        ("https://archive.org.gullport.org/web/2023/https://a.org/b", "https://a.org/b"),
    ],
)
def test_two_articles_never_get_one_id(one: str, other: str) -> None:
    assert url_id(one) != url_id(other)


def test_letters_of_other_scripts_are_one_address_escaped_or_not() -> None:
    assert url_id("https://älvblad.se/hav/sjö") == url_id(
        "http://xn--lvblad-9ta.se/hav/sj%C3%B6?utm_source=x"
    )
    assert url_id("https://a.org/sjo\u0308") == url_id("https://a.org/sj\u00f6")
    assert outlet_of("https://www.xn--lvblad-9ta.se/hav") == "älvblad.se"


@pytest.mark.parametrize("text", ["", "no address", "ftp://a.org/b", "http://[::1", "http://a:0/"])
def test_what_is_no_web_address_is_left_as_it_is(text: str) -> None:
    assert normal_form(text) == canonical(text) == text
    assert outlet_of(text) is None


addresses = st.builds(
    "https://{}{}/{}?{}#{}".format,
    st.sampled_from(["", "www.", "m.", "amp.", "en.m."]),
    st.sampled_from(["a.org", "b.co.uk", "c.invalid", "d"]),
    st.text(st.sampled_from("ab/%.;-_~é2F"), max_size=12),
    st.text(st.sampled_from("ab&=%_.utm1"), max_size=12),
    st.text(st.sampled_from("a!/"), max_size=3),
)


@given(url=addresses)
def test_addresses_are_normalised_once(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)
    assert normal_form(canonical(url).replace("https:", "http:")) == normal_form(
        url.partition("#")[0]
    )


@given(url=addresses)
def test_a_tracking_parameter_never_makes_another_article(url: str) -> None:
    base = url.partition("#")[0]
    assert url_id(f"{base}&utm_source=mail&fbclid=I2") == url_id(base)


def test_the_address_that_is_shown_still_opens_the_page() -> None:
    shown = canonical("https://www.gullport.org/amp/wall.php?cid=7&ref=x&utm_source=mail#top")
    assert shown == "https://www.gullport.org/amp/wall.php?cid=7&ref=x"
    kept = canonical("https://web.archive.org/web/2023id_/http://www.gullport.org:80/wall?a=1")
    assert kept == "http://www.gullport.org/wall?a=1"


@pytest.mark.parametrize(
    ("links", "base", "chosen"),
    [
        (["https://a.org/x"], None, "https://a.org/x"),
        (["/x"], "https://a.org/y", "https://a.org/x"),
        (["/x"], None, None),
        (["https://a.org/", "https://a.org/x"], None, "https://a.org/x"),
        (["https://a.org/en-gb/"], None, None),
        (["https://a.org/index.html"], "https://a.org/x", None),
        (["https://other.org/x"], "https://a.org/x", None),
        (["https://www.a.co.uk/x"], "https://a.com/x", "https://www.a.co.uk/x"),
        (["https://a.org/news"], "https://a.org/news/quay-wall-gives-way", None),
        (
            ["https://a.org/quay-wall-gives-way"],
            "https://a.org/quay-wall-gives-way/print",
            "https://a.org/quay-wall-gives-way",
        ),
        (["https://a.org/?p=12345"], "https://a.org/quay-wall-gives-way", "https://a.org/?p=12345"),
        (["https://a.org/x"], "https://a-org.cdn.ampproject.org/c/s/a.org/x", "https://a.org/x"),
        (["/web/2023/https://a.org/x"], None, "https://a.org/x"),
        (["/web/2023/https://a.org/x"], "https://a.org/y", "https://a.org/x"),
        (["http://[", "https://a.org/x"], None, "https://a.org/x"),
        ([], "https://a.org/x", None),
    ],
)
def test_a_page_is_believed_only_about_an_address_that_can_be_its_own(
    links: list[str], base: str | None, chosen: str | None
) -> None:
    assert choose_canonical(links, base) == chosen


def test_sites_are_told_by_what_is_registered() -> None:
    assert is_same_site("https://news.a.co.uk/x", "https://a.co.uk/y")
    assert not is_same_site("https://a.co.uk/x", "https://b.co.uk/x")
    assert is_same_site("https://x.harbour.invalid/", "https://harbour.invalid/")
    assert not is_same_site("https://10.1.2.3/", "https://10.9.2.3/")
    assert not is_same_site("no address", "https://a.org/")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.gullport.org/a", "https://www.gullport.org/a"),
        (" <gullport.invalid/a?b=1>\n", "https://gullport.invalid/a?b=1"),
        ("“https://gullport.org/a”,", "https://gullport.org/a"),
        ("view-source:https://gullport.org/a", "https://gullport.org/a"),
        ("feed://gullport.org/rss", "http://gullport.org/rss"),
        ("feed:https://gullport.org/rss", "https://gullport.org/rss"),
        ("file:///home/anna/a.html", None),
        ("The wall at gullport.org gave way.", None),
        ("e.g.", None),
        ("3.14", None),
        ("", None),
    ],
)
def test_addresses_are_read_as_people_paste_them(text: str, address: str | None) -> None:
    assert read_address(text) == address


def test_a_list_of_addresses_has_no_other_word() -> None:
    assert read_addresses("https://a.org/b\n\nwww.c.org/d\n") == [
        "https://a.org/b",
        "https://www.c.org/d",
    ]
    assert read_addresses("mailto:anna@a.org ftp://a.org/b") == [
        "mailto:anna@a.org",
        "ftp://a.org/b",
    ]
    assert read_addresses("Read https://a.org/b") == []
    assert read_addresses(" \n") == []


def test_an_article_under_an_older_rule_is_known_by_its_url() -> None:
    older = Article(
        id="66157b24dd36a42d", text="The wall gave way.", url="https://www.gullport.org/wall?cid=7"
    )
    assert current_id(older) == url_id("https://gullport.org/wall?cid=7")
    for other in (replace(older, id="own"), replace(older, url=None)):
        assert current_id(other) == other.id
