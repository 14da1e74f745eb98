"""library.db: the primary store of articles, pages, passages, vectors and words.

It is SQLite in WAL mode with synchronous FULL: readers never wait, writers of all processes take
turns, and committed changes survive a crash. ``reading()`` gives a ``Snapshot``, one consistent
view. ``writing()`` gives a ``Writer``, one transaction that happens entirely or not at all. This
module must not depend on encoders or Chroma.
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

# Settings that hold for this folder only: the state in which Chroma's files were left, the
# collection on a Chroma server, and the content of vectors.bin.
CHROMA, SERVER, VECTORS = "chroma", "server", "vectors"
_COPIED = 2_048  # pages copied at a time, which gives about ten progress reports a second
_BUSY_SECONDS = 60.0  # how long a write waits for other processes to write

logger = logging.getLogger(__name__)


def _explanation(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    said = " ".join(str(error).split())
    if code == sqlite3.SQLITE_NOTADB:
        return LibraryFormatError(
            f"{path}: {said}; expected a Dateline library; if it was one, run `dateline restore`"
            " with a snapshot, or give another folder"
        )
    # All statements are fixed, so a plain SQLITE_ERROR means a missing table or column: a damaged
    # schema. SQLite's message quotes the damaged name, which Python may fail to decode. What was
    # written broke no constraint, so a broken one is damage, too.
    harm = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)
    if code in harm or isinstance(error, UnicodeDecodeError):
        return LibraryDamagedError(
            f"{path}: {said}; expected what was written; run `dateline verify`, or"
            " `dateline restore` with a snapshot"
        )
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return LibraryStorageError(
            f"{path}: {said}; expected free space on a sound disk; free some space; added articles"
            " are kept"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LibraryStorageError(
            f"{path}: {said}; expected to be able to write there; give another folder"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryStorageError(
            f"{path}: {said}; other processes have been writing for {_BUSY_SECONDS:.0f} s;"
            " try again"
        )
    return None


class Store:
    """An open library.db. Thread-safe. Any number of processes may have it open.

    Args:
        path: the path of library.db.
        writable: False if the folder cannot be written; reading works, but ``writing()`` raises.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self.process = os.getpid()
        self.mark = Mark(path.with_name(MARK))
        self._file: tuple[int, int] | None = None  # identifies the file once it is open
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Store:
        """Open the library.db of this folder, or create one.

        Raises:
            LibraryNotFoundError: there is no library, and ``create`` is False.
            LibraryStorageError: the folder cannot be created, read or written.
            LibraryFormatError: the file is not a library, or is newer than this Dateline.
            LibraryDamagedError: SQLite finds the file malformed.
        """
        path = folder / DATABASE
        try:
            present = path.exists() and path.stat().st_size > 0
            if not present and (folder / MARK).exists():
                raise LibraryDamagedError(
                    f"{path}: {'empty' if path.exists() else 'missing'}; expected the library that"
                    f" was there; run `dateline restore` with a snapshot, or delete {MARK} to start"
                    " over"
                )
            if not present and not create:
                raise LibraryNotFoundError(
                    f"{folder}: found no library; expected one; add articles to create it"
                )
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryStorageError(
                f"{folder}: {error.strerror}; expected a folder to keep the library in; give"
                " another"
            ) from error
        store = cls(
            path, writable=os.access(folder, os.W_OK) and (not present or os.access(path, os.W_OK))
        )
        if not present and not store.writable:
            raise LibraryStorageError(
                f"{folder}: it cannot be written; expected to create a library there; give another"
            )
        try:
            store._prepare()
        except LibraryError:
            store.close()
            raise
        return store

    def _prepare(self) -> None:
        """Create the tables, or bring those of an older Dateline up to date."""
        with self._connection() as connection:
            outdated = prepare(connection, self.path, writable=self.writable)
            self._file = _identity(self.path)
        if outdated:
            logger.warning(
                "%s: made by an older Dateline; it is brought up to date now, once", self.path
            )
            with self.writing() as writer:
                writer.bring_up_to_date()
        if lost := self.lost():
            logger.warning("%s", lost)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """A view of the library as it is now. Later writes do not show in it."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            yield Snapshot(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A transaction, committed when the ``with`` block ends, rolled back if it raises.

        Raises:
            LibraryStorageError: the folder is read-only, the disk is full, or other processes wrote
                for a whole minute.
        """
        if not self.writable:
            raise LibraryStorageError(
                f"{self.path}: it cannot be written; expected write access; change its permissions"
            )
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._check_usable()  # the file may have been replaced while others wrote
            writer = Writer(connection)
            yield writer
            connection.execute("COMMIT")
        self.mark.advance(writer.latest)

    def lost(self) -> str | None:
        """A one-line message if committed changes are missing, else None."""
        marked = self.mark.read()  # read it first: other processes may commit meanwhile
        with self.reading() as snapshot:
            if marked <= snapshot.latest:
                return None
            return (
                f"{self.path}: found {snapshot.latest} changes; expected {marked}, so what was"
                " added last is missing, perhaps because library.db-wal was lost; restore a"
                " snapshot, or add the articles again and run `dateline repair`"
            )

    def check(self) -> list[str]:
        """The problems that SQLite itself finds in the file, one line each."""
        lost = self.lost()
        problems = [lost] if lost else []
        try:
            with self._connection() as connection:
                found = connection.execute("PRAGMA integrity_check").fetchall()
                lines = [line for (said,) in found for line in said.splitlines()]
                problems += [
                    f"{self.path}: {line}; "
                    f"{'run `dateline repair`' if ' index ' in line else 'restore a snapshot'}"
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
        """Copy all that is committed now into another database file.

        Others may read and write meanwhile.

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
            # this read fixes the view: later commits are not in the copy
            connection.execute("SELECT count(*) FROM setting")
            try:
                connection.backup(copy, pages=_COPIED, progress=tell)
                copy.execute("PRAGMA journal_mode = DELETE")  # no log file beside the copy
                # these settings hold for this folder only
                copy.execute(
                    "DELETE FROM setting WHERE key IN (?, ?, ?)", (CHROMA, SERVER, VECTORS)
                )
            except sqlite3.Error as error:
                raise _explanation(error, path) or error from error

    def compact(self) -> bool:
        """Rewrite the file without removed articles, and delete vectors.bin.

        Returns:
            False if other processes are reading, so that the log still holds removed articles.

        Raises:
            LibraryStorageError: the disk is full, or other processes wrote for a whole minute.
        """
        with self.writing() as writer:
            writer.merge_words()
        with self._connection() as connection:
            connection.execute("VACUUM")
        # vectors.bin, and any partial file that a killed process left behind
        for path in self.path.parent.glob("vectors.*"):
            path.unlink(missing_ok=True)
        return self.fold_log()

    def fold_log(self) -> bool:
        """Move the log's content into the file, and empty the log; False if others read from it."""
        with self._connection() as connection:
            # after 5 s, readers have finished, or will stay
            connection.execute("PRAGMA busy_timeout = 5000")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {1_000 * _BUSY_SECONDS:.0f}")
        return not busy

    def close(self) -> None:
        """Close all connections. One in use is closed when it is handed back. Idempotent."""
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
        if os.getpid() != self.process:  # SQLite connections must not be used after a fork
            raise LibraryError(
                f"{self.path.parent}: opened before this process was forked; open it again in this"
                " process"
            )
        # writes to a deleted file would be lost
        if self._file not in (None, _identity(self.path)):
            raise LibraryStorageError(
                f"{self.path}: removed or replaced since it was opened; open it again"
            )

    def _hand_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):  # a failed disk may have ended the transaction already
            connection.rollback()
        with self._guard:
            # a read-only connection may not see other processes' writes, so it is not reused
            if self.writable and not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        mode = "mode=rwc" if self.writable else "mode=ro"
        if not self.writable and not self.path.with_name(LOG).exists():
            # WAL mode needs write access unless SQLite is told that nobody writes
            mode += "&immutable=1"
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        # never fail to decode damaged text: the digests detect it
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def library_folder(path: str | Path | None) -> Path:
    """The library's folder; it is in the user's data folder if ``path`` is None."""
    return (
        platformdirs.user_data_path("dateline") / "library"
        if path is None
        else Path(path).expanduser()
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Distinguishes a file from one that replaced it; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
