"""Resolve each location to files, URLs or streams, and read each with the loader for its kind."""

from __future__ import annotations

import gzip
import io
import os
import pkgutil
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from corpus.addresses import is_registered, read_address
from corpus.article import Article
from corpus.cleaning.cleaning import replace_unstorable
from corpus.errors import LoadError
from corpus.kinds import (
    ASSETS,
    EXPECTED,
    FEED,
    HTML,
    MEDIA_TYPES,
    TEXT,
    ZIP,
    Kind,
    find_foreign,
    name_magic,
    named_kind,
    read_suffix,
    recognise,
    sniff,
)
from corpus.loaders import web
from corpus.loaders.source import MAX_DEPTH, Found, Link, Part, Passed, Source

LIBRARY_FILE = "library.db"
"""A folder that holds this file is a library and has no articles to load."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PEEK = io.DEFAULT_BUFFER_SIZE
_OF_PROGRAMS = ("__pycache__", "__MACOSX")
"""Folders that programs keep for themselves, which no person put there; they are not mentioned."""
_GZIP = b"\x1f\x8b"


def load(
    *locations: str | os.PathLike[str],
    on_error: Callable[[LoadError], None] | None = None,
    on_passed: Callable[[Passed], None] | None = None,
    fetch: web.Fetch = web.fetch,
    follow: bool = False,
) -> Iterator[Article]:
    """Load articles one at a time, in the order of the locations.

    Args:
        locations: files, folders (read recursively, without hidden files), "-" (standard input),
            and URLs of pages, files and feeds; ``www.example.com/story`` is a URL if there is no
            such file.
        on_error: called with the error of each location, file or record that is not an article;
            loading continues.
        on_passed: called with each file in a folder or an archive that is passed over, since it
            plainly holds no article.
        fetch: how URLs are read; by default from public addresses only.
        follow: whether to fetch the pages that a feed links to if the feed is a file. Those of a
            feed that was itself fetched are always fetched.

    Raises:
        LoadError: the first error, if no ``on_error`` is given.
    """
    for location in locations:
        for result in _load_location(
            os.fspath(location), web.Following(fetch) if follow else fetch
        ):
            if isinstance(result, Article):
                yield result
            elif isinstance(result, Passed):
                if on_passed:
                    on_passed(result)
            elif on_error is None:
                raise result
            else:
                on_error(result)


def load_pasted(text: str, *, name: str = "pasted page") -> Article:
    """Make an article from pasted text or HTML source; of several, the first.

    Its id is derived from its content. See ``load_pasted_page`` for arguments and errors.
    """
    return load_pasted_page(text, name=name)[0]


def load_pasted_page(text: str, *, name: str = "pasted page") -> list[Article]:
    """Make an article of each that a pasted text or HTML source holds, at least one.

    An address is not the text of a page: give it to ``load``.

    Args:
        text: what was pasted.
        name: its name in error messages.

    Raises:
        LoadError: it is empty, too large, has no sentence, or is an address.
    """
    from corpus.loaders.html import load_page
    from corpus.loaders.plain_text import load_articles

    data = replace_unstorable(text).encode()
    source = Source.of(data, name=name)
    return load_page(source) if recognise(data[:_PEEK], TEXT) is HTML else load_articles(source)


Result = Article | LoadError | Passed


def _load_location(location: str, fetch: web.Fetch) -> Iterator[Result]:
    try:
        if location == "-":
            if sys.stdin is None:  # the parent process closed it
                raise LoadError(
                    "-",
                    found="no standard input",
                    expected="a pipe or a file behind it",
                    remedy="name a file instead",
                )
            stdin = cast(io.BufferedReader, sys.stdin.buffer)  # typed as any binary stream
            yield from _load_source(Source(name="-", stream=stdin), TEXT, fetch)
        elif url := _find_url(location):
            yield from _load_url(url, fetch)
        elif os.path.isdir(location):
            yield from _load_folder(location, fetch)
        else:
            yield from _load_file(location, fetch)
    except LoadError as error:
        yield error
    except OSError as error:
        yield _refuse_unreadable(location, error)


def _find_url(location: str) -> str | None:
    """The URL that a location is; None if it is, or may be meant as, a file.

    Raises:
        LoadError: it is an address, but not one on the web.
    """
    if location.lower().startswith(("http://", "https://")):
        return location
    url = read_address(location)
    if not _SCHEME.match(location):
        if url is None or os.path.lexists(location):
            return None
        is_file = "/" not in location and named_kind(location) is not None
        is_named = location.lower().startswith("www.") or is_registered(url)
        return url if is_named and not is_file else None
    if url:
        return url
    scheme = location.partition(":")[0].lower()
    raise LoadError(
        location,
        found=f"an address that begins with {scheme}:",
        expected="one that begins with http:// or https://",
        remedy="name the file itself" if scheme == "file" else "save the page and add the file",
    )


def _load_url(url: str, fetch: web.Fetch, listed: Source | None = None) -> Iterator[Result]:
    """Load what is at an address; ``listed`` is the list of addresses that has it."""
    fetched = fetch(url)
    kind = MEDIA_TYPES.get(fetched.kind)
    if kind is None:
        if fetched.kind and not fetched.kind.startswith(("text/", "application/octet-stream")):
            raise LoadError(
                url, found=fetched.kind, expected=EXPECTED, remedy="give the address of an article"
            )
        kind = named_kind(urlsplit(fetched.url).path) or TEXT
    source = fetched.source
    if listed:
        source = replace(source, depth=listed.depth + 1, allowance=listed.allowance)
    yield from _load_source(source, kind, fetch)


def _load_link(link: Link, source: Source, fetch: web.Fetch) -> Iterator[Result]:
    """Load a page from a list of addresses; the list says what the page does not say."""
    if source.depth >= MAX_DEPTH:
        raise LoadError(
            link.url,
            found=f"an address in more than {MAX_DEPTH} lists of addresses",
            expected="the address of an article",
            remedy="add it by itself",
        )
    for result in _load_url(link.url, fetch, source):
        if isinstance(result, Article):
            dated = result.published is not None
            result = replace(
                result,
                title=result.title or link.title,
                outlet=result.outlet or link.outlet,
                published=result.published or link.published,
                published_at=result.published_at if dated else link.published_at,
            )
        yield result


def _load_folder(folder: str, fetch: web.Fetch) -> Iterator[Result]:
    empty = True
    for found in _walk(folder):
        if isinstance(found, str):
            empty = False
            yield from _load_location(found, fetch)
        else:
            empty = empty and isinstance(found, Passed)
            yield found
    if empty:
        raise LoadError(
            folder,
            found="a folder without articles",
            expected=EXPECTED,
            remedy="name a folder that holds articles",
        )


def _walk(folder: str) -> Iterator[str | LoadError | Passed]:
    """Yield the files that may be articles, sorted, and what is passed over.

    Passed over are libraries of ours, hidden files, the asset folders that browsers save with a
    page, and files such as pictures.
    """
    errors: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        if LIBRARY_FILE in files:
            folders.clear()
            yield Passed(path=parent, what="library")
            continue
        folders[:] = [name for name in folders if name not in _OF_PROGRAMS]
        saved = {f"{Path(name).stem}_files" for name in files}
        passed = {
            name: what
            for name in folders
            if (what := _tell_folder(os.path.join(parent, name), name in saved))
        }
        passed |= {name: what for name in files if (what := _tell_asset(name))}
        for name in sorted(passed):
            yield Passed(path=os.path.join(parent, name), what=passed[name])
        folders[:] = sorted(set(folders) - passed.keys())
        yield from (os.path.join(parent, name) for name in sorted(set(files) - passed.keys()))
    yield from (_refuse_unreadable(str(error.filename), error) for error in errors)


def _tell_folder(path: str, saved: bool) -> str | None:
    """Why a folder is passed over; None if it is not."""
    if os.path.basename(path).startswith("."):
        return "hidden"
    if saved:
        return "folder of a saved page"
    return "link to a folder" if os.path.islink(path) else None


def _tell_asset(name: str) -> str | None:
    """Why a file is passed over; None if it is not."""
    if name.startswith("."):
        return "hidden"
    suffix = Path(name).suffix.lower()
    return suffix if suffix in ASSETS else None


def _load_file(path: str, fetch: web.Fetch) -> Iterator[Result]:
    kind = named_kind(path)
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise LoadError(
            path,
            found="a pipe or a device",
            expected="a file or a folder",
            remedy="read it from standard input, as '-'",
        )
    with open(path, "rb") as file:
        source = Source(name=path, stream=file, path=os.path.abspath(path))
        if path.lower().endswith(".gz") and file.peek(2)[:2] not in (b"", _GZIP):
            raise _refuse_gzip(source, "no gzip header")
        yield from _load_source(source, kind, fetch)


def _load_source(source: Source, kind: Kind | None, fetch: web.Fetch) -> Iterator[Result]:
    """Load what a source holds; the loader of each part is chosen by the part's own kind."""
    try:
        if source.stream.peek(2)[:2] == _GZIP:
            unzipped = gzip.GzipFile(fileobj=source.stream)
            source = replace(source, stream=io.BufferedReader(_Unzipped(source, unzipped)))
        for found in _read(source, kind, fetch):
            if isinstance(found, Link):
                source.count_part()
            try:
                if isinstance(found, Part):
                    yield from _load_source(found.source, found.kind, fetch)
                elif isinstance(found, Link):
                    yield from _load_link(found, source, fetch)
                else:
                    yield found
            except LoadError as error:
                yield error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield _refuse_gzip(source, str(error))
    except LoadError as error:
        yield error


