"""Identify the language of a text from the text alone, if it is long enough."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # py3langid ships no types.
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

MIN_CHARACTERS = 20
READ_CHARACTERS = 2_000
_LEAST, _FOREIGN = 1e-9, 0.1
MIN_CONFIDENCE = 0.5
"""Minimum of py3langid's probability, which is calibrated for length. Below it, related languages
(Indonesian and Malay) are confused."""


def identify_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language.

    None if the text is too short or mixed, or the language has no such code.
    """
    if len(text) < MIN_CHARACTERS:
        return None
    code, confidence = rate_language(text)
    return code if confidence >= MIN_CONFIDENCE and len(code) == 2 else None


def rate_language(text: str) -> tuple[str, float]:
    """The likeliest language of the text's beginning, and its probability in [0, 1]."""
    code, confidence = _load_identifier().classify(text[:READ_CHARACTERS])
    return str(code), float(confidence)


def rate_words(words: Iterable[str], code: str) -> float:
    """The summed logarithm of each word's probability, by itself, of being in a text.

    Nine words in ten are of the text's language; the others, such as names, are of any.

    Args:
        words: the words.
        code: the text's language, as ``rate_language`` returns it.
    """
    identifier = _load_identifier()
    total = 0.0
    for word in words:
        rated = dict(identifier.rank(word))
        likely = (1 - _FOREIGN) * rated[code] + _FOREIGN * max(rated.values())
        total += log(max(likely, _LEAST))
    return total


@cache
def _load_identifier() -> LanguageIdentifier:
    """Load the model once (0.8 s)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
