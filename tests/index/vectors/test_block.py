"""vectors.bin matches library.db, or it is not used."""

from __future__ import annotations

import gc
import random
import sqlite3
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import IndexState, Library, restore
from index.search import searching
from index.storage.store import VECTORS, Store
from index.vectors import block, exact
from index.vectors.block import VectorFile
from index.vectors.exact import Matrix
from tests.fakes import WordEncoder
from tests.faults.test_damage import WAYS
from tests.index.articles import numbered

COUNT = 30


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a library of ten passages count as large, and a part of the file hold a few of them."""
    monkeypatch.setattr(block, "LARGE", 10)
    monkeypatch.setattr(exact, "LARGE", 10)
    monkeypatch.setattr(searching, "MANY", 10)
    monkeypatch.setattr(block, "_PART", 1_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.add(numbered(COUNT))
        assert wait_for(tmp_path / "vectors.bin")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder, create=False)
    yield opened
    opened.close()


def wait_for(path: Path) -> bool:
    """Whether a condition came true; the library writes the file in the background."""
    ends = time.monotonic() + 30
    while not path.exists() and time.monotonic() < ends:
        time.sleep(0.01)
    return path.exists()


def held(store: Store) -> dict[int, bytes]:
    """The vectors in a new matrix."""
    with Matrix().reading(store) as (_, rows):
        assert (np.diff(rows.numbers) > 0).all()
        present = zip(rows.numbers[rows.present].tolist(), rows.vectors[rows.present], strict=True)
        return {number: vector.tobytes() for number, vector in present}


def stored(store: Store) -> dict[int, bytes]:
    """The vectors in library.db."""
    with store.reading() as snapshot:
        return {
            number: vector.tobytes()
            for embedding in snapshot.embeddings()
            for number, vector in zip(embedding.passages, embedding.vectors, strict=True)
        }


def is_used(store: Store) -> bool:
    with store.reading() as snapshot:
        left = VectorFile.of(store, snapshot)
        return left is not None and left.read(
            store, np.empty((left.rows, left.dim), np.float32), np.empty(left.rows, np.int64)
        )


def test_what_was_left_is_what_is_stored(store: Store) -> None:
    assert is_used(store)
    assert held(store) == stored(store)
    assert len(held(store)) == COUNT


def test_what_was_written_and_removed_since_is_seen(folder: Path, store: Store) -> None:
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.remove(["a2", "a7"])
        library.add(numbered(3, start=COUNT))
        before = (folder / "vectors.bin").read_bytes()
        assert held(store) == stored(store)
        assert len(held(store)) == COUNT + 1
    assert (folder / "vectors.bin").read_bytes() == before  # a fifth is not new yet


def test_of_a_library_emptied_and_filled_anew_only_what_is_there_is_seen(
    folder: Path, store: Store
) -> None:
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.remove([f"a{n}" for n in range(COUNT)])
        library.add(numbered(4))
        assert held(store) == stored(store)
        assert len(held(store)) == 4


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(5))
def test_a_harmed_file_is_not_used_and_goes(
    way: str, seed: int, folder: Path, store: Store
) -> None:
    path = folder / "vectors.bin"
    before = path.read_bytes()
    WAYS[way](path, random.Random(seed))
    harmed = not path.exists() or path.read_bytes() != before
    assert held(store) == stored(store)
    assert is_used(store) != harmed
    with store.reading() as snapshot:
        assert VectorFile.is_due(store, snapshot) == harmed


@pytest.mark.parametrize(
    "note",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"upto": 1, "rows": 1, "dim": 1, "checksums": []}',
        "UPTO",
        "ROWS",
        "DIM",
    ],
)
def test_a_harmed_note_is_not_believed(note: str, folder: Path, store: Store) -> None:
    with store.reading() as snapshot:
        left = snapshot.setting(VECTORS)
    assert left is not None
    for name, found, other in (
        ("UPTO", '"upto": 30', '"upto": 29'),
        ("ROWS", "30,", "29,"),
        ("DIM", "64,", "65,"),
    ):
        if note == name:
            note = left.replace(found, other)
    assert note != left
    connection = sqlite3.connect(folder / "library.db")
    with connection:
        connection.execute("UPDATE setting SET value = ? WHERE key = ?", (note, VECTORS))
    connection.close()
    assert not is_used(store)
    assert held(store) == stored(store)


def test_another_librarys_file_is_not_used(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.snapshot(other / "kept")
    restore(other / "kept", other / "library")
    (other / "library" / "vectors.bin").write_bytes((folder / "vectors.bin").read_bytes())
    store = Store.open(other / "library", create=False)
    assert not is_used(store)
    assert held(store) == stored(store)
    store.close()


def test_compacting_leaves_no_vector_of_what_was_removed(folder: Path, store: Store) -> None:
    path = folder / "vectors.bin"
    before = stored(store)
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.remove(["a2"])
        (gone,) = (before[number] for number in before.keys() - stored(store).keys())
        assert gone in path.read_bytes()
        (folder / "vectors.part").write_bytes(gone)
        library.compact()
    assert not (folder / "vectors.part").exists()
    assert not path.exists() or gone not in path.read_bytes()


def test_of_a_library_without_articles_nothing_is_left(folder: Path, store: Store) -> None:
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.remove([f"a{n}" for n in range(COUNT)])
    (folder / "vectors.bin").unlink()
    VectorFile.write(store)
    assert not list(folder.glob("vectors.*"))


def test_whoever_is_told_to_stop_leaves_nothing(folder: Path, store: Store) -> None:
    (folder / "vectors.bin").unlink()
    VectorFile.write(store, stop=lambda: True)
    assert not list(folder.glob("vectors.*"))
    VectorFile.write(store)
    assert is_used(store)


def test_where_the_file_cannot_be_written_all_goes_on_without_it(
    folder: Path, store: Store
) -> None:
    (folder / "vectors.bin").unlink()
    (folder / "vectors.bin").mkdir()
    VectorFile.write(store)
    assert not is_used(store)
    assert held(store) == stored(store)
    assert not list(folder.glob("*.part"))


def test_until_chroma_is_open_the_block_is_searched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[Matrix]] = []

    class Noted(Matrix):
        def __init__(self, *, after: int = 0) -> None:
            super().__init__(after=after)
            made.append(weakref.ref(self))

    monkeypatch.setattr(searching, "Matrix", Noted)
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.warm()
        first = library.search("topic3", limit=3)
        assert library.wait_for_index().state is IndexState.READY
        scanned = made[0]()
        assert scanned
        assert scanned.size == COUNT
        del scanned
        assert library.search("topic3", limit=3) == first
        gc.collect()
        assert made[0]() is None  # no longer needed


def test_one_search_does_without_chroma_and_the_next_has_it_opened(folder: Path) -> None:
    with Library.open(folder, encoder=WordEncoder()) as library:
        first = library.search("topic3", limit=3)
        assert library.wait_for_index().state is IndexState.UNOPENED
        assert library.search("topic3", limit=3) == first
        assert library.wait_for_index().state is IndexState.READY
        assert library.search("topic3", limit=3) == first
