"""Typing errors: a question's words that nobody knows -> words that articles hold, if they fit. No SQL.

A word that no article holds and that is no English word either is taken for a typing error. A word fits in its place if
it is near in letters and some passage holds it together with the rest of the question: "Gramys" is near "grams" and
"Grammys", and only the latter stands beside Jay-Z. Nearness is the optimal string alignment distance (Damerau 1964):
one for each letter that is missing, too many, wrong or swapped with its neighbour. The first letter is taken to be
right, as it nearly always is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

from index.folding import fold
from index.storage.bm25 import question_words

SHORTEST = 4
"""Letters of a word that is corrected, at least: of shorter ones too many are near each other."""
LONG = 8
"""Letters from which two errors are corrected; one in shorter words."""
FITS = 0.34
"""Share of the question's other words, rare ones counting more, that a passage has to hold beside the word."""

_WORD = re.compile(r"[^\W\d_]+")


class Vocabulary(Protocol):
    """The words of a library, folded."""

    def holds(self, word: str) -> bool:
        """Whether a passage holds a word, in any of its forms."""

    def stems(self, first: str) -> Sequence[str]:
        """All stems that begin with this letter."""

    def forms(self, stem: str) -> Collection[str]:
        """Words with this stem as some passages spell them."""

    def share_beside(self, word: str, others: Sequence[str]) -> float:
        """The most of the other words that one passage holds beside this one; rare ones count more, in [0, 1]."""


def correct(question: str, vocabulary: Vocabulary) -> str:
    """The question with each word that nobody knows replaced by the one that fits best, if any does.

    Args:
        question: as it was typed.
        vocabulary: of the library.
    """
    known: list[str] = []
    unknown: list[str] = []
    for word in question_words(question):
        (known if vocabulary.holds(word) else unknown).append(word)
    corrected = {
        word: _find_best(word, known, vocabulary) for word in unknown if _may_be_wrong(word)
    }

    def replace(match: re.Match[str]) -> str:
        best = corrected.get(fold(match[0]))
        return match[0] if best is None else _in_the_case_of(match[0], best)

    return _WORD.sub(replace, question) if any(corrected.values()) else question


def _may_be_wrong(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and word not in _english()


@cache
def _english() -> frozenset[str]:
    """82,834 English words: one that no article holds may well be meant all the same."""
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(
        encoding="utf-8-sig"
    )
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def _find_best(word: str, known: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Of the forms that are near enough the one that fits best; of those that fit alike, the nearest."""
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance  # few questions need it

    limit = 2 if len(word) >= LONG else 1
    distance_of = EditDistance(DistanceAlgorithm.DAMERAU_OSA).compare  # -1 beyond the limit
    near = set()
    for stem in vocabulary.stems(word[0]):
        # Stemming changes a few letters at the end: how near a form is, only the form itself can tell.
        body = stem[:-1] if len(stem) > SHORTEST else stem
        parts = (word[: len(body) + step] for step in (-1, 0, 1))
        if any(distance_of(part, body, limit) >= 0 for part in parts):
            near |= {form for form in vocabulary.forms(stem) if form.isalpha()}
    fitting = [
        (-share, distance, form)
        for form in sorted(near)
        if (distance := distance_of(word, form, limit)) >= 0
        and (share := vocabulary.share_beside(form, known)) >= FITS
    ]
    return min(fitting, default=(0.0, 0, None))[2]


def _in_the_case_of(typed: str, word: str) -> str:
    if typed.isupper():
        return word.upper()
    return word.capitalize() if typed[0].isupper() else word
