"""Counts the words of an article and of each passage, and scores them with Okapi BM25. No SQL.

An article's counts take a few kilobytes, so the time to score a question's candidates does not grow
with the library. Words are identified by a hash of their stems. (Robertson and Zaragoza 2009, "The
Probabilistic Relevance Framework".)
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
"""How many times a title word counts in its article."""

_MAX_TERMS = 64  # a question has about ten words; a pasted page would match everything, slowly
_MOST = 255  # the highest count of a word that is stored
_WORD = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
# Stop words are not counted. The stored counts depend on this list and on how words are found, so a
# change to either needs a new format in schema.py.
_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both"
    " but by can could did do does doing done during each either else ever for from get gets"
    " give had has have having he her here hers him his how i if in into is it its just many me"
    " might more most much must my no nor not of off on once only or other our out over own per"
    " s said same say says shall she should so some such t tell than that the their them then"
    " there these they this those through to too under until up upon very was we were what when"
    " where whether which while who whom whose why will with would yes you your".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTerm:
    """A word of a question.

    Attributes:
        word: the folded word; a compound ("f-35") if one of its parts is a single character.
        passages, articles: the numbers of passages and articles that hold it.
    """

    word: str
    passages: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTerms:
    """A question's words, and the size of the library they are looked up in.

    Attributes:
        terms: each word once.
        passages, articles: the numbers of passages and articles in the library.
        words: the number of words in all passages.
    """

    terms: tuple[QueryTerm, ...]
    passages: int
    articles: int
    words: int


def find_words(text: str) -> list[str]:
    """The words of a text, folded, in order.

    A compound ("state-run") counts as its parts, so that it weighs no more than other words. If a
    part is a single character ("F-35", "U.S."), the compound also counts as a whole.
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
    """The words to look for, each once. Stop words are left out unless there are no others."""
    words = dict.fromkeys(find_words(question))
    return ([word for word in words if word not in _STOP_WORDS] or list(words))[:_MAX_TERMS]


def pack_word_counts(title: str | None, passages: Sequence[str]) -> bytes:
    """Count the words of an article and pack the counts for ``score``.

    The first section is the whole article, its title weighted; then comes one section per passage.
    Little-endian layout: the number of sections, u4; the sizes of all sections, u4; their lengths
    in words, u4; the keys of all words, u4; their counts, u1.
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


def score(
    packed: Mapping[int, bytes], terms: QueryTerms
) -> tuple[dict[int, float], dict[int, Floats]]:
    """BM25 scores of articles and of their passages in order, both by article number.

    The score is 0 without a common word. A word found in half of all articles or passages, or in
    more, counts next to nothing.

    Args:
        packed: the result of ``pack_word_counts`` for each article, by article number.
        terms: the question's words.
    """
    if not packed:
        return {}, {}
    read = [_unpack(blob) for blob in packed.values()]
    keys, column = np.unique(
        np.array([_key(term.word) for term in terms.terms], np.uint32), return_inverse=True
    )
    found = np.concatenate([part for _, _, part, _ in read])
    perhaps = np.zeros(1 << 16, np.bool_)  # half of the key rules out most words
    perhaps[keys & 0xFFFF] = True
    hit = np.flatnonzero(perhaps[found & 0xFFFF])
    hit = hit[np.isin(found[hit], keys)]
    place = np.searchsorted(keys, found[hit])
    sizes, lengths = (np.concatenate([part[n] for part in read]) for n in (0, 1))
    uses = np.zeros((len(sizes), len(keys)))
    section = np.searchsorted(np.cumsum(sizes), hit, "right")
    uses[section, place] = np.concatenate([part for _, _, _, part in read])[hit]
    uses = uses[:, column]  # several words may share a stem
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
    """Scores of shape (sections,).

    A score does not depend on the other sections in the call; with a matrix product it would.
    """
    held = np.array(holding, np.float64)
    rarity = np.maximum(np.log((np.maximum(count, held) - held + 0.5) / (held + 0.5)), 1e-6)
    long = 1 - B + B * lengths[:, None] / max(words / max(count, 1), 1)
    scores: Floats = (rarity * uses * (K1 + 1) / (uses + K1 * long)).sum(1)
    return scores


def _unpack(blob: bytes) -> tuple[Floats, Floats, NDArray[np.uint32], NDArray[np.uint8]]:
    """Unpack (sizes of the sections, their lengths, keys, counts).

    Raises:
        LibraryDamagedError: these are inconsistent.
    """
    # a flipped bit may have changed the type of the value
    count = int.from_bytes(blob[:4], "little") if isinstance(blob, bytes) else 0
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
    raise LibraryDamagedError("the word index is not what was written; run `dateline repair`")


@cache
def _stemmer() -> PorterStemmer:
    from snowballstemmer.porter_stemmer import PorterStemmer

    return PorterStemmer()


@lru_cache(maxsize=1 << 17)
def _key(word: str) -> int:
    """The hash of a folded word's stem. FTS5 uses the same stemmer. Compounds are not stemmed."""
    return crc32((_stemmer().stemWord(word) if word.isalpha() else word).encode())
