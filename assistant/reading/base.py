"""What reading is done on, and what comes of it: the sentences of passages. Knows nothing of how they are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

from assistant.terms import content_stems
from assistant.understanding.question import Kind, kind_of
from corpus import split_sentences
from index import Hit

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A sentence that may hold the answer.

    Attributes:
        hit: the passage it was read in.
        start, end: character offsets of the sentence in ``hit.article.text``.
        score: log-odds that its answer is right, calibrated: it is what the confidence is made of.
        features: what the score was made of, by the reader's ``FEATURES``.
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


class Reader(Protocol):
    """Scores the sentences of passages. Thread-safe."""

    threshold: float
    """Probability of being right below which its answers are not given."""

    def read(self, query: str, hits: Sequence[Hit]) -> list[Reading]:
        """Sentences, best first; headings are never among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence before it is read, with the stems of its words and of its surroundings."""

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
    """What a question asks: its kind, and its words with how much each tells."""

    kind: Kind
    rarity: dict[str, float]

    @classmethod
    def of(cls, query: str, candidates: Sequence[Candidate]) -> Asked:
        """The fewer of the sentences read hold a word, the more it tells."""
        words = content_stems(query)
        counts = Counter(word for candidate in candidates for word in candidate.words & words)
        return cls(
            kind=kind_of(query),
            rarity={word: log(1 + len(candidates) / (1 + counts[word])) for word in words},
        )

    def share(self, stems: frozenset[str]) -> float:
        """Share of the question that these stems cover, in [0, 1]."""
        total = sum(self.rarity.values())
        return (
            sum(weight for word, weight in self.rarity.items() if word in stems) / total
            if total
            else 0.0
        )


def find_sentences(hits: Sequence[Hit]) -> list[Candidate]:
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
            found.append(Candidate(hit=hit, start=start, end=end, words=words[n], context=around))
    return found
