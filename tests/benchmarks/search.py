"""Measure whether search finds what answers a question.

    python -m tests.benchmarks.search --data DIR --library FOLDER [--tune] [--pin REASON]

Compares simple methods, the library, and the library without each of its parts. ``--data`` is the
folder of news-dev (see ``assistant/training/newsdev.py``). Its articles are added to the library in
``--library``; their chunks are encoded next to it for the simple methods. This takes an hour on two
cores the first time, and is kept.

For each method, the report gives the share of the 214 answerable questions with a gold article, and
with a passage that holds the answer string, among the first k passages. Differences have 95 %
paired bootstrap intervals. The weights in ``index/search/ranking.py`` were chosen (``--tune``) on
the even half, so the odd half is the fair one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.training.newsdev import Question, read_articles, read_questions
from corpus import Article
from index import Encoder, Library
from index.search.ranking import EVIDENCE_WEIGHTS, Candidate, EvidenceWeights, rank
from index.search.searching import Searcher
from index.storage.numbering import PASSAGE_BITS
from index.storage.store import Store
from index.vectors.follower import VectorIndex
from tests.benchmarks import floors
from tests.benchmarks.baselines import Chunks, Floats

DEPTHS = (1, 4, 10, 20)
Ranks = NDArray[np.float64]
"""(2,) or (questions, 2): ranks, from 1, of the first passage of a gold article and of the first
passage that answers; inf if there is none.
"""

OURS = "Library.search"
BM25 = "chunks of 200, BM25"
ABLATIONS = {
    "without the passage's words": replace(EVIDENCE_WEIGHTS, words=0),
    "without the article's words": replace(EVIDENCE_WEIGHTS, article_words=0),
    "without meaning": replace(EVIDENCE_WEIGHTS, similarity=0),
    "without the day asked": replace(EVIDENCE_WEIGHTS, nearness=0),
    "without spreading over articles": replace(EVIDENCE_WEIGHTS, repeat=0),
}
GRID = {
    "article_words": (0.5, 0.75, 1.0),
    "similarity": (0.3, 0.6, 1.0),
    "nearness": (0.3, 0.4, 0.6, 0.8),
    "nearness_days": (15.0, 30.0),
    "repeat": (0.0, 0.2, 0.4, 0.6),
}


@dataclass(frozen=True, slots=True)
class Found:
    """The input of ranking: a question's candidates, and which of them are right."""

    question: Question
    candidates: list[Candidate]
    answering: frozenset[str]  # ids of passages

    def judge(self, weights: EvidenceWeights) -> Ranks:
        ranked = [
            c
            for c, _ in rank(
                self.question.text, self.candidates, as_of=self.question.asked, weights=weights
            )
        ]
        return _first(
            [candidate.article_id in self.question.gold for candidate in ranked],
            [candidate.passage_id in self.answering for candidate in ranked],
        )


def find_candidates(store: Store, encoder: Encoder, questions: Sequence[Question]) -> list[Found]:
    """The candidates that Library.search ranks for each question."""
    texts: dict[int, str] = {}  # of articles, by number
    index = VectorIndex(store)
    index.close()  # without Chroma, all candidates are exact
    searcher = Searcher(store, index)
    return [_find(searcher, texts, encoder, question) for question in questions]


def _find(searcher: Searcher, texts: dict[int, str], encoder: Encoder, question: Question) -> Found:
    answering = set()
    with searcher.candidates(question.text, encoder) as (snapshot, candidates):
        for number, candidate in candidates.items():
            article = number >> PASSAGE_BITS
            if article not in texts:
                texts[article] = snapshot.article(article).text
            start, end = snapshot.span(number)
            if question.is_answered_by(texts[article][start:end]):
                answering.add(candidate.passage_id)
    return Found(question, list(candidates.values()), frozenset(answering))


def judge_search(library: Library, question: Question) -> Ranks:
    """The ranks in what a user gets; a copy in ``also_in`` counts like its hit."""
    hits = library.search(question.text, limit=max(DEPTHS), as_of=question.asked)
    return _first(
        [
            bool(question.gold & {article.id for article in (hit.article, *hit.also_in)})
            for hit in hits
        ],
        [question.is_answered_by(hit.passage.text) for hit in hits],
    )


def judge_chunks(chunks: Chunks, question: Question, scores: Floats) -> Ranks:
    """The ranks of a simple method."""
    best = list(chunks.best(scores))
    return _first(
        [chunk.article.id in question.gold for chunk in best],
        [question.is_answered_by(chunk.text) for chunk in best],
    )


