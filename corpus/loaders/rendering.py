"""Render an HTML page to the text that a browser copies, and note where its elements stand."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from corpus.article import Span
from corpus.cleaning.boilerplate import is_prose
from corpus.text.tables import MAX_CELL_CHARACTERS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNSEEN = frozenset(
    "head script style noscript noframes template svg math iframe object embed video audio canvas "
    "select textarea".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote figure ul ol dl table pre hr".split())
_LINES = frozenset(
    "address article aside button details dd div dt fieldset figcaption footer form header hgroup "
    "legend li main nav option section summary tbody tfoot thead tr caption center body html "
    "label".split()
)
_ROWS = frozenset("table caption thead tbody tfoot tr".split())
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
MARKED = frozenset("li tr dt dd p a article".split()) | HEADINGS
"""Elements whose places in the text are noted."""
_ASIDES = frozenset("nav aside footer form button figure menu".split())
"""What stands in these elements is not added to the lines that trafilatura chose."""
_PICTURES = frozenset("img picture figure".split())
_NO_FACTS = HEADINGS | frozenset("form article section ul ol dl blockquote pre hr".split())
"""Elements that show that a table arranges the page."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

MAX_OWN = 2_000
"""Maximum length of a list item, row or paragraph that is added to an article, in characters."""
MAX_LINKED = 0.6
"""Maximum share of links in a list item, row or heading; the others lead elsewhere."""


class Part(NamedTuple):
    """A list item, row, heading, link or article of a page.

    Attributes:
        start, end: its characters in the rendered text, without white space at the ends.
        element: the element.
        linked: share of its characters that are in links.
        aside: whether it stands in a menu, a foot or the like.
        pictured: whether it holds a picture.
    """

    start: int
    end: int
    element: HtmlElement
    linked: float
    aside: bool
    pictured: bool

    @property
    def tag(self) -> str:
        """The element's name."""
        return str(self.element.tag)

    @property
    def is_own(self) -> bool:
        """Whether it may be the article's own: a heading, or an entry that is text and no link."""
        if self.aside or self.linked > MAX_LINKED or self.tag in ("a", "article", "h1"):
            return False
        return self.end - self.start <= MAX_OWN and (self.tag in HEADINGS or not self.pictured)


class Rendering(NamedTuple):
    """A page's visible text, and where some of its elements stand, in the order they end."""

    text: str
    parts: list[Part]

    def extend(self, body: list[Span]) -> list[Span]:
        """Add to an article's lines what else belongs to them.

        Sentences, lists and rows between them do, and lists and rows right after the last one, with
        a heading or without.

        Args:
            body: ascending spans of the article's lines.
        """
        if not body:
            return []
        own = [part for part in self.parts if part.is_own and part.start >= body[0][0]]
        copies = Counter(self.text[part.start : part.end] for part in own if part.tag != "tr")
        spans, last = list(body), body[-1][1]
        end, heading = last, (last, last)
        for part in sorted(own, key=lambda part: (part.start, part.end)):
            after = self._is_next(heading[1], part.start)
            outside = part.end > end and not after and not self._is_next(end, part.start)
            if outside or copies[self.text[part.start : part.end]] > 1:
                continue
            if part.tag in HEADINGS:
                heading = (part.start, part.end)
            elif part.tag != "p":
                spans += [heading, (part.start, part.end)] if after else [(part.start, part.end)]
                end = max(end, part.end)
            elif part.end <= last and is_prose(self.text[part.start : part.end]):
                spans.append((part.start, part.end))
        return sorted({(low, high) for low, high in spans if low < high})

    def _is_next(self, end: int, start: int) -> bool:
        """Whether only white space stands between two characters."""
        return 0 <= start - end <= len("\n\n") and not self.text[end:start].strip()


def render_tree(tree: HtmlElement) -> str:
    """Render all visible text as a browser copies it.

    Blocks are on their own lines, paragraphs are separated by blank lines, table cells by tabs, and
    spaces are collapsed. A row of a table of facts is one line.
    """
    return render_page(tree).text


