"""Scans are read with the OCR program that is installed; here, a script that stands for it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from corpus import Article, LoadError, load
from tests.corpus.pdfs import TEXT_PAGE, make_pdf

OCRMYPDF = """
import pathlib, sys
folder = pathlib.Path(__file__).parent
(folder / "asked").write_text(" ".join(sys.argv[1:-2]))
assert sys.argv[-2].endswith("in.pdf")
pathlib.Path(sys.argv[-1]).write_bytes((folder / "text.pdf").read_bytes())
"""
TESSERACT = """
import pathlib, sys
folder = pathlib.Path(__file__).parent
if sys.argv[1] == "--list-langs":
    print("List of available languages in /x (3):\\ndeu\\neng\\nosd")
    sys.exit()
pages = pathlib.Path(sys.argv[1]).read_text().splitlines()
heads = [pathlib.Path(page).read_bytes()[:2].decode() for page in pages]
(folder / "asked").write_text(" ".join([*heads, *sys.argv[3:]]))
pathlib.Path(sys.argv[2] + ".pdf").write_bytes((folder / "text.pdf").read_bytes())
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH; OCR programs in it find the text of ``TEXT_PAGE``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    (folder / "text.pdf").write_bytes(make_pdf([TEXT_PAGE]))
    return folder


def install(folder: Path, name: str, code: str) -> None:
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{code}")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


def load_scan(folder: Path) -> Article:
    scan = folder / "scan.pdf"
    scan.write_bytes(make_pdf([[], []]))
    [article] = load(scan)
    return article


def test_without_a_program_the_scan_is_refused_with_what_to_install(
    tmp_path: Path, path: Path
) -> None:
    with pytest.raises(LoadError, match=r"probably a scan.*install ocrmypdf or tesseract"):
        load_scan(tmp_path)


@pytest.mark.parametrize(
    ("program", "code", "asked"),
    [
        ("ocrmypdf", OCRMYPDF, "--quiet --force-ocr --output-type pdf"),
        ("tesseract", TESSERACT, "P5 P5 -l deu+eng pdf"),
    ],
)
def test_a_scan_is_read_with_the_program_that_is_installed(
    tmp_path: Path, path: Path, program: str, code: str, asked: str
) -> None:
    install(path, program, code)
    article = load_scan(tmp_path)
    assert "Nobody was hurt" in article.text
    assert (path / "asked").read_text() == asked


def test_the_article_keeps_the_scans_identity(tmp_path: Path, path: Path) -> None:
    install(path, "ocrmypdf", OCRMYPDF)
    article = load_scan(tmp_path)
    (tmp_path / "scan.pdf").write_bytes(make_pdf([TEXT_PAGE]))
    [again] = load(tmp_path / "scan.pdf")
    assert article.id == again.id


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import sys; sys.exit('the page is too dark')", "OCR failed: the page is too dark"),
        ("", "OCR wrote nothing"),
        (
            OCRMYPDF.replace('(folder / "text.pdf")', "pathlib.Path(sys.argv[-2])"),
            "OCR found no text either",
        ),
    ],
    ids=["fails", "writes nothing", "finds nothing"],
)
def test_a_program_that_fails_is_one_error(
    tmp_path: Path, path: Path, code: str, found: str
) -> None:
    install(path, "ocrmypdf", code)
    with pytest.raises(LoadError, match=found):
        load_scan(tmp_path)


def test_a_pdf_with_text_needs_no_program(tmp_path: Path, path: Path) -> None:
    scan = tmp_path / "text.pdf"
    scan.write_bytes((path / "text.pdf").read_bytes())
    assert len(list(load(scan))) == 1
    assert not os.path.exists(path / "asked")
