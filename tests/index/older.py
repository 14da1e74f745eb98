"""Libraries as earlier versions of Dateline made them."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def as_format_1(path: Path) -> None:
    """Turn library.db into the format from before the word index counted words."""
    older = sqlite3.connect(path)
    older.execute("CREATE VIRTUAL TABLE article_words USING fts5(title, text)")
    older.execute("DROP TABLE word_count")
    older.execute("PRAGMA user_version = 1")
    older.commit()
    older.close()
