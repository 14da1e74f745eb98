"""The table of kinds: what can be added, how it is told, and which loader reads it.

Files and fetched addresses are told by the same table. ``dateline add --help``, the web page's
upload filter and docs/reference.md list what it holds.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

EXPECTED = "an article in a format that 'dateline add --help' lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of the table.

    Attributes:
        name: what it is called in help and messages.
        loader: "module:function"; imported when the first file of the kind is read.
        suffixes: of file names, in lower case; a trailing ``.gz`` is removed first.
        media: the types that servers declare for it.
        binary: whether the bytes are no text, so that the first bytes are sure.
        trusted: whether the suffix decides although the first bytes look like another text format.
    """

    name: str
    loader: str
    suffixes: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    binary: bool = False
    trusted: bool = False


TEXT = Kind(
    name="text, or a list of addresses",
    loader="corpus.loaders.plain_text:load_plain",
    suffixes=(".txt", ".text"),
)  # text/plain is left out, since servers use it for many other kinds
HTML = Kind(
    name="HTML, also saved by SingleFile",
    loader="corpus.loaders.html:load_page",
    suffixes=(".html", ".htm", ".xhtml"),
    media=("text/html", "application/xhtml+xml"),
)
MARKDOWN = Kind(
    name="Markdown",
    loader="corpus.loaders.markdown:load_markdown",
    suffixes=(".md", ".markdown"),
    media=("text/markdown",),
    trusted=True,
)
PDF = Kind(
    name="PDF",
    loader="corpus.loaders.pdf:load_pdf",
    suffixes=(".pdf",),
    media=("application/pdf",),
    binary=True,
)
DOCX = Kind(
    name="Word",
    loader="corpus.loaders.office:load_docx",
    suffixes=(".docx",),
    media=("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    binary=True,
)
ODT = Kind(
    name="OpenDocument text",
    loader="corpus.loaders.office:load_odt",
    suffixes=(".odt",),
    media=("application/vnd.oasis.opendocument.text",),
    binary=True,
)
RTF = Kind(
    name="RTF",
    loader="corpus.loaders.rtf:load_rtf",
    suffixes=(".rtf",),
    media=("application/rtf", "text/rtf"),
    binary=True,
)
EPUB = Kind(
    name="EPUB",
    loader="corpus.loaders.epub:load_epub",
    suffixes=(".epub",),
    media=("application/epub+zip",),
    binary=True,
)
MAIL = Kind(
    name="mail",
    loader="corpus.loaders.mail:load_mail",
    suffixes=(".eml",),
    media=("message/rfc822",),
)
MAILBOX = Kind(
    name="mailbox",
    loader="corpus.loaders.mail:load_mailbox",
    suffixes=(".mbox",),
    media=("application/mbox",),
)
MHTML = Kind(
    name="MHTML",
    loader="corpus.loaders.saved:load_mhtml",
    suffixes=(".mht", ".mhtml"),
    media=("multipart/related", "application/x-mimearchive"),
)
WEBARCHIVE = Kind(
    name="Safari web archive",
    loader="corpus.loaders.saved:load_plist",
    suffixes=(".webarchive", ".webloc"),
    media=("application/x-webarchive",),
    binary=True,
)
MAFF = Kind(
    name="Mozilla archive",
    loader="corpus.loaders.archive:load_maff",
    suffixes=(".maff",),
    media=("application/x-maff",),
    binary=True,
)
WARC = Kind(
    name="WARC",
    loader="corpus.loaders.warc:load_warc",
    suffixes=(".warc",),
    media=("application/warc",),
    binary=True,
)
ZIP = Kind(
    name="ZIP of any of these",
    loader="corpus.loaders.archive:load_zip",
    suffixes=(".zip",),
    media=("application/zip", "application/x-zip-compressed"),
    binary=True,
)
JSONL = Kind(
    name="JSON Lines",
    loader="corpus.loaders.records:load_jsonl",
    suffixes=(".jsonl", ".ndjson"),
    media=("application/x-ndjson", "application/jsonl"),
    trusted=True,
)
JSON = Kind(
    name="JSON, also JSON Feed and exports of Wallabag, Pocket and Karakeep",
    loader="corpus.loaders.records:load_json",
    suffixes=(".json",),
    media=("application/json", "application/feed+json"),
    trusted=True,
)
CSV = Kind(
    name="CSV",
    loader="corpus.loaders.records:load_csv",
    suffixes=(".csv", ".tsv"),
    media=("text/csv", "text/tab-separated-values"),
    trusted=True,
)
FEED = Kind(
    name="RSS or Atom feed",
    loader="corpus.loaders.feeds:load_feed",
    suffixes=(".xml", ".rss", ".atom"),
    media=("application/rss+xml", "application/atom+xml", "application/xml", "text/xml"),
)
OPML = Kind(
    name="OPML",
    loader="corpus.loaders.bookmarks:load_opml",
    suffixes=(".opml",),
    media=("text/x-opml", "application/opml+xml"),
)
SITEMAP = Kind(name="sitemap", loader="corpus.loaders.bookmarks:load_sitemap")
BOOKMARKS = Kind(
    name="bookmarks of a browser, as HTML", loader="corpus.loaders.bookmarks:load_bookmarks"
)
SHORTCUT = Kind(
    name="Internet shortcut",
    loader="corpus.loaders.bookmarks:load_shortcut",
    suffixes=(".url",),
)

KINDS = (
    TEXT, HTML, MARKDOWN, PDF, DOCX, ODT, RTF, EPUB, MAIL, MAILBOX, MHTML, WEBARCHIVE, MAFF, WARC,
    ZIP, JSONL, JSON, CSV, FEED, OPML, SITEMAP, BOOKMARKS, SHORTCUT,
)  # fmt: skip
"""All kinds, in the order in which help lists them. To add a format, add its row."""

SUFFIXES: dict[str, Kind] = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
MEDIA_TYPES: dict[str, Kind] = {media: kind for kind in KINDS for media in kind.media}


ASSETS = frozenset(
    ".png .jpg .jpeg .gif .webp .svg .ico .bmp .avif .tif .tiff .css .js .mjs .map .woff .woff2 "
    ".ttf .otf .eot .mp3 .mp4 .m4a .webm .ogg .wav .mov .avi .db .lock .log .tmp .bak .ini .py "
    ".pyc .toml .yml .yaml .download .p7s .ics .vcf".split()
)
"""Suffixes of files that are passed over in a folder or an archive. A file of any other unknown
kind is reported."""

_SUFFIX = re.compile(r"\.(?=.*[a-z])[a-z0-9]+")  # no suffix in "U.S. sanctions", "Notes of Dec. 5"


def read_suffix(name: str) -> str:
    """The suffix of a file's name in lower case, without a trailing ``.gz``; "" without one."""
    path = PurePath(name.lower())
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def named_kind(name: str) -> Kind | None:
    """The kind that a file's name shows; text without a suffix, None if the suffix is unknown."""
    suffix = read_suffix(name)
    return SUFFIXES.get(suffix) if suffix else TEXT


def list_kinds() -> list[tuple[str, tuple[str, ...]]]:
    """The name and suffixes of each kind that can be added."""
    return [(kind.name, kind.suffixes) for kind in KINDS]


# The group is atomic: otherwise backtracking over thirty comments takes minutes.
_PREAMBLE = rb"((?><!--.*?-->|<\?.*?>|<!DOCTYPE\s+(?!html|NETSCAPE)[^<>\[]*>)\s*)*"
_HEADER = rb"[A-Za-z][A-Za-z0-9-]*:[ \t]?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*"
_MAIL_HEADER = rb"(?:MIME-Version|Message-ID|Received|Return-Path|Delivered-To|Content-Type):"
_HEADERS = rb"(?>(?:(?!" + _MAIL_HEADER + rb")" + _HEADER + rb"){0,60})" + _MAIL_HEADER
_BEGINNINGS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"%PDF-"), PDF),
    (re.compile(rb"PK(\x03\x04|\x05\x06)"), ZIP),
    (re.compile(rb"\{\\rtf"), RTF),
    (re.compile(rb"bplist00"), WEBARCHIVE),
    (re.compile(rb"WARC/\d"), WARC),
    (re.compile(rb"From \S[^\r\n]*\d{4}\b[^\r\n]*\r?\n" + _HEADER), MAILBOX),
    (re.compile(_HEADERS, re.IGNORECASE), MAIL),
    (re.compile(_PREAMBLE + rb"<!doctype\s+netscape-b", re.IGNORECASE | re.DOTALL), BOOKMARKS),
    (
        re.compile(
            _PREAMBLE
            + rb"(<!doctype\s+html|<html\b).{0,1000}<title>\s*(pocket|instapaper:) export",
            re.IGNORECASE | re.DOTALL,
        ),
        BOOKMARKS,
    ),
    (re.compile(_PREAMBLE + rb"(<!doctype\s+html|<html\b)", re.IGNORECASE | re.DOTALL), HTML),
    (re.compile(_PREAMBLE + rb"<(\w+:)?(urlset|sitemapindex)\b", re.DOTALL), SITEMAP),
    (re.compile(_PREAMBLE + rb"<opml\b", re.DOTALL | re.IGNORECASE), OPML),
    (re.compile(_PREAMBLE + rb"<(rss|feed|rdf:RDF)\b", re.DOTALL), FEED),
    (re.compile(rb"\{\s*\"[^\n]*\}\s*(\n|$)"), JSONL),
    (re.compile(rb"(\[\s*)?\{\s*\"\w+\"\s*:"), JSON),
)
_FOREIGN = {
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office document",
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"{\\rtf": "an RTF document",
    b"bplist00": "a property list",
    b"%PDF-": "a PDF",
}
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_UTF16 = ("utf-16-be", "utf-16-le")
_UNUSUAL = frozenset({"Cc", "Cn", "Co", "Cs"})


