"""Split two questions that are asked as one, and join their answers.

"When did the ferry sink, and how many people died?" asks two things; "What did he say about how and
why it sank?" asks one. A second question starts after "and", with a question word that stands alone
or is directly followed by its verb. The patterns were written with 11,173 questions on news in
view: 46 of them are split, all correctly as judged by eye, and at least eight double questions are
left whole.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

from assistant.result import Abstention, Answer, Citation, Near

QUOTED = 2
"""The most quotations taken from each of the two answers."""

_WORD = r"(?:who|whom|whose|what|when|where|why|how|which)"
_VERB = (
    r"(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may|might|must)"
    r"(?:n['’]t)?"
)
_WITH = r"(?:(?:in|at|on|for|to|from|by|with|since|until) )?"
# "How it was kept secret" is no question: the subject comes before the verb.
_NOT_SUBJECT = r"(?! ?(?:it|he|she|they|we|you|I|this|that|the|an?|his|her|its|their|to|and|or)\b)"
_ASKS = re.compile(rf"(?:and |but |so )?(?:{_WITH}{_WORD}|{_VERB})\b", re.IGNORECASE)
_ALONE = re.compile(
    rf"{_WITH}(?:(?:who|whom|whose|what|which|how{_NOT_SUBJECT} \w+)"
    rf"(?:{_NOT_SUBJECT} [\w’'-]+){{0,3}}?"
    r"|when|where|why|how)(?: exactly)?",
    re.IGNORECASE,
)
_SECOND = re.compile(
    rf"{_ALONE.pattern} {_VERB}\b.+"  # "how many people have died"
    rf"|{_WITH}(?:who|what|which|how many|how much)\b{_NOT_SUBJECT}.*"  # "who paid", "for how much"
    rf"|{_WORD}\W*",  # "and why?"
    re.IGNORECASE,
)
_LACKS_VERB = re.compile(
    rf"{_WITH}(?:when|where|(?:what|which) (?!\w+ed\b)\w+|how(?! {_VERB}\b) \w+(?: \w+){{0,2}}|"
    r"where in \w+)",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\[(\d+)\]")
_NEXT_SENTENCE = re.compile(r"\?\s+(?:and\s+|also,?\s+)?", re.IGNORECASE)
_AND = re.compile(r",?\s+and\s+(?:also\s+)?", re.IGNORECASE)


def split_question(question: str) -> tuple[str, ...]:
    """The questions that are asked: the given one alone, or two."""
    if _ASKS.match(question):
        for joint, follows in ((_NEXT_SENTENCE, _ASKS.match), (_AND, _SECOND.fullmatch)):
            for between in joint.finditer(question):
                first, second = question[: between.start()], question[between.end() :]
                parts = _share(first, second) if follows(second) else (first,)
                if len(parts) == 2 and " " in parts[0]:  # "Why? And when?" has no subject to share
                    return tuple(f"{one[:1].upper()}{one[1:].rstrip(' ,?')}?" for one in parts)
    return (question,)


def _share(first: str, second: str) -> tuple[str, str]:
    """Complete both: "On what day, and at what hour, do they meet?" has one verb for two parts."""
    verb = re.search(rf"(?<= ){_VERB}\b.*", second, re.IGNORECASE)
    if verb and _LACKS_VERB.fullmatch(first):
        return f"{first} {verb.group()}", f"{second[: verb.start()].rstrip(' ,')} {verb.group()}"
    return first, second


def join_answers(question: str, answers: tuple[Answer, Answer]) -> Answer:
    """Join the answers to both parts of the question; a part that is not answered is named.

    The confidence is the lowest among the answered parts.
    """
    query = " ".join(answer.query for answer in answers)
    given = [answer for answer in answers if answer.citations]
    nearest = _interleave(*(answer.nearest for answer in answers))
    if not given:
        unsure = [one for one in answers if one.abstention is Abstention.NO_ANSWER]
        better = max(unsure or answers, key=lambda answer: answer.confidence)
        return replace(better, question=question, query=query, nearest=nearest)
    citations: list[Citation] = []
    said = []
    for answer in answers:
        if answer.abstention:
            asked = _MARKER.sub(r"(\1)", answer.question)  # only a citation is marked [1]
            said.append(answer.abstention.message(f"“{asked}”"))
        for citation in answer.citations[:QUOTED]:
            place = (citation.article.id, citation.start, citation.end)
            if place not in [(other.article.id, other.start, other.end) for other in citations]:
                citations.append(replace(citation, number=len(citations) + 1))
                said.append(f"{citation.sentence} [{len(citations)}]")
    return Answer(
        question=question,
        query=query,
        text=" ".join(said),
        short_answer=given[0].short_answer,
        citations=tuple(citations),
        confidence=min(answer.confidence for answer in given),
        nearest=nearest,
    )


def _interleave(first: tuple[Near, ...], second: tuple[Near, ...]) -> tuple[Near, ...]:
    """The best of each in turn, each sentence once, as many as the longer tuple holds."""
    found: dict[tuple[str, int], Near] = {}
    for pair in zip_longest(first, second):
        for near in pair:
            if near:
                found.setdefault((near.article.id, near.start), near)
    return tuple(found.values())[: max(len(first), len(second))]
