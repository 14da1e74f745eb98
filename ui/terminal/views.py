"""Answers and articles as rich renderables for the terminal. Pure functions.

Control characters are removed from whatever a page says: an article must not be able to control the
reader's terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from assistant import Answer, Citation, Near
from corpus import Article, Span
from ui.excerpts import cells_by_column, closest, excerpt
from ui.phrases import title_of

_ID_LENGTH = 8  # minimum number of characters shown of an id
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters except tab and line feed, and those that change the writing direction."""
_MARKER = re.compile(r"\[\d+\]")


def plain(text: str) -> str:
    """The text without control characters, so that it is safe to print."""
    return _CONTROL.sub("", text)


def one_line(text: object) -> str:
    """``str(text)`` on one line, without control characters."""
    return plain(" ".join(str(text).split()))


def day(article: Article) -> str:
    """The day of publication, as 2025-12-09, or "undated"."""
    return article.published.isoformat() if article.published else "undated"


def byline(article: Article) -> str:
    """Outlet and day ("Türkiye Today · 2025-12-09"), or that they are unknown."""
    return f"{one_line(article.outlet or 'outlet unknown')} · {day(article)}"


def headline(article: Article) -> str:
    """The headline, or the beginning of the text if there is none."""
    return one_line(title_of(article, 60))


def answer_view(answer: Answer) -> RenderableType:
    """The answer and its numbered citations, or the abstention and the closest sentences."""
    parts: list[RenderableType] = []
    if answer.query != answer.question:
        parts += [Text(f"Understood as: {one_line(answer.query)}", style="dim"), Text()]
    if answer.abstention:
        parts.append(Text(one_line(answer.text), style="bold yellow"))
        if nearest := closest(answer):
            heading = "The closest sentences:" if len(nearest) > 1 else "The closest sentence:"
            parts += [Text(), Text(heading, style="dim"), *map(_near, nearest)]
    else:
        text = Text(one_line(answer.text))
        if answer.short_answer:
            text.highlight_regex(re.escape(one_line(answer.short_answer)), "bold")
        text.highlight_regex(_MARKER, "cyan")
        parts += [text, *(_citation(citation) for citation in answer.citations)]
    return Group(*parts)


def _citation(citation: Citation) -> RenderableType:
    number = f"[{citation.number}] "
    lines = [*_row_view(citation)] or [Text(_quoted(one_line(citation.quote)), style="italic")]
    if citation.also_in:
        copies = "; ".join(byline(article) for article in citation.also_in)
        lines.append(Text(f"Also in: {copies}", style="dim"))
    return _card(Text(number, style="cyan"), citation.article, *lines)


def _quoted(text: str) -> str:
    """The text in quotation marks, unless it has such marks of its own."""
    return text if re.search(r"[\"“”„«»]", text) else f"“{text}”"


def _row_view(citation: Citation) -> Iterator[Text]:
    """A quoted row of a table below the names of its columns; nothing if it is no such row."""
    pairs = [(plain(name), plain(cell)) for name, cell in cells_by_column(citation)]
    widths = [max(map(cell_len, pair)) for pair in pairs]
    names, cells = (
        "   ".join(
            set_cell_size(pair[row], width) for pair, width in zip(pairs, widths, strict=True)
        )
        for row in (0, 1)
    )
    if pairs:
        yield Text(f" {names.rstrip()}", style="dim")
        yield Text(f"“{cells.rstrip()}”", style="italic")


def _near(near: Near) -> RenderableType:
    before, sentence, after = map(plain, excerpt(near))
    return _card(
        Text("•   "), near.article, Text.assemble((before, "dim"), sentence, (after, "dim"))
    )


def _card(mark: Text, article: Article, *lines: Text) -> RenderableType:
    head = Text.assemble(mark, (byline(article), "bold"))
    body = Group(Text(headline(article), style="dim"), *lines)
    return Group(Text(), head, _Indented(body, cell_len(mark.plain)))


@dataclass(frozen=True, slots=True)
class _Indented:
    """Lines moved to the right.

    Unlike rich's Padding it adds no trailing blanks, which copying would include.
    """

    body: RenderableType
    by: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        narrower = options.update(width=max(1, options.max_width - self.by))
        for line in console.render_lines(self.body, narrower, pad=False):
            yield Segment(" " * self.by)
            yield from line
            yield Segment.line()


def article_view(
    article: Article, *, quotation: Span | None = None, page: bool = False, marks: bool = False
) -> RenderableType:
    """An article: its metadata, then its text.

    Args:
        article: what to show.
        quotation: the span of its text to highlight.
        page: show its page instead of its text, with what was dropped struck through.
        marks: mark dropped and quoted text as ``[-dropped-]`` and ``[+quoted+]``, for screens
            without styles.
    """
    facts = {
        "id": article.id,
        "author": article.author,
        "time": article.published_at and article.published_at.isoformat(),
        "updated": article.modified.isoformat()
        if article.modified and article.modified != article.published
        else None,
        "language": article.language,
        "translated": "by a machine" if article.machine_translated else None,
        "url": article.url,
    }
    known = Text("\n").join(
        Text(f"{name:<10} {one_line(value)}", style="dim") for name, value in facts.items() if value
    )
    head = Group(Text(headline(article), style="bold"), Text(byline(article)), known)
    if page and article.page:
        body = _styled(
            article.page.text,
            article.page.dropped,
            "dim strike",
            ("[-", "-]") if marks else ("", ""),
        )
    else:
        spans = [quotation] if quotation else []
        body = _styled(article.text, spans, "black on yellow", ("[+", "+]") if marks else ("", ""))
    return Group(head, Text(), body)


def _styled(text: str, spans: Iterable[Span], style: str, marks: tuple[str, str]) -> Text:
    styled, offset = Text(), 0
    for start, end in spans:
        styled.append(plain(text[offset:start]))
        styled.append(f"{marks[0]}{plain(text[start:end])}{marks[1]}", style)
        offset = end
    return styled.append(plain(text[offset:]))


def article_rows(articles: Sequence[Article], *, width: int | None = None) -> Iterator[Text]:
    """A line for each article: id, day, outlet and title.

    Args:
        articles: the articles to list.
        width: maximum width of a line in cells; None does not cut lines, for a pipe.
    """
    ids = short_ids(article.id for article in articles)
    digits = max(map(len, ids.values()), default=0)
    for article in articles:
        outlet = Text(one_line(article.outlet or "outlet unknown"))
        if width is not None:
            outlet.truncate(max(9, width // 5), overflow="ellipsis", pad=True)
        row = Text("  ").join(
            [
                Text(f"{ids[article.id]:<{digits}}", "cyan"),
                Text(f"{day(article):<10}", "dim"),
                outlet,
                Text(headline(article)),
            ]
        )
        if width is not None:
            row.truncate(width, overflow="ellipsis")
        yield row


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The shortest unique beginning of each id, at least ``_ID_LENGTH`` characters."""
    ordered = sorted(ids)
    shared = [_shared(*pair) for pair in pairwise(ordered)]
    needed = zip(ordered, [0, *shared], [*shared, 0], strict=True) if ordered else ()
    return {
        identity: identity[: max(_ID_LENGTH, before + 1, after + 1)]
        for identity, before, after in needed
    }


def _shared(one: str, other: str) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
