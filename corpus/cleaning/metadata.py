"""Read a page's title, outlet, author and days from the lines around its article.

A wrong value is worse than none. A day counts by where it stands: between the title and the body,
right above the title, or below the body with a label. The days of related stories, comments,
events, captions and mastheads stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise, takewhile

from corpus.cleaning.body import Line, squeeze
from corpus.cleaning.boilerplate import LineKind
from corpus.cleaning.dates import Context, Label, Stamp, find_days, find_saved, read_stamps
from corpus.cleaning.outlet import find_outlet, split_site
from corpus.cleaning.title import (
    find_byline,
    find_name,
    find_signature,
    find_signed_name,
    find_title,
)

HEAD_LINES, NEAR_LINES = 30, 8
"""Maximum distance in lines above the body of a title (not counting buttons); maximum distance of a
stamp or byline from the body's first line."""

BYLINE_LINES = 6
"""A name without "By" is an author only between a title and a stamp at most this far below it."""

ABOVE_LINES, BELOW_LINES = 3, 4
"""Maximum distance of a stamp above the title, and below the body's last line."""

MAX_BARE_DAYS = 2
"""More days without a label between title and body are a list of other stories."""

MASTHEAD_LINES = 2
"""A day in the page's first lines, above the title, may be the day of the visit."""

