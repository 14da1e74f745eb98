"""The encoder and Chroma raise at every call of an update.

The old revisions stay searchable, and no update is half done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.models.Collection import Collection
from numpy.typing import NDArray

from corpus import Article
from index import IndexState, Library
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.index.articles import article

ARTICLES = 50
SENTENCES = 150  # so an article has several passages, and the update many batches


def edition(version: int) -> Iterator[Article]:
    for n in range(ARTICLES):
        said = " ".join(
            f"Councillor {k} spoke of item {k} at some length." for k in range(SENTENCES)
        )
        yield article(f"a{n}", f"Subject{n} was decided in version{version}. {said}")


class FailingEncoder(WordEncoder):
    """Raises at some of its calls."""

    def __init__(self, fails: Callable[[int], bool]) -> None:
        self.calls = 0
        self.fails = fails

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if re.search("version1", " ".join(texts)):  # the calls of the update
            self.calls += 1
            if self.fails(self.calls):
                raise RuntimeError(f"call {self.calls} failed")
        return super().encode_passages(texts)


def versions(library: Library) -> list[int]:
    """The version of each article that search finds."""
    found = []
    for n in range(ARTICLES):
        (hit,) = library.search(f"subject{n}", limit=1)
        assert hit.article.id == f"a{n}"
        assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
        (version,) = re.findall(r"in version(\d)\.", hit.article.text)
        found.append(int(version))
    return found


def update(folder: Path, encoder: FailingEncoder) -> tuple[list[int], set[str]]:
    """The version of each article after an update, and which articles were reported as updated."""
    with Library.open(folder, encoder=encoder) as library:
        library.warm()
        library.add(edition(0))
        added = library.add(edition(1))
        assert set(added.updated) | set(added.failed) == {f"a{n}" for n in range(ARTICLES)}
        found = versions(library)
        assert library.verify() == []
        return found, set(added.updated)


def test_an_encoder_that_fails_costs_no_old_revision(tmp_path: Path) -> None:
    counting = FailingEncoder(lambda _: False)
    assert update(tmp_path / "none", counting) == (
        [1] * ARTICLES,
        {f"a{n}" for n in range(ARTICLES)},
    )
    assert counting.calls >= 5
    for first in range(1, counting.calls + 1, tier(4, 1)):
        for what, fails in (("once", first.__eq__), ("from then on", first.__le__)):
            found, updated = update(tmp_path / f"{what} {first}", FailingEncoder(fails))
            assert found == [int(f"a{n}" in updated) for n in range(ARTICLES)]
            # a batch that fails is tried again, article by article
            assert (len(updated) == ARTICLES) == (what == "once")
            survived[f"the encoder raising {what}"] += 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("method", ["upsert", "delete", "query", "get"])
def test_a_chroma_that_fails_costs_nothing(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls, failing = getattr(Collection, method), 0, 0

    def call(collection: Collection, *args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise RuntimeError(f"call {calls} of {method} failed")
        return real(collection, *args, **options)

    monkeypatch.setattr(Collection, method, call)
    while calls >= failing and failing < tier(2, 1_000):
        calls, failing = 0, failing + 1
        folder = tmp_path / f"{failing}"
        with Library.open(folder, encoder=WordEncoder()) as library:
            library.warm()
            library.add(edition(0))
            assert len(library.add(edition(1)).updated) == ARTICLES
            assert versions(library) == [1] * ARTICLES
            reached = calls >= failing
        if reached:
            with Library.open(folder, encoder=WordEncoder()) as again:  # it recovers by itself
                again.warm()
                assert versions(again) == [1] * ARTICLES
                assert again.verify() == []
                assert again.index_status.state is IndexState.READY
            survived[f"Chroma's {method} raising"] += 1
