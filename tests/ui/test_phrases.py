"""Phrases that the page and the terminal share."""

from __future__ import annotations

import pytest

from corpus import Article
from ui.phrases import count_of, title_of


@pytest.mark.parametrize(
    ("number", "phrase"), [(0, "0 outlets"), (1, "1 outlet"), (1_400, "1,400 outlets")]
)
def test_a_number_agrees_with_its_noun(number: int, phrase: str) -> None:
    assert count_of(number, "outlet") == phrase


def test_an_article_without_a_title_is_called_by_its_first_words() -> None:
    text = "A lighthouse  keeper\nretired after forty years on the western coast of the island."
    assert title_of(Article(id="a", text=text), 40) == "A lighthouse keeper retired after …"
    assert title_of(Article(id="a", text="Short."), 40) == "Short."
    assert title_of(Article(id="a", text=text, title="A keeper retires"), 5) == "A keeper retires"
