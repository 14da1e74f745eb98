"""Libraries as earlier versions of Dateline made them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from index.storage.records import digest


def as_format_1(path: Path) -> None:
    """Turn library.db into the format from before the word index counted words."""
    older = sqlite3.connect(path)
    older.execute("CREATE VIRTUAL TABLE article_words USING fts5(title, text)")
    older.execute("DROP TABLE word_count")
    older.execute("PRAGMA user_version = 1")
    older.commit()
    older.close()


def as_format_2(path: Path) -> None:
    """Turn library.db into the format from before articles had a day of modification."""
    older = sqlite3.connect(path)
    for number, body in older.execute("SELECT number, body FROM content").fetchall():
        data = json.loads(body)
        del data["modified"]
        packed = json.dumps(data, ensure_ascii=False).encode()
        older.execute(
            "UPDATE content SET digest = ?, body = ? WHERE number = ?",
            (digest(packed), packed, number),
        )
    older.execute("PRAGMA user_version = 2")
    older.commit()
    older.close()
