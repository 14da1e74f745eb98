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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain
from math import isfinite
from typing import Any

from corpus.article import Article, Page
from corpus.cleaning.cleaning import find_excess, replace_unstorable
from corpus.cleaning.dates import parse_stamp
from corpus.errors import LoadError
from corpus.identity import content_id, outlet_of, record_id, url_id
from corpus.kinds import UTF16_MARKS, guess_utf16
from corpus.loaders.bookmarks import follow
from corpus.loaders.source import MAX_BYTES, Found, Link, Source
from corpus.loaders.text import choose_encoding, load_text
from corpus.text.language import identify_language

_NAMES = {
    "id": ("id", "guid", "uuid"),
    "title": ("title", "headline", "webtitle", "titlepage", "titlerss", "name"),
    "text": (
        "text",
        "body",
        "articlebody",
        "content",
        "article",
        "maintext",
        "contenthtml",
        "contenttext",
        "fulltext",
        "bodytext",
        "articletext",
        "rawtext",
    ),
    "url": ("url", "link", "href", "uri", "weburl", "permalink", "resolvedurl", "externalurl"),
    "published": (
        "published",
        "publishedat",
        "publisheddate",
        "datepublished",
        "datepublish",
        "publishdate",
        "publicationdate",
        "webpublicationdate",
        "pubdate",
        "datetimepub",
        "date",
        "seendate",
    ),
    "outlet": (
        "outlet",
        "source",
        "publisher",
        "sourcehostname",
        "sitename",
        "sourcename",
        "medianame",
        "sourcedomain",
        "domainname",
        "domain",
        "hostname",
    ),
    "author": ("author", "authors", "byline", "creator", "publishedby"),
    "language": ("language", "lang", "inlanguage"),
}
"""The names of each field in exports, without case, spaces and punctuation; the first that holds
something counts. They are those of NewsAPI, JSON Feed, trafilatura, news-please, newspaper,
Wallabag, GDELT, WordPress, and the like."""

_BODIES = ("text", "rendered", "html", "htmlContent", "value")
_INNER = ("name", "title", "main", "original", *_BODIES)
"""Where an object holds a field: ``{"name": "Reuters"}``; a text: ``{"rendered": "<p>…"}``."""

_NOTHING = frozenset("n/a na nan null none nil nat undefined <na> - -- — \\n [] {}".split())
"""What exports write for a field that holds nothing."""

_MARKUP = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|section|span|em|strong|a)\b[^<>]*>",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d))?(Z|[+-]\d\d:?\d\d)?")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}|\d{18,19}")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_TYPES: dict[type, str] = {list: "a list", str: "a string"}
_EXPECTED = "an object with a 'text' (or 'body', 'content', 'article') of at least one sentence"
_MAX_NESTING = 50


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


def load_json(source: Source) -> Iterator[Found]:
    """Read a JSON file: a record, a list of records at any depth, or a list of addresses.

    A feed's title is its items' outlet (JSON Feed, https://jsonfeed.org).
    """
    data = source.read()
    text = load_text(data, location=source.name)
    content = _parse(source, text)
    if isinstance(content, LoadError):
        if "Extra data" in content.found and "\n" in text.strip():  # JSON Lines, misnamed
            yield from load_jsonl(replace(source, stream=io.BufferedReader(io.BytesIO(data))))
            return
        raise content
    records = _find_records(content)
    tree = isinstance(content, dict) and {"roots", "children"} & content.keys()
    if links := _read_links(_find_bookmarks(content) if tree else records):
        yield from follow(source, links, what="a list")
        return
    seen: set[str] = set()
    for number, record in enumerate(_inherit(content, records), 1):
        yield _build(source, record, f"record {number}", seen)


def load_csv(source: Source) -> Iterator[Found]:
    """Read CSV or TSV with a header line; a table without texts is a list of addresses.

    The separator is the comma, semicolon or tab, whichever is most frequent in the header.
    """
    rows = _read_rows(source)
    _, columns = next(rows, (0, []))
    names = set(map(_squeeze, columns))
    if not names & {*_NAMES["text"]} and names & {*_NAMES["url"]}:
        records = [dict(zip(columns, row, strict=False)) for _, row in rows]
        yield from follow(source, _read_links(records), what="a table")
        return
    if not names & {*_NAMES["text"]}:
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
    head = stream.peek()
    if head.startswith(UTF16_MARKS) or guess_utf16(head):  # in UTF-16 a line feed is two bytes
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


