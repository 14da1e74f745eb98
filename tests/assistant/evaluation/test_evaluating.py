"""Each score counts what it names, over the questions it applies to; failures name their cause."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import (
    Abstention,
    Answer,
    Assistant,
    Citation,
    Failure,
    GoldQuestion,
    Judgement,
    QuestionSetError,
    Settings,
    evaluate,
)
from assistant.pipeline import Stage
from assistant.result import compose_text
from corpus import Article
from index import Library
from tests.fakes import WordEncoder

BRIDGE = Article(
    id="aaa1",
    title="Bridge",
    url="https://example.com/bridge",
    outlet="Post",
    text=(
        "The Millgate bridge closed on Monday. Its repair costs 3 million euros. It reopens in May."
    ),
)
FERRY = Article(
    id="aab2",
    title="Ferry",
    url="https://example.com/ferry",
    outlet="Wire",
    text="The ferry sank off Skarn Head. Twelve people died. A worn seal let the sea in.",
)


class Scripted(Assistant):
    """Quotes what it was told to for a question; declines the rest with confidence 0.1."""

    def __init__(
        self, library: Library, quotes: dict[str, list[str]], short: dict[str, str] | None = None
    ) -> None:
        super().__init__(library, Settings())
        self._quotes, self._short = quotes, short or {}
        self.asked: list[tuple[str, list[str], date | None, Collection[str] | None]] = []

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Answer] = (),
        as_of: date | None = None,
        outlets: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        on_stage: Stage | None = None,
    ) -> Answer:
        self.asked.append((question, [earlier.question for earlier in history], as_of, outlets))
        citations = tuple(map(_cite, range(1, 9), self._quotes.get(question, [])))
        if not citations:
            reason = Abstention.NO_ANSWER
            return Answer(
                question=question, query=question, text="No.", abstention=reason, confidence=0.1
            )
        return Answer(
            question=question,
            query=question,
            text=compose_text(citations),
            citations=citations,
            short_answer=self._short.get(question),
            confidence=0.8,
        )


def _cite(number: int, quote: str) -> Citation:
    article = next(article for article in (BRIDGE, FERRY) if quote in article.text)
    start = article.text.index(quote)
    return Citation(
        number=number, article=article, start=start, end=start + len(quote), quote=quote
    )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two articles of one passage each."""
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([BRIDGE, FERRY])
        yield library


COST = GoldQuestion(
    id="cost", question="What does the bridge repair cost?", answers=("3 million euros",)
)
DEATHS = GoldQuestion(id="deaths", question="How many people died?", articles=("aab2",))
CUP = GoldQuestion(id="cup", question="Who won the bridge cup?", answerable=False)


def judged(
    library: Library, question: GoldQuestion, *quotes: str, short: str | None = None
) -> Judgement:
    scripted = Scripted(
        library, {question.question: list(quotes)}, {question.question: short} if short else None
    )
    return evaluate([question], scripted).judgements[0]


@pytest.mark.parametrize(
    ("question", "quotes", "right", "failure"),
    [
        (COST, ["Its repair costs 3 million euros."], (True,), None),
        (
            COST,
            ["It reopens in May.", "Its repair costs 3 million euros."],
            (False, True),
            Failure.NOT_FIRST,
        ),
        (COST, ["It reopens in May."], (False,), Failure.NOT_QUOTED),
        (COST, [], (), Failure.REFUSED),
        (DEATHS, ["Twelve people died."], (True,), None),
        # only the gold article is known
        (DEATHS, ["A worn seal let the sea in."], (True,), None),
        (DEATHS, ["It reopens in May."], (False,), Failure.NOT_QUOTED),
        (DEATHS, [], (), Failure.REFUSED),
        (CUP, [], None, None),
        (CUP, ["It reopens in May."], None, Failure.ANSWERED),
    ],
)
def test_what_went_wrong_is_named(
    library: Library,
    question: GoldQuestion,
    quotes: list[str],
    right: tuple[bool, ...],
    failure: Failure | None,
) -> None:
    judgement = judged(library, question, *quotes)
    assert (judgement.right, judgement.failure) == (right, failure)


def test_what_was_not_among_the_passages_read_was_not_found_whatever_was_answered(
    library: Library,
) -> None:
    nowhere = GoldQuestion(
        id="1", question="What does the bridge repair cost?", answers=("4 million euros",)
    )
    for quotes in ([], ["Its repair costs 3 million euros."]):
        judgement = judged(library, nowhere, *quotes)
        assert (judgement.answer_rank, judgement.failure) == (0, Failure.NOT_FOUND)


