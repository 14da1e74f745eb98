"""Resolve each location to files, URLs or streams, and read each with the loader for its kind."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from corpus.article import Article
from corpus.cleaning import replace_unstorable
from corpus.errors import LoadError
from corpus.kinds import EXPECTED, MEDIA_TYPES, SUFFIXES, Kind, find_foreign, sniff
from corpus.loaders import web
from corpus.loaders.html import load_page
from corpus.loaders.markdown import load_markdown
from corpus.loaders.pdf import load_pdf
from corpus.loaders.plain_text import load_plain
from corpus.loaders.records import load_csv, load_json, load_jsonl
from corpus.loaders.source import Source

LIBRARY_FILE = "library.db"
"""A folder that holds this file is a library and has no articles to load."""
_ASSETS = frozenset(
    ".png .jpg .jpeg .gif .webp .svg .ico .bmp .avif .tif .tiff .css .js .mjs .map .woff .woff2 "
    ".ttf .otf .eot .mp3 .mp4 .m4a .webm .ogg .wav .mov .avi .db .lock .log .tmp .bak .ini .py "
    ".pyc .toml .yml .yaml .zip .download".split()
)
"""Suffixes skipped silently in a folder; any other file of an unknown kind is reported."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?=.*[a-z])[a-z0-9]+")  # no suffix in "U.S. sanctions", "Notes of Dec. 5"
_PEEK = io.DEFAULT_BUFFER_SIZE


def load(
    *locations: str | os.PathLike[str],
    on_error: Callable[[LoadError], None] | None = None,
    fetch: web.Fetch = web.fetch,
) -> Iterator[Article]:
    """Load articles one at a time, in the order of the locations.

    Args:
        locations: files, folders (read recursively, without hidden files), "-" (standard input),
            and URLs of pages, files and feeds.
        on_error: called with the error of each location, file or record that is not an article;
            loading continues.
        fetch: how URLs are read; by default from public addresses only.

    Raises:
        LoadError: the first error, if no ``on_error`` is given.
    """
    for location in locations:
        for result in _load_location(os.fspath(location), fetch):
            if isinstance(result, Article):
                yield result
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

    Args:
        text: what was pasted.
        name: its name in error messages.

    Raises:
        LoadError: it is empty, too large, or has no sentence.
    """
    data = replace_unstorable(text).encode()
    source = Source.of(data, name=name)
    return load_page(source) if sniff(data[:_PEEK]) == "html" else load_plain(source)


def _load_location(location: str, fetch: web.Fetch) -> Iterator[Article | LoadError]:
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
            yield from _load_source(Source(name="-", stream=stdin), None, fetch)
        elif _SCHEME.match(location):
            yield from _load_url(location, fetch)
        elif os.path.isdir(location):
            yield from _load_folder(location, fetch)
        else:
            yield from _load_file(location, fetch)
    except LoadError as error:
        yield error
    except OSError as error:
        yield _refuse_unreadable(location, error)


def _load_url(url: str, fetch: web.Fetch) -> Iterator[Article | LoadError]:
    fetched = fetch(url)
    kind = MEDIA_TYPES.get(fetched.kind)
    if kind is None:
        if fetched.kind and not fetched.kind.startswith(("text/", "application/octet-stream")):
            raise LoadError(
                url, found=fetched.kind, expected=EXPECTED, remedy="give the address of an article"
            )
        kind = SUFFIXES.get(Path(urlsplit(fetched.url).path).suffix.lower())
    yield from _load_source(fetched.source, kind, fetch)


def _load_folder(folder: str, fetch: web.Fetch) -> Iterator[Article | LoadError]:
    empty = True
    for result in _walk(folder):
        empty = False
        yield from [result] if isinstance(result, LoadError) else _load_location(result, fetch)
    if empty:
        raise LoadError(
            folder,
            found="a folder without articles",
            expected=EXPECTED,
            remedy="name a folder that holds articles",
        )


def _walk(folder: str) -> Iterator[str | LoadError]:
    """Yield the files that may be articles, sorted.

    Our libraries and the asset folders that browsers save with a page are skipped.
    """
    errors: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        if LIBRARY_FILE in files:
            folders.clear()
            continue
        saved = {f"{Path(name).stem}_files" for name in files}
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in saved
        )
        for name in sorted(files):
            path = os.path.join(parent, name)
            if (
                not name.startswith(".")
                and Path(name).suffix.lower() not in _ASSETS
                and os.path.isfile(path)
            ):
                yield path
    yield from (_refuse_unreadable(str(error.filename), error) for error in errors)


def _load_file(path: str, fetch: web.Fetch) -> Iterator[Article | LoadError]:
    name = Path(path.lower())
    zipped = name.suffix == ".gz"
    suffix = name.with_suffix("").suffix if zipped else name.suffix
    kind = SUFFIXES.get(suffix if _SUFFIX.fullmatch(suffix) else "")
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise LoadError(
            path,
            found="a pipe or a device",
            expected="a file or a folder",
            remedy="read it from standard input, as '-'",
        )
    try:
        with open(path, "rb") as file:
            stream: io.BufferedReader = (
                io.BufferedReader(gzip.GzipFile(fileobj=file)) if zipped else file
            )
            if kind is None and sniff(stream.peek()[:_PEEK]) is None:
                raise LoadError(
                    path,
                    found=f"a file of an unknown kind ({suffix})",
                    expected=EXPECTED,
                    remedy="rename it if it is one of these, or paste its text",
                )
            yield from _load_source(
                Source(name=path, stream=stream, path=os.path.abspath(path)), kind, fetch
            )
    except (EOFError, zlib.error) as error:
        raise LoadError(
            path,
            found=f"a broken gzip file ({error})",
            expected="a complete file",
            remedy="compress or download it again",
        ) from None


def _load_source(
    source: Source, kind: Kind | None, fetch: web.Fetch
) -> Iterable[Article | LoadError]:
    """Read a source as the kind its first bytes show, else as the kind its name suggests."""
    head = source.stream.peek()[:_PEEK]
    if kind in (None, "text", "html", "feed"):
        kind = sniff(head) or kind
    if kind != "pdf" and (foreign := find_foreign(head)):
        raise source.error(
            found=foreign, expected=EXPECTED, remedy="save or export the article as one of these"
        )
    match kind:
        case "html":
            return load_page(source)
        case "pdf":
            return [load_pdf(source)]
        case "markdown":
            return [load_markdown(source)]
        case "jsonl":
            return load_jsonl(source)
        case "json":
            return load_json(source)
        case "csv":
            return load_csv(source)
        case "feed":
            return web.load_feed(source, fetch)
        case _:
            return load_plain(source)


def _refuse_unreadable(path: str, error: OSError) -> LoadError:
    if isinstance(error, FileNotFoundError):
        return LoadError(
            path,
            found="no such file",
            expected="a file, a folder, '-' or an address that starts with http:// or https://",
            remedy="check the spelling",
        )
    return LoadError(
        path,
        found=(error.strerror or str(error)).lower(),
        expected="something that can be read",
        remedy="check its permissions, or copy it elsewhere",
    )
