"""The rule-based reader: takes a question and passages, returns scored sentences.

A sentence is scored by how many of the question's words it and its surroundings hold, by its
similarity in meaning, and by whether it holds something of the asked kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.reading.answer_types import Span, answer_spans, strength
from assistant.reading.base import Asked, CandidateSentence, Reading, find_sentences
from assistant.terms import find_terms
from assistant.understanding.question import QuestionKind
from index import Hit

FEATURES = (
    "words",  # share of the question's words in the sentence, rare words counting more
    "context",  # the same in the sentence, the title and the sentences before and after
    "has_type",  # how surely it holds something of the asked kind, 0 to 1
    "lacks_type",  # 1 if the asked kind has a typical form, and the sentence holds none of it
    "meaning",  # cosine of question and sentence
    "passage_meaning",  # cosine of question and passage
)

# Logistic regression of "this sentence holds the answer" on FEATURES, the constant last. Fitted
# 2026-11-23 on 1,131 questions of SQuAD 2.0 train and the even half of news-dev by
# python -m assistant.training.sentences, when SQuAD's paragraphs were ranked within their topic;
# a fit to today's search is no better (DECISIONS.md).
FEATURE_WEIGHTS = (2.20, 0.43, 0.57, -0.57, 1.62, 3.06, -5.81)

# Log-odds that the best sentence is right: weights of its own score and of the best search score,
# and a constant. Fitted 2026-11-23 for FEATURE_WEIGHTS on 1,138 questions of SQuAD 2.0 train and
# the even half of news-dev, with and without the day asked, by
# python -m assistant.training.sentences --keep
_SENTENCE, _FOUND, _CONSTANT = 0.879, 0.949, -2.113

THRESHOLD = 0.26
"""Probability of being right below which Dateline declines.

At this value, the rates of false answers and false refusals on the even half of news-dev are
closest to each other (.42 and .38; 2026-11-23, by the command above).
"""

_FORMLESS = (QuestionKind.YES_NO, QuestionKind.OTHER)


class SentenceEncoder(Protocol):
    """What the reader needs of an encoder; its rows have unit length."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32."""

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dim,) float32."""


class SentenceReader:
    """Scores whole sentences.

    Args:
        encoder: the library's encoder.
        limit: the most sentences to encode for one question.
    """

    threshold = THRESHOLD

    def __init__(self, encoder: SentenceEncoder, *, limit: int = 40) -> None:
        self._encoder = encoder
        self._limit = limit

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """The most promising sentences, at most ``limit``, best first; never headings."""
        candidates = find_sentences(hits)
        if not candidates:
            return []
        asked = Asked.of(query, candidates)
        candidates.sort(
            key=lambda candidate: (-asked.share(candidate.context), -candidate.hit.score)
        )
        candidates = candidates[: self._limit]
        vectors = self._encoder.encode_passages([candidate.text for candidate in candidates])
        meanings = vectors @ self._encoder.encode_question(query)
        found = max(candidate.hit.score for candidate in candidates)
        readings = [
            _read(asked, candidate, float(meaning), found)
            for candidate, meaning in zip(candidates, meanings, strict=True)
        ]
        return sorted(readings, key=lambda reading: -reading.score)


def _match(
    asked: Asked, candidate: CandidateSentence, spans: Sequence[Span]
) -> tuple[float, float, float, float]:
    """The first four of ``FEATURES``."""
    return (
        asked.share(candidate.words),
        asked.share(candidate.context),
        max(
            (strength(asked.kind, candidate.text, span, asked.rarity) for span in spans),
            default=0.0,
        ),
        float(not spans and asked.kind not in _FORMLESS),
    )


def _read(asked: Asked, candidate: CandidateSentence, meaning: float, found: float) -> Reading:
    spans = answer_spans(asked.kind, candidate.text, frozenset(asked.rarity))
    short = _nearest(candidate.text, spans, asked)
    features = (*_match(asked, candidate, spans), meaning, candidate.hit.similarity)
    return Reading(
        hit=candidate.hit,
        start=candidate.start,
        end=candidate.end,
        score=_SENTENCE * float(np.dot(FEATURE_WEIGHTS, (*features, 1.0)))
        + _FOUND * found
        + _CONSTANT,
        features=features,
        short_answer=(candidate.start + short[0], candidate.start + short[1]) if short else None,
    )


def _nearest(sentence: str, spans: Sequence[Span], asked: Asked) -> Span | None:
    """The surest span; among equally sure ones, the nearest to the question's words."""
    if not spans:
        return None
    places = [term.start for term in find_terms(sentence) if term.stem in asked.rarity]

    def distance(span: Span) -> tuple[float, float]:
        apart = sum(min(abs(place - span[0]), abs(place - span[1])) for place in places) / max(
            len(places), 1
        )
        return -strength(asked.kind, sentence, span, asked.rarity), apart

    return min(spans, key=distance)
