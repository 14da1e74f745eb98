"""The kind of a byte stream, by its file name, its declared media type, or its first bytes."""

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
"""The kind for each file suffix; a trailing ``.gz`` is removed first."""

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
"""The kind for each media type a server may declare.

``text/plain`` is left out, since servers use it for many other kinds.
"""

# The group is atomic: otherwise backtracking over thirty comments takes minutes.
_PREAMBLE = rb"((?><!--.*?-->|<\?.*?>)\s*)*"
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
    """The kind that the first bytes show; None if they could be any text."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(head)), None)


def find_foreign(head: bytes) -> str | None:
    """A description of the bytes if they cannot be text; None if they can.

    Stray NULs do not make a file binary. Up to one character in three may be a control character in
    valid UTF-8, and one in thirty in other text (random bytes: one in nine).
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
