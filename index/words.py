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
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from anyascii import anyascii

Connection = sqlite3.Connection

PASSAGE_BITS = 20
"""A passage's number is its article's number and, in the low 20 bits, its ordinal."""
ORDINAL_MASK = (1 << PASSAGE_BITS) - 1

LOOKED_AT = 4_000
"""Passages that are scored to find the best by words: those with the rarest of them. Scoring 9,000 costs 15 ms."""

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


def question_terms(question: str) -> list[str]:
    """The question's words as FTS5 takes them, quoted, each once; none where it has none.

    Stop words are left out, unless nothing else is there. A compound ("state-run") is looked for by its parts, so that
    it counts no more than other words; where a part is a single character ("F-35", "U.S."), also whole.
    """
    found: dict[str, None] = {}
    for compound in _TERM.findall(fold(question)):
        parts = re.split("[-.]", compound)
        whole = [compound] if min(map(len, parts)) == 1 else []
        found |= dict.fromkeys([*whole, *(part for part in parts if len(part) > 1)])
    kept = [term for term in found if term not in _STOP_WORDS] or list(found)
    return [f'"{term}"' for term in kept[:_MAX_TERMS]]


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


def merge(connection: Connection) -> None:
    """Write each index anew as one part, without what was removed."""
    for table in ("article_words", "passage_words"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def check(connection: Connection) -> None:
    """Have FTS5 compare its indexes with its copies of the texts.

    Raises:
        sqlite3.DatabaseError: they differ.
    """
    for table in ("article_words", "passage_words"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")


def find_passages(
    connection: Connection, question: str, count: int, articles: Sequence[int] | None = None
) -> list[int]:
    """Numbers of the passages that share the most telling words with the question, at most ``count``, best first.

    Args:
        connection: to library.db.
        question: any text.
        count: at most this many.
        articles: numbers of the articles to look in; None for all.
    """
    wanted = question_terms(question)
    if articles is None:
        wanted = _rarest(connection, wanted)
    if not wanted:
        return []
    # The plus has SQLite sort: FTS5 would read each passage twice.
    rows = connection.execute(
        "SELECT rowid FROM passage_words WHERE passage_words MATCH ?1"
        " AND (?3 IS NULL OR +rowid >> ?4 IN (SELECT value FROM json_each(?3))) ORDER BY +rank LIMIT ?2",
        (" OR ".join(wanted), count, None if articles is None else json.dumps(articles), PASSAGE_BITS),
    )
    return [number for (number,) in rows]


def score_passages(connection: Connection, question: str, passages: Iterable[int]) -> dict[int, float]:
    """BM25 of passages by number, higher is better; those without a word in common are left out."""
    return _score(connection, "passage_words", "rank", question, passages)


def score_articles(connection: Connection, question: str, articles: Iterable[int]) -> dict[int, float]:
    """BM25 of articles by number, their titles weighted; those without a word in common are left out."""
    return _score(connection, "article_words", f"bm25(article_words, {_TITLE_WEIGHT}, 1.0)", question, articles)


def _rarest(connection: Connection, wanted: Sequence[str]) -> list[str]:
    """The rarest words, as many as stand in ``LOOKED_AT`` passages together, at least one where there are any."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT ?)"
    uses = {term: connection.execute(sql, (term, LOOKED_AT)).fetchone()[0] for term in wanted}
    rarest_first = sorted(wanted, key=uses.__getitem__)
    reached = list(accumulate(uses[term] for term in rarest_first))
    return rarest_first[: max(1, bisect_right(reached, LOOKED_AT))]


def _score(connection: Connection, table: str, bm25: str, question: str, numbers: Iterable[int]) -> dict[int, float]:
    wanted = question_terms(question)
    if not wanted:
        return {}
    # The plus keeps SQLite from asking FTS5 for one rowid at a time: each asking would count every word's rows again.
    rows = connection.execute(
        f"SELECT rowid, -{bm25} FROM {table} WHERE {table} MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (" OR ".join(wanted), json.dumps(list(numbers))),
    )
    # FTS5 gives a word that stands in most rows a weight just above 0, and rounding may take it below.
    return {number: max(0.0, score) for number, score in rows}
