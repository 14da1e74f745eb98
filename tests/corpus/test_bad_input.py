"""Input that is not an article gets one clear line; input that is merely odd is read."""

from __future__ import annotations

import gzip
import io
import os
import random
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from corpus import Article, LoadError, load, load_pasted, read_addresses
from tests.corpus.pdfs import Put, make_pdf

TEXT = (
    "The harbour was closed on Monday after a crane fell on to the quay, the harbour master said."
)


def refuse(location: str | Path, part: str = "") -> LoadError:
    """The single error that loading ends in.

    Its message is one line, begins with the location and says what to do.
    """
    errors: list[LoadError] = []
    assert list(load(location, on_error=errors.append)) == []
    [error] = errors
    assert (
        str(error) == f"{error.location}: {error.found}; expected {error.expected}; {error.remedy}"
    )
    assert error.location == f"{location}{part}"
    assert str(error).isprintable()
    return error


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "name", ["a.txt", "a", "a.md", "a.html", "a.pdf", "a.json", "a.csv", "a.xml", "a.jsonl"]
)
@pytest.mark.parametrize("content", [b"", b" \n\t\n"], ids=["empty", "blank"])
def test_an_empty_file(tmp_path: Path, name: str, content: bytes) -> None:
    assert refuse(save(tmp_path, name, content)).found == "an empty file"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Some text.\n" * 100_000),
        ("a.txt", "Some text. " * 500_000),
        ("a.txt", "\n" * 1_500_000 + TEXT),
        ("a.md", "`" * 2_000_000),
        ("a.html", f"<html><p>{'Some text. ' * 100_000}</p></html>"),
        ("a.json", f'{{"text": "{"Some text. " * 100_000}"}}'),
    ],
    ids=["lines", "one line of 5 MB", "blank lines", "Markdown", "HTML", "JSON"],
)
def test_a_text_too_long_for_an_article_is_refused_at_once(
    tmp_path: Path, name: str, content: str
) -> None:
    path = save(tmp_path, name, content.encode())
    started = time.monotonic()
    assert "characters" in refuse(path, ", record 1" if name == "a.json" else "").found
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_the_kind_of_a_page_that_opens_with_many_comments_is_told_at_once(
    tmp_path: Path, name: str
) -> None:
    path = save(tmp_path, name, b"<!-- x -->" * 40 + f"<p>{TEXT}</p>".encode())
    started = time.monotonic()
    assert list(load(path))
    assert time.monotonic() - started < 5


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert refuse(tmp_path / "a.txt").found == "a pipe or a device"
    assert refuse(tmp_path, "/a.txt").found == "a pipe or a device"


def test_a_link_to_nothing_in_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    assert refuse(tmp_path, "/a.txt").found == "a link to nothing"


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert "symbolic links" in refuse(tmp_path / "a.txt").found


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert refuse("-").found == "no standard input"


def test_an_empty_paste() -> None:
    with pytest.raises(LoadError, match=r"^pasted page: an empty file; expected"):
        load_pasted("  \n")


def test_a_folder_without_articles(tmp_path: Path) -> None:
    save(tmp_path, "photo.jpg", b"\xff\xd8\xff")
    (tmp_path / "empty").mkdir()
    assert refuse(tmp_path).found == "a folder without articles"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.json"])
def test_a_file_of_200_mb_is_refused_without_being_read(tmp_path: Path, name: str) -> None:
    path = save(tmp_path, name, b"%PDF-1.4\n" if name == "a.pdf" else b"Some text.\n" * 1_000)
    os.truncate(path, 200_000_000)
    started = time.monotonic()
    assert refuse(path).found == "more than 20 MB"
    assert time.monotonic() - started < 2


def test_a_file_of_200_mb_of_one_line_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jsonl", b'{"text": "' + b"x" * 10_000)
    os.truncate(path, 200_000_000)
    tracemalloc.start()
    assert refuse(path, ", line 1").found == "more than 20 MB on one line"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize(
    "name", ["a.txt", "a", "a.md", "a.html", "a.jsonl", "a.json", "a.csv", "a.xml"]
)
def test_a_binary(tmp_path: Path, name: str) -> None:
    noise = random.Random(7).randbytes(50_000)
    assert refuse(save(tmp_path, name, noise)).found == "a binary file"


