"""A lowered score or a changed question set is caught; floors move only with a reason."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.benchmarks.floors import FLOORS, check, digest_files, hold, set_floors

SCORES = {"answer@4": 0.77103, "article@4": 0.82}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The floors of a benchmark named "search"."""
    path = tmp_path / "floors.json"
    set_floors("search", SCORES, "abc", reason="first\nmeasured", path=path)
    return path


def test_the_scores_that_were_pinned_hold(path: Path) -> None:
    assert check("search", SCORES, "abc", path=path) == []
    assert check("search", {name: 1.0 for name in SCORES}, "abc", path=path) == []
    assert hold("search", SCORES, "abc", path=path) == 0


@pytest.mark.parametrize("lower", [0.7709, 0.0, math.nan])
def test_a_lowered_score_is_caught(
    path: Path, lower: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hold("search", SCORES | {"answer@4": lower}, "abc", path=path) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"search: answer@4 is {lower:.4f}, below its floor 0.7710 (pinned ")
    assert "first measured" in line
    assert "--pin" in line


def test_a_changed_question_set_is_caught_whatever_the_scores(path: Path) -> None:
    [line] = check("search", SCORES, "abd", path=path)
    assert "the question set changed" in line
    assert "abc" in line
    assert "abd" in line


def test_a_score_that_is_gone_or_new_is_caught(path: Path) -> None:
    [line] = check("search", {"article@4": 0.82}, "abc", path=path)
    assert "answer@4 has a floor and was not measured" in line
    [line] = check("search", SCORES | {"answer@1": 0.6}, "abc", path=path)
    assert "answer@1 is 0.6000 and has no floor" in line


def test_a_benchmark_without_floors_is_caught(path: Path) -> None:
    [line] = check("reading", SCORES, "abc", path=path)
    assert line.startswith("reading: no floors")
    assert check("reading", SCORES, "abc", path=path.with_name("missing.json")) == [line]


def test_floors_move_only_with_a_reason_and_only_those_of_the_benchmark(path: Path) -> None:
    set_floors("reading", {"f1": 0.5}, "xyz", reason="first", path=path)
    with pytest.raises(ValueError, match="reason"):
        hold("search", {"answer@4": 0.5}, "abc", pin=" ", path=path)
    assert check("search", SCORES, "abc", path=path) == []
    assert (
        hold("search", {"answer@4": 0.5}, "abd", pin="measured on harder questions", path=path) == 0
    )
    assert "harder questions" in path.read_text()
    assert check("reading", {"f1": 0.5}, "xyz", path=path) == []


def test_what_is_no_number_gets_no_floor(path: Path) -> None:
    with pytest.raises(ValueError, match=r"answer@4: not a number"):
        hold("search", SCORES | {"answer@4": math.nan}, "abc", pin="why not", path=path)
    assert check("search", SCORES, "abc", path=path) == []


def test_a_digest_is_that_of_the_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").write_text("two")
    both = digest_files(tmp_path / "a", tmp_path / "b")
    assert both == digest_files(tmp_path)
    (tmp_path / "b").write_text("2")
    assert digest_files(tmp_path) != both
    assert len(both) == 16


def test_every_floor_says_since_when_and_why() -> None:
    for name, pinned in json.loads(FLOORS.read_text(encoding="utf-8")).items():
        assert set(pinned) == {"digest", "pinned", "reason", "floors"}, name
        assert pinned["floors"], name
        assert pinned["reason"], name