def render_page(tree: HtmlElement) -> Rendering:
    """Render a page, in a loop and not a recursion: some pages nest very deeply by accident."""
    from lxml import etree

    out = _Lines()
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            out.separate(tag)
            if not tag or _is_unseen(element):
                walk.skip_subtree()
                continue
            out.open(element)
            out.write(element.text)
        else:
            if tag and not _is_unseen(element):
                out.close(element)
            out.separate(tag)
            out.write(element.tail)
    text = out.text
    return Rendering(
        text, [part._replace(start=_skip_space(text, part.start)) for part in out.parts]
    )


def _skip_space(text: str, start: int) -> int:
    while text[start].isspace():
        start += 1
    return start


class _Lines:
    """Builds text, and notes where the elements stand that tell what a line is.

    White space is held back until more text follows.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._pieces: list[str] = []
        self._gap = ""
        self._length = 0
        self._linked = 0
        self._links = self._asides = self._preformatted = self._pictures = 0
        self._tables: list[bool] = []
        self._open: list[tuple[int, int, int]] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def open(self, element: HtmlElement) -> None:
        tag = element.tag
        self._links += tag == "a"
        self._asides += tag in _ASIDES
        self._preformatted += tag == "pre"
        self._pictures += tag in _PICTURES
        if tag == "table":
            self._tables.append(_holds_facts(element))
        elif tag in ("td", "th") and self._in_facts and element.getprevious() is not None:
            self._gap = f"{self._gap}\t" if self._gap.startswith("\t") else self._wider("\t")
        if tag in MARKED:
            self._open.append((self._length, self._linked, self._pictures))

    def close(self, element: HtmlElement) -> None:
        tag = element.tag
        self._links -= tag == "a"
        self._asides -= tag in _ASIDES
        self._preformatted -= tag == "pre"
        if tag in MARKED:
            start, linked, pictures = self._open.pop()
            if start < self._length and (tag != "tr" or self._in_facts):
                share = (self._linked - linked) / (self._length - start)
                pictured = self._pictures > pictures
                aside = self._asides > 0
                self.parts.append(Part(start, self._length, element, share, aside, pictured))
        if tag == "table":
            self._tables.pop()

    @property
    def _in_facts(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def separate(self, tag: str) -> None:
        if self._in_facts and tag not in _ROWS:
            if tag in _PARAGRAPHS or tag in _LINES or tag == "br":
                self._gap = self._wider(" ")
        elif tag in _PARAGRAPHS:
            self._gap = self._wider("\n\n")
        elif tag in _LINES or tag == "br":
            self._gap = self._wider("\n")
        elif tag in ("td", "th"):
            self._gap = self._wider("\t")

    def write(self, text: str | None) -> None:
        lines = (text or "").split("\n") if self._preformatted else (text or "",)
        for number, line in enumerate(lines):
            if number:
                self._gap = self._wider(" " if self._in_facts else "\n")
            if line[:1].isspace():
                self._gap = self._wider(" ")
            if words := line.split():
                said = line.strip() if self._preformatted else " ".join(words)
                gap = self._gap if self._pieces else ""
                self._pieces += (gap, said)
                self._length += len(gap) + len(said)
                self._linked += len(said) * (self._links > 0)
                self._gap = " " if line[-1].isspace() else ""

    def _wider(self, gap: str) -> str:
        """The wider of this gap and the one held back: space, tabs, line break, paragraph break."""
        return max(self._gap, gap, key=lambda gap: (" \t\n".find(gap[:1]) if gap else -1, len(gap)))


def _is_unseen(element: HtmlElement) -> bool:
    if element.tag in ("html", "body"):  # often hidden until a script shows them
        return False
    if (
        element.tag in _UNSEEN
        or "hidden" in element.attrib
        or (element.tag == "dialog" and "open" not in element.attrib)
    ):
        return True
    return bool(_HIDDEN.search(element.get("style", "")))


def _holds_facts(table: HtmlElement) -> bool:
    """Whether a table holds facts in rows, and does not only arrange the page."""
    rows = 0
    for element in table.iterdescendants():
        tag = element.tag
        if tag in _NO_FACTS or tag == "table":
            return False
        if tag == "tr":
            cells = [cell for cell in element if cell.tag in ("td", "th")]
            rows += len(cells) > 1
            if any(len("".join(cell.itertext())) > MAX_CELL_CHARACTERS for cell in cells):
                return False
    return rows > 1 and table.get("role") != "presentation"
