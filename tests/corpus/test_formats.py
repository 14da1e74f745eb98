"""Each format that people keep articles in gives the article, with what the format says of it."""

from __future__ import annotations

import gzip
import io
import plistlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from corpus import Article, LoadError, load
from corpus.kinds import KINDS, SUFFIXES
from corpus.loaders.source import Allowance, Passed
from corpus.loaders.web import Fetch, Fetched
from tests.corpus.makers import (
    LEAD,
    MAKERS,
    NEXT,
    PAGE,
    TEXT,
    URL,
    make_docx,
    make_epub,
    make_maff,
    make_mail,
    make_mailbox,
    make_mhtml,
    make_odt,
    make_rtf,
    make_warc,
    make_webarchive,
    make_zip,
)


def no_fetch(url: str) -> NoReturn:
    raise AssertionError(f"{url} was fetched")


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def load_all(
    path: Path, *, fetch: Fetch = no_fetch, on_passed: Callable[[Passed], None] | None = None
) -> tuple[list[Article], list[str]]:
    errors: list[LoadError] = []
    articles = list(load(path, on_error=errors.append, on_passed=on_passed, fetch=fetch))
    return articles, [str(error).removeprefix(str(path)) for error in errors]


def load_one(folder: Path, name: str, content: bytes) -> Article:
    articles, errors = load_all(save(folder, name, content))
    assert not errors
    [article] = articles
    return article


@pytest.mark.parametrize("suffix", MAKERS)
def test_each_format_gives_its_article_and_nothing_is_fetched(
    tmp_path: Path, suffix: str, no_network: None
) -> None:
    article = load_one(tmp_path, f"a{suffix}", MAKERS[suffix]())
    assert article.text.startswith(LEAD)
    assert NEXT in article.text
    assert "evil" not in article.text


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.docx", "a.pdf", "a", "a.xyz"])
def test_the_first_bytes_tell_a_format_whatever_the_suffix(
    tmp_path: Path, suffix: str, name: str
) -> None:
    assert load_one(tmp_path, name, MAKERS[suffix]()).text.startswith(LEAD)


@pytest.mark.parametrize("suffix", MAKERS)
def test_each_format_is_read_from_an_address_too(suffix: str) -> None:
    media = next(iter(SUFFIXES[suffix].media))

    def fetch(url: str) -> Fetched:
        return Fetched(name=url, url=url, kind=media, charset=None, data=MAKERS[suffix]())

    [article] = load("https://files.example/download", fetch=fetch)
    assert article.text.startswith(LEAD)


def test_gzip_is_undone_whatever_the_name(tmp_path: Path) -> None:
    assert load_one(tmp_path, "a.warc.gz", gzip.compress(make_warc())).url == URL
    assert load_one(tmp_path, "a.html", gzip.compress(PAGE.encode())).title == "Hall closed"


# Mail


def test_a_newsletter_is_known_by_its_sender_subject_and_date(tmp_path: Path) -> None:
    article = load_one(tmp_path, "a.eml", make_mail().as_bytes())
    assert (article.outlet, article.title) == ("Nordby Courier", "Hall closed")
    assert article.published == date(2024, 2, 5)
    assert str(article.published_at) == "2024-02-05 08:00:00+01:00"


def test_a_mail_is_the_same_article_in_each_file_it_is_saved_in(tmp_path: Path) -> None:
    single = load_one(tmp_path, "a.eml", make_mail().as_bytes())
    [first, second], errors = load_all(
        save(
            tmp_path,
            "a.mbox",
            make_mailbox(make_mail(), make_mail(Message_ID="<2@nordby.example>")),
        )
    )
    assert not errors
    assert first.id == single.id != second.id


@pytest.mark.parametrize(
    ("subject", "title"),
    [("Fwd: Re: Hall closed", "Hall closed"), ("WG: Halle zu", "Halle zu"), ("Re-use", "Re-use")],
)
def test_marks_of_forwarding_are_no_part_of_a_title(
    tmp_path: Path, subject: str, title: str
) -> None:
    assert load_one(tmp_path, "a.eml", make_mail(Subject=subject).as_bytes()).title == title


def test_a_sender_without_a_name_is_known_by_its_host(tmp_path: Path) -> None:
    mail = make_mail(From="news@nordby.example")
    assert load_one(tmp_path, "a.eml", mail.as_bytes()).outlet == "nordby.example"


