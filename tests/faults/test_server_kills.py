"""A Chroma server that is killed and started again while articles are added and questions asked."""

from __future__ import annotations

import random
import threading
import time
from itertools import count
from pathlib import Path

import pytest

from index import IndexState, Library
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.index.articles import numbered
from tests.index.servers import ChromaServer

KILLS = tier(3, 20)
PATIENCE = 10.0
"""Seconds in which a question must be answered, whatever the server does."""

RECOVERY = 150.0
"""Seconds in which the vectors are used again: long, as other work may have the cores."""


def is_ready(library: Library) -> bool:
    return library.index_status.state is IndexState.READY


@pytest.mark.timeout(900)
def test_a_server_killed_again_and_again_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.follower.RETRY_SECONDS", 0.2)
    chance, server, done = random.Random(0), ChromaServer(tmp_path / "served"), threading.Event()
    acknowledged: list[int] = []
    served = 0

    def write(library: Library) -> None:
        for n in count():
            if done.is_set():
                return
            assert library.add(numbered(1, start=n)).new == (f"a{n}",)
            acknowledged.append(n)
            time.sleep(0.02)  # without a pause, Chroma would never catch up on a busy machine

    def ask(library: Library) -> None:
        n = chance.choice(acknowledged)
        began = time.monotonic()
        (hit,) = library.search(f"topic{n}", limit=1)
        assert hit.article.id == f"a{n}"
        assert time.monotonic() - began < PATIENCE

    server.start()
    try:
        with Library.open(
            tmp_path / "library", encoder=WordEncoder(), chroma=server.address
        ) as library:
            library.warm()
            writer = threading.Thread(target=write, args=(library,))
            writer.start()
            try:
                for _ in range(KILLS):
                    until = time.monotonic() + RECOVERY
                    while not (is_ready(library) and acknowledged):  # it recovers by itself
                        assert time.monotonic() < until
                        time.sleep(0.05)
                        if acknowledged:
                            ask(library)
                    served += 1
                    time.sleep(chance.random() * 0.5)
                    server.kill()
                    ask(library)
                    server.start()
                    survived["a Chroma server killed under a writer and a reader"] += 1
            finally:
                done.set()
                writer.join()
            until = time.monotonic() + RECOVERY
            while not is_ready(library):
                assert time.monotonic() < until
                ask(library)
                time.sleep(0.1)
            assert [problem for problem in library.verify() if "made anew" not in problem] == []
            assert {entry.id for entry in library.articles()} == {f"a{n}" for n in acknowledged}
    finally:
        server.kill()
    assert served == KILLS
