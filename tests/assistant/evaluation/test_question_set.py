"""A file of questions is read as written, or refused with one line.

The line says what was found, what was expected and what to do.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant import GoldQuestion, QuestionSetError, read_questions

GOOD: dict[str, Any] = {"question": "Who signed it?", "answer": "Jane Doe"}


def write(folder: Path, *records: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text(
        "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records),
        encoding="utf-8",
    )
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    fields = {
        "id": "treaty-1",
        "question": " Who  signed it? ",
        "answer": ["Jane Doe", "J. Doe"],
        "articles": ["3fa9c1", "https://example.com/treaty"],
        "answerable": True,
        "kind": "who",
        "history": "What was signed?",
        "as_of": "2025-12-09",
        "outlets": ["Daily Post"],
        "since": "2025-12-01",
        "until": "2025-12-31",
    }
    assert read_questions(write(tmp_path, fields)) == (
        GoldQuestion(
            id="treaty-1",
            question="Who signed it?",
            answers=("Jane Doe", "J. Doe"),
            articles=("3fa9c1", "https://example.com/treaty"),
            kind="who",
            history=("What was signed?",),
            as_of=date(2025, 12, 9),
            outlets=("Daily Post",),
            since=date(2025, 12, 1),
            until=date(2025, 12, 31),
        ),
    )


def test_little_is_required_and_a_line_is_a_name(tmp_path: Path) -> None:
    unanswerable = {"question": "Who won?", "answerable": False, "answer": None}
    path = write(tmp_path, "\ufeff" + json.dumps(GOOD), "", unanswerable, {**GOOD, "id": 3}, "  \r")
    first, second, third = read_questions(path)
    assert first == GoldQuestion(id="line 1", question="Who signed it?", answers=("Jane Doe",))
    assert second == GoldQuestion(id="line 3", question="Who won?", answerable=False)
    assert third.id == "3"


def test_two_fields_have_a_second_name(tmp_path: Path) -> None:
    path = write(tmp_path, {"question": "Who?", "article": "3fa9c1", "asked": "2025-12-09"})
    assert read_questions(path)[0].articles == ("3fa9c1",)
    assert read_questions(path)[0].as_of == date(2025, 12, 9)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"question": "Who?"', ["broken JSON", "{"]),
        ("[" * 100_000, ["nested", "one question a line"]),
        ("[1, 2]", ["[1, 2] instead of an object"]),
        ("null", ["null instead of an object"]),
        ({"answer": "Jane"}, ["question is empty"]),
        ({**GOOD, "question": "?"}, ["question is empty"]),
        ({**GOOD, "question": "why " * 600}, ["2,000"]),
        ({**GOOD, "question": ["Who?"]}, ['"question": ["Who?"]', "a string"]),
        ({"question": "Who?"}, ["nothing about the answer", '"answerable": false']),
        (
            {**GOOD, "anwser": "Jane"},
            ["unknown field 'anwser'", "only question, answer,", "did you mean 'answer'?"],
        ),
        ({**GOOD, "zzz": 1}, ["unknown field 'zzz'", "leave it out"]),
        ({"question": "Who?", "answer": 7}, ['"answer": 7', "a list of them"]),
        ({"question": "Who?", "answer": []}, ["nothing about the answer"]),
        ({"question": "Who?", "answer": ["Jane", "…"]}, ["a string with words"]),
        ({"question": "Who?", "articles": {"id": "a"}}, ['"articles": {"id": "a"}']),
        ({**GOOD, "answerable": "no"}, ['"answerable": "no"', "true or false"]),
        ({**GOOD, "answerable": False}, ['"answerable": false and "answer"', "leave one out"]),
        (
            {"question": "Who?", "articles": "a", "answerable": False},
            ['"answerable": false and "articles"'],
        ),
        ({**GOOD, "as_of": "9 Dec"}, ['"as_of": "9 Dec"', "2025-12-09"]),
        ({**GOOD, "since": 20251209}, ['"since": 20251209', "2025-12-09"]),
        ({**GOOD, "since": "2025-12-09", "until": "2025-12-01"}, ["after until", "swap them"]),
        ({**GOOD, "id": ""}, ['"id": ""']),
        ({**GOOD, "id": True}, ['"id": true']),
        ({**GOOD, "history": [""]}, ['"history": [""]']),
        ({**GOOD, "asked": "2025-12-09", "as_of": "2025-12-10"}, ["the field 'as_of' twice"]),
        ('{"question": "Who?", "answer": "Jane", "answer": "John"}', ["the field 'answer' twice"]),
    ],
)
def test_a_line_that_is_no_question_is_refused_with_its_number(
    tmp_path: Path, line: object, words: list[str]
) -> None:
    path = write(tmp_path, GOOD, "", line)
    with pytest.raises(QuestionSetError) as refusal:
        read_questions(path)
    message = str(refusal.value)
    assert message.startswith(f"{path}, line 3: ")
    assert len(message) < 600
    for word in words:
        assert word in message


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="line 2: found a second question with the id 'a'"):
        read_questions(write(tmp_path, {**GOOD, "id": "a"}, {**GOOD, "id": "a"}))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionSetError, match="found no question; expected one question a line"):
        read_questions(path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(
        json.dumps(GOOD).encode() + b"\n" + '{"question": "Türkiye?"}'.encode("latin-1")
    )
    with pytest.raises(QuestionSetError, match="line 2: found bytes that are not UTF-8"):
        read_questions(path)


def test_a_file_that_is_not_there_or_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(QuestionSetError) as refusal:
            read_questions(path)
        assert str(refusal.value).startswith(f"{path}: found ")
        assert "expected a file of questions" in str(refusal.value)


def test_what_cannot_be_answered_has_no_answer() -> None:
    with pytest.raises(ValueError, match="no answer"):
        GoldQuestion(id="1", question="Who?", answers=("Jane",), answerable=False)
