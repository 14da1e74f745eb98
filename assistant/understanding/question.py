"""Check a question as typed, and find what kind of answer it asks for."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.errors import QuestionError
from index import fold

MAX_CHARACTERS = 2_000


class QuestionKind(StrEnum):
    """What kind of answer a question asks for."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MUCH = "how much"
    HOW_MANY = "how many"
    HOW_LONG = "how long"
    WHY = "why"
    YES_NO = "did"
    OTHER = "what"


_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            QuestionKind.WHY,
            r"\b(why|how come)\b|\bwhat (caused|prompted|led to|triggered)\b"
            r"|\bwhat\b.{0,12}\b(reason|cause)\b",
        ),
        (QuestionKind.HOW_MANY, r"\bhow many\b|\bwhat (number|count)\b|\bdeath toll\b"),
        (
            QuestionKind.HOW_LONG,
            r"\bhow (long|old|far|tall|high|fast|deep|big|large|heavy|wide|often)\b",
        ),
        (
            QuestionKind.HOW_MUCH,
            r"\bhow much\b"
            r"|\b(what|which)\b.{0,20}\b(price|cost|amount|sum|percentage|share|budget)\b",
        ),
        (
            QuestionKind.WHEN,
            r"\b(when)\b|\b(what|which|on what|in which) (date|day|year|month|time|week)\b",
        ),
        (
            QuestionKind.WHERE,
            r"\bwhere\b|\b(what|which) (city|town|country|place|state|village|location|port)\b",
        ),
        (
            QuestionKind.WHO,
            r"\b(who|whom|whose)\b"
            r"|\b(what|which) (person|man|woman|company|team|minister|president)\b",
        ),
        (
            QuestionKind.YES_NO,
            r"^(and |but |so )?"
            r"(did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\b",
        ),
    )
)

CONNECTIVE = re.compile(
    r"^\W*(and|but|so|then|also|what about|how about|or)\b[\s,]*", re.IGNORECASE
)
"""What ties a question to the one before."""


def check_question(question: str) -> str:
    """Check a question, and return it on one line.

    Raises:
        QuestionError: it is not text, is empty, has no letter or digit, or is longer than 2,000
            characters.
    """
    if not isinstance(question, str):
        raise QuestionError(
            f"found a {type(question).__name__}, expected a question as text; ask in words"
        )
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters, at most {MAX_CHARACTERS:,} are read; "
            "shorten it, and add long texts to the library instead"
        )
    cleaned = " ".join(question.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    if not any(letter.isalnum() for letter in cleaned):
        raise QuestionError(
            "the question is empty; ask something, such as “Who signed the agreement?”"
        )
    return cleaned


def kind_of(question: str) -> QuestionKind:
    """What kind of answer is asked for."""
    folded = fold(CONNECTIVE.sub("", question))
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), QuestionKind.OTHER)
