"""Load an article from Markdown.

The markup stays in the page's text but is dropped from the article's, so that quotations show what
a reader would see. Supported are "key: value" front matter and the common markup of CommonMark
0.31 that can be recognised line by line, without nesting.
"""

from __future__ import annotations

import re

from corpus.article import Article, Span
from corpus.cleaning.cleaning import build_article, find_excess
from corpus.cleaning.dates import parse_stamp
from corpus.identity import outlet_of
from corpus.loaders.source import Source
from corpus.loaders.text import load_text

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<fields>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_-]+)[ \t]*:[ \t]*(?P<value>\S.*)$", re.MULTILINE)
_FIRST_HEADING = re.compile(r"^#[ \t]+(?P<title>\S.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_NAMES = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "publisher", "source", "site", "publication"),
    "author": ("author", "byline"),
    "url": ("url", "canonical", "canonical_url", "link"),
    "published": ("published", "date", "pubdate", "published_at"),
    "language": ("language", "lang"),
}
_SIGNS = re.compile(
    r"""
    (?P<whole> <!--(?:(?!<!--).){0,5000}?--> | !\[[^\[\]\n]*\]\([^()\n]*\)
              | </?[A-Za-z][\w-]*(?:\s[^<>\n]*)?/?> )
    | (?P<line> ^[ \t]*(?:```|~~~).*$
              | ^[ \t]*(?:=+|(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$
              | ^[ \t]{0,3}\[[^\]\n]+\]:[ \t]+\S.*$ )
    | (?P<prefix> ^[ \t]{0,3}(?:\#{1,6}[ \t]+|(?:>[ \t]?)+) | (?<![ \t])[ \t]+\#+[ \t]*$ )
    | (?P<escape> \\(?=[\\`*_{}\[\]()#+\-.!>~|]) )
    | (?P<open> \[ )(?P<label>[^\[\]\n]+)
      (?P<close> \]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\) | \]\[[^\]\n]*\] )
    | <(?P<auto>https?://[^<>\s]+)>
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_EMPHASIS = re.compile(
    r"(?P<open>\*\*\*|\*\*|\*|~~|(?<!`)`{1,9}(?!`))(?=\S)"
    r"(?P<label>(?:(?!(?P=open))[^\n]|\n(?!\n)){1,1000}?)(?<=\S)(?P<close>(?P=open))"
    r"|(?<!\w)(?P<open_>__|_)(?=\S)(?P<label_>[^_\n]+?)(?<=\S)(?P<close_>(?P=open_))(?!\w)"
)


def load_markdown(source: Source) -> Article:
    """Load one Markdown file; metadata comes from its front matter and first heading.

    Raises:
        LoadError: it is not text, too large, empty, or has no sentence.
    """
    data = source.read()
    text = load_text(data, location=source.name)
    if excess := find_excess(text, source.name):
        raise excess
    fields = read_front_matter(text)
    heading = _FIRST_HEADING.search(text)
    published, published_at = parse_stamp(fields.get("published", ""))
    return build_article(
        text,
        id=source.id(data),
        location=source.name,
        dropped=find_signs(text),
        title=fields.get("title") or (heading["title"] if heading else None),
        outlet=fields.get("outlet") or outlet_of(source.url or ""),
        url=fields.get("url") or source.url,
        author=fields.get("author"),
        published=published,
        published_at=published_at,
        language=fields.get("language"),
    )


def read_front_matter(text: str) -> dict[str, str]:
    """Read the front matter into the field names of an Article."""
    front = _FRONT_MATTER.match(text)
    said = (
        {
            found["key"].lower(): _unquote(found["value"].rstrip())
            for found in _FIELD.finditer(front["fields"])
        }
        if front
        else {}
    )
    values = {
        name: next((said[key] for key in keys if key in said), "") for name, keys in _NAMES.items()
    }
    return {name: value for name, value in values.items() if value}


def _unquote(value: str) -> str:
    return (
        value[1:-1].strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        else value
    )


def find_signs(text: str) -> list[Span]:
    """The ascending spans of front matter, markup and link targets, which a reader does not see."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    spans: list[Span] = [(0, start)] if start else []
    for pattern in (_SIGNS, _EMPHASIS):
        for found in pattern.finditer(text, start):
            names = [
                name
                for name in found.re.groupindex
                if not name.startswith(("label", "auto")) and found[name]
            ]
            spans += [found.span(name) for name in names]
            if "auto" in found.re.groupindex and found["auto"]:
                spans += [(found.start(), found.start("auto")), (found.end("auto"), found.end())]
    return _merge(spans)


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
