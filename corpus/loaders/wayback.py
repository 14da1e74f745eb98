"""Take a web archive's own parts out of a page that it kept, and read the page's address there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.addresses import is_archive, is_same_site, live_address
from corpus.article import Span

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TOOLBARS = (
    "wm-ipp", "donato",  # the Wayback Machine
    "_wb_frame_top_banner", "_wb_plain_banner",  # archives that run pywb
    "google-cache-hdr",
)  # fmt: skip
"""What stands in the ids of elements that archives and caches put above a page."""
_ARCHIVE_TODAY = "HEADER"

_HEAD = 3_000
_CAPTURES = re.compile(r"^[^\S\n]*\d[\d,.]* captures?[^\S\n]*$", re.MULTILINE)
_COLLECTED = re.compile(r"^[^\S\n]*(COLLECTED BY|TIMESTAMPS)[^\S\n]*$", re.MULTILINE)
"""Lines that enclose what the Wayback Machine says about a crawl, in paragraphs of prose."""


def open_copy(tree: HtmlElement, url: str | None) -> str | None:
    """Remove the toolbar of an archive or a cache from a page, and tell the page's address.

    A toolbar on a page that was fetched from elsewhere is not believed.

    Args:
        tree: the page; it is changed.
        url: where it was fetched from, if it was.

    Returns:
        The address of the page that was archived, if the toolbar states it, else ``url``.
    """
    links = [
        link.get("href", "") for link in tree.iter("link") if link.get("rel") == "bookmark"
    ]  # archive.today has one that leads to the archived page
    addresses = [inner for link in links if (inner := live_address(link)) != link]
    marks = (*_TOOLBARS, *((_ARCHIVE_TODAY,) if addresses else ()))
    bars = [
        element
        for element in tree.iter("*")  # no comments
        if any(mark in element.get("id", "") for mark in marks) and element.getparent() is not None
    ]
    for bar in bars:
        addresses += [
            element.get("value") or element.get("href", "")
            for element in bar.iter("input", "a")
            if element.get("id") == "wmtbURL" or "google" in bar.get("id")
        ]
        bar.drop_tree()  # keeps the text behind it
    stated = (found for found in addresses if found.startswith(("http://", "https://")))
    live = next(stated, None)
    believed = live and (url is None or is_archive(url) or is_same_site(live, url))
    return live if believed else url


def find_toolbar(text: str) -> list[Span]:
    """The Wayback Machine's words about a crawl, where a page was copied together with them.

    Returns:
        The span of ``text`` in a list; empty if there is none. The rest of the toolbar is short
        lines, which cleaning knows without help.
    """
    captures = _CAPTURES.search(text, 0, _HEAD)
    if captures is None:
        return []
    ends = list(_COLLECTED.finditer(text, captures.end(), captures.end() + _HEAD))
    return [(captures.start(), ends[-1].end())] if len(ends) > 1 else []
