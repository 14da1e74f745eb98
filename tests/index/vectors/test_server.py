"""Laws of vectors on a Chroma server.

The server may be away, hang, lose what it had, or not be a Chroma server at all.
"""

from __future__ import annotations

import logging
import signal
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
import pytest
from chromadb.api.client import Client
from chromadb.config import Settings as ClientSettings

from index import IndexState, IndexStatus, Library, LibraryServerError
from index.storage.store import Store
from index.vectors.chroma.server import Server, sessions_of
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered
from tests.index.servers import ChromaServer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.vectors.follower.RETRY_SECONDS", 0.5)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    running = ChromaServer(tmp_path / "served")
    running.start()
    yield running
    running.kill()


def opened(folder: Path, address: str) -> Library:
    return Library.open(folder, encoder=WordEncoder(), chroma=address)


def recover(library: Library) -> None:
    """Wait until the server is used again."""
    until = time.monotonic() + 60
    while library.index_status.state is not IndexState.READY:
        assert time.monotonic() < until
        library.search("council")
        time.sleep(0.1)


@contextmanager
def client_of(server: ChromaServer) -> Iterator[Client]:
    settings = ClientSettings(anonymized_telemetry=False)
    client = cast("Client", chromadb.HttpClient("localhost", server.port, settings=settings))
    yield client
    for session in sessions_of(client):
        session.close()
    client.close()


def collections(server: ChromaServer) -> dict[str, int]:
    with client_of(server) as client:
        return {held.name: held.count() for held in client.list_collections()}


def test_vectors_live_on_the_server_and_follow_the_library(
    server: ChromaServer, tmp_path: Path
) -> None:
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        library.add(numbered(8))
        library.remove(["a2"])
        library.add([article("a3", "Another thing altogether, about topic99.")])
        assert library.index_status == IndexStatus(state=IndexState.READY, lag=0)
        assert library.search("topic99", limit=1)[0].article.id == "a3"
        assert library.verify() == []
        assert list(collections(server).values()) == [7]
    assert not (tmp_path / "library" / "chroma").exists()
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        assert library.index_status == IndexStatus(state=IndexState.READY, lag=0)
        assert library.verify() == []


def test_what_is_on_the_server_is_taken_up(server: ChromaServer, tmp_path: Path) -> None:
    with opened(tmp_path, server.address) as library:
        library.add(numbered(8))
        library.remove(["a2"])
    store = Store.open(tmp_path, create=False)
    home = Server(store, server.address)
    found = home.open()
    assert found is not None
    assert (found.indexed, found.leads, home.discarded) == (9, True, False)
    home.close(found.indexed)
    store.close()


def test_each_library_has_a_collection_of_its_own(server: ChromaServer, tmp_path: Path) -> None:
    with (
        opened(tmp_path / "one", server.address) as one,
        opened(tmp_path / "other", server.address) as other,
    ):
        one.add(numbered(3))
        other.add(numbered(5, start=10))
        assert sorted(collections(server).values()) == [3, 5]
        assert one.verify() == other.verify() == []


def test_another_process_searches_the_server_while_the_first_writes(
    server: ChromaServer, tmp_path: Path
) -> None:
    with opened(tmp_path, server.address) as leader, opened(tmp_path, server.address) as follower:
        leader.add(numbered(5))
        follower.warm()
        assert follower.index_status.state is IndexState.READY
        leader.add(numbered(5, start=5))
        follower.add(numbered(1, start=10))
        assert {hit.article.id for hit in follower.search("council day", limit=20)} == {
            f"a{n}" for n in range(11)
        }
        assert follower.verify() == []
        leader.add(numbered(1, start=11))
        assert sum(collections(server).values()) == 12
        leader.close()
        follower.add(numbered(1, start=12))  # and takes the lead
        assert sum(collections(server).values()) == 13
        assert follower.verify() == []


def test_a_server_that_is_away_is_one_line_and_costs_no_answer(
    server: ChromaServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        library.add(numbered(4))
        server.kill()
        began = time.monotonic()
        assert library.search("topic3", limit=1)[0].article.id == "a3"
        assert library.add(numbered(2, start=4)).new == ("a4", "a5")
        assert library.search("topic5", limit=1)[0].article.id == "a5"
        assert time.monotonic() - began < 10
        (line,) = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
        assert "\n" not in line
        assert library.verify() == [library.index_status.problem]
        server.start()
        recover(library)
        library.add(numbered(1, start=6))
        assert library.verify() == []


def test_a_server_that_hangs_is_given_up_in_time(
    server: ChromaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.chroma.server.SECONDS", 2.0)
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        library.add(numbered(4))
        server.send(signal.SIGSTOP)
        began = time.monotonic()
        assert library.search("topic3", limit=1)[0].article.id == "a3"
        assert time.monotonic() - began < 4
        began = time.monotonic()
        assert library.search("topic2", limit=1)[0].article.id == "a2"
        assert time.monotonic() - began < 2
        with opened(tmp_path / "other", server.address) as other:
            began = time.monotonic()
            other.add(numbered(2))
            assert time.monotonic() - began < 4
            assert "no Chroma server answers" in str(other.index_status.problem)
        server.send(signal.SIGCONT)
        recover(library)
        assert library.verify() == []


def test_a_server_that_lost_its_vectors_gets_them_again(
    server: ChromaServer, tmp_path: Path
) -> None:
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        library.add(numbered(30))
        (name,) = collections(server)
    with client_of(server) as client:
        held = client.get_collection(name, embedding_function=None)
        held.delete(ids=held.get(include=[])["ids"][:20])
    with opened(tmp_path / "library", server.address) as library:
        library.warm()
        assert library.index_status.rebuilt
        assert collections(server)[name] == 30
        with client_of(server) as client:
            client.delete_collection(name)
        assert library.search("topic3", limit=1)[0].article.id == "a3"  # as it is gone, without it
        recover(library)
        assert collections(server)[name] == 30


def test_a_collection_of_another_dimension_is_one_line_and_repaired_on_request(
    server: ChromaServer, tmp_path: Path
) -> None:
    with opened(tmp_path / "library", server.address) as library:
        library.add(numbered(3))
        library.warm()
    (name,) = collections(server)
    with client_of(server) as client:
        client.delete_collection(name)
        other = client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        other.upsert(ids=["7"], embeddings=np.eye(1, 3, dtype=np.float32))
    with opened(tmp_path / "library", server.address) as library:
        (problem,) = library.verify()
        assert "vectors with 3 numbers; expected 64" in problem
        assert collections(server) == {name: 1}  # it was left as it was
        assert library.search("topic2", limit=1)[0].article.id == "a2"
        assert library.repair() == []
        assert library.verify() == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost:8000",
        "ftp://host",
        "http://",
        "http://host:port",
        "http://host/path",
        "http://u:p@host",
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_written(address: str, tmp_path: Path) -> None:
    with pytest.raises(LibraryServerError, match="expected http://host:port"):
        opened(tmp_path / "library", address)
    assert not (tmp_path / "library").exists()


def test_another_programs_server_is_told_from_chromas(tmp_path: Path) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with socketserver.TCPServer(("localhost", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with opened(tmp_path, f"http://localhost:{other.server_address[1]}") as library:
            library.add(numbered(2))
            library.warm()
            assert "found another server (status 404)" in str(library.index_status.problem)
            assert library.search("topic1", limit=1)[0].article.id == "a1"
        other.shutdown()
