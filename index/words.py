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


# BM25 is what costs here, and it is worked out for every passage with a word in common: once, not once for each part.
_PASSAGE_SCORES = """
WITH found AS MATERIALIZED (
    SELECT rowid AS number, -rank AS score FROM passage_words WHERE passage_words MATCH ?1
    AND (?5 IS NULL OR +rowid >> ?4 IN (SELECT value FROM json_each(?5)))
)
SELECT number, score FROM found WHERE number IN (SELECT value FROM json_each(?2))
UNION SELECT * FROM (SELECT number, score FROM found ORDER BY score DESC LIMIT ?3)
"""


def fold(text: str) -> str:
    """Lower-case ASCII that sounds alike: Türkiye = Turkiye. Offsets do not survive."""
    return _NON_ASCII.sub(lambda match: anyascii(match[0]), text).lower()


def match_expression(question: str) -> str:
    """The question as an FTS5 query: its words, quoted, joined by OR; empty where it has none.

    Stop words are left out, unless nothing else is there. A compound ("state-run") is looked for by its parts, so that
    it counts no more than other words; where a part is a single character ("F-35", "U.S."), also whole.
    """
    terms: dict[str, None] = {}
    for compound in _TERM.findall(fold(question)):
        parts = re.split("[-.]", compound)
        whole = [compound] if min(map(len, parts)) == 1 else []
        terms |= dict.fromkeys([*whole, *(part for part in parts if len(part) > 1)])
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


def score_passages(
    connection: Connection, question: str, count: int, near: Sequence[int], articles: Sequence[int] | None = None
) -> dict[int, float]:
    """BM25 of the passages that share the most telling words with the question, and of those that are near it anyway.

    Args:
        connection: to library.db.
        question: any text.
        count: at most this many are looked for.
        near: numbers of more passages to score; left out where they share no word.
        articles: numbers of the articles to look in; None for all.

    Returns:
        Scores by passage number, higher is better; in no order.
    """
    expression = match_expression(question)
    if not expression:
        return {}
    rows = connection.execute(_PASSAGE_SCORES, (expression, _list(near), count, PASSAGE_BITS, _list(articles)))
    return _positive(rows)


def score_articles(connection: Connection, question: str, articles: Iterable[int]) -> dict[int, float]:
    """BM25 of articles by number, their titles weighted; those without a word in common are left out."""
    expression = match_expression(question)
    if not expression:
        return {}
    # The plus keeps SQLite from asking FTS5 for one rowid at a time: each asking would count every word's rows again.
    rows = connection.execute(
        "SELECT rowid, -bm25(article_words, ?, 1.0) FROM article_words WHERE article_words MATCH ?"
        " AND +rowid IN (SELECT value FROM json_each(?))",
        (_TITLE_WEIGHT, expression, _list(articles)),
    )
    return _positive(rows)


def _list(numbers: Iterable[int] | None) -> str | None:
    return None if numbers is None else json.dumps(list(numbers))


def _positive(rows: Iterable[tuple[int, float]]) -> dict[int, float]:
    """FTS5 gives a word that stands in most rows a weight just above 0, and rounding may take it below."""
    return {number: max(0.0, score) for number, score in rows}