class _Unzipped(io.RawIOBase):
    """What a gzip stream unpacks to; in an archive it counts against the allowance.

    It cannot be sought in, since that would unpack all of a gzip bomb.
    """

    def __init__(self, source: Source, stream: gzip.GzipFile) -> None:
        self._source, self._stream = source, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any writable buffer
        data = self._stream.read1(len(buffer))
        if self._source.depth:
            self._source.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


def _read(source: Source, kind: Kind | None, fetch: web.Fetch) -> Iterable[Found]:
    """Read a source with the loader of its kind."""
    head = source.stream.peek(_PEEK)[:_PEEK]
    seen, kind = sniff(head), recognise(head, kind)
    if kind is None:
        raise _refuse_unknown(source, head)
    if seen is ZIP:
        if not source.stream.seekable():
            source = replace(source, stream=io.BufferedReader(io.BytesIO(source.read())))
        from corpus.loaders.archive import tell_zip

        kind = tell_zip(source.stream)
    elif not (seen and seen.binary) and (
        foreign := name_magic(head) if kind.binary else find_foreign(head)
    ):
        raise _refuse_foreign(source, foreign)
    if kind is HTML:
        from corpus.loaders.saved import read_origin

        source = read_origin(source)
    loader = pkgutil.resolve_name(kind.loader)
    found = loader(source, fetch) if kind is FEED else loader(source)
    return [found] if isinstance(found, Article) else cast(Iterable[Found], found)


