"""Read an HTML page's stated metadata: JSON-LD, OpenGraph, <meta>, canonical link. No guessing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from corpus.addresses import choose_canonical
from corpus.cleaning.cleaning import replace_unstorable
from corpus.cleaning.dates import Label, parse_stamp
from corpus.identity import canonical
from corpus.loaders.times import read_times

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATES = (
    "articlepublishedtime",
    "ogarticlepublishedtime",
    "datepublished",
    "parselypubdate",
    "sailthrudate",
    "publishdate",
    "pubdate",
    "dcdateissued",
    "dctermsissued",
    "dctermscreated",
    "dcdate",
    "date",
)
"""Names of <meta> tags without punctuation, most reliable first."""
_PUBLISHED_NAME = re.compile(
    r"publish(?!er)|pubdate|pubtime|publication(?:date|time)|issued|created|dateonline"
    r"|(?:release|display|article|story|post|news|citation)date|^dc(?:terms)?date$"
)
_MODIFIED_NAME = re.compile(r"modif|updat|revis|lastmod|lastpublish|expir|valid|copyright")
_WRAPPED = re.compile(
    r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->|;)\s*$|^\s*/\*.*?\*/|/\*.*?\*/\s*$"
)
"""What old templates put around a script's text."""
_EXTRA_COMMA = re.compile(r",\s*([}\]])")
_AUTHORS = ("author", "parsely-author", "sailthru.author", "byl", "dc.creator")
_TITLES = ("og:title", "twitter:title", "dc.title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The stated metadata; a field that the page does not state is None.

    ``language`` is an IETF tag ("de", "en-GB").
    """

    title: str | None
    outlet: str | None
    url: str | None
    author: str | None
    published: date | None
    published_at: datetime | None
    modified: date | None
    language: str | None


def read_statements(tree: HtmlElement, *, base: str | None = None) -> Statements:
    """Read a page's statements; JSON-LD takes precedence, since it is about this article.

    Args:
        tree: the page.
        base: the address it was fetched from, for relative links.
    """
    objects = list(_find_objects(tree))
    article = next((value for value in objects if _is_article(value)), {})
    page = next((value for value in objects if _is_page(value)), {})
    meta = _read_meta(tree)
    language = _read_language(tree, _text(article.get("inLanguage")), meta)
    times = read_times(tree)
    published, published_at = _first_stamp(
        [
            _text(article.get("datePublished")),
            *_find_dates(meta),
            *(stamp.value for stamp in times if stamp.label is Label.PUBLISHED),
            _text(page.get("datePublished")),
            _text(article.get("dateCreated")),
            *(stamp.value for stamp in times if stamp.label is Label.NONE),
        ],
        language,
    )
    modified, _ = _first_stamp(
        [
            _text(article.get("dateModified")),
            *(meta[name] for name in meta if _is_modified(name)),
            *(stamp.value for stamp in times if stamp.label is Label.UPDATED),
            _text(page.get("dateModified")),
        ],
        language,
    )
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
        modified=modified,
        language=language,
    )


def _read_language(tree: HtmlElement, stated: str | None, meta: dict[str, str]) -> str | None:
    """The page's language as an IETF tag, with its country where any statement gives one."""
    tags = [
        tag.replace("_", "-")
        for tag in (stated, tree.get("lang"), meta.get("og:locale"), meta.get("content-language"))
        if tag and re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]+)*", tag)
    ]
    return next(
        (tag for tag in tags if "-" in tag and tag[:2].lower() == tags[0][:2].lower()),
        tags[0] if tags else None,
    )


def _find_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects that may be about the page."""
    for script in tree.iter("script"):
        kind = script.get("type", "").partition(";")[0].strip().lower()
        if kind != "application/ld+json":
            continue
        text = _WRAPPED.sub("", replace_unstorable(script.text or ""))
        try:
            pending = [json.loads(text, strict=False)]
        except RecursionError:
            continue
        except ValueError:  # many templates leave a comma before a bracket
            try:
                pending = [json.loads(_EXTRA_COMMA.sub(r"\1", text), strict=False)]
            except (ValueError, RecursionError):  # ignore a broken block
                continue
        while pending:
            value = pending.pop(0)
            if isinstance(value, list):
                pending += value
            elif isinstance(value, dict):
                yield value
                pending += [
                    value[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if key in value
                ]


def _kinds(value: dict[str, Any]) -> list[str]:
    kinds = value.get("@type")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _is_article(value: dict[str, Any]) -> bool:
    """Whether it is a NewsArticle, ReportageNewsArticle, BlogPosting or the like."""
    return any(kind.endswith(("Article", "BlogPosting")) for kind in _kinds(value))


def _find_articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    return filter(_is_article, _find_objects(tree))


def _is_page(value: dict[str, Any]) -> bool:
    return any(kind.endswith("WebPage") for kind in _kinds(value))


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
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        content = " ".join(element.get("content", "").split())
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


def _values(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _find_dates(meta: dict[str, str]) -> Iterator[str]:
    """The values of <meta> tags for the day of publication, most reliable first."""
    plain = {re.sub(r"[\W_]", "", name): value for name, value in reversed(meta.items())}
    yield from _values(plain, _DATES)
    for name, value in plain.items():
        if _PUBLISHED_NAME.search(name) and not _MODIFIED_NAME.search(name):
            yield value


def _is_modified(name: str) -> bool:
    return re.search(r"modif|updat|revis|lastmod", name) is not None


def _first_stamp(
    stamps: list[str | None], language: str | None
) -> tuple[date | None, datetime | None]:
    for stamp in filter(None, stamps):
        day, moment = parse_stamp(stamp, language=language)
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
    """The address that the page says is its own, if it can be."""
    links = [
        link.get("href", "")
        for link in tree.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    ]
    own = choose_canonical([*links, meta.get("og:url", "")], base)
    return canonical(own) if own else None


def _author(meta: dict[str, str]) -> str | None:
    """The first author tag with a name; profile URLs and handles are not bylines."""
    return next(
        (name for name in _values(meta, _AUTHORS) if "/" not in name and not name.startswith("@")),
        None,
    )


def _text(value: object) -> str | None:
    """Convert a JSON-LD value to text: a string, ``{"name": …}``, or a list of either."""
    if isinstance(value, dict):
        return _text(value.get("name") or value.get("@value"))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_text, value)))) or None
    return " ".join(value.split()) or None if isinstance(value, str) else None
