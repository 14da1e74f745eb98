"""The words of a PDF page, by their places on it -> its lines, in the order in which they are read.

A PDF stores words in any order, so the order comes from their coordinates. A page is cut from top
to bottom into bands. Bands one below the other that share an empty strip are cut there into
columns, and each column is arranged in the same way (the recursive X-Y cut of Nagy and Seth 1984,
with columns before bands). A table has such strips, too. It is told apart by its narrow cells and
is read row by row.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

from corpus.text.sentences import is_terminated

# Lengths below are multiples of the height of a font, from its highest to its lowest point.
_NEAR = 0.7
"""Words closer than this are one piece of a line."""
_GUTTER = 0.7
"""The least width of the strip between two columns."""
_CELL = 2.5
"""Pieces of a line that are farther apart are cells of a table."""
_SLOPE = 0.3
"""How far the middles of two words of one line may be apart, up or down."""
_APART = 1.2
"""A single row that is farther than this from its neighbour does not belong to columns there."""
_PROSE = 5.0
"""The rows of a column of prose are on average at least this wide; cells are narrower."""
_FEW, _MANY = 2, 4
"""A column of few rows may be narrower beside a column of prose with many."""
_INITIAL = 1.6
"""A letter that is this much higher than the words beside it is the initial of a paragraph."""
_ALIKE = 0.85
"""The least ratio of the heights of two lines in one font size."""

_WIDE = 0.6
"""A column narrower than this share of the next one does not go on there."""
_BULLET = re.compile(r"[•▪◦●‣]")

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands. Coordinates are in points and grow to the right and upwards.

    Attributes:
        text: its characters in reading order; not blank.
        left, right, bottom, top: its box, as high as its font whatever its letters are.
        font: tells its font from others.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    font: str = ""

    @property
    def height(self) -> float:
        """The height of its font, rounded, so that few differ."""
        return round(max(self.top - self.bottom, 0.1), 1)

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a column. Lengths are in points.

    Attributes:
        text: its words, with spaces between them, or tabs between the cells of a table.
        left, right, height: where it stands, and the height of its font.
        opening: the width of its first word.
        font: that of all its words; "" if they differ.
        column: the left and the right edge of its column's lines of about its height.
        above: how far the line before it in its column is above, as a multiple of what is usual
            for lines of its height; None for the first line of a column.
    """

    text: str
    left: float
    right: float
    height: float
    opening: float
    font: str
    column: Interval
    above: float | None


class _Piece:
    """Words of a line with no wide space between them, from left to right."""

    __slots__ = ("bottom", "left", "right", "top", "words")

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.left, self.right = words[0].left, max(word.right for word in words)
        # The middle of the letters, because the boxes of neighbouring lines may overlap.
        self.bottom = min(word.bottom + 0.3 * word.height for word in words)
        self.top = max(word.top - 0.3 * word.height for word in words)

    @property
    def height(self) -> float:
        return max(word.height for word in self.words)


_Pieces = Sequence[_Piece]


