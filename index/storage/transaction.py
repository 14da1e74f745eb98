"""What can be asked of library.db, and written to it, inside one transaction. Knows nothing of how it is opened.

Every write is a change with a number, and an article's number is that of the change that wrote it: a new revision is a
new number, and no number comes back. So whoever keeps a copy (Chroma, the matrix in memory) needs only the changes
after the last one it saw. A passage's number is its article's, and its ordinal in ``words.PASSAGE_BITS`` more bits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Span
from index.errors import ArticleNotFoundError, LibraryDamagedError
from index.filters import ANY, Filter, outlet_key
from index.storage import schema, words
from index.storage.bm25 import Floats, Terms, score
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
    """One consistent view of a library; valid inside its ``with``."""

    def __init__(self, connection: words.Connection) -> None:
        self._connection = connection
        self.latest: int = self._value("SELECT max(number) FROM change") or 0
        """The number of the last change."""

    def _value(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - a column may hold anything
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def _numbers(self, sql: str, *values: object) -> list[int]:
        """A statement's only column, which may come from an index that a flipped bit made something else of."""
        numbers = [number for (number,) in self._connection.execute(sql, values)]
        if set(map(type, numbers)) <= {int}:
            return numbers
        raise LibraryDamagedError(
            "library.db: expected an article's number, found other; run `dateline verify`"
        )

    def setting(self, key: str) -> str | None:
        """What was kept under this key."""
        value: str | None = self._value("SELECT value FROM setting WHERE key = ?", key)
        return value

    def number_of(self, article_id: str) -> int | None:
        """The article's number; None where there is no such article."""
        number: int | None = self._value("SELECT number FROM article WHERE id = ?", article_id)
        return number

    def revision_of(self, article_id: str) -> str | None:
        """The revision that is stored; None where there is no such article."""
        revision: str | None = self._value("SELECT revision FROM article WHERE id = ?", article_id)
        return revision

    def holds_text_of(self, article: Article) -> bool:
        """Whether another article has the same text."""
        sql = "SELECT EXISTS (SELECT 1 FROM article WHERE text_digest = ? AND id != ?)"
        return bool(self._value(sql, text_digest(article), article.id))

    def is_empty(self) -> bool:
        """Whether there is no article."""
        return self._value("SELECT 1 FROM article LIMIT 1") is None

    def count_articles(self) -> int:
        """How many articles there are."""
        return int(self._value("SELECT count(*) FROM article"))

    def count_passages(self, *, after: int = 0) -> int:
        """How many passages were written after this change and are still there."""
        possible = (
            f"number > ? AND passages BETWEEN 1 AND {words.ORDINAL_MASK}"  # the rest is damage
        )
        return int(
            self._value(f"SELECT coalesce(sum(passages), 0) FROM article WHERE {possible}", after)
        )

    def outlets(self) -> tuple[str, ...]:
        """Every outlet once, in the spelling used most, in alphabetical order."""
        rows = self._connection.execute(
            "SELECT outlet, max(used) FROM (SELECT outlet, outlet_key, count(*) AS used FROM article"
            " WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY outlet) GROUP BY outlet_key ORDER BY outlet_key"
        )
        return tuple(outlet for outlet, _ in rows)

    def summary(self) -> Summary:
        """How much there is, from when to when, and from whom."""
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
        """The ids that begin so, in order."""
        sql = "SELECT id FROM article WHERE id >= ? AND id < ? ORDER BY id"
        return [
            identity
            for (identity,) in self._connection.execute(sql, (beginning, f"{beginning}\U0010ffff"))
        ]

    def newest_first(self, chosen: Filter = ANY) -> list[int]:
        """The numbers of the articles that pass the filter, undated ones last; within a day in the order of adding."""
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
        """The article under this number, checked against its digest; with its page on request.

        Raises:
            ArticleNotFoundError: it was removed or replaced before this view.
            LibraryDamagedError: it is not what was stored.
        """
        row = self._connection.execute(
            f"SELECT id, digest, body, {'page' if page else 'NULL'} FROM article LEFT JOIN content USING (number)"
            " WHERE number = ?",
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
        """Where the passage with this number stands in its article."""
        return self._embedding(passage).spans[passage & words.ORDINAL_MASK]

    def vector(self, passage: int) -> Vectors:
        """The (dim,) vector of the passage with this number."""
        row: Vectors = self._embedding(passage).vectors[passage & words.ORDINAL_MASK]
        return row

    def _embedding(self, passage: int) -> Embedding:
        number = passage >> words.PASSAGE_BITS
        return self.embeddings_of([number])[number]

    def facts(self, numbers: Iterable[int]) -> dict[int, Facts]:
        """What ranking needs of these articles; those that are not there are left out."""
        rows = self._connection.execute(
            "SELECT number, id, revision, passages, published, outlet FROM article"
            " WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        return {row[0]: unpack_facts(*row) for row in rows}

    def embeddings(self, *, after: int = 0) -> Iterator[Embedding]:
        """Spans and vectors of each article written after this change, in order, checked against their digests."""
        rows = self._connection.execute(f"{_EMBEDDINGS} WHERE number > ? ORDER BY number", (after,))
        return (unpack_vectors(*row) for row in rows)

    def embeddings_of(self, numbers: Iterable[int]) -> dict[int, Embedding]:
        """Spans and vectors of these articles; those that are not there are left out."""
        rows = self._connection.execute(
            f"{_EMBEDDINGS} WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        return {row[0]: unpack_vectors(*row) for row in rows}

    def removed(self, *, after: int) -> list[tuple[int, int]]:
        """The articles removed or replaced after this change: their former numbers, and how many passages they had."""
        sql = "SELECT removed, passages FROM change WHERE number > ? AND removed IS NOT NULL"
        return self._connection.execute(sql, (after,)).fetchall()

    def sample(self, count: int, *, upto: int) -> list[int]:
        """Some passages, at most so many, each of another article, that were written up to this change."""
        sql = "SELECT number FROM article WHERE number <= ? ORDER BY random() LIMIT ?"
        return [number << words.PASSAGE_BITS for number in self._numbers(sql, upto, count)]

    def holds_words(self, number: int) -> bool:
        """Whether the word index holds this article and its passages, and nothing else under its number."""
        return words.holds(self._connection, number, *self._words_of(number))

    def _words_of(self, number: int) -> tuple[str | None, list[str]]:
        article, spans = self.article(number), self.embeddings_of([number])[number].spans
        return article.title, [article.text[start:end] for start, end in spans]

    def look_up(self, question: str) -> Terms:
        """``words.look_up``: the question's words, and how frequent they are."""
        return words.look_up(self._connection, question, self.count_articles(), self.latest)

    def correct(self, question: str) -> str:
        """``spelling.correct``: the question without typing errors, as far as the library's words tell."""
        return correct(question, words.Vocabulary(self._connection))

    def find_passages(
        self, terms: Terms, count: int, articles: NDArray[np.int64] | None
    ) -> list[int]:
        """``words.find_passages``: numbers of the passages that share the most telling words, best first."""
        return words.find_passages(
            self._connection, terms, count, None if articles is None else articles.tolist()
        )

    def score_words(
        self, terms: Terms, articles: Iterable[int]
    ) -> tuple[dict[int, float], dict[int, Floats]]:
        """``bm25.score`` of these articles, and of the passages of each."""
        return score(words.counts_of(self._connection, articles), terms)


def _conditions(chosen: Filter) -> tuple[str, list[str]]:
    """What SQL asks of an article that passes the filter, and the values for it."""
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
    """One transaction; what it wrote is there once its ``with`` has ended without an error."""

    def set(self, key: str, value: str | None) -> None:
        """Keep a value under a key; None forgets it."""
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))
        if value is not None:
            self._insert("setting", key, value)

    def put(self, article: Article, revision: str, spans: Sequence[Span], vectors: Vectors) -> None:
        """Store an article, with a vector for each of its passages, in the place of its older revision."""
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
        """Take an article out, with all that was derived from it; False where there is none."""
        number = self.number_of(article_id)
        if number is not None:
            self.change(number)
        return number is not None

    def raw(self, number: int) -> dict[str, bytes]:
        """What is left of the bytes of an article that cannot be read, by name."""
        row = self._connection.execute(
            "SELECT CAST(body AS BLOB), CAST(page AS BLOB) FROM content WHERE number = ?", (number,)
        ).fetchone()
        return {
            name: raw
            for name, raw in zip(("body", "page"), row or (), strict=False)
            if raw is not None
        }

    def check_words(self) -> None:
        """``words.check``; FTS5 counts this as writing."""
        words.check(self._connection)

    def merge_words(self) -> None:
        """``words.merge``."""
        words.merge(self._connection)

    def mend_tables(self) -> None:
        """Make SQLite's own indexes anew, and enter changes that articles name and that are gone."""
        self._connection.execute("REINDEX")
        self._connection.execute(
            "INSERT OR IGNORE INTO change SELECT number, NULL, NULL FROM article"
        )

    def rebuild_words(self) -> None:
        """Make the word index anew from the articles; any that cannot be read is left to ``repair``."""
        words.clear(self._connection)
        for number in self.newest_first():
            with suppress(LibraryDamagedError, KeyError):
                words.put(self._connection, number, *self._words_of(number))

    def bring_up_to_date(self) -> None:
        """Make of a library of an older format one of this."""
        if schema.format_of(self._connection) < schema.FORMAT:  # nobody else was quicker
            schema.bring_up_to_date(self._connection)
            self.rebuild_words()

    def change(self, removed: int | None) -> int:
        """Enter a change that takes out the article under the number ``removed``, if any; the change's number."""
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
