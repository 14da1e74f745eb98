"""Articles and their library as HTML. Pure functions, without Gradio.

Every text from an article, a file name or a user passes through ``plain``, so none of it can become
markup. Elements that can be clicked carry ``data-article`` (the article to open) and ``data-span``
(what to highlight in it).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from urllib.parse import urlsplit

from corpus import Article, Span
from index import Added, Outcome, Summary
from ui.phrases import count_of, title_of

FIND_FROM = 8
LISTED = 200
"""Articles listed at once. From ``FIND_FROM`` articles on, a search box filters the list."""
OFFERED = 20
"""Maximum number of addresses shown that a front page leads to."""
PANE_BAR = (
    '<div class="dl-bar"><button type="button" class="dl-quiet" data-back>← All articles</button>'
    '<span data-title dir="auto" aria-hidden="true"></span>'
    '<button type="button" class="dl-quiet" data-close>Close</button></div>'
)
"""The bar above the pane; page.css shows only the parts that apply."""

_OUTCOMES = {
    Outcome.NEW: "Added",
    Outcome.UPDATED: "Updated",
    Outcome.UNCHANGED: "Already here",
    Outcome.DUPLICATE: "Added, a copy of another",
    Outcome.FAILED: "Could not be encoded",
}


def span_token(article: Article, start: int, end: int) -> str:
    """A token that names a span for the browser, with a checksum of its text."""
    return f"{start}-{end}-{zlib.crc32(article.text[start:end].encode()):08x}"


def find_span(article: Article, token: str) -> Span | None:
    """The inverse of ``span_token``.

    None if the article's text there has changed, or if the token is made up.
    """
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})-[0-9a-f]{8}", token, re.ASCII)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end and span_token(article, start, end) == token else None


def render_summary(summary: Summary) -> str:
    """The page's header: the library in one line, and the buttons.

    An example is "14 articles · 12 Jul 2019 to 9 Dec 2025 · 9 outlets".
    """
    parts = [count_of(summary.articles, "article")]
    if summary.first and summary.last:
        span = day_of(summary.first), day_of(summary.last)
        parts.append(span[0] if span[0] == span[1] else " to ".join(span))
    if summary.outlets:
        parts.append(count_of(len(summary.outlets), "outlet"))
    return (
        f'<header class="dl-header"><h1>Dateline</h1><p class="dl-summary">{" · ".join(parts)}</p>'
        '<button type="button" class="dl-quiet" data-fresh>New chat</button>'
        '<button type="button" class="dl-quiet" data-pane>Articles</button></header>'
    )


def render_library(listing: str, articles: int) -> str:
    """The list made by ``render_articles``, with a search box if it is long."""
    find = ""
    if articles >= FIND_FROM:
        find = (
            '<input type="search" class="dl-find" data-find placeholder="Find by title or outlet" '
            'aria-label="Find articles by title or outlet">'
        )
    return f"{find}<div data-list>{listing}</div>"


def render_articles(articles: Sequence[Article], *, more: bool = False) -> str:
    """A list of articles; a click opens one.

    Args:
        articles: the articles, in order.
        more: whether there are others that are not listed.
    """
    items = "".join(
        f'<li><button type="button" class="dl-open" data-article="{plain(article.id)}" dir="auto">'
        f"{plain(title_of(article))}</button>{source_line(article)}</li>"
        for article in articles
    )
    rest = (
        f'<p class="dl-note">These are {LISTED} of them; the box above finds the others.</p>'
        if more
        else ""
    )
    return f'<ul class="dl-articles" aria-label="Articles">{items}</ul>{rest}'


def render_article(
    article: Article, span: Span | None = None, *, page: bool = False, stale: bool = False
) -> str:
    """An article to read.

    Args:
        article: the article; with its page, if that is to be shown.
        span: what to highlight.
        page: show the original page, with dropped parts greyed out.
        stale: the reader asked for a quotation that the article no longer holds.
    """
    link = _link(article.url)
    toggle = ""
    if article.page is not None:
        label = "Show the article alone" if page else "Show the page as it came"
        toggle = (
            '<button type="button" class="dl-quiet" data-toggle '
            f'aria-pressed="{str(page).lower()}">{label}</button>'
        )
    note = (
        '<p class="dl-note">The article has changed since; the quotation is no longer in it.</p>'
        if stale
        else ""
    )
    if page and article.page is not None:
        note += (
            '<p class="dl-note">The page as it came; '
            "what is greyed out was left out of the article.</p>"
        )
        marks = article.page.locate(*span) if span else ()
        body = _marked(article.page.text, marks, article.page.dropped)
    else:
        body = _marked(article.text, (span,) if span else ())
    byline = (
        f'<p class="dl-byline" dir="auto">By {plain(article.author)}</p>' if article.author else ""
    )
    return (
        f'<article class="dl-reading">{source_line(article)}'
        f'<h2 tabindex="-1" dir="auto">{plain(title_of(article))}</h2>{byline}'
        f'<p class="dl-tools">{link}{toggle}</p>{note}'
        f'<div class="dl-body" dir="auto">{body}</div></article>'
    )


def render_added(lines: Iterable[str], status: str) -> str:
    """The report on adding: a status and lines from ``added_line`` and ``failed_line``."""
    return (
        f'<div class="dl-added"><p role="status">{plain(status)}</p><ul>{"".join(lines)}</ul></div>'
    )


def added_line(article: Article, outcome: Outcome) -> str:
    """One line for an article that was read: outcome, title, outlet, date."""
    return (
        f'<li><span class="dl-outcome">{_OUTCOMES[outcome]}:</span> '
        f'<button type="button" class="dl-link" data-article="{plain(article.id)}" dir="auto">'
        f"{plain(title_of(article))}</button>{source_line(article)}</li>"
    )


def added_status(added: Added, *, failures: int, passages: int) -> str:
    """The counts in a few words: "2 added, 1 failed · 11 passages more to search".

    Args:
        added: the outcome for the articles that could be read.
        failures: how many locations could not be read.
        passages: how many passages were added.
    """
    counts = (
        (len(added.new) + len(added.duplicates), "added"),
        (len(added.updated), "updated"),
        (len(added.unchanged), "already here"),
        (len(added.failed) + failures, "failed"),
    )
    status = (
        ", ".join(f"{number:,} {word}" for number, word in counts if number) or "Nothing was added"
    )
    return f"{status} · {count_of(passages, 'passage')} more to search" if passages > 0 else status


def failed_line(message: str, addresses: Sequence[str] = ()) -> str:
    """One location that could not be read, and why; below it, addresses that may be added."""
    shown = "".join(f"<li>{plain(address)}</li>" for address in addresses[:OFFERED])
    if len(addresses) > OFFERED:
        shown += f"<li>… and {len(addresses) - OFFERED:,} more</li>"
    offered = f"<ul>{shown}</ul>" if shown else ""
    return f'<li class="dl-failed" dir="auto">{plain(message)}{offered}</li>'


def opens(article: Article, start: int, end: int) -> str:
    """The attributes of an element that opens an article at a span when clicked."""
    return f'data-article="{plain(article.id)}" data-span="{span_token(article, start, end)}"'


def source_line(article: Article) -> str:
    """Outlet and day, the day of a later update, and a tag if it is machine-translated."""
    later = article.modified if article.modified != article.published else None
    updated = f" · updated {day_of(later)}" if later else ""
    tag = ' <span class="dl-tag">machine-translated</span>' if article.machine_translated else ""
    outlet = f"<bdi>{plain(article.outlet)}</bdi>" if article.outlet else "outlet unknown"
    return f'<p class="dl-source">{outlet} · {day_of(article.published)}{updated}{tag}</p>'


def _link(url: str | None) -> str:
    """A link to the original if it is http or https: never ``javascript:`` or ``data:``."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return (
        f'<a href="{plain(url or "")}" target="_blank" rel="noopener noreferrer">'
        f"Original at <bdi>{plain(parts.hostname)}</bdi></a>"
    )


def _marked(text: str, marks: Iterable[Span], dropped: Iterable[Span] = ()) -> str:
    """The text with ``marks`` highlighted and ``dropped`` greyed out; spans must not overlap."""
    runs = sorted(
        [(start, end, "mark") for start, end in marks]
        + [(start, end, "del") for start, end in dropped]
    )
    pieces: list[str] = []
    offset = 0
    for start, end, tag in runs:
        pieces += (plain(text[offset:start]), f"<{tag}>{plain(text[start:end])}</{tag}>")
        offset = end
    return "".join(pieces) + plain(text[offset:])


def day_of(when: date | None) -> str:
    """The day as people write it, or "undated"."""
    return f"{when.day} {when:%b} {when.year}" if when else "undated"


def plain(text: str) -> str:
    """The text escaped for HTML, attributes included."""
    return escape(text, quote=True)
