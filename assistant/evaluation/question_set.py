"""Read questions, with what is known of their answers, from a JSON Lines file.

{"question": "How much did Türkiye pay?", "answer": ["$2.5 billion", "2.5 billion dollars"]}
{"question": "Who led the inquiry?", "articles": "https://example.com/ferry", "as_of": "2024-06-30"}
{"question": "Who won the 2022 World Cup?", "answerable": false}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assistant.errors import QuestionError, QuestionSetError
from assistant.evaluation.metrics import spell
from assistant.understanding.question import check_question

_KNOWN = (
    "question",
    "answer",
    "evidence",
    "articles",
    "answerable",
    "id",
    "kind",
    "history",
    "as_of",
    "outlets",
    "since",
    "until",
    "note",
)
_OTHER_NAMES = {"article": "articles", "asked": "as_of"}
_LINES = 'one question a line, as {"question": "Who signed it?", "answer": "Jane Doe"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question, and what is known of its answer.

    Attributes:
        id: the one in the file, else "line 7".
        question: what is asked.
        answers: accepted answers, any of which will do; empty if none is known.
        evidence: sentences that give the answer, any of which will do.
        articles: ids, beginnings of ids, record ids or URLs of articles that hold the answer, any
            of which will do.
        answerable: whether the articles hold the answer.
        kind: the user's own label.
        history: questions asked before this one, oldest first.
        as_of: the day that "this week" counts from.
        outlets: only articles of these outlets; None for any.
        since, until: only articles from these days, both included.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    answerable: bool = True
    kind: str | None = None
    history: tuple[str, ...] = ()
    as_of: date | None = None
    outlets: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if not self.answerable and (self.answers or self.evidence or self.articles):
            raise ValueError(
                f"question {self.id}: an unanswerable question has no answer, evidence or article"
            )


def read_questions(path: str | Path) -> tuple[GoldQuestion, ...]:
    """Read a file of questions, one JSON object per line; blank lines are skipped.

    The fields are named as in ``GoldQuestion``, except for ``answer``: an accepted answer, or a
    list of them. ``question`` and at least one of ``answer``, ``evidence``, ``articles`` and
    ``answerable`` are required. ``article`` and ``asked`` are read as ``articles`` and ``as_of``.
    Where a list is expected, a single string will do, and an empty list counts as absent. A
    ``note`` is a comment for readers of the file.

    Raises:
        QuestionSetError: the file cannot be read, holds no question, or has a line that is not a
            valid question.
    """
    questions: dict[str, GoldQuestion] = {}
    for number, line in _lines(Path(path)):
        where = f"{path}, line {number}"
        question = _Record(where, _parse(where, line)).build(number)
        if question.id in questions:
            raise _error(
                where,
                f"a second question with the id {question.id!r}",
                "each id once",
                "give it an id of its own",
            )
        questions[question.id] = question
    if not questions:
        raise _error(str(path), "no question", _LINES, "add questions")
    return tuple(questions.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, numbered from 1."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _error(
            str(path), error.strerror or str(error), "a file of questions", "check its name"
        ) from None
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise _error(
                f"{path}, line {number}",
                "bytes that are not UTF-8",
                "UTF-8",
                "save the file as UTF-8",
            ) from None
        if text:
            yield number, text


def _parse(where: str, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line, object_pairs_hook=_rename)
    except _TwiceError as error:
        raise _error(
            where, f"the field {error} twice", "each field once", "leave one out"
        ) from None
    except (ValueError, RecursionError) as error:
        found = (
            "objects nested too deeply"
            if isinstance(error, RecursionError)
            else f"broken JSON ({error})"
        )
        raise _error(where, found, _LINES, "fix that line") from None
    if not isinstance(record, dict):
        raise _error(
            where,
            f"{_describe(record)} instead of an object",
            _LINES,
            "write each question as an object",
        )
    return record


class _TwiceError(Exception):
    """An object has a field twice; JSON would keep only the last."""


def _rename(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key, value in pairs:
        name = _OTHER_NAMES.get(key, key)
        if name in record:
            raise _TwiceError(repr(name))
        record[name] = value
    return record


@dataclass(frozen=True, slots=True)
class _Record:
    """A line's fields, each checked when it is read; null counts as absent."""

    where: str
    fields: Mapping[str, Any]

    def build(self, number: int) -> GoldQuestion:
        for name in self.fields:
            if name not in _KNOWN:
                close = get_close_matches(name, _KNOWN, n=1)
                remedy = f"did you mean {close[0]!r}?" if close else "leave it out"
                raise self.wrong(f"an unknown field {name!r}", f"only {', '.join(_KNOWN)}", remedy)
        question = GoldQuestion(
            id=self.text("id") or f"line {number}",
            question=self.asked(self.text("question") or ""),
            answers=self.texts("answer") or (),
            evidence=self.texts("evidence") or (),
            articles=self.texts("articles") or (),
            answerable=self.answerable(),
            kind=self.text("kind"),
            history=tuple(self.asked(earlier) for earlier in self.texts("history") or ()),
            as_of=self.day("as_of"),
            outlets=self.texts("outlets"),
            since=self.day("since"),
            until=self.day("until"),
        )
        if question.since and question.until and question.since > question.until:
            raise self.wrong(
                f"since {question.since}, after until {question.until}", "since first", "swap them"
            )
        return question

    def answerable(self) -> bool:
        """Whether the articles hold the answer; without the field, a known answer implies it."""
        said = self.fields.get("answerable")
        known = [name for name in ("answer", "evidence", "articles") if self.texts(name)]
        if said is None and not known:
            expected = '"answer", "evidence", "articles" or "answerable": false'
            raise self.wrong("nothing about the answer", expected, "say what the right answer is")
        if said is not None and not isinstance(said, bool):
            raise self.wrong(
                f'"answerable": {_describe(said)}', "true or false", "write it without quotes"
            )
        if said is False and known:
            raise self.wrong(
                f'"answerable": false and "{known[0]}"', "one of them", "leave one out"
            )
        return said is not False

    def asked(self, question: str) -> str:
        try:
            return check_question(question)
        except QuestionError as error:
            raise QuestionSetError(f"{self.where}: {error}") from None

    def text(self, name: str) -> str | None:
        value = self.fields.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.wrong(
                f'"{name}": {_describe(value)}',
                "a string with words",
                "write it in quotes, or leave it out",
            )
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        value = self.fields.get(name)
        if value is None or value == []:
            return None
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(one, str) and spell(one) for one in values):
            raise self.wrong(
                f'"{name}": {_describe(value)}', "a string with words, or a list of them", "fix it"
            )
        return tuple(values)

    def day(self, name: str) -> date | None:
        value = self.fields.get(name)
        try:
            return None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(
                f'"{name}": {_describe(value)}', "a day", "write it as 2025-12-09"
            ) from None

    def wrong(self, found: str, expected: str, remedy: str) -> QuestionSetError:
        return _error(self.where, found, expected, remedy)


def _error(where: str, found: str, expected: str, remedy: str) -> QuestionSetError:
    return QuestionSetError(f"{where}: found {found}; expected {expected}; {remedy}")


def _describe(value: object) -> str:
    """The value as JSON, cut after 60 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]} …"
