"""The trained reader: takes a question and passages, returns scored sentences.

Its network gives each word piece of a passage the log-odds that the answer starts or ends there,
against "not here". The best span in a sentence decides its score; the span is the short answer, and
the sentence is the quotation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assistant.reading.base import CandidateSentence, Reading, find_sentences
from assistant.reading.entries import blank_rows
from assistant.reading.network import Network
from assistant.reading.short_answer import make_whole
from assistant.reading.windows import (
    Window,
    encode_bare,
    encode_contexts,
    find_context,
    make_windows,
    special_ids,
)
from assistant.terms import content_stems, name_stems
from index import Hit, fold, load_tokenizer, normalize

_WORD = re.compile(r"[^\W_]+")

Logits = NDArray[np.float32]
Floats = NDArray[np.float64]

LONGEST_ANSWER = 30
"""In word pieces."""

FEATURES = (
    "span",  # log-odds of the best span: of its start and of its end, against "not here"
    "search",  # the passage's search score, high where words, meaning and date agree
    "similarity",  # cosine of question and passage, low where the library has nothing on the topic
    "names",  # share of the question's names found in the passage or in its context
)

# The numbers below were fitted by python -m assistant.training.calibration, 2026-11-29, on the 225
# questions of news-gold and 240 questions on topics that its articles do not cover.

FEATURE_WEIGHTS = (0.529, 1.223, 5.246, 1.461, -7.575)
"""Weights of FEATURES, and the constant.

They give the log-odds that the answer is in a sentence, against that it is nowhere.
"""
DECISION = (0.965, 0.389)
"""Weight of the log-odds from ``compare``, and the constant.

They give the log-odds that a sentence's answer is right.
"""
THRESHOLD = 0.5
"""Probability of being right below which Dateline declines.

