"""The data types that corpus returns: an Article, and the Page it was cut from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Span = tuple[int, int]
"""Half-open character offsets: ``text[start:end]``."""


def complement(spans: Sequence[Span], length: int) -> tuple[Span, ...]:
    """The non-empty spans of ``length`` characters that are between these ascending spans."""
    edges = [0, *(edge for span in spans for edge in span), length]
    return tuple(
        (start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end
    )


def _check_text(name: str, text: str) -> None:
    if "\x00" in text:
        raise ValueError(f"{name} holds a NUL character; decode it to U+FFFD first")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} holds a lone surrogate at {error.start}; decode it to U+FFFD first"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was read, and which spans of it are the article.

    Attributes:
        text: all text visible on the page, once, as decoded or rendered.
        kept: ascending, non-empty, non-overlapping spans; joined, they are the article's text.
    """

    text: str
    kept: tuple[Span, ...]

    def __post_init__(self) -> None:
        _check_text("page text", self.text)
        previous = 0
        for start, end in self.kept:
            if not previous <= start < end <= len(self.text):
                raise ValueError(
                    f"kept span ({start}, {end}) is empty, out of order or outside the page"
                )
            previous = end

    @property
    def article_text(self) -> str:
        """The kept spans, joined."""
        return "".join(self.text[start:end] for start, end in self.kept)

    @property
    def dropped(self) -> tuple[Span, ...]:
        """The spans that cleaning left out, in order: the complement of ``kept``."""
        return complement(self.kept, len(self.text))

    def locate(self, start: int, end: int) -> tuple[Span, ...]:
        """Map the article's characters ``start:end`` to spans of the page.

        Returns:
            Page spans whose text, joined, is the article's ``text[start:end]``; more than one if
            something in between was dropped.

        Raises:
            ValueError: the span lies outside the article's text.
        """
        spans: list[Span] = []
        offset = 0
        for a, b in self.kept:
            low, high = max(start, offset), min(end, offset + b - a)
            if low < high:
                spans.append((a + low - offset, a + high - offset))
            offset += b - a
        if not 0 <= start <= end <= offset:
            raise ValueError(
                f"span ({start}, {end}) lies outside the article's {offset} characters"
            )
        return tuple(spans)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {"text": self.text, "kept": [list(span) for span in self.kept]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Page:
        """The inverse of ``to_dict``."""
        return cls(text=data["text"], kept=tuple((start, end) for start, end in data["kept"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A clean news article and its metadata; a field that the page does not state is None.

    Attributes:
        id: stable identity: a hash of (file, record id), the canonical URL, the absolute path, or
            the content.
        title: the headline.
        text: the article's body; quotations are spans of it.
        outlet: the publisher ("Türkiye Today").
        url: canonical address.
        author: byline without "By".
        published: the day of publication, as the page prints it; never the day it was added.
        published_at: aware datetime, set only if the page prints time and offset; its date is
            ``published``.
        language: ISO 639-1 code of the text.
        machine_translated: whether the page says that it was machine-translated.
        record: the id that the source record gives; None if it was not read from a record.
        page: the page it was cut from; ``page.article_text == text``.
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    author: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    language: str | None = None
    machine_translated: bool = False
    record: str | None = None
    page: Page | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an article needs an id")
        if not self.text.strip():
            raise ValueError(f"article {self.id} has no text")
        _check_text("article text", self.text)
        for name in ("title", "outlet", "url", "author", "language", "record"):
            value = getattr(self, name)
            if value is not None:
                if not value.strip():
                    raise ValueError(f"{name} is blank; use None if the page does not state it")
                _check_text(name, value)
        self._check_days()
        if self.page is not None and self.page.article_text != self.text:
            raise ValueError("the page's kept spans do not spell the article's text")

    def _check_days(self) -> None:
        if isinstance(self.published, datetime):
            raise ValueError("published is a date, not a datetime; the time goes in published_at")
        if self.published_at is not None:
            if self.published_at.utcoffset() is None:
                raise ValueError("published_at needs an offset; without one, set only published")
            if self.published_at.date() != self.published:
                raise ValueError(
                    f"published_at {self.published_at} is not on the day published, "
                    f"{self.published}"
                )

    def to_dict(self, *, page: bool = True) -> dict[str, Any]:
        """A JSON-ready dictionary.

        Args:
            page: whether to include the page (answers leave it out).
        """
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "outlet": self.outlet,
            "url": self.url,
            "author": self.author,
            "published": self.published.isoformat() if self.published else None,
            "published_at": self.published_at.isoformat() if self.published_at else None,
            "language": self.language,
            "machine_translated": self.machine_translated,
            "record": self.record,
            "page": self.page.to_dict() if page and self.page else None,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Article:
        """The inverse of ``to_dict``."""
        published, published_at, page = data["published"], data["published_at"], data["page"]
        return cls(
            **{
                **data,
                "published": date.fromisoformat(published) if published else None,
                "published_at": datetime.fromisoformat(published_at) if published_at else None,
                "page": Page.from_dict(page) if page else None,
            }
        )
