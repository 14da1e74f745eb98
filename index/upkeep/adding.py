"""Adds articles to the store: new ones are split, encoded in batches and stored one at a time.

While batches are encoded, further articles are read and split, and earlier ones are stored, so no
core waits for a disk. This module must not depend on Chroma or searching.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import accumulate

import numpy as np

from corpus import Article
from index.encoding.encoder import Encoder, MiniLMEncoder, load_encoder
from index.encoding.passages import passage_input, split_article
from index.errors import (
    ArticleNotFoundError,
    EncoderError,
    LibraryDamagedError,
    LibraryEncoderError,
)
from index.hit import Passage
from index.storage.records import Vectors, revision_of
from index.storage.store import Store
from index.storage.transaction import Snapshot

BATCH = 64
"""The number of passages encoded in one call.

It is large enough to use a fast encoder well, and small enough for progress every few seconds.
"""
AHEAD = 2
"""The number of batches encoded at the same time.

The second batch uses the cores that the last texts of the first batch leave idle.
"""

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    """The outcome of adding an article. All but FAILED are in the library."""

    NEW = "new"
    UPDATED = "updated"
    """It replaced an older revision."""
    UNCHANGED = "unchanged"
    """It was already there, the same in every field, or whole while this is an excerpt, or in a
    later version. Nothing was written."""
    DUPLICATE = "duplicate"
    """It is new, and another article has exactly the same text."""
    FAILED = "failed"
    """It could not be encoded. An older revision stays as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The ids of added articles by outcome, in the order they were stored."""

    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: Mapping[Outcome, Sequence[str]]) -> Added:
        """Make it from ids by outcome. Every outcome must be a key."""
        return cls(
            new=tuple(ids[Outcome.NEW]),
            updated=tuple(ids[Outcome.UPDATED]),
            unchanged=tuple(ids[Outcome.UNCHANGED]),
            duplicates=tuple(ids[Outcome.DUPLICATE]),
            failed=tuple(ids[Outcome.FAILED]),
        )


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article to be added. It has no passages if it is already stored or cannot be split."""

    article: Article
    revision: str
    passages: list[Passage]
    problem: EncoderError | None = None

    @property
    def inputs(self) -> list[str]:
        return [passage_input(self.article, passage) for passage in self.passages]


_Rows = Future[list[Vectors | EncoderError | None]]
"""For each draft of a batch: its vectors, its error, or None if the article is already stored."""


class Intake:
    """Adds articles to one store.

    Args:
        store: the store to add to.
        load: returns the encoder of the store's vectors; not called if no article is new.
    """

    def __init__(self, store: Store, load: Callable[[], Encoder]) -> None:
        self._store = store
        self._load = load

    def add(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Outcome]]:
        """Store articles. Each is yielded once it is committed, in the given order.

        Args:
            articles: read as needed; about ``(AHEAD + 1) * BATCH`` passages are held in memory.

        Raises:
            LibraryStorageError: the disk is full or read-only; what was yielded before is stored.
            LibraryEncoderError: the library's vectors were made with another encoder.
        """
        batch: list[_Draft] = []
        ahead: deque[tuple[list[_Draft], _Rows]] = deque()
        pool = ThreadPoolExecutor(AHEAD, "dateline-encode")
        try:
            for article in map(self._recognise, articles):
                held = (
                    draft.article.id
                    for drafts in (batch, *(drafts for drafts, _ in ahead))
                    for draft in drafts
                )
                if article.id in held:  # the later article updates the earlier one
                    ahead.append((batch, pool.submit(self._encode, batch)))
                    batch = []
                    yield from self._finish(ahead)
                batch.append(self._draft(article))
                if len(batch) >= BATCH or sum(len(draft.passages) for draft in batch) >= BATCH:
                    ahead.append((batch, pool.submit(self._encode, batch)))
                    batch = []
                yield from self._finish(ahead, leave=AHEAD)
            ahead.append((batch, pool.submit(self._encode, batch)))
            yield from self._finish(ahead)
        finally:
            pool.shutdown(cancel_futures=True)

    def _recognise(self, article: Article) -> Article:
        """The article with the id that it has in the library, which may be that of an older rule.

        If it was stored twice under older rules, it is the later of them.
        """
        with self._store.reading() as snapshot:
            known = snapshot.known_as(article.id)
        return replace(article, id=known[0]) if known else article

    def _draft(self, article: Article) -> _Draft:
        revision = revision_of(article)
        with self._store.reading() as snapshot:
            known = snapshot.revision_of(article.id)
            if known == revision or (known and _is_better(snapshot, article)):
                return _Draft(article, revision, [])
        encoder = self._load()
        try:
            passages = split_article(article, revision, encoder.count_tokens, encoder.max_tokens)
        except EncoderError as error:
            return _Draft(article, revision, [], error)
        return _Draft(article, revision, passages)

    def _finish(
        self, ahead: deque[tuple[list[_Draft], _Rows]], *, leave: int = 0
    ) -> Iterator[tuple[Article, Outcome]]:
        """Store the encoded batches. Wait for others until only ``leave`` batches are left."""
        while ahead and (len(ahead) > leave or ahead[0][1].done()):
            drafts, rows = ahead.popleft()
            for draft, result in zip(drafts, rows.result(), strict=True):
                if isinstance(result, EncoderError):
                    logger.warning("article %s was not added: %s", draft.article.id, result)
                    yield draft.article, Outcome.FAILED
                else:
                    yield (
                        draft.article,
                        Outcome.UNCHANGED if result is None else self._put(draft, result),
                    )

    def _encode(self, batch: list[_Draft]) -> list[Vectors | EncoderError | None]:
        """Encode each draft.

        If the batch fails, each draft is tried alone, so that one cannot fail the others.
        """
        inputs = [text for draft in batch for text in draft.inputs]
        try:
            rows = encode(self._load(), inputs) if inputs else np.empty((0, 0), np.float32)
        except EncoderError as error:
            return [error] if len(batch) == 1 else [self._encode([draft])[0] for draft in batch]
        ends = accumulate(len(draft.passages) for draft in batch)
        return [
            rows[end - len(draft.passages) : end] if draft.passages else draft.problem
            for draft, end in zip(batch, ends, strict=True)
        ]

    def _put(self, draft: _Draft, vectors: Vectors) -> Outcome:
        article, encoder = draft.article, self._load()
        with self._store.writing() as writer:
            check_encoder(writer, encoder)
            known = writer.revision_of(article.id)
            if known == draft.revision:  # another process was quicker
                return Outcome.UNCHANGED
            for twin in writer.twins_of(article.id):
                writer.remove(twin)
            copied = writer.holds_text_of(article)
            writer.set("encoder", encoder.name)
            writer.set("dim", str(encoder.dim))
            writer.put(
                article,
                draft.revision,
                [(passage.start, passage.end) for passage in draft.passages],
                vectors,
            )
        if known is not None:
            return Outcome.UPDATED
        return Outcome.DUPLICATE if copied else Outcome.NEW


