"""Fits the probability that an answer of the trained reader is right.

    python -m assistant.training.calibration --squad DIR --news DIR --library FOLDER [--weights FILE] [--skip COUNT]

The questions and libraries are those of ``assistant.training.sentences``, but for the questions that the reader was
trained on. Read are the passages that search returns; fitted is, by maximum likelihood, what the features of a sentence
count; then, as Platt (1999) does, the log-odds that the best answer is right. Of news-dev the even half is fitted and
the odd half reported, and once more the other way round (``cross-fitted``). Prints the numbers for reader.py. Not
imported at run time.
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
from sklearn.metrics import roc_auc_score

from assistant.network import SHIPPED, Network
from assistant.reader import FEATURES, SpanReader, answer_of, calibrate, compare, find_evidence, weigh
from assistant.training.newsdev import read_articles
from assistant.training.sentences import Asked, news_questions, squad_set
from assistant.training.squad import read_squad, shuffle
from index import Library

Numbers = NDArray[np.float64]

_READ = 8  # passages read for a question, as ``Settings.passages``
_START = (0.3, 1.0, -3.0)
COVERAGE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that was searched for and read.

    Attributes:
        rows: (sentences, features).
        answers: what each sentence's short answer says.
        right: (sentences,) whether each holds the answer.
        evidence: how well search found what was read.
        answerable: whether the answer was there to be found.
        words: of each sentence.
    """

    rows: Numbers
    answers: tuple[str, ...]
    right: NDArray[np.bool_]
    evidence: tuple[float, float]
    answerable: bool
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The numbers of reader.py."""

    weights: tuple[float, ...]
    decision: tuple[float, ...]

    def scores(self, example: Example) -> Numbers:
        """(sentences,) calibrated log-odds."""
        return calibrate(compare(weigh(example.rows, self.weights), example.answers), example.evidence, self.decision)


def read_all(library: Library, reader: SpanReader, questions: Iterable[Asked]) -> list[Example]:
    """Search and read; a question for which nothing can be read is left out."""
    examples = []
    for asked in questions:
        hits = library.search(asked.text, limit=_READ, as_of=asked.as_of)
        readings = reader.read(asked.text, hits)
        if readings:
            examples.append(
                Example(
                    rows=np.array([reading.features for reading in readings]),
                    answers=tuple(map(answer_of, readings)),
                    right=np.array([asked.holds(reading) for reading in readings]),
                    evidence=find_evidence(hits),
                    answerable=asked.answerable,
                    words=tuple(len(reading.text.split()) for reading in readings),
                )
            )
    return examples


def fit(sets: Sequence[Sequence[Example]]) -> Fit:
    """Of several sets, which count alike.

    In the decision each has a constant of its own, or the slopes would tell the sets apart and not the questions of
    one; returned is their mean.
    """
    examples = [example for some in sets for example in some]
    share = np.concatenate([np.full(len(some), 1 / len(some)) for some in sets])

    def loss(weights: Numbers) -> float:
        return float(share @ [_surprise(example, weights) for example in examples])

    weights = minimize(loss, np.array(_START), method="Nelder-Mead", options={"maxiter": 600}).x
    plain = Fit(weights=tuple(weights.tolist()), decision=(1.0, 0.0, 0.0, 0.0))
    best = [_best(plain, example) for example in examples]
    which = np.repeat(np.eye(len(sets))[:, 1:], list(map(len, sets)), axis=0)
    rows = [
        (score, *example.evidence, *of) for (score, *_), example, of in zip(best, examples, which.tolist(), strict=True)
    ]
    model = LogisticRegression(C=100, max_iter=2000).fit(rows, [right for _, right, _ in best], share * 300)
    slopes, shifts = model.coef_[0][:3], model.coef_[0][3:]
    constant = float(model.intercept_[0] + shifts.sum() / len(sets))
    return Fit(weights=plain.weights, decision=(*slopes.tolist(), constant))


def _surprise(example: Example, weights: Numbers) -> float:
    """Negative log-likelihood of the sentences that hold the answer, or of "none does"."""
    alone = weigh(example.rows, weights.tolist())
    wanted = np.logaddexp.reduce(alone[example.right]) if example.right.any() else 0.0
    return float(np.logaddexp.reduce([0.0, *alone]) - wanted)


def _best(fitted: Fit, example: Example) -> tuple[float, bool, int]:
    """Of the best sentence: its score, whether it is right, and its words."""
    scores = fitted.scores(example)
    place = int(np.argmax(scores))
    return float(scores[place]), bool(example.right[place]), example.words[place]


def find_threshold(fitted: Fit, examples: Sequence[Example]) -> float:
    """The confidence, to two decimals, at which false answers and false refusals are most nearly as frequent."""
    chance = _chances(fitted, examples)
    answerable = np.array([example.answerable for example in examples])

    def apart(threshold: float) -> float:
        return abs(float((chance[answerable] < threshold).mean() - (chance[~answerable] >= threshold).mean()))

    return min((n / 100 for n in range(1, 100)), key=apart)


def _chances(fitted: Fit, examples: Sequence[Example]) -> Numbers:
    scores = np.array([_best(fitted, example)[0] for example in examples])
    chances: Numbers = 1 / (1 + np.exp(-scores))
    return chances


def calibration_error(chances: Numbers, right: Numbers, bins: int = 10) -> float:
    """How far confidence and accuracy lie apart, over bins of equal width (Guo et al. 2017, arXiv:1706.04599)."""
    which = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(chances[which == n].sum() - right[which == n].sum()) for n in range(bins)]
    return float(sum(gaps) / len(chances))


def report(pairs: Sequence[tuple[Fit, Sequence[Example]]]) -> str:
    """A line about examples, each with the fit that did not see them."""
    chances = np.concatenate([_chances(fitted, some) for fitted, some in pairs])
    examples = [example for _, some in pairs for example in some]
    best = [_best(fitted, example) for fitted, some in pairs for example in some]
    right = np.array([is_right for _, is_right, _ in best], dtype=np.float64)
    answerable = np.array([example.answerable for example in examples])
    surest = np.argsort(-chances[answerable])[: round(COVERAGE * answerable.sum())]
    length = np.median([words for *_, words in best])
    return (
        f"{len(examples):5} questions, {answerable.sum():4} answerable: right {right[answerable].mean():.3f}, at"
        f" {COVERAGE:.0%} coverage {right[answerable][surest].mean():.3f}; median words {length:.0f};"
        f" AUROC answerable {roc_auc_score(answerable, chances):.3f};"
        f" calibration error {calibration_error(chances, right):.3f}"
    )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the confidence of the trained reader.")
    parser.add_argument("--squad", type=Path, required=True, metavar="DIR", help="holds SQuAD 2.0's train.json.gz")
    parser.add_argument("--news", type=Path, required=True, metavar="DIR")
    parser.add_argument("--library", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument("--skip", type=int, default=55_000, help="questions that the reader was trained on")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    path = options.squad / "train.json.gz"
    _, questions = read_squad(path)
    seen = {question.id for question in shuffle(questions, options.seed)[: options.skip]}
    articles, asked = squad_set(path, topics=60, per_topic=15, seed=options.seed, skip=seen)
    reader = SpanReader(Network(options.weights))
    with Library.open(options.library / "squad") as library:
        library.add(articles)
        squad = read_all(library, reader, asked)
    with Library.open(options.library / "news") as library:
        library.add(read_articles(options.news))
        news = {
            (even, dated): read_all(library, reader, news_questions(options.news, even=even, dated=dated))
            for even in (True, False)
            for dated in (True, False)
        }
    fits = {even: fit([squad, [*news[even, True], *news[even, False]]]) for even in (True, False)}
    chosen = fits[True]
    lines = [f"{name:12} {weight:+.3f}" for name, weight in zip((*FEATURES, "constant"), chosen.weights, strict=True)]
    numbers = zip(("beside others", "found", "meaning", "constant"), chosen.decision, strict=True)
    lines += [f"decision, {name:14} {number:+.3f}" for name, number in numbers]
    even = [*news[True, True], *news[True, False]]
    lines.append(f"threshold {find_threshold(chosen, even):.2f}, of news-dev's even half")
    lines.append(f"{'SQuAD 2.0, fitted':36} {report([(chosen, squad)])}")
    for dated in (True, False):
        day = "day told" if dated else "no day"
        lines.append(f"{f'news even, fitted, {day}':36} {report([(chosen, news[True, dated])])}")
        lines.append(f"{f'news odd, reported, {day}':36} {report([(chosen, news[False, dated])])}")
        crossed = [(fits[not even], news[even, dated]) for even in (True, False)]
        lines.append(f"{f'news, cross-fitted, {day}':36} {report(crossed)}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