def _refuse_unknown(source: Source, head: bytes) -> LoadError:
    foreign = find_foreign(head)
    if foreign and foreign != "a binary file":
        return _refuse_foreign(source, foreign)
    return source.error(
        found=f"a file of an unknown kind ({read_suffix(source.name)})",
        expected=EXPECTED,
        remedy="save or export it as one of these, or paste its text",
    )


def _refuse_foreign(source: Source, found: str) -> LoadError:
    return source.error(
        found=found,
        expected=EXPECTED,
        remedy="save it without a password in the newer format"
        if "Office" in found
        else "save or export the article as one of these",
    )


def _refuse_gzip(source: Source, reason: str) -> LoadError:
    return source.error(
        found=f"a broken gzip file ({reason})",
        expected="a complete file",
        remedy="compress or download it again",
    )


def _refuse_unreadable(path: str, error: OSError) -> LoadError:
    if isinstance(error, FileNotFoundError):
        return LoadError(
            path,
            found="a link to nothing" if os.path.islink(path) else "no such file",
            expected="a file, a folder, '-' or an address that starts with http:// or https://",
            remedy="check the spelling",
        )
    return LoadError(
        path,
        found=(error.strerror or str(error)).lower(),
        expected="something that can be read",
        remedy="check its permissions, or copy it elsewhere",
    )
