"""Which words stand in an article and in each of its passages, and what that scores: Okapi BM25. Knows nothing of SQL.

An article's counts are a few kilobytes, so that a question's candidates are scored in a time that does not grow with
the library. Words go by a hash of their stems. (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework".)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.errors import LibraryDamagedError
from index.folding import fold

if TYPE_CHECKING:
    from snowballstemmer.porter_stemmer import PorterStemmer

Floats = NDArray[np.float64]

K1, B = 1.2, 0.75
TITLE_WEIGHT = 3
"""Times that a word of the title counts in its article."""

_MAX_TERMS = 64  # a question has ten; a pasted page would match everything, slowly
_MOST = 255  # uses of a word that are told apart
_WORD = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
# not counted: a change here, or of how words are found, is a new format in schema.py, as what is stored was counted so
_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can could did"
    " do does doing done during each either else ever for from get gets give had has have having he her here hers"
    " him his how i if in into is it its just many me might more most much must my no nor not of off on once"
    " only or other our out over own per s said same say says shall she should so some such t tell than that the"
    " their them then there these they this those through to too under until up upon very was we were what when"
    " where whether which while who whom whose why will with would yes you your".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of a question.

    Attributes:
        word: folded; a compound ("f-35") where one of its parts is a single character.
        passages, articles: how many hold it.
    """

    word: str
    passages: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A question's words, and the library that they are looked for in.

    Attributes:
        terms: each word once.
        passages, articles: how many there are.
        words: in all passages.
    """

    terms: tuple[Term, ...]
    passages: int
    articles: int
    words: int


def find_words(text: str) -> list[str]:
    """The words of a text, folded, in order.

    A compound ("state-run") counts as its parts, so that it counts no more than other words; where a part is a single
    character ("F-35", "U.S."), also as a whole.
    """
    found = []
    for compound in _WORD.findall(fold(text)):
        if len(compound) > 1 and compound.isalnum():
            found.append(compound)
            continue
        parts = re.split("[-.]", compound)
        found += [part for part in parts if len(part) > 1]
        if min(map(len, parts)) == 1:
            found.append(compound)
    return found


def question_words(question: str) -> list[str]:
    """The words to look for, each once; stop words are left out, unless nothing else is there."""
    words = dict.fromkeys(find_words(question))
    return ([word for word in words if word not in _STOP_WORDS] or list(words))[:_MAX_TERMS]


def count_words(title: str | None, passages: Sequence[str]) -> bytes:
    """Counts of the words of an article, packed for ``score``: of all of it, its title weighted, and of each passage.

    Little-endian: the number of sections, u4; for each its size and its length in words, u4; the key of each word, u4;
    how often it stands there, u1.
    """
    parts = [find_words(passage) for passage in passages]
    heading = find_words(title or "")
    counts = [Counter(_key(word) for word in part if word not in _STOP_WORDS) for part in parts]
    whole = Counter({_key(word): TITLE_WEIGHT for word in heading if word not in _STOP_WORDS})
    for count in counts:
        whole.update(count)
    sections = [whole, *counts]
    lengths = [len(heading) + sum(map(len, parts)), *map(len, parts)]
    return b"".join(
        (
            np.array([len(sections), *map(len, sections), *lengths], "<u4").tobytes(),
            np.array([key for section in sections for key in section], "<u4").tobytes(),
            bytes(min(count, _MOST) for section in sections for count in section.values()),
        )
    )


def score(packed: Mapping[int, bytes], terms: Terms) -> tuple[dict[int, float], dict[int, Floats]]:
    """BM25 of articles, and of each one's passages in order: by the articles' numbers, 0 without a word in common.

    A word that stands in half of all, or more, counts next to nothing.

    Args:
        packed: what ``count_words`` made of each article, by its number.
        terms: what is looked for.
    """
    if not packed:
        return {}, {}
    read = [_unpack(blob) for blob in packed.values()]
    keys, column = np.unique(
        np.array([_key(term.word) for term in terms.terms], np.uint32), return_inverse=True
    )
    found = np.concatenate([part for _, _, part, _ in read])
    perhaps = np.zeros(1 << 16, np.bool_)  # most words are told apart by half of their keys
    perhaps[keys & 0xFFFF] = True
    hit = np.flatnonzero(perhaps[found & 0xFFFF])
    hit = hit[np.isin(found[hit], keys)]
    place = np.searchsorted(keys, found[hit])
    sizes, lengths = (np.concatenate([part[n] for part in read]) for n in (0, 1))
    uses = np.zeros((len(sizes), len(keys)))
    section = np.searchsorted(np.cumsum(sizes), hit, "right")
    uses[section, place] = np.concatenate([part for _, _, _, part in read])[hit]
    uses = uses[:, column]  # words may share a stem
    ends = np.cumsum([len(part) for part, _, _, _ in read])
    firsts = ends - [len(part) for part, _, _, _ in read]
    whole = np.zeros(len(sizes), np.bool_)
    whole[firsts] = True
    scores = np.where(
        whole,
        _bm25(uses, lengths, [term.articles for term in terms.terms], terms.articles, terms.words),
        _bm25(uses, lengths, [term.passages for term in terms.terms], terms.passages, terms.words),
    )
    return (
        dict(zip(packed, scores[firsts].tolist(), strict=True)),
        {
            number: scores[low + 1 : high]
            for number, low, high in zip(packed, firsts, ends, strict=True)
        },
    )


def _bm25(uses: Floats, lengths: Floats, holding: Sequence[int], count: int, words: int) -> Floats:
    """(sections,) scores, each the same whichever others it is worked out with, as a matrix product's would not be."""
    held = np.array(holding, np.float64)
    rarity = np.maximum(np.log((np.maximum(count, held) - held + 0.5) / (held + 0.5)), 1e-6)
    long = 1 - B + B * lengths[:, None] / max(words / max(count, 1), 1)
    scores: Floats = (rarity * uses * (K1 + 1) / (uses + K1 * long)).sum(1)
    return scores


def _unpack(blob: bytes) -> tuple[Floats, Floats, NDArray[np.uint32], NDArray[np.uint8]]:
    """Sizes and lengths of the sections, keys and counts.

    Raises:
        LibraryDamagedError: they do not fit each other.
    """
    count = (
        int.from_bytes(blob[:4], "little") if isinstance(blob, bytes) else 0
    )  # a flipped bit changes kinds
    start = 4 + 8 * count
    if count and len(blob) >= start:
        head = np.frombuffer(blob, "<u4", 2 * count, 4).astype(np.float64)
        total = int(head[:count].sum())
        if len(blob) == start + 5 * total:
            keys, counts = (
                np.frombuffer(blob, "<u4", total, start),
                np.frombuffer(blob, "u1", total, start + 4 * total),
            )
            return head[:count], head[count:], keys, counts
    raise LibraryDamagedError("the word index holds other than was written; run `dateline repair`")


@cache
def _stemmer() -> PorterStemmer:
    from snowballstemmer.porter_stemmer import PorterStemmer

    return PorterStemmer()


@lru_cache(maxsize=1 << 17)
def _key(word: str) -> int:
    """Of a folded word's stem, by the stemmer that FTS5 uses; compounds stay as they are."""
    return crc32((_stemmer().stemWord(word) if word.isalpha() else word).encode())
