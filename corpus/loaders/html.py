"""Load an article from HTML.

The page's text is rendered here once; trafilatura only helps to choose its lines. This module
handles markup. Rules about the wording of boilerplate belong in cleaning.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from corpus.article import Article, Span
from corpus.cleaning import build_article, find_excess
from corpus.identity import outlet_of, url_id
from corpus.loaders.source import Source
from corpus.loaders.statements import read_statements
from corpus.loaders.text import load_text

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
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)"""
    rb"""|<\?xml[^>]{0,100}encoding=["']([\w.:-]+)""",
    re.IGNORECASE,
)
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "euc_kr": "cp949",
}
"""Browsers read the older name as the newer encoding:
https://encoding.spec.whatwg.org/#names-and-labels"""

# 30 times the most on 181 news pages; trafilatura takes 8 s for this many.
_MAX_ELEMENTS = 50_000
# Characters without white space; shorter lines ("Read more") occur on a page more than once.
_ANCHOR = 40


def load_html(source: Source) -> Article:
    """Load one HTML page.

    Raises:
        LoadError: it is too large, empty, or has no sentence.
    """
    data = source.read()
    tree = _parse(_decode(data, source))
    if tree is None:
        raise source.error(
            found="a page without any element",
            expected="the HTML of an article",
            remedy="save or paste the page again",
        )
    said = read_statements(tree, base=source.url)
    url = said.url or source.url
    text = render_tree(tree)
    if excess := find_excess(text, source.name):
        raise excess
    return build_article(
        text,
        id=url_id(said.url) if said.url else source.id(data),
        location=source.name,
        hints=[
            line
            for start, end in find_lines(text, _extract(tree))
            for line in text[start:end].splitlines()
        ],
        title=said.title,
        outlet=said.outlet or (outlet_of(url) if url else None),
        url=url,
        author=said.author,
        published=said.published,
        published_at=said.published_at,
        language=said.language,
    )


def render_fragment(markup: str) -> str:
    """Render an HTML fragment, such as a record's field or a feed's entry, to text."""
    tree = _parse(markup)
    return "" if tree is None else render_tree(tree)


def render_tree(tree: HtmlElement) -> str:
    """Render all visible text as a browser copies it.

    Blocks are on their own lines, paragraphs are separated by blank lines, table cells by tabs, and
    spaces are collapsed. This is a loop and not a recursion, since some pages nest a few hundred
    elements deep by accident.
    """
    from lxml import etree

    out = _Lines()
    walk = etree.iterwalk(tree, events=("start", "end"))
    preformatted = 0
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            out.separate(tag)
            if not tag or _is_unseen(element):
                walk.skip_subtree()
                continue
            preformatted += tag == "pre"
            out.write(element.text, preformatted)
        else:
            if tag and not _is_unseen(element):
                preformatted -= tag == "pre"
            out.separate(tag)
            out.write(element.tail, preformatted)
    return out.text


class _Lines:
    """Builds text; white space is held back until more text follows."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = ""

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def separate(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._widen("\n\n")
        elif tag in _LINES or tag == "br":
            self._widen("\n")
        elif tag in ("td", "th"):
            self._widen("\t")

    def write(self, text: str | None, preformatted: int) -> None:
        for number, line in enumerate((text or "").split("\n") if preformatted else (text or "",)):
            if number:
                self._widen("\n")
            words = line.split()
            if line[:1].isspace():
                self._widen(" ")
            if words:
                self._parts += (self._gap if self._parts else "", " ".join(words))
                self._gap = " " if line[-1].isspace() else ""

    def _widen(self, gap: str) -> None:
        """Keep the widest gap between two words: space, tab, line break or paragraph break."""
        self._gap = max(self._gap, gap, key=("", " ", "\t", "\n", "\n\n").index)


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


def find_lines(text: str, lines: Sequence[str]) -> list[Span]:
    """Find extracted lines in the rendered text, in order, ignoring white space.

    Long lines are found first. A short line is searched for only between its long neighbours, since
    text like "Read more" occurs many times on a page.

    Returns:
        Ascending spans of ``text``, one for each line found.
    """
    squeezed, offsets = _strip_spaces(text)
    wanted = [_strip_spaces(line)[0] for line in lines]
    found: list[tuple[int, int] | None] = [None] * len(wanted)
    cursor = 0
    for number, line in enumerate(wanted):
        if len(line) >= _ANCHOR and (at := squeezed.find(line, cursor)) >= 0:
            found[number] = at, at + len(line)
            cursor = at + len(line)
    limit = len(squeezed)
    ends = []
    for span in reversed(found):
        ends.append(limit)
        limit = span[0] if span else limit
    cursor = 0
    spans: list[Span] = []
    for line, span, end in zip(wanted, found, reversed(ends), strict=True):
        if span is None and line and (at := squeezed.find(line, cursor, end)) >= 0:
            span = at, at + len(line)
        if span is not None:
            cursor = span[1]
            spans.append((offsets[span[0]], offsets[span[1] - 1] + 1))
    return spans


def _strip_spaces(text: str) -> tuple[str, list[int]]:
    """The text without white space, and the original offset of each character."""
    offsets = [at for at, character in enumerate(text) if not character.isspace()]
    return "".join(text.split()), offsets


def _extract(tree: HtmlElement) -> list[str]:
    """The article's lines, by trafilatura (https://aclanthology.org/2021.acl-demo.15)."""
    import trafilatura

    if sum(1 for _ in islice(tree.iter(), _MAX_ELEMENTS)) == _MAX_ELEMENTS:
        return []  # too large; cleaning then works without hints
    # Without a handler, "discarding data" is printed to stderr.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    document = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False)
    lines = (getattr(document, "text", None) or "").splitlines()
    return [line.removeprefix("- ") for line in lines]  # trafilatura's list marker


def _parse(markup: str) -> HtmlElement | None:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # Without huge_tree, a page is silently cut off at its first picture of 10 MB or at 256 nested
    # elements.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return document_fromstring(markup.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # only comments, or empty
        return None


def _decode(data: bytes, source: Source) -> str:
    """Decode as browsers do, but valid UTF-8 takes precedence over any declaration."""
    found = _CHARSET.search(data, 0, 4096)
    declared = [
        source.charset,
        *(name.decode("ascii") for name in (found.groups() if found else ()) if name),
    ]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        for name in filter(None, declared):
            try:
                codec = codecs.lookup(name).name
                text = data.decode(_SUPERSETS.get(codec, codec), "replace")
            except LookupError:  # unknown, or not a text encoding (Python also has "rot13")
                continue
            if not codec.startswith("utf"):
                return load_text(text.encode("utf-8", "replace"), location=source.name)
    return load_text(data, location=source.name)