def _is_better(snapshot: Snapshot, article: Article) -> bool:
    """Whether what is stored under an article's id is better: whole, or of a later version.

    A version is earlier if it was published on the same day, says other things, and its last
    change was earlier, or it states none.
    """
    try:
        stored = snapshot.article(snapshot.number_of(article.id) or 0)
    except (ArticleNotFoundError, LibraryDamagedError):
        return False
    if article.excerpt != stored.excerpt:
        return article.excerpt
    changed = stored.modified is not None and stored.modified > (article.modified or date.min)
    return changed and article.published == stored.published and article.text != stored.text


def check_encoder(snapshot: Snapshot, encoder: Encoder) -> None:
    """Check that the library's vectors, if any, were made with this encoder.

    Raises:
        LibraryEncoderError: they were made with another encoder.
    """
    name, dim = snapshot.setting("encoder"), snapshot.setting("dim")
    if (name, dim) != (encoder.name, str(encoder.dim)) and snapshot.count_articles():
        raise LibraryEncoderError(
            f"found vectors made with {name} ({dim} numbers each); expected vectors of"
            f" {encoder.name} ({encoder.dim}); open the library with the encoder it was made with,"
            " or add its articles to a new library"
        )


def load_remembered(snapshot: Snapshot) -> Encoder:
    """The encoder that the library was made with, or the default encoder for an empty library.

    Raises:
        EncoderError: the default encoder cannot be loaded.
        LibraryEncoderError: the library's encoder cannot be loaded by its name.
    """
    name = snapshot.setting("encoder") if snapshot.count_articles() else None
    if name is None or name == MiniLMEncoder.name:
        return load_encoder()
    try:
        return load_encoder(name)
    except EncoderError as error:
        raise LibraryEncoderError(
            f"the library was made with the encoder {name}, which cannot be loaded by that name"
            f" ({error}); open it with encoder=…, as when it was made"
        ) from error


def encode(encoder: Encoder, inputs: list[str]) -> Vectors:
    """Encode texts as rows of unit length, shape (n, dim), and check them.

    Raises:
        EncoderError: the encoder raised any error, or its result cannot be unit vectors.
    """
    try:
        rows = np.asarray(encoder.encode_passages(inputs), dtype=np.float32)
    except Exception as error:  # model errors have no common base class
        raise EncoderError(
            f"encoder {encoder.name}: {error}; expected vectors; check the model"
        ) from error
    if rows.shape != (len(inputs), encoder.dim) or not np.allclose(
        np.linalg.norm(rows, axis=1), 1.0, atol=1e-3
    ):
        raise EncoderError(
            f"encoder {encoder.name}: found an array of shape {rows.shape}; expected {len(inputs)}"
            f" unit rows of {encoder.dim} finite numbers; use another encoder"
        )
    return rows
