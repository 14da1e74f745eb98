"""Load pages as browsers save them: MHTML, Safari's web archives, SingleFile's HTML.

Only the page itself is read. Scripts, pictures and frames that are saved with it are ignored.
"""

from __future__ import annotations

import io
import plistlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from typing import Any

from corpus.cleaning.dates import parse_stamp
from corpus.errors import LoadError
from corpus.identity import outlet_of
from corpus.kinds import HTML, MEDIA_TYPES, Kind
from corpus.loaders.source import MAX_BYTES, Found, Link, Part, Source

_MHTML = "a page saved as MHTML"
_ARCHIVE = "a web archive that Safari saved"
_SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)(?P<url>https?://[^\s<>]+)"
    rb"|Page saved with SingleFile\s+url:\s*(?P<single>https?://[^\s<>]+)"
    rb"(?:\s+saved date:\s*(?P<date>[^\n<]{10,80}))?)"
)
"""What Internet Explorer, Edge and Chrome, and SingleFile, write at the head of a page."""

_HEAD_BYTES = 4_096
_MAX_SAVED = 200_000_000
_PICTURE = re.compile(rb"data:[\w/+.;=-]{0,99},[A-Za-z0-9+/=%]{1000,}")
_HEADER_CHARACTERS = 2_000


def read_origin(source: Source) -> Source:
    """The source of an HTML page with the address it was saved from, if the page states one."""
    found = _SAVED_FROM.search(source.stream.peek(_HEAD_BYTES)[:_HEAD_BYTES])
    if not found:
        return source
    if found["single"]:
        source = replace(source, stream=_drop_pictures(source.stream))
    if source.url:
        return source
    url = (found["url"] or found["single"]).decode("utf-8", "replace")
    saved = parse_stamp(found["date"].decode("utf-8", "replace"))[1] if found["date"] else None
    return replace(source, url=url, saved=saved) if outlet_of(url) else source


def _drop_pictures(stream: io.BufferedReader) -> io.BufferedReader:
    """A page that SingleFile saved, without the pictures in it: they may be most of its size."""
    data = stream.read(_MAX_SAVED)
    if len(data) > MAX_BYTES:
        data = _PICTURE.sub(b"data:", data)
    return io.BufferedReader(io.BytesIO(data))


class _Bounded(EmailPolicy):
    """Headers are read as RFC 5322 says, but only their beginnings: the parser is slow."""

    def header_fetch_parse(self, name: str, value: str) -> Any:  # noqa: ANN401 - as the base class
        return super().header_fetch_parse(name, value[:_HEADER_CHARACTERS])


def parse_message(source: Source, data: bytes) -> EmailMessage:
    """Parse a MIME message.

    Raises:
        LoadError: its parts are nested too deeply.
    """
    try:
        message = message_from_bytes(data, policy=_Bounded())
    except RecursionError:
        raise source.error(
            found="parts nested too deeply", expected="a mail", remedy="export it again"
        ) from None
    assert isinstance(message, EmailMessage)
    return message


def read_header(message: MIMEPart, name: str) -> Any:  # noqa: ANN401 - the header's own class
    """A header's parsed value; None if it is absent or so malformed that the parser fails."""
    try:
        return message.get(name)
    except Exception:  # noqa: BLE001 - a malformed header raises anything
        return None


def is_saved(message: MIMEPart) -> bool:
    """Whether a MIME message is a saved page, and not a mail."""
    return "Snapshot-Content-Location" in message or (
        str(message.get_content_type()) == "multipart/related"
        and "To" not in message
        and "Message-ID" not in message
    )


def load_mhtml(source: Source) -> Iterator[Found]:
    """Read the page of an MHTML file (RFC 2557).

    Raises:
        LoadError: it is empty, too large, or holds no page.
    """
    message = parse_message(source, source.read())
    root = message.get_body(("related", "html", "plain"))
    while isinstance(root, EmailMessage) and root.is_multipart():
        root = next(root.iter_parts(), None)
    data = root.get_payload(decode=True) if isinstance(root, EmailMessage) else None
    if not isinstance(root, EmailMessage) or not isinstance(data, bytes) or not data.strip():
        raise _lacking(source, "a file without a page", _MHTML)
    url = read_header(root, "Content-Location") or read_header(message, "Snapshot-Content-Location")
    header = getattr(read_header(message, "Date"), "datetime", None)
    yield _page(
        source,
        data,
        url=str(url or ""),
        kind=MEDIA_TYPES.get(root.get_content_type()),
        charset=root.get_content_charset(),
        saved=header if isinstance(header, datetime) else None,
    )


def load_plist(source: Source) -> Iterator[Found]:
    """Read the page of a web archive, or the address of an Internet shortcut of a Mac.

    Raises:
        LoadError: it is broken, too large, or holds neither.
    """
    data = source.read()
    try:
        said: Any = plistlib.loads(data)
    except Exception as error:  # broken files raise anything
        raise _lacking(source, f"a broken property list ({error})", _ARCHIVE) from error
    said = said if isinstance(said, dict) else {}
    if isinstance(said.get("URL"), str):
        yield Link(url=said["URL"])
        return
    main = said.get("WebMainResource")
    main = main if isinstance(main, dict) else {}
    page = main.get("WebResourceData")
    if not isinstance(page, bytes) or not page.strip():
        raise _lacking(source, "a property list without a page", _ARCHIVE)
    yield _page(
        source,
        page,
        url=str(main.get("WebResourceURL") or ""),
        kind=MEDIA_TYPES.get(str(main.get("WebResourceMIMEType"))),
        charset=str(main.get("WebResourceTextEncodingName") or "") or None,
    )


def _page(
    source: Source,
    data: bytes,
    *,
    url: str,
    kind: Kind | None,
    charset: str | None,
    saved: datetime | None = None,
) -> Part:
    """The page in a container that holds one page; it has the container's name and path."""
    return Part(
        source=replace(
            Source.of(data, name=source.name, charset=charset),
            path=source.path,
            url=url if outlet_of(url) else source.url,
            saved=saved,
            depth=source.depth,
            allowance=source.allowance,
        ),
        kind=kind or HTML,
    )


def _lacking(source: Source, found: str, what: str) -> LoadError:
    return source.error(found=found, expected=what, remedy="save the page again")