def test_a_zip_bomb_renamed_to_html(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", b"Text. " * 4_000_000)
    path = save(tmp_path, "page.html", bomb.getvalue())
    assert refuse(path, ", page.html").found == "more than 20 MB"


@pytest.mark.parametrize("name", ["page.html.gz", "page.txt.gz", "page.pdf.gz", "page.json.gz"])
def test_a_gzip_bomb(tmp_path: Path, name: str) -> None:
    assert (
        refuse(save(tmp_path, name, gzip.compress(b"Text. " * 3_500_000))).found
        == "more than 20 MB"
    )


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(TEXT.encode() * 99)[:-30], b"\x1f\x8b\x08"]
)
@pytest.mark.parametrize("name", ["page.txt.gz", "records.jsonl.gz"])
def test_a_broken_gzip_file(tmp_path: Path, name: str, content: bytes) -> None:
    assert "gzip" in refuse(save(tmp_path, name, content)).found


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + bytes(range(256)) * 9,
        b"no PDF",
        make_pdf([[Put(50, 700, "The harbour is closed.")]])[:90],
    ],
)
def test_a_broken_pdf(tmp_path: Path, content: bytes) -> None:
    assert "a broken PDF" in refuse(save(tmp_path, "a.pdf", content)).found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Home\nWorld\nSport\nSign in\nSubscribe\n"),
        ("a.html", "<html><ul><li>Home<li>World<li>Sport<li>Sign in</ul></html>"),
        ("b.txt", "— — —"),
        ("b.html", "<html><img src='a.png'></html>"),
    ],
)
def test_a_page_without_sentences(tmp_path: Path, name: str, content: str) -> None:
    assert "at least one sentence" in refuse(save(tmp_path, name, content.encode())).expected


@pytest.mark.parametrize(
    "line",
    [
        "Share\n",
        "© 2025 Example {}\n",
        "More from Example {} News\n",
        "By Jane Doe - Nov {}\n",
        "4 March 2025 by Jane Doe {}\n",
    ],
)
def test_a_page_that_is_all_boilerplate_is_refused_at_once_however_long(
    tmp_path: Path, line: str
) -> None:
    page = "".join(line.format(number) for number in range(200_000 // len(line)))
    path = save(tmp_path, "a.txt", page.encode())
    started = time.process_time()
    assert "only what stands around articles" in refuse(path).found
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "content",
    [b"<?xml version='1.0'?><note>Hi</note>", b"<rss><channel></channel></rss>", b"Hello."],
)
def test_xml_that_is_no_feed(tmp_path: Path, content: bytes) -> None:
    assert "a feed without items" in refuse(save(tmp_path, "a.xml", content)).found


def test_a_missing_file(tmp_path: Path) -> None:
    assert refuse(tmp_path / "missing.txt").found == "no such file"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("file:///home/anna/story.html", "name the file itself"),
        ("ftp://gullport.org/story.html", "save the page and add the file"),
        ("data://text/html,story", "save the page and add the file"),
    ],
)
def test_an_address_that_is_not_on_the_web_is_refused(location: str, said: str) -> None:
    error = refuse(location)
    assert error.found == f"an address that begins with {location.partition(':')[0]}:"
    assert error.remedy == said


