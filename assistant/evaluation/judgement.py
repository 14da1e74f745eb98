"""Judge an assistant's answer to one question with a known answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.evaluation.metrics import exact_match, f1, holds
from assistant.evaluation.question_set import GoldQuestion
from assistant.pipeline import Assistant
from assistant.result import Answer, Citation
from index import Hit

DEPTH = 20
"""How many of the best passages are checked for the answer; more if the reader reads more."""


class Failure(StrEnum):
    """What was wrong with an answer."""

    NOT_FOUND = "not found"
    """No passage read holds the answer or, if no answer is given, is from a named article."""
    REFUSED = "refused"
    """The answer was found, or its place is not known, and the question was declined."""
    NOT_QUOTED = "not quoted"
    """The answer was found, but something else was quoted."""
    NOT_FIRST = "not first"
    """The answer was quoted, but after something else."""
    ANSWERED = "answered"
    """The articles do not hold the answer, but something was quoted anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A question with its answer, and how right that is. None means that it cannot be judged.

    Attributes:
        question: the question, with what is known of its answer.
        answer: what the assistant answered.
        seconds: how long the answer took.
        article_rank: rank, from 1, of the first hit of a named article; 0 if there is none among
            the first 20.
        answer_rank: the same for the first passage that ``is_right``.
        right: for each quotation, whether it is right.
        exact, f1: scores of ``short_answer`` as in SQuAD 2.0; 0 if there is none.
        failure: what was wrong; None if nothing was.
    """

    question: GoldQuestion
    answer: Answer
    seconds: float
    article_rank: int | None
    answer_rank: int | None
    right: tuple[bool, ...] | None
    exact: float | None
    f1: float | None
    failure: Failure | None

    @property
    def abstained(self) -> bool:
        """Whether the assistant abstained."""
        return self.answer.abstention is not None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; articles are given by id only."""
        return {
            "id": self.question.id,
            "kind": self.question.kind,
            "question": self.question.question,
            "query": self.answer.query,
            "expected": {
                "answerable": self.question.answerable,
                "answers": list(self.question.answers),
                "articles": list(self.question.articles),
            },
            "failure": self.failure,
            "text": self.answer.text,
            "short_answer": self.answer.short_answer,
            "citations": [
                {
                    "article": citation.article.id,
                    "start": citation.start,
                    "end": citation.end,
                    "quote": citation.quote,
                }
                for citation in self.answer.citations
            ],
            "abstention": self.answer.abstention,
            "confidence": self.answer.confidence,
            "article_rank": self.article_rank,
            "answer_rank": self.answer_rank,
            "right": None if self.right is None else list(self.right),
            "exact": self.exact,
            "f1": self.f1,
            "seconds": self.seconds,
        }


def judge(question: GoldQuestion, gold: Collection[str], assistant: Assistant) -> Judgement:
    """Ask a question and judge the answer.

    Args:
        question: the question, with what is known of its answer.
        gold: ids of the articles that the question names.
        assistant: the assistant to ask.

    Raises:
        LibraryError: the library cannot be read.
    """
    answer, seconds = _ask(question, assistant)
    read = assistant.settings.passages
    hits = assistant.library.search(
        answer.query,
        limit=max(read, DEPTH),
        as_of=question.as_of,
        outlets=question.outlets,
        since=question.since,
        until=question.until,
    )
    article_rank = _rank(_is_of(gold, hit) for hit in hits) if gold else None
    can_tell = bool(question.answers or question.evidence)
    answer_rank = (
        _rank(is_right(question, gold, hit, hit.passage.text) for hit in hits) if can_tell else None
    )
    rank = article_rank if answer_rank is None else answer_rank
    right = (
        None
        if rank is None
        else tuple(is_right(question, gold, one, one.quote) for one in answer.citations)
    )
    short = answer.short_answer
    return Judgement(
        question=question,
        answer=answer,
        seconds=seconds,
        article_rank=article_rank,
        answer_rank=answer_rank,
        right=right,
        exact=_score(exact_match, short, question.answers),
        f1=_score(f1, short, question.answers),
        failure=_find_failure(question, answer, right, found=rank is None or 0 < rank <= read),
    )


def _ask(question: GoldQuestion, assistant: Assistant) -> tuple[Answer, float]:
    """Ask the history, then the question; returns its answer and the seconds that it took."""
    history: list[Answer] = []
    seconds = 0.0
    for asked in (*question.history, question.question):
        start = time.perf_counter()
        answer = assistant.answer(
            asked,
            history=history,
            as_of=question.as_of,
            outlets=question.outlets,
            since=question.since,
            until=question.until,
        )
        seconds = time.perf_counter() - start
        history.append(answer)
    return history[-1], seconds


def is_right(
    question: GoldQuestion, gold: Collection[str], found: Hit | Citation, text: str
) -> bool:
    """Whether a text answers: it holds a sentence of the evidence, or an accepted answer if given.

    Args:
        question: the question, with what is known of its answer.
        gold: ids of the articles that it names; if any, an accepted answer counts only in them.
        found: the hit or citation that the text is from.
        text: a quotation, a sentence or a passage.
    """
    if question.evidence and holds(text, question.evidence):
        return True
    if gold and not _is_of(gold, found):
        return False
    if question.answers:
        return holds(text, question.answers)
    return bool(gold) and not question.evidence


def _score(
    measure: Callable[[str, Collection[str]], float], short: str | None, answers: Collection[str]
) -> float | None:
    """The score of a short answer; 0 if there is none, even if SQuAD normalises an answer to ""."""
    return None if not answers else measure(short, answers) if short else 0.0


def _find_failure(
    question: GoldQuestion, answer: Answer, right: tuple[bool, ...] | None, *, found: bool
) -> Failure | None:
    if not question.answerable:
        return None if answer.abstention else Failure.ANSWERED
    if right and any(right):
        return None if right[0] else Failure.NOT_FIRST
    if not found:
        return Failure.NOT_FOUND
    if answer.abstention:
        return Failure.REFUSED
    return None if right is None else Failure.NOT_QUOTED


def _is_of(gold: Collection[str], found: Hit | Citation) -> bool:
    """Whether it is from one of the articles, or from a copy of one."""
    return any(article.id in gold for article in (found.article, *found.also_in))


def _rank(right: Iterable[bool]) -> int:
    return next((rank for rank, one in enumerate(right, 1) if one), 0)
