"""Whether search finds what answers a question: words alone, meaning alone, and both as the library ranks them.

    python -m tests.benchmarks.search --data DIR --library FOLDER [--tune]

``--data`` holds news-dev.articles.jsonl.gz and news-dev.questions.jsonl. Their articles are added to the library in
``--library``, 14,872 passages that are encoded the first time and kept. For each way to rank: the
share of answerable questions with a gold article, and with a passage that holds the answer string, among the first k.

Weights may be chosen (``--tune``) on the questions whose sha256(id) is even; the odd half is what is reported.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from index import Library
from index.encoder import Encoder
from index.matrix import Matrix, Rows
from index.ranking import WEIGHTS, Candidate, Weights, rank
from index.searching import BY_MEANING, _weigh
from index.snapshot import Snapshot
from index.store import Store
from index.words import PASSAGE_BITS, fold

DEPTHS = (1, 4, 10, 20)
WORDS = Weights(article_words=0, similarity=0, nearness=0, outlet=0)
MEANING = replace(WORDS, words=0, similarity=1)
UNDATED = replace(WEIGHTS, nearness=0)
GRID = {
    "article_words": (0.0, 0.5, 1.0, 1.5),
    "similarity": (0.0, 0.3, 0.6, 1.0, 1.5),
    "nearness": (0.1, 0.2, 0.3, 0.5),
    "nearness_days": (7.0, 15.0, 30.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of news-dev whose answer stands in an article."""

    id: str
    text: str
    asked: date
    answer: str
    gold: frozenset[str]

    @property
    def is_for_tuning(self) -> bool:
        return int(sha256(self.id.encode()).hexdigest(), 16) % 2 == 0

    def is_answered_by(self, passage: str) -> bool:
        return f" {_spell(self.answer)} " in f" {_spell(passage)} "


@dataclass(frozen=True, slots=True)
class Found:
    """What ranking starts from: a question's candidates, and which of them are right."""

    question: Question
    candidates: list[Candidate]
    answering: frozenset[str]  # ids of passages

    def judge(self, weights: Weights) -> NDArray[np.bool_]:
        """(2, len(DEPTHS)): whether a gold article, and an answer, is among the first k hits."""
        ranked = [c for c, _ in rank(self.question.text, self.candidates, as_of=self.question.asked, weights=weights)]
        return _at_depths(
            [candidate.article_id in self.question.gold for candidate in ranked],
            [candidate.passage_id in self.answering for candidate in ranked],
        )


def read_articles(folder: Path) -> Iterator[Article]:
    with gzip.open(folder / "news-dev.articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            yield Article(
                id=record["id"],
                title=record["title"].strip() or None,
                text=record["text"],
                url=record["url"] or None,
                published=date.fromisoformat(record["published"].replace("/", "-")) if record["published"] else None,
            )


def read_questions(folder: Path) -> list[Question]:
    with (folder / "news-dev.questions.jsonl").open(encoding="utf-8") as lines:
        return [
            Question(
                id=record["id"],
                text=record["question"],
                asked=date.fromisoformat(record["asked"]),
                answer=record["answer"],
                gold=frozenset(record["gold_articles"]),
            )
            for record in map(json.loads, lines)
            if record["answerable"]
        ]


def find_candidates(store: Store, encoder: Encoder, questions: Sequence[Question]) -> list[Found]:
    """What Library.search ranks for each question."""
    with Matrix().reading(store) as (snapshot, rows):
        read = cache(snapshot.article)
        return [_find(snapshot, rows, read, encoder, question) for question in questions]


def _find(
    snapshot: Snapshot, rows: Rows, read: Callable[[int], Article], encoder: Encoder, question: Question
) -> Found:
    vector = encoder.encode_question(question.text)
    candidates = _weigh(snapshot, rows, question.text, vector, rows.nearest(vector, BY_MEANING), None)
    answering = set()
    for number, candidate in candidates.items():
        start, end = snapshot.span(number)
        if question.is_answered_by(read(number >> PASSAGE_BITS).text[start:end]):
            answering.add(candidate.passage_id)
    return Found(question, list(candidates.values()), frozenset(answering))


def judge_search(library: Library, question: Question) -> NDArray[np.bool_]:
    """As ``Found.judge``, of what a user gets; a copy in ``also_in`` counts as its hit does."""
    hits = library.search(question.text, limit=max(DEPTHS), as_of=question.asked)
    return _at_depths(
        [bool(question.gold & {article.id for article in (hit.article, *hit.also_in)}) for hit in hits],
        [question.is_answered_by(hit.passage.text) for hit in hits],
    )


def _at_depths(*rights: Sequence[bool]) -> NDArray[np.bool_]:
    return np.array([[any(right[:k]) for k in DEPTHS] for right in rights])


def tune(found: Sequence[Found]) -> Weights:
    """The weights of ``GRID`` that find most on these questions: gold and answer, at 1, 4 and 10 alike."""

    def quality(weights: Weights) -> float:
        return float(np.mean([one.judge(weights)[:, :3] for one in found]))

    choices = (replace(WEIGHTS, **dict(zip(GRID, values, strict=True))) for values in product(*GRID.values()))
    return max(choices, key=quality)


def interval(better: NDArray[np.bool_], worse: NDArray[np.bool_]) -> str:
    """The 95 % bootstrap interval of the difference in answers @4, in pairs."""
    difference = better[:, 1, 1].astype(float) - worse[:, 1, 1]
    draws = np.random.default_rng(0).integers(len(difference), size=(2_000, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
    return f"{difference.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def report(found: Sequence[Found], library: Library) -> str:
    """A table: a line for each way to rank and each half."""
    ways = {
        "words of the passage": [one.judge(WORDS) for one in found],
        "meaning": [one.judge(MEANING) for one in found],
        "both, any day": [one.judge(UNDATED) for one in found],
        "both, near the day asked": [one.judge(WEIGHTS) for one in found],
        "Library.search": [judge_search(library, one.question) for one in found],
    }
    judged = {name: np.array(rows) for name, rows in ways.items()}
    tuning = np.array([one.question.is_for_tuning for one in found])
    halves = {"even (tuned on)": tuning, "odd (reported)": ~tuning, "all": tuning | ~tuning}
    lines = [f"{'gold article / answer @k':26}" + "".join(f"{f'@{k}':>14}" for k in DEPTHS) + "   answer @4 vs. words"]
    for half, chosen in halves.items():
        lines.append(f"{half}: {chosen.sum()} questions")
        for name, rows in judged.items():
            means = rows[chosen].mean(axis=0)
            cells = "".join(f"{f'{gold:.3f} / {answer:.3f}':>14}" for gold, answer in means.T)
            lines.append(f"  {name:24}{cells}   {interval(rows[chosen], judged['words of the passage'][chosen])}")
    return "\n".join(lines)


def _spell(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure search on news-dev.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--tune", action="store_true", help="print the weights that are best on the even half")
    options = parser.parse_args()
    with Library.open(options.library) as library:
        library.add(read_articles(options.data))
        store = Store.open(options.library, create=False)
        found = find_candidates(store, library.encoder, read_questions(options.data))
        store.close()
        if options.tune:
            sys.stdout.write(f"{tune([one for one in found if one.question.is_for_tuning])}\n")
        sys.stdout.write(f"{len(library)} articles\n{report(found, library)}\n")


if __name__ == "__main__":
    main()