A quotation is shown if it is more likely right than wrong.
"""

_NO_SPAN = -20.0  # log-odds of a sentence of which no word piece was read


class SpanReader:
    """Reads whole passages.

    Args:
        network: the trained network.
    """

    threshold = THRESHOLD

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tokenizer = load_tokenizer()
        self._special = special_ids(self._tokenizer)

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """Every sentence of the passages, best first; never headings."""
        candidates = find_sentences(hits)
        if not candidates:
            return []
        places = {hit.passage.id: n for n, hit in enumerate(hits)}
        read = self._read_passages(query, hits)
        names = name_stems(query)
        readings = []
        for place, sentences in groupby(
            candidates, lambda candidate: places[candidate.hit.passage.id]
        ):
            readings += _read_sentences(list(sentences), read[place], names)
        logits = weigh([reading.features for reading in readings])
        scores = calibrate(compare(logits, [answer_of(reading) for reading in readings]))
        scored = [
            replace(reading, score=score)
            for reading, score in zip(readings, scores.tolist(), strict=True)
        ]
        return sorted(scored, key=lambda reading: -reading.score)

    def _read_passages(self, query: str, hits: Sequence[Hit]) -> list[list[tuple[Window, Logits]]]:
        """The windows of each passage, each with (pieces, 2) log-odds of start and end."""
        question, *texts = encode_bare(self._tokenizer, [query, *(blank_rows(hit) for hit in hits)])
        contexts = encode_contexts(
            self._tokenizer, [find_context(hit.article, hit.passage.start) for hit in hits]
        )
        windows = [
            make_windows(question, *pair, self._special)
            for pair in zip(contexts, texts, strict=True)
        ]
        read = iter(self._network.read([window for some in windows for window in some]))
        return [[(window, next(read)) for window in some] for some in windows]


def weigh(features: ArrayLike, weights: Sequence[float] = FEATURE_WEIGHTS) -> Floats:
    """(sentences,) log-odds that the answer is in each sentence, against that it is nowhere."""
    found: Floats = np.array(features) @ np.array(weights[:-1]) + weights[-1]
    return found


def compare(logits: Floats, answers: Sequence[str]) -> Floats:
    """(sentences,) log-odds that each sentence's answer is right, against the others and no answer.

    Sentences support each other as far as their answers share words (Dice coefficient), so the
    answer closest to all is chosen (minimum Bayes risk; Kumar and Byrne 2004). Among sentences that
    agree, each stays as far below the best one as it was alone.

    Args:
        logits: (sentences,) log-odds of each sentence alone.
        answers: the answer of each sentence; "" agrees with no other.
    """
    agree = _agreement(answers)
    alone = np.exp(np.minimum(logits, 50.0))
    chances = np.clip(agree @ alone / (1 + alone.sum()), 1e-9, 1 - 1e-9)
    best = (logits + np.log(np.maximum(agree, 1e-30))).max(1)
    beside: Floats = np.log(chances / (1 - chances)) + logits - best
    return beside


def _agreement(answers: Sequence[str]) -> Floats:
    """(sentences, sentences) Dice coefficient of the words of each pair of answers, in [0, 1]."""
    said = [frozenset(answer.split()) for answer in answers]
    words = sorted(frozenset[str]().union(*said))
    holds = np.array([[word in answer for word in words] for answer in said], dtype=np.float64)
    sizes = np.maximum(holds.sum(1), 1.0)
    agree: Floats = 2 * (holds @ holds.T) / (sizes[:, None] + sizes)
    np.fill_diagonal(agree, 1.0)
    return agree


def calibrate(beside: Floats, decision: Sequence[float] = DECISION) -> Floats:
    """(sentences,) calibrated log-odds of being right (Platt 1999).

    Args:
        beside: (sentences,) the output of ``compare``.
        decision: the fitted weight and constant.
    """
    scale, constant = decision
    scores: Floats = scale * beside + constant
    return scores


def answer_of(reading: Reading) -> str:
    """The short answer's words, normalised so that equal answers can be recognised."""
    if reading.short_answer is None:
        return ""
    words = _WORD.findall(fold(reading.hit.article.text[slice(*reading.short_answer)]))
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def _read_sentences(
    candidates: Sequence[CandidateSentence],
    windows: Sequence[tuple[Window, Logits]],
    names: frozenset[str],
) -> list[Reading]:
    """The sentences of one passage, not scored yet; ``names``: stems of the question's names."""
    hit = candidates[0].hit
    before = content_stems(" ".join(find_context(hit.article, hit.passage.start)))
    there = names & before.union(*(candidate.words for candidate in candidates))
    share = len(there) / len(names) if names else 1.0
    readings = []
    for candidate in candidates:
        offset = hit.passage.start
        inside = (candidate.start - offset, candidate.end - offset)
        spans = [span for window in windows if (span := best_span(*window, *inside))]
        score, start, end = max(spans, default=(_NO_SPAN, 0, 0))
        whole = _make_whole(candidate.text, start - inside[0], end - inside[0]) if spans else None
        readings.append(
            Reading(
                hit=hit,
                start=candidate.start,
                end=candidate.end,
                score=0.0,
                features=(score, hit.score, hit.similarity, share),
                short_answer=(candidate.start + whole[0], candidate.start + whole[1])
                if whole
                else None,
            )
        )
    return readings


def _make_whole(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    letters = normalize(sentence)
    whole = make_whole(letters.text, *letters.from_original(start, end))
    return letters.to_original(*whole) if whole else None


def best_span(
    window: Window, logits: Logits, start: int, end: int
) -> tuple[float, int, int] | None:
    """The best span between two characters of the passage: (score, start, end).

    None if no word piece there was read.
    """
    first, last = (
        np.searchsorted(window.ends, start, "right"),
        np.searchsorted(window.starts, end, "left"),
    )
    if first >= last:
        return None
    scores = logits[first:last, :1] + logits[first:last, 1]
    count = last - first
    # (starts, ends): by how many word pieces the end is later
    later = np.arange(count) - np.arange(count)[:, None]
    scores[(later < 0) | (later >= LONGEST_ANSWER)] = -np.inf
    low, high = np.unravel_index(np.argmax(scores), scores.shape)
    return float(scores[low, high]), int(window.starts[first + low]), int(window.ends[first + high])
