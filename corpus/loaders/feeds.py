"""Read RSS and Atom feeds: each item is an article, by the page it links to or by its own text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin

from corpus.addresses import is_front_page, is_same_site, normal_form
from corpus.article import Article
from corpus.cleaning.cleaning import build_article
from corpus.cleaning.dates import parse_stamp
from corpus.errors import LoadError
from corpus.identity import canonical, content_id, outlet_of, url_id
from corpus.loaders.html import load_html, render_fragment
from corpus.loaders.source import Source
from corpus.loaders.web import Fetch, Following


def load_feed(source: Source, fetch: Fetch) -> Iterator[Article | LoadError]:
    """Load each item of an RSS or Atom feed: the page it links to, else the feed's own text.

    Pages are fetched if the feed itself was fetched, or if ``fetch`` is a ``Following``.

    Raises:
        LoadError: it is not a feed, or it has no items.
    """
    import feedparser

    # No sanitizing is needed, since our rendering drops the markup.
    parsed = feedparser.parse(io.BytesIO(source.read()), sanitize_html=False)
    if not parsed.entries:
        raise source.error(
            found=f"a feed without items ({parsed.bozo_exception})"
            if parsed.bozo
            else "a feed without items",
            expected="RSS or Atom with at least one item",
            remedy="give the feed's own address, or the address of an article",
        )
    feed = _Feed(source, parsed.feed)
    items = [feed.read(number, entry) for number, entry in enumerate(parsed.entries, 1)]
    follow = source.url is not None or isinstance(fetch, Following)
    for item in _settle(items):
        page = _fetch_page(item, fetch) if item.own and follow else None
        try:
            yield page or _build_item(source, item, followed=follow)
        except LoadError as error:
            yield error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What a feed says of one article.

    Attributes:
        number: its place in the feed, from 1.
        names: its id in the feed, and its title.
        changed: when it was last changed, in UTC, as feedparser read it; () if that is unknown.
        link: the page's address; None if it has none on the web.
        own: whether the page at that address is this article and no other.
        text: its longest text, rendered.
        excerpt: whether that is but a teaser, or the words of a feed that collects from other
            sites.
    """

    number: int
    names: tuple[str, str]
    changed: tuple[int, ...]
    link: str | None
    own: bool
    title: str | None
    outlet: str | None
    author: str | None
    published: date | None
    published_at: datetime | None
    modified: date | None
    text: str
    excerpt: bool


class _Feed:
    """Reads a feed's items.

    Args:
        source: the feed.
        said: what it says of itself, as feedparser read it.
    """

    def __init__(self, source: Source, said: Any) -> None:  # noqa: ANN401 - feedparser is untyped
        home = urljoin(source.url or "", said.get("link", ""))
        self._home = home if outlet_of(home) else source.url
        self._title = render_fragment(said.get("title", "")) or None

    def read(self, number: int, entry: Any) -> _Item:  # noqa: ANN401 - feedparser is untyped
        """Read one item."""
        link = entry.get("feedburner_origlink") or entry.get("link", "")
        try:
            link = urljoin(self._home or "", link.strip())
        except ValueError:
            link = ""
        published, published_at = _read_stamp(entry)
        later, _ = parse_stamp(dict.get(entry, "updated", ""))
        written = [render_fragment(part.get("value", "")) for part in entry.get("content", ())]
        text = max([*written, render_fragment(entry.get("summary", ""))], key=len)
        title = render_fragment(entry.get("title", ""))
        # feedparser's own "get" answers for one of these with the other, and warns.
        changed = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
        return _Item(
            number=number,
            names=(entry.get("id", "") or text, title or text),
            changed=tuple(changed or ()),
            link=link if outlet_of(link) else None,
            own=bool(outlet_of(link)) and not is_front_page(link),
            title=title or None,
            outlet=self._choose_outlet(entry.get("source", {}).get("title", ""), link),
            author=entry.get("author"),
            published=published,
            published_at=published_at,
            modified=later if published and later and later > published else None,
            text=text,
            excerpt=text not in written or self._is_foreign(link),
        )

    def _choose_outlet(self, origin: str, link: str) -> str | None:
        """The outlet that the item names, else the feed's title.

        A feed may collect articles of other sites. Then its title is not their outlet.
        """
        if named := render_fragment(origin):
            return named
        return (None if self._is_foreign(link) else self._title) or outlet_of(link)

    def _is_foreign(self, link: str) -> bool:
        """Whether a link leads to another site than the feed's."""
        return bool(outlet_of(link) and self._home and not is_same_site(link, self._home))


def _settle(items: list[_Item]) -> Iterator[_Item]:
    """Yield the items in their order, of several versions of one article only the latest.

    Items with one link are versions of one article if they have one id or one title. Otherwise the
    link leads to a page that holds several articles, and is not theirs.
    """
    sharing: dict[str, list[_Item]] = {}
    for item in items:
        if item.own:
            sharing.setdefault(normal_form(item.link or ""), []).append(item)
    older: set[int] = set()
    apart: set[int] = set()
    for group in sharing.values():
        numbers = {item.number for item in group}
        if any(len({item.names[at] for item in group}) == 1 for at in (0, 1)):
            latest = max(group, key=lambda item: item.changed)  # of equals, the first
            older |= numbers - {latest.number}
        else:
            apart |= numbers
    for item in items:
        if item.number not in older:
            yield replace(item, own=item.own and item.number not in apart)


def _read_stamp(entry: Any) -> tuple[date | None, datetime | None]:  # noqa: ANN401 - as above
    """The day and time of publication.

    An item that gives only one date may call it its update: ``updated`` in Atom, ``dc:date``.
    feedparser's own reading of dates is not used, because it takes some for others (2016/6/29 for
    1 November 2016) and moves the day to that of Greenwich.
    """
    return parse_stamp(next(filter(None, map(entry.get, ("published", "created", "updated"))), ""))


def _fetch_page(item: _Item, fetch: Fetch) -> Article | None:
    """The page that an item links to, completed by what the feed says; None if it cannot be had."""
    try:
        article = load_html(fetch(item.link or "").source)
    except LoadError:
        return None
    stated = article.outlet and article.outlet != outlet_of(article.url or "")
    return replace(
        article,
        title=article.title or item.title,
        outlet=article.outlet if stated else item.outlet,
        author=article.author or item.author,
        published=article.published or item.published,
        published_at=article.published_at if article.published else item.published_at,
    )


def _build_item(source: Source, item: _Item, *, followed: bool) -> Article:
    """Make an article of an item's own text."""
    if item.link and not followed and not item.text:
        raise source.error(
            part=f"item {item.number}",
            found="no text, only a link",
            expected="the text of an article",
            remedy="add it with --follow to fetch the pages that the feed links to",
        )
    named = url_id(item.link) if item.own and item.link else None
    article = build_article(
        item.text,
        id=named or content_id(item.text.encode("utf-8", "replace")),
        location=f"{source.name}, item {item.number}",
        title=item.title,
        outlet=item.outlet,
        url=canonical(item.link) if item.link else None,
        author=item.author,
        published=item.published,
        published_at=item.published_at,
        modified=item.modified,
    )
    return replace(article, excerpt=bool(named) and item.excerpt)
