"""Load an article from HTML.

The page's text is rendered here once; trafilatura only helps to choose its lines. This module
handles markup. Rules about the wording of boilerplate belong in cleaning.
"""

from __future__ import annotations

import codecs
import logging
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from corpus.article import Article, Span
from corpus.cleaning.cleaning import build_article, find_excess, replace_unstorable
from corpus.errors import LoadError
from corpus.identity import canonical, content_id, outlet_of, record_id, url_id
from corpus.loaders.rendering import render_page, render_tree
from corpus.loaders.several import Headed, find_articles, refuse_front_page
from corpus.loaders.source import Source
from corpus.loaders.statements import Statements, is_free, is_live, read_body, read_statements
from corpus.loaders.text import load_text
from corpus.loaders.times import find_other_parts, find_saved
from corpus.loaders.wayback import open_copy

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

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

FULLER = 3
"""How many times as long as the visible article another form of it must be to be taken."""
MIN_NOSCRIPT = 150
"""Characters; shorter text for browsers without scripts asks the reader to enable them."""

_MARKUP = re.compile(r"<(?:/?[a-z][a-z0-9]*\b|br\s*/?)[^<>]*>|&(?:\w{2,8}|#\d+);", re.IGNORECASE)
# 30 times the most on 181 news pages; trafilatura takes 8 s for this many.
_MAX_ELEMENTS = 50_000
# With more, trafilatura is not compared with justext, which takes the square of their number.
_FAST_ELEMENTS = 5_000
# Characters without white space; shorter lines ("Read more") occur on a page more than once.
_ANCHOR = 40


def load_html(source: Source) -> Article:
    """Load the article of an HTML page; of several, the first.

    Raises:
        LoadError: it is too large, empty, a front page, or has no sentence.
    """
    return load_page(source)[0]


def load_page(source: Source) -> list[Article]:
    """Load every article of an HTML page, at least one.

    Raises:
        LoadError: it is too large, empty, a front page, or has no sentence.
    """
    data = source.read()
    markup = _decode(data, source)
    tree = _parse(markup)
    if tree is None:
        raise source.error(
            found="a page without any element",
            expected="the HTML of an article",
            remedy="save or paste the page again",
        )
    live = open_copy(tree, source.url)
    _show_shadows(tree)
    page = _Page(source, data, tree, live=live, saved=source.saved or find_saved(markup))
    if excess := find_excess(page.rendering.text, source.name):
        raise excess
    several = find_articles(page.rendering, page.base) if not is_live(tree) else []
    return _build_several(page, several) if several else [_build_fullest(page)]


class _Page:
    """A page that is being loaded.

    Args:
        source: where it comes from.
        data: its bytes.
        tree: its elements, without an archive's toolbar.
        live: the address that the page has, or of which it is a copy.
        saved: when it was saved.
    """

    def __init__(
        self,
        source: Source,
        data: bytes,
        tree: HtmlElement,
        *,
        live: str | None,
        saved: datetime | None,
    ) -> None:
        self.source, self.tree, self.live, self.saved = source, tree, live, saved
        self.said = read_statements(tree, base=live)
        self.url = self.said.url or live
        self.base = self.url or _find_base(tree)
        self.id = url_id(self.url) if self.url else source.id(data)
        self.outlet = self.said.outlet or (outlet_of(self.url) if self.url else None)
        self.rendering = render_page(tree)

    def build(self, text: str, hints: Sequence[Span]) -> Article:
        """The page's article, from its visible text."""
        said = self.said
        return build_article(
            text,
            id=self.id,
            location=self.source.name,
            hints=hints,
            title=said.title,
            outlet=self.outlet,
            url=canonical(self.url) if self.url else None,
            author=said.author,
            published=said.published,
            published_at=said.published_at,
            modified=said.modified,
            language=said.language,
            saved=self.saved,
            foreign=_find_foreign(text, self.tree),
        )


def _build_fullest(page: _Page) -> Article:
    """The article that a browser shows; if there is hardly one, another form of it.

    That is what a browser would show without scripts, or what JSON-LD states.

    Raises:
        LoadError: no form has a sentence.
    """
    article: Article | None = None
    problem: LoadError | None = None
    try:
        article = _build_visible(page)
    except LoadError as error:
        problem = error
    stated = read_body(page.tree) or ""
    if _show_noscript(page.tree):
        page.rendering = render_page(page.tree)
        article = _choose_fuller(article, lambda: _build_visible(page))
    if stated and (article is None or is_free(page.tree)):
        body = render_fragment(stated) if _MARKUP.search(stated) else replace_unstorable(stated)
        text = f"{page.rendering.text}\n\n{body.strip()}"
        article = _choose_fuller(
            article, lambda: page.build(text, [(len(text) - len(body.strip()), len(text))])
        )
    if article is None:
        assert problem is not None
        raise problem
    return article


def _choose_fuller(article: Article | None, build: Callable[[], Article]) -> Article | None:
    """Another form of a page's article if it is much longer, else the article."""
    try:
        other = build()
    except LoadError:
        return article
    return other if article is None or len(other.text) >= FULLER * len(article.text) else article


def _build_visible(page: _Page) -> Article:
    """The article that a browser shows.

    Raises:
        LoadError: it is a front page, or has no sentence.
    """
    text = page.rendering.text
    found = find_lines(text, _extract(page.tree)) if text.strip() else []
    hints = page.rendering.extend(found)
    try:
        article = page.build(text, hints)
    except LoadError:
        if front := refuse_front_page(page.source, page.rendering, (), page.base):
            raise front from None
        raise
    assert article.page is not None
    if front := refuse_front_page(page.source, page.rendering, article.page.kept, page.base):
        raise front
    return article


