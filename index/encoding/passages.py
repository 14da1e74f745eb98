"""Splits an article into passages: runs of whole sentences that fit the encoder.

Passages do not overlap. Each sentence is in one passage, so that it is found and quoted once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from corpus import Article, Sentence, split_sentences
from index.encoding.encoder import CountTokens
from index.errors import EncoderError
from index.folding import normalize
from index.hit import Passage

MAX_TOKENS = 512
"""Longest passage, even if the encoder reads more."""
TITLE_BYTES = 128
"""Bytes of a title that are encoded; no tokenizer makes more word pieces than a text has bytes."""
CUT_COST = 0.05
"""Cost of a break inside a paragraph, added to (distance from even length / limit)²."""
HEADING_COST = 1.0

_CLAUSE = re.compile(r"[,;:)\u2013\u2014](?=\s)|[\uff0c\u3001\uff1b\uff1a]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A building block of passages: a sentence, or a part of one that is too long."""

    start: int
    end: int
    tokens: int
    paragraph: int
    heading: bool


def passage_input(article: Article, passage: Passage) -> str:
    """The text to encode, as its letters read: the title on its own line, then the passage.

    A very long title is cut at a word.
    """
    return _title_line(article) + normalize(passage.text).text


def split_article(
    article: Article, revision: str, count_tokens: CountTokens, max_tokens: int
) -> list[Passage]:
    """Split an article into passages of about even length that together hold every sentence.

    Args:
        article: its title counts towards the limit.
        revision: hash of the article's content; part of the passages' ids.
        count_tokens: counts the word pieces of each text, including special tokens.
        max_tokens: how many word pieces the encoder reads of one text.

    Raises:
        EncoderError: the encoder reads too little to fit the title and a word.
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
        # A passage exceeds the sum of its parts only if the tokenizer counts white space.
        budget -= longest - max_tokens
    raise EncoderError(
        f"the encoder reads {max_tokens} word pieces; expected room for a title and a sentence; "
        "use another encoder"
    )


def _title_line(article: Article) -> str:
    if not article.title:
        return ""
    title = " ".join(normalize(article.title).text.split())
    cut = title.encode()[:TITLE_BYTES].decode(errors="ignore")
    return (cut if cut == title else cut.rpartition(" ")[0] or cut) + "\n"


def _measure_units(
    text: str, sentences: Sequence[Sentence], count_tokens: CountTokens, budget: int
) -> list[_Unit]:
    """Count the word pieces of each sentence; halve those over the budget until each part fits."""
    special = count_tokens([""])[0]
    units = [_Unit(s.start, s.end, 0, s.paragraph, s.heading) for s in sentences]
    fitting: list[_Unit] = []
    while units:
        counts = count_tokens([normalize(text[unit.start : unit.end]).text for unit in units])
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
    """Cut near the middle.

    Prefers the end of a clause in the middle half, then white space there, then the exact middle.
    """
    middle, reach = (start + end) // 2, (end - start) // 4
    for boundary in (_CLAUSE, _SPACE):
        cuts = [found.end() for found in boundary.finditer(text, middle - reach, middle + reach)]
        if cuts:
            middle = min(cuts, key=lambda cut: abs(cut - middle))
            break
    left, right = text[start:middle], text[middle:end]
    return [(start, start + len(left.rstrip())), (end - len(right.lstrip()), end)]


def _group(units: Sequence[_Unit], budget: int) -> list[Sequence[_Unit]]:
    """Cut the units into runs within the budget, at the lowest cost.

    Runs of even length cost least, cut between paragraphs, with headings kept with what follows.
    Dynamic programming over the last cut, as Knuth and Plass (1981) break paragraphs into lines.
    """
    total = sum(unit.tokens for unit in units)
    even = total / ceil(total / budget)
    # For the first n units: the cost, and where the last run starts.
    best: list[tuple[float, int]] = [(0.0, 0)]
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
    """Cost of a break before unit n."""
    if n == len(units):
        return 0.0
    if units[n - 1].heading:
        return HEADING_COST
    return CUT_COST if units[n - 1].paragraph == units[n].paragraph else 0.0
