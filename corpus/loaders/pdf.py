"""Load an article from a PDF: its lines in reading order, without headers, footers and hyphens.

The lines of a paragraph are joined in the page's text. What must be removed from inside a paragraph
(a hyphen at a line's end, a running header between two halves of a sentence) stays in the page's
text but is dropped from the article's, so that it can still be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from corpus.article import Article, Page, Span
from corpus.cleaning.cleaning import build_article
from corpus.cleaning.dates import read_stamps
from corpus.cleaning.title import find_byline
from corpus.loaders.columns import Line, Word, continues, read_lines, read_rows
from corpus.loaders.limits import run_limited
from corpus.loaders.ocr import add_text
from corpus.loaders.pdfium import read_words
from corpus.loaders.source import Source
from corpus.text.sentences import is_terminated

_ENDS_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PAGE_WORD = r"(?:page|seite|pagina|página|sida|side|strona|sivu|sayfa|p\.|s\.)"
_PAGE_NUMBERS = (
    re.compile(rf"\b{_PAGE_WORD}\s*\d+\b|\b[A-Z]?\d{{1,3}}$", re.IGNORECASE),
    re.compile(r"^[A-Z]?\d{1,3}\b"),
)
_MARKS = " |·•–—-,"
_NAME = re.compile(r"[^\W\d_a-zß-öø-ÿ]\w*(?:[ .'’&-]+[^\W\d_a-zß-öø-ÿ]\w*)*")
_ONLY_PAGE_NUMBER = re.compile(
    rf"\W*{_PAGE_WORD}?\W*\d{{1,3}}\W*(?:(?:of|von|de|di|sur|av|z|/)\W*\d{{1,3}})?\W*",
    re.IGNORECASE,
)
_PRINTED_BY_A_BROWSER = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s+\d{1,2}[.:]\d{2}(?:\s?[AP]M)?\s+\S.*"
    r"|(?:https?|file)://\S+\s+\d{1,3}\s?/\s?\d{1,3}"
)
_JUMP = re.compile(
    r"\W*(?:(?:continued|cont(?:['’]d)?|from|see|turn)\W+(?:(?:on|from|to)\W+)?|fortsetzung\W+\w+\W+"
    rf"|suite\W+\w+\W+|viene de\W+|pasa a\W+){_PAGE_WORD}\W*[A-Z]?\d{{1,3}}\W*",
    re.IGNORECASE,
)
"""Where an article goes on: "Continued on page 4"."""
_DIGITS = re.compile(r"\d+")
_EDGE = 3  # headers and footers are among this many rows at each end of a page

_Entry = tuple[str, Line | None]
"""A line with its text, or a header or footer with None."""


def load_pdf(source: Source) -> Article:
    """Load one PDF.

    Raises:
        LoadError: it is broken, encrypted, without text (scanned), or without a sentence.
    """
    data = source.read()
    pages = run_limited(read_words, source, data)
    if not any(pages):  # a scan
        pages = run_limited(read_words, source, add_text(source, data))
    running = _find_running(pages)
    furniture = [_find_furniture(page, running, at) for at, page in enumerate(pages, start=1)]
    said = render_pages([_arrange(*page) for page in zip(pages, furniture, strict=True)])
    if not said.text.strip():
        raise source.error(
            found="a PDF in which OCR found no text either",
            expected="a PDF whose text can be selected",
            remedy="run it through OCR yourself, or paste the text",
        )
    headers = [said for rows in furniture for said in map(_text_of, rows) if not _is_printed(said)]
    outlet, day = _read_folio(said for row in headers for said in [*_without_page_number(row), row])
    return build_article(
        said.text,
        id=source.id(data),
        location=source.name,
        dropped=said.dropped,
        outlet=outlet,
        published=day,
    )


def render_pages(pages: list[list[_Entry]]) -> Page:
    """Join lines into paragraphs; ``kept`` leaves out line-end hyphens, headers and footers."""
    entries = [entry for page in pages for entry in page]
    words = Counter(_WORD.findall(" ".join(text for text, line in entries if line).lower()))
    text, held = "", ""
    previous: Line | None = None
    kept: list[Span] = []
    low = 0
    for said, line in entries:
        if line is None:
            held += f"{said}\n"
            continue
        if held:  # the space above is that of a header
            line = replace(line, above=None)
        hyphen = _cut_hyphen(previous.text, said, words) if previous else ""
        if previous and not hyphen:
            text += " " if _goes_on(previous, line) else "\n\n"
        high = len(text) - (hyphen == "-")
        if hyphen or (held and text and not text.endswith("\n")):
            text += "\n"
        text += held
        if high < len(text):
            kept.append((low, high))
            low = len(text)
        text += said
        previous, held = line, ""
    kept.append((low, len(text)))
    text += f"\n{held}" if held and text else held
    return Page(text=text, kept=tuple((start, end) for start, end in kept if start < end))


def _arrange(words: list[Word], furniture: list[list[Word]]) -> list[_Entry]:
    """A page's lines in reading order, after its headers and before its footers.

    A line that says where the article goes on is treated as a footer.
    """
    apart = {id(word) for row in furniture for word in row}
    body = [word for word in words if id(word) not in apart]
    top = max((word.top for word in body), default=0.0)
    headers = [row for row in furniture if row[0].bottom > top]
    footers = [row for row in furniture if row[0].bottom <= top]
    return [
        *((_text_of(row), None) for row in headers),
        *((line.text, None if _JUMP.fullmatch(line.text) else line) for line in read_lines(body)),
        *((_text_of(row), None) for row in footers),
    ]


def _text_of(row: list[Word]) -> str:
    return " ".join(word.text for word in row)


def _find_furniture(words: list[Word], running: set[str], number: int) -> list[list[Word]]:
    """The rows at the edges of a page that are headers and footers; ``number``: of the page."""
    rows = read_rows(words)
    found = []
    for at, row in enumerate(rows):
        said = _text_of(row)
        edge = min(at, len(rows) - 1 - at)
        if (edge < _EDGE and _shape(said) in running) or (edge == 0 and _is_folio(said, number)):
            found.append(row)
    return found


def _find_running(pages: list[list[Word]]) -> set[str]:
    """The shapes of rows that are at an edge of at least two pages and half of all pages.

    For example "Daily News · page #".
    """
    shapes: Counter[str] = Counter()
    for rows in map(read_rows, pages):
        shapes.update({_shape(_text_of(row)) for row in rows[:_EDGE] + rows[-_EDGE:]})
    return {shape for shape, count in shapes.items() if count >= max(2, len(pages) / 2)}


def _shape(row: str) -> str:
    """What a header has in common on all pages; left and right pages turn its parts around."""
    return " ".join(sorted(_DIGITS.sub("#", row).casefold().split()))


def _is_folio(row: str, number: int) -> bool:
    """Whether the outermost row of a page shows by itself that it is a header or footer.

    It is a page number, beside a day or names or alone, or was printed by a browser.
    """
    if _ONLY_PAGE_NUMBER.fullmatch(row) or _is_printed(row):
        return True
    bare = _without_page_number(row)
    if _read_folio(bare) != (None, None):
        return True
    words = [word for word in row.split() if word.isalpha() and len(word) > 3]
    named = number > 1 and bool(words) and all(word[0].isupper() for word in words)
    return named and not is_terminated(row) and str(number) in (row.split()[0], row.split()[-1])


def _is_printed(row: str) -> bool:
    """Whether a browser printed the row around a page: the day of printing is not the article's."""
    return _PRINTED_BY_A_BROWSER.fullmatch(row) is not None


