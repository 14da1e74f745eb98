import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Page, Span


@st.composite
def pages(draw: st.DrawFn) -> Page:
    text = draw(
        st.text(
            alphabet=st.characters(codec="utf-8", exclude_characters="\x00"),
            min_size=1,
            max_size=60,
        )
    )
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]
    return Page(text=text, kept=tuple(spans))


@given(pages(), st.data())
def test_a_quotation_is_found_on_its_page(page: Page, data: st.DataObject) -> None:
    text = page.article_text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert "".join(page.text[a:b] for a, b in page.locate(start, end)) == text[start:end]


@given(pages())
def test_kept_and_dropped_spans_make_the_page(page: Page) -> None:
    pieces = sorted([*page.kept, *page.dropped])
    assert "".join(page.text[start:end] for start, end in pieces) == page.text


@pytest.mark.parametrize(
    "kept", [((0, 0),), ((3, 2),), ((0, 3), (2, 4)), ((2, 4), (0, 1)), ((0, 99),), ((-1, 2),)]
)
def test_a_page_with_impossible_spans_cannot_exist(kept: tuple[Span, ...]) -> None:
    with pytest.raises(ValueError, match="kept span"):
        Page(text="abcdef", kept=kept)


def test_a_span_outside_the_article_is_refused() -> None:
    page = Page(text="abcdef", kept=((1, 3),))
    with pytest.raises(ValueError, match="outside"):
        page.locate(0, 3)


MOMENT = datetime(2025, 12, 9, 16, 12, tzinfo=UTC)
ARTICLE = Article(
    id="1",
    text="bc",
    title="T",
    published=date(2025, 12, 9),
    published_at=MOMENT,
    page=Page(text="abcd", kept=((1, 3),)),
)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"text": " "},
        {"text": "bc\x00"},
        {"text": "bc\ud800"},
        {"title": " "},
        {"outlet": ""},
        {"published": MOMENT},
        {"published": date(2025, 12, 8)},
        {"published": None},
        {"published_at": datetime(2025, 12, 9, 16, 12)},
        {"page": Page(text="abcd", kept=((0, 2),))},
    ],
)
def test_an_illegal_article_cannot_be_constructed(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(ARTICLE, **change)


def test_an_article_survives_json() -> None:
    assert Article.from_dict(json.loads(json.dumps(ARTICLE.to_dict()))) == ARTICLE
    without = Article.from_dict(json.loads(json.dumps(ARTICLE.to_dict(page=False))))
    assert without == replace(ARTICLE, page=None)
