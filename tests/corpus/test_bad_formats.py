"""Bad files of each format that people keep articles in: one clear line each, within bounds."""

from __future__ import annotations

import gzip
import io
import resource
import socket
import struct
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus import LoadError, load
from corpus.loaders import source
from tests.corpus.makers import (
    LEAD,
    MAKERS,
    NEXT,
    PAGE,
    URL,
    WORD,
    make_docx,
    make_epub,
    make_mail,
    make_mailbox,
    make_mhtml,
    make_odt,
    make_rtf,
    make_warc,
    make_webarchive,
    make_zip,
)
from tests.corpus.test_bad_input import refuse, save

OFFICE = [".docx", ".odt", ".rtf", ".epub"]
ZIPPED = [".docx", ".odt", ".epub", ".maff", ".zip"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)


def find_errors(*paths: Path) -> tuple[int, list[LoadError]]:
    """The number of articles, and the errors; each must be one line that can be printed."""
    errors: list[LoadError] = []
    count = len(list(load(*paths, on_error=errors.append)))
    assert all(str(error).isprintable() for error in errors)
    return count, errors


@pytest.mark.parametrize("suffix", [*MAKERS, ".opml", ".url", ".webloc"])
@pytest.mark.parametrize("content", [b"", b" \n"], ids=["empty", "blank"])
def test_an_empty_file_is_one_error(tmp_path: Path, suffix: str, content: bytes) -> None:
    error = refuse(save(tmp_path, f"a{suffix}", content))
    assert "empty" in error.found or suffix in ZIPPED


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_short_is_read_as_far_as_it_goes_or_is_one_error(
    tmp_path: Path, suffix: str, share: float
) -> None:
    whole = MAKERS[suffix]()
    bad = save(tmp_path, f"a{suffix}", whole[: int(len(whole) * share)])
    good = save(tmp_path, "b.txt", LEAD.encode())
    count, errors = find_errors(bad, good)
    assert count + len(errors) == 2
    assert count >= 1


@pytest.mark.parametrize("suffix", MAKERS)
def test_a_file_of_noise_is_one_error_and_the_others_are_added(tmp_path: Path, suffix: str) -> None:
    whole = bytearray(MAKERS[suffix]())
    for at in range(4, len(whole), 7):
        whole[at] ^= 0x5A
    count, errors = find_errors(
        save(tmp_path, f"a{suffix}", bytes(whole)), save(tmp_path, "b.txt", LEAD.encode())
    )
    assert count >= 1
    assert count + len(errors) == 2


@pytest.mark.parametrize("suffix", ZIPPED)
def test_plain_text_with_the_suffix_of_an_archive_is_one_error(tmp_path: Path, suffix: str) -> None:
    assert "broken or incomplete" in refuse(save(tmp_path, f"a{suffix}", LEAD.encode())).found


# Encrypted


@pytest.mark.parametrize("suffix", [".docx", ".doc", ".zip"])
def test_an_encrypted_or_old_office_document_is_named_as_such(tmp_path: Path, suffix: str) -> None:
    error = refuse(save(tmp_path, f"a{suffix}", OLE))
    assert error.found == "an old or encrypted Office document"
    assert "without a password" in error.remedy


def encrypt(content: bytes) -> bytes:
    """Mark every member of an archive as encrypted."""
    data = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    return bytes(data)


@pytest.mark.parametrize("suffix", ZIPPED)
def test_an_encrypted_archive_is_one_error(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path, f"a{suffix}", encrypt(MAKERS[suffix]()))
    count, [error] = find_errors(path)
    assert not count
    assert "encrypted" in error.found


def test_an_encrypted_open_document_is_named_as_such(tmp_path: Path) -> None:
    content = make_zip(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>",
            "content.xml": b"\x93\x12\x00",
        }
    )
    assert refuse(save(tmp_path, "a.odt", content)).found == "an encrypted document"


def test_a_book_with_copy_protection_is_named_as_such(tmp_path: Path) -> None:
    scheme = "<e:encryption xmlns:e='e'><e:CipherReference URI='OPS/text/b.xhtml'/></e:encryption>"
    content = make_epub(None, **{"META-INF/encryption.xml": scheme})
    assert refuse(save(tmp_path, "a.epub", content)).found == "an EPUB with copy protection"


