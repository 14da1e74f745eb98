"""A Chroma server, which many processes query: ``chroma run``, or distributed Chroma.

Only the holder of LOCK writes. How far it has come is stored beside the vectors, so that on
connecting we notice a server that lost vectors or was given another folder.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from index.errors import LibraryServerError
from index.storage.store import SERVER, Store
from index.storage.transaction import Snapshot
from index.vectors.chroma.home import COSINE, Lock, Opened, check_space, client_settings, unfound

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

SECONDS = 6.0
"""How long a server may take to answer before it counts as down."""
SAMPLE = 20
"""How many vectors to look up on a server, to check that it kept what it was given."""


def check_address(address: str | None) -> None:
    """Check that this is a valid server address, or None.

    Raises:
        LibraryServerError: it is not.
    """
    if address is None:
        return
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        sound = sound and not (
            parts.path.strip("/") or parts.query or parts.fragment or parts.username
        )
    except ValueError:  # the port is not a number
        sound = False
    if not sound:
        raise LibraryServerError(
            f"found the address {address!r}; expected http://host:port of a Chroma server"
        )


class Server:
    """A Chroma server, on which each library has its own collection.

    Args:
        store: the library's.
        address: ``http://host:port``, or https.

    Raises:
        LibraryServerError: the address is not valid.
    """

    recovers = True

    def __init__(self, store: Store, address: str) -> None:
        check_address(address)
        parts = urlsplit(address)
        self.name = address.rstrip("/")
        self.discarded = False
        self._store = store
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 8000)
        self._lock = Lock(store)
        self._client: Client | None = None
        self._collection: Collection | None = None

    def open(self) -> Opened | None:
        """See ``Home.open``. First checks the server's vectors.

        If some were lost, the leader discards them all, so that they are rebuilt.
        """
        leads = self._store.writable and self._lock.acquire()
        client, name = self._connect(), self._collection_name(leads=leads)
        if name is None or (
            not leads and name not in {held.name for held in client.list_collections()}
        ):
            return None
        found = client.get_or_create_collection(name, embedding_function=None, configuration=COSINE)
        check_space(found, self.name)
        self.discarded = False
        indexed = int((found.metadata or {}).get("indexed", 0))
        with self._store.reading() as snapshot:
            self._check_dimension(found, snapshot)
            if indexed and not _holds(found, snapshot, indexed):
                if not leads:
                    return None
                self.discarded = True
                client.delete_collection(name)
                found = client.create_collection(
                    name, embedding_function=None, configuration=COSINE
                )
                indexed = 0
        self._collection = found
        return Opened(found, indexed, leads)

    def mark(self, indexed: int) -> None:
        """See ``Home.mark``."""
        if self._collection is not None:
            self._collection.modify(metadata={"indexed": indexed})

    def discard(self) -> bool:
        """See ``Home.discard``."""
        if not self._store.writable or not self._lock.acquire():
            return False
        client, name = self._connect(), self._collection_name(leads=True)
        if name in {held.name for held in client.list_collections()}:
            client.delete_collection(name)
        self.close(None)
        return True

    def close(self, indexed: int | None) -> None:
        """See ``Home.close``. ``indexed`` is not used: the server already records it."""
        try:
            self._disconnect()
        finally:
            self._lock.release()

    def _connect(self) -> Client:
        """Make a new connection.

        Raises:
            LibraryServerError: no server answers in time, or it is not a Chroma server.
        """
        self._disconnect()
        self._greet()
        import chromadb

        client = cast(
            "Client",
            chromadb.HttpClient(
                self._host, self._port, ssl=self._secure, settings=client_settings()
            ),
        )
        for session in sessions_of(client):
            session.timeout = SECONDS  # by default they wait for ever, and no setting changes that
        self._client = client
        return client

    def _greet(self) -> None:
        import httpx

        scheme = "https" if self._secure else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        try:
            answer = httpx.get(f"{scheme}://{host}:{self._port}/api/v2/heartbeat", timeout=SECONDS)
            if "nanosecond heartbeat" not in answer.text:
                raise LibraryServerError(
                    f"{self.name}: found another server (status {answer.status_code}); "
                    "expected a Chroma server, version 1"
                )
        except httpx.HTTPError as error:
            raise LibraryServerError(
                f"{self.name}: no Chroma server answers ({error}); expected one; "
                "start it with `chroma run`"
            ) from error

    def _collection_name(self, *, leads: bool) -> str | None:
        """Name of the library's collection. A copy of the library is another file: it gets another.

        None if there is no name yet and this process does not lead.
        """
        inode = self._store.path.stat().st_ino
        with self._store.reading() as snapshot:
            kept = json.loads(snapshot.setting(SERVER) or "{}")
        if kept.get("inode") == inode:
            return str(kept["collection"])
        if not leads:
            return None
        name = f"dateline-{uuid.uuid4().hex}"
        with self._store.writing() as writer:
            writer.set(SERVER, json.dumps({"inode": inode, "collection": name}))
        return name

    def _check_dimension(self, collection: Collection, snapshot: Snapshot) -> None:
        held: Any = collection.get(limit=1, include=["embeddings"])["embeddings"]
        expected = snapshot.setting("dim")
        if len(held) and snapshot.count_articles() and str(len(held[0])) != expected:
            raise LibraryServerError(
                f"{self.name}: found a collection of vectors with {len(held[0])} numbers; "
                f"expected {expected}; run `dateline repair` to rebuild it"
            )

    def _disconnect(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            for session in sessions_of(client):
                session.close()  # chromadb leaves them open
            client.close()


def sessions_of(client: Client) -> list[httpx.Client]:
    """A client's connections; chromadb offers no public access to them."""
    inner: Any = client
    return [inner._server._session, inner._admin_client._server._session]


def _holds(collection: Collection, snapshot: Snapshot, indexed: int) -> bool:
    """Check by a sample that a collection holds the store's vectors up to change ``indexed``."""
    expected = snapshot.count_passages() - snapshot.count_passages(after=indexed)
    if indexed > snapshot.latest or collection.count() < max(1, expected):
        return False
    return not unfound(collection, snapshot, snapshot.sample(SAMPLE, upto=indexed))
