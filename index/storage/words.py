"""The word index: what a question's words are found by, SQLite's FTS5, and scored by, their counts. No vectors.

``passage_words`` (FTS5) has a row for each passage, whose rowid is the passage's number, and finds candidates: those
with the question's rarest words. ``word_count`` has a row for each article, and scores candidates, however they were
found, with all of the words. FTS5 keeps its folded copy of the texts: SQLite 3.40, which is widespread, cannot delete
from a table without one.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from index.errors import LibraryDamagedError
from index.folding import fold
from index.storage.bm25 import Term, Terms, count_words, question_words

Connection = sqlite3.Connection

PASSAGE_BITS = 20
"""A passage's number is its article's number and, in the low 20 bits, its ordinal."""
ORDINAL_MASK = (1 << PASSAGE_BITS) - 1

LOOKED_AT = 4_000
"""Passages that are scored to find the best by words: those with the rarest of them. Scoring 9,000 costs 15 ms."""

_FORMS = 8
"""Uses of a stem that are looked at for its forms."""
_BESIDE = 4
"""Passages with a word in which the question's other words are looked for."""
_MANY = 1_000
_TOKEN = re.compile(r"[a-z0-9]+")
"""A token of folded text, as FTS5 cuts it."""
_PARTS = 8
_SAMPLED = 100  # passages with a word, of each part; an estimate is then off by 7 % on average

SCHEMA = """
CREATE VIRTUAL TABLE passage_words USING fts5(text, tokenize='porter unicode61 remove_diacritics 2');
CREATE TABLE word_count (number INTEGER PRIMARY KEY, counts BLOB NOT NULL);
"""


def put(connection: Connection, number: int, title: str | None, passages: Sequence[str]) -> None:
    """Enter an article and its passages under the article's number."""
    connection.executemany(
        "INSERT INTO passage_words (rowid, text) VALUES (?, ?)",
        (
            (number << PASSAGE_BITS | ordinal, fold(passage))
            for ordinal, passage in enumerate(passages)
        ),
    )
    connection.execute(
        "INSERT INTO word_count VALUES (?, ?)", (number, count_words(title, passages))
    )


def remove(connection: Connection, number: int) -> None:
    """Take an article and its passages out."""
    connection.execute("DELETE FROM word_count WHERE number = ?", (number,))
    connection.execute(
        "DELETE FROM passage_words WHERE rowid BETWEEN ? AND ?",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    )


