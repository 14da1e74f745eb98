"""Laws of verify and repair: damage is named, derived data rebuilt, nothing readable lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
import pytest
from chromadb import Collection
from chromadb.api.client import Client

from index import ArticleNotFoundError, Library, LibraryDamagedError
from index.vectors.chroma.home import client_settings
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.add(numbered(6))
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder, encoder=WordEncoder()) as opened:
        yield opened


def damage(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / "library.db")
    with connection:
        assert connection.execute(sql).rowcount == 1
    connection.close()


BODY = "UPDATE content SET body = CAST(replace(body, 'topic3', 'topic9') AS BLOB) WHERE number = 4"
PAGE = "UPDATE content SET page = zeroblob(length(page)) WHERE number = 4"
VECTORS = "UPDATE embedding SET vectors = zeroblob(length(vectors)) WHERE number = 4"
SPANS = "UPDATE embedding SET spans = zeroblob(length(spans)) WHERE number = 4"
DAY = "UPDATE article SET published = '1999-01-01' WHERE number = 4"
NO_VECTORS = "DELETE FROM embedding WHERE number = 4"
WORDS = "DELETE FROM passage_words WHERE rowid >> 20 = 4"
OTHER_WORDS = "UPDATE word_count SET counts = x'00000000' WHERE number = 4"
NO_CONTENT = "DELETE FROM content WHERE number = 4"
NO_DAY = "UPDATE article SET published = '2025-0x-04' WHERE number = 4"
BYTES_FOR_A_DAY = "UPDATE article SET published = x'31' WHERE number = 4"
A_WORD_FOR_A_COUNT = "UPDATE article SET passages = 'x' WHERE number = 4"
ANOTHER_COUNT = "UPDATE article SET passages = 9 WHERE number = 4"
NO_CHANGE = "DELETE FROM change WHERE number = 4"
DERIVED = [VECTORS, SPANS, DAY, NO_DAY, BYTES_FOR_A_DAY, A_WORD_FOR_A_COUNT, ANOTHER_COUNT]
DERIVED += [NO_VECTORS, WORDS, OTHER_WORDS]


def test_a_sound_library_has_no_problem(library: Library) -> None:
    steps: list[tuple[int, int]] = []
    assert library.verify(progress=lambda done, total: steps.append((done, total))) == []
    assert steps == [(n, 6) for n in range(1, 7)]


@pytest.mark.parametrize("sql", [BODY, PAGE, NO_CONTENT, *DERIVED])
def test_each_kind_of_damage_is_named(folder: Path, library: Library, sql: str) -> None:
    damage(folder, sql)
    (problem,) = library.verify()
    assert "a3" in problem or "number 4" in problem
    assert "repair" in problem
    assert "\n" not in problem


@pytest.mark.parametrize("sql", DERIVED)
def test_what_is_derived_is_made_again(folder: Path, library: Library, sql: str) -> None:
    before = library.article("a3")
    damage(folder, sql)
    assert library.repair() == []
    assert library.verify() == []
    assert library.article("a3") == before
    assert library.search("topic3", limit=1)[0].article.id == "a3"


def test_a_damaged_article_is_never_shown_as_a_hit(folder: Path, library: Library) -> None:
    damage(folder, BODY)
    with pytest.raises(LibraryDamagedError, match="article a3"):
        library.search("topic3")


def test_where_the_page_is_damaged_the_text_stays(folder: Path, library: Library) -> None:
    before = library.article("a3")
    damage(folder, PAGE)
    (loss,) = library.repair()
    assert "a3" in loss
    assert any(path.stat().st_size for path in (folder / "damaged").iterdir())
    assert library.verify() == []
    assert library.article("a3") == replace(before, page=None)
    assert library.search("topic3", limit=1)[0].article.id == "a3"
    assert library.add(numbered(6)).updated == ("a3",)


def test_a_change_that_is_gone_is_entered_again(folder: Path, library: Library) -> None:
    damage(folder, NO_CHANGE)
    (problem,) = library.verify()
    assert "repair" in problem
    assert library.repair() == []
    assert library.verify() == []


def test_a_damaged_article_is_set_aside_and_can_be_added_again(
    folder: Path, library: Library
) -> None:
    damage(folder, BODY)
    (loss,) = library.repair()
    assert "a3" in loss
    assert any(path.stat().st_size for path in (folder / "damaged").iterdir())
    with pytest.raises(ArticleNotFoundError):
        library.article("a3")
    assert library.verify() == []
    assert library.add(numbered(6)).new == ("a3",)
    assert library.search("topic3", limit=1)[0].article.id == "a3"


def test_an_article_of_which_nothing_is_left_is_named_and_can_be_added_again(
    folder: Path, library: Library
) -> None:
    damage(folder, NO_CONTENT)
    with pytest.raises(LibraryDamagedError, match="article a3"):
        library.search("topic3")
    (loss,) = library.repair()
    assert "a3" in loss
    assert library.verify() == []
    assert library.add(numbered(6)).new == ("a3",)


def test_what_another_removes_during_a_repair_is_no_damage(folder: Path, library: Library) -> None:
    damage(folder, VECTORS)

    def remove(done: int, _: int) -> None:
        if done == 1:
            with Library.open(folder, encoder=WordEncoder()) as other:
                other.remove(["a3", "a5"])

    assert library.repair(progress=remove) == []
    assert library.verify() == []


@contextmanager
def chroma_of(folder: Path) -> Iterator[Collection]:
    """The collection that an open library of this process uses: clients of a folder share it."""
    client = cast(
        "Client", chromadb.PersistentClient(folder / "chroma", settings=client_settings())
    )
    yield client.get_collection("passages", embedding_function=None)
    client.close()


def test_chroma_that_lacks_or_invents_passages_is_named_and_mended(
    folder: Path, library: Library
) -> None:
    library.warm()
    with chroma_of(folder) as collection:
        collection.delete(ids=[collection.get()["ids"][0]])
        collection.upsert(ids=["99999999"], embeddings=np.ones((1, WordEncoder.dim), np.float32))
    (problem,) = library.verify()
    assert "2 passages are on one side only" in problem
    assert library.search("council", limit=9)  # meanwhile nothing is invented
    assert library.repair() == []
    assert library.verify() == []


def test_chroma_with_other_vectors_is_named(folder: Path, library: Library) -> None:
    library.add(numbered(60))
    with chroma_of(folder) as collection:
        ids = collection.get()["ids"]
        collection.upsert(ids=ids, embeddings=np.eye(len(ids), WordEncoder.dim, dtype=np.float32))
    (problem,) = library.verify()
    assert "vectors are not held" in problem


def test_damaged_chroma_files_are_named_once(folder: Path) -> None:
    (path,) = (folder / "chroma").glob("*.sqlite3")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with Library.open(folder, encoder=WordEncoder()) as library:
        (problem,) = library.verify()
        assert "made anew" in problem
    with Library.open(folder, encoder=WordEncoder()) as library:
        assert library.verify() == []


def test_repair_of_a_sound_library_changes_nothing(library: Library) -> None:
    before = library.search("topic3")
    assert library.repair() == []
    assert library.search("topic3") == before
    assert library.add([article("new")]).new == ("new",)
    assert library.verify() == []


def test_a_hole_in_the_file_is_named(folder: Path) -> None:
    path = folder / "library.db"
    content = bytearray(path.read_bytes())
    content[4096 * 5 : 4096 * 12] = bytes(4096 * 7)
    path.write_bytes(content)
    with Library.open(folder, encoder=WordEncoder()) as library:
        problems = library.verify()
        assert problems
        assert all("\n" not in problem for problem in problems)


def test_many_nearly_alike_articles_are_no_damage(folder: Path) -> None:
    with Library.open(folder, encoder=WordEncoder()) as library:
        # so alike that Chroma's search misses some of them
        library.add(numbered(3_000, start=1_000))
        assert library.verify() == []
