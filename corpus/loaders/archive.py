"""Read ZIP archives, in memory and within bounds: nothing is written to the disk.

A member is unpacked as far as its loader reads. What an archive and the archives in it may unpack
altogether is limited (``Allowance``), so an archive bomb stops at that limit.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any

from corpus.errors import LoadError
from corpus.kinds import ASSETS, DOCX, EPUB, MAFF, ODT, ZIP, Kind, name_magic, named_kind
from corpus.loaders.source import MAX_BYTES, Found, Part, Passed, Source
from corpus.loaders.xml import local, read_tree

MAX_DIRECTORY = 16_000_000
"""Maximum size of an archive's list of members in bytes: some 100,000 members."""

WORD_PARTS = re.compile(r"word/(?:document\d*|footnotes|endnotes)\.xml")
"""The parts of a Word document that hold its text; some services number the first."""

_END = b"PK\x05\x06"
_END_BYTES = 65_557
_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


def load_zip(source: Source) -> Iterator[Found]:
    """Read each file of an archive, in the archive's order.

    Raises:
        LoadError: it is broken, encrypted, or empty.
    """
    with open_archive(source, what="a ZIP archive") as archive:
        empty = True
        for found in archive.walk():
            empty = False
            yield found
        if empty:
            raise source.error(
                found="an archive without articles",
                expected="an archive that holds articles",
                remedy="name an archive that holds articles",
            )


def load_maff(source: Source) -> Iterator[Found]:
    """Read each page of a Mozilla archive.

    Its format: http://maf.mozdev.org/maff-specification.html

    Raises:
        LoadError: it is broken, encrypted, or empty.
    """
    with open_archive(source, what="a Mozilla archive") as archive:
        lists = [name for name in archive.names if PurePosixPath(name).name == "index.rdf"]
        for name in lists:
            yield from _read_saved_page(archive, name)
    if not lists:
        source.stream.seek(0)
        yield from load_zip(source)


def _read_saved_page(archive: Archive, index: str) -> Iterator[Found]:
    said = {
        local(element): next(iter(element.attrib.values()), "")
        for element in read_tree(archive.source, archive.read(index), what="a list of pages").iter()
    }
    page = str(PurePosixPath(index).parent / (said.get("indexfilename") or "index.html"))
    if page not in archive.names:
        raise archive.source.error(
            found=f"no page {page}", expected="the page it lists", remedy="save the page again"
        )
    yield archive.open(page, url=said.get("originalurl") or None, charset=said.get("charset"))


def tell_zip(stream: io.BufferedReader) -> Kind:
    """Tell what a ZIP archive is by the names of its members; ``ZIP`` if it is broken."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (*_BROKEN, RuntimeError, KeyError):
        return ZIP
    finally:
        stream.seek(0)
    if any(WORD_PARTS.fullmatch(name) for name in names):
        return DOCX
    if mimetype.startswith(b"application/epub"):
        return EPUB
    if mimetype.startswith(b"application/vnd.oasis.opendocument.text"):
        return ODT
    if any(PurePosixPath(name).name == "index.rdf" for name in names):
        return MAFF
    return ZIP


@contextmanager
def open_archive(source: Source, *, what: str) -> Iterator[Archive]:
    """Open an archive.

    Args:
        source: the archive.
        what: what it should be ("an EPUB"); used in errors.

    Raises:
        LoadError: it is broken, empty, or has too many members.
    """
    stream = source.stream
    if not stream.seekable():
        stream = io.BufferedReader(io.BytesIO(source.read()))
    if not stream.peek(1):
        raise source.empty()
    if _measure_directory(stream) > MAX_DIRECTORY:
        raise source.error(
            found="a list of more than 100,000 files",
            expected=what,
            remedy="unpack it and add the folder",
        )
    try:
        opened = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise _refuse(source, stream, what, error) from None
    with opened:
        yield Archive(source, opened)


def _refuse(source: Source, stream: IO[bytes], what: str, error: Exception) -> LoadError:
    stream.seek(0)
    magic = name_magic(stream.read(16))
    return source.error(
        found=f"a broken or incomplete file ({error})"
        if magic in ("a ZIP archive", None)
        else magic,
        expected=what,
        remedy="save it without a password in the newer format"
        if magic and "Office" in magic
        else "save or download it again",
    )


def _measure_directory(stream: io.BufferedReader) -> int:
    """The size in bytes of the archive's list of members, as its end states it."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_BYTES))
    end = stream.read()
    stream.seek(0)
    at = end.rfind(_END)
    return struct.unpack_from("<L", end, at + 12)[0] if 0 <= at <= len(end) - 16 else 0


class Archive:
    """An open archive.

    Attributes:
        source: the archive.
        names: the names of its files, in its order.
    """

    def __init__(self, source: Source, archive: zipfile.ZipFile) -> None:
        self.source = source
        self._archive = archive
        self.names = {info.filename: info for info in archive.infolist() if not info.is_dir()}

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            LoadError: it is missing, broken, encrypted, or too large.
        """
        return self._source(name).read()

    def open(self, name: str, *, url: str | None = None, charset: str | None = None) -> Part:
        """A member, to be read by the loader of its kind.

        Raises:
            LoadError: it is encrypted.
        """
        return Part(source=self._source(name, url=url, charset=charset), kind=named_kind(name))

    def _source(self, name: str, *, url: str | None = None, charset: str | None = None) -> Source:
        info = self.names[name]
        if info.flag_bits & 1:
            raise self.source.error(
                found="an encrypted archive",
                expected="one that opens without a password",
                remedy="save it without its password",
            )
        metered = _Metered(self.source, self._archive, info)
        stream: io.BufferedReader = io.BufferedReader(metered)
        return self.source.member(name, stream, url=url, charset=charset)

    def walk(self) -> Iterator[Found]:
        """All members that may be articles; the rest is reported, or passed over if it is plain.

        Raises:
            LoadError: the archive is encrypted or may not unpack more.
        """
        saved = {f"{PurePosixPath(name).with_suffix('')}_files" for name in self.names}
        for name in self.names:
            path = PurePosixPath(name)
            if leaves(name):
                yield self.source.error(
                    part=name,
                    found="a path that leads out of the archive",
                    expected="files inside it",
                    remedy="pack the file again, if you trust the archive",
                )
            elif any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
                yield Passed(path=f"{self.source.name}, {name}", what="hidden")
            elif path.suffix.lower() in ASSETS or saved.intersection(map(str, path.parents)):
                yield Passed(path=f"{self.source.name}, {name}", what=path.suffix.lower())
            else:
                yield self.open(name)


def leaves(name: str) -> bool:
    """Whether a member's path is absolute or leads out of the archive."""
    parts = name.replace("\\", "/").split("/")
    return not parts[0] or ".." in parts or bool(_DRIVE.match(name))


class _Metered(io.RawIOBase):
    """A member's unpacked bytes; each that is read counts against the allowance.

    The member is opened at the first read, since an archive may hold many that are never read.
    """

    def __init__(self, source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._source, self._archive, self._info = source, archive, info
        self._file: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any writable buffer
        try:
            self._file = self._file or self._archive.open(self._info)
            data = self._file.read(min(len(buffer), MAX_BYTES))
        except _BROKEN as error:
            raise self._source.error(
                part=self._info.filename,
                found=f"a broken file ({error})",
                expected="a complete archive",
                remedy="pack or download it again",
            ) from None
        self._source.spend(len(data))
        buffer[: len(data)] = data
        return len(data)