def _find_records(content: object) -> list[object]:
    """The records of a JSON file.

    If it is an object without a text, they are the longest list of objects in it, however deep:
    ``{"articles": [...]}``, ``{"data": {"items": [...]}}``.
    """
    if not isinstance(content, dict) or _look_up(content, "text"):
        return content if isinstance(content, list) else [content]
    lists = [
        value
        for value in _walk(content)
        if isinstance(value, list) and any(isinstance(item, dict) for item in value)
    ]
    return max(lists, key=_rate, default=[content])


def _rate(items: list[object]) -> tuple[bool, bool, int]:
    """How likely a list is that of the records: texts count more than addresses, then length."""
    records = [_flatten(item) for item in items if isinstance(item, dict)]
    texts = any(_look_up(record, "text") for record in records)
    return texts, any(_read_url(record) for record in records), len(items)


def _walk(content: object) -> Iterator[object]:
    """Every value in a JSON document, those that hold others before them."""
    pending: list[tuple[object, int]] = [(content, 0)]
    while pending:
        value, depth = pending.pop()
        yield value
        if depth < _MAX_NESTING and isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            pending += [(item, depth + 1) for item in inner if isinstance(item, dict | list)]


def _inherit(content: object, records: Sequence[object]) -> Sequence[object]:
    """A JSON Feed's items with what the feed says of all of them; other records as they are."""
    if not isinstance(content, dict) or "jsonfeed.org" not in str(content.get("version")):
        return records
    said = {"outlet": content.get("title"), "authors": content.get("authors")}
    return [
        {**said, **record, "id": None if _read_url(record) else record.get("id")}
        for record in records
        if isinstance(record, dict)
    ]


def _find_bookmarks(content: object) -> list[object]:
    """Every object of a browser's bookmarks, however deep: folders hold bookmarks and folders."""
    found = [value for value in _walk(content) if isinstance(value, dict)]
    return list(reversed(found))


def _read_links(records: Sequence[object]) -> list[Link]:
    """The addresses of records without texts.

    Empty if one of the records has a text, or a field for it: an article that could not be read is
    reported and not fetched.
    """
    links = []
    for record in records:
        if not isinstance(record, dict) or _has_text_field(record):
            return []
        if url := _read_url(record):
            day, moment = _read_day(_look_up(record, "published"))
            links.append(
                Link(
                    url=url,
                    title=_look_up(record, "title"),
                    published=day,
                    published_at=moment,
                    outlet=_read_outlet(record),
                )
            )
    return links


def _has_text_field(record: dict[str, Any]) -> bool:
    values = _squeeze_names(_flatten(record))
    bodies = [values[name] for name in _NAMES["text"] if name in values]
    return any(not isinstance(body, dict) or _say(body, inner=_BODIES) for body in bodies)


def _build(source: Source, record: object, part: str, seen: set[str]) -> Article | LoadError:
    if not isinstance(record, dict):
        found = f"{_TYPES.get(type(record), 'a single value')}, not a record"
        return source.error(
            part=part, found=found, expected=_EXPECTED, remedy="write each article as an object"
        )
    record = _flatten(record)
    text = _render_markup(_look_up(record, "text") or "")
    if not re.search(r"\w", text):
        found = f"no text in the fields {', '.join(map(str, record))[:200] or '(none)'}"
        return source.error(
            part=part, found=found, expected=_EXPECTED, remedy="name the article's text 'text'"
        )
    if excess := find_excess(text, f"{source.name}, {part}"):
        return excess
    url = _read_url(record)
    name = _look_up(record, "id")
    identity = _identify(source, name, url, text)
    if identity in seen:
        return source.error(
            part=part,
            found=f"a second record called {name or url or 'the same'}",
            expected="each record once",
            remedy="give each record an 'id' of its own",
        )
    seen.add(identity)
    return _make(record, identity, text, url, name)