def _build_several(page: _Page, several: Sequence[Headed]) -> list[Article]:
    """Each article of a page with the part of the page that begins with it.

    The first has the page's own identity and metadata.
    """
    said = [read_statements(headed.element, base=page.base) for headed in several]
    for headed in several[1:]:
        for script in list(headed.element.iter("script")):
            script.tag = "noscript"  # it says nothing of the first article
    page.said = read_statements(page.tree, base=page.live)
    starts = [0, *(headed.start for headed in several[1:]), len(page.rendering.text)]
    own = sorted(part[:2] for part in page.rendering.parts if part.is_own)
    articles: dict[str, Article] = {}
    for headed, stated, (start, end) in zip(several, said, pairwise(starts), strict=True):
        text = page.rendering.text[start:end]
        first, last = (bisect_left(own, (edge, edge)) for edge in (headed.start, headed.end))
        hints = [(low - start, high - start) for low, high in own[first:last]]
        if headed is several[0]:
            article = replace(page.build(text, hints), title=headed.title)
        else:
            article = _build_part(page, headed, stated, text, hints)
        articles.setdefault(article.id, article)
    return list(articles.values())


def _build_part(
    page: _Page, headed: Headed, said: Statements, text: str, hints: Sequence[Span]
) -> Article:
    """An article below the first, from its part of the page."""
    url = headed.url if headed.url and outlet_of(headed.url) else None
    return build_article(
        text,
        id=_name_part(page, headed, url, text),
        location=f"{page.source.name}, {headed.title}",
        hints=hints,
        title=headed.title,
        outlet=page.outlet,
        url=canonical(url) if url else None,
        author=said.author,
        published=said.published,
        published_at=said.published_at,
        modified=said.modified,
        language=said.language or page.said.language,
        saved=page.saved,
        foreign=_find_foreign(text, headed.element),
    )


def _find_foreign(text: str, tree: HtmlElement) -> frozenset[str]:
    """The lines with digits that stand only in parts of the page about something else."""
    foreign = Counter(
        line.strip()
        for part in find_other_parts(tree)
        for line in render_tree(part).splitlines()
        if any(map(str.isdigit, line))
    )
    page = Counter(map(str.strip, text.splitlines()))
    return frozenset(line for line, count in foreign.items() if page[line] <= count)


def _name_part(page: _Page, headed: Headed, url: str | None, text: str) -> str:
    """The id of one of several articles: by its address, else by the page and its headline."""
    if url:
        return url_id(url)
    place = page.url or page.source.path
    return record_id(place, headed.title) if place else content_id(text.encode("utf-8", "replace"))


def _find_base(tree: HtmlElement) -> str | None:
    """The address that a page's relative links start from, if it states one.

    Unlike the address of an article, it may be that of a front page.
    """
    stated = (
        *(
            element.get("href") or ""
            for element in tree.iter("base", "link")
            if element.tag == "base" or "canonical" in element.get("rel", "").lower().split()
        ),
        *(
            element.get("content", "")
            for element in tree.iter("meta")
            if element.get("property") == "og:url"
        ),
    )
    return next((url for url in map(str.strip, stated) if outlet_of(url)), None)


def _show_shadows(tree: HtmlElement) -> None:
    """Make the contents of declarative shadow roots elements like any other, as browsers do."""
    for template in list(tree.iter("template")):
        if "shadowrootmode" in template.attrib or "shadowroot" in template.attrib:
            template.tag = "div"


def _show_noscript(tree: HtmlElement) -> bool:
    """Show what browsers without scripts show; returns whether there is more than a notice."""
    shown = 0
    for noscript in list(tree.iter("noscript")):
        shown += len(" ".join(noscript.text_content().split()))
        noscript.tag = "div"
    return shown >= MIN_NOSCRIPT


def render_fragment(markup: str) -> str:
    """Render an HTML fragment, such as a record's field or a feed's entry, to text."""
    tree = _parse(markup)
    return "" if tree is None else render_tree(tree)


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
        elif len(line) >= _ANCHOR and (at := squeezed.find(line)) >= 0:
            span = at, at + len(line)  # trafilatura changed the order
        if span is not None:
            spans.append((offsets[span[0]], offsets[span[1] - 1] + 1))
    return sorted(spans)


def _strip_spaces(text: str) -> tuple[str, list[int]]:
    """The text without white space, and the original offset of each character."""
    offsets = [at for at, character in enumerate(text) if not character.isspace()]
    return "".join(text.split()), offsets


def _extract(tree: HtmlElement) -> list[str]:
    """The article's lines, by trafilatura (https://aclanthology.org/2021.acl-demo.15)."""
    import trafilatura

    elements = sum(1 for _ in islice(tree.iter(), _MAX_ELEMENTS))
    if elements == _MAX_ELEMENTS:
        return []  # too large; cleaning then works without hints
    # Without a handler, "discarding data" is printed to stderr.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=False, fast=elements > _FAST_ELEMENTS
    )
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
            except (LookupError, ValueError):  # unknown, or no encoding of texts ("rot13", "idna")
                continue
            if not codec.startswith("utf"):
                return load_text(text.encode("utf-8", "replace"), location=source.name)
    return load_text(data, location=source.name)
