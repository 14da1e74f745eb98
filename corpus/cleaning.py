"""A page's whole visible text -> the spans worth keeping, and what the page says of itself.

Cleaning keeps or drops spans of the page; it never rewrites. Knows nothing of files, formats or outlets.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from corpus.article import Article, Page, Span
from corpus.errors import LoadError
from corpus.sentences import split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What cleaning found on a page; what the page does not say is None.

    Attributes:
        kept: ascending spans of the page; joined, they are the article's text.
    """

    kept: tuple[Span, ...]
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    machine_translated: bool = False


def clean(text: str, *, hints: Collection[str] = ()) -> Cleaned:
    """Choose the spans of a page that are its article.

    Args:
        text: everything visible on the page.
        hints: lines that an extractor with the page's markup at hand believes to be body text.
    """
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    return Cleaned(kept=((start, end),) if start < end else ())


def build_article(
    text: str,
    *,
    id: str,  # noqa: A002 - the Article's own name for it
    location: str,
    hints: Collection[str] = (),
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    author: str | None = None,
    published: date | None = None,
    published_at: datetime | None = None,
    language: str | None = None,
) -> Article:
    """Clean a page and make its article; what the format says (JSON-LD, a record's fields) wins over the page's text.

    Args:
        text: everything visible on the page.
        id: the article's identity.
        location: the file, URL or record, as the user named it; for the error.
        hints: lines that an extractor believes to be body text.
        title, outlet, url, author, published, published_at, language: what the format says; None or blank where it
            says nothing.

    Raises:
        LoadError: nothing on the page is an article.
    """
    text = replace_unstorable(text)
    cleaned = clean(text, hints=hints)
    page = Page(text=text, kept=cleaned.kept)
    if not any(True for _ in split_sentences(page.article_text)):
        raise LoadError(
            location,
            found="a page without article text",
            expected="at least one sentence of prose",
            remedy="copy the whole article into the file, or give the article's own address",
        )
    return Article(
        id=id,
        text=page.article_text,
        title=title or cleaned.title,
        outlet=outlet or cleaned.outlet,
        url=url,
        author=author or cleaned.author,
        published=published or cleaned.published,
        published_at=published_at if published else cleaned.published_at,
        language=language,
        machine_translated=cleaned.machine_translated,
        page=page,
    )


def replace_unstorable(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD, character for character."""
    return text.translate(_UNSTORABLE)


_UNSTORABLE = {code: "\ufffd" for code in (0, *range(0xD800, 0xE000))}