def test_ranks_count_passages_from_one(library: Library) -> None:
    asked = "Why did the ferry sink off Skarn Head?"
    anywhere = GoldQuestion(id="1", question=asked, answers=("worn seal", "in May"))
    assert (judged(library, anywhere).answer_rank, judged(library, anywhere).article_rank) == (
        1,
        None,
    )
    elsewhere = replace(anywhere, articles=("aaa1",))
    assert (judged(library, elsewhere).answer_rank, judged(library, elsewhere).article_rank) == (
        2,
        2,
    )
    assert judged(library, CUP).answer_rank is None


def test_a_quotation_is_right_that_holds_the_evidence_or_an_answer_and_is_of_a_named_article(
    library: Library,
) -> None:
    cause = GoldQuestion(
        id="1",
        question="Why did the ferry sink?",
        answers=("the sea",),
        evidence=("A worn seal let the sea in.",),
        articles=("aab2",),
    )
    worn, head = "A worn seal let the sea in.", "The ferry sank off Skarn Head."
    assert judged(library, cause, head, worn).right == (False, True)
    elsewhere = replace(cause, articles=("aaa1",))
    assert judged(library, elsewhere, worn).right == (True,)
    assert judged(library, replace(elsewhere, evidence=()), worn).right == (False,)
    assert judged(library, replace(cause, answers=()), head, worn).right == (False, True)


def test_articles_may_be_named_by_the_ids_of_their_records(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as records:
        records.add([replace(BRIDGE, record="rt1"), replace(FERRY, record="rt2")])
        asked = GoldQuestion(id="1", question="Why did the ferry sink?", articles=("rt2",))
        (judgement,) = evaluate(
            [asked], Scripted(records, {asked.question: ["Twelve people died."]})
        ).judgements
    assert judgement.right == (True,)


def test_where_only_answerability_is_known_nothing_else_is_judged(library: Library) -> None:
    known = GoldQuestion(id="1", question="What does the bridge repair cost?")
    assert judged(library, known).failure is Failure.REFUSED
    answered = judged(library, known, "It reopens in May.")
    assert (answered.failure, answered.right, answered.f1) == (None, None, None)


def test_a_short_answer_is_scored_against_the_answers_and_a_missing_one_counts_nothing(
    library: Library,
) -> None:
    quote = "Its repair costs 3 million euros."
    judgement = judged(library, COST, quote, short="costs 3 million euros")
    assert (judgement.exact, judgement.f1) == (0, 2 * 3 / (4 + 3))
    assert judged(library, COST, quote, short="3 million euros").exact == 1
    assert judged(library, COST, quote).f1 == 0
    assert judged(library, COST).f1 == 0
    assert judged(library, DEATHS).f1 is None
    # SQuAD's measure ignores the word "A"
    article = GoldQuestion(id="1", question="Which group is it?", answers=("A",))
    assert judged(library, article).exact == judged(library, article).f1 == 0


def test_each_score_is_a_mean_over_the_questions_it_can_be_said_of(library: Library) -> None:
    reopening = GoldQuestion(
        id="reopening", question="When does the bridge reopen?", answers=("in May",)
    )
    other = GoldQuestion(id="other", question="Who designed the ferry?", answerable=False)
    script = {
        COST.question: ["It reopens in May.", "Its repair costs 3 million euros."],
        DEATHS.question: ["Twelve people died."],
        CUP.question: ["It reopens in May."],
    }
    evaluation = evaluate([COST, DEATHS, reopening, CUP, other], Scripted(library, script))
    scores = {name: (score.value, score.count) for name, score in evaluation.scores.items()}
    third = 1 / 3
    assert scores["answer@4"] == (1, 2)
    assert scores["article@4"] == (1, 1)
    assert scores["right_first"] == (third, 3)
    assert scores["right_any"] == (2 * third, 3)
    assert scores["f1"] == (0, 2)
    assert scores["false_refusals"] == (third, 3)
    assert scores["false_answers"] == (0.5, 2)
    # confidences .8 .8 .1 of the answerable, .8 .1 of the others: 2 wins, 3 ties of 6 pairs
    assert scores["auroc"] == (3.5 / 6, 5)
    assert evaluation.scores["confidence"].value == pytest.approx(0.8)
    assert scores["right_answers"] == (third, 3)


def test_a_score_of_no_question_is_unknown(library: Library) -> None:
    scores = evaluate([CUP], Scripted(library, {})).scores
    assert [name for name, score in scores.items() if score.count] == ["false_answers"]
    assert scores["auroc"].value is None


def test_a_question_is_asked_with_its_history_day_and_outlets(library: Library) -> None:
    follow_up = GoldQuestion(
        id="1",
        question="And when does it reopen?",
        answers=("May",),
        history=("Which bridge?", "Is it closed?"),
        as_of=date(2025, 12, 9),
        outlets=("Post",),
    )
    scripted = Scripted(library, {})
    evaluate([follow_up], scripted)
    day = date(2025, 12, 9)
    assert scripted.asked == [
        ("Which bridge?", [], day, ("Post",)),
        ("Is it closed?", ["Which bridge?"], day, ("Post",)),
        ("And when does it reopen?", ["Which bridge?", "Is it closed?"], day, ("Post",)),
    ]


@pytest.mark.parametrize(
    "name", ["aaa1", "aaa", "https://example.com/bridge", "https://example.com/bridge/#top"]
)
def test_an_article_is_named_by_its_id_the_beginning_of_it_or_its_url(
    library: Library, name: str
) -> None:
    question = GoldQuestion(id="1", question="What does the bridge repair cost?", articles=(name,))
    assert judged(library, question).article_rank == 1


def test_a_url_that_two_articles_share_names_both(library: Library) -> None:
    later = Article(id="ccc3", text="The Millgate bridge reopened in June.", url=BRIDGE.url)
    library.add([later])
    question = GoldQuestion(
        id="1", question="When was the bridge reopened in June?", articles=(BRIDGE.url or "",)
    )
    assert judged(library, question).article_rank == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zzz", "found no article 'zzz'"),
        ("aa", "found 2 articles with ids that begin with 'aa'"),
        ("https://example.com/b", "found no article 'https://example.com/b'"),
        ("https://example.com/other", "found no article 'https://example.com/other'"),
    ],
)
def test_an_unknown_article_is_refused_before_anything_is_asked(
    library: Library, name: str, words: str
) -> None:
    scripted = Scripted(library, {})
    with pytest.raises(QuestionSetError, match=words) as refusal:
        evaluate([CUP, GoldQuestion(id="treaty", question="Who?", articles=(name,))], scripted)
    assert "'treaty'" in str(refusal.value)
    assert "dateline list" in str(refusal.value)
    assert scripted.asked == []


