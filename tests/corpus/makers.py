"""Small files of each format, of our own writing."""

from __future__ import annotations

import io
import plistlib
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

LEAD = "The swimming hall of Nordby was closed on Monday after chlorine leaked into a corridor."
NEXT = "Nobody was hurt, fire chief Ragna Moe said, and the hall may open again within a week."
TEXT = f"{LEAD}\n\n{NEXT}"
URL = "https://nordby.example/news/hall"
PAGE = (
    "<!doctype html><html><head><title>Hall closed</title>"
    "<script>fetch('https://evil.example/')</script></head><body><h1>Hall closed</h1>"
    f"<img src='https://evil.example/a.png'><p>{LEAD}</p><p>{NEXT}</p></body></html>"
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
OPEN_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
OPEN_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def make_zip(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_docx(body: str = "", **parts: str) -> bytes:
    """A Word document: the XML of its body, and of other parts in ``word/``."""
    body = body or "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (LEAD, NEXT))
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    others: dict[str, str | bytes] = {f"word/{name}.xml": xml for name, xml in parts.items()}
    return make_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **others})


def make_odt(body: str = "") -> bytes:
    """An OpenDocument text: the XML of its body."""
    body = body or "".join(f"<text:p>{line}</text:p>" for line in (LEAD, NEXT))
    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{OPEN_TEXT}" '
        f'xmlns:table="{OPEN_TABLE}"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def make_epub(chapters: dict[str, str] | None = None, **more: str | bytes) -> bytes:
    """An EPUB of chapters, whose order is not that of their names."""
    chapters = chapters or {"b.xhtml": PAGE}
    items = "".join(
        f'<item id="i{number}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        '<item id="nav" href="nav.xhtml" properties="nav"/>'
        f"{items}</manifest><spine><itemref idref='nav'/>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    pages: dict[str, str | bytes] = {
        f"OPS/text/{name}": page for name, page in sorted(chapters.items())
    }
    return make_zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OPS/book.opf": package,
            "OPS/nav.xhtml": "<html><body><nav>Contents</nav></body></html>",
            **pages,
            **more,
        }
    )


def make_rtf(text: str = TEXT) -> bytes:
    escaped = "".join(c if c < "\x80" else f"\\u{ord(c)}?" for c in text)
    paragraphs = escaped.replace("\n\n", "\\par\n")
    return rf"{{\rtf1\ansi{{\fonttbl{{\f0 Times;}}}}\f0 {paragraphs}\par}}".encode()


def make_mail(html: str | None = PAGE, plain: str | None = TEXT, **headers: str) -> EmailMessage:
    """A newsletter; a header that is given replaces the usual one."""
    mail = EmailMessage()
    usual = {
        "From": "Nordby Courier <news@nordby.example>",
        "To": "reader@example.com",
        "Subject": "Hall closed",
        "Date": format_datetime(datetime(2024, 2, 5, 8, tzinfo=timezone(timedelta(hours=1)))),
        "Message-ID": "<1@nordby.example>",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**usual, **given}.items():
        mail[name] = value
    mail.set_content(plain or "")
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


def make_mailbox(*mails: EmailMessage) -> bytes:
    return b"".join(
        b"From news@nordby.example Mon Feb  5 08:00:00 2024\n" + mail.as_bytes() + b"\n"
        for mail in mails or [make_mail()]
    )


def make_mhtml(page: str = PAGE) -> bytes:
    saved = EmailMessage()
    saved["From"] = "<Saved by Blink>"
    saved["Snapshot-Content-Location"] = URL
    saved["Subject"] = "Hall closed"
    saved["Date"] = "Fri, 1 Mar 2024 10:00:00 -0000"
    saved.set_content(page, subtype="html")
    saved.make_related()
    [root] = saved.iter_parts()
    root["Content-Location"] = URL
    saved.add_related(b"\x89PNG", "image", "png")
    return saved.as_bytes()


def make_webarchive(page: str = PAGE) -> bytes:
    main = {
        "WebResourceData": page.encode(),
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8",
        "WebResourceURL": URL,
    }
    return plistlib.dumps({"WebMainResource": main}, fmt=plistlib.FMT_BINARY)


def make_maff(page: str = PAGE) -> bytes:
    index = (
        '<RDF:RDF xmlns:MAF="http://maf.mozdev.org/metadata/rdf#" '
        'xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><RDF:Description>'
        f'<MAF:originalurl RDF:resource="{URL}"/><MAF:indexfilename RDF:resource="index.html"/>'
        '<MAF:charset RDF:resource="UTF-8"/></RDF:Description></RDF:RDF>'
    )
    return make_zip({"1/index.rdf": index, "1/index.html": page, "1/index_files/advert.html": page})


def make_warc(*records: tuple[str, str, bytes], version: str = "1.0") -> bytes:
    """A WARC of (address, media type, body) of answers of a server."""
    out = b""
    for url, media, body in records or [(URL, "text/html; charset=utf-8", PAGE.encode())]:
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n".encode() + body
        out += (
            (
                f"WARC/{version}\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
                "WARC-Date: 2024-03-01T10:00:00Z\r\nContent-Type: application/http\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n"
            ).encode()
            + answer
            + b"\r\n\r\n"
        )
    return out


MAKERS: dict[str, Callable[[], bytes]] = {
    ".docx": make_docx,
    ".odt": make_odt,
    ".rtf": make_rtf,
    ".epub": make_epub,
    ".eml": lambda: make_mail().as_bytes(),
    ".mbox": make_mailbox,
    ".mht": make_mhtml,
    ".mhtml": make_mhtml,
    ".webarchive": make_webarchive,
    ".maff": make_maff,
    ".warc": make_warc,
    ".zip": lambda: make_zip({"news/hall.html": PAGE}),
}
"""A sound file of each format, by suffix; each holds one article with the sentence ``LEAD``."""
