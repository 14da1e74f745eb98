"""The pictures of confidence are drawn from numbers; equal numbers give equal pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.training.pictures import draw_reliability, draw_risk_coverage

pytest.importorskip("matplotlib", reason="pip install -e .[bench] for pictures")

CHANCES, RIGHT = np.array([0.1, 0.15, 0.6, 1.0]), np.array([False, True, True, True])


def test_each_bin_of_confidence_shows_its_count(tmp_path: Path) -> None:
    draw_reliability(tmp_path / "reliability.svg", CHANCES, RIGHT)
    drawn = (tmp_path / "reliability.svg").read_text()
    assert drawn.startswith("<?xml")
    assert ">2</text>" in drawn
    assert "4 questions" in drawn


def test_the_same_numbers_make_the_same_picture_and_others_another(tmp_path: Path) -> None:
    for name, right in (("one", RIGHT), ("again", RIGHT), ("other", ~RIGHT)):
        draw_risk_coverage(tmp_path / name, {"day told": (CHANCES, right)})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()
