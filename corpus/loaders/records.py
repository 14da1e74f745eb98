"""Load articles from records in JSON Lines, JSON, CSV and TSV, one record at a time.

A record's text is already an article, so it is not cleaned and all of it is kept. Cleaning 2,058
records like pages removed 1 % of their text, and with it lists of winners and prices that held the
answers to four of 674 question-article pairs. JSON Lines and CSV are streamed. A broken record
yields an error, and the rest is still read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from corpus.article import Article, Page
from corpus.cleaning import find_excess, replace_unstorable
from corpus.dates import parse_stamp
from corpus.errors import LoadError
from corpus.identity import content_id, outlet_of, record_id, url_id
from corpus.kinds import UTF16_MARKS
from corpus.language import identify_language
from corpus.loaders.source import MAX_BYTES, Source
from corpus.loaders.text import choose_encoding, load_text

_NAMES = {
    "id": ("id", "_id", "guid", "uuid"),
    "title": ("title", "headline"),
    "text": ("text", "body", "articlebody", "content", "article"),
    "url": ("url", "link"),
    "published": (
        "published",
        "published_at",
        "publishedat",
        "date_published",
        "datepublished",
        "pubdate",
        "date",
    ),
    "outlet": ("outlet", "source", "publisher"),
    "author": ("author", "authors", "byline"),
    "language": ("language", "lang"),
}
_MARKUP = re.compile(r"</?(?:p|br|div)\b[^<>]*>", re.IGNORECASE)
_TYPES: dict[type, str] = {list: "a list", str: "a string"}
_EXPECTED = "an object with a 'text' (or 'body', 'content', 'article') of at least one sentence"


def load_jsonl(source: Source) -> Iterator[Article | LoadError]:
    """Read JSON Lines: one object per line; blank lines are skipped."""
    seen: set[str] = set()
    empty = True
    for number, line in _lines(source):
        part = f"line {number}"
        if isinstance(line, LoadError):
            empty = False
            yield line
        elif line.strip():
            empty = False
            record = _parse(source, line, part)
            yield record if isinstance(record, LoadError) else _build(source, record, part, seen)
    if empty:
        raise source.empty()


def load_json(source: Source) -> Iterator[Article | LoadError]:
    """Read a JSON file: one record, a list of them, or {"articles": [...]}."""
    content = _parse(source, load_text(source.read(), location=source.name))
    if isinstance(content, LoadError):
        raise content
    records = content.get("articles", content) if isinstance(content, dict) else content
    seen: set[str] = set()
    for number, record in enumerate(records if isinstance(records, list) else [records], 1):
        yield _build(source, record, f"record {number}", seen)


def load_csv(source: Source) -> Iterator[Article | LoadError]:
    """Read CSV or TSV with a header line.

    The separator is the comma, semicolon or tab, whichever is most frequent in the header.
    """
    rows = _read_rows(source)
    _, columns = next(rows, (0, []))
    if not {name.strip().lower() for name in columns} & {*_NAMES["text"]}:
        raise source.error(
            found=f"the columns {', '.join(columns)[:200] or '(none)'}",
            expected="a header line with a column 'text' (or 'body', 'content', 'article')",
            remedy="name the column that holds the article's text",
        )
    seen: set[str] = set()
    for number, row in rows:
        if any(row):
            yield _build(source, dict(zip(columns, row, strict=False)), f"line {number}", seen)


def _read_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The rows, starting with the header, each with the number of the line it ends on."""
    csv.field_size_limit(MAX_BYTES)  # the default, 128 KB, is too short for a long article
    lines = _text_lines(source)
    header = next(lines, "")
    if not header.strip():
        raise source.empty()
    rows = csv.reader(chain([header], lines), delimiter=max(",;\t", key=header.count))
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise source.error(
            found=f"a broken row at line {rows.line_num}: {error}",
            expected="CSV with lines that end in LF and each field in at most one pair of quotes",
            remedy="export the file again",
        ) from None


