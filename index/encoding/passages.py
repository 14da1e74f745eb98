"""An article -> its passages: runs of whole sentences that fit the encoder. Knows nothing of vectors.

Passages do not overlap: each sentence has one passage, so that a hit is found once and quoted once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from corpus import Article, Sentence, split_sentences
from index.encoding.encoder import CountTokens
from index.errors import EncoderError
from index.hit import Passage

MAX_TOKENS = 512
"""A run longer than this is no passage, however much the encoder reads."""
TITLE_BYTES = 128
"""The part of a title that is encoded; no tokenizer makes more word pieces of a text than it has bytes."""
CUT_COST = 0.05
"""What breaking inside a paragraph costs, against (distance from even length / limit)²."""
HEADING_COST = 1.0

_CLAUSE = re.compile(r"[,;:)\u2013\u2014](?=\s)|[\uff0c\u3001\uff1b\uff1a]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a passage is made of: a sentence, or a part of one that is too long."""

    start: int
    end: int
    tokens: int
    paragraph: int
    heading: bool


def passage_input(article: Article, passage: Passage) -> str:
    """What is encoded: the title, cut at a word where it is very long, on a line of its own, and the passage."""
    return _title_line(article) + passage.text


def split_article(
    article: Article, revision: str, count_tokens: CountTokens, max_tokens: int
) -> list[Passage]:
    """Split an article into passages of about even length that together hold every sentence.

    Args:
        article: its title counts towards the limit.
        revision: hash of what the article says; part of the passages' ids.
        count_tokens: word pieces of each text, special tokens included.
        max_tokens: what the encoder reads of one text.

    Raises:
        EncoderError: the encoder reads too little to hold the title and a word.
    """
    sentences = split_sentences(article.text)
    budget = min(max_tokens, MAX_TOKENS) - count_tokens([_title_line(article)])[0]
    while budget > 0:
        units = _measure_units(article.text, sentences, count_tokens, budget)
        passages = [
            Passage(
                id=f"{article.id}:{revision}:{ordinal}",
                article_id=article.id,
                start=run[0].start,
                end=run[-1].end,
                text=article.text[run[0].start : run[-1].end],
            )
            for ordinal, run in enumerate(_group(units, budget))
        ]
        longest = max(count_tokens([passage_input(article, passage) for passage in passages]))
        if longest <= max_tokens:
            return passages
        budget -= (
            longest - max_tokens
        )  # only a tokenizer that counts white space makes more of a whole than of parts
    raise EncoderError(
        f"the encoder reads {max_tokens} word pieces; expected room for a title and a sentence; use another encoder"
    )


def _title_line(article: Article) -> str:
    if not article.title:
        return ""
    title = " ".join(article.title.split())
    cut = title.encode()[:TITLE_BYTES].decode(errors="ignore")
    return (cut if cut == title else cut.rpartition(" ")[0] or cut) + "\n"


def _measure_units(
    text: str, sentences: Sequence[Sentence], count_tokens: CountTokens, budget: int
) -> list[_Unit]:
    """Sentences with their word pieces; those over the budget are halved until every part fits."""
    special = count_tokens([""])[0]
    units = [_Unit(s.start, s.end, 0, s.paragraph, s.heading) for s in sentences]
    fitting: list[_Unit] = []
    while units:
        counts = count_tokens([text[unit.start : unit.end] for unit in units])
        halves: list[_Unit] = []
        for unit, count in zip(units, counts, strict=True):
            if count - special <= budget or unit.end - unit.start == 1:
                fitting.append(
                    _Unit(
                        unit.start, unit.end, max(count - special, 1), unit.paragraph, unit.heading
                    )
                )
            else:
                halves += [
                    _Unit(a, b, 0, unit.paragraph, unit.heading)
                    for a, b in _halve(text, unit.start, unit.end)
                ]
        units = halves
    return sorted(fitting, key=lambda unit: unit.start)


def _halve(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut near the middle: after a clause if one ends in the middle half, else at white space, else anywhere."""
    middle, reach = (start + end) // 2, (end - start) // 4
    for boundary in (_CLAUSE, _SPACE):
        cuts = [found.end() for found in boundary.finditer(text, middle - reach, middle + reach)]
        if cuts:
            middle = min(cuts, key=lambda cut: abs(cut - middle))
            break
    left, right = text[start:middle], text[middle:end]
    return [(start, start + len(left.rstrip())), (end - len(right.lstrip()), end)]


def _group(units: Sequence[_Unit], budget: int) -> list[Sequence[_Unit]]:
    """The cheapest way to cut the units into runs within the budget: even, at paragraphs, headings with what follows.

    Dynamic programming over the last cut, as Knuth and Plass (1981) break paragraphs into lines.
    """
    total = sum(unit.tokens for unit in units)
    even = total / ceil(total / budget)
    best: list[tuple[float, int]] = [
        (0.0, 0)
    ]  # for the first n units: the cost, and where the last run starts
    for n in range(1, len(units) + 1):
        options: list[tuple[float, int]] = []
        size = 0
        for start in range(n - 1, -1, -1):
            size += units[start].tokens
            if size > budget and start < n - 1:
                break
            options.append((best[start][0] + ((size - even) / budget) ** 2, start))
        cost, start = min(options)
        best.append((cost + _break_cost(units, n), start))
    runs: list[Sequence[_Unit]] = []
    n = len(units)
    while n:
        start = best[n][1]
        runs.append(units[start:n])
        n = start
    return runs[::-1]


def _break_cost(units: Sequence[_Unit], n: int) -> float:
    """What it costs to break before unit n."""
    if n == len(units):
        return 0.0
    if units[n - 1].heading:
        return HEADING_COST
    return CUT_COST if units[n - 1].paragraph == units[n].paragraph else 0.0
