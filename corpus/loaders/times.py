"""Find the days that a page's markup gives for its article: <time>, microdata, hAtom, timestamps.

A page has many such elements. Those in sidebars, comments, events, captions and teasers are about
something else; and one without a label counts only in the article's head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from corpus.cleaning.dates import Label, parse_stamp, read_label

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_VALUES = ("datetime", "content", "data-timestamp", "data-datetime", "data-time", "data-date",
           "data-published", "data-utime", "data-epoch", "title")  # fmt: skip
"""Attributes that hold a day for machines, in the order in which they are tried."""
_FOREIGN_TAGS = frozenset("aside nav footer figure figcaption option".split())
_FOREIGN_WORDS = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|disqus|replies|reply|related|recommend\w*|sidebar|widget\w*"
    r"|events?|teasers?|promo\w*|popular|trending|latest|more(?:-\w+)?|footer|copyright"
    r"|masthead|topbar|ticker|captions?|figure|gallery|newsletter|readmore|read-next|up-next)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Words in a class or an id that mark a part of the page that is about something else."""
_FOREIGN_ITEM = re.compile(r"/(?:Comment|Event|\w+Event|UserComments|ImageObject|Review)$")
_PUBLISHED = re.compile(
    r"publish|posted|pubdate|datecreated|entry-date|dt-published", re.IGNORECASE
)
_UPDATED = re.compile(r"modif|updat|revised", re.IGNORECASE)
_DATED = re.compile(r"date|time|stamp|publish|posted|byline|meta", re.IGNORECASE)
_HEADS = frozenset(("h1", "h2"))
_SAVED = re.compile(
    r"<!--[^>]{0,500}?\bsaved date:\s*([^\n]{6,60})|FILE ARCHIVED ON (.{6,40}?) AND RETRIEVED",
    re.IGNORECASE,
)
MIN_PARAGRAPH = 60
"""Characters; the first paragraph of this length below the title ends the article's head."""
MAX_LABEL_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Time:
    """A day that an element states.

    Attributes:
        value: the attribute's or the element's text; it may be no day at all.
        label: what the element's names or the text before it say that the day is.
    """

    value: str
    label: Label


def read_times(tree: HtmlElement) -> list[Time]:
    """The days that elements of the article's head state, and labelled ones anywhere else.

    Args:
        tree: the page.
    """
    headline = _find_headline(tree)
    found: list[Time] = []
    reached, ended = headline is None, False
    single = sum(1 for _ in islice(tree.iter("article"), 2)) < 2
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element is headline:
            reached = True
        elif reached and not ended and element.tag == "p":
            ended = len(" ".join(element.text_content().split())) >= MIN_PARAGRAPH
        if (value := _read_value(element)) is None or _is_foreign(element, headline, single):
            continue
        label = _find_label(element)
        if headline is None:
            in_head = not ended and any(
                up.tag in ("article", "main") for up in element.iterancestors()
            )
        else:
            in_head = not ended and (reached or _shares_header(element, headline))
        if label is not Label.NONE or in_head:
            found.append(Time(value, label))
    return found


def _find_headline(tree: HtmlElement) -> HtmlElement | None:
    """The page's only <h1>, or the one inside an <article>."""
    headings = list(tree.iter("h1"))
    inside = [
        heading for heading in headings if next(heading.iterancestors("article"), None) is not None
    ]
    chosen = inside if len(headings) > 1 else headings
    return chosen[0] if len(chosen) == 1 else None


def _read_value(element: HtmlElement) -> str | None:
    """What an element states, if it is one that states days."""
    names = _names(element)
    if element.tag in ("time", "relative-time", "time-ago", "local-time"):
        return _first_value(element) or element.text_content().strip() or None
    if element.tag == "meta":
        return None
    if re.search(r"date(?:published|modified|created)", element.get("itemprop", ""), re.IGNORECASE):
        return _first_value(element) or element.text_content().strip() or None
    if any(name in element.attrib for name in _VALUES[2:-1]) and _DATED.search(names):
        return _first_value(element)
    if element.tag == "abbr" and "title" in element.attrib and _DATED.search(names):
        return str(element.get("title"))
    return None


def _first_value(element: HtmlElement) -> str | None:
    return next((value for name in _VALUES if (value := element.get(name, "").strip())), None)


def _names(element: HtmlElement) -> str:
    return " ".join(element.get(name, "") for name in ("class", "id", "itemprop", "property"))


def _is_foreign(element: HtmlElement, headline: HtmlElement | None, single: bool) -> bool:
    """Whether an element stands in a part of the page that is about something else."""
    own = set(headline.iterancestors()) if headline is not None else set()
    for ancestor in (element, *element.iterancestors()):
        if ancestor in own or ancestor.tag in ("body", "html"):
            return False
        if _is_other_part(ancestor) or (
            not single and ancestor.tag == "article" and headline is not None
        ):
            return True
    return False


def _is_other_part(element: HtmlElement) -> bool:
    """Whether an element's own names say that it is about something else."""
    return (
        element.tag in _FOREIGN_TAGS
        or _FOREIGN_WORDS.search(f"{element.get('class', '')} {element.get('id', '')}") is not None
        or _FOREIGN_ITEM.search(element.get("itemtype", "")) is not None
        or (element.tag == "a" and element.get("href", "#").strip()[:1] != "#")
    )


def find_other_parts(tree: HtmlElement) -> list[HtmlElement]:
    """The page's parts that are about something else: sidebars, comments, captions, footers."""
    from lxml import etree

    headline = _find_headline(tree)
    own = {tree} if headline is None else {headline, *headline.iterancestors()}
    parts: list[HtmlElement] = []
    walk = etree.iterwalk(tree, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str) or element in own or element.tag in ("body", "html"):
            continue
        if element.tag != "a" and _is_other_part(element):
            parts.append(element)
            walk.skip_subtree()
    return parts


def find_saved(markup: str) -> datetime | None:
    """When a page was saved, by the comment that SingleFile or the Wayback Machine writes."""
    found = _SAVED.search(markup)
    day, moment = parse_stamp(found[1] or found[2]) if found else (None, None)
    return moment or (datetime.combine(day, time.max) if day else None)


def _shares_header(element: HtmlElement, headline: HtmlElement | None) -> bool:
    """Whether an element above the title is in the same <header>, or right before it."""
    if headline is None:
        return False
    header = next(headline.iterancestors("header"), None)
    if header is not None and header in element.iterancestors():
        return True
    return headline.getprevious() is not None and headline.getprevious() in (
        element,
        *element.iterancestors(),
    )


def _find_label(element: HtmlElement) -> Label:
    """What the element's names, or the words before it on its line, say that its day is."""
    for ancestor in (element, element.getparent()):
        names = "" if ancestor is None else _names(ancestor)
        if _UPDATED.search(names) and not _PUBLISHED.search(names):
            return Label.UPDATED
        if _PUBLISHED.search(names) and not _UPDATED.search(names):
            return Label.PUBLISHED
    if "pubdate" in element.attrib:
        return Label.PUBLISHED
    return read_label(" ".join(_words_before(element))[-MAX_LABEL_CHARACTERS:])


def _words_before(element: HtmlElement) -> Iterator[str]:
    """The text before an element in its parent, after the last other day."""
    parent = element.getparent()
    if parent is None:
        return
    pieces = [parent.text or ""]
    for sibling in parent:
        if sibling is element:
            break
        if sibling.tag in ("time", "br"):
            pieces = []
        elif isinstance(sibling.tag, str):
            pieces.append(sibling.text_content())
        pieces.append(sibling.tail or "")
    yield from pieces
