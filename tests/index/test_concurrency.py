"""Laws of a library used by several threads and processes at once, some of which die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from index import IndexState, IndexStatus, Library
from index.storage.store import Store
from index.vectors.follower import VectorIndex
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered

ROOT = Path(__file__).parents[2]


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.index.process", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str], code: int = 0) -> list[str]:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == code, output
    return output.split("\n")[:-1]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path, encoder=WordEncoder()) as opened:
        yield opened


def ids(library: Library) -> set[str]:
    return {entry.id for entry in library.articles()}


def test_processes_that_make_and_fill_a_library_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [start("add", tmp_path, n * 10, 10) for n in range(4)]
    said = [line for process in processes for line in finish(process)]
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        assert ids(library) == set(said) == {f"a{n}" for n in range(40)}
        assert library.verify() == []
        assert all(library.search(f"topic{n}", limit=1)[0].article.id == f"a{n}" for n in range(40))


def test_what_another_process_committed_is_found_at_once(library: Library, tmp_path: Path) -> None:
    library.add(numbered(3))
    library.warm()
    finish(start("add", tmp_path, 3, 2))
    assert library.search("topic4", limit=1)[0].article.id == "a4"
    finish(start("remove", tmp_path, "a4", "a0"))
    assert {hit.article.id for hit in library.search("council topic4 topic0", limit=9)} == {
        "a1",
        "a2",
        "a3",
    }
    assert library.verify() == []


def test_an_acknowledged_article_survives_kill_9(tmp_path: Path) -> None:
    process = start("add", tmp_path, 0, 10_000)
    assert process.stdout
    acknowledged = [process.stdout.readline().strip() for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split("\n")[:-1]
    process.wait(timeout=30)
    process.stdout.close()
    assert len(acknowledged) < 10_000
    lock = FileLock(tmp_path / "LOCK")
    lock.acquire(timeout=0)  # no lock is left for the next process to wait for
    lock.release()
    with Library.open(tmp_path, create=False, encoder=WordEncoder()) as library:
        assert set(acknowledged) <= ids(library)
        assert len(library) <= len(acknowledged) + 1
        assert library.verify() == []
        assert library.search("topic39", limit=1)[0].article.id == "a39"


def test_a_process_killed_with_chroma_open_costs_no_hit(library: Library, tmp_path: Path) -> None:
    process = start("add", tmp_path, 0, 10_000)
    assert process.stdout
    while "a600" not in process.stdout.readline():  # Chroma was brought up to date on the way
        pass
    process.kill()
    process.communicate(timeout=30)
    library.warm()
    assert library.verify() == []
    assert library.search("topic600", limit=1)[0].article.id == "a600"


def test_a_full_disk_is_one_clear_line_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    *acknowledged, error = finish(start("fill", tmp_path, 3_000_000), code=1)
    assert error.startswith("LibraryStorageError")
    assert "free some" in error
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        assert acknowledged
        assert ids(library) == set(acknowledged)
        assert library.verify() == []
        assert library.add([article("after")]).new == ("after",)


def test_a_folder_without_rights_can_be_read_and_says_why_it_cannot_be_written() -> None:
    # tmp_path is in a folder that is closed to other users
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(folder, encoder=WordEncoder()) as library:
            library.add(numbered(2))
        paths = [Path(folder), *Path(folder).rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            *hits, error = finish(start("read", folder), code=1)
        finally:
            for path in paths:
                path.chmod(0o755)
    assert set(hits) == {"a0", "a1"}
    assert error.startswith("LibraryStorageError")
    assert "cannot be written" in error


def test_threads_search_while_one_adds_updates_and_removes(library: Library) -> None:
    library.add(numbered(30))
    done = threading.Event()

    def search(thread: int) -> int:
        searches = 0
        while not done.is_set():
            for hit in library.search(f"topic{thread} council", limit=5):
                assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
            (best,) = library.search("permanent lighthouse", limit=1)
            assert best.article.id == "rock"  # updated all the time, and never missing
            searches += 2
        return searches

    library.add([article("rock", "The permanent lighthouse, report 0.")])
    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(search, n) for n in range(4)]
        try:
            for n in range(1, 20):
                library.add(
                    [
                        article("rock", f"The permanent lighthouse, report {n}."),
                        *numbered(1, start=100 + n),
                    ]
                )
                library.remove([f"a{100 + n}"])
        finally:
            done.set()
        assert all(future.result(timeout=60) for future in running)
    assert library.article("rock").text.endswith("report 19.")
    assert library.verify() == []


def test_threads_that_add_at_once_lose_nothing(library: Library) -> None:
    with ThreadPoolExecutor(4) as threads:
        # neighbouring ranges share five articles
        list(threads.map(lambda n: library.add(numbered(15, start=n * 10)), range(4)))
    assert ids(library) == {f"a{n}" for n in range(45)}
    assert library.verify() == []


def test_a_forked_process_is_told_to_open_its_own_and_harms_nothing(tmp_path: Path) -> None:
    code = (
        "import os; from index import Library, LibraryError; from tests.fakes import WordEncoder\n"
        "from tests.index.articles import numbered\n"
        f"library = Library.open({str(tmp_path)!r}, encoder=WordEncoder()); "
        "library.add(numbered(3))\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    try: library.search('topic1')\n"
        "    except LibraryError as error: library.close(); os._exit('forked' in str(error))\n"
        "    os._exit(9)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1\n"
        "library.add(numbered(1, start=3)); assert library.verify() == []; library.close()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True, timeout=60)
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.warm()
        assert not library.index_status.rebuilt
        assert ids(library) == {"a0", "a1", "a2", "a3"}


def test_a_library_that_nobody_closes_is_closed_when_the_program_ends(tmp_path: Path) -> None:
    code = (
        "from index import Library; from tests.fakes import WordEncoder; from "
        "tests.index.articles import numbered\n"
        f"library = Library.open({str(tmp_path)!r}, encoder=WordEncoder()); "
        "library.add(numbered(2))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60, env=os.environ)
    store = Store.open(tmp_path, create=False)
    index = VectorIndex(store)
    assert index.open()  # what was left is taken up, and nothing is copied again
    assert index.status() == IndexStatus(state=IndexState.FOLLOWING, lag=0)
    assert index.standing.indexed == 2
    index.close()
    store.close()