@pytest.mark.parametrize(
    "pasted",
    [
        "https://gullport.org/story",
        " www.gullport.org/story\n",
        "gullport.invalid/story",
        "file:///home/anna/story.html",
        "ftp://gullport.org/story",
        "mailto:anna@gullport.org",
        "javascript:alert(1)",
        "https://gullport.org/story\nwww.gullport.org/other\n",
        "“<https://gullport.org/story>”",
        "anna@gullport.org",
        "/home/anna/story.html",
        "10.1.2.3/story",
    ],
)
def test_an_address_is_never_an_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pasted: str
) -> None:
    with pytest.raises(LoadError, match=r"^pasted page: (an address|2 addresses|one word); exp"):
        load_pasted(pasted)
    asked, errors = list[str](), list[LoadError]()

    def fetch(url: str) -> NoReturn:
        asked.append(url)
        raise LoadError(url, found="nothing", expected="a page", remedy="wait")

    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(pasted.encode())))
    monkeypatch.setattr("sys.stdin", stdin)
    path = save(tmp_path, "links.txt", pasted.encode())
    assert list(load(path, "-", fetch=fetch, on_error=errors.append)) == []
    web = [address for address in read_addresses(pasted) if address.startswith("https://")]
    assert asked == 2 * web
    assert len(errors) == 2 * max(1, len(web))


def test_a_text_of_one_word_in_a_script_without_spaces_is_an_article() -> None:
    assert load_pasted("港口在星期一关闭，因为一台起重机倒在了码头上，港务局长说。").text


def test_a_name_with_a_line_break_and_broken_bytes_is_still_one_line(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/a\nb\xff\x1b[2J.txt")
    errors: list[LoadError] = []
    assert list(load(path, on_error=errors.append)) == []
    assert str(errors[0]).isprintable()
    str(errors[0]).encode()


def test_a_broken_json_line_is_named_by_its_number_and_the_others_load(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        "a.jsonl",
        f'{{"id": 1, "text": "{TEXT}"}}\n{{"id": 2, \n{{"id": 3, "text": "{TEXT}"}}\n'.encode(),
    )
    errors: list[LoadError] = []
    assert len(list(load(path, on_error=errors.append))) == 2
    assert [error.location for error in errors] == [f"{path}, line 2"]


@pytest.mark.parametrize(
    "content",
    [b"The har\x00bour was shut on Monday.", b"The har\xed\xa0\x80bour was shut on Monday."],
)
def test_nul_and_lone_surrogates_become_replacement_characters(
    tmp_path: Path, content: bytes
) -> None:
    [article] = load(save(tmp_path, "a.txt", content))
    assert "har\ufffd" in article.text
    article.text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "قال رئيس الميناء يوم الاثنين إن الميناء أغلق بعد سقوط رافعة على الرصيف ولم يصب أحد بأذى.",
        "ראש הנמל אמר ביום שני כי הנמל נסגר לאחר שמנוף נפל על הרציף ואיש לא נפגע.",
        (
            "The harbour 🚢 was closed on Monday 👩🏽\u200d✈️ after a crane 🏗️ fell on to the quay, "
            "officials said. 🇹🇷"
        ),
    ],
    ids=["Arabic", "Hebrew", "emoji"],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_any_script_is_read_to_the_character(tmp_path: Path, name: str, text: str) -> None:
    [article] = load(
        save(
            tmp_path,
            name,
            f"<!doctype html><p>{text}</p>".encode() if "html" in name else text.encode(),
        )
    )
    assert article.text == text


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder that the tests may see but not read, even when they run as root."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        save(folder, "a.txt", TEXT.encode()).chmod(0o644)
        (folder / "closed").mkdir(mode=0o700 if user == 0 else 0)
        save(folder, "closed.txt", TEXT.encode()).chmod(0o600 if user == 0 else 0)
        if user == 0:
            os.seteuid(65534)  # nobody
        try:
            yield folder
        finally:
            os.seteuid(user)
            (folder / "closed").chmod(0o700)


def test_a_folder_and_a_file_without_permission_are_named_and_the_rest_loads(
    forbidden: Path,
) -> None:
    errors: list[LoadError] = []
    [article] = load(forbidden, on_error=errors.append)
    assert isinstance(article, Article)
    assert [error.location for error in errors] == [
        str(forbidden / "closed.txt"),
        str(forbidden / "closed"),
    ]
    assert {error.found for error in errors} == {"permission denied"}
    assert refuse(forbidden / "closed").found == "permission denied"
