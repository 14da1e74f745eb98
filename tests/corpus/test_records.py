"""Records of exports.

Fields are found by the names that exports use, and each record has its own id. Broken records are
reported, and the rest are read.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus import Article, LoadError, load

TEXT = "The harbour was closed on Monday after a crane fell on to the quay."
OTHER = "The harbour opened again on Friday, four days after the accident."


def load_all(path: Path, content: str | bytes) -> tuple[list[Article], list[str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    errors: list[LoadError] = []
    articles = list(load(path, on_error=errors.append))
    return articles, [str(error).removeprefix(str(path)) for error in errors]


def write_lines(*records: object) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


@pytest.mark.parametrize(
    "record",
    [
        {
            "id": 7,
            "title": "Crane falls",
            "text": TEXT,
            "url": "https://a.example/x",
            "published": "2022/08/30",
        },
        {
            "ID": "7",
            "headline": "Crane falls",
            "body": TEXT,
            "link": "https://a.example/x",
            "date": "2022-08-30",
        },
        {
            "source": {"id": None, "name": "a.example"},
            "title": "Crane falls",
            "content": f"<p>{TEXT}</p>",
            "url": "https://a.example/x",
            "publishedAt": "2022-08-30T10:00:00Z",
        },
    ],
    ids=["plain", "other names", "as NewsAPI writes it"],
)
def test_fields_are_known_by_the_names_that_exports_use(
    tmp_path: Path, record: dict[str, Any]
) -> None:
    [article], errors = load_all(tmp_path / "a.jsonl", write_lines(record))
    assert not errors
    assert (article.title, article.text, article.url) == (
        "Crane falls",
        TEXT,
        "https://a.example/x",
    )
    assert article.published == date(2022, 8, 30)
    assert article.outlet == "a.example"


def test_one_url_twice_is_two_articles_where_the_records_have_ids(tmp_path: Path) -> None:
    records = [
        {"id": i, "url": "https://a.example/x", "text": text}
        for i, text in enumerate((TEXT, OTHER), 1)
    ]
    articles, errors = load_all(tmp_path / "a.jsonl", write_lines(*records))
    assert not errors
    assert len({article.id for article in articles}) == 2


def test_the_same_id_means_another_article_in_another_file(tmp_path: Path) -> None:
    ids = {
        load_all(tmp_path / name, write_lines({"id": 1, "text": TEXT}))[0][0].id
        for name in ("a.jsonl", "b.jsonl")
    }
    assert len(ids) == 2


def test_a_second_record_of_the_same_id_is_an_error(tmp_path: Path) -> None:
    articles, errors = load_all(
        tmp_path / "a.jsonl",
        write_lines({"id": 1, "text": TEXT}, {"id": "1", "text": OTHER}, {"id": 2, "text": OTHER}),
    )
    assert [article.text for article in articles] == [TEXT, OTHER]
    [error] = errors
    assert error.startswith(", line 2: a second record called 1;")


def test_a_record_without_an_id_is_known_by_its_url_else_by_its_text(tmp_path: Path) -> None:
    first, _ = load_all(
        tmp_path / "a.jsonl",
        write_lines({"url": "https://a.example/x", "text": TEXT}, {"text": TEXT}),
    )
    again, _ = load_all(
        tmp_path / "b.jsonl",
        write_lines({"text": TEXT}, {"url": "https://a.example/x#top", "text": OTHER}),
    )
    assert [article.id for article in first] == [article.id for article in again][::-1]


def test_a_broken_line_is_named_and_the_others_still_load(tmp_path: Path) -> None:
    lines = (
        write_lines({"id": 1, "text": TEXT})
        + "\n{broken\n[1]\n"
        + write_lines({"id": 2, "title": "No text"})
    )
    articles, errors = load_all(tmp_path / "a.jsonl", lines + write_lines({"id": 3, "text": OTHER}))
    assert [article.text for article in articles] == [TEXT, OTHER]
    assert [error.partition(":")[0] for error in errors] == [", line 3", ", line 4", ", line 5"]
    assert "broken JSON" in errors[0]
    assert "a list, not a record" in errors[1]
    assert "no text in the fields id, title" in errors[2]


def test_escaped_nul_and_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    line = (
        '{"id": "\\ud800", "title": "a\\u0000b", "text": "The harbour\\ud800 was closed\\u0000 on '
        'Monday."}'
    )
    [article], errors = load_all(tmp_path / "a.jsonl", line)
    assert not errors
    assert (article.title, article.text) == (
        "a\ufffdb",
        "The harbour\ufffd was closed\ufffd on Monday.",
    )


@pytest.mark.parametrize("pattern", ["[%s]", '{"articles": [%s]}', "%s"])
def test_json_is_a_list_or_articles_or_one_record(tmp_path: Path, pattern: str) -> None:
    articles, errors = load_all(tmp_path / "a.json", pattern % json.dumps({"id": 1, "text": TEXT}))
    assert not errors
    assert [article.text for article in articles] == [TEXT]


@pytest.mark.parametrize("content", ["{", "[" * 100_000, '"text"', "7", '{"articles": [3]}'])
def test_json_that_holds_no_records_is_one_error(tmp_path: Path, content: str) -> None:
    articles, errors = load_all(tmp_path / "a.json", content)
    assert not articles
    assert len(errors) == 1


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_csv_is_read_with_the_separator_of_its_header(
    tmp_path: Path, name: str, separator: str
) -> None:
    rows = [
        ["ID", "Title", "Text", "Date"],
        ["1", "Crane", f'"{TEXT}\n\nIt was said to be ""old""."', "2022-08-30"],
    ]
    content = "\ufeff" + "\r\n".join(separator.join(row) for row in rows) + "\r\n\r\n"
    [article], errors = load_all(tmp_path / name, content)
    assert not errors
    assert article.text == f'{TEXT}\n\nIt was said to be "old".'
    assert (article.title, article.published) == ("Crane", date(2022, 8, 30))


def test_a_csv_field_may_be_longer_than_the_csv_modules_limit(tmp_path: Path) -> None:
    long = " ".join([TEXT] * 3_000)
    [article], _ = load_all(tmp_path / "a.csv", f'text\n"{long}"\n')
    assert article.text == long


def test_csv_with_the_line_ends_of_old_macs_is_one_error(tmp_path: Path) -> None:
    articles, [error] = load_all(tmp_path / "a.csv", f'title,text\rCrane,"{TEXT}"\r')
    assert not articles
    assert error.startswith(": a broken row at line 1")


def test_a_header_may_hold_a_line_break(tmp_path: Path) -> None:
    [article], errors = load_all(tmp_path / "a.csv", f'"title\n(short)",text\nCrane,{TEXT}\n')
    assert not errors
    assert article.text == TEXT


TURKISH = (
    "İstanbul Boğazı pazartesi günü sis nedeniyle gemi trafiğine kapatıldı, yetkililer açıklama "
    "yaptı."
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1254"])
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", f'title;text\nBaşlık;"{TURKISH}"\n'), ("a.jsonl", f'{{"text": "{TURKISH}"}}\n'),
     ("a.json", f'{{"text": "{TURKISH}"}}')],
    ids=["CSV", "JSON Lines", "JSON"],
)  # fmt: skip
def test_records_are_decoded_as_they_were_written(
    tmp_path: Path, name: str, content: str, encoding: str
) -> None:
    [article], errors = load_all(tmp_path / name, content.encode(encoding))
    assert not errors
    assert article.text == TURKISH


def test_a_list_of_paragraphs_is_a_text_of_paragraphs(tmp_path: Path) -> None:
    [article], _ = load_all(
        tmp_path / "a.jsonl", write_lines({"text": [TEXT, OTHER], "authors": ["A. Ay", "B. Bo"]})
    )
    assert article.text == f"{TEXT}\n\n{OTHER}"
    assert article.author == "A. Ay, B. Bo"


def test_csv_without_a_text_column_is_one_error(tmp_path: Path) -> None:
    articles, [error] = load_all(tmp_path / "a.csv", "name,age\nAnn,3\nBo,4\n")
    assert not articles
    assert "the columns name, age" in error


def test_a_bad_row_of_csv_is_named_and_the_others_still_load(tmp_path: Path) -> None:
    articles, [error] = load_all(tmp_path / "a.csv", f'id,text\n1,{TEXT}\n2,\n3,"{OTHER}"\n')
    assert [article.text for article in articles] == [TEXT, OTHER]
    assert error.startswith(", line 3: no text")


def test_a_line_too_long_for_a_record_is_skipped_over(tmp_path: Path) -> None:
    huge = b'{"text": "' + b"x" * 20_000_000 + b'"}\n'
    articles, [error] = load_all(tmp_path / "a.jsonl", huge + write_lines({"text": TEXT}).encode())
    assert [article.text for article in articles] == [TEXT]
    assert error.startswith(", line 1: more than 20 MB on one line")


URL = "https://a.example/x"
SHAPES: dict[str, Any] = {
    "JSON Feed": {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "a.example",
        "authors": [{"name": "A. Ay"}],
        "items": [
            {"id": "9", "url": URL, "title": "Crane falls", "content_html": f"<p>{TEXT}</p>",
             "date_published": "2022-08-30T10:00:00Z"}
        ],
    },
    "trafilatura": {
        "title": "Crane falls", "author": "A. Ay", "hostname": "www.a.example",
        "date": "2022-08-30", "fingerprint": "12ab", "id": None, "license": None, "comments": "",
        "raw_text": "", "text": TEXT, "language": None, "image": None, "pagetype": "article",
        "filedate": "2026-01-01", "source": URL, "source-hostname": "a.example", "excerpt": None,
    },
    "news-please": {
        "authors": ["A. Ay"], "date_download": "2026-01-01 10:00:00", "date_modify": None,
        "date_publish": "2022-08-30 10:00:00", "description": "A crane fell.", "filename": "x",
        "language": "en", "maintext": TEXT, "source_domain": "a.example", "title": "Crane falls",
        "title_page": None, "url": URL,
    },
    "Wallabag": [
        {"is_archived": 0, "id": 12, "title": "Crane falls", "url": URL, "content": f"<p>{TEXT}",
         "created_at": "2026-01-01T10:00:00+0100", "published_at": "2022-08-30T10:00:00+0100",
         "published_by": ["A. Ay"], "reading_time": 1, "domain_name": "a.example",
         "language": "en_GB"}
    ],
    "WordPress": [
        {"id": 3, "date": "2022-08-30T10:00:00", "link": URL, "title": {"rendered": "Crane falls"},
         "content": {"rendered": f"<p>{TEXT}</p>", "protected": False}, "author": "A. Ay"}
    ],
    "under data": {"status": "ok", "data": {"total": 1, "entries": [
        {"headline": {"main": "Crane falls"}, "body": TEXT, "web_url": URL,
         "pub_date": 1661853600, "byline": "By A. Ay", "source": "a.example"}
    ]}},
    "Elasticsearch": {"hits": {"hits": [
        {"_id": "5", "_source": {"title": "Crane falls", "text": TEXT, "url": URL,
                                 "author": "A. Ay", "published_date": "20220830T100000Z"}}
    ]}},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_of_other_programs_are_read(tmp_path: Path, shape: str) -> None:
    [article], errors = load_all(tmp_path / "a.json", json.dumps(SHAPES[shape]))
    assert not errors
    assert (article.title, article.text, article.url, article.outlet, article.author) == (
        "Crane falls",
        TEXT,
        URL,
        "a.example",
        "A. Ay",
    )
    assert article.published == date(2022, 8, 30)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (20220830, date(2022, 8, 30)),
        ("20220830", date(2022, 8, 30)),
        ("20220830101500", date(2022, 8, 30)),
        ("20220830T101500Z", date(2022, 8, 30)),
        (1661853600, date(2022, 8, 30)),
        ("1661853600", date(2022, 8, 30)),
        (1661853600.0, date(2022, 8, 30)),
        (1661853600000, date(2022, 8, 30)),
        (1661853600000000, date(2022, 8, 30)),
        (0, None),
        (12, None),
        (20221399, None),
        ("N/A", None),
        (float("nan"), None),
        (True, None),
        ({}, None),
    ],
)
def test_dates_may_be_compact_or_seconds_since_1970(
    tmp_path: Path, written: object, day: date | None
) -> None:
    [article], errors = load_all(tmp_path / "a.jsonl", write_lines({"text": TEXT, "date": written}))
    assert not errors
    assert article.published == day


@pytest.mark.parametrize(
    "nothing", ["N/A", "n/a", "NaN", "null", "None", "NULL", "-", "", " ", None, [], {}]
)
def test_what_exports_write_for_nothing_is_nothing(tmp_path: Path, nothing: object) -> None:
    fields = ("id", "title", "url", "date", "source", "author", "language")
    [article], errors = load_all(
        tmp_path / "a.jsonl", write_lines({"text": TEXT} | dict.fromkeys(fields, nothing))
    )
    assert not errors
    assert (article.title, article.url, article.outlet, article.author, article.record) == (
        None,
    ) * 5
    assert article.published is None


def test_nothing_is_no_text(tmp_path: Path) -> None:
    _, [error] = load_all(tmp_path / "a.jsonl", write_lines({"title": "Crane", "text": "NaN"}))
    assert "no text in the fields title, text" in error


def test_json_lines_in_a_json_file_and_a_list_in_a_jsonl_file_are_read(tmp_path: Path) -> None:
    records = [{"text": TEXT}, {"text": OTHER}]
    lines, errors = load_all(tmp_path / "a.json", write_lines(*records))
    listed, more = load_all(tmp_path / "a.jsonl", json.dumps(records, indent=2))
    assert not errors + more
    assert [article.text for article in lines] == [article.text for article in listed]
    assert len(lines) == 2


def test_the_longest_list_of_texts_is_that_of_the_records(tmp_path: Path) -> None:
    content = {
        "images": [{"url": f"https://a.example/{number}.png"} for number in range(9)],
        "results": [{"text": TEXT, "tags": [{"name": "a", "url": URL}] * 5}],
    }
    [article], errors = load_all(tmp_path / "a.json", json.dumps(content))
    assert not errors
    assert article.text == TEXT
    assert article.url is None


def test_an_item_of_a_json_feed_is_the_same_article_as_its_page(tmp_path: Path) -> None:
    feed, _ = load_all(tmp_path / "a.json", json.dumps(SHAPES["JSON Feed"]))
    record, _ = load_all(tmp_path / "b.jsonl", write_lines({"url": URL, "text": TEXT}))
    assert feed[0].id == record[0].id


@pytest.mark.parametrize("empty", [None, "", "N/A", []])
def test_a_record_whose_text_is_empty_is_named_and_not_fetched(
    tmp_path: Path, empty: object
) -> None:
    content = json.dumps([{"title": "Gone", "url": URL, "maintext": empty}] * 2)
    articles, errors = load_all(tmp_path / "a.json", content)
    assert not articles
    assert [error.partition(":")[0] for error in errors] == [", record 1", ", record 2"]


def test_a_record_without_a_text_among_others_is_named_and_not_fetched(tmp_path: Path) -> None:
    content = json.dumps([{"text": TEXT}, {"title": "Gone", "url": URL}])
    articles, [error] = load_all(tmp_path / "a.json", content)
    assert len(articles) == 1
    assert error.startswith(", record 2: no text in the fields title, url")
