"""Hits that are copies of one wire story -> one hit with ``also_in``. Knows nothing of scores.

Two passages of different articles are copies where they share many words and each is carried, whole, by the other's
article: word for word, but for punctuation, British or American spelling and small words such as "the". One number,
name, negation or other word more, less or different makes two reports: "12 dead" and "15 dead", "denied" and
"confirmed". So nothing that a hidden passage says is lost.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from index.hit import Hit
from index.words import fold

LONG = 7
"""Letters of the words that are compared before a longer look is taken."""
MIN_SHARED = 0.5
"""Share of the shorter passage's long words that stand in the other; less is a shared quotation, not a copy."""
SLACK = 0.1
"""Small words that an editor may have added, as a share of a passage's words."""

_WORD = re.compile(r"[^\W_]+(?:[.,:'\u2019][^\W_]+)*|[$€£¥₺]")
_SMALL = frozenset(
    "a an the this that these those which who it its of in on at and also is are was were"
    " said says told according percent per cent mr mrs ms dr".split()
)
"""Words that editors add, cut and change without changing a claim, as "to" and "from", "will" and "or" would."""
_SPELLINGS = [
    (re.compile(pattern), american)
    for pattern, american in (
        (r"(?<=i)s(?=(?:e[drs]?|ers|ing|ations?)$)", "z"),
        (r"(?<=..)our", "or"),
        (r"tre(s?)$", r"ter\1"),
        (r"ll(?=(?:ed|ing|ers?)$)", "l"),
        (r"ence$", "ense"),
        (r"ogue(s?)$", r"og\1"),
        (r"mme(s?)$", r"m\1"),
    )
]


@dataclass(frozen=True)
class _Words:
    """A text as words that are comparable: folded, in American spelling."""

    text: str

    @cached_property
    def spelt(self) -> list[str]:
        return [_spell(word) for word in _WORD.findall(self.text)]

    @cached_property
    def long(self) -> frozenset[str]:
        return frozenset(word for word in self.text.split() if len(word) >= LONG)


def collapse(hits: Sequence[Hit]) -> list[Hit]:
    """Show each group of copies once, as its earliest article has it, with the group's best score.

    Args:
        hits: best first.

    Returns:
        Hits, best first; the other articles of a group are in ``also_in``, earliest first, undated ones last.
    """
    passages = [_Words(hit.passage.text) for hit in hits]
    articles = {hit.article.id: _Words(hit.article.text) for hit in hits}
    holders: defaultdict[str, list[int]] = defaultdict(list)  # of each long word
    groups: list[list[int]] = []
    for n, passage in enumerate(passages):
        shared = Counter(m for word in passage.long for m in holders[word])
        article = articles[hits[n].article.id]
        copied = {
            m
            for m, count in shared.items()
            if count >= MIN_SHARED * min(len(passages[m].long), len(passage.long))
            and hits[m].article.id != hits[n].article.id
            and _carries(article, passages[m])
            and _carries(articles[hits[m].article.id], passage)
        }
        home = next((group for group in groups if copied.issuperset(group)), None)
        if home is None:
            groups.append([n])
        else:
            home.append(n)
        for word in passage.long:
            holders[word].append(n)
    return [_merge([hits[n] for n in group]) for group in groups]


def _merge(group: Sequence[Hit]) -> Hit:
    by_day = sorted(group, key=lambda hit: hit.article.published or date.max)
    first = by_day[0]
    known = {article.id: article for hit in by_day for article in (hit.article, *hit.also_in)}
    del known[first.article.id]
    return replace(first, score=group[0].score, also_in=tuple(known.values()))


def _carries(article: _Words, passage: _Words) -> bool:
    """Whether the article says all that the passage says, in the same order, with nothing put in between."""
    if passage.text in article.text:
        return True
    window = _find_window(article, passage)
    for kind, a, b, c, d in SequenceMatcher(None, passage.spelt, window, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "insert" and a in (0, len(passage.spelt))):
            continue  # what the article says before and after is no part of the passage
        if not _SMALL.issuperset([*passage.spelt[a:b], *window[c:d]]):
            return False
    return True


def _find_window(article: _Words, passage: _Words) -> list[str]:
    """The article's words around the longest run that it shares with the passage, as far as the passage reaches."""
    longest = SequenceMatcher(None, article.spelt, passage.spelt, autojunk=False).find_longest_match()
    start = longest.a - longest.b
    slack = int(SLACK * len(passage.spelt)) + 1
    return article.spelt[max(start - slack, 0) : start + len(passage.spelt) + slack]


@lru_cache(65_536)
def _spell(word: str) -> str:
    word = fold(word)
    for pattern, american in _SPELLINGS:
        word = pattern.sub(american, word)
    return word
