"""Laws of the word index: what it finds, and that it stays as written."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LibraryDamagedError
from index.storage import words
from index.storage.bm25 import QueryTerms, question_words, score
from index.storage.numbering import PASSAGE_BITS

PASSAGES = {
    1: (
        "Türkiye and the jets",
        ["Türkiye bought the S-400 system.", "The F-35 programme went on without it."],
    ),
    2: ("Weather", ["Rain fell on Izmir.", "Iğd\u0131r stayed dry."]),
    3: ("Harbour", ["The bridge was closed.", "A ferry ran instead."]),
}


def fill(connection: sqlite3.Connection) -> sqlite3.Connection:
    for statement in words.SCHEMA.strip().split("\n"):
        connection.execute(statement)
    for number, (title, passages) in PASSAGES.items():
        words.put(connection, number, title, passages)
    connection.commit()
    return connection


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield fill(connection)
    connection.close()


def passage(article: int, ordinal: int) -> int:
    return article << PASSAGE_BITS | ordinal


def find(
    index: sqlite3.Connection, question: str, count: int, articles: list[int] | None = None
) -> list[int]:
    return words.find_passages(index, look_up(index, question), count, articles)


def look_up(index: sqlite3.Connection, question: str) -> QueryTerms:
    entered, latest = index.execute(
        "SELECT count(*), coalesce(max(number), 0) FROM word_count"
    ).fetchone()
    return words.look_up(index, question, entered, latest)


def nearest(
    index: sqlite3.Connection, question: str, articles: list[int] | None = None
) -> list[int]:
    return find(index, question, 5, articles)


@pytest.mark.parametrize("question", ["Türkiye", "Turkiye", "TÜRKİYE", "turk\u0131ye?"])
def test_spelling_with_and_without_accents_is_the_same(
    index: sqlite3.Connection, question: str
) -> None:
    assert nearest(index, question) == [passage(1, 0)]


def test_dotless_i_is_i(index: sqlite3.Connection) -> None:
    assert nearest(index, "igdir") == [passage(2, 1)]


def test_a_compound_is_found_whole_before_its_parts(index: sqlite3.Connection) -> None:
    assert nearest(index, "F-35") == [passage(1, 1)]
    assert nearest(index, "the S-400s") == [passage(1, 0)]


def test_stop_words_find_nothing_unless_they_are_all_there_is(index: sqlite3.Connection) -> None:
    assert nearest(index, "was the bridge on") == [passage(3, 0)]
    assert nearest(index, "what was it") == [passage(3, 0), passage(1, 1)]


def test_of_many_passages_those_with_the_rarest_words_are_found(
    index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.put(index, 4, None, ["The ferry sank.", "A ferry for all.", "No ferry."])
    question = "Was the ferry bridge closed?"
    assert len(find(index, question, 9)) == 5
    monkeypatch.setattr(words, "LOOKED_AT", 2)
    assert find(index, question, 9) == [passage(3, 0)]
    assert len(find(index, "ferry", 9)) == 4  # the rarest there is
    # a part holds a share of the uses of each word, so more words stay below the limit
    assert len(find(index, question, 9, [4])) == 3


def test_how_frequent_words_are_is_counted(index: sqlite3.Connection) -> None:
    words.put(index, 4, None, ["The ferry sank.", "A ferry for all.", "Ferries."])
    index.commit()
    terms = look_up(index, "Was a ferry closed by the F-35?")
    held = {term.word: (term.passages, term.articles) for term in terms.terms}
    assert held == {"ferry": (4, 2), "closed": (1, 1), "f-35": (1, 1), "35": (1, 1)}
    assert (terms.passages, terms.articles) == (9, 4)
    (stored,) = zip(*index.execute("SELECT text FROM passage_words"), strict=True)
    assert terms.words == sum(len(re.findall("[a-z0-9]+", text)) for text in stored)


def test_how_frequent_common_words_are_is_estimated(
    index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(0)
    for number in range(10, 3_010):  # rare at first, common later
        common = "ferry" if chance.random() < number / 3_000 else "boat"
        words.put(index, number, None, [f"The {common} left.", "Rain."])
    index.commit()
    (estimated,) = look_up(index, "ferry").terms
    monkeypatch.setattr(words, "_SAMPLED", 1_000)
    (counted,) = look_up(index, "ferry").terms
    assert estimated.passages == pytest.approx(counted.passages, rel=0.1)
    assert estimated != counted
    assert estimated.articles == pytest.approx(counted.articles, rel=0.1)


def test_an_index_without_a_word_holds_nothing() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in words.SCHEMA.strip().split("\n"):
        connection.execute(statement)
    terms = look_up(connection, "ferry")
    assert (terms.passages, terms.words, find(connection, "ferry", 5)) == (0, 0, [])
    connection.close()


def test_only_the_articles_asked_for_are_looked_in(index: sqlite3.Connection) -> None:
    assert nearest(index, "bridge Izmir jets", [2]) == [passage(2, 0)]
    assert nearest(index, "bridge Izmir", []) == []


@pytest.mark.parametrize("record", [b"\x05", b"\x05\x06\x07"])
def test_a_damaged_count_of_the_index_is_named(index: sqlite3.Connection, record: bytes) -> None:
    index.execute("UPDATE passage_words_data SET block = ? WHERE id = 1", (record,))
    with pytest.raises(LibraryDamagedError, match="dateline repair"):
        look_up(index, "bridge")


def test_what_was_removed_is_not_found(index: sqlite3.Connection) -> None:
    words.remove(index, 3)
    assert nearest(index, "bridge ferry") == []
    words.check(index)


def test_an_index_cleared_and_filled_again_is_the_same(index: sqlite3.Connection) -> None:
    before = find(index, "bridge F-35", 5), words.counts_of(index, [1, 3])
    words.clear(index)
    for number, (title, passages) in PASSAGES.items():
        words.put(index, number, title, passages)
    assert before == (find(index, "bridge F-35", 5), words.counts_of(index, [1, 3]))
    assert all(words.holds(index, number, *PASSAGES[number]) for number in PASSAGES)


@given(st.text(max_size=200))
def test_no_text_is_a_syntax_error(question: str) -> None:
    connection = fill(sqlite3.connect(":memory:"))
    found = find(connection, question, 3)
    terms = look_up(connection, question)
    score(words.counts_of(connection, {number >> PASSAGE_BITS for number in found}), terms)
    connection.close()


def test_a_whole_page_as_a_question_is_cut_to_what_can_be_searched() -> None:
    question = " ".join(f"word{n}" for n in range(10_000))
    assert len(question_words(question)) == 64
