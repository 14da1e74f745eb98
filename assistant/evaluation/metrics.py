"""Score answers against accepted ones, with bootstrap intervals.

Exact match and F1 compare words as the official script of SQuAD 2.0 does (Rajpurkar et al. 2018,
https://arxiv.org/abs/1806.03822). Intervals are percentiles of a bootstrap over questions (Efron
1979).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import fold

_DRAWS = 1_000
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WORDS = re.compile(r"[^\W_]+")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A mean over questions with its 95 % bootstrap interval.

    Attributes:
        value: in [0, 1]; None if ``count`` is 0.
        low, high: the interval; None if every draw gives the same value, which says nothing about
            its uncertainty.
        count: number of questions.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {"value": self.value, "low": self.low, "high": self.high, "count": self.count}


def spell(text: str) -> str:
    """Folded words, joined by blanks: "Türkiye's $2.5 billion" -> "turkiye s 2 5 billion"."""
    return " ".join(_WORDS.findall(fold(text)))


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether the text holds an answer as whole words, ignoring case, accents and punctuation."""
    spelled = f" {spell(text)} "
    return any(f" {words} " in spelled for words in map(spell, answers) if words)


def exact_match(found: str, answers: Iterable[str]) -> float:
    """1 if ``found`` is an accepted answer once SQuAD normalises both, else 0; "" is no answer."""
    return max(float(_normalise(found) == _normalise(answer)) for answer in answers)


def f1(found: str, answers: Iterable[str]) -> float:
    """The best word F1, in [0, 1], of ``found`` against an accepted answer; "" is no answer."""
    return max(_f1(_normalise(found).split(), _normalise(answer).split()) for answer in answers)


def _f1(found: list[str], expected: list[str]) -> float:
    if not found or not expected:
        return float(found == expected)
    shared = (Counter(found) & Counter(expected)).total()
    return 2 * shared / (len(found) + len(expected))


def _normalise(text: str) -> str:
    """Lower the case, then remove punctuation, articles and repeated blanks, in that order."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def mean_score(values: Sequence[float]) -> Score:
    """The mean of one value per question."""
    return _score([np.array(values, dtype=np.float64)], lambda sample: float(sample[0].mean()))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> Score:
    """How often a positive question has a higher value than a negative one; ties count half.

    The bootstrap draws questions of each kind separately.
    """
    samples = [np.array(positive, dtype=np.float64), np.array(negative, dtype=np.float64)]

    def area(sample: Sequence[Floats]) -> float:
        above, below = sample[0], np.sort(sample[1])
        wins = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
        return float(wins.mean()) / (2 * len(below))

    return _score(samples, area)


def calibration_error(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> Score:
    """Expected calibration error over bins of equal width (Guo et al. 2017, arXiv:1706.04599).

    This is how far confidence and accuracy differ. The interval's lower end is too high where the
    error is small, since resampling questions can only add to it.
    """

    def error(sample: Sequence[Floats]) -> float:
        said, came = sample[0].T
        which = np.minimum((said * bins).astype(int), bins - 1)
        return float(np.abs(np.bincount(which, said - came, bins)).sum() / len(said))

    return _score([np.column_stack([np.array(chances), np.array(right, dtype=np.float64)])], error)


def _score(samples: Sequence[Floats], measure: Callable[[Sequence[Floats]], float]) -> Score:
    count = sum(map(len, samples))
    if not all(map(len, samples)):
        return Score(value=None, low=None, high=None, count=0)
    random = np.random.default_rng(0)  # the same questions get the same interval
    drawn = [
        measure([random.choice(sample, len(sample)) for sample in samples]) for _ in range(_DRAWS)
    ]
    value, (low, high) = measure(samples), np.percentile(drawn, [2.5, 97.5])
    if low == high:
        return Score(value=value, low=None, high=None, count=count)
    return Score(value=value, low=float(low), high=float(high), count=count)
