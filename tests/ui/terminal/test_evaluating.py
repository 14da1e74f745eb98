"""``dateline evaluate`` in use: a table that fits, everything as JSON, one line for a bad file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from assistant import (
    Abstention,
    Answer,
    Assistant,
    Evaluation,
    Failure,
    GoldQuestion,
    Judgement,
    Settings,
)
from corpus import load_pasted
from index import Library
from tests.fakes import WordEncoder
from ui.cli import main
from ui.terminal.evaluating import evaluate_with_progress, evaluation_view

ARTICLE = load_pasted(
    "Millgate bridge closes for repairs\n\n"
    "The Millgate bridge closed on Monday for repairs. It will cost the city 3 million euros.\n\n"
    "Traffic is led over the old ferry, the council said. It reopens in May.\n"
)
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "id": "cost",
        "question": "How much does the Millgate bridge repair cost the city?",
        "answer": "3 million euros",
    },
    {
        "id": "traffic",
        "question": "Where is traffic led?",
        "answer": "over the new tunnel",
        "articles": ARTICLE.id[:8],
    },
    {"id": "cup", "question": "Who won the 2022 World Cup?", "answerable": False},
)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Evaluate in this process, on a library of one article, at 80 columns.

    Returns:
        (exit code, stdout, stderr).
    """
    monkeypatch.setenv("COLUMNS", "80")
    library = tmp_path / "library"
    with Library.open(library) as opened:
        opened.add([ARTICLE])

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(["--library", str(library), "evaluate", *map(str, arguments)])
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return run


def write(folder: Path, *records: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text(
        "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records),
        encoding="utf-8",
    )
    return path


def test_the_table_gives_each_score_with_its_interval_and_count_in_80_columns(
    run: Run, tmp_path: Path
) -> None:
    code, out, err = run(write(tmp_path, *QUESTIONS))
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    assert out.startswith("3 questions (2 answerable, 1 not), 1 article\n")
    rows = {line[:38].strip(): line[38:].split() for line in out.splitlines()}
    assert rows["a named article among the first 1"] == ["1.000", "1"]
    assert rows["the answer among the first 20"][0] == "0.500"
    assert rows["the answer among the first 20"][-1] == "2"
    assert rows["false answers, of unanswerable"] == ["0.000", "1"]
    assert "1 went wrong." in out
    assert "1  not found" in out
    assert "--wrong lists them" in out


def test_what_went_wrong_is_listed_when_asked_for(run: Run, tmp_path: Path) -> None:
    _, out, _ = run(write(tmp_path, *QUESTIONS), "--wrong")
    listed = out[out.index("traffic") :]
    assert "not found" in listed
    assert "over the new tunnel" in listed
    assert "Where is traffic led?" in listed
    assert "cup" not in listed
    assert "--wrong" not in out


def test_programs_get_every_score_and_every_question(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(write(tmp_path, *QUESTIONS), "--json")
    document = json.loads(out)
    assert code == 0
    assert [record["id"] for record in document["records"]] == ["cost", "traffic", "cup"]
    assert document["scores"]["article@1"]["value"] == 1
    assert document["scores"]["answer@1"]["count"] == 2
    assert document["records"][1]["failure"] == "not found"
    assert document["seconds"]["median"] > 0


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], ["no question", "one question a line"]),
        (['{"question": '], ["line 1", "broken JSON"]),
        ([QUESTIONS[0], QUESTIONS[0]], ["line 2", "a second question with the id 'cost'"]),
        (
            [{**QUESTIONS[0], "gold": "x"}],
            ["line 1", "unknown field 'gold'", "question, answer, evidence, articles"],
        ),
        (
            [{"question": "Who?", "articles": "nothing"}],
            ["line 1", "no article 'nothing'", "dateline list"],
        ),
        (
            ['{"question": "Who?", "answer": "a\\u001b[31m\\nb", "\\u001b[31m\\nfield": 1}'],
            ["unknown field"],
        ),
    ],
)
def test_a_bad_file_is_one_clear_line(
    run: Run, tmp_path: Path, records: list[object], words: list[str]
) -> None:
    code, out, err = run(write(tmp_path, *records))
    assert (code, out) == (1, "")
    assert err.startswith("dateline: ")
    assert err.count("\n") == 1
    assert "\x1b" not in err
    for word in words:
        assert word in err


def test_a_missing_file_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    code, out, err = run(tmp_path / "missing.jsonl")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "missing.jsonl" in err


def test_a_library_that_is_not_there_is_not_made_by_evaluating(tmp_path: Path) -> None:
    library = tmp_path / "library"
    command = [
        sys.executable,
        "-m",
        "ui",
        "--library",
        str(library),
        "evaluate",
        str(write(tmp_path, *QUESTIONS)),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert not library.exists()


def judge(question: str) -> Judgement:
    gold = GoldQuestion(id=question, question=question, answers=("Yes",))
    answer = Answer(
        question=question, query=question, text="No answer.", abstention=Abstention.NO_MATCH
    )
    return Judgement(
        question=gold,
        answer=answer,
        seconds=0.1,
        article_rank=None,
        answer_rank=0,
        right=(),
        exact=0.0,
        f1=0.0,
        failure=Failure.NOT_FOUND,
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_question_can_break_the_listing(width: int) -> None:
    screen = io.StringIO()
    hostile = "\x1b[31mred\x07 [bold]markup[/bold] \u202eturned :smile: " + "long" * 100
    console = Console(file=screen, width=width, highlight=False, markup=False, emoji=False)
    console.print(evaluation_view(Evaluation(judgements=(judge(hostile),), articles=1), wrong=True))
    shown = screen.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert ":smile:" in "".join(shown.split())


def test_a_terminal_has_colour_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TERM", "xterm-256color"), ("COLORTERM", "truecolor")):
        monkeypatch.setenv(name, value)
    view = evaluation_view(Evaluation(judgements=(judge("Is it?"),), articles=1), wrong=True)
    shown = []
    for no_color in (False, True):
        screen = io.StringIO()
        Console(file=screen, force_terminal=True, no_color=no_color).print(view)
        shown.append(screen.getvalue())
    assert "\x1b[31m" in shown[0]
    assert "\x1b[31m" not in shown[1]


def test_the_bar_counts_questions_on_a_terminal_and_is_silent_elsewhere(tmp_path: Path) -> None:
    questions = [
        GoldQuestion(id=str(number), question="Who?", answerable=False) for number in range(3)
    ]
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.add([ARTICLE])
        for terminal in (True, False):
            screen = io.StringIO()
            console = Console(file=screen, force_terminal=terminal, width=100)
            evaluate_with_progress(questions, Assistant(library, Settings()), console)
            assert ("3 of 3 questions" in screen.getvalue()) == terminal
            assert bool(screen.getvalue()) == terminal
