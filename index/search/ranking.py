"""Ranks the candidates of both indexes in one order.

A passage's score is the weighted sum of its BM25, its article's BM25 and its cosine, each divided
by the best value of its kind, plus preferences: for days near the time that the question names
(else near ``as_of``), for an outlet that the question names, and for another article over a second
passage of the same article. Preferences reorder passages but hide none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp

from index.folding import fold
from index.search.days import named_days


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWeights:
    """The weight of each kind of evidence.

    Attributes:
        words, article_words, similarity: for the best candidate of the kind; others in proportion.
        nearness: for an article on the day of ``as_of`` or in a relative period ("this week"); it
            falls by a factor of e in ``nearness_days``.
        named: the same for the calendar days that a question names; it is lower because later
            articles look back on those days, too.
        nearness_days: the number of days.
        outlet: for an outlet that the question names.
        repeat: subtracted from every passage of an article except its best.

    The first four and the last were fitted on the even half of news-dev with
    ``tests.benchmarks.search --tune``. Few of its questions name a calendar day or an outlet, so
    ``named`` and ``outlet`` are set by hand.
    """

    words: float = 1.0
    article_words: float = 1.0
    similarity: float = 0.6
    nearness: float = 0.8
    named: float = 0.3
    nearness_days: float = 15.0
    outlet: float = 0.3
    repeat: float = 0.4


EVIDENCE_WEIGHTS = EvidenceWeights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that an index found.

    Attributes:
        passage_id, article_id: the ids of the passage and its article.
        similarity: the cosine with the question.
        words: the BM25 of the passage; higher is better, 0 without a common word.
        article_words: the BM25 of the whole article, its title weighted; same direction.
        published, outlet: those of the article.
    """

    passage_id: str
    article_id: str
    similarity: float
    words: float
    article_words: float
    published: date | None
    outlet: str | None


def rank(
    question: str,
    candidates: Sequence[Candidate],
    *,
    as_of: date | None,
    weights: EvidenceWeights = EVIDENCE_WEIGHTS,
) -> list[tuple[Candidate, float]]:
    """Candidates with their scores, best first.

    Args:
        question: the question as searched for.
        candidates: the candidates of both indexes, each once.
        as_of: the day that "this week" counts from. Days near it are preferred unless the question
            names others.
        weights: the weight of each kind of evidence.
    """
    named = named_days(question, None)
    days = named or named_days(question, as_of) or (as_of and (as_of, as_of))
    nearness = weights.named if named else weights.nearness
    spelt_question = _spell(question)
    outlets = {candidate.outlet for candidate in candidates}
    named_outlets = {outlet for outlet in outlets if outlet and _spell(outlet) in spelt_question}
    best_words = max((candidate.words for candidate in candidates), default=0.0)
    best_article_words = max((candidate.article_words for candidate in candidates), default=0.0)
    best_similarity = max((candidate.similarity for candidate in candidates), default=0.0)

    def score(candidate: Candidate) -> float:
        total = (
            weights.words * _share(candidate.words, best_words)
            + weights.article_words * _share(candidate.article_words, best_article_words)
            + weights.similarity * _share(candidate.similarity, best_similarity)
        )
        if days and candidate.published:
            distance = max(
                (days[0] - candidate.published).days, (candidate.published - days[1]).days, 0
            )
            total += nearness * exp(-distance / weights.nearness_days)
        if candidate.outlet in named_outlets:
            total += weights.outlet
        return total

    seen: set[str] = set()
    spread = []
    for candidate, total in _best_first((candidate, score(candidate)) for candidate in candidates):
        spread.append((candidate, total - weights.repeat * (candidate.article_id in seen)))
        seen.add(candidate.article_id)
    return _best_first(spread)


def _best_first(scored: Iterable[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].passage_id))


def _share(value: float, best: float) -> float:
    return max(value, 0.0) / best if best > 0 else 0.0


def _spell(text: str) -> str:
    """Folded words with a space on both sides, so that ``in`` finds whole words."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', fold(text)))} "
