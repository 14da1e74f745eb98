"""Short invented articles for the library tests, searchable with the encoder without weights."""

from __future__ import annotations

from datetime import date

from corpus import Article, Page

TEXT = (
    "The council met on Monday. It voted to close the harbour bridge. Repairs will take nine weeks."
)


def article(
    name: str,
    text: str = TEXT,
    *,
    outlet: str | None = "Harbour Post",
    day: date | None = date(2025, 3, 4),
) -> Article:
    """An article with a page around it."""
    framed = f"Menu\n{text}\nMore from us"
    page = Page(text=framed, kept=((5, 5 + len(text)),))
    return Article(
        id=name, title=f"Report {name}", text=text, outlet=outlet, published=day, page=page
    )


def numbered(count: int, *, start: int = 0) -> list[Article]:
    """Articles that each hold a word of their own: ``topic7`` is only in the eighth."""
    return [
        article(
            f"a{n}",
            (
                f"The council met on day {n}. It spoke about topic{n} for an hour. Nobody else "
                "was there."
            ),
        )
        for n in range(start, start + count)
    ]
