"""The pages of the article-extraction-benchmark: their bodies and their machine-readable metadata.

https://github.com/scrapinghub/article-extraction-benchmark (MIT; the pages are their publishers'):
``html/*.html.gz`` and ``ground-truth.json``. The bodies were marked by people. Titles, outlets,
authors and dates were not, so the truth about them is what the pages' JSON-LD and meta tags say. It
is read here independently and must not be read with ``corpus/loaders``. A page counts if it states
the field and, for pasted text, if the stated value is visible in that text.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement, HTMLParser, document_fromstring

from corpus.cleaning.body import squeeze
from corpus.cleaning.locales import MONTHS
from corpus.loaders.html import render_fragment

SHINGLE = 4
_WORD = re.compile(r"\w+")
_SPLIT = re.compile(r"\s+[|–—·:-]+\s+|\s*[|»]\s*")
_NAMES = re.compile(r"\s*(?:^by\s+|,|;|\||&|\.\s|\band\b)\s*", re.IGNORECASE)
_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")
MIN_TITLE = 12
"""Characters; shorter text before the first dash is a section."""
_SECOND_LEVEL = frozenset("ac co com edu gov net org".split())


@dataclass(frozen=True)
class NewsPage:
    """A page: its markup, the article's body as marked by a person, and its address."""

    key: str
    html: bytes
    body: str
    url: str

    @cached_property
    def site(self) -> str:
        """The registered domain: ``www.express.co.uk`` -> ``express.co.uk``."""
        labels = (urlsplit(self.url).hostname or "").split(".")
        return ".".join(
            labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:]
        )

    @cached_property
    def pasted(self) -> str:
        """Its plain text as rendered by inscriptis, which stands in for what a browser copies."""
        from inscriptis import get_text  # type: ignore[import-untyped]  # it ships no types

        return str(get_text(self.html.decode("utf-8")))

    @cached_property
    def rendered(self) -> str:
        """Its plain text as rendered by our own loader: no bullets, no indentation."""
        return render_fragment(self.html.decode("utf-8"))

    @cached_property
    def stated(self) -> dict[str, set[str]]:
        """The metadata that it states, in every form: "title", "outlet", "author", "date" (ISO)."""
        return _read_statements(
            document_fromstring(self.html, parser=HTMLParser(encoding="utf-8")), self.site
        )


def read_pages(folder: Path) -> list[NewsPage]:
    """Read the pages, in the order of their keys."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        NewsPage(
            key,
            gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()),
            said["articleBody"],
            said["url"],
        )
        for key, said in sorted(truth.items())
    ]


def compare(body: str, found: str) -> tuple[float, float]:
    """Precision and recall of the text found, in shingles of four words.

    This is the benchmark's own measure.
    """
    truth, shown = _count_shingles(body), _count_shingles(found)
    shared = (truth & shown).total()
    return shared / shown.total() if shown else 1.0, shared / truth.total() if truth else 1.0


def find_words(text: str) -> list[str]:
    """The words of a text, as the benchmark counts them."""
    return _WORD.findall(text)


def _count_shingles(text: str) -> Counter[tuple[str, ...]]:
    words = find_words(text)
    return Counter(
        tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words
    )


def is_right(field: str, found: str, stated: set[str]) -> bool:
    """Whether the page states this value.

    Titles and outlets are compared by letters and digits, outlets without "The" and ".com". Every
    name of an author must be stated. A date may be one day off, since a page may state UTC and
    print its own time.
    """
    if field == "author":
        known = {squeeze(name) for value in stated for name in _NAMES.split(value)}
        return all(squeeze(name) in known for name in _NAMES.split(found) if name)
    if field == "date":
        day = date.fromisoformat(found)
        return any(abs(day - date.fromisoformat(other)) <= timedelta(days=1) for other in stated)
    return any(_fold(field, found) == _fold(field, value) for value in stated)


def is_visible(field: str, stated: set[str], text: str) -> bool:
    """Whether a stated value is visible in a text."""
    if field == "date":
        folded = " ".join(text.lower().replace(",", " ").replace(".", " ").split())
        return any(
            form in folded for value in stated for form in _write_days(date.fromisoformat(value))
        )
    names = (
        stated if field != "author" else {name for value in stated for name in _NAMES.split(value)}
    )
    lines = [squeeze(line) for line in text.splitlines()]
    return any(len(key) > 2 and key in line for key in map(squeeze, names) for line in lines)


def _write_days(day: date) -> Iterator[str]:
    """The ways to print a day, with commas and full stops as spaces."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d %m %Y", "%Y %m %d"):
        yield day.strftime(form)
    yield f"{day.month}/{day.day}/{day.year}"
    for name in (name for name, month in MONTHS.items() if month == day.month):
        for number in {f"{day.day}", f"{day.day:02}"}:
            yield f"{name} {number} {day.year}"
            yield f"{number} {name} {day.year}"
            yield f"{number} de {name} de {day.year}"


def _read_statements(tree: HtmlElement, site: str) -> dict[str, set[str]]:
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        meta.setdefault(name.lower(), []).append(" ".join((element.get("content") or "").split()))
    articles = [
        value
        for value in _read_objects(tree)
        if str(value.get("@type")).rstrip("']").endswith(("Article", "Posting"))
    ]

    def gather(key: str, *names: str) -> set[str]:
        said = [text for article in articles for text in _texts(article.get(key))]
        return {
            value
            for value in (*said, *(value for name in names for value in meta.get(name, ())))
            if value
        }

    outlets = gather("publisher", "og:site_name")
    stated = gather("headline", "og:title", "twitter:title") | {
        " ".join((tree.findtext(".//title") or "").split())
    }
    titles = {form for title in stated for form in _cut_titles(title)}
    shown = {" ".join(heading.text_content().split()) for heading in tree.iter("h1")}
    titles |= {
        heading for heading in shown if any(_share(heading, title) >= 0.5 for title in stated)
    }
    authors = {
        name
        for name in gather("author", "author", "parsely-author", "sailthru.author")
        if "/" not in name
    }
    dates = gather(
        "datePublished",
        "article:published_time",
        "datepublished",
        "parsely-pub-date",
        "date",
        "dc.date",
    )
    return {
        "title": titles,
        "outlet": outlets | ({site, site.split(".")[0]} if outlets else set()),
        "author": authors,
        "date": {"-".join(found.groups()) for value in dates if (found := _DAY.match(value))},
    }


def _cut_titles(title: str) -> Iterator[str]:
    """A stated title, and the title without the names of section and site after it."""
    yield title
    for found in _SPLIT.finditer(title):
        if found.start() >= MIN_TITLE:
            yield title[: found.start()]


def _read_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            pending = [json.loads(script.text or "", strict=False)]
        except ValueError:
            continue
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                yield value
            pending += (
                value
                if isinstance(value, list)
                else value.get("@graph", [])
                if isinstance(value, dict)
                else []
            )


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return _texts(value.get("name"))
    return [" ".join(value.split())] if isinstance(value, str) else []


def _share(one: str, other: str) -> float:
    words, others = set(one.lower().split()), set(other.lower().split())
    return len(words & others) / max(1, min(len(words), len(others))) if len(words) > 2 else 0.0


def _fold(field: str, value: str) -> str:
    if field == "outlet":
        value = re.sub(r"^the\s+|\.(?:com|org|net|co\.uk)$", "", value.strip().casefold())
    return squeeze(value)
