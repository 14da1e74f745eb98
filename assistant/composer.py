"""Scored sentences in, citations out: one to four, best first, no two saying the same. Knows nothing of confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reader import Reading
from assistant.result import Citation
from assistant.terms import content_stems
from corpus import Article, split_sentences

MAX_CITATIONS = 4
_MARGIN = 1.0  # log-odds below the best sentence at which another still helps
_REPEATS = 0.6  # share of the shorter sentence's words at which an article repeats itself
_COPIES = 0.85  # the same between articles, where two that agree are worth showing
_MAX_ANTECEDENTS = 2

# A sentence that opens so cannot stand alone: a pronoun, a pointer, or a noun that sums up what was said before.
_LEANING = re.compile(
    r"(?i)^[\"'“‘(]*(?:(?:But|And|However|Yet|Still|Meanwhile|Nevertheless|Instead|Also|Then),?\s+)?"
    r"(?:(?:He|She|They|It|Its|His|Her|Their|This|That|These|Those|Both|Such|Following this|After that|"
    r"Since then|As a result|In response|Because of this|The same)\b"
    r"|(?:The|That) (?:move|decision|step|deal|agreement|announcement|statement|claim|claims|incident|report|reports|"
    r"ruling|vote|plan|proposal|accident|attack|issue|dispute|law|measure|measures|change|changes|figure|toll|funds|"
    r"latter|former|two|pair|couple|company|firm|ministry|minister|source|sources|officials?|spokesm[ae]n|spokeswoman|"
    r"channel|newspaper|broadcaster|agency|study|survey|poll|suspect|victims?|man|woman)\b)",
)
_EXPLETIVE = re.compile(
    r"^(?:However, )?It (?:is|was|has been) (?:\w+ )?(?:known|clear|unclear|likely|possible|expected|reported|believed|"
    r"understood|estimated|said|hoped|feared|not known|thought)\b"
)


def compose(readings: Sequence[Reading]) -> tuple[Citation, ...]:
    """The best sentences as verified quotations; another article's before the same article's next.

    Args:
        readings: best first, at least one.
    """
    chosen: list[Reading] = []
    pool = [reading for reading in readings if reading.score >= readings[0].score - _MARGIN]
    for fresh in (True, False):
        for reading in pool:
            if len(chosen) == MAX_CITATIONS:
                break
            used = {other.hit.article.id for other in chosen}
            if (reading.hit.article.id not in used) is fresh and not any(_same(reading, other) for other in chosen):
                chosen.append(reading)
    chosen.sort(key=lambda reading: -reading.score)
    spans = [(reading, *_with_antecedent(reading)) for reading in chosen]
    kept: list[tuple[Reading, int, int]] = []
    for reading, start, end in spans:
        overlaps = any(other.hit.article.id == reading.hit.article.id and start < b and a < end for other, a, b in kept)
        if not overlaps:
            kept.append((reading, start, end))
    return tuple(
        Citation(
            number=number,
            article=reading.hit.article,
            start=start,
            end=end,
            quote=reading.hit.article.text[start:end],
            also_in=reading.hit.also_in,
        )
        for number, (reading, start, end) in enumerate(kept, start=1)
    )


def _same(reading: Reading, other: Reading) -> bool:
    mine, theirs = content_stems(reading.text), content_stems(other.text)
    limit = _REPEATS if reading.hit.article.id == other.hit.article.id else _COPIES
    return len(mine & theirs) >= limit * min(len(mine), len(theirs))


def _with_antecedent(reading: Reading) -> tuple[int, int]:
    """The sentence's span, begun earlier where it leans on what stands before."""
    article = reading.hit.article
    start = reading.start
    for _ in range(_MAX_ANTECEDENTS):
        if not leans_back(article.text[start : reading.end]):
            break
        before = _sentence_before(article, start)
        if before is None:
            break
        start = before
    return start, reading.end


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a word that stands for something said before."""
    return bool(_LEANING.match(sentence)) and not _EXPLETIVE.match(sentence)


def _sentence_before(article: Article, start: int) -> int | None:
    """Where the sentence before begins; None at the article's start or under a heading."""
    previous = None
    for sentence in split_sentences(article.text):
        if sentence.start >= start:
            break
        previous = sentence
    return None if previous is None or previous.heading else previous.start
