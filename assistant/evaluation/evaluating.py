"""Measure how well an assistant finds, quotes, answers or declines questions with known answers.

    evaluation = evaluate(read_questions("questions.jsonl"), Assistant(library))
    evaluation.scores["right_first"].value

Each question is answered once, as it would be for a user. Start reading at ``evaluate``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from assistant.errors import QuestionSetError
from assistant.evaluation.judgement import Judgement, judge
from assistant.evaluation.metrics import Score, auroc, mean_score
from assistant.evaluation.question_set import GoldQuestion
from assistant.pipeline import Assistant
from corpus import url_id
from index import Library

DEPTHS = (1, 4, 10, 20)
"""The k of recall@k; k counts passages."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The judgement of every question, and the scores.

    Attributes:
        judgements: in the order of the questions.
        articles: number of articles in the library.
    """

    judgements: tuple[Judgement, ...]
    articles: int

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """Means in [0, 1] by name, each over the questions that it applies to.

        - ``article@k``: the first k passages include one of a named article.
        - ``answer@k``: the first k passages include one that would be right as a quotation.
        - ``right_first``, ``right_any``: the first quotation, or any, is right; an abstention is
          wrong. A quotation is right if it holds a sentence of the evidence, or if it is from a
          named article and holds an accepted answer, as far as these are given.
        - ``exact``, ``f1``: of ``short_answer``; an abstention counts 0.
        - ``false_refusals``: share of the answerable questions that were declined.
        - ``false_answers``: share of the unanswerable questions that were answered.
        - ``auroc``: how often an answerable question has a higher confidence than an unanswerable
          one.
        - ``confidence``, ``right_answers``: over the answers that can be judged, the mean
          confidence and the share whose first quotation is right; equal if confidence is
          calibrated.
        """
        scores = {name: mean_score(self._values(measure)) for name, measure in _MEASURES.items()}
        confidences = [
            [
                one.answer.confidence
                for one in self.judgements
                if one.question.answerable is answerable
            ]
            for answerable in (True, False)
        ]
        return scores | {"auroc": auroc(*confidences)}

    def _values(self, measure: Callable[[Judgement], float | None]) -> list[float]:
        return [value for one in self.judgements if (value := measure(one)) is not None]

    def seconds(self, percentile: float) -> float:
        """The given percentile, 0 to 100, of the seconds that an answer took."""
        return float(np.percentile([one.seconds for one in self.judgements], percentile))

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary with a record of every question."""
        answerable = sum(one.question.answerable for one in self.judgements)
        return {
            "articles": self.articles,
            "questions": len(self.judgements),
            "answerable": answerable,
            "unanswerable": len(self.judgements) - answerable,
            "scores": {name: score.to_dict() for name, score in self.scores.items()},
            "seconds": {"median": self.seconds(50), "p95": self.seconds(95)},
            "records": [one.to_dict() for one in self.judgements],
        }


def evaluate(
    questions: Iterable[GoldQuestion],
    assistant: Assistant,
    *,
    progress: Callable[[Judgement], None] | None = None,
) -> Evaluation:
    """Load everything, then ask every question and judge the answers.

    Args:
        questions: from ``read_questions``, or built in code.
        assistant: the assistant to evaluate, with its library.
        progress: called with each judgement when it is made.

    Raises:
        QuestionSetError: there is no question, or one names an article that is not in the library.
        LibraryError: the library cannot be read.
    """
    questions = tuple(questions)
    if not questions:
        raise QuestionSetError("found no question; expected at least one; see read_questions")
    gold = _find_articles(assistant.library, questions)
    assistant.warm()
    judgements = []
    for question in questions:
        judgements.append(
            judge(
                question, frozenset().union(*(gold[name] for name in question.articles)), assistant
            )
        )
        if progress:
            progress(judgements[-1])
    return Evaluation(judgements=tuple(judgements), articles=len(assistant.library))


def _find_articles(
    library: Library, questions: Iterable[GoldQuestion]
) -> dict[str, frozenset[str]]:
    """The ids that each article name stands for; several if records share a URL or a name.

    Raises:
        QuestionSetError: a name matches no article, or is the beginning of several ids.
    """
    wanted = {name: question.id for question in questions for name in question.articles}
    by_id: dict[str, set[str]] = {}
    by_name: dict[str, set[str]] = {}
    for article in library.articles() if wanted else ():
        by_id[article.id] = {article.id}
        for known_as in (article.record, article.url and url_id(article.url)):
            if known_as:
                by_name.setdefault(known_as, set()).add(article.id)
    found: dict[str, frozenset[str]] = {}
    for name, asking in wanted.items():
        ids = by_id.get(name) or by_name.get(name) or by_name.get(url_id(name))
        begun = [identity for identity in by_id if identity.startswith(name)] if not ids else []
        if not ids and len(begun) != 1:
            what = (
                f"{len(begun)} articles with ids that begin with {name!r}"
                if begun
                else f"no article {name!r}"
            )
            expected = "the id, record id or URL of one in the library"
            raise QuestionSetError(
                f"question {asking!r}: found {what}; expected {expected}; "
                '"dateline list" shows the ids'
            )
        found[name] = frozenset(ids or begun)
    return found


def _at(
    depth: int, rank_of: Callable[[Judgement], int | None]
) -> Callable[[Judgement], float | None]:
    """Recall at this depth."""

    def measure(one: Judgement) -> float | None:
        rank = rank_of(one)
        return None if rank is None else float(0 < rank <= depth)

    return measure


def _confidence(one: Judgement) -> float | None:
    return None if _is_right_answer(one) is None else one.answer.confidence


def _is_right_answer(one: Judgement) -> float | None:
    """Whether the first quotation of an answer is right; None if it cannot be judged."""
    if one.abstained or (one.question.answerable and one.right is None):
        return None
    return float(one.right is not None and one.right[0])


_MEASURES: dict[str, Callable[[Judgement], float | None]] = {
    **{f"article@{depth}": _at(depth, lambda one: one.article_rank) for depth in DEPTHS},
    **{f"answer@{depth}": _at(depth, lambda one: one.answer_rank) for depth in DEPTHS},
    "right_first": lambda one: None if one.right is None else float(one.right[:1] == (True,)),
    "right_any": lambda one: None if one.right is None else float(any(one.right)),
    "exact": lambda one: one.exact,
    "f1": lambda one: one.f1,
    "false_refusals": lambda one: float(one.abstained) if one.question.answerable else None,
    "false_answers": lambda one: None if one.question.answerable else float(not one.abstained),
    "confidence": _confidence,
    "right_answers": _is_right_answer,
}
