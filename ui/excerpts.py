"""Quoted rows below their headers, and the closest sentences in their passages. Pure functions."""

from __future__ import annotations

from textwrap import shorten

from assistant import Abstention, Answer, Citation, Near
from corpus import split_cells

AROUND = 90
"""Maximum number of characters shown before the sentence, and after it."""
SHOWN = 3
"""Maximum number of closest sentences shown."""
_CUT = "…"


def closest(answer: Answer) -> tuple[Near, ...]:
    """The sentences to show if no sure answer was found.

    There are none if the articles have nothing on the topic.
    """
    return () if answer.abstention is Abstention.NO_MATCH else answer.nearest[:SHOWN]


def excerpt(near: Near) -> tuple[str, str, str]:
    """The text before the sentence, the sentence, and the text after it, cut at words."""
    passage, text = near.passage, near.article.text
    before = _part_cells(text[passage.start : near.start])
    after = _part_cells(text[near.end : passage.end])
    head = shorten(before[::-1], AROUND, placeholder=_CUT)[::-1]
    tail = shorten(after, AROUND, placeholder=_CUT)
    return head and f"{head} ", " ".join(_part_cells(near.sentence).split()), tail and f" {tail}"


def _part_cells(text: str) -> str:
    """The text with a bar between the cells of a table, so that they can be told on one line."""
    return text.replace("\t", " | ")


def cells_by_column(citation: Citation) -> list[tuple[str, str]]:
    """The names of a quoted row's columns, each with the row's cell; empty if there is no header.

    They are counted from the right, since the first name is often missing.
    """
    if citation.header is None:
        return []
    names, cells = (_read_cells(row) for row in (citation.header, citation.quote))
    count = max(len(names), len(cells))
    names, cells = ([""] * (count - len(row)) + row for row in (names, cells))
    return list(zip(names, cells, strict=True))


def _read_cells(row: str) -> list[str]:
    return [" ".join(row[low:high].split()) for low, high in split_cells(row)]
