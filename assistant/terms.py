"""Text in, terms out: folded, stemmed words with their offsets, and names. Knows nothing of questions or answers.

Offsets are always those of the text as it stands: folding can change a string's length ("İ".lower() is two characters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing done down during each few for from further get got had has have having he her here hers
    him himself his how i if in into is it its itself just may me might more most much must my no nor not now of off on
    once only or other our out over own same she should so some such than that the their theirs them themselves then
    there these they this those through to too under until up upon us very was we were what when where which while who
    whom whose why will with would you your yours s t re ve ll d m please tell say says said many long often ever
    according article articles news
    """.split()
)


@cache
def _stemmer() -> EnglishStemmer:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


def fold(text: str) -> str:
    """Lower-case ASCII: Türkiye = turkiye, ı = i. Lengths may change; for comparing only."""
    return anyascii(text).lower()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The folded word's English stem ("deliveries" -> "deliveri")."""
    stemmed: str = _stemmer().stemWord(fold(word))
    return stemmed


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text.

    Attributes:
        start, end: character offsets into the text.
        stem: what it is compared by.
        capital: starts with an upper-case letter, or holds a digit.
        content: not a stop word.
    """

    start: int
    end: int
    stem: str
    capital: bool
    content: bool


def terms(text: str) -> list[Term]:
    """The words of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        found.append(
            Term(
                match.start(),
                match.end(),
                stem(word),
                word[0].isupper() or any(letter.isdigit() for letter in word),
                fold(word) not in STOP_WORDS,
            )
        )
    return found


def content_stems(text: str) -> frozenset[str]:
    """The stems of a text's content words; of "F-35s" both "f-35" and its whole."""
    return frozenset(term.stem for term in terms(text) if term.content)


def names(text: str, *, skip_first: bool = True) -> list[tuple[int, int]]:
    """Spans of names: runs of capitalised words, of words with digits ("F-35", "2022 World Cup").

    Args:
        text: a sentence or a question.
        skip_first: the first word is capitalised by its place, so alone it is no name unless it holds a digit, an
            inner capital, or another name follows it.
    """
    spans: list[tuple[int, int]] = []
    words = terms(text)
    for position, term in enumerate(words):
        if not (term.capital and term.content):
            continue
        word = text[term.start : term.end]
        plain = word[1:].islower() or len(word) == 1
        if skip_first and position == 0 and plain:
            followed = (
                len(words) > 1 and words[1].capital and words[1].content and text[term.end : words[1].start] == " "
            )
            if not followed:
                continue
        if spans and text[spans[-1][1] : term.start] == " ":
            spans[-1] = (spans[-1][0], term.end)
        else:
            spans.append((term.start, term.end))
    return spans


def document_frequencies(texts: Iterable[frozenset[str]]) -> dict[str, int]:
    """In how many of the texts each stem occurs."""
    counts: dict[str, int] = {}
    for stems in texts:
        for word in stems:
            counts[word] = counts.get(word, 0) + 1
    return counts