def _first(*rights: Sequence[bool]) -> Ranks:
    return np.array([right.index(True) + 1 if True in right else np.inf for right in rights])


def judge_simple_methods(
    articles: Sequence[Article], questions: Sequence[Question], cache: Path
) -> dict[str, Ranks]:
    """The ranks of all questions, by method."""
    judged: dict[str, Ranks] = {}
    for size, overlap in ((1_024, 200), (200, 40)):
        chunks = Chunks(articles, size=size, overlap=overlap, cache=cache)
        scores = {
            "MiniLM": [chunks.by_meaning(question.text) for question in questions],
            "BM25": [chunks.by_words(question.text) for question in questions],
            "both by ranks": [chunks.by_ranks(question.text) for question in questions],
            "both by a sum": [
                chunks.by_sum(question.text, question.asked) for question in questions
            ],
        }
        judged |= {
            f"chunks of {size:,}, {name}": np.array(
                [
                    judge_chunks(chunks, question, row)
                    for question, row in zip(questions, rows, strict=True)
                ]
            )
            for name, rows in scores.items()
        }
    return judged


def tune(found: Sequence[Found]) -> EvidenceWeights:
    """The weights of ``GRID`` that are best on these questions.

    They are compared by the mean of @4, @10 and reciprocal rank.
    """

    def quality(weights: EvidenceWeights) -> float:
        ranks = np.array([one.judge(weights) for one in found])
        return float(
            np.mean([ranks <= 4, ranks <= 10, np.where(ranks <= max(DEPTHS), 1 / ranks, 0)])
        )

    choices = (
        replace(EVIDENCE_WEIGHTS, **dict(zip(GRID, values, strict=True)))
        for values in product(*GRID.values())
    )
    return max(choices, key=quality)


def report(judged: dict[str, Ranks], tuning: NDArray[np.bool_]) -> Iterator[str]:
    """Yield a line for each half and method, and the library's gain over BM25 in each half."""
    for half, chosen in (
        ("even (tuned on)", tuning),
        ("odd (reported)", ~tuning),
        ("all", tuning | ~tuning),
    ):
        yield f"{f'{half}: {chosen.sum()} questions':34}" + "".join(
            f"{f'@{k}':>14}" for k in DEPTHS
        )
        for name, rows in judged.items():
            means = [(rows[chosen] <= k).mean(axis=0) for k in DEPTHS]
            yield f"  {name:32}" + "".join(
                f"{f'{gold:.3f} / {answer:.3f}':>14}" for gold, answer in means
            )
        at_4, at_10 = (
            (judged[OURS][chosen] <= k).astype(float) - (judged[BM25][chosen] <= k) for k in (4, 10)
        )
        yield (
            f"  {OURS} less {BM25}: gold @4 {interval(at_4[:, 0])},"
            f" gold @10 {interval(at_10[:, 0])}, answer @4 {interval(at_4[:, 1])}"
        )


def interval(differences: NDArray[np.float64]) -> str:
    """The mean with its 95 % bootstrap interval."""
    draws = np.random.default_rng(0).integers(len(differences), size=(5_000, len(differences)))
    low, high = np.percentile(differences[draws].mean(axis=1), [2.5, 97.5])
    return f"{differences.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure search on news-dev.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument(
        "--tune", action="store_true", help="print the weights that are best on the even half"
    )
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args()
    articles = list(read_articles(options.data))
    questions = [question for question in read_questions(options.data) if question.is_answerable]
    with Library.open(options.library) as library:
        library.add(articles)
        store = Store.open(options.library, create=False)
        found = find_candidates(store, library.encoder, questions)
        store.close()
        judged = judge_simple_methods(articles, questions, options.library / "chunks")
        judged[OURS] = np.array([judge_search(library, question) for question in questions])
    judged |= {
        name: np.array([one.judge(weights) for one in found]) for name, weights in ABLATIONS.items()
    }
    if options.tune:
        sys.stdout.write(f"{tune([one for one in found if one.question.is_for_tuning])}\n")
    sys.stdout.write(f"{len(articles)} articles; k counts passages; gold article / answer string\n")
    sys.stdout.write(
        "\n".join(report(judged, np.array([question.is_for_tuning for question in questions])))
        + "\n"
    )
    gold, answer = judged[OURS].T
    scores = {
        "gold article @4": float((gold <= 4).mean()),
        "gold article @10": float((gold <= 10).mean()),
        "answer @4": float((answer <= 4).mean()),
    }
    sys.exit(floors.hold("search", scores, floors.digest_files(options.data), pin=options.pin))


if __name__ == "__main__":
    main()
