"""Fixtures shared by several packages: the real encoder, the samples, two pasted pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from assistant import Assistant, Settings
from corpus import Article, load
from corpus.samples import load_samples
from index import Library

settings.register_profile(
    "untimed", deadline=None
)  # a busy machine is not a bug; benchmarks measure speed
settings.load_profile("untimed")

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the sample articles, with the real encoder and real Chroma."""
    with Library.open(tmp_path_factory.mktemp("samples") / "library") as library:
        library.add(load_samples())
        yield Assistant(library, Settings())


@pytest.fixture(scope="session")
def pages() -> list[Article]:
    """The two pasted pages that the project was first made for."""
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("the two pasted pages are not beside this checkout (../shared/articles)")
    return list(load(folder))


@pytest.fixture(scope="session")
def two_pages(
    pages: list[Article], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over only the two pages."""
    with Library.open(tmp_path_factory.mktemp("pages") / "library") as library:
        library.add(pages)
        yield Assistant(library, Settings())
