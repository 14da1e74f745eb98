"""Three processes add, remove and ask on one folder; one is killed: nothing is lost or stale."""

from __future__ import annotations

import os
import random
import signal
import time
from multiprocessing.connection import Connection, wait
from pathlib import Path

import pytest

from index import Library
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.faults.child import body
from tests.faults.test_kill import FORKS, Change, State, check
from tests.index.articles import article

OPERATIONS = 40
"""Operations of each writer, unless it is killed."""


def write(folder: Path, seed: int, end: Connection) -> None:
    """Run a process that adds, updates and removes articles of its own.

    It announces each operation, does it, and waits for permission to continue.
    """
    chance = random.Random(seed)
    with Library.open(folder, encoder=WordEncoder()) as library:
        if chance.random() < 0.5:
            library.warm()
        for version in range(OPERATIONS):
            name = f"w{seed}x{chance.randrange(4)}"
            version_or_none = None if name in library and chance.random() < 0.3 else version
            end.send((name, version_or_none))
            if version_or_none is None:
                library.remove([name] if name in library else [])
            else:
                library.add([article(name, body(name, version))])
            end.send("done")
            end.recv()
    end.close()


def ask(library: Library, change: Change) -> None:
    """Check that what another process just committed is found."""
    name, version = change
    if version is None:
        assert name not in library
        assert all(hit.article.id != name for hit in library.search(f"minutes of {name}", limit=50))
    else:
        (hit,) = library.search(f"version{version}of{name}", limit=1)
        assert hit.article.text == body(name, version)


@pytest.mark.parametrize("trial", range(tier(3, 20)))
def test_three_processes_at_once_and_one_killed(trial: int, tmp_path: Path) -> None:
    folder, chance = tmp_path / "library", random.Random(trial)
    known: State = {}
    flights: dict[int, Change] = {}
    writers = {}
    for seed in (0, 1):
        ours, theirs = FORKS.Pipe()
        process = FORKS.Process(target=write, args=(folder, seed, theirs))
        process.start()
        theirs.close()
        writers[seed] = (process, ours)
    doomed, at = chance.randrange(2), chance.randrange(3, OPERATIONS)
    done = 0
    with Library.open(folder, encoder=WordEncoder()) as library:
        if chance.random() < 0.5:
            library.warm()
        ends = {ours: seed for seed, (_, ours) in writers.items()}
        while ends:
            for ready in wait(list(ends), timeout=60):
                assert isinstance(ready, Connection)
                seed = ends[ready]
                try:
                    said = ready.recv()
                    if said == "done":
                        change = flights.pop(seed)
                        known[change[0]] = change[1]
                        ask(library, change)
                        ready.send("go on")
                        done += seed == doomed
                    else:
                        flights[seed] = said
                        if seed == doomed and done == at:
                            time.sleep(chance.random() * 0.03)
                            os.kill(writers[seed][0].pid or 0, signal.SIGKILL)
                except (EOFError, OSError):  # it ended, or was killed
                    del ends[ready]
    for seed, (process, ours) in writers.items():
        process.join(60)
        assert process.exitcode == (-signal.SIGKILL if seed == doomed else 0)
        ours.close()
        process.close()
    assert set(flights) <= {doomed}
    check(folder, known, flights.get(doomed))
    survived["three processes at once, one of them killed"] += 1