MAX_ASKED_WORDS = 16
_ASKED = re.compile(r"^[^.!?\"“”«»„]*[?!]$")
_NUMERIC = re.compile(r"\d[./-]\s?\d{1,2}\s?[./-]\s?\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page's lines say about its article; a field that they do not say is None.

    Attributes:
        title, outlet, author, published, published_at, modified: as in an Article.
        label: what the page says that the day in ``published`` is.
    """

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    modified: date | None = None
    label: Label = Label.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where an article is on its page.

    Attributes:
        lines: all lines of the page.
        headline: index of the title's line, or None.
        first: index of the body's first paragraph.
        last: index of the body's last line.
        foreign: lines of the page's parts that belong to something else (a sidebar, comments); a
            line's text once for each time it stands there.
    """

    lines: Sequence[Line]
    headline: int | None
    first: int
    last: int
    foreign: Collection[str] = ()

    @property
    def top(self) -> int:
        """Index of the first line that may belong to the article's head."""
        return max(0, self.first - NEAR_LINES) if self.headline is None else self.headline

    def is_foreign(self, index: int) -> bool:
        """Whether a line belongs to something else on the page."""
        return self.lines[index].text in self.foreign


def find_headline(before: Sequence[Line], body: str, title: str | None) -> int | None:
    """The index of the title's line among the lines before the body."""
    head = [index for index, line in enumerate(before) if line.kind is not LineKind.INTERFACE][
        -HEAD_LINES:
    ]
    texts = [before[index].text for index in head]
    known = [
        index
        for index, text in zip(head, texts, strict=True)
        if title and squeeze(text) == squeeze(title)
    ]
    if known:
        return known[-1]
    stamped = {at for at, index in enumerate(head) if before[index].stamps}
    signed = {at for at, index in enumerate(head) if before[index].byline}
    days = {stamp.day for at in stamped for stamp in before[head[at]].stamps if not stamp.updated}
    if len(days) > MAX_BARE_DAYS:  # a list of other articles
        others = stamped | {at - 1 for at in stamped}
        found = find_title(texts, body, marks=signed, others=others)
    else:
        found = find_title(texts, body, marks=stamped | signed)
    return None if found is None else head[found]


def is_asked_title(line: Line, following: Line | None) -> bool:
    """Whether the first sentence of a body is a title that asks or exclaims."""
    return (
        following is not None
        and line.words <= MAX_ASKED_WORDS
        and _ASKED.search(line.text) is not None
        and not following.text.startswith(('"', "“", "«", "„"))
        and following.words >= line.words
    )


def read_metadata(
    frame: Frame, body: str, *, language: str | None = None, saved: datetime | None = None
) -> Metadata:
    """Read what the lines around an article say about it.

    Args:
        frame: the page's lines, and where the article is among them.
        body: the beginning of the body.
        language: the page's IETF tag.
        saved: when the page was saved; ages ("2 hours ago") count from it.
    """
    lines, top, last = frame.lines, frame.top, frame.last
    page = [line.text for line in lines]
    context = _make_context(frame, page, language, saved)
    headline = None if frame.headline is None else page[frame.headline]
    author, employer = _find_author(frame, page)
    title, site = split_site(headline, page) if headline else (None, None)
    outlet = find_outlet(
        page[:top] + page[last + 1 :], page[top : last + 1], headline, [site, employer]
    )
    return _add_days(
        Metadata(title=title, outlet=None if outlet == author else outlet, author=author),
        frame,
        context,
    )


def _find_author(frame: Frame, page: list[str]) -> tuple[str | None, str | None]:
    """The author and the outlet named beside the article."""
    top, first, last = frame.top, frame.first, frame.last
    near = page[top : first + NEAR_LINES] + page[max(0, top - 3) : top] + page[last : last + 4]
    lines = [
        f"{line} {after}" if line.lower().strip(" :") == "by" else line
        for line, after in pairwise([*near, ""])
    ]
    if byline := next((found for line in lines if (found := _read_byline(line))), None):
        return byline
    if frame.headline is None:
        return None, None
    signed = list(takewhile(lambda line: not read_stamps(line), near[1:BYLINE_LINES]))
    if len(signed) < BYLINE_LINES - 1 and (author := find_name(signed)):
        return author, None
    whole = "\n".join(page)
    head = page[top + 1 : first]
    return next((name for line in head if (name := find_signed_name(line, whole))), None), None


def _read_byline(line: str) -> tuple[str, str | None] | None:
    """The author and the outlet named in a byline or in a line with a stamp."""
    return find_byline(line) or (find_signature(line) if read_stamps(line) else None)


def _make_context(
    frame: Frame, page: Sequence[str], language: str | None, saved: datetime | None
) -> Context:
    """What settles the days of lines near the article."""
    near = page[max(0, frame.top - ABOVE_LINES) : frame.first + NEAR_LINES]
    near = [*near, *page[frame.last : frame.last + BELOW_LINES + 1]]
    if not any(map(_NUMERIC.search, near)):
        return Context(language=language, saved=saved or find_saved(page))
    days, order = find_days(page)
    return Context(language=language, order=order, days=days, saved=saved or find_saved(page))


def _add_days(metadata: Metadata, frame: Frame, context: Context) -> Metadata:
    """Add the days of publication and of the last update."""
    head = list(_read_zone(frame, range(frame.top, frame.first), context))
    bare = [stamp for stamp in head if stamp.label is Label.NONE]
    if len({stamp.day for stamp in bare}) > MAX_BARE_DAYS:
        head, bare = [stamp for stamp in head if stamp.label is not Label.NONE], []
    above = list(_read_above(frame, context))
    below = list(_read_below(frame, context))
    stamps = head + above + below
    labelled = [stamp for stamp in stamps if stamp.label is Label.PUBLISHED]
    chosen = next(
        (
            stamp
            for rank in (
                [stamp for stamp in labelled if stamp.first],
                [stamp for stamp in head if stamp.label is Label.PUBLISHED],
                bare,
                labelled,
                [stamp for stamp in above + below if stamp.label is Label.NONE],
            )
            for stamp in rank
        ),
        None,
    )
    updated = [stamp for stamp in stamps if stamp.updated]
    resort = next(
        (stamp for stamp in head + above if stamp.label is Label.UPDATED and stamp.alone), None
    )
    modified = max((stamp.day for stamp in updated), default=None)
    published = chosen or resort
    if modified and published and modified < published.day:
        modified = None
    return replace(
        metadata,
        published=published.day if published else None,
        published_at=published.moment if published else None,
        modified=modified,
        label=published.label if published else Label.NONE,
    )


def _read_zone(frame: Frame, zone: range, context: Context) -> Iterator[Stamp]:
    """The stamps of the lines at some indices."""
    for index in zone:
        if not frame.is_foreign(index):
            yield from read_stamps(frame.lines[index].text, context)


def _read_above(frame: Frame, context: Context) -> Iterator[Stamp]:
    """The stamps above the title: labelled ones, and one right above it that is no masthead's."""
    if frame.headline is None:
        return
    for index in range(frame.headline - 1, max(-1, frame.headline - 1 - ABOVE_LINES), -1):
        for stamp in _read_zone(frame, range(index, index + 1), context):
            right_above = index == frame.headline - 1 and (
                stamp.timed or (index >= MASTHEAD_LINES and not stamp.weekday)
            )
            if stamp.label is not Label.NONE or right_above:
                yield stamp


def _read_below(frame: Frame, context: Context) -> Iterator[Stamp]:
    """Labelled stamps in or below the body, and a bare one that ends the page's text."""
    lines = frame.lines
    opening = range(frame.first + 1, min(frame.first + NEAR_LINES, frame.last + 1))
    for stamp in _read_zone(frame, opening, context):
        if stamp.label is not Label.NONE:
            yield stamp
    closing = range(frame.last, min(frame.last + 1 + BELOW_LINES, len(lines)))
    for index in closing:
        if lines[index].kind in (LineKind.COMMENTS, LineKind.ENDING):
            return
        following = lines[index + 1] if index + 1 < len(lines) else None
        ends = index == frame.last + 1 and (
            following is None or following.kind in (LineKind.ENDING, LineKind.INTERFACE)
        )
        for stamp in _read_zone(frame, range(index, index + 1), context):
            if stamp.label is not Label.NONE or ends:
                yield stamp
