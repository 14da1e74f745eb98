"""Laws of snapshots, of restoring them, and of what compacting leaves on disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Library, LibraryDamagedError, LibraryFormatError, LibraryStorageError, restore
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered
from tests.index.older import as_format_1


def opened(folder: Path) -> Library:
    return Library.open(folder, encoder=WordEncoder())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with opened(tmp_path / "library") as made:
        made.add(numbered(6))
        yield made


@pytest.fixture
def snapshot(library: Library, tmp_path: Path) -> Path:
    library.snapshot(tmp_path / "kept")
    return tmp_path / "kept"


def damage(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_a_library_comes_back_from_its_snapshot_whole(
    library: Library, snapshot: Path, tmp_path: Path
) -> None:
    assert restore(snapshot, tmp_path / "again") == 6
    with opened(tmp_path / "again") as again:
        assert list(again.articles()) == list(library.articles())
        assert again.article("a3").page == library.article("a3").page
        assert again.search("topic3", limit=1)[0].article.id == "a3"
        assert again.verify() == []


def test_a_snapshot_of_an_older_format_comes_back_as_this_one(
    snapshot: Path, tmp_path: Path
) -> None:
    as_format_1(snapshot)
    assert restore(snapshot, tmp_path / "again") == 6
    with opened(tmp_path / "again") as again:
        assert again.search("topic3", limit=1)[0].article.id == "a3"
        assert again.verify() == []


def test_a_snapshot_is_one_file_and_leaves_nothing_else(snapshot: Path) -> None:
    assert sorted(path.name for path in snapshot.parent.iterdir()) == ["kept", "library"]


def test_a_snapshot_taken_while_others_write_holds_all_that_was_acknowledged_before(
    library: Library, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        for entry in numbered(10_000, start=100):
            library.add([entry])
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(2):
            before = {entry.id for entry in library.articles()}
            library.snapshot(tmp_path / f"kept{n}")
            restore(tmp_path / f"kept{n}", tmp_path / f"again{n}")
            with opened(tmp_path / f"again{n}") as again:
                assert before <= {entry.id for entry in again.articles()}
                assert again.verify() == []
    finally:
        stop.set()
        writer.join()


def test_a_file_is_never_overwritten(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(LibraryStorageError, match="there is a file already"):
        library.snapshot(tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_one_clear_line(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(LibraryStorageError, match="expected to write there"):
        library.snapshot(tmp_path / "no such folder" / "kept")


def test_a_sound_library_is_never_replaced(
    library: Library, snapshot: Path, tmp_path: Path
) -> None:
    library.add([article("later")])
    library.close()
    with pytest.raises(LibraryStorageError, match="a sound library is there"):
        restore(snapshot, tmp_path / "library")
    with opened(tmp_path / "library") as kept:
        assert "later" in kept


def test_a_library_that_is_open_elsewhere_is_not_touched(
    library: Library, snapshot: Path, tmp_path: Path
) -> None:
    library.warm()
    with pytest.raises(LibraryStorageError, match="another process has it open"):
        restore(snapshot, tmp_path / "library")


def test_a_damaged_library_is_set_aside_for_the_restored_one(
    library: Library, snapshot: Path, tmp_path: Path
) -> None:
    library.close()
    path = tmp_path / "library" / "library.db"
    spoilt = path.read_bytes()[:5_000]
    path.write_bytes(spoilt)
    assert restore(snapshot, tmp_path / "library") == 6
    with opened(tmp_path / "library") as restored:
        assert restored.verify() == []
        assert len(restored) == 6
    (aside,) = (tmp_path / "library" / "damaged").glob("*/library.db")
    assert aside.read_bytes() == spoilt


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE content SET body = zeroblob(length(body)) WHERE number = 2",
        "UPDATE embedding SET vectors = zeroblob(length(vectors)) WHERE number = 2",
        "DELETE FROM passage_words WHERE rowid >> 20 = 2",
    ],
)
def test_a_damaged_snapshot_is_refused_and_makes_nothing(
    snapshot: Path, tmp_path: Path, sql: str
) -> None:
    damage(snapshot, sql)
    with pytest.raises(LibraryDamagedError, match="restore another snapshot"):
        restore(snapshot, tmp_path / "again")
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["LOCK"]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_snapshot_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(LibraryFormatError, match="other: "):
        restore(tmp_path / "other", tmp_path / "again")


def test_a_snapshot_cut_short_is_refused(snapshot: Path, tmp_path: Path) -> None:
    snapshot.write_bytes(snapshot.read_bytes()[: snapshot.stat().st_size // 2])
    with pytest.raises(LibraryDamagedError):
        restore(snapshot, tmp_path / "again")


def test_a_snapshot_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(LibraryStorageError, match="gone: No such file"):
        restore(tmp_path / "gone", tmp_path / "again")


def test_what_was_removed_is_gone_from_the_disk_once_compacted(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "library" / "library.db"
    library.add([article("secret", "The xylophonist met the quaestor in Zwolle on Monday.")])
    library.warm()
    connection = sqlite3.connect(path)
    query = (
        "SELECT substr(hex(body), 1, 80) FROM content JOIN article USING (number) WHERE id = "
        "'secret'"
    )
    packed = bytes.fromhex(connection.execute(query).fetchone()[0])
    connection.close()

    def left() -> bool:
        files = [each.read_bytes() for each in (tmp_path / "library").rglob("*") if each.is_file()]
        return any(
            trace in found for found in files for trace in (packed, b"xylophonist", b"quaestor")
        )

    assert left()
    library.remove("secret")
    assert left()  # otherwise this test proves nothing
    assert library.compact()
    assert not left()
    assert library.verify() == []
    assert library.search("topic2", limit=1)[0].article.id == "a2"


def test_compacting_beside_a_reader_says_that_not_all_is_gone(
    library: Library, tmp_path: Path
) -> None:
    library.remove("a0")
    reader = sqlite3.connect(tmp_path / "library" / "library.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM article").fetchone()
    assert not library.compact()
    reader.close()
    assert library.compact()
    assert library.verify() == []
