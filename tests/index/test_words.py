"""Laws of the word index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import words

PASSAGES = {
    1: ("Türkiye and the jets", ["Türkiye bought the S-400 system.", "The F-35 programme went on without it."]),
    2: ("Weather", ["Rain fell on Izmir.", "Iğd\u0131r stayed dry."]),
    3: ("Harbour", ["The bridge was closed.", "A ferry ran instead."]),
}


def fill(connection: sqlite3.Connection) -> sqlite3.Connection:
    for statement in words.SCHEMA.strip().split("\n"):
        connection.execute(statement)
    for number, (title, passages) in PASSAGES.items():
        words.put(connection, number, title, " ".join(passages), passages)
    return connection


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield fill(connection)
    connection.close()


def passage(article: int, ordinal: int) -> int:
    return article << words.PASSAGE_BITS | ordinal


def nearest(index: sqlite3.Connection, question: str, articles: list[int] | None = None) -> list[int]:
    return words.find_passages(index, question, 5, articles)


@pytest.mark.parametrize("question", ["Türkiye", "Turkiye", "TÜRKİYE", "turk\u0131ye?"])
def test_spelling_with_and_without_accents_is_the_same(index: sqlite3.Connection, question: str) -> None:
    assert nearest(index, question) == [passage(1, 0)]


def test_dotless_i_is_i(index: sqlite3.Connection) -> None:
    assert nearest(index, "igdir") == [passage(2, 1)]


def test_a_compound_is_found_whole_before_its_parts(index: sqlite3.Connection) -> None:
    assert nearest(index, "F-35") == [passage(1, 1)]
    assert nearest(index, "the S-400s") == [passage(1, 0)]


def test_stop_words_find_nothing_unless_they_are_all_there_is(index: sqlite3.Connection) -> None:
    assert nearest(index, "was the bridge on") == [passage(3, 0)]
    assert nearest(index, "what was it") == [passage(3, 0), passage(1, 1)]


def test_scores_are_positive_and_only_of_what_shares_a_word(index: sqlite3.Connection) -> None:
    everything = [passage(n, ordinal) for n in PASSAGES for ordinal in range(2)]
    by_passage = words.score_passages(index, "bridge ferry", everything)
    by_article = words.score_articles(index, "bridge ferry", PASSAGES)
    assert set(by_passage) == {passage(3, 0), passage(3, 1)}
    assert set(by_article) == {3}
    assert all(score > 0 for score in [*by_passage.values(), *by_article.values()])


def test_the_best_are_found_by_their_scores(index: sqlite3.Connection) -> None:
    found = words.find_passages(index, "bridge closed ferry", 9)
    scores = words.score_passages(index, "bridge closed ferry", [passage(3, 1), passage(3, 0), passage(2, 0)])
    assert found == sorted(scores, key=lambda number: -scores[number]) == [passage(3, 0), passage(3, 1)]
    assert words.find_passages(index, "bridge closed ferry", 1) == found[:1]


def test_of_many_passages_those_with_the_rarest_words_are_found(
    index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.put(index, 4, None, "", ["The ferry sank.", "A ferry for all.", "No ferry."])
    question = "Was the ferry bridge closed?"
    assert len(words.find_passages(index, question, 9)) == 5
    monkeypatch.setattr(words, "LOOKED_AT", 2)
    assert words.find_passages(index, question, 9) == [passage(3, 0)]
    assert len(words.find_passages(index, "ferry", 9)) == 4  # the rarest there is
    assert len(words.find_passages(index, question, 9, [3, 4])) == 5  # a filter leaves few


def test_a_word_of_the_title_weighs_more_than_one_of_the_text(index: sqlite3.Connection) -> None:
    words.put(index, 4, "Olives", "Figs were sold.", [])
    words.put(index, 5, "Figs", "Olives were sold.", [])
    by_article = words.score_articles(index, "olives", [4, 5])
    assert by_article[4] > by_article[5] > 0


def test_only_the_articles_asked_for_are_looked_in(index: sqlite3.Connection) -> None:
    assert nearest(index, "bridge Izmir jets", [2]) == [passage(2, 0)]
    assert nearest(index, "bridge Izmir", []) == []


def test_what_was_removed_is_not_found(index: sqlite3.Connection) -> None:
    words.remove(index, 3)
    assert nearest(index, "bridge ferry") == []
    words.check(index)


def test_an_index_cleared_and_filled_again_is_the_same(index: sqlite3.Connection) -> None:
    before = words.find_passages(index, "bridge F-35", 5), words.score_articles(index, "bridge F-35", [1, 3])
    words.clear(index)
    for number, (title, passages) in PASSAGES.items():
        words.put(index, number, title, " ".join(passages), passages)
    assert before == (
        words.find_passages(index, "bridge F-35", 5),
        words.score_articles(index, "bridge F-35", [1, 3]),
    )


@given(st.text(max_size=200))
def test_no_text_is_a_syntax_error(question: str) -> None:
    connection = fill(sqlite3.connect(":memory:"))
    words.score_passages(connection, question, words.find_passages(connection, question, 3))
    words.score_articles(connection, question, PASSAGES)
    connection.close()


def test_a_whole_page_as_a_question_is_cut_to_what_can_be_searched() -> None:
    question = " ".join(f"word{n}" for n in range(10_000))
    assert len(words.question_terms(question)) == 64
