"""Measure how well the trained reader reads a given passage.

    python -m tests.benchmarks.reading --data DIR

DIR holds `squad2/dev.json.gz` (SQuAD 2.0's dev set, 11,873 questions) and `clapnq/` (CLAPnq's dev
questions, 300 with an answer in the passage and 300 without). Measured on SQuAD:

- F1 and exact match, by the official measure at the best threshold (Rajpurkar et al. 2018), which
  the official script chooses on the same questions;
- F1 of the questions that have an answer, whatever the threshold;
- how well the score separates questions with an answer from those without;
- the calibration error of the probability that the best span is right. It is fitted to the score
  (Platt 1999) on one half of the paragraphs and measured on the other.

CLAPnq's answers are long, so only the separation is measured. `--weights` measures other weights,
`--rules` the rule-based reader; `--limit` takes only the first questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.evaluation.metrics import Score, auroc, calibration_error, exact_match, f1
from assistant.reading.network import SHIPPED, Network
from assistant.reading.rules import SentenceReader
from assistant.reading.trained import best_span
from assistant.reading.windows import (
    Context,
    encode_bare,
    encode_contexts,
    make_windows,
    special_ids,
)
from assistant.training.squad import read_squad
from corpus import Article
from index import Hit, load_encoder, load_tokenizer
from index.encoding.passages import split_article
from tests.benchmarks import floors

_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A question, a passage and the accepted answers; none if the passage does not answer."""

    question: str
    passage: str
    accepted: tuple[str, ...]
    answerable: bool


def read_given(path: Path) -> list[Given]:
    paragraphs, questions = read_squad(path)
    return [
        Given(
            question=question.text,
            passage=paragraphs[question.paragraph].text,
            accepted=question.accepted,
            answerable=bool(question.accepted),
        )
        for question in questions
    ]


def read_clapnq(folder: Path) -> list[Given]:
    found = []
    for answerable in (True, False):
        path = folder / f"clapnq_dev_{'answerable' if answerable else 'unanswerable'}.jsonl"
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            passage = record["passages"][0]["text"]
            found.append(
                Given(question=record["input"], passage=passage, accepted=(), answerable=answerable)
            )
    return found


def read(network: Network, given: Sequence[Given]) -> list[tuple[float, str]]:
    """For each question, the score of the best span (log-odds against "not here") and the span."""
    tokenizer = load_tokenizer()
    special = special_ids(tokenizer)
    (nothing,) = encode_contexts(tokenizer, [Context(source="", title="", lead="")])
    found: list[tuple[float, str]] = [(0.0, "")] * len(given)
    by_length = sorted(range(len(given)), key=lambda n: len(given[n].passage))
    for low in range(0, len(given), _BATCH):
        batch = by_length[low : low + _BATCH]
        questions = encode_bare(tokenizer, [given[n].question for n in batch])
        passages = encode_bare(tokenizer, [given[n].passage for n in batch])
        windows = [
            make_windows(asked, nothing, text, special)
            for asked, text in zip(questions, passages, strict=True)
        ]
        logits = iter(network.read([window for some in windows for window in some]))
        for n, some in zip(batch, windows, strict=True):
            passage = given[n].passage
            spans = [best_span(window, next(logits), 0, len(passage)) for window in some]
            score, start, end = max(span for span in spans if span)
            found[n] = score, passage[start:end]
    return found


def read_by_rules(given: Sequence[Given]) -> list[tuple[float, str]]:
    """Do the same with the rule-based reader.

    The span is the short answer of its best sentence, or the whole sentence if it has none.
    """
    encoder = load_encoder()
    reader, found = SentenceReader(encoder), []
    for one in given:
        article = Article(id="given", text=one.passage)
        passages = split_article(article, "", encoder.count_tokens, encoder.max_tokens)
        hits = [
            Hit(article=article, passage=passage, score=1.0, similarity=0.5) for passage in passages
        ]
        best = next(iter(reader.read(one.question, hits)), None)
        span = (best.short_answer or (best.start, best.end)) if best else (0, 0)
        found.append((best.score if best else -20.0, one.passage[slice(*span)]))
    return found


