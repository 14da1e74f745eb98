"""The word index: SQLite's FTS5 finds passages by a question's words, and word counts score them.

``passage_words`` (FTS5) has a row for each passage; its rowid is the passage's number. It finds
candidates: the passages with the question's rarest words. ``word_count`` has a row for each
article. It scores all candidates with all words of the question, however they were found. FTS5
keeps its own folded copy of the texts, because SQLite 3.40, which is widespread, cannot delete from
an FTS5 table without one.
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
from index.storage.bm25 import QueryTerm, QueryTerms, pack_word_counts, question_words
from index.storage.numbering import ORDINAL_MASK, PASSAGE_BITS

Connection = sqlite3.Connection

LOOKED_AT = 4_000
"""How many passages FTS5 scores: those with the rarest words. Scoring 9,000 costs 15 ms."""

_FORMS = 8
"""How many uses of a stem are examined to find its forms."""
_BESIDE = 4
"""How many passages with a word are searched for the question's other words."""
_MANY = 1_000
_TOKEN = re.compile(r"[a-z0-9]+")
"""A token of folded text, as FTS5 splits it."""
_PARTS = 8
_SAMPLED = 100  # passages with a word, counted in each part; estimates are off by 7 % on average

SCHEMA = """
CREATE VIRTUAL TABLE passage_words USING \
fts5(text, tokenize='porter unicode61 remove_diacritics 2');
CREATE TABLE word_count (number INTEGER PRIMARY KEY, counts BLOB NOT NULL);
"""


def put(connection: Connection, number: int, title: str | None, passages: Sequence[str]) -> None:
    """Add an article and its passages under the article's number."""
    connection.executemany(
        "INSERT INTO passage_words (rowid, text) VALUES (?, ?)",
        (
            (number << PASSAGE_BITS | ordinal, fold(passage))
            for ordinal, passage in enumerate(passages)
        ),
    )
    connection.execute(
        "INSERT INTO word_count VALUES (?, ?)", (number, pack_word_counts(title, passages))
    )


def remove(connection: Connection, number: int) -> None:
    """Remove an article and its passages."""
    connection.execute("DELETE FROM word_count WHERE number = ?", (number,))
    connection.execute(
        "DELETE FROM passage_words WHERE rowid BETWEEN ? AND ?",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    )


