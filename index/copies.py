"""Hits that are copies of one wire story -> one hit with ``also_in``. Knows nothing of scores.

Two passages of different articles are copies where they share most of their words and each is carried, whole, by the
other's article: word for word but for spelling and small words, with the same numbers, names and negations. "12 dead"
and "15 dead" are two reports, and so are "denied" and "confirmed".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property

from anyascii import anyascii

from index.hit import Hit

SHINGLE = 3
"""Words in a row that are compared before a longer look is taken."""
MIN_SHARED = 0.4
"""Share of the shorter passage's shingles that stand in the other; less is a shared quotation, not a copy."""
MAX_CHANGED = 0.1
"""Share of a passage's words that an editor may have changed, added or cut."""
SAME_STEM = 4
"""Letters that two spellings of a word begin with: organise and organize, centre and center."""

_WORD = re.compile(r"[^\W_]+(?:[.,:'\u2019][^\W_]+)*|[$€£¥₺%]")
_SMALL = frozenset(
    "a an the this that these those its it of in on at to for from by with as and or but also which who whom there "
    "here is are was were be been has have had will would said says told percent per cent % mr mrs ms dr".split()
)
"""Words that editors change without changing a claim."""
_WEIGHTY = frozenset(
    "no not never none nobody nothing neither nor without cannot hardly barely unlikely false untrue "
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand "
    "thousands million millions billion billions trillion half third quarter twice double first second "
    "more less fewer over under least most up down before after all some may might could alleged allegedly "
    "deny denies denied denying reject rejects rejected refuse refuses refused fail fails failed".split()
)
"""Negations, numbers, comparisons and hedges: a claim with one more or less of them is another claim."""


@dataclass(frozen=True)
class _Words:
    """A text as words, as printed and folded."""

    text: str

    @cached_property
    def printed(self) -> list[str]:
        return _WORD.findall(self.text)

    @cached_property
    def folded(self) -> list[str]:
        return [anyascii(word).lower() for word in self.printed]

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        return frozenset(zip(*(self.folded[n:] for n in range(SHINGLE)), strict=False))


def collapse(hits: Sequence[Hit]) -> list[Hit]:
    """Show each group of copies once, as its earliest article has it, with the group's best score.

    Args:
        hits: best first.

    Returns:
        Hits, best first; the other articles of a group are in ``also_in``, earliest first, undated ones last.
    """
    passages = [_Words(hit.passage.text) for hit in hits]
    articles = {hit.article.id: _Words(hit.article.text) for hit in hits}
    seen: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    groups: list[list[int]] = []
    for n, passage in enumerate(passages):
        shared = Counter(m for shingle in passage.shingles for m in seen[shingle])
        article = articles[hits[n].article.id]
        copied = {
            m
            for m, count in shared.items()
            if count >= MIN_SHARED * min(len(passages[m].shingles), len(passage.shingles))
            and hits[m].article.id != hits[n].article.id
            and _carries(article, passages[m])
            and _carries(articles[hits[m].article.id], passage)
        }
        home = next((group for group in groups if copied.issuperset(group)), None)
        if home is None:
            groups.append([n])
        else:
            home.append(n)
        for shingle in passage.shingles:
            seen[shingle].append(n)
    return [_merge([hits[n] for n in group]) for group in groups]


def _merge(group: Sequence[Hit]) -> Hit:
    by_day = sorted(group, key=lambda hit: hit.article.published or date.max)
    first = by_day[0]
    known = {article.id: article for hit in by_day for article in (hit.article, *hit.also_in)}
    del known[first.article.id]
    return replace(first, score=group[0].score, also_in=tuple(known.values()))


def _carries(article: _Words, passage: _Words) -> bool:
    """Whether the article says what the passage says, up to an editor's changes."""
    window = _find_window(article, passage)
    matcher = SequenceMatcher(None, passage.folded, article.folded[window], autojunk=False)
    changed = 0
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        at_edge = (a == b == 0) or (a == b == len(passage.folded))
        if at_edge:
            continue  # what the article says before and after is no part of the passage
        c, d = c + window.start, d + window.start
        if not _is_same_claim(passage, article, slice(a, b), slice(c, d)):
            return False
        changed += max(b - a, d - c)
    return changed <= MAX_CHANGED * len(passage.folded)


def _find_window(article: _Words, passage: _Words) -> slice:
    """The article's words around the longest run that it shares with the passage, as many on each side as it has."""
    matcher = SequenceMatcher(None, article.folded, passage.folded, autojunk=False)
    longest = matcher.find_longest_match()
    start = longest.a - longest.b
    slack = int(MAX_CHANGED * len(passage.folded)) + 1
    return slice(max(start - slack, 0), min(start + len(passage.folded) + slack, len(article.folded)))


def _is_same_claim(one: _Words, other: _Words, a: slice, b: slice) -> bool:
    """Whether a change is one of spelling, or adds or cuts words that carry no claim."""
    before, after = one.folded[a], other.folded[b]
    if len(before) == len(after) and all(map(_is_same_word, before, after, one.printed[a], other.printed[b])):
        return True
    left = [word for word in zip(before, one.printed[a], strict=True) if word[0] not in _SMALL]
    right = [word for word in zip(after, other.printed[b], strict=True) if word[0] not in _SMALL]
    if left and right:  # one content word for another
        return False
    return not any(_is_weighty(folded, printed) for folded, printed in left + right)


def _is_same_word(a: str, b: str, printed_a: str, printed_b: str) -> bool:
    if a == b or (a in _SMALL and b in _SMALL):
        return True
    if _is_weighty(a, printed_a) or _is_weighty(b, printed_b):
        return False
    return a[:SAME_STEM] == b[:SAME_STEM] and abs(len(a) - len(b)) <= 2 and min(len(a), len(b)) > SAME_STEM


def _is_weighty(folded: str, printed: str) -> bool:
    """Whether a word is a number, a name or a negation."""
    return (
        folded in _WEIGHTY
        or not printed.islower()
        or any(character.isdigit() for character in folded)
        or folded.endswith("n't")
    )
