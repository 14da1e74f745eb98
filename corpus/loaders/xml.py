"""Parse XML that strangers wrote: nothing is fetched, no entity is expanded, time is linear."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.errors import LoadError
from corpus.loaders.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ELEMENTS = 500_000
"""More elements than this are refused: a document may have a million characters, and reading so
many elements takes 2 s."""


def read_tree(source: Source, data: bytes, *, what: str) -> _Element:
    """Parse a small XML file, such as a list of contents.

    Args:
        source: where it is from; used in errors.
        data: the file's bytes.
        what: what it should be ("an OPML file"); used in errors.

    Raises:
        LoadError: it is broken, too large, or declares entities.
    """
    first = [element for _, element in walk(source, data, what=what)][:1]
    if not first:
        raise _refuse(source, "no element", what)
    return first[0]


def walk(source: Source, data: bytes, *, what: str) -> Iterator[tuple[str, _Element]]:
    """Yield ("start" or "end", element) while the file is parsed.

    Call ``forget`` with what has been read, so that memory does not grow with the file.

    Args:
        source: where it is from; used in errors.
        data: the file's bytes.
        what: what it should be ("an OPML file"); used in errors.

    Raises:
        LoadError: it is broken, too large, or declares entities.
    """
    from lxml import etree

    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    count = 0
    try:
        for event, element in events:
            if event == "start":
                if not count and element.getroottree().docinfo.internalDTD is not None:
                    _check_entities(source, element, what)
                count += 1
                if count > MAX_ELEMENTS:
                    raise _refuse(source, f"more than {MAX_ELEMENTS:,} elements", what)
            yield event, element
    except etree.XMLSyntaxError as error:
        raise _refuse(source, f"broken XML ({error.msg})", what) from None


def _check_entities(source: Source, root: _Element, what: str) -> None:
    if any(True for _ in root.getroottree().docinfo.internalDTD.iterentities()):
        raise _refuse(source, "XML that declares entities of its own", what)


def forget(element: _Element) -> None:
    """Free an element that has ended, and the siblings before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def local(element: _Element) -> str:
    """An element's name without its namespace; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _refuse(source: Source, found: str, what: str) -> LoadError:
    return source.error(found=found, expected=what, remedy="save or download it again")
