"""Which sentences are read, which part of them answers, and that only quotable text is returned."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.answer_types import answer_spans
from assistant.reading.rules import SentenceReader
from assistant.terms import content_stems, find_names, find_terms
from assistant.understanding.question import QuestionKind
from corpus import Article
from index import Hit, Passage, fold
from tests.fakes import WordEncoder

STORY = Article(
    id="story",
    title="Radar deal strains ties",
    text=(
        "Norland signed a $2.5 billion deal with Ostia in 2017 after talks on other radars "
        "failed.\n\n"
        "What happened?\n\n"
        "The first of four radars arrived on July 12, 2019, Defense Minister Ada Merrow said in "
        "Port Arden.\n\n"
        "Norland had already paid about $1.4 billion for 100 jets when it was expelled."
    ),
)


def hits(*articles: Article) -> list[Hit]:
    return [
        Hit(
            article=article,
            passage=Passage(
                id=f"{article.id}:0",
                article_id=article.id,
                start=0,
                end=len(article.text),
                text=article.text,
            ),
            score=1.0 / rank,
            similarity=0.5,
        )
        for rank, article in enumerate(articles, start=1)
    ]


@pytest.mark.parametrize(
    ("question", "short_answer"),
    [
        ("How much had Norland already paid for the jets?", "$1.4 billion"),
        ("How many jets did Norland pay for?", "100"),
        ("How many radars arrived?", "four"),
        ("When did the first radars arrive?", "July 12, 2019"),
        ("Who said that the first radars arrived?", "Defense Minister Ada Merrow"),
        ("Where did the first radars arrive?", "Port Arden"),
        ("Why did Norland sign a deal with Ostia?", "after talks on other radars failed"),
    ],
)
def test_the_part_that_answers_is_found_by_its_form(question: str, short_answer: str) -> None:
    best = SentenceReader(WordEncoder()).read(question, hits(STORY))[0]
    assert best.short_answer is not None
    assert STORY.text[slice(*best.short_answer)] == short_answer


def test_headings_are_never_read() -> None:
    read = SentenceReader(WordEncoder()).read("What happened?", hits(STORY))
    assert len(read) == 3
    assert all(reading.text != "What happened?" for reading in read)


def test_overlapping_passages_give_each_sentence_once() -> None:
    read = SentenceReader(WordEncoder()).read("Who paid?", hits(STORY) + hits(STORY))
    assert len({(reading.start, reading.end) for reading in read}) == len(read) == 3


def test_at_most_the_limit_is_encoded() -> None:
    long = Article(
        id="long", text=" ".join(f"Sentence number {n} tells of radars." for n in range(100))
    )
    assert len(SentenceReader(WordEncoder(), limit=40).read("Which radars?", hits(long))) == 40


def test_a_passage_without_a_sentence_reads_as_nothing() -> None:
    bare = Article(id="bare", text="* * *\n\n— — —")
    assert SentenceReader(WordEncoder()).read("Who?", hits(bare)) == []


@given(st.text(min_size=1, max_size=200).filter(str.strip), st.text(min_size=1, max_size=60))
def test_any_text_and_any_question_give_honest_scores(text: str, question: str) -> None:
    clean = text.replace("\x00", " ").encode("utf-8", "replace").decode()
    if not clean.strip():
        return
    article = Article(id="any", text=clean)
    for reading in SentenceReader(WordEncoder()).read(question, hits(article)):
        assert math.isfinite(reading.score)
        assert reading.text.strip() == reading.text
        if reading.short_answer:
            assert reading.start <= reading.short_answer[0] < reading.short_answer[1] <= reading.end


@given(st.text(max_size=120), st.sampled_from(list(QuestionKind)))
def test_answer_spans_lie_in_the_sentence(sentence: str, kind: QuestionKind) -> None:
    for start, end in answer_spans(kind, sentence, frozenset()):
        assert 0 <= start < end <= len(sentence)


@given(st.text(max_size=120))
def test_terms_are_offsets_into_the_text_as_it_stands(text: str) -> None:
    for term in find_terms(text):
        assert 0 <= term.start < term.end <= len(text)
    for start, end in find_names(text):
        assert text[start:end].strip() == text[start:end] != ""


def test_folding_makes_turkiye_one_word_and_leaves_offsets_alone() -> None:
    assert fold("Türkiye") == fold("TURKIYE") == "turkiye"
    assert [
        ("İstanbul'da kış")[term.start : term.end] for term in find_terms("İstanbul'da kış")
    ] == [
        "İstanbul",
        "da",
        "kış",
    ]


def test_word_forms_share_a_stem() -> None:
    assert content_stems("The deliveries were completed") == content_stems("Complete delivery")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Why was Türkiye removed from the F-35 program?", ["Türkiye", "F-35"]),
        ("Who won the 2022 World Cup?", ["2022 World Cup"]),
        ("How much had it already paid?", []),
        ("The mayor, Ada Merrow, spoke.", ["Ada Merrow"]),
    ],
)
def test_names_are_runs_of_capitals_and_figures(sentence: str, expected: list[str]) -> None:
    assert [sentence[start:end] for start, end in find_names(sentence)] == expected
