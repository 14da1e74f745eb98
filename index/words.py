"""The word index: SQLite's FTS5 over a folded copy of titles, texts and passages. Knows nothing of vectors.

Two tables, because a question is matched against a passage and against the article it stands in: ``article_words``
(title, text) has one row an article, ``passage_words`` one a passage. Their rowids are the store's numbers. Each keeps
its folded copy: SQLite 3.40, which is widespread, cannot delete from a table without one.
Scores are Okapi BM25 as FTS5 computes it (https://sqlite.org/fts5.html#the_bm25_function), with its sign turned.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence

from anyascii import anyascii

Connection = sqlite3.Connection

PASSAGE_BITS = 20
"""A passage's number is its article's number and, in the low 20 bits, its ordinal."""
ORDINAL_MASK = (1 << PASSAGE_BITS) - 1

_MAX_TERMS = 64  # a question has ten; a pasted page would match everything, slowly
_TITLE_WEIGHT = 3.0
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_TERM = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can could did do"
    " does doing done during each either else ever for from get gets give had has have having he her here hers him his"
    " how i if in into is it its just many me might more most much must my no nor not of off on once only or other"
    " our out over own per s said same say says shall she should so some such t tell than that the their them then"
    " there these they this those through to too under until up upon very was we were what when where whether which"
    " while who whom whose why will with would yes you your".split()
)

SCHEMA = """
CREATE VIRTUAL TABLE article_words USING fts5(title, text, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE passage_words USING fts5(text, tokenize='porter unicode61 remove_diacritics 2');
"""


def fold(text: str) -> str:
    """Lower-case ASCII that sounds alike: Türkiye = Turkiye. Offsets do not survive."""
    return _NON_ASCII.sub(lambda match: anyascii(match[0]), text).lower()


def match_expression(question: str) -> str:
    """The question as an FTS5 query: its words, quoted, joined by OR; empty where it has none.

    Stop words are left out, unless nothing else is there. A compound ("F-35") is looked for whole, and by its parts.
    """
    terms: dict[str, None] = {}
    for compound in _TERM.findall(fold(question)):
        parts = re.split("[-.]", compound)
        terms |= dict.fromkeys([compound, *(part for part in parts if len(parts) > 1 and len(part) > 1)])
    kept = [term for term in terms if term not in _STOP_WORDS] or list(terms)
    return " OR ".join(f'"{term}"' for term in kept[:_MAX_TERMS])


def put(connection: Connection, number: int, title: str | None, text: str, passages: Sequence[str]) -> None:
    """Enter an article and its passages under the article's number."""
    connection.execute(
        "INSERT INTO article_words (rowid, title, text) VALUES (?, ?, ?)", (number, fold(title or ""), fold(text))
    )
    connection.executemany(
        "INSERT INTO passage_words (rowid, text) VALUES (?, ?)",
        ((number << PASSAGE_BITS | ordinal, fold(passage)) for ordinal, passage in enumerate(passages)),
    )


def remove(connection: Connection, number: int) -> None:
    """Take an article and its passages out."""
    connection.execute("DELETE FROM article_words WHERE rowid = ?", (number,))
    connection.execute(
        "DELETE FROM passage_words WHERE rowid BETWEEN ? AND ?",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    )


def clear(connection: Connection) -> None:
    """Drop both tables, whatever state they are in, and begin them anew."""
    for table in ("article_words", "passage_words"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in SCHEMA.strip().split("\n"):
        connection.execute(statement)


def holds(connection: Connection, number: int, title: str | None, text: str, passages: Sequence[str]) -> bool:
    """Whether what was entered under this number is this article, and these passages."""
    entered = connection.execute("SELECT title, text FROM article_words WHERE rowid = ?", (number,)).fetchall()
    rows = connection.execute(
        "SELECT text FROM passage_words WHERE rowid BETWEEN ? AND ? ORDER BY rowid",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    ).fetchall()
    return entered == [(fold(title or ""), fold(text))] and rows == [(fold(passage),) for passage in passages]


def check(connection: Connection) -> None:
    """Have FTS5 compare its indexes with its copies of the texts.

    Raises:
        sqlite3.DatabaseError: they differ.
    """
    for table in ("article_words", "passage_words"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")


def nearest(connection: Connection, question: str, count: int, articles: Sequence[int] | None = None) -> list[int]:
    """Numbers of the passages that share the most telling words with the question, best first.

    Args:
        connection: to library.db.
        question: any text.
        count: at most this many.
        articles: numbers of the articles to look in; None for all.
    """
    expression = match_expression(question)
    if not expression:
        return []
    if articles is None:
        rows = connection.execute(
            "SELECT rowid FROM passage_words WHERE passage_words MATCH ? ORDER BY rank LIMIT ?", (expression, count)
        )
    else:
        rows = connection.execute(
            "SELECT rowid FROM passage_words WHERE passage_words MATCH ?"
            " AND +rowid >> ? IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?",
            (expression, PASSAGE_BITS, json.dumps(list(articles)), count),
        )
    return [number for (number,) in rows]


def score(connection: Connection, question: str, passages: Iterable[int]) -> tuple[dict[int, float], dict[int, float]]:
    """BM25 of passages, and of the articles they stand in; those without a word in common are left out.

    Returns:
        Scores by passage number, and scores by article number; higher is better.
    """
    expression = match_expression(question)
    if not expression:
        return {}, {}
    numbers = list(passages)
    # The plus keeps SQLite from asking FTS5 for one rowid at a time: each asking would count every word's rows again.
    by_passage = connection.execute(
        "SELECT rowid, -bm25(passage_words) FROM passage_words WHERE passage_words MATCH ?"
        " AND +rowid IN (SELECT value FROM json_each(?))",
        (expression, json.dumps(numbers)),
    ).fetchall()
    by_article = connection.execute(
        "SELECT rowid, -bm25(article_words, ?, 1.0) FROM article_words WHERE article_words MATCH ?"
        " AND +rowid IN (SELECT value FROM json_each(?))",
        (_TITLE_WEIGHT, expression, json.dumps(sorted({number >> PASSAGE_BITS for number in numbers}))),
    ).fetchall()
    # FTS5 gives a word that stands in most rows a weight just above 0, and rounding may take it below.
    return {n: max(0.0, value) for n, value in by_passage}, {n: max(0.0, value) for n, value in by_article}
