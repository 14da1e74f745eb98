"""kill -9 at named points: acknowledged changes are kept; one in flight is all old or all new."""

from __future__ import annotations

import random
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import pytest
from filelock import FileLock

from index import Library
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.faults.child import POINTS, body, main

FORKS = get_context("forkserver")  # imports that take a second are done once
FORKS.set_forkserver_preload(["chromadb", "pytest", "tests.faults.child"])
TRIALS = tier(3, 25)
CHAIN = tier(5, 50)
State = dict[str, int | None]
"""The version of each article that was ever touched; None where it was removed."""
Change = tuple[str, int | None]
"""An article and the version that it is to have; None where it is to be removed."""


def run(folder: Path, seed: int, point: str, nth: int) -> tuple[State, Change | None]:
    """Have a process work until it dies; returns what it acknowledged, and what was in flight."""
    listening, told = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=main, args=(folder, seed, point, nth, told))
    process.start()
    told.close()
    lines = []
    with listening, suppress(EOFError):
        while listening.poll(100):
            lines.append(listening.recv_bytes().decode())
    process.join(100)
    assert process.exitcode == -signal.SIGKILL, (
        f"{point}: it ended with {process.exitcode} instead of being killed"
    )
    process.close()
    state: State = {}
    flight: Change | None = None
    for line in lines:
        mark, what, *rest = line.split()
        if what in ("put", "remove"):
            change = rest[0], int(rest[1]) if what == "put" else None
            flight = change if mark == "?" else None
            if mark == "!":
                state[change[0]] = change[1]
        else:
            flight = None
    return state, flight


def check(folder: Path, known: State, flight: Change | None) -> State:
    """Assert that the library holds what was acknowledged, with the change in flight done or not.

    Returns what it holds.
    """
    lock = FileLock(folder / "LOCK")
    lock.acquire(timeout=0)  # no lock is left for the next process to wait for
    lock.release()
    with Library.open(folder, create=False, encoder=WordEncoder()) as library:
        found = {entry.id: entry.text for entry in library.articles()}
        assert len(found) == len(library)
        for name in {*known, *([flight[0]] if flight else [])}:
            allowed = [known.get(name)] + ([flight[1]] if flight and flight[0] == name else [])
            versions = [
                version for version in allowed if found.get(name) == (version_text(name, version))
            ]
            assert versions, f"{name}: found {found.get(name)!r}; expected a version of {allowed}"
            known = known | {name: versions[-1]}
        assert {name for name in found if not name.startswith("b")} == {
            n for n, v in known.items() if v is not None
        }
        for name, version in known.items():
            hits = library.search(f"version{version}of{name}", limit=1)
            assert (
                bool(hits) and hits[0].article.text == version_text(name, version)
            ) or version is None
        assert library.verify() == []
    return known


def version_text(name: str, version: int | None) -> str | None:
    return None if version is None else body(name, version)


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_anywhere_loses_nothing_that_was_acknowledged(
    point: str, full: Path, tmp_path: Path
) -> None:
    def survive(trial: int) -> None:
        folder = tmp_path / f"{trial}" / "library"
        if POINTS[point].late:  # there must be much to write
            shutil.copytree(full, folder)
        chance = random.Random(f"{point} {trial}")
        state, flight = run(folder, trial, point, chance.randint(1, 3 if "rebuild" in point else 2))
        check(folder, state, flight)
        survived[f"kill -9 {point}"] += 1

    with ThreadPoolExecutor(2) as both:
        list(both.map(survive, range(TRIALS)))


def test_a_library_survives_one_kill_after_another(tmp_path: Path) -> None:
    folder, chance, known = tmp_path / "library", random.Random(7), State()
    for trial in range(CHAIN):
        point = chance.choice(list(POINTS))
        state, flight = run(folder, trial, point, chance.randint(1, 2))
        known = check(folder, known | state, flight)
        survived["kill -9, one after another on one library"] += 1
