"""A reader that loops, crashes or eats the memory is ended, and the next file is read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus import LoadError, load
from corpus.article import Page
from corpus.loaders import limits, pdf
from corpus.loaders.limits import run_limited
from corpus.loaders.source import Source
from tests.corpus.pdfs import TEXT_PAGE, make_pdf

SOURCE = Source.of(b"", name="a.pdf")


def read_slowly(source: Source, data: bytes) -> str:
    while data == b"loop":
        pass
    return data.decode()


def read_greedily(source: Source, data: bytes) -> int:
    return len(b"x" * 10 * limits.MAX_MEMORY) if data else 0


def read_in_steps(source: Source, data: bytes) -> int:
    kept = []
    while data:
        kept.append(bytearray(50_000_000))
        time.sleep(0.01)
    return len(kept)


def crash(source: Source, data: bytes) -> None:
    os.kill(os.getpid(), 11)


def refuse(source: Source, data: bytes) -> None:
    raise source.error(found="a drawing", expected="a text", remedy="write one")


def fail(source: Source, data: bytes) -> None:
    raise KeyError("/Root")


def chatter(source: Source, data: bytes) -> Page:
    sys.stdout.write("noise")
    os.write(1, b"noise")
    return Page(text=source.name, kept=((0, 1),))


def write_too_much(source: Source, data: bytes) -> bytes:
    return bytes(limits.MAX_OUTPUT + 1)


class Foreign:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


def return_code(source: Source, data: bytes) -> Foreign:
    return Foreign()


def test_a_reader_returns_values_of_corpus_and_may_print() -> None:
    assert run_limited(chatter, SOURCE, b"") == Page(text="a.pdf", kept=((0, 1),))


def test_a_reader_that_loops_is_ended_and_the_next_file_is_read() -> None:
    started = time.monotonic()
    with pytest.raises(LoadError, match=r"a\.pdf: a file that takes more than 2 s to read"):
        run_limited(read_slowly, SOURCE, b"loop", seconds=2)
    assert time.monotonic() - started < 20
    assert run_limited(read_slowly, SOURCE, b"text") == "text"


@pytest.mark.parametrize("reader", [read_greedily, read_in_steps, crash, write_too_much])
def test_a_reader_that_crashes_or_goes_beyond_a_limit_is_one_error(reader: object) -> None:
    assert callable(reader)
    with pytest.raises(LoadError, match="crashes its reader or takes too much memory"):
        run_limited(reader, SOURCE, b"x")


def test_the_memory_is_watched_where_the_system_does_not_limit_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    limits._idle.clear()
    code = "import corpus.loaders.limits as l; l._limit_memory = lambda: None; l.serve()"
    monkeypatch.setattr(limits, "_SERVE", code)
    with pytest.raises(LoadError, match="too much memory"):
        run_limited(read_in_steps, SOURCE, b"x")


def test_what_a_reader_refuses_and_fails_at_is_said() -> None:
    with pytest.raises(LoadError, match=r"^a\.pdf: a drawing; expected a text; write one$"):
        run_limited(refuse, SOURCE, b"")
    with pytest.raises(LoadError, match=r"a broken file \('/Root'\)"):
        run_limited(fail, SOURCE, b"")


def test_an_answer_makes_no_objects_but_those_of_corpus() -> None:
    with pytest.raises(LoadError, match="no type of corpus"):
        run_limited(return_code, SOURCE, b"")


def test_an_idle_process_that_has_ended_is_replaced() -> None:
    assert run_limited(read_slowly, SOURCE, b"text") == "text"
    [worker] = limits._idle
    worker._process.kill()
    worker._process.wait()
    assert run_limited(read_slowly, SOURCE, b"text") == "text"


def test_a_pdf_is_read_within_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []

    def note(reader: object, source: Source, data: bytes) -> object:
        names.append(source.name)
        return run_limited(reader, source, data)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf, "run_limited", note)
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf([TEXT_PAGE]))
    assert len(list(load(path))) == 1
    assert names == [str(path)]


def test_a_large_program_may_read_pdfs(tmp_path: Path) -> None:
    """Linux counts the memory of the program that starts a process as once used by it."""
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf([TEXT_PAGE]))
    code = (
        "import sys; from corpus import load; from corpus.loaders.limits import MAX_MEMORY;"
        "large = b'x' * (MAX_MEMORY + 50_000_000); print(len(list(load(sys.argv[1]))))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert (ran.stdout.strip(), ran.returncode) == ("1", 0), ran.stderr
