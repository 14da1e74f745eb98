"""Libraries to damage, and the counts of faults survived."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from index import Library
from tests.fakes import WordEncoder
from tests.faults import survived
from tests.faults.child import BULK
from tests.index.articles import article, numbered


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a bulk of articles, with Chroma's files, after a clean close."""
    folder = tmp_path_factory.mktemp("full") / "library"
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.warm()
        library.add(article(f"b{n}", entry.text) for n, entry in enumerate(numbered(BULK)))
    return folder


@pytest.fixture(scope="session")
def killed(full: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same library after a kill -9.

    Its last articles are only in SQLite's log, and Chroma's files were left open.
    """
    folder = tmp_path_factory.mktemp("killed") / "library"
    shutil.copytree(full, folder)
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.warm()
        library.add(numbered(5, start=BULK))
        image = tmp_path_factory.mktemp("image") / "library"
        shutil.copytree(folder, image)
    assert (image / "library.db-wal").stat().st_size > 0
    return image


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print which faults were survived, and how often."""
    if survived:
        terminalreporter.section("survived")
        for fault, count in survived.items():
            terminalreporter.write_line(f"{count:6,}  {fault}")
