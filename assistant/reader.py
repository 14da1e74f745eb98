"""A question and passages in, scored sentences out. Knows nothing of whether to answer or how to word it.

The first reader has no trained network: a sentence is scored by the question's words that it and its surroundings hold,
by its nearness in meaning, and by whether something of the asked kind stands in it. The weights are fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answer_types import Span, answer_spans, counted, cue
from assistant.question import Kind, kind_of
from assistant.terms import content_stems, document_frequencies, names, terms
from corpus import Sentence, split_sentences
from index import Hit

FEATURES = (
    "words",  # share of the question's words in the sentence, rare words counting more
    "context",  # the same for the sentence with title and the sentence before
    "passage_words",  # the same for the passage with title
    "meaning",  # cosine of question and sentence
    "passage_meaning",  # cosine of question and passage
    "rank",  # the passage's search score as a share of the best one's
    "has_type",  # something of the asked kind stands in it
    "lacks_type",  # the kind shows in a sentence's form, and nothing of it stands here
    "cue",  # sounds like a cause, or like a denial or confirmation, where such is asked for
    "names_missing",  # share of the question's names in neither passage nor title
)

# Logistic regression of "this sentence holds the answer" on FEATURES, the constant last.
WEIGHTS: tuple[float, ...] = (2.0, 1.0, 1.0, 4.0, 1.0, 1.0, 0.8, -1.0, 0.5, -1.5, -6.0)

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
    """A sentence before it is encoded."""

    hit: Hit
    sentence: Sentence
    stems: frozenset[str]
    context: frozenset[str]
    passage: frozenset[str]

    @property
    def text(self) -> str:
        return self.hit.article.text[self.sentence.start : self.sentence.end]


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
        asked = content_stems(query)
        rarity = _rarity(asked, [candidate.stems for candidate in candidates])
        candidates.sort(key=lambda candidate: (-_share(candidate.context, rarity), -candidate.hit.score))
        candidates = candidates[: self._limit]
        vectors = self._encoder.encode_passages([candidate.text for candidate in candidates])
        meanings = vectors @ self._encoder.encode_question(query)
        kind, best = kind_of(query), max(hit.score for hit in hits)
        called = [content_stems(query[start:end]) for start, end in names(query)]
        readings = []
        for candidate, meaning in zip(candidates, meanings, strict=True):
            spans = answer_spans(kind, candidate.text, asked)
            missing = sum(not name & candidate.passage for name in called) / max(len(called), 1)
            features = (
                _share(candidate.stems, rarity),
                _share(candidate.context, rarity),
                _share(candidate.passage, rarity),
                float(meaning),
                candidate.hit.similarity,
                candidate.hit.score / best if best > 0 else 0.0,
                float(bool(spans)),
                float(not spans and kind not in _FORMLESS),
                float(cue(kind, candidate.text)),
                missing,
            )
            short = _nearest(candidate.text, spans, kind, asked)
            offset = candidate.sentence.start
            readings.append(
                Reading(
                    hit=candidate.hit,
                    start=offset,
                    end=candidate.sentence.end,
                    score=float(np.dot(WEIGHTS, (*features, 1.0))),
                    features=features,
                    short_answer=(offset + short[0], offset + short[1]) if short else None,
                )
            )
        return sorted(readings, key=lambda reading: -reading.score)


def _candidates(hits: Sequence[Hit]) -> list[_Candidate]:
    found, seen = [], set()
    for hit in hits:
        article, passage = hit.article, hit.passage
        title = content_stems(article.title or "")
        whole = content_stems(passage.text) | title
        before: frozenset[str] = frozenset()
        for sentence in split_sentences(article.text):
            if sentence.end <= passage.start or sentence.start >= passage.end:
                continue
            stems = content_stems(article.text[sentence.start : sentence.end])
            if not sentence.heading and stems and (article.id, sentence.start) not in seen:
                seen.add((article.id, sentence.start))
                found.append(
                    _Candidate(hit=hit, sentence=sentence, stems=stems, context=stems | before | title, passage=whole)
                )
            before = stems
    return found


def _rarity(asked: frozenset[str], sentences: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much each word of the question tells: the fewer of the sentences read hold it, the more."""
    counts = document_frequencies(stems & asked for stems in sentences)
    return {word: log(1 + len(sentences) / (1 + counts.get(word, 0))) for word in asked}


def _share(stems: frozenset[str], rarity: dict[str, float]) -> float:
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in stems) / total if total else 0.0


def _nearest(sentence: str, spans: Sequence[Span], kind: Kind, asked: frozenset[str]) -> Span | None:
    """The span nearest to the question's words; of numbers, first of all one that counts what was asked for."""
    if not spans:
        return None
    places = [term.start for term in terms(sentence) if term.stem in asked]

    def distance(span: Span) -> tuple[bool, float]:
        counts = kind is Kind.HOW_MANY and counted(sentence, span, asked)
        return not counts, sum(min(abs(place - span[0]), abs(place - span[1])) for place in places) / max(len(places), 1)

    return min(spans, key=distance)