def test_the_plain_part_stands_in_for_an_html_part_without_sentences(tmp_path: Path) -> None:
    mail = make_mail(html="<p>View online</p>")
    assert load_one(tmp_path, "a.eml", mail.as_bytes()).text.startswith(LEAD)


def test_what_is_attached_to_a_covering_note_is_added(tmp_path: Path) -> None:
    mail = make_mail(html=None, plain="FYI\n")
    mail.add_attachment(make_docx(), "application", "octet-stream", filename="story.docx")
    mail.add_attachment(b"\x89PNG", "image", "png", filename="logo.png")
    passed: list[Passed] = []
    [article], errors = load_all(save(tmp_path, "a.eml", mail.as_bytes()), on_passed=passed.append)
    assert not errors
    assert article.text == TEXT
    assert [one.what for one in passed] == ["a mail without an article of its own", "image/png"]


def test_a_mail_that_is_attached_to_a_mail_is_read(tmp_path: Path) -> None:
    mail = make_mail(html=None, plain="See below\n", Subject="Look")
    mail.add_attachment(make_mail())
    article = load_one(tmp_path, "a.eml", mail.as_bytes())
    assert (article.title, article.outlet) == ("Hall closed", "Nordby Courier")


def test_a_date_without_an_offset_gives_the_day_alone(tmp_path: Path) -> None:
    article = load_one(
        tmp_path, "a.eml", make_mail(Date="Mon, 5 Feb 2024 08:00:00 -0000").as_bytes()
    )
    assert (article.published, article.published_at) == (date(2024, 2, 5), None)


def test_headers_that_cannot_be_parsed_say_nothing(tmp_path: Path) -> None:
    raw = make_mail().as_bytes().replace(b"Mon, 05 Feb 2024 08:00:00 +0100", b"yesterday")
    raw = raw.replace(b"Nordby Courier <news@nordby.example>", b"<<<;,@")
    assert load_one(tmp_path, "a.eml", raw).published is None


# Pages as browsers save them


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mhtml", make_mhtml()),
        ("a.webarchive", make_webarchive()),
        ("a.maff", make_maff()),
        ("a.warc", make_warc()),
        ("a.html", f"<!-- saved from url=(0031){URL} -->\n{PAGE}".encode()),
        (
            "b.html",
            PAGE.replace(
                "<head>",
                f"<head><!--\n Page saved with SingleFile \n url: {URL} \n saved date: Fri Mar 01 "
                "2024 10:00:00 GMT+0100 (CET)\n-->",
            ).encode(),
        ),
    ],
    ids=["MHTML", "Safari", "Mozilla", "WARC", "Edge", "SingleFile"],
)
def test_a_saved_page_is_the_page_and_not_of_the_day_it_was_saved(
    tmp_path: Path, name: str, content: bytes
) -> None:
    article = load_one(tmp_path, name, content)
    assert (article.url, article.outlet, article.title) == (URL, "nordby.example", "Hall closed")
    assert article.published is None


def test_the_pictures_in_a_page_of_single_file_do_not_count(tmp_path: Path) -> None:
    head = f"<html><!--\n Page saved with SingleFile \n url: {URL}\n-->"
    picture = f"<img src='data:image/png;base64,{'iVBORw0K' * 3_000_000}'>"
    page = PAGE.replace("<html>", head).replace("<h1>", f"{picture}<h1>")
    assert load_one(tmp_path, "a.html", page.encode()).text == TEXT


def test_a_mac_shortcut_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []
    path = save(tmp_path, "a.webloc", plistlib.dumps({"URL": URL}))
    load_all(path, fetch=refuse_into(asked))
    assert asked == [URL]


# Office documents


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_a_word_document_is_read_as_word_shows_it(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('The hall cost ')}<w:ins>{run('four')}</w:ins><w:del><w:r><w:delText>nine"
        f"</w:delText></w:r></w:del>{run(' million crowns, the')}<w:r><w:noBreakHyphen/></w:r>"
        f"{run('mayor said.')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p>" + run("Year") + "</w:p></w:tc><w:tc><w:p>" + run("Visitors")
        + "</w:p></w:tc></w:tr><w:tr><w:tc><w:p>" + run("2023") + "</w:p></w:tc><w:tc><w:p>"
        + run("41,000") + "</w:p></w:tc></w:tr></w:tbl>"
        f"<w:sdt><w:sdtContent><w:p>{run(NEXT)}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run(LEAD)}</w:p></w:txbxContent></w:pict></w:r></w:p>"
    )  # fmt: skip
    notes = f'<w:footnotes xmlns:w="x"><w:footnote><w:p>{run("A note at the foot.")}</w:p></w:footnote></w:footnotes>'  # noqa: E501
    page = load_one(tmp_path, "a.docx", make_docx(body, footnotes=notes)).page
    assert page is not None
    assert page.text == (
        "The hall cost four million crowns, the\u2011mayor said.\n\nYear\tVisitors\n2023\t41,000"
        f"\n\n{NEXT}\n\n{LEAD}\n\nA note at the foot."
    )


