"""Lines of PDF pages become paragraphs.

Running headers and hyphens at line ends are dropped and can still be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, LoadError, load
from corpus.loaders import pdf

LINES = (
    "The harbour authority said on Monday that it had closed the inter-",
    "national terminal after a crane fell on to the quay. Nobody was hurt,",
    "and the terminal was expected to open again by the end of the week,",
    "according to the harbour master, who spoke to reporters at the quay.",
)


def make_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of text lines, as small as the format allows."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for page in pages:
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in page)
        stream = f"BT /F1 11 Tf 50 780 Td {shown}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        resources = "<< /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R /Resources {resources} >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = (
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} /MediaBox [0 0 595 842] >>"
    )
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def load_one(folder: Path, pages: Sequence[Sequence[str]]) -> Article:
    path = folder / "page.pdf"
    path.write_bytes(make_pdf(pages))
    [article] = load(path)
    return article


def test_wrapped_lines_are_joined_and_the_hyphen_between_them_is_dropped(tmp_path: Path) -> None:
    article = load_one(tmp_path, [LINES])
    assert (
        "closed the international terminal after a crane fell on to the quay. Nobody was hurt, and"
        in article.text
    )
    assert article.page is not None
    assert "-\n" in [article.page.text[start:end] for start, end in article.page.dropped]


def test_a_word_that_has_its_hyphen_elsewhere_keeps_it(tmp_path: Path) -> None:
    first = "The ministry called the plan a long-term one, and the opposition said that a long-"
    article = load_one(
        tmp_path, [[first, "term plan was what the harbour had needed for many years."]]
    )
    assert "said that a long-term plan was" in article.text


def test_a_sentence_runs_on_across_pages_without_header_and_footer(tmp_path: Path) -> None:
    pages = [
        ["The Daily Example, page 1", *LINES[:2], "Printed on 3 May"],
        ["The Daily Example, page 2", *LINES[2:], "Printed on 3 May"],
    ]
    article = load_one(tmp_path, pages)
    assert "Nobody was hurt, and the terminal was expected" in article.text
    assert "Daily Example" not in article.text
    assert "Printed on" not in article.text
    assert article.page is not None
    assert "The Daily Example, page 2" in article.page.text


def test_a_headline_stays_on_a_line_of_its_own() -> None:
    page = pdf.render_pages([["Crane falls on quay", *LINES]])
    assert page.text.startswith("Crane falls on quay\n\nThe harbour authority")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", categories=("L", "P", "N", "Zs")), max_size=40)
        )
    )
)
def test_the_rendering_keeps_every_visible_character_in_order(pages: list[list[str]]) -> None:
    lines = [[" ".join(line.split()) for line in page if line.strip()] for page in pages]
    text = pdf.render_pages(lines).text
    assert "".join(text.split()) == "".join(
        "".join(line.split()) for page in lines for line in page
    )


def test_a_pdf_without_text_is_taken_for_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(make_pdf([[]]))
    with pytest.raises(LoadError, match="a PDF without text, probably a scan"):
        next(load(path))


def test_an_encrypted_pdf_is_named_as_such(tmp_path: Path) -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([LINES]))))
    writer.encrypt("secret", algorithm="RC4-128")
    path = tmp_path / "locked.pdf"
    with path.open("wb") as file:
        writer.write(file)
    with pytest.raises(LoadError, match="an encrypted PDF"):
        next(load(path))


@pytest.mark.parametrize("cut", [20, 300, 600])
def test_a_pdf_cut_short_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(make_pdf([LINES])[:cut])
    errors: list[LoadError] = []
    articles = list(load(path, on_error=errors.append))
    assert len(articles) + len(errors) == 1
