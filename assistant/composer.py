"""Choose citations from scored sentences: one to four, best first, no two saying the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from assistant.reading.base import Reading
from assistant.result import Citation
from assistant.terms import content_stems
from corpus import Article, split_sentences

MAX_CITATIONS = 4
# Set by eye on the samples and the project's first two pages; not fitted.
# Log-odds below the best sentence within which a further sentence of a quoted article still helps.
_MARGIN = 0.66
# The same for the first sentence of another article: a second article that agrees is worth more.
_SECOND = 1.32
_REPEATS = 0.6  # share of the shorter sentence's words at which an article repeats itself
_COPIES = 0.85  # the same between articles, where two that agree are worth showing
# Share of the question's words, and of the answer's, at which a quotation says the same as the
# best one.
_SAYS_SO = 0.5
_MAX_ANTECEDENTS = 2

# Openings of sentences that cannot stand alone: a pronoun, a pointer, or a noun that sums up what
# was said before.
_LEANING = re.compile(
    r"(?i)^[\"'“‘(]*(?:(?:But|And|However|Yet|Still|Meanwhile|Nevertheless|Instead|Also|Then),?\s+)?"
    r"(?:(?:He|She|They|It|Its|His|Her|Their|This|That|These|Those|Both|Such|Following this|"
    r"After that|Since then|As a result|In response|Because of this|The same)\b"
    r"|(?:The|That) (?:move|decision|step|deal|agreement|announcement|statement|claim|claims|"
    r"incident|report|reports|ruling|vote|plan|proposal|accident|attack|issue|dispute|law|"
    r"measure|measures|change|changes|figure|toll|funds|latter|former|two|pair|couple|company|"
    r"firm|ministry|minister|source|sources|officials?|spokesm[ae]n|spokeswoman|"
    r"channel|newspaper|broadcaster|agency|study|survey|poll|suspect|victims?|man|woman|"
    r"\w+ (?:has |had )?(?:prompted|triggered|caused|forced|sparked|provoked|led))\b)",
)
_EXPLETIVE = re.compile(
    r"^(?:However, )?It (?:is|was|has been) (?:\w+ )?"
    r"(?:known|clear|unclear|likely|possible|expected|reported|believed|understood|estimated|"
    r"said|hoped|feared|not known|thought)\b"
)


def compose(
    readings: Sequence[Reading], *, asked: frozenset[str] = frozenset(), floor: float = -inf
) -> tuple[Citation, ...]:
    """Choose the best sentences as verified quotations, preferring articles not quoted yet.

    Args:
        readings: best first, at least one; the first is quoted whatever its score.
        asked: the question's content stems.
        floor: log-odds that every other sentence needs, unless it is from another article and says
            what the first says.
    """
    best = readings[0]
    answer = _answer_stems(best) - asked
    chosen: list[_Quotation] = []
    for fresh, margin in ((True, _SECOND), (False, _MARGIN)):
        least = max(best.score - margin, floor)
        for reading in readings:
            if len(chosen) == MAX_CITATIONS or (reading.score < least and chosen and not fresh):
                break
            known = any(
                quoted.reading.hit.article.id == reading.hit.article.id for quoted in chosen
            )
            if known is fresh:
                continue
            quotation = _Quotation(reading, *_with_antecedent(reading))
            near = reading.score >= least or not chosen or _says_so(quotation, asked, answer)
            if near and not any(_repeats(quotation, other) for other in chosen):
                chosen.append(quotation)
    return tuple(
        Citation(
            number=number,
            article=reading.hit.article,
            start=start,
            end=end,
            quote=reading.hit.article.text[start:end],
            also_in=reading.hit.also_in,
        )
        for number, (reading, start, end) in enumerate(
            sorted(chosen, key=lambda q: -q.reading.score), start=1
        )
    )


class _Quotation(NamedTuple):
    """A sentence and the span that is quoted for it."""

    reading: Reading
    start: int
    end: int


def _answer_stems(best: Reading) -> frozenset[str]:
    """The content stems of its short answer; empty if it has none."""
    return (
        content_stems(best.hit.article.text[slice(*best.short_answer)])
        if best.short_answer
        else frozenset()
    )


def _says_so(quotation: _Quotation, asked: frozenset[str], answer: frozenset[str]) -> bool:
    """Whether a quotation holds enough of the question's words and of the best answer's."""
    if not asked or not answer:
        return False
    words = content_stems(quotation.reading.hit.article.text[quotation.start : quotation.end])
    return all(len(some & words) >= _SAYS_SO * len(some) for some in (asked, answer))


def _repeats(quotation: _Quotation, other: _Quotation) -> bool:
    """Whether two quotations overlap or say the same."""
    same_article = quotation.reading.hit.article.id == other.reading.hit.article.id
    if same_article and quotation.start < other.end and other.start < quotation.end:
        return True
    mine, theirs = content_stems(quotation.reading.text), content_stems(other.reading.text)
    return len(mine & theirs) >= (_REPEATS if same_article else _COPIES) * min(
        len(mine), len(theirs)
    )


def _with_antecedent(reading: Reading) -> tuple[int, int]:
    """The sentence's span, extended back to the sentences that it depends on."""
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
    """Whether a sentence opens with a word that refers to something said before."""
    return bool(_LEANING.match(sentence)) and not _EXPLETIVE.match(sentence)


def _sentence_before(article: Article, start: int) -> int | None:
    """Where the previous sentence starts; None at the article's start or under a heading."""
    previous = None
    for sentence in split_sentences(article.text):
        if sentence.start >= start:
            break
        previous = sentence
    return None if previous is None or previous.heading else previous.start
