"""Find how a question in a conversation may be meant: as it is, or completed from earlier turns.

The words alone often do not tell which is meant: "What is inflation?" names nothing, yet refers
back to nothing. So both forms may be returned, with how much the words favour the completed one.
The caller then decides by what the articles answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from assistant.result import Answer
from assistant.terms import content_stems, find_names, find_terms
from assistant.understanding.question import CONNECTIVE

CARRIED = 4
"""The most names or phrases carried over, so that they don't pile up over turns."""

_FIGURE = re.compile(
    r"[^A-Za-z]*\d.*|(?:Jan|Feb|March|April|May|June|July|Aug|Sep|Oct|Nov|Dec"
    r"|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)[a-z]*"
)
_INSTEAD = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:(?:what|how)\s+about|and)\s+(?:for\s+|in\s+)?"
    r"(?P<name>(?:\S+\s*){1,4}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:why|when|where|who|whom|how|what|which|did|does|is|are|was|were|with|the)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|that one|there|"
    r"the same|the (?:latter|former|others?))\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|are|were|will|be|been)\s+there\b|\bthere\s+(?:is|was|are|were|be|will|been)\b"
    r"|\bthis (?:year|month|week|summer|fall|winter|spring)\b"
    r"|\b(?:is|was|does|did|would) it (?=\w+ (?:to|that|if|when)\b)"
    r"|\bis it (?:true|possible|likely|known|clear|safe|legal|okay|ok)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:the|that|those|any|other|else|another|more|same)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A question as it may be meant.

    Attributes:
        query: what is searched for and read.
        prior: how much the words favour it over the question as it stands; see ``leaning``.
    """

    query: str
    prior: float


def find_forms(question: str, history: Sequence[Answer]) -> list[Form]:
    """The question as it is, the completed one, or both if the words leave it open.

    Args:
        question: the checked question.
        history: earlier answers, oldest first.
    """
    alone = Form(query=question, prior=0.0)
    if not history:
        return [alone]
    completed = complete(question, history)
    prior = leaning(question) if completed != question else -inf
    if prior == -inf:
        return [alone]
    form = Form(query=completed, prior=prior)
    return [form] if prior == inf else [alone, form]


def leaning(question: str) -> float:
    """How much a question's words suggest that it refers back; ±infinity if they settle it."""
    words = find_terms(question)
    own = find_names(question)
    content = sum(term.content for term in words)
    bare = CONNECTIVE.sub("", question)
    if _INSTEAD.match(question) and not _ASKING.match(bare):
        return inf
    if not content or (content <= 1 and not own):
        return inf if CONNECTIVE.match(question) or not content else _LEANS
    masked = _EXPLETIVE.sub(lambda match: "_" * len(match.group()), question)
    pronoun = _PRONOUN.search(masked)
    if pronoun:
        # "Are they endangered, monarch butterflies?" explains its pronoun itself, as does a name
        # before the pronoun.
        named = any(start < pronoun.start() for start, _ in own) or "," in question[pronoun.end() :]
        return -_LEANS if named else _LEANS
    if CONNECTIVE.match(question) or (not own and _POINTING.search(question)):
        return 0.0
    return -inf if own else -_LEANS


_LEANS = 2.0


def is_completed_meant(prior: float, *, score: float, similarity: float, same: bool) -> bool:
    """Whether a question is meant as completed, judged by what was found for both forms.

    Args:
        prior: the prior of the completed form.
        score: how much higher the log-odds of the best sentence are for the completed form.
        similarity: the same for the cosine of the nearest passage.
        same: whether the completed form's best sentence is from an article that the last answer
            showed.
    """
    found = np.dot(_MEANT, (score, similarity, same, prior, 1.0))
    return bool(found > _SURELY)


_MEANT = (1.15, 4.01, 2.02, 0.32, -1.43)
"""Logistic regression on the 82 questions of ``tests/benchmarks/conversations.jsonl`` whose words
leave it open, 2026-11-29. With each question held out, and the confidence of that day, 2 of 37
questions on new topics are completed by mistake, and 39 of 45 follow-ups are completed."""
_SURELY = 0.6
"""Log-odds. A name carried into another topic does more harm than one that is missing."""


def complete(question: str, history: Sequence[Answer]) -> str:
    """The question, completed with what it refers back to.

    "What about Velden?" repeats the last question with Velden; others get names in brackets.

    Args:
        question: the checked question.
        history: earlier answers, oldest first, at least one.
    """
    instead = _INSTEAD.match(question)
    if instead and not _ASKING.match(CONNECTIVE.sub("", question)):
        return _ask_again(history[-1], instead["name"].strip(" ?.!"))
    known = content_stems(question)
    brief = sum(term.content for term in find_terms(question)) <= 1
    carried = [name for name in _topic(history, brief=brief) if not content_stems(name) <= known][
        :CARRIED
    ]
    return f"{question} ({', '.join(carried)})" if carried else question


def _ask_again(last: Answer, name: str) -> str:
    """The last question about something else: the new name replaces its first name, if any."""
    asked = last.query
    names = [
        (start, end) for start, end in find_names(asked) if not _FIGURE.fullmatch(asked[start:end])
    ]
    if not names or content_stems(name) <= content_stems(asked):
        return f"{asked} ({name})"
    start, end = names[0]
    return f"{asked[:start]}{name}{asked[end:]}"


def _topic(history: Sequence[Answer], *, brief: bool) -> list[str]:
    """The topic: names of the last and first questions, and the last answer if it is a name."""
    first, last = (
        turn.query.replace("(", ", ").replace(")", " ") for turn in (history[0], history[-1])
    )
    found = [query[start:end] for query in (last, first) for start, end in find_names(query)]
    answer = history[-1].short_answer
    if answer and find_names(answer, skip_first=False) == [(0, len(answer))]:
        found.append(answer)
    if not found or brief:
        found += _phrases(last)
    return [name for n, name in enumerate(found) if _says_more(name, found[:n])]


def _phrases(query: str) -> Iterator[str]:
    """Runs of content words, verbatim."""
    start = end = -1
    for term in find_terms(query):
        if term.content and (start < 0 or query[end : term.start] == " "):
            start, end = (term.start if start < 0 else start), term.end
            continue
        if start >= 0:
            yield query[start:end]
        start, end = (term.start, term.end) if term.content else (-1, -1)
    if start >= 0:
        yield query[start:end]


def _says_more(name: str, before: Sequence[str]) -> bool:
    """Whether a name is no figure or month, and adds something to the names before it."""
    return bool(content_stems(name) - content_stems(" ".join(before))) and not _FIGURE.fullmatch(
        name
    )