def clear(connection: Connection) -> None:
    """Drop both tables, whatever their state, and create them again, empty."""
    for table in ("passage_words", "word_count"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in SCHEMA.strip().split("\n"):
        connection.execute(statement)


def holds(connection: Connection, number: int, title: str | None, passages: Sequence[str]) -> bool:
    """Whether the index holds exactly this article and these passages under this number."""
    counted = connection.execute(
        "SELECT counts FROM word_count WHERE number = ?", (number,)
    ).fetchall()
    rows = connection.execute(
        "SELECT text FROM passage_words WHERE rowid BETWEEN ? AND ? ORDER BY rowid",
        (number << PASSAGE_BITS, number << PASSAGE_BITS | ORDINAL_MASK),
    ).fetchall()
    return counted == [(pack_word_counts(title, passages),)] and rows == [
        (fold(passage),) for passage in passages
    ]


def merge(connection: Connection) -> None:
    """Rewrite the index as a single segment, without removed passages."""
    connection.execute("INSERT INTO passage_words (passage_words) VALUES ('optimize')")


def check(connection: Connection) -> None:
    """Make FTS5 compare its index with its copy of the texts.

    Raises:
        sqlite3.DatabaseError: the two differ.
    """
    connection.execute("INSERT INTO passage_words (passage_words) VALUES ('integrity-check')")


def look_up(connection: Connection, question: str, articles: int, latest: int) -> QueryTerms:
    """Look up how frequent the question's words are.

    Args:
        connection: to library.db.
        question: any text.
        articles: the number of articles in the library.
        latest: the highest number of an article.
    """
    terms = []
    for word in question_words(question):
        passages, holding = _uses(connection, f'"{word}"', latest)
        terms.append(QueryTerm(word=word, passages=passages, articles=holding))
    passages, words = _size(connection)
    return QueryTerms(terms=tuple(terms), passages=passages, articles=articles, words=words)


def _uses(connection: Connection, match: str, latest: int) -> tuple[int, int]:
    """How many passages and how many articles hold a word.

    The counts of common words are estimates. In each part of the library, the frequency up to the
    ``_SAMPLED``-th passage with the word stands for the whole part. Counting all of them would take
    longer with every added article.
    """
    passages = articles = 0.0
    for low, high in pairwise(latest * part // _PARTS + 1 for part in range(_PARTS + 1)):
        found, holding, last = connection.execute(
            "SELECT count(*), count(DISTINCT rowid >> ?5), max(rowid)"
            " FROM (SELECT rowid FROM passage_words"
            " WHERE passage_words MATCH ?1 AND rowid >= ?2 AND rowid < ?3 LIMIT ?4)",
            (match, low << PASSAGE_BITS, high << PASSAGE_BITS, _SAMPLED, PASSAGE_BITS),
        ).fetchone()
        times = 1.0 if found < _SAMPLED else (high - low) / ((last >> PASSAGE_BITS) - low + 1)
        passages, articles = passages + times * found, articles + times * holding
    return round(passages), round(articles)


def find_passages(
    connection: Connection, terms: QueryTerms, count: int, articles: Sequence[int] | None = None
) -> list[int]:
    """Numbers of the passages that match the question's rarest words, best first.

    Args:
        connection: to library.db.
        terms: the question's words.
        count: the most passages to return.
        articles: numbers of the articles to search; None for all.
    """
    wanted = _rarest(terms, 1.0 if articles is None else len(articles) / max(terms.articles, 1))
    if not wanted:
        return []
    # The plus in "+rank" makes SQLite sort: FTS5 would read each passage twice.
    rows = connection.execute(
        "SELECT rowid FROM passage_words WHERE passage_words MATCH ?1"
        " AND (?3 IS NULL OR +rowid >> ?4 IN (SELECT value FROM json_each(?3)))"
        " ORDER BY +rank LIMIT ?2",
        (
            " OR ".join(wanted),
            count,
            None if articles is None else json.dumps(articles),
            PASSAGE_BITS,
        ),
    )
    return [number for (number,) in rows]


def counts_of(connection: Connection, articles: Iterable[int]) -> dict[int, bytes]:
    """The packed counts of these articles, for ``bm25.score``. Missing articles are left out."""
    rows = connection.execute(
        "SELECT number, counts FROM word_count WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(articles)),),
    )
    return dict(rows)


class Vocabulary:
    """The stems of the word index, as ``spelling.correct`` needs them.

    Args:
        connection: to library.db.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        for name, kind in (("stem", "row"), ("stem_use", "instance")):
            connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name}"
                f" USING fts5vocab(main, passage_words, {kind})"
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
        """The folded words with this stem in the first passages that contain it."""
        rows = self._connection.execute(
            "SELECT used.offset, text"
            " FROM (SELECT doc, offset FROM temp.stem_use WHERE term = ? LIMIT ?) AS used"
            " JOIN passage_words ON passage_words.rowid = used.doc",
            (stem, _FORMS),
        )
        found = ((offset, _TOKEN.findall(text)) for offset, text in rows)
        return {tokens[offset] for offset, tokens in found if offset < len(tokens)}

    def share_beside(self, word: str, others: Sequence[str]) -> float:
        """The largest share of the other words found in one passage with this word, in [0, 1].

        Rare words count more.
        """
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
        """The number of passages that hold a word, up to ``_MANY``."""
        sql = (
            "SELECT count(*) FROM (SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT ?)"
        )
        (count,) = self._connection.execute(sql, (f'"{word}"', _MANY)).fetchone()
        return int(count)


def _rarest(terms: QueryTerms, share: float) -> list[str]:
    """The rarest words that together occur in at most ``LOOKED_AT`` passages, at least one word.

    Args:
        terms: the question's words.
        share: the share of the library that is searched, in [0, 1].
    """
    rarest_first = sorted(
        (term for term in terms.terms if term.passages), key=lambda term: term.passages
    )
    reached = list(accumulate(term.passages * share for term in rarest_first))
    return [f'"{term.word}"' for term in rarest_first[: max(1, bisect_right(reached, LOOKED_AT))]]


def _size(connection: Connection) -> tuple[int, int]:
    """The numbers of committed passages and of words in them, as counted by FTS5.

    They are in the averages record of https://sqlite.org/fts5.html#fts5_data_structures. Counting
    them here would take longer with every added article.

    Raises:
        LibraryDamagedError: the record cannot be read.
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
            "the word index's counts do not match its contents; run `dateline repair`"
        )
    passages, words = sizes or (0, 0)
    return passages, words
