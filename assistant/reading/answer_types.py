"""Find spans that could answer a kind of question: amounts, dates, names, reasons. Rules only."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.terms import content_stems, find_names, find_terms
from assistant.understanding.question import QuestionKind

Span = tuple[int, int]

_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|dozens?|half|a third|a quarter"
)
_FIGURE = r"\d+(?:[.,]\d+)*"
_SCALE = r"(?:[\s-](?:hundred|thousand|million|billion|trillion)|\s?(?:bn|mn|tn|[mk])\b)"
_MONTH_NAME = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)(?:[a-z]*\.?)"
_DAY_NAME = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_CURRENCY = (
    r"(?:dollars?|euros?|pounds?|lira|rubles?|roubles?|yen|yuan|rupees?|francs?|crowns?|"
    r"kron[ae]r?|pesos?|cents?)"
)

_MONEY = re.compile(
    rf"(?:[A-Z]{{2,3}})?[$€£¥₺₹₽]\s?{_FIGURE}{_SCALE}?|(?:USD|EUR|GBP|TRY)\s?{_FIGURE}{_SCALE}?"
    rf"|\b(?:{_FIGURE}|(?:{_NUMBER_WORD})\b){_SCALE}?\s(?:[a-z]+\s)?{_CURRENCY}\b"
)
_PERCENT = re.compile(
    rf"\b{_FIGURE}\s?(?:%|per\s?cent\b|percentage points)|\b(?:{_NUMBER_WORD}) per\s?cent\b", re.I
)
_NUMBER = re.compile(
    rf"(?<![\w$€£.,-]){_FIGURE}{_SCALE}?(?![\w-])|\b(?:{_NUMBER_WORD})(?:[\s-](?:{_NUMBER_WORD}))*\b",
    re.I,
)
_DURATION = re.compile(
    rf"\b(?:{_FIGURE}|(?:{_NUMBER_WORD})(?:-(?:{_NUMBER_WORD}))?|an?)[\s-](?:[a-z]+[\s-])?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|km|kilomet(?:er|re)s?|"
    r"miles?|met(?:er|re)s?|feet|tons?|tonnes?|kg|pounds?|mph|knots)(?:[\s-]old)?\b",
    re.I,
)
_DATE = re.compile(
    rf"\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s(?:19|20)\d{{2}}\b)?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:\s(?:19|20)\d{{2}})?\b"
    rf"|\b{_MONTH}\s(?:of\s)?(?:19|20)\d{{2}}\b"
    r"|\b(?:early |late |mid-|the end of |spring |summer |autumn |winter )?(?:19|20)\d{2}s?\b"
    r"|(?:(?<=\bin )|(?<=\bby )|(?<=until )|(?<=since )|(?<=from )|\b(?:last|next|late|early) )"
    rf"{_MONTH_NAME}(?!\w)"
    rf"|\b(?:last |next |this |late |early )?{_DAY_NAME}"
    r"(?:\s(?:morning|afternoon|evening|night))?\b"
    r"|\b(?:yesterday|today|tomorrow|tonight)\b|\b(?:last|next|this|earlier this|later this) "
    r"(?:week|month|year|spring|summer|autumn|fall|winter|decade|century)\b"
    r"|\b(?:a|an|one|two|three|several|\d+) (?:hours?|days?|weeks?|months?|years?) "
    r"(?:ago|later|earlier)\b"
    r"|\b(?:at\s)?\d{1,2}[:.]\d{2}\s?(?:[ap]\.?m\.?)?\b|\b\d{1,2}\s?[ap]\.?m\.?(?!\w)"
)
_CAUSE = (
    r"because(?: of)?|due to|owing to|as a result of|in response to|thanks to|so that|in order to|"
    r"to avoid|to prevent|prompted by|caused by|blamed on|on grounds? (?:of|that)|for fear|citing"
)
_REASON = re.compile(rf"\b(?:{_CAUSE}|after|over|amid|since|following)\b")
_SURE_REASON = re.compile(_CAUSE)
# Verbs whose subject is the cause: "the deal triggered a crisis", "leading Washington to remove
# Ankara".
_RESULT = re.compile(
    r",?\s(?:had |has |have )?"
    r"(?:(?:prompt|trigger|caus|forc|spark|provok)(?:ed|es|ing)|"
    r"le(?:d|ads|ading) (?:[\w’'-]+ ){0,4}to)\b"
)
_PLACE = re.compile(r"\b(?:in|at|near|off|from|to|outside|inside|between|along|over)\s(?:the\s)?$")
_CALENDAR = re.compile(rf"\b(?:{_MONTH_NAME}|{_DAY_NAME})(?!\w)")
_SPEAKS = re.compile(
    r",?\s(?:also |has |had )?"
    r"(?:said|says|told|wrote|announced|claimed|reported|denied|confirmed|argued|added)\b"
)
_BY = re.compile(r"(?:\bby|\bsaid|\btold|\bcalled|\bnamed)\s(?:the\s)?$")
_CLAUSE_END = re.compile(r"[,;.!?](?:\s|$)|\s[–—-]\s")


def answer_spans(kind: QuestionKind, sentence: str, asked: frozenset[str]) -> list[Span]:
    """Spans of a sentence that could answer a question of this kind.

    Args:
        kind: what is asked for.
        sentence: the sentence.
        asked: the question's content stems; words of the question are no answer to it.

    Returns:
        Offsets into the sentence, in order; empty for YES_NO and OTHER, whose answers have no
        typical form.
    """
    match kind:
        case QuestionKind.HOW_MUCH:
            spans = _all(_MONEY, sentence) or _all(_PERCENT, sentence)
        case QuestionKind.HOW_MANY:
            taken = _all(_MONEY, sentence) + _all(_DATE, sentence)
            spans = [
                span
                for span in _all(_NUMBER, sentence)
                if not any(a < span[1] and span[0] < b for a, b in taken)
            ]
        case QuestionKind.HOW_LONG:
            spans = _all(_DURATION, sentence)
        case QuestionKind.WHEN:
            spans = _all(_DATE, sentence)
        case QuestionKind.WHO:
            names = [
                (a, b)
                for a, b in find_undated_names(sentence)
                if not any(map(str.isdigit, sentence[a:b]))
            ]
            spans = [
                (a, b) for a, b in names if " " in sentence[a:b] or not _PLACE.search(sentence[:a])
            ]
        case QuestionKind.WHERE:
            spans = [(a, b) for a, b in find_undated_names(sentence) if _PLACE.search(sentence[:a])]
        case QuestionKind.WHY:
            spans = _find_reasons(sentence)
        case _:
            spans = []
    return [
        (a, b)
        for a, b in spans
        if not content_stems(sentence[a:b]) <= asked or kind is QuestionKind.HOW_MANY
    ]


def _find_reasons(sentence: str) -> list[Span]:
    reasons = [
        (match.start(), _clause_end(sentence, match.end())) for match in _REASON.finditer(sentence)
    ]
    causes = [
        (_clause_start(sentence, match.start()), match.start())
        for match in _RESULT.finditer(sentence)
    ]
    return reasons + causes


def find_amounts(sentence: str) -> list[Span]:
    """Amounts of money, percentages and measures, each with its unit."""
    return [span for pattern in (_MONEY, _PERCENT, _DURATION) for span in _all(pattern, sentence)]


def counted(sentence: str, span: Span, asked: Collection[str]) -> bool:
    """Whether a number counts what was asked for.

    It does if one of the question's words follows it closely ("100 F-35s").
    """
    following = find_terms(sentence[span[1] : span[1] + 40])[:3]
    return any(term.stem in asked for term in following)


def strength(kind: QuestionKind, sentence: str, span: Span, asked: Collection[str]) -> float:
    """How surely a span is of the asked kind, in (0, 1].

    A capitalised word may name anything, and "after" may give a time.
    """
    if kind is QuestionKind.WHY:
        return (
            1.0
            if _SURE_REASON.match(sentence, span[0]) or _RESULT.match(sentence, span[1])
            else 0.5
        )
    if kind is QuestionKind.HOW_MANY:
        return 1.0 if counted(sentence, span, asked) else 0.5
    if kind is not QuestionKind.WHO:
        return 1.0
    several = " " in sentence[slice(*span)]
    speaks = _SPEAKS.match(sentence[span[1] :]) or _BY.search(sentence[: span[0]])
    return 1.0 if several or speaks else 0.5


def find_undated_names(sentence: str) -> list[Span]:
    """Names that are neither dates nor plain figures."""
    dates = _all(_DATE, sentence) + _all(_CALENDAR, sentence)
    return [
        (a, b)
        for a, b in find_names(sentence)
        if any(letter.islower() for letter in sentence[a:b])
        and not any(c < b and a < d for c, d in dates)
    ]


def _all(pattern: re.Pattern[str], sentence: str) -> list[Span]:
    return [match.span() for match in pattern.finditer(sentence)]


def _clause_start(sentence: str, end: int) -> int:
    ends = [match.end() for match in _CLAUSE_END.finditer(sentence, 0, end)]
    return ends[-1] if ends else 0


def _clause_end(sentence: str, start: int) -> int:
    match = _CLAUSE_END.search(sentence, start)
    return match.start() if match else len(sentence)
