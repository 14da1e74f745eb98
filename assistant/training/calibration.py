"""Fits the probability that an answer of the trained reader is right.

    python -m assistant.training.calibration --news DIR --library FOLDER [--weights FILE] [--pictures DIR]

Each question of news-dev is searched, once with the day asked and once without, in a library that is made in FOLDER
the first time (half an hour on two cores), and the passages found are read. Fitted is, by maximum likelihood, what the
features of a sentence count; then, as Platt (1999) does, the log-odds that the best answer is right. The even half is
fitted and the odd half reported, and once more the other way round (``cross-fitted``). Prints the numbers for
reader.py, and draws how far confidence can be trusted. Not imported at run time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from assistant.metrics import auroc, calibration_error
from assistant.network import SHIPPED, Network
from assistant.question import Kind, kind_of
from assistant.reader import FEATURES, SpanReader, answer_of, calibrate, compare, weigh
from assistant.training.newsdev import read_articles
from assistant.training.pictures import draw_reliability, draw_risk_coverage
from assistant.training.sentences import Asked, news_questions
from index import Library

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_READ = 8  # passages read for a question, as ``Settings.passages``
_SHRINK = 0.001  # of the squares of the weights, each times its feature's standard deviation
COVERAGE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that was searched for and read.

    Attributes:
        kind: of the question.
        rows: (sentences, features).
        answers: what each sentence's short answer says.
        right: (sentences,) whether each holds the answer.
        found: the best score that search gave a passage.
        answerable: whether the answer was there to be found.
        words: of each sentence.
    """

    kind: Kind
    rows: Numbers
    answers: tuple[str, ...]
    right: Flags
    found: float
    answerable: bool
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The numbers of reader.py."""

    weights: tuple[float, ...]
    decision: tuple[float, ...]

    def scores(self, example: Example) -> Numbers:
        """(sentences,) calibrated log-odds."""
        beside = compare(weigh(example.rows, self.weights), example.answers, example.kind)
        return calibrate(beside, example.found, self.decision)


def read_all(library: Library, reader: SpanReader, questions: Iterable[Asked]) -> list[Example]:
    """Search and read; a question for which nothing can be read is left out."""
    examples = []
    for asked in questions:
        hits = library.search(asked.text, limit=_READ, as_of=asked.as_of)
        readings = reader.read(asked.text, hits)
        if readings:
            examples.append(
                Example(
                    kind=kind_of(asked.text),
                    rows=np.array([reading.features for reading in readings]),
                    answers=tuple(map(answer_of, readings)),
                    right=np.array([asked.holds(reading) for reading in readings]),
                    found=max(hit.score for hit in hits),
                    answerable=asked.answerable,
                    words=tuple(len(reading.text.split()) for reading in readings),
                )
            )
    return examples


def fit(examples: Sequence[Example]) -> Fit:
    """What the features count, and what the best answer's log-odds are worth."""
    rows = np.vstack([example.rows for example in examples])
    first = np.cumsum([0, *(len(example.rows) for example in examples)])[:-1]
    right = np.concatenate([example.right for example in examples])
    spread = rows.std(0)

    def loss(weights: Numbers) -> float:
        """Negative log-likelihood of the sentences that hold the answer, or of "none does"."""
        alone = np.exp(np.minimum(weigh(rows, weights.tolist()), 50.0))
        everything = 1 + np.add.reduceat(alone, first)
        wanted = np.add.reduceat(alone * right, first)
        surprise = np.log(everything) - np.log(np.where(wanted > 0, wanted, 1.0))
        return float(surprise.mean() + _SHRINK * np.square(weights[:-1] * spread).sum())

    start = np.array([0.3] + [0.5] * (len(FEATURES) - 1) + [-3.0])
    weights = tuple(minimize(loss, start, method="BFGS").x.tolist())
    plain = Fit(weights=weights, decision=(1.0, 0.0, 0.0))
    best = [_best(plain, example) for example in examples]
    evidence = [(score, example.found) for (score, *_), example in zip(best, examples, strict=True)]
    model = LogisticRegression(C=100, max_iter=2000).fit(evidence, [right for _, right, _ in best])
    return Fit(weights=weights, decision=(*model.coef_[0].tolist(), float(model.intercept_[0])))


