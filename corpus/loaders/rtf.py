"""Load an article from RTF, by striprtf."""

from __future__ import annotations

import re

from corpus.article import Article
from corpus.cleaning.cleaning import build_article, find_excess, replace_unstorable
from corpus.loaders.limits import run_limited
from corpus.loaders.source import Source

# Pictures are long runs of hexadecimal digits; striprtf would look at each digit.
_PICTURE = re.compile(rb"(?>(?:[0-9A-Fa-f]{2}\s*+){200,})")
_CELL = re.compile(rb"\\(?:nest)?cell(?![a-z])")
_SIGNATURE = b"{\\rtf"

MAX_MARKUP = 8_000_000
"""Maximum size in bytes of a document without its pictures: striprtf reads 1 MB in a second, and an
article has at most a million characters."""


def load_rtf(source: Source) -> Article:
    """Load one RTF document.

    Raises:
        LoadError: it is broken, too large, or has no sentence.
    """
    data = source.read()
    if len(data) > MAX_MARKUP:
        data = _PICTURE.sub(b"", data)
    if len(data) > MAX_MARKUP:
        raise source.error(
            found=f"{len(data):,} bytes of text with its markup",
            expected=f"one article, of at most {MAX_MARKUP:,}",
            remedy="split it into its articles",
        )
    if not data.lstrip().startswith(_SIGNATURE):
        raise source.error(
            found="a file that does not begin as RTF",
            expected="an RTF document",
            remedy="save it again, or paste its text",
        )
    text = replace_unstorable(run_limited(read_rtf, source, data))
    if excess := find_excess(text, source.name):
        raise excess
    return build_article(text, id=source.id(data), location=source.name, url=source.url)


def read_rtf(_: Source, data: bytes) -> str:
    """The text of an RTF document; cells of a table are separated by tabs."""
    from striprtf.striprtf import rtf_to_text

    data = _CELL.sub(rb"\\tab", _PICTURE.sub(b"", data))
    # striprtf would write each link's address into the text, where no reader sees it.
    markup = data.decode("latin-1").replace("HYPERLINK", "LINK")
    text: str = rtf_to_text(markup, errors="replace")  # type: ignore[no-untyped-call]
    # RTF writes a character beyond U+FFFF as two surrogates.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