def read_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in reading order. In Hebrew and Arabic, columns start at the right."""
    if not words:
        return []
    if _is_right_to_left(words):
        words = [replace(word, left=-word.right, right=-word.left) for word in words]
    columns = [_find_rows(column) for column in _arrange(_find_pieces(words))]
    usual = _find_distances(columns)
    return [line for rows in columns for line in _make_lines(rows, usual)]


def read_rows(words: Sequence[Word]) -> list[list[Word]]:
    """The words of a page by rows across all columns, from top to bottom."""
    return [
        [word for piece in row for word in piece.words] for row in _find_rows(_find_pieces(words))
    ]


def continues(before: Line, line: Line) -> bool:
    """Whether a line continues the paragraph of the line before it in reading order.

    It does if the line before was full, because the next word did not fit. A wide space, an
    indentation, another font or a new column after a full stop starts a new paragraph.
    """
    em = line.height / 1.2
    lower = line.text[0].islower()
    apart = is_terminated(before.text) if line.above is None else line.above > 1.4
    if apart or _BULLET.match(line.text) or not _are_alike(before.height, line.height):
        return False
    if before.font and line.font and before.font != line.font and not lower:
        return False
    indented = line.left > line.column[0] + 0.8 * em and before.left < before.column[0] + 0.4 * em
    if indented and not lower:
        return False
    width, room = before.column[1] - before.column[0], before.column[1] - before.right
    if line.above is None and width < _WIDE * (line.column[1] - line.column[0]):
        return False  # a byline above columns
    return room < (0.5 * width if lower else line.opening + 0.6 * em)


def _is_right_to_left(words: Iterable[Word]) -> bool:
    kinds = [unicodedata.bidirectional(word.text[0]) for word in words]
    return sum(kind in ("R", "AL") for kind in kinds) > sum(kind == "L" for kind in kinds)


def _find_pieces(words: Iterable[Word]) -> list[_Piece]:
    """Join words of one line that are near each other."""
    at_height: dict[int, list[list[Word]]] = defaultdict(list)
    pieces: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.left):
        reach = _SLOPE * word.height
        near = [
            piece
            for height in range(
                int((word.middle - reach) // 4), int((word.middle + reach) // 4) + 1
            )
            for piece in at_height[height]
            if abs(piece[-1].middle - word.middle) <= reach
            and 1 / _INITIAL < piece[-1].height / word.height < _INITIAL
            and -0.5 <= (word.left - piece[-1].right) / max(word.height, piece[-1].height) < _NEAR
        ]
        if near:
            max(near, key=lambda piece: piece[-1].right).append(word)
        else:
            pieces.append([word])
            at_height[int(word.middle // 4)].append(pieces[-1])
    return [_Piece(piece) for piece in pieces]


def _arrange(pieces: _Pieces) -> list[list[_Piece]]:
    """The pieces by columns, in reading order; what spans columns is a column of its own."""
    bands = _find_bands(pieces)
    em = median(piece.height for piece in pieces)
    edges = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    gaps = [_find_gaps(band, edges, em) for band in bands]
    columns: list[list[_Piece]] = []
    spanning: list[_Piece] = []
    at = 0
    while at < len(bands):
        count, gutters = _run_gutters(bands[at:], gaps[at:], em)
        parts = _cut([piece for band in bands[at : at + count] for piece in band], gutters)
        if len(parts) > 1:
            columns += [spanning] if spanning else []
            spanning = []
            for part in parts:
                columns += _arrange(part)
        else:
            count = 1
            spanning += bands[at]
        at += count
    return [*columns, spanning] if spanning else columns


def _find_bands(pieces: _Pieces) -> list[list[_Piece]]:
    """Cut where no piece stands beside the gap, from top to bottom."""
    bands: list[list[_Piece]] = []
    bottom = 0.0
    for piece in sorted(pieces, key=lambda piece: -piece.top):
        if bands and piece.top > bottom:
            bands[-1].append(piece)
            bottom = min(bottom, piece.bottom)
        else:
            bands.append([piece])
            bottom = piece.bottom
    return bands


def _find_gaps(band: _Pieces, edges: Interval, em: float) -> list[Interval]:
    """The strips between two edges that are empty across the band, and wide enough for columns."""
    gaps = []
    reached = edges[0]
    for piece in sorted(band, key=lambda piece: piece.left):
        gaps.append((reached, piece.left))
        reached = max(reached, piece.right)
    gaps.append((reached, edges[1]))
    return [(low, high) for low, high in gaps if high - low >= _GUTTER * em]


def _run_gutters(
    bands: Sequence[_Pieces], gaps: Sequence[list[Interval]], em: float
) -> tuple[int, list[Interval]]:
    """How many of the first bands share an empty strip, and the strips that all of them share."""
    gutters, count = gaps[0], 1
    for count in range(1, len(bands)):
        edge = count == 1 or count == len(bands) - 1
        if edge and _is_apart(bands[count - 1], bands[count], em):
            return count, gutters
        shared = [
            (max(low, start), min(high, end))
            for low, high in gutters
            for start, end in gaps[count]
            if min(high, end) - max(low, start) >= _GUTTER * em
        ]
        if not shared:
            return count, gutters
        gutters = shared
    return len(bands), gutters


def _is_apart(above: _Pieces, below: _Pieces, em: float) -> bool:
    """Whether a wide space parts two bands of which one is a single row of two pieces or more."""
    space = min(piece.bottom for piece in above) - max(piece.top for piece in below)
    return space > _APART * em and any(
        len(band) > 1 and max(piece.bottom for piece in band) < min(piece.top for piece in band)
        for band in (above, below)
    )


def _cut(pieces: _Pieces, gutters: Sequence[Interval]) -> list[list[_Piece]]:
    """Cut into columns at these strips, except beside cells; from left to right."""
    cuts = [(low + high) / 2 for low, high in gutters]
    while cuts:
        edges = [float("-inf"), *cuts, float("inf")]
        parts = [
            [piece for piece in pieces if low < piece.left <= high] for low, high in pairwise(edges)
        ]
        sizes = [_measure(part) for part in parts]
        prose = max((rows for rows, width in sizes if width >= _PROSE), default=0)
        cells = [
            at
            for at, (rows, width) in enumerate(sizes)
            if not rows or (width < _PROSE and (rows > _FEW or prose < _MANY))
        ]
        if not cells and max(rows for rows, _ in sizes) > 1:
            return parts
        beside = {cut for at in cells for cut in edges[at : at + 2]}
        cuts = [cut for cut in cuts if cells and cut not in beside]
    return [list(pieces)]


def _measure(part: _Pieces) -> tuple[int, float]:
    """How many rows a part has, and how wide they are on average, in heights."""
    widths = [(row[-1].right - row[0].left) / row[0].height for row in _find_rows(part)]
    return len(widths), fmean(widths) if widths else 0.0


def _find_rows(pieces: _Pieces) -> list[list[_Piece]]:
    """The pieces by rows, from top to bottom; each row from left to right.

    The initial of a paragraph, which is several rows high, stands in the first of them.
    """
    usual = median(piece.height for piece in pieces) if pieces else 0.0
    rows: list[list[_Piece]] = []
    low = 0.0
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        shared = min(piece.top, rows[-1][0].top) - max(piece.bottom, low) if rows else 0.0
        if _is_initial(piece, usual):
            continue
        if rows and shared > 0.3 * (piece.top - piece.bottom):
            rows[-1].append(piece)
        else:
            rows.append([piece])
            low = piece.bottom
    for piece in pieces:
        if _is_initial(piece, usual):
            [letter] = piece.words
            beside = [row for row in rows if letter.bottom < row[0].words[0].middle < letter.top]
            if beside:
                beside[0].append(piece)
            else:
                rows.append([piece])
    rows.sort(key=lambda row: -row[0].top)
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _is_initial(piece: _Piece, usual: float) -> bool:
    return (
        len(piece.words) == 1
        and len(piece.words[0].text) == 1
        and piece.words[0].text.isalpha()
        and piece.height > _INITIAL * usual
    )


def _find_distances(columns: Iterable[Sequence[_Pieces]]) -> dict[int, float]:
    """The usual distance from line to line, by the height of the lines, where there are enough."""
    found = defaultdict(list)
    for rows in columns:
        for before, row in pairwise(rows):
            if _are_alike(before[-1].height, row[-1].height):
                found[round(row[-1].height)].append(_distance(before, row))
    return {height: median(distances) for height, distances in found.items() if len(distances) > 3}


def _distance(before: _Pieces, row: _Pieces) -> float:
    return before[-1].words[0].middle - row[-1].words[0].middle


def _make_lines(rows: Sequence[_Pieces], usual: dict[int, float]) -> list[Line]:
    edges: dict[float, Interval] = {}
    lines = []
    for before, row in pairwise([[], *rows]):
        words = [word for piece in row for word in piece.words]
        height = row[-1].height
        if height not in edges:
            alike = [other for other in rows if _are_alike(other[-1].height, height)]
            edges[height] = (
                min(other[0].left for other in alike),
                max(other[-1].right for other in alike),
            )
        fonts = {word.font for word in words}
        space = usual.get(round(height), 1.1 * height)
        lines.append(
            Line(
                text=_join_words(words),
                left=row[0].left,
                right=row[-1].right,
                height=height,
                opening=words[0].right - words[0].left,
                font=fonts.pop() if len(fonts) == 1 else "",
                column=edges[height],
                above=_distance(before, row) / max(space, 0.1) if before else None,
            )
        )
    return lines


def _are_alike(height: float, other: float) -> bool:
    return _ALIKE < height / other < 1 / _ALIKE


def _join_words(words: Sequence[Word]) -> str:
    text = words[0].text
    for before, word in pairwise(words):
        gap = word.left - before.right
        if len(before.text) == 1 and before.height > _INITIAL * word.height:
            text += "" if gap < 0.3 * word.height else " "
        else:
            text += "\t" if gap > _CELL * word.height else " "
        text += word.text
    return text
