"""Corrects typing errors: a question's unknown words become fitting words from articles. No SQL.

A word counts as a typing error if no article holds it and it is not an English word. A replacement
fits if its spelling is near and some passage holds it together with the rest of the question:
"Gramys" is near "grams" and "Grammys", but only the latter occurs beside Jay-Z. Nearness is the
optimal string alignment distance (Damerau 1964): one for each letter that is missing, extra, wrong
or swapped with its neighbour. The first letter is assumed to be right, as it nearly always is.
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
"""The fewest letters of a word that is corrected. Too many shorter words are near each other."""
LONG = 8
"""Words with at least this many letters may have two errors; shorter words, one."""
FITS = 0.34
"""The share of the question's other words that a passage must hold beside the word.

Rare words count more.
"""

_WORD = re.compile(r"[^\W\d_]+")


class Vocabulary(Protocol):
    """The words of a library, folded."""

    def holds(self, word: str) -> bool:
        """Whether a passage holds a word, in any of its forms."""

    def stems(self, first: str) -> Sequence[str]:
        """All stems that begin with this letter."""

    def forms(self, stem: str) -> Collection[str]:
        """The words with this stem, as some passages spell them."""

    def share_beside(self, word: str, others: Sequence[str]) -> float:
        """The largest share of the other words found in one passage with this word, in [0, 1].

        Rare words count more.
        """


def correct(question: str, vocabulary: Vocabulary) -> str:
    """Replace each unknown word of the question with the word that fits best, if any fits.

    Args:
        question: the question as typed.
        vocabulary: the words of the library.
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
    """82,834 English words. Such a word may be intended even if no article holds it."""
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(
        encoding="utf-8-sig"
    )
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())


def _find_best(word: str, known: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """The form that fits best among those near enough. Ties go to the nearest form."""
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance  # few questions need it

    limit = 2 if len(word) >= LONG else 1
    distance_of = EditDistance(DistanceAlgorithm.DAMERAU_OSA).compare  # -1 beyond the limit
    near = set()
    for stem in vocabulary.stems(word[0]):
        # Stemming changes a few letters at the end, so the exact distance is computed on the forms.
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
