"""A question and passages in, scored sentences out. Knows nothing of whether to answer or how to word it.

The first reader has no trained network: a sentence is scored by the question's words that it and its surroundings hold,
by its nearness in meaning, and by whether something of the asked kind stands in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answer_types import Span, answer_spans, strength
from assistant.question import Kind, kind_of
from assistant.terms import content_stems, find_terms
from corpus import split_sentences
from index import Hit

FEATURES = (
    "words",  # share of the question's words in the sentence, rare words counting more
    "context",  # the same in the sentence, the title and the sentences before and after
    "meaning",  # cosine of question and sentence
    "passage_meaning",  # cosine of question and passage
    "has_type",  # how surely something of the asked kind stands in it, 0 to 1
    "lacks_type",  # the kind shows in a sentence's form, and nothing of it stands here
)

# Logistic regression of "this sentence holds the answer" on FEATURES, the constant last. Fitted 2026-11-23 on 1,131
# questions of SQuAD 2.0 train and the even half of news-dev by python -m assistant.training.sentences, while SQuAD's
# paragraphs were ranked within their topic; a fit to today's search is no better (DECISIONS.md).
WEIGHTS = (2.20, 0.43, 1.62, 3.06, 0.57, -0.57, -5.81)

_FORMLESS = (Kind.YES_NO, Kind.OTHER)


class SentenceEncoder(Protocol):
    """What the reader asks of an encoder: unit rows."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32."""

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dim,) float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A sentence that may hold the answer.

    Attributes:
        hit: the passage it was read in.
        start, end: character offsets of the sentence in ``hit.article.text``.
        score: log-odds that the sentence holds the answer, before calibration.
        features: the values of ``FEATURES``.
        short_answer: offsets in the article of the part that answers, where its form tells.
    """

    hit: Hit
    start: int
    end: int
    score: float
    features: tuple[float, ...]
    short_answer: Span | None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A sentence before it is encoded, with the stems of its words and of its surroundings."""

    hit: Hit
    start: int
    end: int
    words: frozenset[str]
    context: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]


class SentenceReader:
    """Scores whole sentences.

    Args:
        encoder: the library's.
        limit: how many sentences are encoded for one question, at most.
    """

    def __init__(self, encoder: SentenceEncoder, *, limit: int = 40) -> None:
        self._encoder = encoder
        self._limit = limit

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """Every sentence worth it, best first; headings are never among them."""
        candidates = _candidates(hits)
        if not candidates:
            return []
        asked = _Asked.of(query, candidates)
        candidates.sort(key=lambda candidate: (-asked.share(candidate.context), -candidate.hit.score))
        candidates = candidates[: self._limit]
        vectors = self._encoder.encode_passages([candidate.text for candidate in candidates])
        meanings = vectors @ self._encoder.encode_question(query)
        readings = [
            _read(asked, candidate, float(meaning)) for candidate, meaning in zip(candidates, meanings, strict=True)
        ]
        return sorted(readings, key=lambda reading: -reading.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a question asks: its kind, and its words with how much each tells."""

    kind: Kind
    rarity: dict[str, float]

    @classmethod
    def of(cls, query: str, candidates: Sequence[_Candidate]) -> _Asked:
        """The fewer of the sentences read hold a word, the more it tells."""
        words = content_stems(query)
        counts = Counter(word for candidate in candidates for word in candidate.words & words)
        return cls(kind=kind_of(query), rarity={word: log(1 + len(candidates) / (1 + counts[word])) for word in words})

    def share(self, stems: frozenset[str]) -> float:
        """Share of the question that these stems cover, in [0, 1]."""
        total = sum(self.rarity.values())
        return sum(weight for word, weight in self.rarity.items() if word in stems) / total if total else 0.0


def _read(asked: _Asked, candidate: _Candidate, meaning: float) -> Reading:
    text, kind = candidate.text, asked.kind
    spans = answer_spans(kind, text, frozenset(asked.rarity))
    short = _nearest(text, spans, asked)
    features = (
        asked.share(candidate.words),
        asked.share(candidate.context),
        meaning,
        candidate.hit.similarity,
        max((strength(kind, text, span, asked.rarity) for span in spans), default=0.0),
        float(not spans and kind not in _FORMLESS),
    )
    return Reading(
        hit=candidate.hit,
        start=candidate.start,
        end=candidate.end,
        score=float(np.dot(WEIGHTS, (*features, 1.0))),
        features=features,
        short_answer=(candidate.start + short[0], candidate.start + short[1]) if short else None,
    )


def _candidates(hits: Sequence[Hit]) -> list[_Candidate]:
    """The sentences of the passages, each once, with the stems around them."""
    found, seen = [], set()
    for hit in hits:
        article, passage = hit.article, hit.passage
        title = content_stems(article.title or "")
        # A sentence too long for the encoder stands in several passages; of it the part in this one is read.
        inside = [
            (max(sentence.start, passage.start), min(sentence.end, passage.end), sentence.heading)
            for sentence in split_sentences(article.text)
            if sentence.end > passage.start and sentence.start < passage.end
        ]
        words = [content_stems(article.text[start:end]) for start, end, _ in inside]
        for n, (start, end, heading) in enumerate(inside):
            if heading or not words[n] or (article.id, start) in seen:
                continue
            seen.add((article.id, start))
            around = title.union(*words[max(n - 1, 0) : n + 2])
            found.append(_Candidate(hit=hit, start=start, end=end, words=words[n], context=around))
    return found


def _nearest(sentence: str, spans: Sequence[Span], asked: _Asked) -> Span | None:
    """The surest span, and of equally sure ones the nearest to the question's words."""
    if not spans:
        return None
    places = [term.start for term in find_terms(sentence) if term.stem in asked.rarity]

    def distance(span: Span) -> tuple[float, float]:
        apart = sum(min(abs(place - span[0]), abs(place - span[1])) for place in places) / max(len(places), 1)
        return -strength(asked.kind, sentence, span, asked.rarity), apart

    return min(spans, key=distance)
