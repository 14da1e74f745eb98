"""Laws of the vector indexes: a lagging, lost or damaged Chroma makes search slow, not wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.models.Collection import Collection
from filelock import FileLock

from index import IndexState, IndexStatus, Library
from index.filters import ANY
from index.search.searching import Searcher
from index.storage.numbering import PASSAGE_BITS
from index.storage.records import Vectors, revision_of
from index.storage.store import Store
from index.vectors.chroma.home import Opened
from index.vectors.exact import Matrix
from index.vectors.follower import VectorIndex
from index.vectors.standing import Standing
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered

DIM = 16


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, create=True)
    yield opened
    opened.close()


def unit(*seeds: int) -> Vectors:
    rows = np.stack([np.random.default_rng(seed).standard_normal(DIM) for seed in seeds]).astype(
        np.float32
    )
    unit_rows: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit_rows


def put(store: Store, name: str, *seeds: int) -> int:
    """Store an article with these vectors; returns the number of its first passage."""
    entry = article(name, " ".join(f"Sentence {seed} of {name}." for seed in seeds))
    with store.writing() as writer:
        writer.put(entry, revision_of(entry), [(n, n + 5) for n in range(len(seeds))], unit(*seeds))
        return writer.latest << PASSAGE_BITS


def remove(store: Store, name: str) -> None:
    with store.writing() as writer:
        writer.remove(name)


def opened(store: Store) -> VectorIndex:
    index = VectorIndex(store)
    assert index.open()
    index.follow()
    return index


# In memory


def test_the_matrix_finds_what_brute_force_finds(store: Store) -> None:
    passages = {put(store, f"a{n}", n): n for n in range(40)}
    question = unit(99)[0]
    with Matrix().reading(store) as (_, rows):
        near = rows.nearest(question, 7)
        expected = sorted(
            passages, key=lambda passage: -float(unit(passages[passage])[0] @ question)
        )
        assert near == expected[:7]
        assert rows.score(question, [near[0], 12345]) == {
            near[0]: pytest.approx(float(unit(passages[near[0]])[0] @ question), abs=1e-6)
        }


def test_the_matrix_follows_every_change(store: Store) -> None:
    matrix, seeds = Matrix(), np.random.default_rng(0)
    present: dict[str, int] = {}
    for step in range(120):
        name = f"a{seeds.integers(12)}"
        if name in present and seeds.random() < 0.4:
            remove(store, name)
            del present[name]
        else:
            present[name] = put(store, name, step, step + 1000)
        if step % 3 == 0:
            with matrix.reading(store) as (_, rows):
                expected = {number + ordinal for number in present.values() for ordinal in range(2)}
                assert set(rows.nearest(unit(5)[0], 999)) == expected


def test_rows_given_to_a_reader_stay_as_they_were(store: Store) -> None:
    matrix = Matrix()
    first, second = put(store, "a", 1), put(store, "b", 2)
    with matrix.reading(store) as (_, rows):
        remove(store, "a")
        put(store, "b", 3)
        with matrix.reading(store) as (_, newer):
            assert first not in newer.nearest(unit(1)[0], 9)
        assert rows.nearest(unit(1)[0], 9) == [first, second]
        assert rows.score(unit(2)[0], [second]) == {second: pytest.approx(1.0, abs=1e-6)}


# Chroma


def test_chroma_follows_adds_updates_and_removals(store: Store) -> None:
    kept, gone = put(store, "kept", 1, 2), put(store, "gone", 3)
    index = opened(store)
    assert index.passages() == {kept, kept + 1, gone}
    remove(store, "gone")
    changed = put(store, "kept", 7)
    index.follow()
    assert index.passages() == {changed}
    assert index.nearest(unit(7)[0], 5) == [changed]
    index.close()


def test_a_clean_close_is_taken_up_without_copying_again(store: Store) -> None:
    first = put(store, "a", 1)
    opened(store).close()
    second = put(store, "b", 2)
    index = VectorIndex(store)
    assert index.open()
    assert index.status() == IndexStatus(state=IndexState.FOLLOWING, lag=1)
    index.follow()
    assert index.passages() == {first, second}
    index.close()


@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin", "header.bin"])
def test_a_flipped_byte_is_noticed_before_chroma_sees_it(store: Store, name: str) -> None:
    # enough for Chroma to write files
    firsts = [put(store, f"a{n}", *range(n * 400, n * 400 + 400)) for n in range(3)]
    expected = {first + ordinal for first in firsts for ordinal in range(400)}
    opened(store).close()
    (path,) = (store.path.parent / "chroma").rglob(name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    index = VectorIndex(store)
    assert index.open()
    assert index.status().rebuilt
    index.follow()
    assert index.passages() == expected
    index.close()


def test_files_that_were_not_closed_are_made_anew(store: Store) -> None:
    passage = put(store, "a", 1)
    abandoned = opened(store)
    abandoned.home.close(None)  # as the system does when a process is killed
    index = VectorIndex(store)
    assert index.open()
    assert index.standing.indexed == 0
    index.follow()
    assert index.passages() == {passage}
    index.close()


def test_who_does_not_get_the_lock_goes_without_and_waits_for_nothing(store: Store) -> None:
    put(store, "a", 1)
    held = FileLock(store.path.with_name("LOCK"))
    held.acquire()
    index = VectorIndex(store)
    assert not index.open()
    assert index.nearest(unit(1)[0], 3) is None
    held.release()
    assert index.open()
    index.close()


def test_a_closed_index_stays_closed(store: Store) -> None:
    index = opened(store)
    index.close()
    index.close()
    assert not index.open()
    assert index.nearest(unit(1)[0], 3) is None


def test_a_folder_deleted_while_it_was_open_is_made_anew(store: Store) -> None:
    passage = put(store, "a", 1)
    index = opened(store)
    shutil.rmtree(store.path.with_name("chroma"))
    index.close()
    index = opened(store)
    assert index.passages() == {passage}
    index.close()


def test_an_index_that_is_closed_by_its_own_worker_gives_the_lock_back(store: Store) -> None:
    class CollectedAsGarbage(VectorIndex):
        def follow(self) -> None:
            self.close()

    index = CollectedAsGarbage(store)
    assert index.open()
    index.follow_in_background()
    index.wait(timeout=30)
    assert index.status() == IndexStatus(state=IndexState.CLOSED)
    next_one = opened(store)
    assert not next_one.status().rebuilt
    next_one.close()


def test_a_library_that_its_worker_collects_while_it_opens_chroma_stays_closed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = put(store, "a", 1)
    opened(store).close()
    index, real = VectorIndex(store), Standing.opened

    def interrupted(now: Standing, found: Opened) -> Standing:
        if now.state is not IndexState.CLOSED:
            index.close()
        return real(now, found)

    with monkeypatch.context() as patched:
        patched.setattr(Standing, "opened", interrupted)
        index.follow_in_background()
        index.wait(timeout=30)
    assert index.status() == IndexStatus(state=IndexState.CLOSED)
    next_one = opened(store)
    assert (next_one.passages(), next_one.status().rebuilt) == ({passage}, False)
    next_one.close()


def test_a_chroma_that_fails_says_why_and_stays_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk\nis on fire")

    put(store, "a", 1)
    index = opened(store)
    monkeypatch.setattr(Collection, "query", fail)
    assert index.nearest(unit(1)[0], 3) is None
    failed = IndexStatus(
        state=IndexState.FAILED,
        problem="the vector index cannot be used: the disk is on fire",
    )
    assert index.status() == failed
    assert not index.open()
    assert index.nearest(unit(1)[0], 3) is None
    index.wait()
    assert index.status() == failed
    index.close()
    assert index.status().state is IndexState.CLOSED


class Told(VectorIndex):
    """A Chroma that has followed to the change that a test says, and finds nothing."""

    def followed(self, indexed: int) -> None:
        self.standing = Standing(state=IndexState.READY, indexed=indexed)

    def nearest(self, vector: Vectors, count: int) -> list[int] | None:
        return []


def test_what_chroma_lacked_when_it_was_asked_is_scanned_even_if_it_has_it_now(
    store: Store,
) -> None:
    lacking = article("a", "Lighthouse.")
    with store.writing() as writer:
        vectors = WordEncoder().encode_passages(["keeper"])
        writer.put(lacking, revision_of(lacking), [(0, 5)], vectors)
        latest = writer.latest
    index = Told(store)
    searcher = Searcher(store, index)

    def found() -> list[str]:
        hits = searcher.search("keeper", WordEncoder(), limit=9, as_of=None, chosen=ANY)
        return [hit.article.id for hit in hits]

    index.followed(latest)
    assert found() == []
    index.followed(latest - 1)  # as a thread saw it that asked earlier
    assert found() == ["a"]


def test_two_libraries_of_one_process_share_a_folder(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, encoder=WordEncoder()) as one,
        Library.open(tmp_path, encoder=WordEncoder()) as two,
    ):
        one.add(numbered(3))
        two.add(numbered(3, start=3))
        for library in (one, two):
            library.warm()
            assert {hit.article.id for hit in library.search("council", limit=9)} == {
                f"a{n}" for n in range(6)
            }
        two.remove(["a0"])
        one.warm()
        assert one.verify() == two.verify() == []


def test_chroma_and_the_exact_scan_give_the_same_hits(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, encoder=WordEncoder()) as library,
        Library.open(tmp_path, encoder=WordEncoder()) as exact,
    ):
        library.add(numbered(30))
        assert library.index_status.state is IndexState.READY
        assert exact.index_status.state is IndexState.UNOPENED
        for question in ("topic4", "council day 9", "an hour of nobody"):
            assert library.search(question) == exact.search(question)
        library.add(numbered(31, start=30)[:1])
        # not in Chroma, which the other library holds
        exact.add([article("late", "A lighthouse keeper retired.")])
        assert library.search("lighthouse keeper")[0].article.id == "late"


# days of 100: scanned from the store, more asked of Chroma, or searched as without a filter
@pytest.mark.parametrize("days", [1, 9, 90])
def test_under_a_filter_chroma_and_the_exact_scan_give_the_same_hits(
    days: int, tmp_path: Path
) -> None:
    first = date(2025, 1, 1)
    entries = [
        replace(entry, published=first + timedelta(n % 100))
        for n, entry in enumerate(numbered(200))
    ]
    with (
        Library.open(tmp_path, encoder=WordEncoder()) as library,
        Library.open(tmp_path, encoder=WordEncoder()) as exact,
    ):
        library.warm()
        library.add(entries)
        until = first + timedelta(days - 1)
        for question in ("topic7 topic100", "What did the council speak about on day 0?"):
            found = library.search(question, limit=20, until=until)
            assert [hit.passage.id for hit in found] == [
                hit.passage.id for hit in exact.search(question, limit=20, until=until)
            ]
            assert {hit.article.published for hit in found} <= {
                first + timedelta(n) for n in range(days)
            }
            assert found
        assert library.index_status.state is IndexState.READY
        assert exact.index_status.state is IndexState.UNOPENED


def test_damaged_files_cost_no_hit(tmp_path: Path) -> None:
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.add(numbered(20))
        expected = library.search("topic4")
    for path in (tmp_path / "chroma").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff" * 1000)
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.warm()
        assert library.search("topic4") == expected
