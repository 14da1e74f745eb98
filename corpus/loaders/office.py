"""Load an article from a Word or OpenDocument text file.

The text is as a word processor shows it: insertions, text boxes, tables and notes are kept; deleted
text, comments, and the running header and footer are left out. The XML is read as a stream, within
bounds. python-docx was not used: it leaves out insertions, content controls and text boxes, and
unpacks every picture into memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.cleaning.cleaning import MAX_CHARACTERS, build_article, find_excess
from corpus.loaders.archive import WORD_PARTS, Archive, open_archive
from corpus.loaders.source import Source
from corpus.loaders.xml import forget, local, walk

if TYPE_CHECKING:
    from lxml.etree import _Element

_WORD = "a Word document (.docx)"
_OPEN = "an OpenDocument text (.odt)"
_WORD_HIDDEN = frozenset("del moveFrom Fallback rPr pPr sectPr".split())
_WORD_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\xad"}
_OPEN_HIDDEN = frozenset("tracked-changes annotation ruby-text forms note-citation".split())
_OPEN_SIGNS = {"tab": "\t", "line-break": "\n"}
_MAX_SPACES = 100


def load_docx(source: Source) -> Article:
    """Load a Word document (ECMA-376).

    Raises:
        LoadError: it is broken, encrypted, too large, or has no sentence.
    """
    with open_archive(source, what=_WORD) as archive:
        parts = [name for name in archive.names if WORD_PARTS.fullmatch(name)]
        if not any("document" in part for part in parts):
            raise _lacking(source, "word/document.xml", _WORD)
        text = _Text()
        for part in sorted(parts, key=lambda part: "notes" in part):
            _read_word(archive, part, text)
        return _build(source, text)


def load_odt(source: Source) -> Article:
    """Load an OpenDocument text (ISO/IEC 26300).

    Raises:
        LoadError: it is broken, encrypted, too large, or has no sentence.
    """
    with open_archive(source, what=_OPEN) as archive:
        if "content.xml" not in archive.names:
            raise _lacking(source, "content.xml", _OPEN)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.names and b"encryption-data" in archive.read(manifest):
            raise source.error(
                found="an encrypted document",
                expected="one that opens without a password",
                remedy="save it without its password",
            )
        text = _Text()
        _read_open(archive, text)
        return _build(source, text)


def _lacking(source: Source, name: str, what: str) -> Exception:
    return source.error(
        found=f"a ZIP archive without {name}", expected=what, remedy="save or download it again"
    )


def _build(source: Source, text: _Text) -> Article:
    written = text.render()
    if excess := find_excess(written, source.name):
        raise excess
    return build_article(
        written,
        id=source.id(written.encode("utf-8", "replace")),
        location=source.name,
        url=source.url,
    )


class _Text:
    """Builds text from paragraphs and table rows.

    Paragraphs are separated by a blank line, cells by a tab, and rows by a line break, as a word
    processor copies them.
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[str, bool]] = []
        self._rows: list[list[str]] = []
        self._cells: list[list[str]] = []
        self._length = 0

    @property
    def full(self) -> bool:
        """Whether it is already longer than an article may be."""
        return self._length > MAX_CHARACTERS

    def write(self, paragraph: str) -> None:
        """Add a paragraph, to the innermost open cell if there is one."""
        paragraph = paragraph.strip()
        self._length += len(paragraph)
        if self._cells:
            self._cells[-1].append(paragraph)
        elif paragraph:
            self._blocks.append((paragraph, False))

    def open(self, name: str) -> None:
        """Begin a row or a cell."""
        if name == "row":
            self._rows.append([])
        else:
            self._cells.append([])

    def close(self, name: str) -> None:
        """End a row or a cell."""
        if name == "cell" and self._cells:
            cell = " ".join(" ".join(self._cells.pop()).split())
            if self._rows:
                self._rows[-1].append(cell)
        elif name == "row" and self._rows:
            row = "\t".join(self._rows.pop())
            if self._cells:  # a table in a table's cell
                self._cells[-1].append(row)
            elif row.strip():
                self._blocks.append((row, True))

    def render(self) -> str:
        """The text."""
        parts: list[str] = []
        after_row = False
        for text, is_row in self._blocks:
            parts += ("\n" if is_row and after_row else "\n\n", text)
            after_row = is_row
        return "".join(parts[1:])


def _read_word(archive: Archive, name: str, text: _Text) -> None:
    parts = {"tr": "row", "tc": "cell"}
    paragraphs: list[list[str]] = []
    hidden = 0
    unseen = False
    for event, element in walk(archive.source, archive.read(name), what=_WORD):
        tag = local(element)
        hidden += (tag in _WORD_HIDDEN) * (1 if event == "start" else -1)
        if tag in parts and not hidden:
            (text.open if event == "start" else text.close)(parts[tag])
        if event == "start":
            unseen = unseen and tag != "r"
            if tag == "p":
                paragraphs.append([])
            continue
        if tag == "vanish":
            unseen = "false" not in element.attrib.values()
        elif tag == "p" and paragraphs:
            said = "".join(paragraphs.pop())
            if not hidden:
                text.write(said)
        elif paragraphs and not hidden and not unseen and tag in ("t", *_WORD_SIGNS):
            paragraphs[-1].append(_WORD_SIGNS.get(tag) or element.text or "")
        forget(element)
        if text.full:
            return


def _read_open(archive: Archive, text: _Text) -> None:
    parts = {"table-row": "row", "table-cell": "cell"}
    notes = _Text()
    depth = hidden = 0
    for event, element in walk(archive.source, archive.read("content.xml"), what=_OPEN):
        tag = local(element)
        block = tag in ("p", "h")
        step = 1 if event == "start" else -1
        hidden += step * (tag in _OPEN_HIDDEN)
        depth += step * block
        if tag in parts and not depth:
            (text.open if event == "start" else text.close)(parts[tag])
        if event == "end" and not depth:
            if block and not hidden:
                for paragraph, is_note in _gather(element):
                    (notes if is_note else text).write(paragraph)
            if block or hidden or tag in parts:
                forget(element)
        if text.full:
            return
    for note in notes.render().split("\n\n"):
        text.write(note)


def _gather(block: _Element, is_note: bool = False) -> list[tuple[str, bool]]:
    """A paragraph's text, then the paragraphs in its text boxes and notes.

    Returns:
        Each text, and whether it is a note's.
    """
    said: list[str] = []
    inner: list[tuple[str, bool]] = []

    def visit(element: _Element, in_note: bool) -> None:  # at most 256 deep, by the parser
        said.append(element.text or "")
        for child in element:
            tag = local(child)
            note = in_note or tag == "note"
            if tag in ("p", "h"):
                inner.extend(_gather(child, note))
            elif tag == "s":
                said.append(" " * min(_read_count(child), _MAX_SPACES))
            elif tag in _OPEN_SIGNS:
                said.append(_OPEN_SIGNS[tag])
            elif tag not in _OPEN_HIDDEN:
                visit(child, note)
            said.append(child.tail or "")

    visit(block, is_note)
    return [("".join(said), is_note), *inner]


def _read_count(element: _Element) -> int:
    count = next((value for name, value in element.attrib.items() if name.endswith("}c")), "1")
    return int(count) if count.isdecimal() else 1
