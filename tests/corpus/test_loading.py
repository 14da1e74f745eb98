"""Which locations are found, and in what order; and when a reloaded article is the same article."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from corpus import Article, LoadError, Passed, load, load_pasted
from corpus.identity import canonical
from corpus.loaders.web import Fetched

TEXT = (
    "The harbour was closed on Monday after a crane fell on to the quay, the harbour master said.\n"
)
OTHER = (
    "The harbour opened again on Friday, four days after the accident, the city said in a "
    "statement.\n"
)


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Standard input, which the test writes and rewinds."""
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(buffer)))
    return buffer


def write(path: Path, content: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_a_folder_is_read_in_order_with_all_below_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c/d.text", "c/a", "Z.HTML"):
        write(tmp_path / name, TEXT.replace("harbour", name.replace(".", " ")))
    found = [article.text.partition(" was")[0].removeprefix("The ") for article in load(tmp_path)]
    assert found == ["Z HTML", "a md", "b txt", "c/a", "c/d text"]


def test_what_plainly_is_no_article_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "page.html", f"<html><p>{TEXT}</p></html>")
    for name in (
        ".hidden.txt",
        ".git/a.txt",
        "page_files/advert.html",
        "photo.JPG",
        "style.css",
        "__pycache__/a.cpython-311.pyc",
    ):
        write(tmp_path / name)
    assert len(list(load(tmp_path))) == 1


def test_what_is_passed_over_in_a_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path / "page.html", f"<html><p>{TEXT}</p></html>")
    for name in (".hidden.txt", ".git/a.txt", "page_files/advert.html", "photo.JPG", "a/style.css"):
        write(tmp_path / name)
    write(tmp_path / "__pycache__" / "a.cpython-311.pyc")  # no person put it there
    write(tmp_path / "library" / "library.db")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    passed: list[Passed] = []
    assert len(list(load(tmp_path, on_passed=passed.append))) == 1
    assert sorted(one.what for one in passed) == [
        ".css", ".jpg", "folder of a saved page", "hidden", "hidden", "library", "link to a folder",
    ]  # fmt: skip


def test_a_library_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    for name in ("library.db", "library.db-wal", "LOCK", "chroma/chroma.sqlite3"):
        write(tmp_path / "library" / name)
    assert len(list(load(tmp_path))) == 1


@pytest.mark.parametrize("name", ["U.S. sanctions", "Notes of Dec. 5", "v1.2"])
def test_a_full_stop_in_a_name_makes_no_suffix(tmp_path: Path, name: str) -> None:
    assert len(list(load(write(tmp_path / name)))) == 1


def test_an_unknown_suffix_is_no_reason_to_refuse_what_begins_as_a_page(tmp_path: Path) -> None:
    [article] = load(write(tmp_path / "article.php", f"<!doctype html><html><p>{TEXT}</p></html>"))
    assert article.text == TEXT.strip()


def test_what_might_be_an_article_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path / "a.xyz")
    write(tmp_path / "b.txt")
    errors: list[LoadError] = []
    assert len(list(load(tmp_path, on_error=errors.append))) == 1
    assert [error.location for error in errors] == [str(tmp_path / "a.xyz")]
    assert "unknown kind (.xyz)" in str(errors[0])


def test_without_on_error_the_first_bad_location_raises(tmp_path: Path) -> None:
    articles = load(write(tmp_path / "a.txt"), tmp_path / "missing.txt", write(tmp_path / "b.txt"))
    next(articles)
    with pytest.raises(LoadError, match=r"missing\.txt: no such file; expected"):
        next(articles)


def test_a_location_is_not_touched_before_its_turn(tmp_path: Path) -> None:
    def fetch(url: str) -> NoReturn:
        raise AssertionError(f"{url} was fetched early")

    assert next(load(write(tmp_path / "a.txt"), "https://daily.example/", fetch=fetch))


def test_records_arrive_one_by_one_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as source, os.fdopen(writer, "wb", buffering=0) as sink:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(source))
        sink.write(json.dumps({"id": 1, "text": TEXT}).encode() + b"\n")
        articles = load("-")
        assert next(articles).text == TEXT.strip()
        sink.write(json.dumps({"id": 2, "text": OTHER}).encode() + b"\n")
        assert next(articles).text == OTHER.strip()


