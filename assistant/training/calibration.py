"""Fits the probability that an answer of the trained reader is right.

    python -m assistant.training.calibration \
        --questions FILE --articles FILE --library FOLDER [--weights FILE]

Each question is answered as a user's would be, with the day it was asked. It searches a library of
the articles, which is made in FOLDER the first time (ten minutes on two cores). The weights of the
features are fitted by maximum likelihood. The log-odds that the best answer is right are then
fitted as in Platt (1999). People also ask about topics that no article covers; ``absent.jsonl``
beside this file holds such questions. The scores are cross-validated: each question is judged by
numbers that were fitted on the other four fifths. Prints the numbers for trained.py, fitted on all
questions, and draws how far the confidence can be trusted. Not imported at run time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from assistant import Answer, Assistant, GoldQuestion, Settings, read_questions
from assistant.evaluation.judgement import is_right
from assistant.evaluation.metrics import (
    Score,
    auroc,
    calibration_error,
    exact_match,
    f1,
    mean_score,
)
from assistant.reading.network import SHIPPED
from assistant.reading.trained import FEATURES, THRESHOLD, answer_of, calibrate, compare, weigh
from assistant.training.news import read_articles
from assistant.training.pictures import draw_reliability, draw_risk_coverage
from index import Library

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOLDS = 5
COVERAGE = 0.7
ABSENT = "absent"
"""The kind of a question about a topic that no article covers."""
ABSENT_TOPICS = Path(__file__).with_name("absent.jsonl")
"""240 such questions, from the sets t66 to t68, which no weights were trained on.

Each has the day of the article that it was written on.
"""
# The weight of an absent question; any other has 1. Together they weigh as much as the near misses.
_ABSENT_WEIGHT = 0.1
_SHRINK = 0.003  # L2 penalty on the weights, each times its feature's standard deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that was searched for and read.

    Attributes:
        question: with what is known of its answer.
        rows: (sentences, features).
        answers: the short answer of each sentence, in the form in which sentences are compared.
        right: (sentences,) whether each is right.
        short: the short answer of each sentence, as in its text; "" if there is none.
        words: the number of words in each sentence.
    """

    question: GoldQuestion
    rows: Floats
    answers: tuple[str, ...]
    right: Flags
    short: tuple[str, ...]
    words: tuple[int, ...]

    @property
    def fold(self) -> int:
        """The number of its fold in cross-validation."""
        return int(sha256(self.question.id.encode()).hexdigest(), 16) % FOLDS

    @property
    def absent(self) -> bool:
        """Whether it asks about a topic that no article covers."""
        return self.question.kind == ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The fitted numbers, as trained.py holds them."""

    weights: tuple[float, ...]
    decision: tuple[float, ...]

    def scores(self, example: Example) -> Floats:
        """(sentences,) calibrated log-odds."""
        return calibrate(compare(weigh(example.rows, self.weights), example.answers), self.decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The best sentence for a question, and its confidence."""

    example: Example
    place: int
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the best sentence is right."""
        return bool(self.example.right[self.place])

    @property
    def answerable(self) -> bool:
        """Whether the articles hold the answer."""
        return self.example.question.answerable


def read_all(assistant: Assistant, questions: Iterable[GoldQuestion]) -> list[Example]:
    """Search and read for each question; questions with nothing to read are left out."""
    known: dict[str, str] = {
        article.record or article.id: article.id for article in assistant.library.articles()
    }
    examples = []
    for question in questions:
        history: list[Answer] = []
        for earlier in question.history:
            history.append(assistant.answer(earlier, history=history, as_of=question.as_of))
        gold = frozenset(known[name] for name in question.articles)
        readings = assistant.read(question.question, history, as_of=question.as_of).readings
        if readings:
            short = [
                one.hit.article.text[slice(*one.short_answer)] if one.short_answer else ""
                for one in readings
            ]
            right = [
                question.answerable and is_right(question, gold, one.hit, one.text)
                for one in readings
            ]
            examples.append(
                Example(
                    question=question,
                    rows=np.array([one.features for one in readings]),
                    answers=tuple(map(answer_of, readings)),
                    right=np.array(right),
                    short=tuple(short),
                    words=tuple(len(one.text.split()) for one in readings),
                )
            )
    return examples


def fit(examples: Sequence[Example]) -> Fit:
    """Fit the weights of the features, then the calibration of the best answer's log-odds."""
    rows = np.vstack([example.rows for example in examples])
    first = np.cumsum([0, *(len(example.rows) for example in examples)])[:-1]
    right = np.concatenate([example.right for example in examples])
    spread = rows.std(0)
    counts = np.array([_ABSENT_WEIGHT if example.absent else 1.0 for example in examples])

    def loss(weights: Floats) -> float:
        """Negative log-likelihood of the right sentences, or of "none is right"."""
        alone = np.exp(np.minimum(weigh(rows, weights.tolist()), 50.0))
        everything = 1 + np.add.reduceat(alone, first)
        wanted = np.add.reduceat(alone * right, first)
        surprise = np.log(everything) - np.log(np.where(wanted > 0, wanted, 1.0))
        return float(
            np.average(surprise, weights=counts) + _SHRINK * np.square(weights[:-1] * spread).sum()
        )

    start = np.array([0.3] * len(FEATURES) + [-3.0])
    weights = tuple(minimize(loss, start, method="BFGS").x.tolist())
    plain = Fit(weights=weights, decision=(1.0, 0.0))
    best = [
        (scores.max(), one.right[scores.argmax()])
        for one in examples
        for scores in [plain.scores(one)]
    ]
    model = LogisticRegression(max_iter=2000)
    model.fit([[score] for score, _ in best], [right for _, right in best], sample_weight=counts)
    return Fit(weights=weights, decision=(float(model.coef_[0, 0]), float(model.intercept_[0])))


