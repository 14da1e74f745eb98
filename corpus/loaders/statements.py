"""Read an HTML page's stated metadata: JSON-LD, OpenGraph, <meta>, canonical link. No guessing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from corpus.cleaning import replace_unstorable
from corpus.dates import parse_stamp
from corpus.identity import canonical

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "pubdate",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "date",
)
_AUTHORS = ("author", "parsely-author", "sailthru.author", "byl", "dc.creator")
_TITLES = ("og:title", "twitter:title", "dc.title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The stated metadata; a field that the page does not state is None."""

    title: str | None
    outlet: str | None
    url: str | None
    author: str | None
    published: date | None
    published_at: datetime | None
    language: str | None


def read_statements(tree: HtmlElement, *, base: str | None = None) -> Statements:
    """Read a page's statements; JSON-LD takes precedence, since it is about this article.

    Args:
        tree: the page.
        base: the address it was fetched from, for relative links.
    """
    article = next(_find_articles(tree), {})
    meta = _read_meta(tree)
    published, published_at = _first_stamp(
        [_text(article.get("datePublished")), *_values(meta, _DATES), *_times(tree)]
    )
    language = _text(article.get("inLanguage")) or tree.get("lang") or meta.get("og:locale") or ""
    return Statements(
        title=_choose_title(
            tree,
            [_text(article.get("headline")), *_values(meta, _TITLES), tree.findtext(".//title")],
        ),
        outlet=_text(article.get("publisher")) or meta.get("og:site_name"),
        url=_canonical_url(tree, meta, base),
        author=_text(article.get("author")) or _author(meta),
        published=published,
        published_at=published_at,
        language=language[:2].lower()
        if language[:2].isalpha() and not language[2:3].isalpha()
        else None,
    )


def _find_articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield JSON-LD objects of a type like NewsArticle, ReportageNewsArticle or BlogPosting."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            pending = [json.loads(replace_unstorable(script.text or ""), strict=False)]
        except (ValueError, RecursionError):  # ignore a broken block
            continue
        while pending:
            value = pending.pop(0)
            if isinstance(value, list):
                pending += value
            elif isinstance(value, dict):
                kinds = value.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(str(kind).endswith(("Article", "BlogPosting")) for kind in kinds):
                    yield value
                pending += [
                    value[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if key in value
                ]


def read_body(tree: HtmlElement) -> str | None:
    """The article's text as JSON-LD states it: its body, or the entries of a live report."""
    for article in _find_articles(tree):
        updates = article.get("liveBlogUpdate")
        entries = [article, *(updates if isinstance(updates, list) else [])]
        texts = [
            text
            for entry in entries
            if isinstance(entry, dict)
            for name in (("articleBody",) if entry is article else ("headline", "articleBody"))
            if isinstance(text := entry.get(name), str) and text.strip()
        ]
        if texts:
            return "\n\n".join(texts)
    return None


def is_live(tree: HtmlElement) -> bool:
    """Whether a page says that it is a report that goes on through the day."""
    return any("LiveBlog" in str(article.get("@type")) for article in _find_articles(tree))


def is_free(tree: HtmlElement) -> bool:
    """Whether a page does not say that only subscribers may read its article."""
    said = (str(article.get("isAccessibleForFree")) for article in _find_articles(tree))
    return not any(value.lower() == "false" for value in said)


def _read_meta(tree: HtmlElement) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = " ".join(element.get("content", "").split())
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


def _values(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _times(tree: HtmlElement) -> list[str]:
    """Values of <time> elements marked as the publication date.

    Other <time> elements belong to comments and related stories.
    """
    return [
        element.get("datetime", "")
        for element in tree.iter("time")
        if "pubdate" in element.attrib or "datePublished" in element.get("itemprop", "")
    ]


def _first_stamp(stamps: list[str | None]) -> tuple[date | None, datetime | None]:
    for stamp in filter(None, stamps):
        day, moment = parse_stamp(stamp)
        if day:
            return day, moment
    return None, None


def _choose_title(tree: HtmlElement, candidates: list[str | None]) -> str | None:
    """The page's only <h1> if it is over a third of a stated title, else the first stated title.

    A stated title often ends with the outlet ("… - BBC News").
    """
    stated = [" ".join(title.split()) for title in candidates if title and title.strip()]
    headings = {" ".join(element.text_content().split()) for element in tree.iter("h1")} - {""}
    for heading in headings if len(headings) == 1 else ():
        if any(heading in title and 3 * len(heading) > len(title) for title in stated):
            return heading
    return stated[0] if stated else None


def _canonical_url(tree: HtmlElement, meta: dict[str, str], base: str | None) -> str | None:
    """The canonical link, unless it is a site's front page.

    Linking to the front page is a common mistake that would give all the site's articles one id.
    """
    links = [
        link.get("href", "")
        for link in tree.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    ]
    for link in [*links, meta.get("og:url", "")]:
        try:
            url = urljoin(base or "", link.strip())
            parts = urlsplit(url)
        except ValueError:
            continue
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and (parts.path.strip("/") or parts.query)
        ):
            return canonical(url)
    return None


def _author(meta: dict[str, str]) -> str | None:
    """The first author tag with a name; profile URLs and handles are not bylines."""
    return next(
        (name for name in _values(meta, _AUTHORS) if "/" not in name and not name.startswith("@")),
        None,
    )


def _text(value: object) -> str | None:
    """Convert a JSON-LD value to text: a string, ``{"name": …}``, or a list of either."""
    if isinstance(value, dict):
        return _text(value.get("name"))
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_text, value)))) or None
    return " ".join(value.split()) or None if isinstance(value, str) else None
