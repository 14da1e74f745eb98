"""A quoted sentence brings what it needs to be read alone: its speech's speaker, its question."""

from __future__ import annotations

import pytest

from assistant.composer import compose
from assistant.reading.base import Reading
from assistant.widening import MAX_CHARACTERS, widen
from corpus import Article
from index import Hit, Passage

LONG = "We looked at every seal on every ship of the county. " * 14

INTERVIEW = Article(
    id="interview",
    text=(
        "Eva Lind has checked ships for nine years.\n\n"
        "GAZETTE: Why did the ferry sink?\n\n"
        "LIND: A seal was worn. The owner knew it.\n\n"
        "GAZETTE: Would you sail with her?\n\n"
        f"LIND: Never. {LONG}Nobody asked me in June."
    ),
)


def reading(article: Article, sentence: str) -> Reading:
    start = article.text.index(sentence)
    passage = Passage(
        id=f"{article.id}:0",
        article_id=article.id,
        start=0,
        end=len(article.text),
        text=article.text,
    )
    return Reading(
        hit=Hit(article=article, passage=passage, score=1.0, similarity=0.5),
        start=start,
        end=start + len(sentence),
        score=1.0,
        features=(0.0,),
        short_answer=None,
    )


def widened(article: Article, sentence: str) -> list[str]:
    return [article.text[start:end] for start, end in widen(reading(article, sentence))]


def test_an_answer_brings_its_question() -> None:
    assert widened(INTERVIEW, "The owner knew it.") == [
        "GAZETTE: Why did the ferry sink?\n\nLIND: A seal was worn. The owner knew it."
    ]


def test_a_question_brings_the_answer() -> None:
    assert widened(INTERVIEW, "GAZETTE: Would you sail with her?") == [
        "GAZETTE: Would you sail with her?\n\nLIND: Never."
    ]


def test_far_from_the_speaker_the_speakers_line_is_quoted_apart() -> None:
    assert widened(INTERVIEW, "Nobody asked me in June.") == [
        "Nobody asked me in June.",
        "LIND: Never.",
    ]
    citations = compose([reading(INTERVIEW, "Nobody asked me in June.")])
    assert [citation.quote for citation in citations] == [
        "Nobody asked me in June.",
        "LIND: Never.",
    ]


def test_outside_of_an_interview_nothing_is_brought() -> None:
    assert widened(INTERVIEW, "Eva Lind has checked ships for nine years.") == [
        "Eva Lind has checked ships for nine years."
    ]


@pytest.mark.parametrize(
    "before",
    ["Eva Lind spoke on Monday.\n\n", "“Rust sank her,” Eva Lind said. ", "Lind was angry: "],
)
def test_what_is_only_quoted_brings_the_sentence_that_names_the_speaker(before: str) -> None:
    article = Article(id="a", text=f"The ferry is gone. {before}“The seal was worn in March.”")
    [quote] = widened(article, "“The seal was worn in March.”")
    assert quote == f"{before}“The seal was worn in March.”"


def test_a_sentence_of_a_long_quotation_brings_the_rest_of_it() -> None:
    quotation = f"“{LONG[:370]}. The seal was worn,” Eva Lind said."
    article = Article(id="a", text=f"The ferry is gone. {quotation} She left.")
    assert len(quotation) < MAX_CHARACTERS
    assert widened(article, "The seal was worn,” Eva Lind said.") == [quotation]


def test_who_says_a_very_long_quotation_is_quoted_apart() -> None:
    article = Article(id="a", text=f"“The seal was worn. {LONG}It was known,” Eva Lind said.")
    assert widened(article, "“The seal was worn.") == [
        "“The seal was worn.",
        "It was known,” Eva Lind said.",
    ]


def test_a_sentence_that_two_passages_share_is_quoted_whole() -> None:
    article = Article(id="a", text="The seal was worn, and the owner knew it. She left.")
    assert widened(article, "and the owner knew it.") == [
        "The seal was worn, and the owner knew it."
    ]


def test_a_quoted_reply_brings_the_quoted_question() -> None:
    text = (
        "“Who pays?” Ada Rehn asked the council. “Never us!” Lind replied. “We are poor,” she said."
    )
    article = Article(id="a", text=text)
    assert widened(article, "“Never us!” Lind replied.") == [text.split(" “We")[0]]
    assert widened(article, "“We are poor,” she said.") == ["“We are poor,” she said."]