def _best(fitted: Fit, example: Example) -> tuple[float, bool, int]:
    """Of the best sentence: its score, whether it is right, and its words."""
    scores = fitted.scores(example)
    place = int(np.argmax(scores))
    return float(scores[place]), bool(example.right[place]), example.words[place]


def find_threshold(fitted: Fit, examples: Sequence[Example]) -> float:
    """The confidence, to two decimals, at which false answers and false refusals are most nearly as frequent."""
    chance, _, answerable = outcomes([(fitted, examples)])

    def apart(threshold: float) -> float:
        return abs(float((chance[answerable] < threshold).mean() - (chance[~answerable] >= threshold).mean()))

    return min((n / 100 for n in range(1, 100)), key=apart)


def report(pairs: Sequence[tuple[Fit, Sequence[Example]]]) -> str:
    """Two lines about examples, each with the fit that did not see them."""
    chances, right, answerable = outcomes(pairs)
    surest = np.argsort(-chances[answerable])[: round(COVERAGE * answerable.sum())]
    length = np.median([_best(fitted, example)[2] for fitted, some in pairs for example in some])
    scores = {
        "AUROC answerable": auroc(chances[answerable].tolist(), chances[~answerable].tolist()),
        "calibration error": calibration_error(chances.tolist(), right.tolist()),
    }
    said = [f"{name} {score.value:.3f} [{score.low:.3f}, {score.high:.3f}]" for name, score in scores.items()]
    return (
        f"{len(right):5} questions, {answerable.sum():4} answerable: right {right[answerable].mean():.3f}, at"
        f" {COVERAGE:.0%} coverage {right[answerable][surest].mean():.3f}; median words {length:.0f};\n"
        f"{'':36} {'; '.join(said)}"
    )


def outcomes(pairs: Sequence[tuple[Fit, Sequence[Example]]]) -> tuple[Numbers, Flags, Flags]:
    """Of each question: the confidence, whether the best sentence is right, and whether it can be answered."""
    best = [_best(fitted, example) for fitted, some in pairs for example in some]
    chances: Numbers = 1 / (1 + np.exp([-score for score, *_ in best]))
    right = np.array([is_right for _, is_right, _ in best])
    return chances, right, np.array([example.answerable for _, some in pairs for example in some])


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the confidence of the trained reader.")
    parser.add_argument("--news", type=Path, required=True, metavar="DIR")
    parser.add_argument("--library", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="for reliability.svg and risk-coverage.svg")
    options = parser.parse_args()
    reader = SpanReader(Network(options.weights))
    with Library.open(options.library / "news") as library:
        library.add(read_articles(options.news))
        news = {
            (even, dated): read_all(library, reader, news_questions(options.news, even=even, dated=dated))
            for even in (True, False)
            for dated in (True, False)
        }
    fits = {even: fit([*news[even, True], *news[even, False]]) for even in (True, False)}
    chosen = fits[True]
    lines = [f"{name:12} {weight:+.3f}" for name, weight in zip((*FEATURES, "constant"), chosen.weights, strict=True)]
    numbers = zip(("beside others", "found", "constant"), chosen.decision, strict=True)
    lines += [f"decision, {name:14} {number:+.3f}" for name, number in numbers]
    even = [*news[True, True], *news[True, False]]
    lines.append(f"threshold {find_threshold(chosen, even):.2f}, of news-dev's even half")
    for dated in (True, False):
        day = "day told" if dated else "no day"
        lines.append(f"{f'news even, fitted, {day}':36} {report([(chosen, news[True, dated])])}")
        lines.append(f"{f'news odd, reported, {day}':36} {report([(chosen, news[False, dated])])}")
        crossed = [(fits[not even], news[even, dated]) for even in (True, False)]
        lines.append(f"{f'news, cross-fitted, {day}':36} {report(crossed)}")
    sys.stdout.write("\n".join(lines) + "\n")
    if options.pictures:
        curves = {
            day: outcomes([(fits[not even], news[even, dated]) for even in (True, False)])[:2]
            for day, dated in (("day told", True), ("no day told", False))
        }
        draw_reliability(options.pictures / "reliability.svg", *curves["day told"])
        draw_risk_coverage(options.pictures / "risk-coverage.svg", curves)


if __name__ == "__main__":
    main()