def test_an_open_document_is_read_as_its_word_processor_shows_it(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Deleted words.</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:h>Hall<text:s text:c='2'/>closed</text:h>"
        f"<text:p>{LEAD[:20]}<text:span>{LEAD[20:40]}</text:span>{LEAD[40:]}<text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>A note at the foot."
        "</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Year</text:p></table:table-cell>"
        "<table:table-cell><text:p>Visitors</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell><text:p>2023</text:p></table:table-cell>"
        "<table:table-cell><text:p>41,000</text:p></table:table-cell></table:table-row>"
        f"</table:table><text:list><text:list-item><text:p>{NEXT}</text:p></text:list-item></text:list>"
    )
    page = load_one(tmp_path, "a.odt", make_odt(body)).page
    assert page is not None
    assert page.text == (
        f"Hall  closed\n\n{LEAD}\n\nYear\tVisitors\n2023\t41,000\n\n{NEXT}\n\nA note at the foot."
    )


def test_rtf_shows_no_addresses_of_links_and_keeps_every_script(tmp_path: Path) -> None:
    words = "Zażółć gęślą jaźń, powiedział Łukasz. Спасибо. 🎉 He said “yes” to the plan."
    emoji = words.replace("🎉", "\\u-10180?\\u-8311?")
    data = make_rtf(f"{LEAD}\n\n{emoji}").replace(
        LEAD[:3].encode(),
        rb'{\field{\*\fldinst{HYPERLINK "https://evil.example/"}}{\fldrslt The}}',
        1,
    )
    article = load_one(tmp_path, "a.rtf", data)
    assert article.text.startswith(LEAD)
    assert "Łukasz. Спасибо. 🎉 He said “yes”" in article.text
    assert "evil" not in article.text


def test_a_table_in_rtf_keeps_its_cells_apart(tmp_path: Path) -> None:
    table = r"\trowd\cellx1000\cellx2000 Year\cell Visitors\cell\row 2023\cell 41,000\cell\row"
    page = load_one(tmp_path, "a.rtf", make_rtf(f"{LEAD}\n\n{table}\n\n{NEXT}")).page
    assert page is not None
    assert "Year\tVisitors\t\n2023\t41,000" in page.text


# Books and archives


def test_each_chapter_of_a_book_is_an_article_in_reading_order(tmp_path: Path) -> None:
    chapters = {
        "cover.xhtml": "<html><body><img src='cover.png' alt=''/></body></html>",
        "z.xhtml": PAGE,
        "a.xhtml": f"<html><title>Hall opens</title><h1>Hall opens</h1><p>{NEXT}</p></html>",
    }
    passed: list[Passed] = []
    path = save(tmp_path, "a.epub", make_epub(chapters))
    articles, errors = load_all(path, on_passed=passed.append)
    assert not errors
    assert [article.title for article in articles] == ["Hall closed", "Hall opens"]
    assert [one.path for one in passed] == [f"{path}, OPS/text/cover.xhtml"]


def test_an_archive_holds_any_kinds_and_other_archives(tmp_path: Path) -> None:
    inner = make_zip({"letter.eml": make_mail().as_bytes(), "story.docx": make_docx()})
    content = make_zip(
        {
            "a/page.html": PAGE,
            "a/page_files/frame.html": PAGE,
            "a/photo.jpg": b"\xff\xd8\xff",
            "__MACOSX/a/._page.html": b"\x00\x05",
            "b.zip": inner,
            "c.html.gz": gzip.compress(PAGE.encode()),
            "d.xyz": "?",
        }
    )
    passed: list[Passed] = []
    path = save(tmp_path, "a.zip", content)
    articles, errors = load_all(path, on_passed=passed.append)
    assert len(articles) == 4
    assert len({article.id for article in articles}) == 4
    [error] = errors
    assert error.startswith(", d.xyz: a file of an unknown kind (.xyz)")
    assert len(passed) == 3