def recognise(head: bytes, named: Kind | None) -> Kind | None:
    """The kind of a source.

    The first bytes decide where they are sure. A suffix or media type decides between text formats
    that may begin alike.

    Args:
        head: the first bytes.
        named: the kind that its suffix or media type names.
    """
    seen = sniff(head)
    if named is None or seen is None:
        return seen or named
    if named.trusted and not seen.binary:
        return JSON if named is JSONL and head.lstrip().startswith(b"[") else named
    return seen


def sniff(head: bytes) -> Kind | None:
    """The kind that the first bytes show; None if they could be any text."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(head)), None)


def name_magic(head: bytes) -> str | None:
    """What a file is whose first bytes are a format's signature; None without one."""
    return next((name for magic, name in _FOREIGN.items() if head.startswith(magic)), None)


def find_foreign(head: bytes) -> str | None:
    """A description of the bytes if they cannot be text; None if they can.

    Stray NULs do not make a file binary. Up to one character in three may be a control character in
    valid UTF-8, and one in thirty in other text (random bytes: one in nine).
    """
    if name := name_magic(head):
        return name
    if head.startswith(UTF16_MARKS) or guess_utf16(head):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        binary = controls > len(head) / 3
    except UnicodeDecodeError:
        binary = controls > len(head) / 30
    return "a binary file" if binary else None


def guess_utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a byte order mark; None if the bytes are not UTF-16.

    Spaces and line ends have a NUL in UTF-16, always at odd or always at even offsets.
    """
    offsets = {at % 2 for at, byte in enumerate(head) if byte == 0}
    if len(offsets) != 1:
        return None
    encoding = _UTF16[offsets.pop()]
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    unusual = sum(
        unicodedata.category(character) in _UNUSUAL and character not in "\t\n\r\f"
        for character in text
    )
    spaces = sum(map(str.isspace, text))
    return encoding if spaces and not unusual else None
