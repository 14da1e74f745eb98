"""Tables in a text: which lines are rows, and whether the first row names the columns.

A row is a line whose cells are parted by a tab or by three or more spaces, as browsers copy tables
and as our own rendering writes them. A table is two or more adjacent rows that have about the same
number of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.article import Span

MAX_CELL_CHARACTERS = 300
"""A line with a longer cell is a paragraph and no row."""
MAX_DIFFERENCE = 1
"""How many cells adjacent rows may differ by: the first cell of a header is often empty."""
NUMBERS = 0.75
"""Minimum share of numbers in a column of numbers; the others may say "n/a"."""

_GAP = re.compile(r" *\t[ \t]*| {3,}")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\D.{0,8})?")
_WORD = re.compile(r"\w+")


def split_cells(row: str) -> list[Span]:
    """The spans of a row's cells that are not empty; a line that is no row is one cell."""
    edges = [0, *(edge for gap in _GAP.finditer(row) for edge in gap.span()), len(row)]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]


def is_row(line: str) -> bool:
    """Whether a line, without white space at its ends, has two or more cells."""
    cells = split_cells(line)
    return len(cells) > 1 and all(high - low <= MAX_CELL_CHARACTERS for low, high in cells)


def find_tables(text: str, lines: Sequence[Span]) -> Iterator[range]:
    """Yield the tables among the lines of a text, as ranges of their indices.

    The rows of a table are all equally far apart: a blank line ends it, unless every row has one.

    Args:
        text: the text.
        lines: the spans of its lines that are not empty, without white space at their ends.
    """
    rows = [text[start:end] for start, end in lines]
    counts = [len(split_cells(row)) if is_row(row) else 0 for row in rows]
    apart = [text.count("\n", before[1], line[0]) for before, line in pairwise(lines)]
    start = 0
    for index in range(1, len(rows) + 1):
        if (
            index == len(rows)
            or not counts[index - 1]
            or not counts[index]
            or abs(counts[index] - counts[index - 1]) > MAX_DIFFERENCE
            or apart[index - 1] != apart[start]
        ):
            if index - start > 1:
                yield range(start, index)
            start = index


def has_numbers(rows: Sequence[str]) -> bool:
    """Whether a column of a table after the first holds numbers."""
    return any(_share_numbers(values) >= NUMBERS for _, values in _read_columns(rows))


def has_header(rows: Sequence[str]) -> bool:
    """Whether the first row of a table names the columns.

    It does if it differs in kind from a column below it: it has words where they have numbers, a
    year where they have other numbers, or one word where each of them has several.
    """
    for name, values in _read_columns(rows):
        words = len(_WORD.findall(name))
        if _share_numbers(values) >= NUMBERS:
            year = _YEAR.fullmatch(name) and not any(map(_YEAR.fullmatch, values))
            if year or not _DIGIT.search(name):
                return True
        elif words == 1 and all(len(_WORD.findall(value)) > 1 for value in values):
            return True
    return False


def _read_columns(rows: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The columns after the first, each as its top cell and the cells below.

    They are counted from the right, since the first cell of a header is often empty.
    """
    head, *below = ([row[low:high] for low, high in split_cells(row)] for row in rows)
    width = max(len(head) - 1, min(map(len, below), default=0) - 1)
    for column in range(1, min(width, len(head)) + 1):
        yield head[-column], [row[-column] for row in below if len(row) > column]


def _share_numbers(values: Sequence[str]) -> float:
    return sum(_DIGIT.search(value) is not None for value in values) / max(1, len(values))