def test_an_archive_in_a_folder_is_read(tmp_path: Path) -> None:
    save(tmp_path, "a.zip", make_zip({"page.html": PAGE}))
    assert len(list(load(tmp_path))) == 1


def test_a_file_in_an_archive_is_the_same_article_when_the_archive_is_added_again(
    tmp_path: Path,
) -> None:
    path = save(tmp_path, "a.zip", make_zip({"a.txt": TEXT, "b.txt": NEXT}))
    first, _ = load_all(path)
    save(tmp_path, "a.zip", make_zip({"a.txt": f"{TEXT} It is open.", "b.txt": NEXT}))
    again, _ = load_all(path)
    assert [article.id for article in first] == [article.id for article in again]


def test_records_in_an_archive_are_streamed(tmp_path: Path) -> None:
    line = f'{{"text": "{LEAD} {"x" * 1_000}"}}\n'
    path = save(tmp_path, "a.zip", make_zip({"a.jsonl": "".join(
        line.replace("Monday", f"day {number}") for number in range(20_000)
    )}))  # fmt: skip
    assert next(load(path)).text.startswith(LEAD[:40])


# WARC


def test_only_pages_that_a_server_answered_with_are_read_from_a_warc(tmp_path: Path) -> None:
    zipped = gzip.compress(PAGE.encode())
    data = make_warc(
        ("https://nordby.example/a.png", "image/png", b"\x89PNG"),
        (URL, "text/html\r\nContent-Encoding: gzip", zipped),
        (f"{URL}?page=2", "text/html\r\nTransfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (
            len(PAGE.encode()), PAGE.encode()
        )),
        version="1.1",
    )  # fmt: skip
    passed: list[Passed] = []
    articles, errors = load_all(save(tmp_path, "a.warc", data), on_passed=passed.append)
    assert not errors
    assert [article.url for article in articles] == [URL, f"{URL}?page=2"]
    assert [one.what for one in passed] == ["image/png"]


def test_a_record_whose_length_is_wrong_ends_where_the_next_begins(tmp_path: Path) -> None:
    data = make_warc((URL, "text/html", PAGE.encode()), (f"{URL}2", "text/html", PAGE.encode()))
    first = data.index(b"Content-Length: ") + len(b"Content-Length: ")
    data = data[:first] + b"7" + data[data.index(b"\r\n", first) :]
    articles, errors = load_all(save(tmp_path, "a.warc", data))
    assert not errors
    assert [article.text for article in articles] == [TEXT, TEXT]


# Lists of addresses


def refuse_into(asked: list[str]) -> Fetch:
    def fetch(url: str) -> Fetched:
        asked.append(url)
        raise LoadError(url, found="nothing", expected="a page", remedy="none")

    return fetch


LISTS = {
    "a.html": """<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p><DT><H3>News</H3><DL><p>
<DT><A HREF="ONE">One</A><DT><A HREF="TWO">Two</A><DT><A HREF="javascript:x">x</A></DL></DL>""",
    "pocket.html": """<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><ul>
<li><a href="ONE" time_added="1">One</a></li><li><a href="TWO">Two</a></li></ul></body></html>""",
    "pocket.csv": """title,url,time_added,tags,status
One,ONE,1700000000,,unread
Two,TWO,1700000000,,unread
""",
    "karakeep.json": """{"bookmarks": [{"createdAt": 1700000000, "title": "One",
"content": {"type": "link", "url": "ONE"}}, {"title": null, "content": {"type": "link",
"title": "Two", "url": "TWO"}}]}""",
    "chrome.json": """{"roots": {"bookmark_bar": {"children": [{"type": "folder", "children": [
{"name": "One", "type": "url", "url": "ONE"}]}, {"name": "Two", "type": "url", "url": "TWO"}]}}}""",
    "gdelt.json": """{"articles": [{"url": "ONE", "title": "One", "domain": "a.example",
"seendate": "20240301T120000Z"}, {"url": "TWO", "title": "Two", "seendate": "20240302T120000Z"}
]}""",
    "list.txt": "ONE\nTWO\nONE\n",
    "a.opml": """<?xml version="1.0"?><opml version="2.0"><body><outline text="x">
<outline type="rss" xmlUrl="ONE" htmlUrl="https://c.example/"/></outline>
<outline type="rss" xmlUrl="TWO"/></body></opml>""",
    "a.url": "[InternetShortcut]\r\nURL=ONE\r\n",
}


