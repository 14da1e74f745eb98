"""Laws of scoring by words."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LibraryDamagedError
from index.storage import words
from index.storage.bm25 import (
    QueryTerm,
    QueryTerms,
    find_words,
    pack_word_counts,
    question_words,
    score,
)
from index.storage.numbering import ORDINAL_MASK, PASSAGE_BITS

TEXTS = st.lists(
    st.sampled_from("ferry ferries bridge bridges closed closing harbour".split()),
    min_size=1,
    max_size=9,
)
ARTICLES = st.lists(st.lists(TEXTS.map(" ".join), min_size=1, max_size=4), min_size=1, max_size=5)


def terms_of(
    *asked: str, passages: int = 100, articles: int = 40, words: int = 1_000
) -> QueryTerms:
    terms = tuple(QueryTerm(word=word, passages=10, articles=4) for word in asked)
    return QueryTerms(terms=terms, passages=passages, articles=articles, words=words)


def test_compounds_count_as_their_parts_and_whole_where_a_part_is_a_letter() -> None:
    assert find_words("State-run F-35s, a 1.5 U.S.") == [
        "state",
        "run",
        "35s",
        "f-35s",
        "a",
        "1.5",
        "u.s",
    ]
    assert question_words("Who was it?") == ["who", "was", "it"]
    assert question_words("Who was the pilot?") == ["pilot"]


def test_scores_are_positive_for_what_shares_a_word_and_nothing_for_the_rest() -> None:
    packed = {
        3: pack_word_counts("Harbour", ["The bridge was closed.", "A boat ran."]),
        4: pack_word_counts(None, ["Rain."]),
    }
    articles, passages = score(packed, terms_of("bridge", "boat"))
    assert articles[3] > 0 == articles[4]
    assert passages[3].tolist() > [0, 0]
    assert passages[4].tolist() == [0]


def test_a_word_of_the_title_weighs_more_than_one_of_the_text() -> None:
    packed = {
        4: pack_word_counts("Olives", ["Figs were sold."]),
        5: pack_word_counts("Figs", ["Olives were sold."]),
    }
    articles, _ = score(packed, terms_of("olives"))
    assert articles[4] > articles[5] > 0


def test_rarer_words_score_more_and_longer_passages_less() -> None:
    packed = {1: pack_word_counts(None, ["ferry", "bridge", "ferry " + "and more words " * 20])}
    rare, common = (
        QueryTerm(word="ferry", passages=2, articles=1),
        QueryTerm(word="bridge", passages=40, articles=20),
    )
    _, passages = score(
        packed, QueryTerms(terms=(rare, common), passages=100, articles=40, words=1_000)
    )
    ferry, bridge, long = passages[1]
    assert ferry > bridge > 0
    assert ferry > long > 0


@given(ARTICLES, TEXTS)
def test_passages_score_what_fts5_says_they_do(articles: list[list[str]], asked: list[str]) -> None:
    connection = sqlite3.connect(":memory:")
    for statement in words.SCHEMA.strip().split("\n"):
        connection.execute(statement)
    for number, passages in enumerate(articles, 1):
        words.put(connection, number, None, passages)
    connection.commit()
    terms = words.look_up(connection, " ".join(asked), len(articles), len(articles))
    _, scored = score(words.counts_of(connection, range(1, len(articles) + 1)), terms)
    said = connection.execute(
        "SELECT rowid, -rank FROM passage_words WHERE passage_words MATCH ?",
        (" OR ".join(f'"{term.word}"' for term in terms.terms),),
    ).fetchall()
    for number, expected in said:
        found = scored[number >> PASSAGE_BITS][number & ORDINAL_MASK]
        assert found == pytest.approx(max(expected, 0), rel=1e-3, abs=1e-4)
    assert sum(int(np.count_nonzero(row)) for row in scored.values()) == len(said)
    connection.close()


def test_a_score_does_not_depend_on_what_else_is_scored() -> None:
    packed = {
        n: pack_word_counts(f"title {n}", [f"the ferry number {n} " * (n + 1), "a bridge"])
        for n in range(50)
    }
    terms = terms_of("ferry", "bridge", "number", "7")
    articles, passages = score(packed, terms)
    for number in (0, 7, 49):
        alone, its = score({number: packed[number]}, terms)
        assert alone[number] == articles[number]
        assert (its[number] == passages[number]).all()


def test_nothing_to_score_scores_nothing() -> None:
    assert score({}, terms_of("ferry")) == ({}, {})
    assert score({1: pack_word_counts(None, ["ferry"])}, terms_of())[0] == {1: 0.0}


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_flipped_count_is_scored_or_named_as_damaged(place: int, flipped: int) -> None:
    blob = bytearray(pack_word_counts("Harbour", ["The bridge was closed.", "A ferry ran."]))
    blob[place % len(blob)] ^= flipped
    with suppress(LibraryDamagedError):
        articles, _ = score({1: bytes(blob)}, terms_of("bridge", "ferry"))
        assert articles[1] >= 0


@pytest.mark.parametrize("kept", [0, 4, 20, -1])
def test_counts_that_were_cut_short_are_named_as_damaged(kept: int) -> None:
    blob = pack_word_counts("Harbour", ["The bridge was closed.", "A ferry ran."])
    with pytest.raises(LibraryDamagedError, match="dateline repair"):
        score({1: blob[:kept]}, terms_of("bridge"))
