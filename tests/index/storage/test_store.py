"""Laws of library.db."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, Page
from index import (
    LibraryDamagedError,
    LibraryError,
    LibraryFormatError,
    LibraryNotFoundError,
    LibraryStorageError,
)
from index.filters import Filter
from index.storage.records import (
    pack_article,
    pack_vectors,
    revision_of,
    unpack_article,
    unpack_vectors,
)
from index.storage.schema import FORMAT, prepare
from index.storage.store import Store
from tests.index.articles import article
from tests.index.older import as_format_1

UNIT = np.eye(3, dtype=np.float32)


def put(store: Store, *articles: Article) -> None:
    for entry in articles:
        with store.writing() as writer:
            writer.put(entry, revision_of(entry), [(0, len(entry.text))], UNIT[:1])


def numbers(store: Store) -> list[int]:
    with store.reading() as snapshot:
        return snapshot.newest_first()


text = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=80
).filter(str.strip)


@given(body=text, title=st.none() | text, frame=text)
def test_an_article_and_its_page_come_back_as_they_were(
    body: str, title: str | None, frame: str
) -> None:
    page = Page(text=frame + body + frame, kept=((len(frame), len(frame) + len(body)),))
    original = Article(id="a", title=title, text=body, page=page)
    assert unpack_article("a", *pack_article(original)) == original


def test_vectors_come_back_bit_by_bit() -> None:
    rows = np.random.default_rng(1).standard_normal((3, 5)).astype(np.float32)
    spans = [(0, 4), (4, 9), (9, 2**31)]
    embedding = unpack_vectors(7, "a", 3, *pack_vectors(spans, rows))
    assert embedding.spans == tuple(spans)
    assert (embedding.vectors == rows).all()


@given(position=st.integers(0, 59), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_vector_is_noticed(position: int, bit: int) -> None:
    digest, spans, vectors = pack_vectors([(0, 1)] * 3, np.ones((3, 5), np.float32))
    flipped = bytearray(vectors)
    flipped[position] ^= 1 << bit
    with pytest.raises(LibraryDamagedError, match="article a"):
        unpack_vectors(7, "a", 3, digest, spans, bytes(flipped))


def test_a_revision_changes_with_every_field() -> None:
    first = article("a")
    changed = [
        Article(**{**first.to_dict(), "published": first.published, "page": first.page, **change})
        for change in (
            {"title": "Other"},
            {"outlet": None},
            {"language": "en"},
            {"page": None},
            {"url": "http://x"},
        )
    ]
    assert len({revision_of(entry) for entry in [first, *changed]}) == 6


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"))
    before = numbers(store)

    def fail_half_way() -> None:
        with store.writing() as writer:
            writer.put(article("a", "Changed text."), "r", [(0, 3)], UNIT[:1])
            writer.put(article("b"), "r", [(0, 3)], UNIT[:1])
            raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="plug"):
        fail_half_way()
    assert numbers(store) == before
    with store.reading() as snapshot:
        assert snapshot.find_passages(snapshot.look_up("changed"), 5, None) == []
    store.close()


def test_a_view_does_not_see_what_is_written_after_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"))
    with store.reading() as snapshot:
        put(store, article("b"))
        assert snapshot.count_articles() == 1
    assert len(numbers(store)) == 2
    store.close()


def test_a_new_revision_has_a_new_number_and_the_old_one_is_listed_as_removed(
    tmp_path: Path,
) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"), article("a", "Changed text."))
    with store.reading() as snapshot:
        assert snapshot.newest_first() == [2]
        assert snapshot.removed(after=0) == [(1, 1)]
        assert snapshot.removed(after=2) == []
        assert [embedding.number for embedding in snapshot.embeddings(after=1)] == [2]
    store.close()


def test_a_number_never_comes_back(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"))
    with store.writing() as writer:
        assert writer.remove("a")
        assert not writer.remove("a")
    put(store, article("a"))
    assert numbers(store) == [3]
    store.close()


def test_filters_leave_out_what_has_no_date_and_fold_outlets(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(
        store,
        article("a", outlet="Türkiye Today"),
        article("b", outlet="TURKIYE  TODAY", day=None),
        article("c"),
    )
    day = article("c").published
    with store.reading() as snapshot:
        assert snapshot.select(
            Filter.parse(outlets=["turkiye today"], since=None, until=None)
        ).tolist() == [1, 2]
        assert snapshot.select(Filter(since=day, until=day)).tolist() == [1, 3]
        assert snapshot.outlets() == ("Harbour Post", "TURKIYE  TODAY")
    store.close()


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "library.db")
    other.execute("CREATE TABLE song (name TEXT)")
    other.close()
    before = (tmp_path / "library.db").read_bytes()
    with pytest.raises(LibraryFormatError, match="another program's"):
        Store.open(tmp_path, create=True)
    assert (tmp_path / "library.db").read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_text("Dear diary, " * 1000)
    with pytest.raises(LibraryFormatError, match="not a database"):
        Store.open(tmp_path, create=True)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    newer = sqlite3.connect(tmp_path / "library.db")
    newer.execute(f"PRAGMA user_version = {FORMAT + 1}")
    newer.close()
    with pytest.raises(LibraryFormatError, match="newer Dateline"):
        Store.open(tmp_path, create=True)


def test_an_older_format_is_brought_up_to_date_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"), article("b"))
    store.close()
    as_format_1(tmp_path / "library.db")
    for told in (1, 1):
        store = Store.open(tmp_path, create=False)
        assert caplog.text.count("made by an older Dateline") == told
        with store.reading() as snapshot:
            assert all(snapshot.holds_words(number) for number in snapshot.newest_first())
        assert store.check() == []
        store.close()


def test_an_older_format_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    as_format_1(tmp_path / "library.db")
    path = tmp_path / "library.db"
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    with pytest.raises(LibraryFormatError, match="older Dateline"):
        prepare(connection, path, writable=False)
    connection.close()


def test_a_database_cut_short_is_damaged(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, *[article(f"a{n}") for n in range(20)])
    store.close()
    path = tmp_path / "library.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def read_all() -> None:
        damaged = Store.open(tmp_path, create=False)
        try:
            with damaged.reading() as snapshot:
                for number in snapshot.newest_first():
                    snapshot.article(number)
        finally:
            damaged.close()

    with pytest.raises(LibraryDamagedError, match=r"library\.db"):
        read_all()


def test_who_cannot_write_sees_what_others_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    put(store, article("a"))
    store.close()
    reader = Store(tmp_path / "library.db", writable=False)
    assert len(numbers(reader)) == 1
    store = Store.open(tmp_path, create=True)
    put(store, article("b"))
    assert len(numbers(reader)) == 2
    store.close()
    assert len(numbers(reader)) == 2
    reader.close()


def test_many_that_make_a_library_at_once_all_get_it(tmp_path: Path) -> None:
    for attempt in range(40):
        together = threading.Barrier(6)

        def make(
            _: int, folder: Path = tmp_path / str(attempt), together: threading.Barrier = together
        ) -> None:
            together.wait()
            Store.open(folder, create=True).close()

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(make, range(6)))


def test_an_absent_library_is_made_only_on_request(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError, match="no library"):
        Store.open(tmp_path / "deep" / "down", create=False)
    assert not (tmp_path / "deep").exists()
    Store.open(tmp_path / "deep" / "down", create=True).close()
    assert (tmp_path / "deep" / "down" / "library.db").exists()


def test_a_file_in_the_place_of_the_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryStorageError, match="folder") as caught:
        Store.open(tmp_path / "file", create=True)
    assert "\n" not in str(caught.value)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    store.close()
    store.close()
    with pytest.raises(LibraryError, match="closed"):
        numbers(store)