def write_list(name: str, one: str, two: str) -> bytes:
    content = LISTS[name]
    if content.startswith("<"):
        two = two.replace("&", "&amp;")
    return content.replace("ONE", one).replace("TWO", two).encode()


@pytest.mark.parametrize("name", LISTS)
def test_the_addresses_of_a_list_are_fetched_once_each(tmp_path: Path, name: str) -> None:
    urls = ["https://a.example/1", "https://b.example/2?x=1&y=2"]
    content = write_list(name, *urls)
    asked: list[str] = []
    _, errors = load_all(save(tmp_path, name, content), fetch=refuse_into(asked))
    wanted = urls[: 1 if name == "a.url" else 2]
    assert sorted(asked) == wanted
    assert len(errors) == len(wanted)


def test_a_page_from_a_list_has_what_the_list_says_where_it_says_nothing_itself(
    tmp_path: Path,
) -> None:
    def fetch(url: str) -> Fetched:
        page = f"<html><body><p>{LEAD}</p></body></html>".encode()
        return Fetched(name=url, url=url, kind="text/html", charset="utf-8", data=page)

    content = write_list("gdelt.json", URL, URL)
    [article], errors = load_all(save(tmp_path, "a.json", content), fetch=fetch)
    assert not errors
    assert (article.title, article.published) == ("One", date(2024, 3, 1))


def test_lists_of_lists_end(tmp_path: Path) -> None:
    opml = write_list("a.opml", URL, f"{URL}2")

    def fetch(url: str) -> Fetched:
        return Fetched(name=url, url=url, kind="text/x-opml", charset=None, data=opml)

    articles, errors = load_all(save(tmp_path, "a.opml", opml), fetch=fetch)
    assert not articles
    assert all("lists of addresses" in error for error in errors)


def test_the_addresses_of_lists_in_lists_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Allowance.__init__, "__kwdefaults__", {"bytes": 10**9, "parts": 50})
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        text = "".join(f"{url}/{number}\n" for number in range(20)).encode()
        return Fetched(name=url, url=url, kind="text/plain", charset=None, data=text)

    start = save(tmp_path, "a.txt", f"{URL}\n{URL}/2".encode())
    articles, errors = load_all(start, fetch=fetch)
    assert not articles
    assert len(asked) <= 50
    assert "addresses; expected an archive or a list" in errors[-1]


@pytest.mark.parametrize("root", ["urlset", "sitemapindex"])
def test_a_sitemap_is_named_as_such_and_nothing_is_fetched(tmp_path: Path, root: str) -> None:
    inner = "url" if root == "urlset" else "sitemap"
    content = (
        f'<?xml version="1.0"?><!-- made --><{root} '
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i">'
        f"<{inner}><loc> {URL} </loc><image:image><image:loc>{URL}.png</image:loc></image:image>"
        f"</{inner}></{root}>"
    )
    asked: list[str] = []
    _, [error] = load_all(save(tmp_path, "sitemap.xml", content.encode()), fetch=refuse_into(asked))
    assert not asked
    assert "a sitemap of 1 address;" in error
    assert error.endswith(f"add those you want: {URL}")


# The table


def test_every_row_of_the_table_names_a_loader_that_exists() -> None:
    import pkgutil

    assert all(callable(pkgutil.resolve_name(kind.loader)) for kind in KINDS)


def test_no_suffix_or_media_type_is_listed_twice() -> None:
    suffixes = [suffix for kind in KINDS for suffix in kind.suffixes]
    media = [name for kind in KINDS for name in kind.media]
    assert len(set(suffixes)) == len(suffixes)
    assert len(set(media)) == len(media)


def test_a_reader_is_imported_only_when_a_file_needs_it() -> None:
    import subprocess
    import sys

    readers = ("warcio", "striprtf", "lxml", "pypdfium2", "email", "zipfile")
    code = f"import corpus, sys; print([name for name in {readers} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_stream_that_cannot_be_rewound_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._data = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any writable buffer
            return self._data.readinto(buffer)

    stream = io.TextIOWrapper(io.BufferedReader(Pipe(make_docx())))
    monkeypatch.setattr("sys.stdin", stream)
    [article] = load("-")
    assert article.text == TEXT