def _lines(source: Source) -> Iterator[tuple[int, str | LoadError]]:
    """Number and decode the lines; a line that is too long for a record yields an error instead.

    Each line is decoded as UTF-8. If that fails, the encoding is used that was guessed from the
    first line that is not valid UTF-8.
    """
    stream, number, encoding = source.stream, 0, ""
    if stream.peek().startswith(UTF16_MARKS):  # in UTF-16 a line feed is two bytes
        stream = io.BufferedReader(
            io.BytesIO(load_text(source.read(), location=source.name).encode())
        )
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            yield (
                number,
                source.error(
                    part=f"line {number}",
                    found=f"more than {MAX_BYTES // 1_000_000} MB on one line",
                    expected="one record a line",
                    remedy="write one record a line, or load a single page as .txt or .html",
                ),
            )
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            encoding = encoding or choose_encoding(line + stream.peek())
            text = line.decode(encoding, "replace")
        yield number, text.removeprefix("\ufeff") if number == 1 else text


def _text_lines(source: Source) -> Iterator[str]:
    for _, line in _lines(source):
        if isinstance(line, LoadError):
            raise line
        yield line


def _parse(source: Source, text: str, part: str = "") -> Any:  # noqa: ANN401 - JSON can be any type
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return source.error(
            part=part,
            found="objects nested too deeply"
            if isinstance(error, RecursionError)
            else f"broken JSON ({error})",
            expected="a JSON object",
            remedy="fix it, or export it again",
        )


def _build(source: Source, record: object, part: str, seen: set[str]) -> Article | LoadError:
    if not isinstance(record, dict):
        found = f"{_TYPES.get(type(record), 'a single value')}, not a record"
        return source.error(
            part=part, found=found, expected=_EXPECTED, remedy="write each article as an object"
        )
    said = {field: _look_up(record, field) for field in _NAMES}
    text = _render_markup(said["text"] or "")
    if not re.search(r"\w", text):
        found = f"no text in the fields {', '.join(map(str, record))[:200] or '(none)'}"
        return source.error(
            part=part, found=found, expected=_EXPECTED, remedy="name the article's text 'text'"
        )
    if excess := find_excess(text, f"{source.name}, {part}"):
        return excess
    outlet = outlet_of(said["url"] or "")
    url = said["url"] if outlet else None  # "n/a" and "javascript:" must not become links
    identity = _identify(source, said["id"], url, text)
    if identity in seen:
        return source.error(
            part=part,
            found=f"a second record called {said['id'] or url or 'the same'}",
            expected="each record once",
            remedy="give each record an 'id' of its own",
        )
    seen.add(identity)
    published, published_at = parse_stamp(said["published"] or "")
    language = (said["language"] or "").partition("-")[0].lower()
    return Article(
        id=identity,
        text=text,
        title=" ".join((said["title"] or "").split()) or None,
        outlet=said["outlet"] or outlet,
        url=url,
        author=said["author"],
        published=published,
        published_at=published_at,
        language=language if len(language) == 2 else identify_language(text),
        record=said["id"],
        page=Page(text=text, kept=((0, len(text)),)),
    )


def _identify(source: Source, record: str | None, url: str | None, text: str) -> str:
    if record:
        return record_id(source.file, record)
    return url_id(url) if url else content_id(text.encode("utf-8", "replace"))


def _look_up(record: Mapping[str, Any], field: str) -> str | None:
    """The first non-empty value under one of the field's names; names are case-insensitive."""
    values = {str(key).strip().lower(): value for key, value in record.items()}
    joint = "\n\n" if field == "text" else ", "
    return next((found for name in _NAMES[field] if (found := _say(values.get(name), joint))), None)


def _say(value: object, joint: str) -> str | None:
    """A field as text.

    ``{"name": "Reuters"}``, ``["A. Writer", "B. Writer"]`` and lists of paragraphs are common.
    """
    if isinstance(value, dict):
        return _say(value.get("name"), joint)
    if isinstance(value, list):
        return joint.join(said for item in value if (said := _say(item, joint))) or None
    if isinstance(value, str):
        return replace_unstorable(value).replace("\r\n", "\n").strip() or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _render_markup(text: str) -> str:
    if not _MARKUP.search(text):
        return text
    from corpus.loaders.html import render_fragment

    return render_fragment(text)
