"""Small PDFs whose words stand where a test puts them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
ADVANCE = 0.6  # of Courier, whose letters are all equally wide


@dataclass(frozen=True)
class Put:
    """A string on a page: where its first letter stands, its size, and how far it is turned."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    turned: bool = False


def set_column(
    text: str,
    x: float,
    y: float,
    *,
    letters: int = 40,
    size: float = 10,
    leading: float = 12.5,
    bold: bool = False,
    space: float = 0,
) -> list[Put]:
    """A column of paragraphs from the height ``y`` downwards, with ``space`` between them."""
    found = []
    for paragraph in text.split("\n"):
        for line in textwrap.wrap(paragraph, letters):
            found.append(Put(x, y, line, size, bold))
            y -= leading
        y -= space
    return found


def make_pdf(
    pages: Sequence[Iterable[Put]], *, crop: str = "", turn: int = 0, locked: bool = False
) -> bytes:
    """A PDF of these strings, stored in this order.

    Args:
        pages: what stands on each page.
        crop: the visible part of each page, such as "0 0 300 842".
        turn: how many degrees a viewer turns each page.
        locked: whether it asks for a password, which nobody knows.
    """
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        stream = "\n".join(map(_show, page))
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        cropped = f"/CropBox [{crop}]" if crop else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R /Rotate {turn} {cropped}"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = (
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)}"
        f" /MediaBox [0 0 {WIDTH} {HEIGHT}] >>"
    )
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    key = f"<{'00' * 32}>"
    lock = f" /ID [{key} {key}] /Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >>"
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R{lock * locked} >>\n"
        f"startxref\n{len(data)}\n%%EOF\n"
    )
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def _show(put: Put) -> str:
    shown = put.text.translate({ord(mark): f"\\{mark}" for mark in "()\\"})
    place = "0 1 -1 0" if put.turned else "1 0 0 1"
    font = "F2" if put.bold else "F1"
    return f"BT /{font} {put.size} Tf {place} {put.x} {put.y} Tm ({shown}) Tj ET"


TEXT_PAGE = set_column(
    "The harbour authority said on Monday that it had closed the international terminal after a"
    " crane fell on to the quay. Nobody was hurt, and the terminal was expected to open again by"
    " the end of the week, according to the harbour master, who spoke to reporters at the quay.",
    50,
    700,
)
"""A page of one paragraph."""