def best_mean(
    scores: Sequence[float], answered: Sequence[float], declined: Sequence[float]
) -> float:
    """The best mean over all thresholds.

    A question counts as `answered` if its score is at or above the threshold, else as `declined`.
    """
    order = np.argsort(-np.array(scores))
    gains = np.cumsum((np.array(answered) - np.array(declined))[order])
    return (sum(declined) + max(0.0, float(gains.max()))) / len(scores)


def measure_squad(given: Sequence[Given], found: Sequence[tuple[float, str]]) -> dict[str, float]:
    scores = [score for score, _ in found]
    declined = [float(not one.answerable) for one in given]
    accepted = [one.accepted or ("",) for one in given]
    words = [f1(span, answers) for (_, span), answers in zip(found, accepted, strict=True)]
    exact = [exact_match(span, answers) for (_, span), answers in zip(found, accepted, strict=True)]
    there = [n for n, one in enumerate(given) if one.answerable]
    return {
        "F1, best threshold": best_mean(scores, words, declined),
        "exact match, best threshold": best_mean(scores, exact, declined),
        "F1 of those with an answer": sum(words[n] for n in there) / len(there),
        "AUROC, answerable or not": _area(given, found).value or 0.0,
    }


def measure_calibration(given: Sequence[Given], found: Sequence[tuple[float, str]]) -> Score:
    """The calibration error of the probability that the best span is right.

    Each half is measured with a fit on the other half.
    """
    half = np.array([crc32(one.passage.encode()) % 2 for one in given])
    scores = np.array([[score] for score, _ in found])
    right = np.array(
        [
            exact_match(span, one.accepted or ("",))
            for (_, span), one in zip(found, given, strict=True)
        ]
    )
    chances = np.zeros(len(given))
    for part in (0, 1):
        model = LogisticRegression(C=100).fit(scores[half != part], right[half != part])
        chances[half == part] = model.predict_proba(scores[half == part])[:, 1]
    return calibration_error(chances.tolist(), (right > 0).tolist())


def _area(given: Sequence[Given], found: Sequence[tuple[float, str]]) -> Score:
    pairs = list(zip(given, (score for score, _ in found), strict=True))
    return auroc(
        [score for one, score in pairs if one.answerable],
        [score for one, score in pairs if not one.answerable],
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the trained reader on passages given.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument("--rules", action="store_true", help="measure the reader by rules")
    parser.add_argument("--limit", type=int, metavar="COUNT")
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args()
    network = Network(options.weights)
    read_all = read_by_rules if options.rules else partial(read, network)
    squad = read_given(options.data / "squad2" / "dev.json.gz")[: options.limit]
    found = read_all(squad)
    scores = measure_squad(squad, found)
    error = measure_calibration(squad, found)
    clapnq = read_clapnq(options.data / "clapnq")
    area = _area(clapnq, read_all(clapnq))
    lines = [
        f"SQuAD 2.0 dev, {len(squad):,} questions",
        *(f"  {what:32}{value:.3f}" for what, value in scores.items()),
    ]
    lines.append(
        f"  calibration error               {error.value:.3f} [{error.low or 0:.3f}, "
        f"{error.high or 0:.3f}]"
    )
    lines += [
        f"CLAPnq dev, {len(clapnq)} questions",
        f"  AUROC, answerable or not        {area.value:.3f}",
    ]
    sys.stdout.write("\n".join([*lines, f"    [{area.low or 0:.3f}, {area.high or 0:.3f}]"]) + "\n")
    if options.limit is None and options.weights == SHIPPED and not options.rules:
        held = {f"SQuAD 2.0: {what}": value for what, value in scores.items()} | {
            "SQuAD 2.0: 1 - calibration error": 1 - (error.value or 0.0),
            "CLAPnq: AUROC": area.value or 0.0,
        }
        digest = floors.digest_files(
            options.data / "squad2" / "dev.json.gz", options.data / "clapnq"
        )
        sys.exit(floors.hold("reading", held, digest, pin=options.pin))


if __name__ == "__main__":
    main()
