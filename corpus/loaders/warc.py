"""Load the pages of a WARC, the format in which crawlers and web archives keep them (ISO 28500)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from corpus.errors import LoadError
from corpus.identity import outlet_of
from corpus.kinds import HTML, MEDIA_TYPES, PDF
from corpus.loaders.source import MAX_BYTES, Found, Part, Passed, Source

_BEGINNING = b"WARC/"
_LINE_BYTES = 65_536


def load_warc(source: Source) -> Iterator[Found]:
    """Read each HTML page and PDF that a server answered with; other records are passed over.

    Raises:
        LoadError: it is broken, or holds no page.
    """
    empty = True
    for record, payload in _split(source):
        if record.rec_type in ("response", "resource"):
            found = _read_answer(source, record, payload)
            empty = empty and isinstance(found, Passed)
            yield found
    if empty:
        raise _refuse(source, "no page")


def _split(source: Source) -> Iterator[tuple[Any, bytes]]:
    """Yield each record's headers and its payload, which is cut off beyond ``MAX_BYTES``.

    A record whose stated length is wrong ends where the next begins: editors and transfers that
    convert line ends leave such files behind.
    """
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader

    logging.getLogger("warcio").addHandler(logging.NullHandler())  # it warns of odd addresses
    loader = ArcWarcRecordLoader()
    stream = _Bounded(source.stream)
    line = _skip_blank(stream)
    if not line:
        raise source.empty()
    while line:
        try:
            record = loader.parse_record_stream(stream, line, "warc", no_record_parse=True)
            payload = _read(record.raw_stream)
            line = _skip_blank(stream)
            while line and not line.startswith(_BEGINNING):
                if len(payload) <= MAX_BYTES:
                    payload += line
                line = stream.readline()
        except (ArchiveLoadFailed, ValueError, EOFError) as error:
            raise _refuse(source, f"a broken WARC ({error or 'cut off'})") from None
        yield record, bytes(payload)


def _read_answer(source: Source, record: Any, payload: bytes) -> Found:  # noqa: ANN401 - untyped
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    status, media, charset, data = _open_answer(record, payload)
    kind = MEDIA_TYPES.get(media)
    if status != "200" or kind not in (HTML, PDF):  # a redirect; a picture, a script
        return Passed(path=f"{source.name}, {url}", what=media if status == "200" else status)
    try:
        saved = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
    except ValueError:
        saved = None
    page = source.member(
        url, data, url=url if outlet_of(url) else None, charset=charset, saved=saved
    )
    if len(data) > MAX_BYTES:
        return page.error(
            found=f"more than {MAX_BYTES // 1_000_000} MB",
            expected="one page of at most that size",
            remedy="leave it out",
        )
    return Part(source=page, kind=kind)


def _open_answer(record: Any, payload: bytes) -> tuple[str, str, str | None, bytes]:  # noqa: ANN401
    """The status, media type, declared encoding and body of a server's answer."""
    from email.message import Message

    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeadersParser

    stream = io.BytesIO(payload)
    header = None
    said = Message()
    status = "200"
    if record.rec_type == "response":
        header = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
        said["Content-Type"] = header.get_header("Content-Type") or "text/html"
        status = header.get_statuscode()
    else:
        said["Content-Type"] = record.content_type or ""
    answer = ArcWarcRecord(
        "warc", record.rec_type, record.rec_headers, stream, header, record.content_type, None
    )
    return (
        status,
        said.get_content_type(),
        said.get_content_charset(),
        bytes(_read(answer.content_stream(), whole=False)),
    )


def _read(stream: Any, *, whole: bool = True) -> bytearray:  # noqa: ANN401 - untyped
    """Read a stream, and keep little more than ``MAX_BYTES`` of it.

    Args:
        stream: what to read.
        whole: whether to read to the end, so that what follows in the file can be read.
    """
    data = bytearray()
    while (whole or len(data) <= MAX_BYTES) and (block := stream.read(_LINE_BYTES)):
        if len(data) <= MAX_BYTES:
            data += block
    return data


def _skip_blank(stream: _Bounded) -> bytes:
    while (line := stream.readline()) and not line.strip():
        pass
    return line


class _Bounded:
    """A stream whose lines are read in pieces, so that a line of gigabytes needs no memory."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def read(self, length: int = _LINE_BYTES) -> bytes:
        return self._stream.read(length)

    def readline(self, length: int = _LINE_BYTES) -> bytes:
        return self._stream.readline(min(length, _LINE_BYTES))


def _refuse(source: Source, found: str) -> LoadError:
    return source.error(
        found=found,
        expected="a WARC that holds the pages of articles",
        remedy="download it again, or add the pages' addresses",
    )
