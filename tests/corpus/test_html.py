"""How articles are loaded from HTML.

A page's markup is rendered once, the body's lines are found in that rendering, and the metadata
that the page states is trusted.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, LoadError, load, load_pasted
from corpus.loaders.html import find_lines, render_fragment

PAGES = Path(__file__).parents[2].parent / "shared" / "data" / "pasted-pages"

BODY = (
    (
        "The harbour of Port Example was closed on Monday after a crane fell on to the quay, the "
        "harbour master said."
    ),
    (
        "Nobody was hurt. The terminal, which handles 4,200 containers a day, is expected to open "
        "again by Friday."
    ),
    (
        "The crane had been inspected in March, according to a report that the city published "
        "last year."
    ),
)
PAGE = f"""<!DOCTYPE html>
<html lang="en-GB"><head><title>Crane falls on quay - The Daily Example</title>
<link rel="canonical" href="https://www.daily.example/news/crane?utm_source=x#top">
<meta property="og:site_name" content="The Daily Example">
<meta property="article:published_time" content="2025-03-04T10:20:00+00:00">
<meta name="author" content="Ann Writer">
<script>var hidden = "never shown";</script><style>p {{ color: red }}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<header><h1>Crane falls on quay</h1></header>
<article>{"".join(f"<p>{paragraph}</p>" for paragraph in BODY)}</article>
<aside><h2>Most read</h2><ul><li><a href="/a">Ten cakes to bake</a></li></ul></aside>
<footer><p>Contact us</p><p>Terms and conditions</p></footer></body></html>"""


def load_page(folder: Path, markup: str | bytes) -> Article:
    path = folder / "page.html"
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    [article] = load(path)
    return article


def test_the_body_is_kept_and_the_page_around_it_is_not(tmp_path: Path) -> None:
    article = load_page(tmp_path, PAGE)
    assert article.text.split("\n\n") == list(BODY)
    assert article.page is not None
    assert "Ten cakes to bake" in article.page.text
    assert "never shown" not in article.page.text


def test_what_the_page_states_becomes_metadata(tmp_path: Path) -> None:
    article = load_page(tmp_path, PAGE)
    assert article.title == "Crane falls on quay"
    assert article.outlet == "The Daily Example"
    assert article.url == "https://www.daily.example/news/crane"
    assert article.author == "Ann Writer"
    assert article.published == date(2025, 3, 4)
    assert article.published_at == datetime(2025, 3, 4, 10, 20, tzinfo=UTC)
    assert article.language == "en"


def test_json_ld_about_the_article_is_believed_before_meta_tags(tmp_path: Path) -> None:
    stated = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "name": "Somebody Else"},
            {
                "@type": ["NewsArticle"],
                "headline": "Crane falls on quay",
                "datePublished": "2025-03-03",
                "author": [{"@type": "Person", "name": "Ann Writer"}, {"name": "Bo Writer"}],
                "publisher": {"name": "Example Group"},
            },
        ],
    }
    script = f'<script type="application/ld+json">{json.dumps(stated)}</script>'
    article = load_page(tmp_path, PAGE.replace("</head>", f"{script}</head>"))
    assert article.outlet == "Example Group"
    assert article.author == "Ann Writer, Bo Writer"
    assert (article.published, article.published_at) == (date(2025, 3, 3), None)


@pytest.mark.parametrize(
    "broken", ["{", "[[[[" * 50_000, '{"@type": null}', '{"@type": 5}', '"NewsArticle"', "null"]
)
def test_broken_json_ld_is_as_good_as_none(tmp_path: Path, broken: str) -> None:
    script = f'<script type="application/ld+json">{broken}</script>'
    assert (
        load_page(tmp_path, PAGE.replace("</head>", f"{script}</head>")).outlet
        == "The Daily Example"
    )


def test_a_canonical_link_to_the_front_page_does_not_merge_a_sites_articles(tmp_path: Path) -> None:
    other = PAGE.replace("/news/crane?utm_source=x#top", "/")
    assert load_page(tmp_path, other).url is None
    assert load_page(tmp_path, other).id != load_page(tmp_path, PAGE).id


def test_where_no_outlet_is_stated_it_is_the_host_of_the_address(tmp_path: Path) -> None:
    page = PAGE.replace('<meta property="og:site_name" content="The Daily Example">', "").replace(
        " - The Daily Example", ""
    )
    assert load_page(tmp_path, page).outlet == "daily.example"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One\n   two</p><p>three</p>", "One two\n\nthree"),
        ("<div>One</div><div>two <b>th</b>ree</div>", "One\ntwo three"),
        ("one<br>two", "one\ntwo"),
        ("<p>a</p> tail <!-- no --> on", "a\n\ntail on"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<table><tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr></table>", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<pre>a    b\n  c</pre>", "a    b\nc"),
        ("<table><tr><th></th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>", "b\nc\td"),
        (
            "<table><tr><td>a</td><td></td><td>b</td></tr><tr><td>c<td>d<td><p>e</p><p>f</table>",
            "a\t\tb\nc\td\te f",
        ),
        (
            "<table><tr><td><ul><li>a</ul></td><td>b</td></tr><tr><td>c</td><td>d</td></table>",
            "a\n\nb\nc\td",
        ),
        ("a<p style='display: none'>b</p>c<i hidden>d</i><noscript>e</noscript>", "a\n\nc"),
        ("<p>&#0;&nbsp;x&amp;y \U0001f6a2 שלום</p>", "\ufffd x&y \U0001f6a2 שלום"),
    ],
)
def test_rendering_is_what_a_browser_would_copy(markup: str, text: str) -> None:
    assert render_fragment(f"<body>{markup}</body>") == text


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("cp1254", "iso-8859-9"), ("utf-8", "iso-8859-1"), ("utf-8", ""), ("utf-16", "utf-16")],
)
def test_text_is_decoded_as_it_was_written_whatever_is_declared(
    tmp_path: Path, encoding: str, declared: str
) -> None:
    sentence = "Türkiye, İzmir'deki köprünün cuma günü şehre yeniden hizmet vereceğini söyledi."
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><article><p>{sentence}</p></article></body></html>"
    assert sentence in load_page(tmp_path, page.encode(encoding)).text


words = st.text(st.sampled_from("ab .\n\t\u00a0ş"), max_size=30)


@given(st.lists(words, max_size=8), st.lists(words, max_size=8))
def test_found_lines_are_ascending_spans_that_spell_lines_asked_for(
    text: list[str], lines: list[str]
) -> None:
    page = "\n".join(text)
    spans = find_lines(page, lines)
    spelled = ["".join(page[start:end].split()) for start, end in spans]
    asked = iter("".join(line.split()) for line in lines)
    assert all(line in asked for line in spelled)  # a subsequence of what was asked for
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=50)))
def test_every_line_of_a_text_is_found_in_it(lines: list[str]) -> None:
    assert len(find_lines("\n".join(lines), lines)) == sum(bool(line.strip()) for line in lines)


def test_a_short_line_is_found_between_its_neighbours_and_not_in_the_menu() -> None:
    text = "\n".join(["Sport", BODY[0], "Sport", BODY[1], "Sport"])
    [_, (start, _), _] = find_lines(text, [BODY[0], "Sport", BODY[1]])
    assert text.index(BODY[0]) < start < text.index(BODY[1])


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "<p>Deep.</p>",
        "<b>" * 3_000 + f"<p>{BODY[0]}</p>",
        "<!-- nothing -->",
        "<html><body>" + "<p>" + "word " * 1_000_000,
        "<table><tr><td>" * 2_000 + "x",
        "<p>" + "<b>word</b> " * 60_000,
    ],
    ids=["divs", "bold", "comment", "one line of 5 MB", "tables", "60,000 elements"],
)
def test_a_hostile_page_is_read_or_refused_within_seconds(tmp_path: Path, markup: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html>{markup}")
    started = time.monotonic()
    outcomes: list[object] = []
    outcomes += load(path, on_error=outcomes.append)
    assert len(outcomes) == 1
    assert isinstance(outcomes[0], Article | LoadError)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "obstacle",
    [
        f'<img src="data:image/png;base64,{"A" * 11_000_000}">',
        f"<script>let state = '{'x' * 11_000_000}'</script>",
        "<div>" * 300 + "</div>" * 300,
    ],
    ids=["picture", "script", "depth"],
)
def test_what_follows_something_huge_is_not_lost(tmp_path: Path, obstacle: str) -> None:
    assert load_page(tmp_path, PAGE.replace("</p><p>", f"</p>{obstacle}<p>", 1)).text.split(
        "\n\n"
    ) == list(BODY)


@pytest.mark.parametrize("declared", ["rot13", "base64", "no-such-thing", "utf-16"])
def test_a_declared_encoding_that_is_none_is_passed_over(tmp_path: Path, declared: str) -> None:
    page = (
        f'<html><meta charset="{declared}"><p>İstanbul Boğazı pazartesi günü sis nedeniyle '
        "kapatıldı, denildi.</p>"
    )
    (tmp_path / "a.html").write_bytes(page.encode("cp1254"))
    [article] = load(tmp_path / "a.html")
    assert article.text.startswith("İstanbul Boğazı")


def test_a_pasted_page_source_is_read_as_a_page() -> None:
    assert load_pasted(PAGE).text.split("\n\n") == list(BODY)


def _score(wanted: str, found: str) -> tuple[float, float]:
    """Precision and recall of 4-word shingles, as the article-extraction-benchmark counts them."""
    true, ours = _shingles(wanted), _shingles(found)
    both = sum((true & ours).values())
    return both / max(1, sum(ours.values())), both / max(1, sum(true.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(zip(*(words[at:] for at in range(4)), strict=False))


def test_real_pages_are_cut_about_as_well_as_the_best_extractor_cuts_them(tmp_path: Path) -> None:
    """Covers every sixth page of the article-extraction-benchmark.

    tests/benchmarks/cleaning.py covers all 181.
    """
    if not PAGES.is_dir():
        pytest.skip(
            "the article-extraction-benchmark is not beside this checkout "
            "(../shared/data/pasted-pages)"
        )
    truth = json.loads((PAGES / "ground-truth.json").read_text())
    scores = []
    for name in sorted(truth)[::6]:
        article = load_page(
            tmp_path, gzip.decompress((PAGES / "html" / f"{name}.html.gz").read_bytes())
        )
        scores.append(_score(truth[name]["articleBody"], article.text))
    precision, recall = (sum(values) / len(values) for values in zip(*scores, strict=True))
    assert 2 * precision * recall / (precision + recall) > 0.93
