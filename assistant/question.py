"""A question as typed -> what it asks for and, in a conversation, what it leans on. Knows nothing of passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from assistant.errors import QuestionError
from assistant.result import Answer
from assistant.terms import content_stems, find_names, find_terms
from index import fold

MAX_CHARACTERS = 2_000
_CARRIED = 4


class Kind(StrEnum):
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


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.WHY, r"\b(why|how come)\b|\bwhat (caused|prompted|led to|triggered)\b|\bwhat\b.{0,12}\b(reason|cause)\b"),
        (Kind.HOW_MANY, r"\bhow many\b|\bwhat (number|count)\b|\bdeath toll\b"),
        (Kind.HOW_LONG, r"\bhow (long|old|far|tall|high|fast|deep|big|large|heavy|wide|often)\b"),
        (Kind.HOW_MUCH, r"\bhow much\b|\b(what|which)\b.{0,20}\b(price|cost|amount|sum|percentage|share|budget)\b"),
        (Kind.WHEN, r"\b(when)\b|\b(what|which|on what|in which) (date|day|year|month|time|week)\b"),
        (Kind.WHERE, r"\bwhere\b|\b(what|which) (city|town|country|place|state|village|location|port)\b"),
        (Kind.WHO, r"\b(who|whom|whose)\b|\b(what|which) (person|man|woman|company|team|minister|president)\b"),
        (Kind.YES_NO, r"^(and |but |so )?(did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)\b"),
    )
)

_FIGURE = re.compile(
    r"[^A-Za-z]*\d.*|(?:Jan|Feb|March|April|May|June|July|Aug|Sep|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)[a-z]*"
)
_CONNECTIVE = re.compile(r"^\W*(and|but|so|then|also|what about|how about|or)\b[\s,]*", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|that one|there|the same|"
    r"the (?:latter|former|others?))\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(r"\b(is|was|are|were) there\b|\bis it (true|possible|likely|known|clear)\b", re.IGNORECASE)


def check_question(question: str) -> str:
    """The question on one line.

    Raises:
        QuestionError: it is no text, empty, without a letter or digit, or longer than 2,000 characters.
    """
    if not isinstance(question, str):
        raise QuestionError(f"found a {type(question).__name__}, expected a question as text; ask in words")
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters, at most {MAX_CHARACTERS:,} are read; shorten it, "
            "and add long texts to the library instead"
        )
    cleaned = " ".join(question.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    if not any(letter.isalnum() for letter in cleaned):
        raise QuestionError("the question is empty; ask something, such as “Who signed the agreement?”")
    return cleaned


def kind_of(question: str) -> Kind:
    """What kind of answer is asked for."""
    folded = fold(_CONNECTIVE.sub("", question))
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), Kind.OTHER)


def understand(question: str, history: Sequence[Answer]) -> str:
    """The question as it is searched for: one that leans on the last exchange gets that exchange's names.

    Args:
        question: as checked.
        history: earlier answers, oldest first.

    Returns:
        The question itself, or with names in brackets: "How much had it already paid? (Türkiye, F-35)".
    """
    if not history or not leans(question):
        return question
    known = content_stems(question)
    carried = [name for name in _topic(history[-1]) if not content_stems(name) <= known][:_CARRIED]
    return f"{question} ({', '.join(carried)})" if carried else question


def leans(question: str) -> bool:
    """Whether a question needs the exchange before it to be understood.

    It does where it opens with a connective ("And when …"), where a pronoun comes before any name that it could stand
    for, or where it names nothing at all and is short.
    """
    if _CONNECTIVE.match(question):
        return True
    own = find_names(question)
    pronoun = _PRONOUN.search(_EXPLETIVE.sub(lambda match: "_" * len(match.group()), question))
    if pronoun:
        return not any(start < pronoun.start() for start, _ in own)
    return not own and sum(term.content for term in find_terms(question)) <= 4


def _topic(last: Answer) -> list[str]:
    """What the last exchange was about, most telling first: names asked for, then those of the answer."""
    query = last.query.replace("(", " ").replace(")", " ")
    found = [query[start:end] for start, end in find_names(query)]
    if last.short_answer and find_names(last.short_answer, skip_first=False) == [(0, len(last.short_answer))]:
        found.append(last.short_answer)
    if not found:
        found = [word for word in (query[term.start : term.end] for term in find_terms(query) if term.content)]
    if last.citations and len(found) < 2:
        sentence = last.citations[0].sentence
        found += [sentence[start:end] for start, end in find_names(sentence)]
    return [name for n, name in enumerate(found) if _says_more(name, found[:n])]


def _says_more(name: str, before: Sequence[str]) -> bool:
    """Whether a name is more than a figure or a month, and not among those before it."""
    return bool(content_stems(name) - content_stems(" ".join(before))) and not _FIGURE.fullmatch(name)