def _read_folio(rows: Iterable[str]) -> tuple[str | None, date | None]:
    """Read the outlet and day that a newspaper prints on every page.

    For example "The Herald Friday, May 3, 2024", without the page's number.
    """
    for row in rows:
        words = row.split()
        if stamps := read_stamps(row):
            return None, stamps[0].day
        for at in range(1, len(words)):
            for name, day in ((words[:at], words[at:]), (words[at:], words[:at])):
                stamps = read_stamps(" ".join(day))
                outlet = " ".join(name).strip(_MARKS)
                if stamps and _NAME.fullmatch(outlet) and not find_byline(outlet):
                    return outlet, stamps[0].day
    return None, None


def _without_page_number(row: str) -> list[str]:
    """The row without a page number at its end, and without one at its start, if it has them."""
    bare = (number.sub("", row).strip(_MARKS) for number in _PAGE_NUMBERS)
    return [said for said in bare if said != row.strip(_MARKS)]


def _goes_on(before: Line, line: Line) -> bool:
    """Whether the paragraph goes on; a byline or a stamp is one of its own."""
    apart = before.text[0].isupper() and find_byline(before.text)
    return continues(before, line) and not apart and not read_stamps(before.text)


def _cut_hyphen(line: str, following: str, words: Counter[str]) -> str:
    """What to drop at a hyphenated line end.

    The hyphen is kept if the document has the same hyphenated word elsewhere.

    Returns:
        "-" to drop the hyphen and the line break, "compound" to drop only the break, "" to drop
        nothing.
    """
    first, second = _ENDS_HYPHENATED.search(line), _WORD.match(following)
    if not first or not second or not following[0].islower():
        return ""
    if line.endswith("-") and words[f"{first.group(1)}-{second.group()}".lower()]:
        return "compound"
    return "-"
