"""Fits the sentence reader's weights and the probability that its answer is right.

    python -m assistant.training.sentences --squad train.json.gz --news news-dev --library FOLDER

It uses two sets of questions. SQuAD 2.0's are searched over the paragraphs of some topics,
news-dev's over its articles, once with the day asked and once without. Each set has its own
library, which is made in FOLDER the first time (half an hour on two cores). The even half of
news-dev is fitted, and the odd half is held out and reported. Prints the numbers for
sentence_reader.py. With ``--keep`` the reader's weights are kept, and only the decision is fitted.
Not imported at run time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.reading.base import Reading
from assistant.reading.rules import FEATURE_WEIGHTS, FEATURES, SentenceReader
from assistant.training.newsdev import read_articles, read_questions
from assistant.understanding.question import QuestionKind, kind_of
from corpus import Article
from index import Library

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_READ = 8  # passages read for a question, the same as ``Settings.passages``


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and how to recognise its answer.

    Attributes:
        text: the question.
        as_of: the day it was asked, if it is given to search.
        answerable: whether the library holds the answer.
        holds: whether a sentence that was read holds the answer.
    """

    text: str
    as_of: date | None
    answerable: bool
    holds: Callable[[Reading], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that was searched for and read.

    Attributes:
        rows: (sentences, features).
        right: (sentences,) whether each holds the answer.
        found: the highest search score of the passages read.
        answerable: whether the library holds the answer.
    """

    rows: Array
    right: Flags
    found: float
    answerable: bool


def squad_set(
    path: Path, *, topics: int, per_topic: int, seed: int
) -> tuple[list[Article], list[Asked]]:
    """Paragraphs of random topics as articles, with questions about them.

    The questions are random ones, plus all "why" questions, which are rare.

    Args:
        path: ``train.json.gz``.
        topics: number of topics.
        per_topic: number of random questions about each.
        seed: for the random choice.
    """
    chance = random.Random(seed)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = [topic for topic in json.load(file)["data"] if len(topic["paragraphs"]) >= _READ]
    articles, asked = [], []
    for topic in chance.sample(data, topics):
        title = topic["title"].replace("_", " ")
        about = []
        for n, paragraph in enumerate(topic["paragraphs"]):
            article = Article(id=f"{topic['title']}:{n}", title=title, text=paragraph["context"])
            articles.append(article)
            about += [(article.id, question) for question in paragraph["qas"]]
        chosen = chance.sample(about, min(per_topic, len(about)))
        chosen += [
            one
            for one in about
            if kind_of(one[1]["question"]) is QuestionKind.WHY and one not in chosen
        ]
        asked += [_ask_squad(article_id, question) for article_id, question in chosen]
    return articles, asked


def _ask_squad(article_id: str, question: dict[str, Any]) -> Asked:
    answers = [] if question["is_impossible"] else question["answers"]

    def holds(reading: Reading) -> bool:
        return reading.hit.article.id == article_id and any(
            reading.start <= answer["answer_start"]
            and answer["answer_start"] + len(answer["text"]) <= reading.end
            for answer in answers
        )

    return Asked(text=question["question"], as_of=None, answerable=bool(answers), holds=holds)


def news_questions(folder: Path, *, even: bool, dated: bool) -> Iterator[Asked]:
    """One half of news-dev.

    A sentence that holds the answer string counts as right, whatever its article.
    """
    for question in read_questions(folder):
        if question.is_for_tuning == even:
            yield Asked(
                text=question.text,
                as_of=question.asked if dated else None,
                answerable=question.is_answerable,
                holds=lambda reading, q=question: (  # type: ignore[misc]  # a default has no type
                    q.is_answerable and q.is_answered_by(reading.text)
                ),
            )


def read_all(library: Library, questions: Iterable[Asked]) -> list[Example]:
    """Search and read for each question; questions with nothing to read are left out."""
    reader = SentenceReader(library.encoder)
    examples = []
    for asked in questions:
        readings = reader.read(
            asked.text, library.search(asked.text, limit=_READ, as_of=asked.as_of)
        )
        if readings:
            examples.append(
                Example(
                    rows=np.array([reading.features for reading in readings]),
                    right=np.array([asked.holds(reading) for reading in readings]),
                    found=max(reading.hit.score for reading in readings),
                    answerable=asked.answerable,
                )
            )
    return examples


def fit_weights(squad: Sequence[Example], news: Sequence[Example]) -> Array:
    """Logistic regression over all sentences, both sets weighted equally; the constant is last."""
    examples = [*squad, *news]
    repeated = np.repeat(_balance(squad, news), [len(example.rows) for example in examples])
    model = LogisticRegression(max_iter=1000).fit(
        np.vstack([example.rows for example in examples]),
        np.concatenate([example.right for example in examples]),
        sample_weight=repeated,
    )
    return np.append(model.coef_[0], model.intercept_[0])


def fit_decision(squad: Sequence[Example], news: Sequence[Example], weights: Array) -> Array:
    """Logistic regression of "the best sentence is right" on its score and the search score.

    The constant is last. Each set has its own constant; otherwise the weights would separate the
    sets rather than the questions within each. The mean of the two constants is returned.
    """
    examples = [*squad, *news]
    best = [_best(example, weights) for example in examples]
    is_squad = np.arange(len(examples)) < len(squad)
    model = LogisticRegression().fit(
        np.column_stack(
            [[score for score, _ in best], [example.found for example in examples], is_squad]
        ),
        [right for _, right in best],
        sample_weight=_balance(squad, news),
    )
    sentence, found, of_squad = model.coef_[0]
    return np.array([sentence, found, model.intercept_[0] + of_squad / 2])


def _balance(squad: Sequence[Example], news: Sequence[Example]) -> Array:
    return np.concatenate([np.ones(len(squad)), np.full(len(news), len(squad) / len(news))])


def _best(example: Example, weights: Array) -> tuple[float, bool]:
    scores = example.rows @ weights[:-1] + weights[-1]
    place = int(np.argmax(scores))
    return float(scores[place]), bool(example.right[place])


def find_threshold(examples: Sequence[Example], weights: Array, decision: Array) -> float:
    """The confidence, to two decimals, at which false answers and refusals are most balanced."""
    confidence, _, answerable = _decide(examples, weights, decision)

    def apart(threshold: float) -> float:
        return abs(
            float(
                (confidence[answerable] < threshold).mean()
                - (confidence[~answerable] >= threshold).mean()
            )
        )

    return min((n / 100 for n in range(1, 100)), key=apart)


def report(examples: Sequence[Example], weights: Array, decision: Array) -> str:
    """One line of scores.

    These are the share of best sentences that are right, the AUROC of the confidence for
    "answerable", and the mean confidence beside the share that is right.
    """
    confidence, right, answerable = _decide(examples, weights, decision)
    return (
        f"{len(examples):5} questions, {answerable.sum():4} answerable: best sentence right "
        f"{right[answerable].mean():.3f}, "
        f"AUROC answerable {roc_auc_score(answerable, confidence):.3f}, "
        f"mean confidence {confidence.mean():.3f} where {right.mean():.3f} are right"
    )


def _decide(
    examples: Sequence[Example], weights: Array, decision: Array
) -> tuple[Array, Flags, Flags]:
    """Per example: the confidence, whether the best sentence is right, whether it is answerable."""
    best = [_best(example, weights) for example in examples]
    scores = np.array(
        [[score, example.found, 1.0] for (score, _), example in zip(best, examples, strict=True)]
    )
    answerable = np.array([example.answerable for example in examples])
    return (
        1 / (1 + np.exp(-(scores @ decision))),
        np.array([right for _, right in best]),
        answerable,
    )


def main() -> None:
    """Fit the numbers and print them."""
    parser = argparse.ArgumentParser(description="Fit the sentence reader.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--keep", action="store_true", help="keep the reader's weights, and fit only the decision"
    )
    parser.add_argument("--topics", type=int, default=60)
    parser.add_argument("--per-topic", type=int, default=15)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    articles, asked = squad_set(
        options.squad, topics=options.topics, per_topic=options.per_topic, seed=options.seed
    )
    with Library.open(options.library / "squad") as library:
        library.add(articles)
        squad = read_all(library, asked)
    with Library.open(options.library / "news") as library:
        library.add(read_articles(options.news))
        news = {
            (even, dated): read_all(library, news_questions(options.news, even=even, dated=dated))
            for even in (True, False)
            for dated in (True, False)
        }
    even = [*news[True, True], *news[True, False]]
    weights = np.array(FEATURE_WEIGHTS) if options.keep else fit_weights(squad, even)
    decision = fit_decision(squad, even, weights)
    lines = [
        f"{name:16} {weight:+.3f}"
        for name, weight in zip((*FEATURES, "constant"), weights, strict=True)
    ]
    lines.append("decision: best sentence {:.3f}, search {:.3f}, constant {:.3f}".format(*decision))
    lines.append(
        f"threshold {find_threshold(even, weights, decision):.2f}, from the even half of news-dev"
    )
    lines.append(f"{'SQuAD 2.0, fitted':28} {report(squad, weights, decision)}")
    for (is_even, dated), examples in news.items():
        name = f"news {'even' if is_even else 'odd, held out'}, {'dated' if dated else 'undated'}"
        lines.append(f"{name:28} {report(examples, weights, decision)}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