def test_no_questions_are_refused(library: Library) -> None:
    with pytest.raises(QuestionSetError, match="no question"):
        evaluate([], Scripted(library, {}))


def test_progress_is_told_of_each_judgement(library: Library) -> None:
    told: list[Judgement] = []
    evaluation = evaluate([COST, CUP], Scripted(library, {}), progress=told.append)
    assert tuple(told) == evaluation.judgements
    assert 0 <= evaluation.seconds(50) <= evaluation.seconds(95) < 10


def test_an_evaluation_survives_json(library: Library) -> None:
    evaluation = evaluate(
        [COST, CUP], Scripted(library, {COST.question: ["Its repair costs 3 million euros."]})
    )
    document = json.loads(json.dumps(evaluation.to_dict()))
    assert (document["questions"], document["answerable"], document["unanswerable"]) == (2, 1, 1)
    assert document["scores"]["right_first"] == {
        "value": 1.0,
        "low": None,
        "high": None,
        "count": 1,
    }
    cost, cup = document["records"]
    assert cost["citations"] == [
        {"article": "aaa1", "start": 38, "end": 71, "quote": "Its repair costs 3 million euros."}
    ]
    assert (cost["failure"], cost["right"], cost["answer_rank"]) == (None, [True], 1)
    assert (cup["abstention"], cup["right"], cup["expected"]["answerable"]) == (
        "no_answer",
        None,
        False,
    )


def test_the_real_assistant_is_judged_on_what_it_really_answers(samples: Assistant) -> None:
    questions = [
        GoldQuestion(
            id="1",
            question="How much did Turkey agree to pay Russia for the S-400?",
            answers=("$2.5 billion",),
        ),
        GoldQuestion(id="2", question="Who won the 2022 World Cup?", answerable=False),
    ]
    first, second = evaluate(questions, samples).judgements
    assert first.right
    assert first.right[0] == ("$2.5 billion" in first.answer.citations[0].quote)
    assert second.failure is None
