"""The samples' library is kept at this version's samples; and the bar that shows articles added."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from corpus import load_pasted
from corpus.samples import load_samples
from index import Library, Outcome
from tests.fakes import WordEncoder
from ui.terminal.adding import add_with_progress, bring_samples

PASTED = load_pasted(
    "The bridge closed on Monday for repairs.\n\nIt reopens in May, the council said."
)


def test_the_samples_library_drops_a_former_sample_and_keeps_what_was_pasted(
    tmp_path: Path,
) -> None:
    quiet = Console(file=io.StringIO())
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        bring_samples(library, tmp_path, quiet)
        samples = {article.id for article in load_samples()}
        assert {article.id for article in library.articles()} == samples

        library.add([PASTED, replace(PASTED, id="sample-of-an-older-version")])
        bring_samples(library, tmp_path, quiet)
        assert len(library) == len(samples) + 2, (
            "the samples are read again only when they may have changed"
        )

        (tmp_path / "SAMPLES").write_text("the state of an older version")
        bring_samples(library, tmp_path, quiet)
        assert {article.id for article in library.articles()} == samples | {PASTED.id}
    assert quiet.file.getvalue() == ""  # type: ignore[attr-defined]  # a StringIO, as above


def test_the_bar_counts_what_became_of_the_articles(tmp_path: Path) -> None:
    screen = io.StringIO()
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        report = add_with_progress(
            library, [PASTED, PASTED], Console(file=screen, force_terminal=True, width=100), total=2
        )
    assert "2 articles (1 new, 1 unchanged)" in screen.getvalue()
    assert [(outcome, article.id) for outcome, article in report.found] == [
        (Outcome.NEW, PASTED.id)
    ]
