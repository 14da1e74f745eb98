"""Fits the sentence reader's weights and the probability that its answer is right.

    python -m assistant.training.sentences --squad train.json.gz --news news-dev --library FOLDER

Two kinds of questions: of SQuAD 2.0, over the paragraphs of their own topic, and of news-dev, over a library of its
articles (``dateline --library FOLDER add news-dev/news-dev.articles.jsonl.gz`` makes it). Of news-dev only the even
half by the parity of sha256(id) is fitted; the odd half is reported. Prints the numbers for reader.py and
abstention.py; about ten minutes on two cores. Not imported at run time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.question import Kind, kind_of
from assistant.reader import FEATURES, Reading, SentenceReader
from assistant.terms import content_stems
from corpus import Article
from index import Encoder, Hit, Library, Passage, fold, load_encoder

Array = NDArray[np.float64]

_READ = 4  # paragraphs read for a question of SQuAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that was read.

    Attributes:
        rows: (sentences, features).
        right: (sentences,) whether each holds the answer.
        answerable: whether the answer was there to be found.
    """

    rows: Array
    right: NDArray[np.bool_]
    answerable: bool


def squad_examples(path: Path, encoder: Encoder, *, topics: int, per_topic: int, seed: int) -> Iterator[Example]:
    """Random questions of random topics, and all that ask why, which are rare; ranked by words and meaning."""
    chance = random.Random(seed)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = [topic for topic in json.load(file)["data"] if len(topic["paragraphs"]) >= 2 * _READ]
    reader = SentenceReader(encoder)
    for topic in chance.sample(data, topics):
        kept = [p for p in topic["paragraphs"] if encoder.count_tokens([p["context"]])[0] <= encoder.max_tokens]
        title = topic["title"].replace("_", " ")
        articles = [Article(id=f"{n}", title=title, text=p["context"]) for n, p in enumerate(kept)]
        vectors = encoder.encode_passages([article.text for article in articles])
        stems = [content_stems(article.text) for article in articles]
        asked = [(n, qa) for n, p in enumerate(kept) for qa in p["qas"]]
        chosen = chance.sample(asked, min(per_topic, len(asked)))
        chosen += [(n, qa) for n, qa in asked if kind_of(qa["question"]) is Kind.WHY]
        for n, qa in chosen:
            readings = reader.read(qa["question"], _hits(qa["question"], articles, vectors, stems, encoder))
            if readings:
                yield _example(readings, [_holds(reading, str(n), qa) for reading in readings], not qa["is_impossible"])


def news_examples(folder: Path, library: Library, *, half: int) -> Iterator[Example]:
    """One half of news-dev; a sentence of any article that holds the answer string counts as right."""
    reader = SentenceReader(library.encoder)
    for line in (folder / "news-dev.questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2 != half:
            continue
        hits = library.search(row["question"], limit=8, as_of=date.fromisoformat(row["asked"]))
        readings = reader.read(row["question"], hits)
        answer = re.compile(rf"(?<!\w){re.escape(fold(row['answer']))}(?!\w)")
        right = [row["answerable"] and bool(answer.search(fold(reading.text))) for reading in readings]
        if readings:
            yield _example(readings, right, row["answerable"])


def _example(readings: Sequence[Reading], right: Sequence[bool], answerable: bool) -> Example:
    rows = np.array([reading.features for reading in readings])
    return Example(rows=rows, right=np.array(right), answerable=answerable)


def _holds(reading: Reading, article: str, qa: dict[str, Any]) -> bool:
    return reading.hit.article.id == article and any(
        reading.start <= answer["answer_start"] and answer["answer_start"] + len(answer["text"]) <= reading.end
        for answer in ([] if qa["is_impossible"] else qa["answers"])
    )


def _hits(
    question: str,
    articles: Sequence[Article],
    vectors: NDArray[np.float32],
    stems: Sequence[frozenset[str]],
    encoder: Encoder,
) -> list[Hit]:
    asked = content_stems(question)
    similarities = vectors @ encoder.encode_question(question)
    shares = np.array([len(asked & words) / max(len(asked), 1) for words in stems])
    scores = shares + 0.6 * similarities
    hits = []
    for row in np.argsort(-scores)[:_READ]:
        article = articles[int(row)]
        passage = Passage(
            id=f"{article.id}:0", article_id=article.id, start=0, end=len(article.text), text=article.text
        )
        hits.append(
            Hit(article=article, passage=passage, score=float(scores[row]), similarity=float(similarities[row]))
        )
    return hits


def fit_weights(squad: Sequence[Example], news: Sequence[Example]) -> Array:
    """Logistic regression over all sentences, both sets counting alike; the constant last."""
    examples = [*squad, *news]
    shares = _balance(squad, news)
    repeated = np.repeat(shares, [len(example.rows) for example in examples])
    model = LogisticRegression(max_iter=1000).fit(
        np.vstack([example.rows for example in examples]),
        np.concatenate([example.right for example in examples]),
        sample_weight=repeated,
    )
    return np.append(model.coef_[0], model.intercept_[0])


def fit_scaling(squad: Sequence[Example], news: Sequence[Example], weights: Array) -> tuple[float, float]:
    """Platt scaling (1999) of the best sentence's score: slope and offset."""
    best = np.array([_best(example, weights) for example in [*squad, *news]])
    model = LogisticRegression(C=1e3).fit(best[:, :1], best[:, 1], sample_weight=_balance(squad, news))
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _balance(squad: Sequence[Example], news: Sequence[Example]) -> Array:
    return np.concatenate([np.ones(len(squad)), np.full(len(news), len(squad) / len(news))])


def _best(example: Example, weights: Array) -> tuple[float, bool]:
    scores = example.rows @ weights[:-1] + weights[-1]
    place = int(np.argmax(scores))
    return float(scores[place]), bool(example.right[place])


def report(examples: Sequence[Example], weights: Array, slope: float, offset: float) -> str:
    """Best sentence right, AUROC of its score for "answerable", and how far the probabilities are from what is so."""
    best = np.array([_best(example, weights) for example in examples])
    answerable = np.array([example.answerable for example in examples])
    confidence = 1 / (1 + np.exp(-(slope * best[:, 0] + offset)))
    return (
        f"{len(examples):5} questions, {answerable.sum():4} answerable: best sentence right "
        f"{best[answerable, 1].mean():.3f}, AUROC answerable {roc_auc_score(answerable, best[:, 0]):.3f}, "
        f"mean confidence {confidence.mean():.3f} where {best[:, 1].mean():.3f} are right"
    )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the sentence reader.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--topics", type=int, default=60)
    parser.add_argument("--per-topic", type=int, default=15)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    encoder = load_encoder()
    squad = list(
        squad_examples(options.squad, encoder, topics=options.topics, per_topic=options.per_topic, seed=options.seed)
    )
    with Library.open(options.library, create=False, encoder=encoder) as library:
        even, odd = (list(news_examples(options.news, library, half=half)) for half in (0, 1))
    weights = fit_weights(squad, even)
    slope, offset = fit_scaling(squad, even, weights)
    lines = [f"{name:16} {weight:+.3f}" for name, weight in zip((*FEATURES, "constant"), weights, strict=True)]
    lines.append(f"slope {slope:.3f}, offset {offset:.3f}")
    for name, examples in (("SQuAD 2.0, fitted", squad), ("news even, fitted", even), ("news odd, reported", odd)):
        lines.append(f"{name:18} {report(examples, weights, slope, offset)}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
