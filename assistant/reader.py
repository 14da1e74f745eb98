"""A question and passages in, scored sentences out: the trained reader. Knows nothing of whether to answer.

Its network gives each word piece of a passage the log-odds that the answer starts, or ends, there, against "not here".
A sentence is as good as the best span in it; the span is the short answer, and the sentence the quotation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assistant.network import Network
from assistant.reading import Asked, Candidate, Reading, find_sentences
from assistant.windows import Window, encode_bare, make_windows, special_ids
from index import Hit, fold, load_tokenizer

_WORD = re.compile(r"[^\W_]+")

Logits = NDArray[np.float32]
Numbers = NDArray[np.float64]

LONGEST_ANSWER = 30
"""Word pieces."""

FEATURES = (
    "span",  # log-odds of the best span: of its start and of its end, against "not here"
    "context",  # share of the question's words in the sentence, its neighbours and the title, rare words counting more
)

# What follows was fitted by python -m assistant.training.calibration, 2026-11-24, on the even half of news-dev, asked
# with and without the day.

WEIGHTS = (0.242, 2.147, -3.354)
"""Log-odds that the answer stands in a sentence against that it stands nowhere: of FEATURES, and the constant."""
DECISION = (0.933, 0.829, -0.408, -1.414)
"""Log-odds that a sentence's answer is right: of its log-odds beside the others, of the best score and the best cosine
that search gave a passage, and the constant."""
THRESHOLD = 0.22
"""Probability of being right below which Dateline declines: there, false answers and false refusals are most nearly as
frequent on the even half of news-dev."""

_NO_SPAN = -20.0  # log-odds, for a sentence of which no word piece was read


class SpanReader:
    """Reads passages whole.

    Args:
        network: the trained one.
    """

    threshold = THRESHOLD

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tokenizer = load_tokenizer()
        self._special = special_ids(self._tokenizer)

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """Every sentence of the passages, best first; headings are never among them."""
        candidates = find_sentences(hits)
        if not candidates:
            return []
        asked = Asked.of(query, candidates)
        places = {hit.passage.id: n for n, hit in enumerate(hits)}
        logits = self._read_passages(query, hits)
        readings = []
        for place, sentences in groupby(candidates, lambda candidate: places[candidate.hit.passage.id]):
            readings += _read_sentences(asked, list(sentences), logits[place])
        beside = compare(
            weigh([reading.features for reading in readings]), [answer_of(reading) for reading in readings]
        )
        scores = calibrate(beside, find_evidence(hits))
        scored = [replace(reading, score=score) for reading, score in zip(readings, scores.tolist(), strict=True)]
        return sorted(scored, key=lambda reading: -reading.score)

    def _read_passages(self, query: str, hits: Sequence[Hit]) -> list[list[tuple[Window, Logits]]]:
        """The windows of each passage, with (pieces, 2) log-odds of start and end."""
        question, *texts = encode_bare(self._tokenizer, [query, *(hit.passage.text for hit in hits)])
        titles = encode_bare(self._tokenizer, [hit.article.title or "" for hit in hits])
        windows = [make_windows(question, *pair, self._special) for pair in zip(titles, texts, strict=True)]
        read = iter(self._network.read([window for some in windows for window in some]))
        return [[(window, next(read)) for window in some] for some in windows]


def weigh(features: ArrayLike, weights: Sequence[float] = WEIGHTS) -> Numbers:
    """(sentences,) log-odds that the answer stands there against that it stands nowhere."""
    found: Numbers = np.array(features) @ np.array(weights[:-1]) + weights[-1]
    return found


def compare(logits: Numbers, answers: Sequence[str]) -> Numbers:
    """(sentences,) log-odds that each one's answer is right, against all others and that there is none.

    Sentences that give the same answer vouch for it together. Of those, a sentence stands below the best one as far as
    it did alone.

    Args:
        logits: (sentences,) of each alone.
        answers: of each; "" says the same as no other.
    """
    together: dict[str, float] = {}
    best: dict[str, float] = {}
    keys = [answer or f" {n}" for n, answer in enumerate(answers)]
    for key, logit in zip(keys, logits.tolist(), strict=True):
        together[key] = float(np.logaddexp(together.get(key, -np.inf), logit))
        best[key] = max(best.get(key, -np.inf), logit)
    everything = np.logaddexp.reduce([0.0, *together.values()])
    chances = {key: float(np.clip(np.exp(mass - everything), 1e-9, 1 - 1e-9)) for key, mass in together.items()}
    right = np.array([log(chances[key] / (1 - chances[key])) - best[key] for key in keys])
    beside: Numbers = right + logits
    return beside


def find_evidence(hits: Sequence[Hit]) -> tuple[float, float]:
    """How well search found what was read: the best score, high where all evidence agrees, and the best cosine."""
    return max(hit.score for hit in hits), max(hit.similarity for hit in hits)


def calibrate(beside: Numbers, evidence: tuple[float, float], decision: Sequence[float] = DECISION) -> Numbers:
    """(sentences,) log-odds of being right, calibrated (Platt 1999), of what ``compare`` and ``find_evidence`` gave."""
    scale, found, meaning, constant = decision
    scores: Numbers = scale * beside + found * evidence[0] + meaning * evidence[1] + constant
    return scores


def answer_of(reading: Reading) -> str:
    """The short answer's words, by which two that say the same are known."""
    if reading.short_answer is None:
        return ""
    words = _WORD.findall(fold(reading.hit.article.text[slice(*reading.short_answer)]))
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def _read_sentences(
    asked: Asked, candidates: Sequence[Candidate], windows: Sequence[tuple[Window, Logits]]
) -> list[Reading]:
    """The sentences of one passage, without their scores."""
    readings = []
    for candidate in candidates:
        offset = candidate.hit.passage.start
        inside = (candidate.start - offset, candidate.end - offset)
        spans = [span for window in windows if (span := best_span(*window, *inside))]
        score, start, end = max(spans, default=(_NO_SPAN, 0, 0))
        readings.append(
            Reading(
                hit=candidate.hit,
                start=candidate.start,
                end=candidate.end,
                score=0.0,
                features=(score, asked.share(candidate.context)),
                short_answer=(offset + start, offset + end) if spans else None,
            )
        )
    return readings


def best_span(window: Window, logits: Logits, start: int, end: int) -> tuple[float, int, int] | None:
    """The best span between two characters of the passage: its score, and its characters; None if none is read."""
    first, last = np.searchsorted(window.ends, start, "right"), np.searchsorted(window.starts, end, "left")
    if first >= last:
        return None
    scores = logits[first:last, :1] + logits[first:last, 1]
    count = last - first
    later = np.arange(count) - np.arange(count)[:, None]  # (starts, ends): how much later the end stands
    scores[(later < 0) | (later >= LONGEST_ANSWER)] = -np.inf
    low, high = np.unravel_index(np.argmax(scores), scores.shape)
    return float(scores[low, high]), int(window.starts[first + low]), int(window.ends[first + high])
