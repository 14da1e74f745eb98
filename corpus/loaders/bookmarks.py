"""Read lists of addresses: OPML, a browser's bookmarks, Internet shortcuts; name sitemaps as such.

The pages behind the addresses are fetched, since they are what the user saved the list for. A
sitemap lists a whole site, which nobody chose; it is refused, and its first addresses are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.identity import canonical, outlet_of
from corpus.loaders.source import Found, Link, Source
from corpus.loaders.text import load_text
from corpus.loaders.xml import local, read_tree

_NAMED = 3
_OUTLINE = ("xmlUrl", "url", "htmlUrl")
_SHORTCUT = re.compile(r"^URL\s*=\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def load_opml(source: Source) -> Iterator[Found]:
    """Read the feeds and pages that an OPML file lists (http://opml.org/spec2.opml).

    Raises:
        LoadError: it is broken, or lists none.
    """
    tree = read_tree(source, source.read(), what="an OPML file")
    links = [
        Link(url=next((url for name in _OUTLINE if (url := element.get(name))), ""))
        for element in tree.iter()
        if local(element) == "outline"
    ]
    yield from follow(source, links, what="an OPML file")


def load_bookmarks(source: Source) -> Iterator[Found]:
    """Read the addresses of a browser's exported bookmarks, or of Pocket's list.

    Raises:
        LoadError: it lists none.
    """
    from lxml.html import HTMLParser, document_fromstring

    text = load_text(source.read(), location=source.name)
    tree = document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8"))
    links = [
        Link(url=element.get("href", ""), title=" ".join(element.text_content().split()) or None)
        for element in tree.iter("a")
    ]
    yield from follow(source, links, what="bookmarks")


def load_shortcut(source: Source) -> Iterator[Found]:
    """Read the address of a Windows Internet shortcut.

    Raises:
        LoadError: it holds none.
    """
    text = load_text(source.read(), location=source.name)
    yield from follow(
        source, [Link(url=url) for url in _SHORTCUT.findall(text)], what="an Internet shortcut"
    )


def load_sitemap(source: Source) -> Iterator[Found]:
    """Refuse a sitemap (https://www.sitemaps.org/protocol.html), and name its first addresses.

    Raises:
        LoadError: always.
    """
    tree = read_tree(source, source.read(), what="a sitemap")
    urls = [
        (element.text or "").strip()
        for element in tree.iter()
        if local(element) == "loc"
        and local(element.getparent()) in ("url", "sitemap")  # not a picture's
        and outlet_of(element.text or "")
    ]
    count = f"{len(urls):,} address{'' if len(urls) == 1 else 'es'}"
    raise source.error(
        found=f"a sitemap of {count}",
        expected="the addresses of articles",
        remedy=f"add those you want: {' '.join(urls[:_NAMED])}{' …' if urls[_NAMED:] else ''}"
        if urls
        else "add the addresses of its articles",
    )
    yield  # a generator, as every loader of containers


def follow(source: Source, links: list[Link], *, what: str) -> Iterator[Link]:
    """Yield each address on the web once.

    Raises:
        LoadError: there is none.
    """
    once = {canonical(link.url): link for link in reversed(links) if outlet_of(link.url)}
    if not once:
        raise source.error(
            found=f"{what} without addresses",
            expected="at least one address that starts with http:// or https://",
            remedy="export it again, or add the addresses themselves",
        )
    yield from reversed(once.values())
