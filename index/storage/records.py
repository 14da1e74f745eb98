"""What a row of library.db holds: articles, pages and vectors as bytes with digests. Knows nothing of SQLite."""

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
from index.storage.words import PASSAGE_BITS

Vectors = NDArray[np.float32]
"""(n, dim), unit rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a library holds.

    Attributes:
        articles, passages: how many.
        first, last: the first and the last day that an article names; None where none does.
        outlets: each once, in alphabetical order.
        encoder: the name of what its vectors were made with; None before the first article.
    """

    articles: int
    passages: int
    first: date | None
    last: date | None
    outlets: tuple[str, ...]
    encoder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What ranking needs of an article.

    Attributes:
        number: the number of the change that wrote it.
        id, published, outlet: as in ``Article``.
        revision: ``revision_of`` the article.
        passages: how many it has.
    """

    number: int
    id: str
    revision: str
    passages: int
    published: date | None
    outlet: str | None

    def passage_id(self, ordinal: int) -> str:
        """The id of the passage at this ordinal."""
        return f"{self.id}:{self.revision}:{ordinal}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedding:
    """The passages of an article.

    Attributes:
        number: the article's.
        packed_spans: where its passages stand, in order, as ``pack_vectors`` packs it.
        vectors: a row for each passage.
    """

    number: int
    packed_spans: bytes
    vectors: Vectors

    @property
    def spans(self) -> tuple[Span, ...]:
        """Of its passages, in order; read only when asked for, as a matrix of all vectors needs none."""
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
    """Whether these are the bytes; damage may have made something else of them."""
    return all(isinstance(part, bytes) for part in parts) and digest(*parts) == expected  # type: ignore[arg-type] # seen


def revision_of(article: Article) -> str:
    """The hash of everything an article says, its page included: 16 hex digits.

    An article that is no record has the hash that it had before records kept their names.
    """
    data = article.to_dict()
    if data["record"] is None:
        del data["record"]
    return digest(_json(data)).hex()[:16]


def text_digest(article: Article) -> bytes:
    """Equal for articles whose text is the same, character by character."""
    return digest(article.text.encode())


def pack_article(article: Article) -> tuple[bytes, bytes, bytes | None]:
    """Digest of the article without its page, that article, and the page, which zlib's own checksum guards."""
    body = _json(article.to_dict(page=False))
    return (
        digest(body),
        body,
        zlib.compress(_json(article.page.to_dict())) if article.page else None,
    )


def unpack_article(
    article_id: str, expected: bytes, body: bytes, page: bytes | None = None
) -> Article:
    """The inverse of ``pack_article``; without its page where that is not given.

    Raises:
        LibraryDamagedError: the bytes are not those that were packed.
    """
    if not _intact(expected, body):
        raise LibraryDamagedError(
            f"article {article_id}: its stored text does not match its digest; `dateline repair` sets it aside"
        )
    data = json.loads(body)
    try:
        if page is not None:
            data["page"] = json.loads(zlib.decompress(page))
        article = Article.from_dict(data)
    except (zlib.error, ValueError) as error:
        raise LibraryDamagedError(
            f"article {article_id}: its stored page is damaged ({error}); `dateline repair` sets that aside"
        ) from error
    if article.id != article_id:
        raise LibraryDamagedError(
            f"article {article_id}: stored under it is article {article.id}; `dateline repair` sets it aside"
        )
    return article


def pack_vectors(spans: Sequence[Span], vectors: Vectors) -> tuple[bytes, bytes, bytes]:
    """The digest of spans and vectors, and the two."""
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
    """Of a row about an article.

    Raises:
        LibraryDamagedError: a cell holds something of another kind than was written.
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
    """A day as it is stored; ``whose`` begins the message.

    Raises:
        LibraryDamagedError: it is no day.
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
    """The inverse of ``pack_vectors``; the vectors are read-only.

    Raises:
        LibraryDamagedError: the bytes are not those that were packed, or of another number of passages.
    """
    if not _intact(expected, spans, vectors) or len(spans) // 8 != passages:
        raise LibraryDamagedError(
            f"article {article_id}: its stored vectors do not match their digest; `dateline repair` makes them again"
        )
    rows = np.frombuffer(vectors, dtype="<f4").reshape(len(spans) // 8, -1)
    return Embedding(number=number, packed_spans=spans, vectors=rows)
