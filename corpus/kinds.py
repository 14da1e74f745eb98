"""What kind of thing a stream of bytes is: by its name, by what a server called it, by how it begins."""

from __future__ import annotations

import codecs
import re
from typing import Literal

Kind = Literal["text", "markdown", "html", "pdf", "jsonl", "json", "csv", "feed"]

EXPECTED = "text, Markdown, HTML, PDF, JSON Lines, JSON, CSV, or an RSS or Atom feed"

SUFFIXES: dict[str, Kind] = {
    "": "text",
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}
"""What a file's suffix says of it; ``.gz`` after it is undone first."""

MEDIA_TYPES: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/markdown": "markdown",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/xml": "feed",
    "text/xml": "feed",
}
"""What a server's media type says; ``text/plain`` is missing, since servers call much by that name."""

_PREAMBLE = rb"((?><!--.*?-->|<\?.*?>)\s*)*"  # atomic: else the ways to read thirty comments take minutes to try
_BEGINNINGS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(_PREAMBLE + rb"(<!doctype\s+html|<html\b)", re.IGNORECASE | re.DOTALL), "html"),
    (re.compile(_PREAMBLE + rb"<(rss|feed|rdf:RDF)\b", re.DOTALL), "feed"),
    (re.compile(rb"\{\s*\"[^\n]*\}\s*(\n|$)"), "jsonl"),
    (re.compile(rb"(\[\s*)?\{\s*\"\w+\"\s*:"), "json"),
)
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"%PDF-": "a PDF",
}
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


def sniff(head: bytes) -> Kind | None:
    """The kind that the first bytes give away; None where they could be any text."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(head)), None)


def find_foreign(head: bytes) -> str | None:
    """What the bytes are where they cannot be text, in words; None where they can.

    Stray NULs do not make a binary: text that is valid UTF-8 may hold one control character in three, other text one in
    thirty (random bytes: one in nine).
    """
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            return name
    if head.startswith(UTF16_MARKS):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        binary = controls > len(head) / 3
    except UnicodeDecodeError:
        binary = controls > len(head) / 30
    return "a binary file" if binary else None