def _make(
    record: Mapping[str, Any], identity: str, text: str, url: str | None, name: str | None
) -> Article:
    published, published_at = _read_day(_look_up(record, "published"))
    language = (_look_up(record, "language") or "").replace("_", "-").partition("-")[0].lower()
    title = _render_markup(_look_up(record, "title") or "")
    return Article(
        id=identity,
        text=text,
        title=" ".join(title.split()) or None,
        outlet=_read_outlet(record) or outlet_of(url or ""),
        url=url,
        author=_BY.sub("", _look_up(record, "author") or "") or None,
        published=published,
        published_at=published_at,
        language=language if len(language) == 2 else identify_language(text),
        record=name,
        page=Page(text=text, kept=((0, len(text)),)),
    )


def _identify(source: Source, record: str | None, url: str | None, text: str) -> str:
    if record:
        return record_id(source.file, record)
    return url_id(url) if url else content_id(text.encode("utf-8", "replace"))


def _read_url(record: Mapping[str, Any]) -> str | None:
    """The record's address on the web; "n/a" and "javascript:" must not become links."""
    values = _squeeze_names(record)
    said = [_say(values.get(name)) for name in (*_NAMES["url"], "source")]
    said += [
        _say(value.get("url"))
        for name in _NAMES["text"]
        if isinstance(value := values.get(name), dict)
    ]
    return next((url for url in said if url and outlet_of(url)), None)


def _read_outlet(record: Mapping[str, Any]) -> str | None:
    """The publisher; where a record gives an address of it, the address's host."""
    values = _squeeze_names(record)
    for name in _NAMES["outlet"]:
        if (said := _say(values.get(name))) and (name != "source" or not outlet_of(said)):
            return outlet_of(said) or said
    return None


def _read_day(said: str | None) -> tuple[date | None, datetime | None]:
    """The day and moment of a record's date, which may be compact or seconds since 1970."""
    said = (said or "").strip()
    if found := _COMPACT.fullmatch(said):
        year, month, day, hour, minute, second, zone = found.groups()
        said = f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}{zone or ''}" if hour else "")
    elif _EPOCH.fullmatch(said):
        seconds = float(said)
        while seconds > 1e11:  # milliseconds, microseconds, nanoseconds
            seconds /= 1_000
        moment = datetime.fromtimestamp(int(seconds), UTC)
        return moment.date(), moment
    return parse_stamp(said)


def _look_up(record: Mapping[str, Any], field: str) -> str | None:
    """The first non-empty value under one of the field's names."""
    values = _squeeze_names(record)
    joint, inner = ("\n\n", _BODIES) if field == "text" else (", ", _INNER)
    said = (_say(values.get(name), joint, inner) for name in _NAMES[field])
    return next(filter(None, said), None)


def _squeeze(name: object) -> str:
    """A field's name without case, spaces and punctuation: "Published at" is "publishedat"."""
    return re.sub(r"[\W_]+", "", str(name)).lower()


def _squeeze_names(record: Mapping[str, Any]) -> dict[str, Any]:
    return {_squeeze(key): value for key, value in record.items()}


def _flatten(record: dict[str, Any]) -> dict[str, Any]:
    """The record itself, or with the fields of the object in it that has the text."""
    if _look_up(record, "text"):
        return record
    inner = [
        value for value in record.values() if isinstance(value, dict) and _look_up(value, "text")
    ]
    if len(inner) != 1:
        return record
    return {key: value for key, value in record.items() if value is not inner[0]} | inner[0]


def _say(value: object, joint: str = ", ", inner: Sequence[str] = _INNER) -> str | None:
    """A field as text; None if it holds nothing, whatever the export writes for that.

    ``{"name": "Reuters"}``, ``["A. Writer", "B. Writer"]`` and lists of paragraphs are common.
    """
    if isinstance(value, dict):
        return next(filter(None, (_say(value.get(key), joint, inner) for key in inner)), None)
    if isinstance(value, list):
        return joint.join(filter(None, (_say(item, joint, inner) for item in value))) or None
    if isinstance(value, str):
        said = replace_unstorable(value).replace("\r\n", "\n").strip()
        return None if said.lower() in _NOTHING else said or None
    if isinstance(value, float):  # NaN and infinity are nothing; tables turn 7 into 7.0
        return (str(int(value)) if value.is_integer() else str(value)) if isfinite(value) else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _render_markup(text: str) -> str:
    if not _MARKUP.search(text):
        return text
    from corpus.loaders.html import render_fragment

    return render_fragment(text)
