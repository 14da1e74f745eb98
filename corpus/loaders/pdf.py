"""Load an article from a PDF by its lines, hyphens, and repeated headers and footers.

The lines of a paragraph are joined in the page's text. What must be removed from inside a paragraph
(a hyphen at a line's end, a running header between two halves of a sentence) stays in the page's
text but is dropped from the article's, so that it can still be shown.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from datetime import date

from corpus.article import Article, Page, Span
from corpus.cleaning import build_article, replace_unstorable
from corpus.dates import read_stamps
from corpus.errors import LoadError
from corpus.loaders.limits import run_limited
from corpus.loaders.ocr import add_text
from corpus.loaders.source import Source

MAX_PAGES = 500  # more is a book; at about 20 ms a page it would take too long

_ENDS_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PAGE_NUMBER = re.compile(r"\b(?:page|p\.)\s*\d+\b|^\d+\b|\b\d{1,3}$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_EDGE = 3  # headers and footers are among this many lines at each end of a page
_FULL = 0.9  # share of the usual width; not 1, since letters differ in width


def load_pdf(source: Source) -> Article:
    """Load one PDF.

    Raises:
        LoadError: it is broken, encrypted, without text (scanned), or without a sentence.
    """
    data = source.read()
    pages = run_limited(_read_pages, source, data)
    if not any(pages):  # a scan
        pages = run_limited(_read_pages, source, add_text(source, data))
    said = render_pages(pages)
    if not said.text.strip():
        raise source.error(
            found="a PDF in which OCR found no text either",
            expected="a PDF whose text can be selected",
            remedy="run it through OCR yourself, or paste the text",
        )
    outlet, day = _read_folio(pages)
    return build_article(
        said.text,
        id=source.id(data),
        location=source.name,
        dropped=said.dropped,
        outlet=outlet,
        published=day,
    )


def render_pages(pages: list[list[str]]) -> Page:
    """Join lines into paragraphs; ``kept`` leaves out line-end hyphens, headers and footers."""
    running = _find_running(pages)
    lines = [line for page in pages for line in _mark(page, running)]
    body = [line for line, runs in lines if not runs]
    if not body:  # all lines repeat on every page
        lines = [(line, False) for line, _ in lines]
    width = sorted(map(len, body))[int(len(body) * 0.9)] if body else 0
    words = Counter(_WORD.findall(" ".join(body).lower()))
    text, held, previous = "", "", ""
    kept: list[Span] = []
    low = 0
    for line, runs in [*lines, ("", False)]:
        if runs:
            held += f"{line}\n"
            continue
        hyphen = _cut_hyphen(previous, line, words)
        if previous and line and not hyphen:
            text += " " if _is_wrapped(previous, line, width) else "\n\n"
        high = len(text) - (hyphen == "-")
        if hyphen or (held and text and not text.endswith("\n")):
            text += "\n"
        text += held
        if high < len(text):
            kept.append((low, high))
            low = len(text)
        text += line
        previous, held = line, ""
    kept.append((low, len(text)))
    return Page(text=text, kept=tuple((start, end) for start, end in kept if start < end))


def _read_folio(pages: list[list[str]]) -> tuple[str | None, date | None]:
    """Read the outlet and day that a newspaper prints on every page.

    For example "The Herald Friday, May 3, 2024 Page 3".
    """
    running = _find_running(pages)
    for line in (line for page in pages for line, runs in _mark(page, running) if runs):
        folio = _PAGE_NUMBER.sub("", line).strip()
        words = folio.split()
        for count in range(1, len(words)):
            stamps = read_stamps(" ".join(words[count:]))
            if stamps and all(word[0].isupper() for word in words[:count]):
                return " ".join(words[:count]), stamps[0].day
    return None, None


def _find_running(pages: list[list[str]]) -> set[str]:
    """The shapes of lines that are at an edge of at least two pages and half of all pages.

    For example "Daily News · page #".
    """
    shapes = Counter(
        shape for page in pages for shape in {_shape(line) for line in page[:_EDGE] + page[-_EDGE:]}
    )
    return {shape for shape, count in shapes.items() if count >= max(2, len(pages) / 2)}


def _mark(page: list[str], running: set[str]) -> list[tuple[str, bool]]:
    return [
        (line, (at < _EDGE or at >= len(page) - _EDGE) and _shape(line) in running)
        for at, line in enumerate(page)
    ]


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line)


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


def _is_wrapped(line: str, following: str, width: int) -> bool:
    """Whether the line broke because the next word did not fit, so the paragraph continues."""
    return following[0].islower() or len(line) + 1 + len(following.split()[0]) > _FULL * width


def _read_pages(source: Source, data: bytes) -> list[list[str]]:
    """The lines of each page, without blank lines."""
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    # pypdf logs many warnings about files that it then reads well.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    try:
        reader = PdfReader(io.BytesIO(data))
        if len(reader.pages) > MAX_PAGES:
            raise source.error(
                found=f"{len(reader.pages)} pages",
                expected=f"at most {MAX_PAGES}",
                remedy="split it into articles",
            )
        texts = [page.extract_text() for page in reader.pages]
    except FileNotDecryptedError:
        raise source.error(
            found="an encrypted PDF",
            expected="one that opens without a password",
            remedy="save it without its password",
        ) from None
    except LoadError:
        raise
    # Broken files make pypdf raise anything from KeyError to RecursionError.
    except Exception as error:
        raise source.error(
            found=f"a broken PDF ({error or type(error).__name__})",
            expected="a PDF that a viewer can open",
            remedy="download it again, or paste its text",
        ) from error
    return [
        [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        for text in map(replace_unstorable, texts)
    ]