def judge(fitted: Fit, examples: Iterable[Example]) -> list[Outcome]:
    """The best sentence for each question, with its confidence."""
    outcomes = []
    for example in examples:
        scores = fitted.scores(example)
        place = int(scores.argmax())
        outcomes.append(
            Outcome(
                example=example, place=place, confidence=1 / (1 + float(np.exp(-scores[place])))
            )
        )
    return outcomes


def cross_fit(examples: Sequence[Example]) -> list[Outcome]:
    """Judge each question by numbers that were fitted with its fold held out."""
    outcomes = []
    for fold in range(FOLDS):
        fitted = fit([example for example in examples if example.fold != fold])
        outcomes += judge(fitted, [example for example in examples if example.fold == fold])
    return outcomes


def measure(outcomes: Sequence[Outcome], threshold: float = THRESHOLD) -> dict[str, Score]:
    """The scores, each over the questions that it applies to.

    Only the last score is over questions about absent topics.
    """
    elsewhere = [one for one in outcomes if one.example.absent]
    outcomes = [one for one in outcomes if not one.example.absent]
    there = [one for one in outcomes if one.answerable]
    absent = [one for one in outcomes if not one.answerable]
    given = [one for one in outcomes if one.confidence >= threshold]
    surest = sorted(there, key=lambda one: -one.confidence)[: round(COVERAGE * len(there))]
    confidences = [one.confidence for one in outcomes]
    return {
        "best sentence right": mean_score([float(one.right) for one in there]),
        f"right, at {COVERAGE:.0%} coverage": mean_score([float(one.right) for one in surest]),
        "answered and right": mean_score(
            [float(one.right and one.confidence >= threshold) for one in there]
        ),
        "right, of those answered": mean_score([float(one.right) for one in given]),
        "near misses answered": mean_score([float(one.confidence >= threshold) for one in absent]),
        "AUROC, answerable or not": auroc(
            [one.confidence for one in there], [one.confidence for one in absent]
        ),
        "AUROC, right or not": auroc(
            [one.confidence for one in outcomes if one.right],
            [one.confidence for one in outcomes if not one.right],
        ),
        "calibration error": calibration_error(confidences, [one.right for one in outcomes]),
        "short answer exact": mean_score(
            [float(one.right) * _score_short(one, exact_match) for one in there]
        ),
        "short answer F1": mean_score([_score_short(one, f1) for one in there]),
        "absent topics answered": mean_score(
            [float(one.confidence >= threshold) for one in elsewhere]
        ),
    }


def _score_short(one: Outcome, score: object) -> float:
    short = one.example.short[one.place]
    answers = one.example.question.answers
    # ``score`` is a function of metrics.
    return float(score(short, answers)) if short and answers else 0.0  # type: ignore[operator]


def report(outcomes: Sequence[Outcome]) -> str:
    """A line for each score, then how often the best sentence is right for each kind."""
    there = [one for one in outcomes if one.answerable]
    lines = [
        f"{name:28}{score.value:.3f} [{score.low or 0:.3f}, {score.high or 0:.3f}] of {score.count}"
        for name, score in measure(outcomes).items()
    ]
    kinds = sorted({str(one.example.question.kind) for one in there})
    by_kind = {
        kind: [one.right for one in there if str(one.example.question.kind) == kind]
        for kind in kinds
    }
    lines.append(
        "by kind: " + ", ".join(f"{kind} {np.mean(right):.2f}" for kind, right in by_kind.items())
    )
    words = [one.example.words[one.place] for one in there]
    return "\n".join([*lines, f"words of the best sentence: {np.mean(words):.1f}"])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the confidence of the trained reader.")
    parser.add_argument(
        "--questions",
        type=Path,
        required=True,
        metavar="FILE",
        help="questions, in the format of dateline evaluate",
    )
    parser.add_argument(
        "--articles",
        type=Path,
        required=True,
        metavar="FILE",
        help="JSON lines, gzipped or not",
    )
    parser.add_argument("--library", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="for reliability.svg and risk-coverage.svg"
    )
    return parser.parse_args()


def main() -> None:
    """Fit the numbers and print them."""
    options = _parse()
    with Library.open(options.library) as library:
        library.add(read_articles(options.articles))
        assistant = Assistant(library, Settings(reader=str(options.weights)))
        examples = read_all(
            assistant, [*read_questions(options.questions), *read_questions(ABSENT_TOPICS)]
        )
    chosen = fit(examples)
    names = zip((*FEATURES, "constant"), chosen.weights, strict=True)
    lines = [f"{name:12} {weight:+.3f}" for name, weight in names]
    lines += [
        f"decision, {name:10} {number:+.3f}"
        for name, number in zip(("scale", "constant"), chosen.decision, strict=True)
    ]
    outcomes = cross_fit(examples)
    lines += ["cross-validated:", report(outcomes)]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.pictures:
        drawn = [one for one in outcomes if not one.example.absent]
        chances = np.array([one.confidence for one in drawn])
        right = np.array([one.right for one in drawn])
        draw_reliability(options.pictures / "reliability.svg", chances, right)
        draw_risk_coverage(options.pictures / "risk-coverage.svg", {"day told": (chances, right)})


if __name__ == "__main__":
    main()
