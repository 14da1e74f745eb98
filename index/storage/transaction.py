"""The queries and writes that library.db supports inside one transaction.

Every write is a numbered change. An article's number is that of the change that wrote it, so a new
revision gets a new number, and numbers are never reused. A copy (Chroma, the matrix in memory)
therefore needs only the changes after the last one it saw. A passage's number is its article's
number followed by ``PASSAGE_BITS`` bits for its ordinal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Span, current_id
from index.errors import ArticleNotFoundError, LibraryDamagedError
from index.filters import ANY, Filter, outlet_key
from index.storage import schema, words
from index.storage.bm25 import Floats, QueryTerms, score
from index.storage.numbering import ORDINAL_MASK, PASSAGE_BITS
from index.storage.records import (
    Embedding,
    Facts,
    Summary,
    Vectors,
    pack_article,
    pack_vectors,
    passage_numbers,
    text_digest,
    unpack_article,
    unpack_day,
    unpack_facts,
    unpack_vectors,
)
from index.storage.spelling import correct

_EMBEDDINGS = (
    "SELECT number, id, passages, digest, spans, vectors FROM embedding JOIN article USING (number)"
)


class Snapshot:
    """One consistent view of a library, valid inside its ``with`` block."""

    def __init__(self, connection: words.Connection) -> None:
        self._connection = connection
        self.latest: int = self._value("SELECT max(number) FROM change") or 0
        """The number of the last change."""

    def _value(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - a column may hold anything
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def _numbers(self, sql: str, *values: object) -> list[int]:
        """The integers of a statement's only column. A flipped bit may have changed their type."""
        numbers = [number for (number,) in self._connection.execute(sql, values)]
        if set(map(type, numbers)) <= {int}:
            return numbers
        raise LibraryDamagedError(
            "library.db: expected an article's number, found something else; run `dateline verify`"
        )

    def setting(self, key: str) -> str | None:
        """The value stored under this key; None if there is none."""
        value: str | None = self._value("SELECT value FROM setting WHERE key = ?", key)
        return value

    def number_of(self, article_id: str) -> int | None:
        """The article's number; None if there is no such article."""
        number: int | None = self._value("SELECT number FROM article WHERE id = ?", article_id)
        return number

    def revision_of(self, article_id: str) -> str | None:
        """The stored revision; None if there is no such article."""
        revision: str | None = self._value("SELECT revision FROM article WHERE id = ?", article_id)
        return revision

    def known_as(self, article_id: str) -> list[str]:
        """The ids of older rules under which the library holds this article, the latest first.

        Args:
            article_id: by today's rule.
        """
        sql = (
            "SELECT article.id FROM alias JOIN article ON article.id = alias.stored"
            " WHERE alias.id = ? ORDER BY number DESC"
        )
        return [identity for (identity,) in self._connection.execute(sql, (article_id,))]

    def twins_of(self, article_id: str) -> list[str]:
        """The other ids under which an older rule stored the same article.

        Args:
            article_id: as it is stored.
        """
        today = self._value("SELECT id FROM alias WHERE stored = ?", article_id)
        return [identity for identity in self.known_as(today or "") if identity != article_id]

    def holds_text_of(self, article: Article) -> bool:
        """Whether another article has the same text."""
        sql = "SELECT EXISTS (SELECT 1 FROM article WHERE text_digest = ? AND id != ?)"
        return bool(self._value(sql, text_digest(article), article.id))

    def is_empty(self) -> bool:
        """Whether the library has no articles."""
        return self._value("SELECT 1 FROM article LIMIT 1") is None

    def count_articles(self) -> int:
        """The number of articles."""
        return int(self._value("SELECT count(*) FROM article"))

    def count_passages(self, *, after: int = 0) -> int:
        """The number of passages written after this change and not removed since."""
        possible = (
            f"number > ? AND passages BETWEEN 1 AND {ORDINAL_MASK}"  # other values are damage
        )
        return int(
            self._value(f"SELECT coalesce(sum(passages), 0) FROM article WHERE {possible}", after)
        )

    def outlets(self) -> tuple[str, ...]:
        """Every outlet once, in its most used spelling, in alphabetical order."""
        rows = self._connection.execute(
            "SELECT outlet, max(used)"
            " FROM (SELECT outlet, outlet_key, count(*) AS used FROM article"
            " WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY outlet)"
            " GROUP BY outlet_key ORDER BY outlet_key"
        )
        return tuple(outlet for outlet, _ in rows)

    def summary(self) -> Summary:
        """The library's size, range of days, outlets and encoder."""
        first, last = self._connection.execute(
            "SELECT min(published), max(published) FROM article"
        ).fetchone()
        return Summary(
            articles=self.count_articles(),
            passages=self.count_passages(),
            first=unpack_day("the library", first),
            last=unpack_day("the library", last),
            outlets=self.outlets(),
            encoder=self.setting("encoder"),
        )

    def ids_from(self, beginning: str) -> list[str]:
        """The ids with this beginning, in order."""
        sql = "SELECT id FROM article WHERE id >= ? AND id < ? ORDER BY id"
        return [
            identity
            for (identity,) in self._connection.execute(sql, (beginning, f"{beginning}\U0010ffff"))
        ]

    def newest_first(self, chosen: Filter = ANY) -> list[int]:
        """The numbers of the articles that pass the filter, newest first.

        Articles of one day are in the order they were added; undated ones come last.
        """
        where, values = _conditions(chosen)
        return self._numbers(
            f"SELECT number FROM article WHERE {where} ORDER BY published DESC, number", *values
        )

    def select(self, chosen: Filter) -> NDArray[np.int64]:
        """The numbers of the articles that pass the filter, ascending."""
        where, values = _conditions(chosen)
        return np.array(
            self._numbers(f"SELECT number FROM article WHERE {where} ORDER BY number", *values),
            np.int64,
        )

    def article(self, number: int, *, page: bool = False) -> Article:
        """The article with this number, checked against its digest. Its page is read on request.

        Raises:
            ArticleNotFoundError: the article was removed or replaced before this view.
            LibraryDamagedError: the article is not what was stored.
        """
        row = self._connection.execute(
            f"SELECT id, digest, body, {'page' if page else 'NULL'}"
            " FROM article LEFT JOIN content USING (number) WHERE number = ?",
            (number,),
        ).fetchone()
        if row is None:
            raise ArticleNotFoundError(
                f"no article has the number {number}; it was removed or replaced"
            )
        return unpack_article(*row)

    def passages(self) -> set[int]:
        """The numbers of all passages."""
        rows = self._connection.execute("SELECT number, passages FROM article")
        return {
            passage for number, passages in rows for passage in passage_numbers(number, passages)
        }

    def span(self, passage: int) -> Span:
        """The offsets of the passage with this number in its article."""
        return self._embedding(passage).spans[passage & ORDINAL_MASK]

    def vector(self, passage: int) -> Vectors:
        """The (dim,) vector of the passage with this number."""
        row: Vectors = self._embedding(passage).vectors[passage & ORDINAL_MASK]
        return row

    def _embedding(self, passage: int) -> Embedding:
        number = passage >> PASSAGE_BITS
        return self.embeddings_of([number])[number]

    def facts(self, numbers: Iterable[int]) -> dict[int, Facts]:
        """What ranking needs to know about these articles. Missing articles are left out."""
        rows = self._connection.execute(
            "SELECT number, id, revision, passages, published, outlet FROM article"
            " WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        return {row[0]: unpack_facts(*row) for row in rows}

    def embeddings(self, *, after: int = 0) -> Iterator[Embedding]:
        """Spans and vectors of each article written after this change, in order.

        They are checked against their digests.
        """
        rows = self._connection.execute(f"{_EMBEDDINGS} WHERE number > ? ORDER BY number", (after,))
        return (unpack_vectors(*row) for row in rows)

    def embeddings_of(self, numbers: Iterable[int]) -> dict[int, Embedding]:
        """Spans and vectors of these articles. Missing articles are left out."""
        rows = self._connection.execute(
            f"{_EMBEDDINGS} WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        return {row[0]: unpack_vectors(*row) for row in rows}

    def removed(self, *, after: int) -> list[tuple[int, int]]:
        """Former numbers and passage counts of articles removed or replaced after this change."""
        sql = "SELECT removed, passages FROM change WHERE number > ? AND removed IS NOT NULL"
        return self._connection.execute(sql, (after,)).fetchall()

    def sample(self, count: int, *, upto: int) -> list[int]:
        """Random passages written up to this change, at most ``count``.

        Each is the first passage of a different article.
        """
        sql = "SELECT number FROM article WHERE number <= ? ORDER BY random() LIMIT ?"
        return [number << PASSAGE_BITS for number in self._numbers(sql, upto, count)]

    def holds_words(self, number: int) -> bool:
        """Whether the word index holds exactly this article and its passages under its number."""
        return words.holds(self._connection, number, *self._words_of(number))

    def _words_of(self, number: int) -> tuple[str | None, list[str]]:
        article, spans = self.article(number), self.embeddings_of([number])[number].spans
        return article.title, [article.text[start:end] for start, end in spans]

    def look_up(self, question: str) -> QueryTerms:
        """``words.look_up``: the question's words, and how frequent they are."""
        return words.look_up(self._connection, question, self.count_articles(), self.latest)

    def correct(self, question: str) -> str:
        """``spelling.correct``: the question with typing errors corrected by library words."""
        return correct(question, words.Vocabulary(self._connection))

    def find_passages(
        self, terms: QueryTerms, count: int, articles: NDArray[np.int64] | None
    ) -> list[int]:
        """``words.find_passages``: numbers of the passages with the rarest words, best first."""
        return words.find_passages(
            self._connection, terms, count, None if articles is None else articles.tolist()
        )

    def score_words(
        self, terms: QueryTerms, articles: Iterable[int]
    ) -> tuple[dict[int, float], dict[int, Floats]]:
        """``bm25.score`` of these articles and their passages."""
        return score(words.counts_of(self._connection, articles), terms)


def _conditions(chosen: Filter) -> tuple[str, list[str]]:
    """The SQL condition for articles that pass the filter, and its values."""
    clauses, values = ["TRUE"], list[str]()
    for comparison, day in ((">=", chosen.since), ("<=", chosen.until)):
        if day is not None:
            clauses.append(f"published {comparison} ?")
            values.append(day.isoformat())
    if chosen.outlet_keys is not None:
        clauses.append("outlet_key IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(chosen.outlet_keys))
    return " AND ".join(clauses), values


class Writer(Snapshot):
    """One transaction. Its writes are committed when its ``with`` block ends without an error."""

    def set(self, key: str, value: str | None) -> None:
        """Store a value under a key. None deletes it."""
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))
        if value is not None:
            self._insert("setting", key, value)

    def put(self, article: Article, revision: str, spans: Sequence[Span], vectors: Vectors) -> None:
        """Store an article with one vector per passage, replacing any older revision."""
        replaced = self.number_of(article.id)
        number = self.change(replaced)
        self._insert(
            "article",
            number,
            article.id,
            revision,
            article.published.isoformat() if article.published else None,
            article.outlet,
            outlet_key(article.outlet) if article.outlet else None,
            len(spans),
            text_digest(article),
        )
        self._insert("content", number, *pack_article(article))
        self._insert("embedding", number, *pack_vectors(spans, vectors))
        passages = [article.text[start:end] for start, end in spans]
        words.put(self._connection, number, article.title, passages)

    def remove(self, article_id: str) -> bool:
        """Remove an article and everything derived from it; False if there is no such article."""
        number = self.number_of(article_id)
        if number is not None:
            self.change(number)
        return number is not None

    def raw(self, number: int) -> dict[str, bytes]:
        """The remaining bytes of an unreadable article, by name."""
        row = self._connection.execute(
            "SELECT CAST(body AS BLOB), CAST(page AS BLOB) FROM content WHERE number = ?", (number,)
        ).fetchone()
        return {
            name: raw
            for name, raw in zip(("body", "page"), row or (), strict=False)
            if raw is not None
        }

    def check_words(self) -> None:
        """``words.check``, which FTS5 treats as a write."""
        words.check(self._connection)

    def merge_words(self) -> None:
        """``words.merge``."""
        words.merge(self._connection)

    def mend_tables(self) -> None:
        """Rebuild SQLite's own indexes, and restore missing changes that articles refer to."""
        self._connection.execute("REINDEX")
        self._connection.execute(
            "INSERT OR IGNORE INTO change SELECT number, NULL, NULL FROM article"
        )

    def rebuild_words(self) -> None:
        """Rebuild the word index from the articles. Unreadable articles are left to ``repair``."""
        words.clear(self._connection)
        for number in self.newest_first():
            with suppress(LibraryDamagedError, KeyError):
                words.put(self._connection, number, *self._words_of(number))

    def bring_up_to_date(self) -> None:
        """Convert a library of an older format to this one."""
        if schema.format_of(self._connection) < schema.FORMAT:  # no other process was quicker
            if schema.bring_up_to_date(self._connection):
                self.rebuild_words()
            for number in self.newest_first():
                with suppress(LibraryDamagedError):
                    article = self.article(number)
                    if (today := current_id(article)) != article.id:
                        self._insert("alias", today, article.id)

    def change(self, removed: int | None) -> int:
        """Record a change that removes the article with the number ``removed``, if given.

        Returns:
            The change's number.
        """
        passages = None
        if removed is not None:
            passages = self._value("SELECT passages FROM article WHERE number = ?", removed)
            words.remove(self._connection, removed)
            self._connection.execute("DELETE FROM article WHERE number = ?", (removed,))
        self.latest += 1
        self._insert("change", self.latest, removed, passages)
        return self.latest

    def _insert(self, table: str, *values: object) -> None:
        self._connection.execute(
            f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values
        )
