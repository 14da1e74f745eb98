"""Answers, articles and libraries as HTML. Pure, and knows nothing of Gradio, of the server or of the browser.

Every text that comes from an article, a file name or a user passes through ``_text``; nothing of it can become markup.
What can be clicked carries ``data-article`` (which article to open) and ``data-span`` (what to highlight in it).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from urllib.parse import urlsplit

from assistant import Abstention, Answer, Citation
from corpus import Article, Span
from index import Added, Hit

NEAREST_SHOWN = 3
FIND_FROM = 8
LISTED = 200
"""Articles listed at once; a search box narrows a longer list down."""

PANE_BAR = (
    '<div class="dl-bar"><button type="button" class="dl-quiet" data-back>← All articles</button>'
    '<button type="button" class="dl-quiet" data-close>Close</button></div>'
)
"""Above what the pane shows; web.css shows of it what applies."""

_MARKER = re.compile(r"\s*\[(\d+)\]")
_ABSTENTIONS = {
    Abstention.NO_ARTICLES: "No articles to look in",
    Abstention.NO_MATCH: "Nothing on this topic",
    Abstention.NO_ANSWER: "On the topic, but the answer isn’t there",
}
_CONFIDENCES = (
    (0.9, "Very likely right"),
    (0.7, "Likely right"),
    (0.5, "More likely right than not"),
    (0.0, "Uncertain"),
)
_OUTCOMES = {"new": "Added", "updated": "Updated", "unchanged": "Already here", "duplicate": "A copy of one here"}


def span_token(article: Article, start: int, end: int) -> str:
    """Names a span for the way to the browser and back, with a checksum of what stands there."""
    return f"{start}-{end}-{zlib.crc32(article.text[start:end].encode()):08x}"


def find_span(article: Article, token: str) -> Span | None:
    """The inverse of ``span_token``; None if the article no longer says the same there (or the token is made up)."""
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})-[0-9a-f]{8}", token, re.ASCII)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end and span_token(article, start, end) == token else None


def render_answer(answer: Answer) -> str:
    """One turn of the chat: the question, the answer with its cards or the abstention with the nearest passages."""
    understood = ""
    if answer.query.split() != answer.question.split():
        understood = f'<p class="dl-understood" dir="auto">Understood as: {_text(answer.query)}</p>'
    body = _answered(answer) if answer.abstention is None else _abstained(answer, answer.abstention)
    return f'<section class="dl-turn">{_question(answer.question)}{understood}{body}</section>'


def render_stage(question: str, stage: str) -> str:
    """A turn that is still being worked on; it takes the place that the answer will have."""
    return (
        f'<section class="dl-turn">{_question(question)}<p class="dl-stage" role="status">{_text(stage)}</p></section>'
    )


def render_problem(message: str) -> str:
    """What went wrong, in one line."""
    return f'<p class="dl-problem" role="alert" dir="auto">{_text(message)}</p>'


def render_welcome(articles: int, examples: Sequence[str]) -> str:
    """What stands where the conversation will be: example questions, or how to get articles in."""
    if not articles:
        return (
            '<section class="dl-welcome"><h2>This library is empty</h2>'
            "<p>Add a few articles: paste a page or drop files. Then ask about them; every sentence of an "
            "answer is quoted from an article, and you can open the place it stands in.</p>"
            '<p><button type="button" class="dl-primary" data-pane="library">Add articles</button></p></section>'
        )
    chips = "".join(f'<button type="button" class="dl-chip" data-ask dir="auto">{_text(q)}</button>' for q in examples)
    return (
        '<section class="dl-welcome"><h2>Ask the articles</h2>'
        "<p>Every sentence of an answer is quoted from an article, with its outlet and date. "
        "Where the articles don’t say, Dateline says so.</p>"
        f'<div class="dl-chips">{chips}</div></section>'
    )


def render_summary(articles: int, first: date | None, last: date | None, outlets: int) -> str:
    """The library in one line: ``14 articles · 12 Jul 2019 – 9 Dec 2025 · 9 outlets``."""
    parts = [_count(articles, "article")]
    if first and last:
        parts.append(_day(first) if first == last else f"{_day(first)} – {_day(last)}")
    if outlets:
        parts.append(_count(outlets, "outlet"))
    return (
        '<header class="dl-header"><h1>Dateline</h1>'
        f'<p class="dl-summary">{" · ".join(parts)}</p>'
        '<button type="button" class="dl-quiet" data-fresh>New chat</button>'
        '<button type="button" class="dl-quiet" data-pane="library">Articles</button></header>'
    )


def render_library(articles: Sequence[Article]) -> str:
    """The list of articles, with a box that narrows it down."""
    find = ""
    if len(articles) > FIND_FROM:
        find = (
            '<input type="search" class="dl-find" data-find placeholder="Find by title or outlet" '
            'aria-label="Find articles by title or outlet">'
        )
    return f'<h2 class="dl-heading">Articles</h2>{find}<div data-list>{render_articles(articles)}</div>'


def render_articles(articles: Sequence[Article], query: str = "") -> str:
    """The articles whose title or outlet holds ``query``, newest first; each opens."""
    words = query.casefold().split()
    found = [a for a in articles if all(word in f"{a.title} {a.outlet}".casefold() for word in words)]
    found.sort(key=lambda article: (article.published or date.min, article.title or ""), reverse=True)
    items = "".join(
        f'<li><button type="button" class="dl-open" data-article="{_text(article.id)}" dir="auto">'
        f"{_text(_title(article))}</button>{_source(article)}</li>"
        for article in found[:LISTED]
    )
    more = len(found) - LISTED
    rest = f'<p class="dl-note">{more:,} more: narrow them down above.</p>' if more > 0 else ""
    if words and not found:
        rest = '<p class="dl-note">No title or outlet holds these words.</p>'
    return f'<ul class="dl-articles">{items}</ul>{rest}'


def render_article(article: Article, span: Span | None = None, *, page: bool = False, stale: bool = False) -> str:
    """An article to read.

    Args:
        article: with its page, if that is to be shown.
        span: what to highlight.
        page: show the page as it came, with what was dropped marked as such.
        stale: the reader asked for a quotation that the article no longer holds.
    """
    link = _link(article.url)
    toggle = ""
    if article.page is not None:
        label = "Show the article alone" if page else "Show the page as it came"
        toggle = (
            f'<button type="button" class="dl-quiet" data-toggle aria-pressed="{str(page).lower()}">{label}</button>'
        )
    note = '<p class="dl-note">The article has changed since; the quotation is no longer in it.</p>' if stale else ""
    if page and article.page is not None:
        note += '<p class="dl-note">The page as it came; what is greyed out was left out of the article.</p>'
        marks = article.page.locate(*span) if span else ()
        body = _marked(article.page.text, marks, article.page.dropped)
    else:
        body = _marked(article.text, (span,) if span else ())
    byline = f'<p class="dl-byline" dir="auto">By {_text(article.author)}</p>' if article.author else ""
    return (
        f'<article class="dl-reading">{_source(article)}'
        f'<h2 tabindex="-1" dir="auto">{_text(_title(article))}</h2>{byline}'
        f'<p class="dl-tools">{link}{toggle}</p>{note}<div class="dl-body" dir="auto">{body}</div></article>'
    )


def render_added(lines: Iterable[str], status: str) -> str:
    """What became of what was added, one line each (from ``added_line`` and ``failed_line``)."""
    return f'<div class="dl-added"><p role="status">{_text(status)}</p><ul>{"".join(lines)}</ul></div>'


def added_line(article: Article, outcome: str, passages: int = 0) -> str:
    """One article that was read: what became of it, title, outlet, date, passages."""
    word = _OUTCOMES.get(outcome, outcome)
    size = f" · {_count(passages, 'passage')}" if passages else ""
    return (
        f'<li><span class="dl-outcome">{_text(word)}</span> '
        f'<button type="button" class="dl-link" data-article="{_text(article.id)}" dir="auto">'
        f"{_text(_title(article))}</button>{_source(article, size)}</li>"
    )


def added_status(added: Added) -> str:
    """The counts in a few words: ``2 added, 1 already here``."""
    counts = (
        (len(added.new), "added"),
        (len(added.updated), "updated"),
        (len(added.unchanged), "already here"),
        (len(added.duplicates), "a copy of one here"),
        (len(added.failed), "failed"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "Nothing was added"


def failed_line(message: str) -> str:
    """One location that could not be read, and why."""
    return f'<li class="dl-failed" dir="auto">{_text(message)}</li>'


def _answered(answer: Answer) -> str:
    word = next(word for floor, word in _CONFIDENCES if answer.confidence >= floor)
    cards = "".join(_citation_card(citation) for citation in answer.citations)
    return (
        f'<p class="dl-answer" dir="auto">{_with_markers(answer)}</p>'
        f'<p class="dl-confidence" title="The estimated probability that this answer is right">'
        f"{word} · {answer.confidence:.0%}</p>"
        f'<ol class="dl-cards" aria-label="Quotations">{cards}</ol>'
    )


def _abstained(answer: Answer, reason: Abstention) -> str:
    nearest = answer.nearest[:NEAREST_SHOWN]
    cards = "".join(_hit_card(hit) for hit in nearest)
    passages = f'<h3>Nearest passages</h3><ol class="dl-cards">{cards}</ol>' if nearest else ""
    return f'<div class="dl-abstention"><h3>{_ABSTENTIONS[reason]}</h3><p dir="auto">{_text(answer.text)}</p></div>{passages}'


def _with_markers(answer: Answer) -> str:
    """The text with its ``[n]`` as buttons, and the short answer marked where it first stands."""
    short = " ".join(answer.short_answer.split()) if answer.short_answer else ""
    pieces: list[str] = []
    end = 0
    for match in _MARKER.finditer(answer.text):
        number = int(match[1])
        if not 1 <= number <= len(answer.citations):
            continue
        words = answer.text[end : match.start()]
        if short and short in words:
            before, after = words.split(short, 1)
            pieces.append(f"{_text(before)}<strong>{_text(short)}</strong>{_text(after)}")
            short = ""
        else:
            pieces.append(_text(words))
        citation = answer.citations[number - 1]
        source = f"{citation.article.outlet or 'outlet unknown'}, {_day(citation.article.published)}"
        pieces.append(
            f'<button type="button" class="dl-marker" {_opens(citation.article, citation.start, citation.end)} '
            f'aria-label="Quotation {number}: {_text(source)}">{number}</button>'
        )
        end = match.end()
    return "".join(pieces) + _text(answer.text[end:])


def _citation_card(citation: Citation) -> str:
    opens = _opens(citation.article, citation.start, citation.end)
    number = f'<span class="dl-number" aria-hidden="true">{citation.number}</span>'
    return _card(citation.article, opens, citation.quote, citation.also_in, number)


def _hit_card(hit: Hit) -> str:
    return _card(
        hit.article, _opens(hit.article, hit.passage.start, hit.passage.end), hit.passage.text, hit.also_in, ""
    )


def _card(article: Article, opens: str, quote: str, copies: Sequence[Article], number: str) -> str:
    also = ""
    if copies:
        names = ", ".join(
            f'<button type="button" class="dl-link" data-article="{_text(copy.id)}">'
            f"<bdi>{_text(copy.outlet or _title(copy))}</bdi></button>"
            for copy in copies
        )
        also = f'<p class="dl-also">Also in: {names}</p>'
    return (
        f'<li class="dl-card">{number}<div>{_source(article)}'
        f'<button type="button" class="dl-open" {opens} dir="auto">{_text(_title(article))}</button>'
        f'<blockquote dir="auto">{_text(" ".join(quote.split()))}</blockquote>{also}</div></li>'
    )


def _opens(article: Article, start: int, end: int) -> str:
    return f'data-article="{_text(article.id)}" data-span="{span_token(article, start, end)}"'


def _source(article: Article, more: str = "") -> str:
    tag = ' <span class="dl-tag">machine-translated</span>' if article.machine_translated else ""
    outlet = f"<bdi>{_text(article.outlet)}</bdi>" if article.outlet else "outlet unknown"
    return f'<p class="dl-source">{outlet} · {_day(article.published)}{_text(more)}{tag}</p>'


def _link(url: str | None) -> str:
    """A link to the original, if it is one that a browser may follow: never ``javascript:`` or ``data:``."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return (
        f'<a href="{_text(url or "")}" target="_blank" rel="noopener noreferrer">'
        f"Original at <bdi>{_text(parts.hostname)}</bdi></a>"
    )


def _marked(text: str, marks: Iterable[Span], dropped: Iterable[Span] = ()) -> str:
    """The text, with ``marks`` highlighted and ``dropped`` greyed out; no two of these spans overlap."""
    runs = sorted([(start, end, "mark") for start, end in marks] + [(start, end, "del") for start, end in dropped])
    pieces: list[str] = []
    offset = 0
    for start, end, tag in runs:
        pieces += (_text(text[offset:start]), f"<{tag}>{_text(text[start:end])}</{tag}>")
        offset = end
    return "".join(pieces) + _text(text[offset:])


def _question(question: str) -> str:
    return f'<h2 class="dl-question" dir="auto">{_text(question)}</h2>'


def _title(article: Article) -> str:
    return article.title or " ".join(article.text[:200].split())[:80] + " …"


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b} {day.year}" if day else "undated"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _text(text: str) -> str:
    return escape(text, quote=True)