def test_a_book_whose_fonts_alone_are_encrypted_is_read(tmp_path: Path) -> None:
    scheme = "<e:encryption xmlns:e='e'><e:CipherReference URI='OPS/font.otf'/></e:encryption>"
    content = make_epub(None, **{"META-INF/encryption.xml": scheme})
    assert find_errors(save(tmp_path, "a.epub", content)) == (1, [])


@pytest.mark.parametrize("name", ["idna", "undefined", "punycode", "rot13", "a\0b", "x" * 300])
def test_an_encoding_that_is_none_is_ignored(tmp_path: Path, name: str) -> None:
    text = f"Le café de Nordby a fermé lundi. {LEAD}".encode("latin-1")
    page = b"<html><meta charset='%b'><p>%b</p>" % (name.encode(), text)
    mail = f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset={name}\n\n"
    paths = [
        save(tmp_path, "a.html", page),
        save(tmp_path, "a.warc", make_warc((URL, f"text/html; charset={name}", page))),
        save(tmp_path, "a.eml", mail.encode() + text),
    ]
    articles = list(load(*paths))
    assert all("café" in article.text for article in articles)
    assert len(articles) == 3


# Bombs


@pytest.fixture
def quick() -> Iterator[None]:
    """What the test does takes less than 20 s of this process's time, and 500 MB."""
    started = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def test_archives_nested_too_deeply_are_one_error(tmp_path: Path) -> None:
    content = make_zip({"a.txt": LEAD})
    for _ in range(5):
        content = make_zip({"a.zip": content})
    path = save(tmp_path, "a.zip", content)
    assert "archives in each other" in refuse(path, ", a.zip" * 3).found


def test_an_archive_of_archives_of_archives_ends_soon(tmp_path: Path, quick: None) -> None:
    content = make_zip({"a.txt": LEAD})
    for _ in range(5):
        content = make_zip({f"{number}.zip": content for number in range(16)})
    count, errors = find_errors(
        save(tmp_path, "a.zip", content), save(tmp_path, "b.txt", LEAD.encode())
    )
    assert count == 1
    assert len(errors) < 30


def test_a_file_that_unpacks_to_gigabytes_is_read_no_further_than_a_page(
    tmp_path: Path, quick: None
) -> None:
    content = make_zip({f"{number}.html": b"Text. " * 4_000_000 for number in range(3)})
    count, errors = find_errors(save(tmp_path, "a.zip", content))
    assert not count
    assert [error.found for error in errors] == ["more than 20 MB"] * 3


def test_an_archive_may_not_unpack_more_than_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source.Allowance.__init__, "__kwdefaults__", {"bytes": 50_000, "parts": 9})
    line = f'{{"text": "{LEAD}"}}\n' * 2_000
    content = make_zip({"a.jsonl": line, "b.txt": NEXT, "c.txt": NEXT})
    count, errors = find_errors(
        save(tmp_path, "a.zip", content), save(tmp_path, "b.txt", NEXT.encode())
    )
    assert count >= 2
    assert errors[-1].found == "gigabytes, once it is unpacked"
    many = save(tmp_path, "b.zip", make_zip({f"{number}.txt": NEXT for number in range(20)}))
    count, errors = find_errors(many)
    assert count == 9
    assert len(errors) == 1


def test_a_gzip_bomb_in_an_archive_is_bounded(tmp_path: Path, quick: None) -> None:
    content = make_zip({"a.txt.gz": gzip.compress(b"Text. " * 5_000_000), "b.txt": LEAD})
    count, [error] = find_errors(save(tmp_path, "a.zip", content))
    assert count == 1
    assert error.found == "more than 20 MB"


def test_an_archive_whose_list_of_members_is_huge_is_refused_unread(tmp_path: Path) -> None:
    content = bytearray(make_zip({"a.txt": LEAD}))
    at = content.rindex(b"PK\x05\x06")
    struct.pack_into("<L", content, at + 12, 500_000_000)
    assert "100,000 files" in refuse(save(tmp_path, "a.zip", bytes(content))).found


