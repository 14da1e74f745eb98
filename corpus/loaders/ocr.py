"""Read scans with the OCR program that a person has installed: OCRmyPDF, else Tesseract."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from corpus.errors import LoadError
from corpus.loaders.limits import run_limited
from corpus.loaders.source import Source

SECONDS = 900
"""Maximum time for one scan; a page takes some 5 s."""

MAX_LANGUAGES = 8
"""With more languages installed than these, Tesseract reads English alone: it tries each."""

_DOTS_PER_INCH = 300  # what Tesseract is trained for
_MAX_PIXELS = 40_000_000  # a page of A2 at 300 dots per inch is 35 million


def add_text(source: Source, data: bytes) -> bytes:
    """Lay text under the pictures of a PDF.

    Args:
        source: the PDF; used in errors.
        data: its bytes.

    Returns:
        A PDF of the same pages whose text can be selected.

    Raises:
        LoadError: no OCR program is installed, or it failed.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-") as name:
        folder = Path(name)
        (folder / "in.pdf").write_bytes(data)
        if program := shutil.which("ocrmypdf"):
            languages = _list_languages(shutil.which("tesseract"))
            options = ["--quiet", "--force-ocr", "--output-type", "pdf"]
            options += ["--language", languages] if languages else []
            _run(source, [program, *options, str(folder / "in.pdf"), str(folder / "out.pdf")])
        elif program := shutil.which("tesseract"):
            names = run_limited(draw_pages, source, name.encode())
            (folder / "pages.txt").write_text("\n".join(names), "utf-8")
            languages = _list_languages(program)
            options = ["-l", languages] if languages else []
            pages = [str(folder / "pages.txt"), str(folder / "out")]
            _run(source, [program, *pages, *options, "pdf"])
        else:
            raise _refuse(source, "no OCR program is installed")
        out = folder / "out.pdf"
        if not out.exists():
            raise _refuse(source, "OCR wrote nothing")
        return out.read_bytes()


def draw_pages(_: Source, folder: bytes) -> list[str]:
    """Draw each page of ``in.pdf`` in a folder; returns the paths of the pictures."""
    import pypdfium2

    place = Path(folder.decode())
    document = pypdfium2.PdfDocument(place / "in.pdf")
    names = []
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MAX_PIXELS / max(width * height, 1)) ** 0.5)
        picture = page.render(scale=scale, grayscale=True)
        names.append(str(place / f"{number}.pgm"))
        header = f"P5 {picture.width} {picture.height} 255\n".encode()
        rows = picture.to_numpy().reshape(picture.height, -1)[:, : picture.width]
        Path(names[-1]).write_bytes(header + rows.tobytes())
        page.close()
    return names


def _list_languages(tesseract: str | None) -> str:
    """The installed languages as Tesseract wants them, "deu+eng"; "" for its default, English."""
    if tesseract is None:
        return ""
    said = subprocess.run(
        [tesseract, "--list-langs"], capture_output=True, text=True, errors="replace", timeout=60
    )
    lines = said.stdout.splitlines()[1:]
    names = sorted(name for line in lines if (name := line.strip()) and name not in ("osd", "equ"))
    return "+".join(names) if len(names) <= MAX_LANGUAGES else ""


def _run(source: Source, command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise _refuse(source, f"OCR took more than {SECONDS // 60} minutes") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise _refuse(source, f"OCR failed: {last[:200]}")


def _refuse(source: Source, reason: str) -> LoadError:
    return source.error(
        found=f"a PDF without text, probably a scan, and {reason}",
        expected="a PDF whose text can be selected",
        remedy="install ocrmypdf or tesseract and add it again, run it through OCR yourself, "
        "or paste the text",
    )
