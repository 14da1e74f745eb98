"""Choose citations from scored sentences: one to four, best first, no two saying the same."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from assistant.reading.base import Reading
from assistant.result import Citation
from assistant.terms import content_stems
from assistant.widening import widen

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
    speakers: list[_Quotation] = []
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
            quotation, *apart = (_Quotation(reading, *span) for span in widen(reading))
            near = reading.score >= least or not chosen or _says_so(quotation, asked, answer)
            if near and not any(_repeats(quotation, other) for other in chosen):
                chosen.append(quotation)
                speakers += apart
    chosen += [speaker for speaker in speakers if not any(_overlap(speaker, q) for q in chosen)]
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
            sorted(chosen, key=lambda q: -q.reading.score)[:MAX_CITATIONS], start=1
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


def _overlap(quotation: _Quotation, other: _Quotation) -> bool:
    """Whether two quotations share characters of one article."""
    same_article = quotation.reading.hit.article.id == other.reading.hit.article.id
    return same_article and quotation.start < other.end and other.start < quotation.end


def _repeats(quotation: _Quotation, other: _Quotation) -> bool:
    """Whether two quotations overlap or say the same."""
    same_article = quotation.reading.hit.article.id == other.reading.hit.article.id
    if _overlap(quotation, other):
        return True
    mine, theirs = content_stems(quotation.reading.text), content_stems(other.reading.text)
    return len(mine & theirs) >= (_REPEATS if same_article else _COPIES) * min(
        len(mine), len(theirs)
    )
