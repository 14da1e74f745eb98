"""library.db: the truth about articles, pages, passages, vectors and words. Knows nothing of encoders or of Chroma.

SQLite in WAL mode with synchronous FULL: readers never wait, writers of all processes take turns, and what was
committed survives a crash. ``reading()`` gives a ``Snapshot``, one consistent view; ``writing()`` a ``Writer``, one
transaction that happens wholly or not at all.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import platformdirs

from index.errors import (
    LibraryDamagedError,
    LibraryError,
    LibraryFormatError,
    LibraryNotFoundError,
    LibraryStorageError,
)
from index.folder import DATABASE, LOG, MARK
from index.storage.mark import Mark
from index.storage.schema import prepare
from index.storage.transaction import Snapshot, Writer

# settings of this folder: what was left of Chroma's files, the collection on a Chroma server, what is in vectors.bin
CHROMA, SERVER, VECTORS = "chroma", "server", "vectors"
_COPIED = 2_048  # pages at a time: progress some ten times a second
_BUSY_SECONDS = 60.0  # how long a write waits for other processes' writes

logger = logging.getLogger(__name__)


def _explanation(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    said = " ".join(str(error).split())
    if code == sqlite3.SQLITE_NOTADB:
        return LibraryFormatError(
            f"{path}: {said}; expected a Dateline library; if it was one, `dateline restore` a snapshot, or give"
            " another folder"
        )
    # a plain "error" is a table or a column that is not there: a harmed schema, as the statements are all fixed; what
    # SQLite says of such quotes it, which Python may fail to decode; and what was written broke no constraint
    harm = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)
    if code in harm or isinstance(error, UnicodeDecodeError):
        return LibraryDamagedError(
            f"{path}: {said}; expected what was written; run `dateline verify`, or `dateline restore` a snapshot"
        )
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return LibraryStorageError(
            f"{path}: {said}; expected room on a sound disk; free some: what was added is kept"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LibraryStorageError(
            f"{path}: {said}; expected to be able to write there; give another folder"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryStorageError(
            f"{path}: {said}; others have been writing for {_BUSY_SECONDS:.0f} s; try again"
        )
    return None


class Store:
    """library.db, open. Thread-safe; any number of processes may have it open.

    Args:
        path: of library.db.
        writable: False where the folder cannot be written; then reading works and ``writing()`` raises.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self.process = os.getpid()
        self.mark = Mark(path.with_name(MARK))
        self._file: tuple[int, int] | None = None  # which file it is, once it is open
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Store:
        """Open the library.db of this folder, or make one.

        Raises:
            LibraryNotFoundError: there is none, and ``create`` is False.
            LibraryStorageError: the folder cannot be made, read or written.
            LibraryFormatError: what is there is not a library, or is newer than this Dateline.
            LibraryDamagedError: SQLite finds it malformed.
        """
        path = folder / DATABASE
        try:
            present = path.exists() and path.stat().st_size > 0
            if not present and (folder / MARK).exists():
                raise LibraryDamagedError(
                    f"{path}: {'empty' if path.exists() else 'missing'}; expected the library that was there; run"
                    f" `dateline restore` with a snapshot, or delete {MARK} to begin anew"
                )
            if not present and not create:
                raise LibraryNotFoundError(
                    f"{folder}: no library there; expected one; add articles to make it"
                )
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryStorageError(
                f"{folder}: {error.strerror}; expected a folder to keep the library in; give another"
            ) from error
        store = cls(
            path, writable=os.access(folder, os.W_OK) and (not present or os.access(path, os.W_OK))
        )
        if not present and not store.writable:
            raise LibraryStorageError(
                f"{folder}: it cannot be written; expected to make a library there; give another"
            )
        try:
            with store._connection() as connection:
                outdated = prepare(connection, path, writable=store.writable)
                store._file = _identity(path)
            if outdated:
                logger.warning(
                    "%s: made by an older Dateline; its word index is made anew, once", path
                )
                with store.writing() as writer:
                    writer.bring_up_to_date()
            if lost := store.lost():
                logger.warning("%s", lost)
        except LibraryError:
            store.close()
            raise
        return store

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """A view of the library as it is now; later writes do not show in it."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            yield Snapshot(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A transaction, committed when the ``with`` ends, undone when it ends in an error.

        Raises:
            LibraryStorageError: the folder is read-only, the disk full, or others wrote for a whole minute.
        """
        if not self.writable:
            raise LibraryStorageError(
                f"{self.path}: it cannot be written; expected to; change its rights"
            )
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._check_usable()  # it may have been replaced while others wrote
            writer = Writer(connection)
            yield writer
            connection.execute("COMMIT")
        self.mark.advance(writer.latest)

    def lost(self) -> str | None:
        """What is gone of what was committed: a line, or None."""
        marked = self.mark.read()  # first: others commit meanwhile
        with self.reading() as snapshot:
            if marked <= snapshot.latest:
                return None
            return (
                f"{self.path}: found {snapshot.latest} changes; expected {marked}, so what was added last is missing,"
                " perhaps with library.db-wal; restore a snapshot, or add it again, then `dateline repair`"
            )

    def check(self) -> list[str]:
        """What SQLite itself finds wrong with the file, a line each; empty where all is well."""
        lost = self.lost()
        problems = [lost] if lost else []
        try:
            with self._connection() as connection:
                found = connection.execute("PRAGMA integrity_check").fetchall()
                lines = [line for (said,) in found for line in said.splitlines()]
                problems += [
                    f"{self.path}: {line}; {'run `dateline repair`' if ' index ' in line else 'restore a snapshot'}"
                    for line in lines
                    if line != "ok" and not line.startswith("***")  # a heading
                ]
                found = connection.execute("PRAGMA foreign_key_check").fetchall()
                problems += [
                    f"{self.path}: a row of {row[0]} belongs to no article; run `dateline repair`"
                    for row in found
                ]
            if self.writable:
                with self.writing() as writer:
                    writer.check_words()
        except LibraryDamagedError as error:
            problems.append(str(error))
        return problems

    def copy_to(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write what is committed now into another database, one file, while others go on reading and writing.

        Args:
            path: an empty file.
            progress: called with the number of pages copied, and of all.

        Raises:
            LibraryStorageError: the disk is full.
        """

        def tell(_: int, remaining: int, total: int) -> None:
            if progress:
                progress(total - remaining, total)

        with (
            closing(sqlite3.connect(path, isolation_level=None)) as copy,
            self._connection() as connection,
        ):
            connection.execute("BEGIN")
            connection.execute(
                "SELECT count(*) FROM setting"
            )  # what is committed later is not in the copy
            try:
                connection.backup(copy, pages=_COPIED, progress=tell)
                copy.execute("PRAGMA journal_mode = DELETE")  # no log beside it
                copy.execute(
                    "DELETE FROM setting WHERE key IN (?, ?, ?)", (CHROMA, SERVER, VECTORS)
                )  # of this folder
            except sqlite3.Error as error:
                raise _explanation(error, path) or error from error

    def compact(self) -> bool:
        """Write the file anew without what was removed; False where others read, so that the log still holds it.

        Raises:
            LibraryStorageError: the disk is full, or others wrote for a whole minute.
        """
        with self.writing() as writer:
            writer.merge_words()
        with self._connection() as connection:
            connection.execute("VACUUM")
        for path in self.path.parent.glob(
            "vectors.*"
        ):  # or one that was being written as its process was killed
            path.unlink(missing_ok=True)
        return self.fold_log()

    def fold_log(self) -> bool:
        """Move what the log holds into the file, and empty it; False where others read from it."""
        with self._connection() as connection:
            connection.execute(
                "PRAGMA busy_timeout = 5000"
            )  # whoever reads is done by then, or stays
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {1_000 * _BUSY_SECONDS:.0f}")
        return not busy

    def close(self) -> None:
        """Close every connection; one in use is closed when it is handed back. Twice is once."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            self._check_usable()
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._connect()
            yield connection
        except (sqlite3.Error, UnicodeDecodeError) as error:
            explanation = _explanation(error, self.path)
            if explanation is None:
                raise
            raise explanation from error
        finally:
            if connection is not None:
                self._hand_back(connection)

    def _check_usable(self) -> None:
        if self._closed:
            raise LibraryError(f"{self.path.parent}: this library was closed; open it again")
        if os.getpid() != self.process:  # SQLite allows no connection to be carried across a fork
            raise LibraryError(
                f"{self.path.parent}: opened before this process was forked; open it again in here"
            )
        if self._file not in (
            None,
            _identity(self.path),
        ):  # what is written to a deleted file is lost
            raise LibraryStorageError(
                f"{self.path}: removed or replaced since it was opened; open it again"
            )

    def _hand_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):  # a failed disk may have ended the transaction already
            connection.rollback()
        with self._guard:
            if (
                self.writable and not self._closed
            ):  # a connection that cannot write may be blind to others' writes
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        mode = "mode=rwc" if self.writable else "mode=ro"
        if not self.writable and not self.path.with_name(LOG).exists():
            mode += "&immutable=1"  # SQLite's WAL mode needs to write, unless it is told that nobody does
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.text_factory = lambda raw: raw.decode(
            errors="replace"
        )  # a flipped bit is the digests' business
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def library_folder(path: str | Path | None) -> Path:
    """The folder that is meant; the user's data folder if None."""
    return (
        platformdirs.user_data_path("dateline") / "library"
        if path is None
        else Path(path).expanduser()
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Tells a file from another one that took its place; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
