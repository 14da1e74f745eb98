"""What every reader takes and returns: candidate sentences of passages, and readings of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

from assistant.terms import content_stems
from assistant.understanding.question import QuestionKind, kind_of
from corpus import split_sentences
from index import Hit

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A sentence that may hold the answer.

    Attributes:
        hit: the passage it was read in.
        start, end: character offsets of the sentence in ``hit.article.text``.
        score: calibrated log-odds that its answer is right; the confidence is computed from it.
        features: what the score was computed from, in the order of the reader's ``FEATURES``.
        short_answer: offsets in the article of the part that answers; None if it is not known.
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


class Reader(Protocol):
    """Scores the sentences of passages. Thread-safe."""

    threshold: float
    """Probability of being right below which no answer is given."""

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """Sentences, best first; never headings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateSentence:
    """A sentence to be read, with the stems of its words and of its surroundings."""

    hit: Hit
    start: int
    end: int
    words: frozenset[str]
    context: frozenset[str]

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks: its kind, and its words, each with a weight."""

    kind: QuestionKind
    rarity: dict[str, float]

    @classmethod
    def of(cls, query: str, candidates: Sequence[CandidateSentence]) -> Asked:
        """Weight each word of the query higher, the fewer candidates hold it."""
        words = content_stems(query)
        counts = Counter(word for candidate in candidates for word in candidate.words & words)
        return cls(
            kind=kind_of(query),
            rarity={word: log(1 + len(candidates) / (1 + counts[word])) for word in words},
        )

    def share(self, stems: frozenset[str]) -> float:
        """Weighted share of the question's words that these stems cover, in [0, 1]."""
        total = sum(self.rarity.values())
        return (
            sum(weight for word, weight in self.rarity.items() if word in stems) / total
            if total
            else 0.0
        )


def find_sentences(hits: Sequence[Hit]) -> list[CandidateSentence]:
    """The sentences of the passages, each once, with the stems of their surroundings."""
    found, seen = [], set()
    for hit in hits:
        article, passage = hit.article, hit.passage
        title = content_stems(article.title or "")
        # A sentence too long for the encoder spans several passages; only its part in this one is
        # read.
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
            found.append(
                CandidateSentence(hit=hit, start=start, end=end, words=words[n], context=around)
            )
    return found
