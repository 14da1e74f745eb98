"""The tables of library.db, and the check that a file holds them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from index.errors import LibraryFormatError
from index.storage import words

FORMAT = 3
"""Written into the file. A library with a higher format was made by a newer Dateline.

Format 1 had a different word index. Format 2 had no aliases, and articles without ``modified`` and
``excerpt``.
"""

OLDEST_READABLE = 2
"""Libraries of this format can be read without being brought up to date."""

_APPLICATION_ID = 0x4441544C  # "DATL", in the file's header
_ALIAS = """CREATE TABLE alias (
    id TEXT NOT NULL, stored TEXT NOT NULL, PRIMARY KEY (id, stored)
) WITHOUT ROWID"""
"""The ids of articles that were stored under an older rule: today's, and the one that they keep."""

_SCHEMA = f"""
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE change (number INTEGER PRIMARY KEY, removed INTEGER, passages INTEGER);
CREATE TABLE article (
    number INTEGER PRIMARY KEY REFERENCES change (number), id TEXT NOT NULL UNIQUE, \
revision TEXT NOT NULL,
    published TEXT, outlet TEXT, outlet_key TEXT, passages INTEGER NOT NULL, \
text_digest BLOB NOT NULL
);
CREATE INDEX article_by_day ON article (published);
CREATE INDEX article_by_text ON article (text_digest);
{_ALIAS};
CREATE TABLE content (
    number INTEGER PRIMARY KEY REFERENCES article (number) ON DELETE CASCADE,
    digest BLOB NOT NULL, body BLOB NOT NULL, page BLOB
);
CREATE TABLE embedding (
    number INTEGER PRIMARY KEY REFERENCES article (number) ON DELETE CASCADE,
    digest BLOB NOT NULL, spans BLOB NOT NULL, vectors BLOB NOT NULL
);
{words.SCHEMA}
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {FORMAT};
"""


def prepare(connection: sqlite3.Connection, path: Path, *, writable: bool) -> bool:
    """Check that the file is a library of a known format. A blank file is made into a library.

    Returns:
        Whether the library has an older format and must be brought up to date.

    Raises:
        LibraryFormatError: the file is not a library, is newer than this Dateline, or is older than
            ``OLDEST_READABLE`` and not writable.
    """
    if writable and _is_blank(connection):
        _keep_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        if _is_blank(connection):  # no other process was quicker
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
        connection.execute("COMMIT")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    found = format_of(connection)
    if application != _APPLICATION_ID:
        raise LibraryFormatError(
            f"{path}: another program's database; expected a library; give another folder"
        )
    if found > FORMAT:
        raise LibraryFormatError(
            f"{path}: made by a newer Dateline (format {found}); expected at most"
            f" {FORMAT}; update Dateline"
        )
    if found < OLDEST_READABLE and not writable:
        raise LibraryFormatError(
            f"{path}: made by an older Dateline (format {found}), and it cannot be written;"
            " expected to bring it up to date; change its permissions"
        )
    return found < FORMAT and writable


def format_of(connection: sqlite3.Connection) -> int:
    """The format number stored in the file."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def bring_up_to_date(connection: sqlite3.Connection) -> bool:
    """Convert the tables of an older format. The caller then fills the new table of aliases.

    Returns:
        Whether the caller must also rebuild the word index.
    """
    rebuild = format_of(connection) < 2
    connection.execute("DROP TABLE IF EXISTS article_words")
    connection.execute(_ALIAS)
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    return rebuild


def _keep_log(connection: sqlite3.Connection) -> None:
    """Turn on WAL mode, with retries.

    When two processes create a library at the same moment, SQLite fails at once and does not wait.
    """
    for attempt in range(100):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or attempt == 99:
                raise
            time.sleep(0.05)


def _is_blank(connection: sqlite3.Connection) -> bool:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return bool(application == 0 and tables == 0)
