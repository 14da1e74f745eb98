"""Load articles from mail: newsletters, articles that were mailed, and what is attached.

The sender is the outlet, the subject the title, and the date of the mail the day of publication.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.message import MIMEPart
from email.utils import getaddresses

from corpus.article import Article
from corpus.cleaning.cleaning import build_article, replace_unstorable
from corpus.errors import LoadError, NoArticleError
from corpus.identity import url_id
from corpus.kinds import MEDIA_TYPES, TEXT, named_kind
from corpus.loaders.html import load_html
from corpus.loaders.saved import is_saved, load_mhtml, parse_message, read_header
from corpus.loaders.source import MAX_BYTES, Found, Part, Passed, Source
from corpus.loaders.text import load_text

_FORWARDED = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|i|ynt|ilt)\s*:\s*)+", re.IGNORECASE)
"""What mail programs write before the subject of an answer or of a forwarded mail."""

_BOUNDARY = re.compile(rb"From \S.*\d{4}\b")
"""The line before each mail in a mailbox (RFC 4155)."""


def load_mail(source: Source) -> Iterator[Found]:
    """Load the article that a mail is, and what is attached to it.

    Raises:
        LoadError: it is empty, too large, or not a mail.
    """
    data = source.read()
    message = parse_message(source, data)
    if is_saved(message):
        return load_mhtml(replace(source, stream=io.BufferedReader(io.BytesIO(data))))
    if not message.keys():
        raise source.error(
            found="a file without the header of a mail",
            expected="a mail, as mail programs export it",
            remedy="export it again, or paste its text",
        )
    return _load_message(source, message)


def load_mailbox(source: Source) -> Iterator[Found]:
    """Load each mail of a mailbox; the mailbox is streamed and may be of any size.

    Raises:
        LoadError: it is empty.
    """
    empty = True
    for number, data in enumerate(_split(source), 1):
        empty = False
        try:
            part = source.member(f"mail {number}", data)
            if len(data) > MAX_BYTES:
                part.read()
            yield from _load_message(part, parse_message(part, data))
        except LoadError as error:
            yield error
    if empty:
        raise source.empty()


def _split(source: Source) -> Iterator[bytes]:
    """The mails of a mailbox; of a mail that is too large only the beginning."""
    mail = bytearray()
    blank, inside = True, False
    while line := source.stream.readline(MAX_BYTES):
        if blank and _BOUNDARY.match(line):
            if inside:
                yield bytes(mail)
            mail, inside = bytearray(), True
        elif inside and len(mail) <= MAX_BYTES:
            mail += line.removeprefix(b">") if line.startswith(b">From ") else line
        blank = not line.strip()
    if inside:
        yield bytes(mail)


def _load_message(source: Source, message: MIMEPart) -> Iterator[Found]:
    """The article that the mail itself is, then what is attached.

    A covering note is no article: it is passed over if something is attached.
    """
    attached = list(_find_attached(source, message))
    try:
        yield _read_body(source, message)
    except NoArticleError as error:
        if not any(isinstance(found, Part | Article) for found in attached):
            yield error
        else:
            yield Passed(path=source.name, what="a mail without an article of its own")
    except LoadError as error:
        yield error
    yield from attached


def _find_attached(source: Source, message: MIMEPart) -> Iterator[Found]:
    for number, part in enumerate(message.iter_attachments(), 1):
        name = part.get_filename() or f"attachment {number}"
        if part.get_content_type() == "message/rfc822":
            for inner in part.iter_parts():
                yield from _load_message(source.member(name, b""), inner)
            continue
        kind = MEDIA_TYPES.get(part.get_content_type()) or named_kind(name)
        if kind is None or (kind is TEXT and not part.get_filename()):
            yield Passed(path=f"{source.name}, {name}", what=part.get_content_type())
        else:
            yield Part(source=source.member(name, _decode(part)), kind=kind)


def _decode(part: MIMEPart) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _read_body(source: Source, message: MIMEPart) -> Article:
    """The article of the HTML part; of the plain part if the HTML part holds none."""
    body = message.get_body(("html",))
    if body is not None:
        try:
            return _describe(_read_html(source, body), message)
        except NoArticleError:
            if message.get_body(("plain",)) is None:
                raise
    plain = message.get_body(("plain",))
    if plain is None:
        raise NoArticleError(
            source.name,
            found="a mail without a text",
            expected="a mail with at least one sentence of prose",
            remedy="export it again, or paste its text",
        )
    return _describe(_read_plain(source, plain, message), message)


def _read_html(source: Source, body: MIMEPart) -> Article:
    return load_html(
        replace(
            source,
            stream=io.BufferedReader(io.BytesIO(_decode(body))),
            charset=body.get_content_charset(),
        )
    )


def _read_plain(source: Source, plain: MIMEPart, message: MIMEPart) -> Article:
    data = _decode(plain)
    charset = plain.get_content_charset("utf-8")
    try:
        text = data.decode(charset)
    except (LookupError, ValueError):
        text = load_text(data, location=source.name)
    return build_article(
        text.replace("\r\n", "\n"),
        id=source.id(data),
        location=source.name,
        title=_read_subject(message),
    )


def _describe(article: Article, message: MIMEPart) -> Article:
    """The article with what the mail's header says about it."""
    moment = _read_date(message)
    published = moment.date() if moment else article.published
    aware = moment is not None and moment.utcoffset() is not None
    return replace(
        article,
        id=_identify(message) or article.id,
        title=_read_subject(message) or article.title,
        outlet=_read_sender(message) or article.outlet,
        published=published,
        published_at=moment if aware else article.published_at if not moment else None,
    )


def _identify(message: MIMEPart) -> str | None:
    """The id by the mail's own, so that a mail is the same article in each file it is saved in."""
    said = str(read_header(message, "Message-ID") or "").strip().strip("<>")
    return url_id(f"mid:{said}") if said else None  # RFC 2392


def _read_subject(message: MIMEPart) -> str | None:
    subject = " ".join(replace_unstorable(str(read_header(message, "Subject") or "")).split())
    found = _FORWARDED.match(subject)
    return subject[found.end() if found else 0 :] or None


def _read_sender(message: MIMEPart) -> str | None:
    said = getaddresses([replace_unstorable(str(read_header(message, "From") or ""))])[:1]
    name, address = said[0] if said else ("", "")
    return " ".join(name.split()) or address.rpartition("@")[2] or None


def _read_date(message: MIMEPart) -> datetime | None:
    moment = getattr(read_header(message, "Date"), "datetime", None)
    return moment if isinstance(moment, datetime) else None
