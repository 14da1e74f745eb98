"""Fits the sentence reader's weights and the probability that its answer is right.

    python -m assistant.training.sentences --squad train.json.gz --news DIR [--library DIR]

The weights come from SQuAD 2.0 (a sentence that holds the answer against the others of the passages that were read);
the calibration from one half of news-dev (the parity of sha256(id)), the half that no benchmark reports. Prints the
numbers to copy into reader.py and abstention.py; takes about ten minutes on one core. Not imported at run time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.reader import FEATURES, Reading, SentenceReader
from assistant.terms import content_stems
from corpus import Article
from index import Hit, Passage
from index.encoder import Encoder, load_encoder

Example = tuple[list[Reading], frozenset[tuple[str, int, int]]]
"""What was read, best first, and the (article id, start, end) of each gold answer."""

_READ = 4  # paragraphs read for a SQuAD question


def squad_examples(path: Path, encoder: Encoder, *, articles: int, questions: int, seed: int) -> Iterator[Example]:
    """Questions over the paragraphs of their own article, ranked by words and meaning as search would."""
    chance = random.Random(seed)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        data = [topic for topic in json.load(file)["data"] if len(topic["paragraphs"]) >= 2 * _READ]
    reader = SentenceReader(encoder)
    for topic in chance.sample(data, articles):
        kept = [p for p in topic["paragraphs"] if encoder.count_tokens([p["context"]])[0] <= encoder.max_tokens]
        paragraphs = [_article(topic["title"], n, p["context"]) for n, p in enumerate(kept)]
        vectors = encoder.encode_passages([article.text for article in paragraphs])
        stems = [content_stems(article.text) for article in paragraphs]
        asked = [(n, qa) for n, p in enumerate(kept) for qa in p["qas"]]
        for n, qa in chance.sample(asked, min(questions // articles, len(asked))):
            hits = _hits(qa["question"], paragraphs, vectors, stems, encoder)
            yield reader.read(qa["question"], hits), _gold(paragraphs[n], qa)


def _article(title: str, n: int, text: str) -> Article:
    return Article(id=f"{title}-{n}", title=title.replace("_", " "), text=text)


def _gold(article: Article, qa: dict[str, Any]) -> frozenset[tuple[str, int, int]]:
    if qa["is_impossible"]:
        return frozenset()
    spans = ((answer["answer_start"], answer["answer_start"] + len(answer["text"])) for answer in qa["answers"])
    return frozenset((article.id, start, end) for start, end in spans)


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


def is_right(reading: Reading, gold: frozenset[tuple[str, int, int]]) -> bool:
    """Whether the sentence holds one of the gold answers."""
    return any(
        reading.hit.article.id == article and reading.start <= start and end <= reading.end
        for article, start, end in gold
    )


def fit_weights(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Logistic regression over all sentences; the constant last."""
    from sklearn.linear_model import LogisticRegression

    rows = [reading.features for readings, _ in examples for reading in readings]
    labels = [is_right(reading, gold) for readings, gold in examples for reading in readings]
    model = LogisticRegression(C=10.0, max_iter=1000).fit(np.array(rows), np.array(labels))
    return np.append(model.coef_[0], model.intercept_[0])


def report(examples: Sequence[Example], weights: NDArray[np.float64]) -> str:
    """How often the best sentence is right, and AUROC of its score for "there is an answer"."""
    from sklearn.metrics import roc_auc_score

    right, answerable, scores = 0, [], []
    for readings, gold in examples:
        if not readings:
            continue
        values = np.array([reading.features for reading in readings]) @ weights[:-1] + weights[-1]
        best = int(np.argmax(values))
        right += is_right(readings[best], gold)
        answerable.append(bool(gold))
        scores.append(values[best])
    return (
        f"{len(scores)} questions, {sum(answerable)} answerable: best sentence right "
        f"{right / max(sum(answerable), 1):.3f}, AUROC {roc_auc_score(answerable, scores):.3f}"
    )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the sentence reader.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--questions", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    encoder = load_encoder()
    examples = list(
        squad_examples(
            options.squad, encoder, articles=options.articles, questions=options.questions, seed=options.seed
        )
    )
    cut = len(examples) * 3 // 4
    weights = fit_weights(examples[:cut])
    for name, weight in zip((*FEATURES, "constant"), weights, strict=True):
        sys_line = f"{name:16} {weight:+.3f}"
        _say(sys_line)
    _say("fitted:  " + report(examples[:cut], weights))
    _say("held out: " + report(examples[cut:], weights))


def _say(line: str) -> None:
    import sys

    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
