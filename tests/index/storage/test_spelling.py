"""Typing errors are corrected with the library's own words if they fit the rest of the question.

Nothing else is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article
from index import Library
from tests.fakes import WordEncoder

TEXTS = (
    "Jay-Z had won 24 Grammys before the ceremony in Los Angeles.",
    "The recipe takes two grams of salt and a bowl of water.",
    "Mazda sends every owner of a CX-90 a letter about the recall of its steering gear.",
    "Türkiye was removed from the program. The professor led an expedition to the glacier.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path: Path = tmp_path_factory.mktemp("spelling")
    with Library.open(path / "library", encoder=WordEncoder()) as made:
        made.add([Article(id=str(n), text=text) for n, text in enumerate(TEXTS)])
        yield made


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("How many Gramys had Jay-Z won?", "How many Grammys had Jay-Z won?"),
        ("two grasm of salt and water", "two grams of salt and water"),
        (
            "when does the leter from Mazda about the recall come",
            "when does the letter from Mazda about the recall come",
        ),
        ("WHO LED THE EXPIDITION TO THE GLACIER", "WHO LED THE EXPEDITION TO THE GLACIER"),
        ("Who was the Profesor on the expedition?", "Who was the Professor on the expedition?"),
    ],
)
def test_a_word_that_nothing_holds_becomes_the_one_that_fits(
    library: Library, typed: str, meant: str
) -> None:
    assert library.correct(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "How many Grammys had Jay-Z won?",
        "Was Turkiye removed from the program?",  # the same word, folded
        "What does the recall of the CX-90 mean?",
        "How many gramx of zinc?",  # no other word is known, so nothing shows what was meant
        "Who painted the Sistine ceiling?",  # far from any word
        "Jay-Z won letterz",  # near a word that no passage holds beside the rest
        "Which latter did Mazda send about the recall?",  # an English word, meant or not
        "土耳其 F-35 ?!",
        "",
    ],
)
def test_everything_else_is_left_as_it_is(library: Library, question: str) -> None:
    assert library.correct(question) == question


def test_an_empty_library_corrects_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", encoder=WordEncoder()) as empty:
        assert empty.correct("How many Gramys?") == "How many Gramys?"


@given(st.text(max_size=60))
def test_whatever_is_typed_nothing_but_words_changes(library: Library, typed: str) -> None:
    corrected = library.correct(typed)
    assert [c for c in corrected if not c.isalpha()] == [c for c in typed if not c.isalpha()]
