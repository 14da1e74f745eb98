"""Libraries as earlier versions of Dateline made them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

from index.storage.records import digest


def as_format_1(path: Path) -> None:
    """Turn library.db into the format from before the word index counted words."""
    older = sqlite3.connect(path)
    older.execute("CREATE VIRTUAL TABLE article_words USING fts5(title, text)")
    older.execute("DROP TABLE word_count")
    older.execute("DROP TABLE alias")
    older.execute("PRAGMA user_version = 1")
    older.commit()
    older.close()


def as_format_2(path: Path) -> None:
    """Turn library.db into the format from before aliases, days of modification and excerpts."""
    older = sqlite3.connect(path)
    for number, body in older.execute("SELECT number, body FROM content").fetchall():
        data = json.loads(body)
        for later in ("modified", "excerpt"):
            data.pop(later, None)
        packed = json.dumps(data, ensure_ascii=False).encode()
        older.execute(
            "UPDATE content SET digest = ?, body = ? WHERE number = ?",
            (digest(packed), packed, number),
        )
    older.execute("DROP TABLE alias")
    older.execute("PRAGMA user_version = 2")
    older.commit()
    older.close()


def id_of_format_2(url: str) -> str:
    """The id that a page had in format 2 if its address was this, without anything to shorten."""
    return hashlib.sha256(f"url\n{url}".encode()).hexdigest()[:16]
