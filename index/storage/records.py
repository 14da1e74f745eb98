"""The contents of library.db rows: articles, pages and vectors as bytes, with digests."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Span
from index.errors import LibraryDamagedError
from index.storage.numbering import PASSAGE_BITS

Vectors = NDArray[np.float32]
"""Shape (n, dim); each row has unit length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The contents of a library in brief.

    Attributes:
        articles, passages: their numbers.
        first, last: the earliest and latest publication day; None if no article is dated.
        outlets: each outlet once, in alphabetical order.
        encoder: the name of the encoder that made the vectors; None before the first article.
    """

    articles: int
    passages: int
    first: date | None
    last: date | None
    outlets: tuple[str, ...]
    encoder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What ranking needs to know about an article.

    Attributes:
        number: the number of the change that wrote it.
        id, published, outlet: as in ``Article``.
        revision: ``revision_of`` the article.
        passages: the number of its passages.
    """

    number: int
    id: str
    revision: str
    passages: int
    published: date | None
    outlet: str | None

    def passage_id(self, ordinal: int) -> str:
        """The id of the passage with this ordinal."""
        return f"{self.id}:{self.revision}:{ordinal}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedding:
    """The passages of an article and their vectors.

    Attributes:
        number: the article's number.
        packed_spans: the offsets of its passages, in order, as packed by ``pack_vectors``.
        vectors: one row for each passage.
    """

    number: int
    packed_spans: bytes
    vectors: Vectors

    @property
    def spans(self) -> tuple[Span, ...]:
        """The passages' offsets, in order. Unpacked on demand: a matrix of vectors needs none."""
        pairs = np.frombuffer(self.packed_spans, dtype="<u4").reshape(-1, 2).tolist()
        return tuple((start, end) for start, end in pairs)

    @property
    def passages(self) -> range:
        """The numbers of its passages."""
        return passage_numbers(self.number, len(self.vectors))


def passage_numbers(article: int, passages: int) -> range:
    """The numbers of an article's passages."""
    return range(article << PASSAGE_BITS, (article << PASSAGE_BITS) + passages)


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(*parts: bytes) -> bytes:
    """SHA-256 of the parts, each delimited."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _intact(expected: bytes, *parts: object) -> bool:
    """Whether the parts match the digest. Damage may have turned bytes into another type."""
    return all(isinstance(part, bytes) for part in parts) and digest(*parts) == expected  # type: ignore[arg-type] # seen


def revision_of(article: Article) -> str:
    """The hash of all fields of an article, including its page: 16 hex digits.

    Fields that were added later are left out where they say nothing, so that an older article has
    the hash that it had.
    """
    data = article.to_dict()
    for later in ("record", "modified", "excerpt"):
        if not data[later]:
            del data[later]
    return digest(_json(data)).hex()[:16]


def text_digest(article: Article) -> bytes:
    """The digest of an article's text. It is equal only for identical texts."""
    return digest(article.text.encode())


def pack_article(article: Article) -> tuple[bytes, bytes, bytes | None]:
    """Pack an article as (digest, body, page).

    The digest covers the body only, without the page. zlib's own checksum guards the page.
    """
    body = _json(article.to_dict(page=False))
    return (
        digest(body),
        body,
        zlib.compress(_json(article.page.to_dict())) if article.page else None,
    )


def unpack_article(
    article_id: str, expected: bytes, body: bytes, page: bytes | None = None
) -> Article:
    """The inverse of ``pack_article``. Without ``page``, the article has no page.

    Raises:
        LibraryDamagedError: the bytes differ from those that were packed.
    """
    if not _intact(expected, body):
        raise LibraryDamagedError(
            f"article {article_id}: its stored text does not match its digest;"
            " `dateline repair` sets it aside"
        )
    data = json.loads(body)
    try:
        if page is not None:
            data["page"] = json.loads(zlib.decompress(page))
        article = Article.from_dict(data)
    except (zlib.error, ValueError) as error:
        raise LibraryDamagedError(
            f"article {article_id}: its stored page is damaged ({error});"
            " `dateline repair` sets the page aside"
        ) from error
    if article.id != article_id:
        raise LibraryDamagedError(
            f"article {article_id}: article {article.id} is stored under this id;"
            " `dateline repair` sets it aside"
        )
    return article


def pack_vectors(spans: Sequence[Span], vectors: Vectors) -> tuple[bytes, bytes, bytes]:
    """Pack spans and vectors as (digest of both, spans, vectors)."""
    packed_spans = np.asarray(spans, dtype="<u4").reshape(-1, 2).tobytes()
    packed_vectors = np.ascontiguousarray(vectors, dtype="<f4").tobytes()
    return digest(packed_spans, packed_vectors), packed_spans, packed_vectors


def unpack_facts(
    number: int,
    article_id: str,
    revision: str,
    passages: int,
    published: str | None,
    outlet: str | None,
) -> Facts:
    """Make ``Facts`` from a row of the article table.

    Raises:
        LibraryDamagedError: a cell holds a value of the wrong type.
    """
    whose = f"article {article_id}"
    for cell, kind in ((article_id, str), (revision, str), (passages, int), (outlet, str | None)):
        if not isinstance(cell, kind):
            raise LibraryDamagedError(f"{whose}: found {cell!r} in its row; run `dateline repair`")
    return Facts(
        number=number,
        id=article_id,
        revision=revision,
        passages=passages,
        published=unpack_day(whose, published),
        outlet=outlet,
    )


def unpack_day(whose: str, iso: str | None) -> date | None:
    """Parse a stored day. The error message starts with ``whose``.

    Raises:
        LibraryDamagedError: the value is not a day.
    """
    try:
        return None if iso is None else date.fromisoformat(iso)
    except (TypeError, ValueError) as error:
        raise LibraryDamagedError(
            f"{whose}: its stored day is {iso!r}; run `dateline repair`"
        ) from error


def unpack_vectors(
    number: int, article_id: str, passages: int, expected: bytes, spans: bytes, vectors: bytes
) -> Embedding:
    """The inverse of ``pack_vectors``. The vectors are read-only.

    Raises:
        LibraryDamagedError: the bytes differ from those that were packed, or the number of passages
            is wrong.
    """
    if not _intact(expected, spans, vectors) or len(spans) // 8 != passages:
        raise LibraryDamagedError(
            f"article {article_id}: its stored vectors do not match their digest;"
            " `dateline repair` makes them again"
        )
    rows = np.frombuffer(vectors, dtype="<f4").reshape(len(spans) // 8, -1)
    return Embedding(number=number, packed_spans=spans, vectors=rows)