def paragraphs(count: int, pattern: str) -> str:
    return "".join(pattern.format(f"Line {number} says so.") for number in range(count))


@pytest.mark.parametrize(
    ("suffix", "make"),
    [
        (".docx", lambda: make_docx("<w:p/>" * 600_000)),
        (".docx", lambda: make_docx(paragraphs(300_000, "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"))),
        (".odt", lambda: make_odt("<text:p/>" * 600_000)),
        (".odt", lambda: make_odt(paragraphs(400_000, "<text:p>{}</text:p>"))),
        (".odt", lambda: make_odt(f"<text:p>{'<text:span>a</text:span>' * 700_000}</text:p>")),
        (".rtf", lambda: make_rtf("Some words. \\par " * 1_000_000)),
        (".rtf", lambda: make_rtf("{" * 1_000_000)),
        (".docx", lambda: make_docx("<w:p>" * 200 + "</w:p>" * 200)),
        (".docx", lambda: make_docx("<w:p>" * 300 + "</w:p>" * 300)),
        (".epub", lambda: make_epub({"a.xhtml": "<p>" + "Some words. " * 500_000})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_document_of_a_million_paragraphs_is_one_error(
    tmp_path: Path, suffix: str, make: object, quick: None
) -> None:
    assert callable(make)
    count, errors = find_errors(save(tmp_path, f"a{suffix}", make()))
    assert (count, len(errors)) == (0, 1)


def test_a_document_of_25_mb_of_xml_is_refused_unread(tmp_path: Path, quick: None) -> None:
    error = refuse(save(tmp_path, "a.docx", make_docx(" " * 25_000_000)), ", word/document.xml")
    assert error.found == "more than 20 MB"


def test_pictures_are_not_unpacked(tmp_path: Path, quick: None) -> None:
    out = io.BytesIO(make_docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/a.png", bytes(300_000_000))
    assert find_errors(save(tmp_path, "a.docx", out.getvalue())) == (1, [])


def test_a_picture_in_rtf_costs_little(tmp_path: Path, quick: None) -> None:
    picture = "{\\pict\\pngblip " + "89504e470d0a1a0a\n" * 600_000 + "}"
    data = make_rtf(f"{LEAD}\n\n{picture}\n\n{NEXT}")
    assert find_errors(save(tmp_path, "a.rtf", data)) == (1, [])


def test_a_mail_of_parts_in_parts_is_one_error(tmp_path: Path, quick: None) -> None:
    head = "MIME-Version: 1.0\r\nFrom: a@b.example\r\n"
    for number in range(3_000):
        head += f'Content-Type: multipart/mixed; boundary="b{number}"\r\n\r\n--b{number}\r\n'
    count, errors = find_errors(save(tmp_path, "a.eml", head.encode()))
    assert (count, len(errors)) == (0, 1)


def test_a_header_of_megabytes_costs_little(tmp_path: Path, quick: None) -> None:
    mail = make_mail(From=", ".join(f"a{number} <a@b.example>" for number in range(100)))
    data = mail.as_bytes().replace(b"From: ", b"From: " + b"a@b.example,\r\n " * 200_000, 1)
    assert find_errors(save(tmp_path, "a.eml", data)) == (1, [])


def test_large_mails_and_records_are_read_in_linear_time(tmp_path: Path, quick: None) -> None:
    mail = make_mail(html=None)
    mail.add_attachment(bytes(12_000_000), "image", "png", filename="a.png")
    assert find_errors(save(tmp_path, "a.mbox", make_mailbox(mail))) == (1, [])
    data = make_warc(
        ("https://a.example/", "text/html", PAGE.encode() + b"<!-- x -->\n" * 1_500_000)
    )
    length = data.index(b"Content-Length: ") + len(b"Content-Length: ")
    data = data[:length] + b"9" + data[data.index(b"\r\n", length) :]
    assert find_errors(save(tmp_path, "a.warc", data)) == (1, [])


def test_what_a_server_sent_compressed_is_unpacked_no_further_than_a_page(
    tmp_path: Path, quick: None
) -> None:
    bomb = gzip.compress(b"<p>Text. " * 10_000_000)
    data = make_warc(("https://a.example/", "text/html\r\nContent-Encoding: gzip", bomb))
    count, [error] = find_errors(save(tmp_path, "a.warc", data))
    assert not count
    assert error.found == "more than 20 MB"


def test_a_line_of_a_gigabyte_in_a_warc_needs_no_memory(tmp_path: Path, quick: None) -> None:
    path = save(tmp_path, "a.warc", b"WARC/1.0\r\nWARC-Type: ")
    with path.open("r+b") as file:
        file.truncate(300_000_000)
    count, errors = find_errors(path)
    assert (count, len(errors)) == (0, 1)


# Paths, entities, remote content


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt"]
)
def test_a_path_that_leads_out_of_an_archive_is_one_error_and_nothing_is_written(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    path = save(folder, "a.zip", make_zip({name: LEAD, "good.txt": NEXT}))
    count, [error] = find_errors(path)
    assert count == 1
    assert error.found == "a path that leads out of the archive"
    assert [one.name for one in tmp_path.rglob("*")] == ["inner", "a.zip"]


ENTITIES = [
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE x [<!ENTITY c SYSTEM "http://127.0.0.1:{port}/a">]>',
]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A local server that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("entities", ENTITIES, ids=["expanding", "a file", "an address"])
def test_xml_that_declares_entities_is_one_error_and_nothing_is_fetched(
    tmp_path: Path, entities: str, listener: socket.socket
) -> None:
    doctype = entities.replace("{port}", str(listener.getsockname()[1]))
    body = "<w:p><w:r><w:t>It is &c; now.</w:t></w:r></w:p>"
    document = f'{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    opml = f'{doctype}<opml><body><outline xmlUrl="https://a.example/"/>&c;</body></opml>'
    container = f"{doctype}<container>&c;</container>"
    files = {
        "a.docx": make_zip({"word/document.xml": document}),
        "a.odt": make_zip(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f"{doctype}<x>&c;</x>",
            }
        ),
        "a.epub": make_epub(None, **{"META-INF/container.xml": container}),
        "a.opml": opml.encode(),
        "sitemap.opml": f"{doctype}<urlset>&c;</urlset>".encode(),
        "a.webloc": f"<?xml version='1.0'?>{doctype}<plist><string>&c;</string></plist>".encode(),
    }
    paths = [save(tmp_path, name, content) for name, content in files.items()]
    count, errors = find_errors(*paths, save(tmp_path, "b.txt", LEAD.encode()))
    assert count == 1
    assert len(errors) == len(files)


def test_nothing_in_a_page_is_fetched_or_run(tmp_path: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    page = PAGE.replace("https://evil.example", f"http://127.0.0.1:{port}").replace(
        "<head>",
        f"<head><link rel=stylesheet href='http://127.0.0.1:{port}/a.css'>"
        f"<base href='http://127.0.0.1:{port}/'><meta http-equiv=refresh content='0;url=/b'>",
    )
    xhtml = (
        f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://127.0.0.1:{port}/x.dtd">'
        + page.removeprefix("<!doctype html>")
    )
    mail = make_mail(html=page)
    files = {
        "a.html": page.encode(),
        "b.html": xhtml.encode(),
        "a.eml": mail.as_bytes(),
        "a.mht": make_mhtml(page),
        "a.webarchive": make_webarchive(page),
        "a.epub": make_epub({"a.xhtml": xhtml}),
        "a.warc": make_warc(("https://a.example/", "text/html", page.encode())),
        "a.zip": make_zip({"a.html": page}),
    }
    paths = [save(tmp_path, name, content) for name, content in files.items()]
    assert find_errors(*paths) == (len(files), [])


def test_a_mail_that_is_only_an_attached_program_is_one_error(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Invoice"
    mail["From"] = "a@b.example"
    mail.add_attachment(b"MZ\x90", "application", "x-msdownload", filename="a.exe")
    count, errors = find_errors(save(tmp_path, "a.eml", mail.as_bytes()))
    assert (count, len(errors)) == (0, 1)
