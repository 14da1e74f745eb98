"""Load the articles of an EPUB: each page of its reading order is one (EPUB 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from corpus.errors import LoadError, NoArticleError
from corpus.loaders.archive import Archive, open_archive
from corpus.loaders.html import load_html
from corpus.loaders.source import Found, Passed, Source
from corpus.loaders.xml import local, read_tree

_WHAT = "an EPUB"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = (".xhtml", ".html", ".htm")


def load_epub(source: Source) -> Iterator[Found]:
    """Load each page of a book; covers and lists of contents are passed over.

    Raises:
        LoadError: it is broken, encrypted, or without articles.
    """
    with open_archive(source, what=_WHAT) as archive:
        pages = _list_pages(archive)
        if _ENCRYPTION in archive.names and _find_encrypted(archive) & set(pages):
            raise source.error(
                found="an EPUB with copy protection",
                expected="one that any reader opens",
                remedy="get it without copy protection, or paste its text",
            )
        empty = True
        for page in pages:
            try:
                if page not in archive.names:
                    raise _lacking(source, page)
                yield load_html(archive.open(page).source)
                empty = False
            except NoArticleError:
                yield Passed(path=f"{source.name}, {page}", what="pages of a book without text")
            except LoadError as error:
                empty = False
                yield error
        if empty:
            raise _lacking(source, "a page with a sentence")


def _lacking(source: Source, what: str) -> LoadError:
    return source.error(
        found=f"an EPUB without {what}", expected=_WHAT, remedy="save or download it again"
    )


def _list_pages(archive: Archive) -> list[str]:
    """The pages in reading order; all pages in the archive's order if it does not list them."""
    if _CONTAINER in archive.names:
        for element in read_tree(archive.source, archive.read(_CONTAINER), what=_WHAT).iter():
            package = element.get("full-path", "") if local(element) == "rootfile" else ""
            if package in archive.names and (pages := _read_package(archive, package)):
                return pages
    return [name for name in archive.names if name.lower().endswith(_PAGES)]


def _read_package(archive: Archive, package: str) -> list[str]:
    items: dict[str, str] = {}
    order: list[str] = []
    for element in read_tree(archive.source, archive.read(package), what=_WHAT).iter():
        if local(element) == "item" and "nav" not in element.get("properties", "").split():
            items[element.get("id", "")] = _resolve(package, element.get("href", ""))
        elif local(element) == "itemref":
            order.append(element.get("idref", ""))
    return [items[name] for name in dict.fromkeys(order) if name in items]


def _resolve(package: str, href: str) -> str:
    path = unquote(href.partition("#")[0])
    return normpath(str(PurePosixPath(package).parent / path))


def _find_encrypted(archive: Archive) -> set[str]:
    """The names of encrypted members; fonts are often encrypted in books that anyone can read."""
    tree = read_tree(archive.source, archive.read(_ENCRYPTION), what=_WHAT)
    return {
        normpath(unquote(element.get("URI", "")))
        for element in tree.iter()
        if local(element) == "CipherReference"
    }
