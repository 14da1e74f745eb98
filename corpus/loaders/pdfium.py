"""A PDF's bytes -> the words of its pages and where they stand, read by PDFium."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterator
from math import pi
from threading import Lock
from typing import TYPE_CHECKING

from corpus.cleaning.cleaning import replace_unstorable
from corpus.loaders.columns import Word
from corpus.loaders.source import Source

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

MAX_PAGES = 500
"""A longer PDF is a book."""

_ONE_AT_A_TIME = Lock()  # PDFium crashes if two threads call it
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_LINE_END_HYPHENS = (0x2, 0xFFFE)  # what PDFium makes of a hyphen at a line's end
_NEW_WORD = 0.35  # the least space before a word, in heights of its font

_Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""


def read_words(source: Source, data: bytes) -> list[list[Word]]:
    """The words of each page in the order in which they are stored.

    Turned text is turned upright, and comes after its page as a page of its own. What lies outside
    the visible part of a page is left out.

    Raises:
        LoadError: the PDF is broken, encrypted, or has too many pages.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    with _ONE_AT_A_TIME:
        try:
            with PdfDocument(data) as document:
                if len(document) > MAX_PAGES:
                    raise source.error(
                        found=f"{len(document)} pages",
                        expected=f"at most {MAX_PAGES}",
                        remedy="split it into articles",
                    )
                return [
                    words
                    for number in range(len(document))
                    for words in _read_page(document[number])
                ]
        except PdfiumError as error:
            if error.err_code == _WRONG_PASSWORD:
                raise source.error(
                    found="an encrypted PDF",
                    expected="one that opens without a password",
                    remedy="save it without its password",
                ) from None
            raise source.error(
                found=f"a broken PDF ({error})",
                expected="a PDF that a viewer can open",
                remedy="download it again, or paste its text",
            ) from error


def _read_page(page: PdfPage) -> list[list[Word]]:
    """The words of a page, then those that are turned, by how far they are turned."""
    text = page.get_textpage()
    left, bottom, right, top = page.get_bbox()
    by_turn: dict[int, list[Word]] = defaultdict(list)
    for word, turn, box in _find_words(text):
        across, up = (box[0] + box[1]) / 2, (box[2] + box[3]) / 2
        if left <= across <= right and bottom <= up <= top:
            by_turn[turn].append(word)
    text.close()
    page.close()
    return sorted(by_turn.values(), key=len, reverse=True)


def _find_words(text: PdfTextPage) -> Iterator[tuple[Word, int, _Box]]:
    """Each word turned upright, by how many quarters it is turned, and the box of its start."""
    letters: list[str] = []
    font, start = "", (0.0, 0.0, 0.0, 0.0)
    turned, whole = 0, start

    def finish() -> Iterator[tuple[Word, int, _Box]]:
        # Characters beyond the basic plane may come as two surrogates.
        said = "".join(letters).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if said := replace_unstorable(said).strip():
            yield Word(said, *whole, font), turned, start
        letters.clear()

    for at, (letter, turn, box) in enumerate(_read_letters(text)):
        left, right, bottom, top = upright = _turn(box, turn)
        height = max(top - bottom, 0.1)
        if letters and (
            letter.isspace()
            or turn != turned
            or max(left - whole[1], whole[0] - right) > _NEW_WORD * height
            or abs(bottom + top - whole[2] - whole[3]) > height
        ):
            yield from finish()
        if letter.isspace():
            continue
        if not letters:
            font, start, turned, whole = _read_font(text, at), box, turn, upright
        letters.append(letter)
        whole = (
            min(left, whole[0]),
            max(right, whole[1]),
            min(bottom, whole[2]),
            max(top, whole[3]),
        )
    yield from finish()


def _read_letters(text: PdfTextPage) -> Iterator[tuple[str, int, _Box]]:
    """Each character, by how many quarters it is turned, and its box."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        letter = "-" if code in _LINE_END_HYPHENS else chr(code)
        raw.FPDFText_GetLooseCharBox(text, at, ctypes.byref(box))
        turn = round(-raw.FPDFText_GetCharAngle(text, at) / (pi / 2)) % 4  # clockwise
        yield letter, turn, (box.left, box.right, box.bottom, box.top)


def _read_font(text: PdfTextPage, at: int) -> str:
    """The name of a character's font, cut if it is long."""
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(100)
    raw.FPDFText_GetFontInfo(text, at, name, len(name), ctypes.c_int())
    return name.value.decode(errors="replace")


def _turn(box: _Box, quarters: int) -> _Box:
    """The box of a character turned upright."""
    left, right, bottom, top = box
    for _ in range(quarters):
        left, right, bottom, top = bottom, top, -right, -left
    return left, right, bottom, top