@pytest.mark.parametrize(
    "content",
    [TEXT, f"<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>", json.dumps({"text": TEXT})],
    ids=["text", "html", "json lines"],
)
def test_standard_input_is_known_by_how_it_begins(stdin: io.BytesIO, content: str) -> None:
    stdin.write(content.encode())
    stdin.seek(0)
    [article] = load("-")
    assert article.text == TEXT.strip()


def test_a_page_saved_without_a_suffix_is_known_by_how_it_begins(tmp_path: Path) -> None:
    [article] = load(write(tmp_path / "saved", f"\ufeff\n<!doctype HTML><title>x</title><p>{TEXT}"))
    assert article.text == TEXT.strip()


@pytest.mark.parametrize(
    ("name", "content"), [("a.jsonl.gz", json.dumps({"text": TEXT})), ("a.txt.gz", TEXT)]
)
def test_gzip_is_undone(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(content.encode()))
    [article] = load(tmp_path / name)
    assert article.text == TEXT.strip()


def test_a_file_is_known_by_its_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt")
    [before] = load(path)
    write(path, OTHER)
    monkeypatch.chdir(tmp_path)
    [after] = load("a.txt")
    assert before.id == after.id
    assert before.text != after.text
    [copy] = load(write(tmp_path / "b.txt", OTHER))
    assert copy.id != after.id


def test_a_page_that_states_its_address_is_known_by_it_wherever_it_is_saved(tmp_path: Path) -> None:
    page = (
        "<html><link rel=canonical "
        f'href="https://Daily.example:443/crane?utm_medium=mail&id=2#top"><p>{TEXT}</p>'
    )
    ids = {
        article.id
        for name in ("a.html", "b.html")
        for article in load(write(tmp_path / name, page))
    }
    assert len(ids) == 1


def test_a_pasted_page_is_known_by_its_content() -> None:
    assert load_pasted(TEXT).id == load_pasted(TEXT, name="clipboard").id
    assert load_pasted(TEXT).id != load_pasted(OTHER).id


def test_a_pasted_nul_or_lone_surrogate_becomes_a_replacement_character() -> None:
    assert load_pasted(TEXT.replace("harbour", "har\x00bo\ud800ur")).text.startswith(
        "The har\ufffdbo\ufffdur was closed"
    )


@pytest.mark.parametrize(
    ("url", "same"),
    [
        (
            "HTTPS://Daily.Example/News/?utm_source=a&id=1&fbclid=z#end",
            "https://daily.example/News/?id=1",
        ),
        ("http://daily.example:80", "http://daily.example/"),
        ("http://daily.example:8080/a", "http://daily.example:8080/a"),
        ("https://daily.example./a", "https://daily.example/a"),
        ("http://[::1/a", "http://[::1/a"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_the_canonical_address_leaves_out_what_does_not_choose_the_page(
    url: str, same: str
) -> None:
    assert canonical(url) == same
    assert canonical(same) == same


def test_every_article_spells_its_page(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.html", f"<html><p>{TEXT}<p>{OTHER}")
    for article in load(tmp_path):
        assert isinstance(article, Article)
        assert article.page is not None
        assert article.page.article_text == article.text


def test_an_address_without_its_scheme_is_fetched_unless_it_names_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(url: str) -> NoReturn:
        asked.append(url)
        raise LoadError(url, found="nothing", expected="a page", remedy="wait")

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "gullport.org" / "story")
    errors: list[LoadError] = []
    fetched = ("www.gullport.invalid/story", "gullport.se/story.html", "gullport.se")
    files = ("gullport.org/story", "missing.md", "old.pages/story.html", "note: read this.txt")
    found = list(load(*fetched, *files, fetch=fetch, on_error=errors.append))
    assert asked == [f"https://{location}" for location in fetched]
    assert [article.text for article in found] == [TEXT.strip()]
    assert [error.found for error in errors[3:]] == ["no such file"] * 3


def test_a_text_from_an_address_has_that_address_and_its_outlet() -> None:
    def fetch(url: str) -> Fetched:
        return Fetched(name=url, url=url, kind="text/plain", charset=None, data=TEXT.encode())

    [article] = load("https://www.gullport.org/story.txt?utm_source=mail", fetch=fetch)
    assert (article.url, article.outlet) == ("https://www.gullport.org/story.txt", "gullport.org")