def clear(connection: Connection) -> None:
    """Drop both tables, whatever state they are in, and begin them anew."""
    for table in ("passage_words", "word_count"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in SCHEMA.strip().split("\n"):
        connection.execute(statement)


def holds(connection: Connection, number: int, title: str | None, passages: Sequence[str]) -> bool:
    """Whether what was entered under this number is this article, and these passages."""
    counted = connection.execute(
        "SELECT counts FROM word_count WHERE number = ?", (number,)
    ).fetchall()
    rows = connection.execute(
        "SELECT text FROM passage_words WHERE rowid BETWEEN ? AND ? ORDER BY rowid",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    ).fetchall()
    return counted == [(count_words(title, passages),)] and rows == [
        (fold(passage),) for passage in passages
    ]


def merge(connection: Connection) -> None:
    """Write the index anew as one part, without what was removed."""
    connection.execute("INSERT INTO passage_words (passage_words) VALUES ('optimize')")


def check(connection: Connection) -> None:
    """Have FTS5 compare its index with its copy of the texts.

    Raises:
        sqlite3.DatabaseError: they differ.
    """
    connection.execute("INSERT INTO passage_words (passage_words) VALUES ('integrity-check')")


def look_up(connection: Connection, question: str, articles: int, latest: int) -> Terms:
    """How frequent the question's words are.

    Args:
        connection: to library.db.
        question: any text.
        articles: how many there are.
        latest: the highest number of an article.
    """
    terms = []
    for word in question_words(question):
        passages, holding = _uses(connection, f'"{word}"', latest)
        terms.append(Term(word=word, passages=passages, articles=holding))
    passages, words = _size(connection)
    return Terms(terms=tuple(terms), passages=passages, articles=articles, words=words)


def _uses(connection: Connection, match: str, latest: int) -> tuple[int, int]:
    """How many passages hold a word, and how many articles.

    Common words are estimated: in each part of the library as frequent as up to its ``_SAMPLED``-th passage with the
    word. To count them all would take longer with every article.
    """
    passages = articles = 0.0
    for low, high in pairwise(latest * part // _PARTS + 1 for part in range(_PARTS + 1)):
        found, holding, last = connection.execute(
            "SELECT count(*), count(DISTINCT rowid >> ?5), max(rowid) FROM (SELECT rowid FROM passage_words"
            " WHERE passage_words MATCH ?1 AND rowid >= ?2 AND rowid < ?3 LIMIT ?4)",
            (match, low << PASSAGE_BITS, high << PASSAGE_BITS, _SAMPLED, PASSAGE_BITS),
        ).fetchone()
        times = 1.0 if found < _SAMPLED else (high - low) / ((last >> PASSAGE_BITS) - low + 1)
        passages, articles = passages + times * found, articles + times * holding
    return round(passages), round(articles)


def find_passages(
    connection: Connection, terms: Terms, count: int, articles: Sequence[int] | None = None
) -> list[int]:
    """Numbers of the passages that share the most telling words with the question, at most ``count``, best first.

    Args:
        connection: to library.db.
        terms: of the question.
        count: at most this many.
        articles: numbers of the articles to look in; None for all.
    """
    wanted = _rarest(terms, 1.0 if articles is None else len(articles) / max(terms.articles, 1))
    if not wanted:
        return []
    # The plus has SQLite sort: FTS5 would read each passage twice.
    rows = connection.execute(
        "SELECT rowid FROM passage_words WHERE passage_words MATCH ?1"
        " AND (?3 IS NULL OR +rowid >> ?4 IN (SELECT value FROM json_each(?3))) ORDER BY +rank LIMIT ?2",
        (
            " OR ".join(wanted),
            count,
            None if articles is None else json.dumps(articles),
            PASSAGE_BITS,
        ),
    )
    return [number for (number,) in rows]


def counts_of(connection: Connection, articles: Iterable[int]) -> dict[int, bytes]:
    """What ``bm25.score`` takes, of these articles; those that are not there are left out."""
    rows = connection.execute(
        "SELECT number, counts FROM word_count WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(articles)),),
    )
    return dict(rows)


class Vocabulary:
    """The stems of the word index, as ``spelling.correct`` asks for them.

    Args:
        connection: to library.db.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        for name, kind in (("stem", "row"), ("stem_use", "instance")):
            connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab(main, passage_words, {kind})"
            )

    def holds(self, word: str) -> bool:
        """Whether a passage holds a folded word, in any of its forms."""
        sql = "SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT 1"
        return self._connection.execute(sql, (f'"{word}"',)).fetchone() is not None

    def stems(self, first: str) -> list[str]:
        """All stems that begin with this letter."""
        sql = "SELECT term FROM temp.stem WHERE term >= ? AND term < ?"
        return [stem for (stem,) in self._connection.execute(sql, (first, chr(ord(first) + 1)))]

    def forms(self, stem: str) -> set[str]:
        """Words with this stem as the first passages that hold it spell them, folded."""
        rows = self._connection.execute(
            "SELECT used.offset, text FROM (SELECT doc, offset FROM temp.stem_use WHERE term = ? LIMIT ?) AS used"
            " JOIN passage_words ON passage_words.rowid = used.doc",
            (stem, _FORMS),
        )
        found = ((offset, _TOKEN.findall(text)) for offset, text in rows)
        return {tokens[offset] for offset, tokens in found if offset < len(tokens)}

    def share_beside(self, word: str, others: Sequence[str]) -> float:
        """The most of the other words that one passage holds beside this one; rare ones count more, in [0, 1]."""
        if not others:
            return 0.0
        weights = {other: 1 / math.log(2 + self._count(other)) for other in others}
        asked = " OR ".join(f'"{other}"' for other in others)
        sql = "SELECT rowid FROM passage_words WHERE passage_words MATCH ? ORDER BY rank LIMIT ?"
        best = [
            number
            for (number,) in self._connection.execute(sql, (f'"{word}" AND ({asked})', _BESIDE))
        ]
        held = dict.fromkeys(best, 0.0)
        for other, weight in weights.items():
            for number in best:
                sql = "SELECT 1 FROM passage_words WHERE passage_words MATCH ? AND rowid = ?"
                if self._connection.execute(sql, (f'"{other}"', number)).fetchone():
                    held[number] += weight
        return max(held.values(), default=0.0) / sum(weights.values())

    def _count(self, word: str) -> int:
        """How many passages hold a word, up to ``_MANY``."""
        sql = (
            "SELECT count(*) FROM (SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT ?)"
        )
        (count,) = self._connection.execute(sql, (f'"{word}"', _MANY)).fetchone()
        return int(count)


def _rarest(terms: Terms, share: float) -> list[str]:
    """The rarest words, as many as stand in ``LOOKED_AT`` passages of this share of the library, at least one."""
    rarest_first = sorted(
        (term for term in terms.terms if term.passages), key=lambda term: term.passages
    )
    reached = list(accumulate(term.passages * share for term in rarest_first))
    return [f'"{term.word}"' for term in rarest_first[: max(1, bisect_right(reached, LOOKED_AT))]]


def _size(connection: Connection) -> tuple[int, int]:
    """How many passages were committed, and how many words in them, as FTS5 keeps count of them.

    It is the averages record of https://sqlite.org/fts5.html#fts5_data_structures; to add them up here would take
    longer with every article.

    Raises:
        LibraryDamagedError: it is not such a record.
    """
    row = connection.execute("SELECT block FROM passage_words_data WHERE id = 1").fetchone()
    sizes, value = [], 0
    for byte in row[0] if row else b"":
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            sizes.append(value)
            value = 0
    if len(sizes) not in (0, 2):  # empty before the first passage
        raise LibraryDamagedError(
            "the word index keeps count of other than it holds; run `dateline repair`"
        )
    passages, words = sizes or (0, 0)
    return passages, words
