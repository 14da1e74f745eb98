"""What the commands print on a terminal, and as JSON."""

from __future__ import annotations

import json

import pytest
import typer

from ui.terminal import screen


@pytest.mark.parametrize(
    ("count", "lines", "last"), [(20, 20, "p19"), (21, 21, "p20"), (1_022, 21, "… and 1,002 more")]
)
def test_of_many_problems_the_first_are_shown(
    count: int, lines: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [f"p{n}" for n in range(count)]
    with pytest.raises(typer.Exit):
        screen.report(problems, "sound", as_json=False)
    shown = capsys.readouterr().out.splitlines()
    assert (len(shown), shown[0]) == (lines, "p0")
    assert shown[-1].startswith(last)
    with pytest.raises(typer.Exit):
        screen.report(problems, "sound", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"problems": problems}
