"""Take a web archive's own parts out of a page that it kept, and read the page's address there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.addresses import live_address

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TOOLBARS = (
    "wm-ipp", "donato",  # the Wayback Machine
    "_wb_frame_top_banner", "_wb_plain_banner",  # archives that run pywb
    "google-cache-hdr",
)  # fmt: skip
"""What stands in the ids of elements that archives and caches put above a page."""
_ARCHIVE_TODAY = "HEADER"


def open_copy(tree: HtmlElement) -> str | None:
    """Remove the toolbar of an archive or a cache from a page.

    Args:
        tree: the page; it is changed.

    Returns:
        The address of the page that was archived; None if the toolbar does not state it.
    """
    links = [
        link.get("href", "") for link in tree.iter("link") if link.get("rel") == "bookmark"
    ]  # archive.today has one that leads to the archived page
    addresses = [live for link in links if (live := live_address(link)) != link]
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
    return next((url for url in addresses if url.startswith(("http://", "https://"))), None)
