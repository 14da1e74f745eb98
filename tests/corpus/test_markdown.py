import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from corpus.loaders.markdown import find_signs, load_markdown, read_front_matter
from corpus.loaders.source import Source

PAGE = """---
title: "Crane falls on quay"
date: 2025-03-04
author: Ann Writer
publisher: Example News
---

# Crane falls on quay

The harbour of **Port Example** was closed on *Monday*, \
the [harbour master](https://x.example/a_(b)) said.

> Nobody was hurt, and_nothing_was lost. It cost 3 * 4 thousand.

![A crane](crane.png)

## What *next*?

The terminal[^1] handles `4,200` containers a day, see <https://x.example/terminal> and [this][1].

[1]: https://x.example
"""


def load(text: str) -> Article:
    return load_markdown(Source.of(text.encode(), name="page.md"))


def test_signs_are_dropped_and_words_are_kept() -> None:
    article = load(PAGE)
    assert article.text == (
        "The harbour of Port Example was closed on Monday, the harbour master said.\n\n"
        "Nobody was hurt, and_nothing_was lost. It cost 3 * 4 thousand.\n\n"
        "What next?\n\n"
        "The terminal[^1] handles 4,200 containers a day, see https://x.example/terminal and this."
    )


def test_the_front_matter_says_what_it_says() -> None:
    article = load(PAGE)
    assert article.title == "Crane falls on quay"
    assert article.author == "Ann Writer"
    assert article.outlet == "Example News"
    assert article.published == date(2025, 3, 4)


def test_a_quotation_is_found_in_the_file_that_holds_the_signs() -> None:
    article = load(PAGE)
    assert article.page is not None
    assert article.page.text == PAGE
    start = article.text.index("Port Example was")
    pieces = article.page.locate(start, start + len("Port Example was"))
    assert [PAGE[a:b] for a, b in pieces] == ["Port Example", " was"]


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    article = load(
        "# Crane falls on quay\n\nThe harbour was closed on Monday after a crane fell.\n"
    )
    assert article.title == "Crane falls on quay"
    assert article.text == "The harbour was closed on Monday after a crane fell."


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.sampled_from("*_`[]()<>!#-=~\\ab \n"), max_size=60).map("".join),
    )
)
def test_signs_are_ascending_spans_of_the_text(text: str) -> None:
    end = 0
    for low, high in find_signs(text):
        assert end <= low < high <= len(text)
        end = high + 1


@pytest.mark.parametrize(
    "sign", ["`", "![", "[a](", "*a ", "**a ", "_a ", "<!-- ", "- ", "> ", "``a"]
)
def test_signs_without_their_end_are_passed_over_at_once(sign: str) -> None:
    started = time.monotonic()
    find_signs(sign * 50_000)
    read_front_matter(f"---\ntitle: a{' ' * 50_000}b\n---\n")
    assert time.monotonic() - started < 2
