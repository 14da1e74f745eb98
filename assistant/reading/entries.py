"""Answers that a question names by their place: a cell of a table, or an entry of a list.

"How many votes did Anna Berg get?" names a row by one of its cells, "Anna Berg", and a column by
its header, "Votes". The network was trained on prose and hardly reads rows, so such cells are
looked up. All other words of the question must be found around the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.reading.base import Reading, Span
from assistant.reading.windows import find_context
from assistant.terms import content_stems, find_terms
from assistant.understanding.question import QuestionKind, kind_of
from corpus import Article, split_cells, split_sentences
from index import Hit

LOOKED_UP = 2.0
"""Log-odds that a cell that was looked up answers. Set by eye. Of 25 cells that were looked up for
63 constructed questions, 24 were right (2026-11-29); the rules were written with these in view."""

MAX_VALUE = 120
"""A longer value of a list's entry is prose, such as what a speaker says, in characters."""

_WITHOUT = (QuestionKind.WHY, QuestionKind.YES_NO)
"""Kinds of questions that no cell answers."""
_NUMBERED = (QuestionKind.WHEN, QuestionKind.HOW_MANY, QuestionKind.HOW_MUCH, QuestionKind.HOW_LONG)
"""Kinds of questions whose answer holds a number."""

_HAVING = content_stems("win receive earn gain score")
"""What a row's label does with a cell, in a question: it has it."""

_ENTRY = re.compile(r"(?:[-*+•·▪◦●‣–—]\s+)?(?P<label>[^:.!?]{2,60}):\s+(?P<value>\S.*)", re.DOTALL)
_PARTED = re.compile(r"\t| {3}|:\s")
"""What every row and entry has, and few other sentences."""
_ENDED = re.compile(r"[.!?…]\W*$")


def look_up(query: str, readings: Sequence[Reading]) -> list[Reading]:
    """Raise the score of each row and entry that the question names, with its cell as the answer.

    Args:
        query: the question as understood.
        readings: as a reader returns them.

    Returns:
        The readings, best first.
    """
    asked, kind = content_stems(query), kind_of(query)
    entries: dict[str, dict[int, list[_Entry]]] = {}
    around: dict[str, frozenset[str]] = {}
    found = []
    for reading in readings:
        article, passage = reading.hit.article, reading.hit.passage
        if not _PARTED.search(reading.text):
            found.append(reading)
            continue
        if article.id not in entries:
            entries[article.id] = _find_entries(article)
        if ways := entries[article.id].get(reading.start):
            if passage.id not in around:
                around[passage.id] = _find_words_around(reading.hit, entries[article.id])
            cells = [entry.choose(asked, around[passage.id]) for entry in ways]
            cell = next((cell for cell in cells if cell is not None), None)
            if cell is not None and _suits(kind, article.text[slice(*cell)]):
                score = max(LOOKED_UP, reading.score)
                reading = replace(reading, score=score, short_answer=cell)
        found.append(reading)
    return sorted(found, key=lambda reading: (-reading.score, -reading.hit.score))


def blank_rows(hit: Hit) -> str:
    """The passage's text with spaces in place of the rows of tables, so that offsets stay the same.

    A reader of prose takes the numbers of a row for those of the sentence beside it.
    """
    text, start = hit.passage.text, hit.passage.start
    for sentence in split_sentences(hit.article.text) if _PARTED.search(text) else ():
        low, high = max(sentence.start - start, 0), min(sentence.end - start, len(text))
        if sentence.row and low < high:
            text = text[:low] + " " * (high - low) + text[high:]
    return text


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of a table or an entry of a list, as one of its cells names it.

    Attributes:
        label: the stems of that cell.
        title: the stems of the name of its column; empty without a header.
        values: the spans in the article of the other cells, from the right.
        names: the stems of the names of their columns.
        heads: the stem of the last word of each name, which says what it is: "Old share" is one.
    """

    label: frozenset[str]
    title: frozenset[str]
    values: tuple[Span, ...]
    names: tuple[frozenset[str], ...]
    heads: tuple[str, ...]

    def choose(self, asked: frozenset[str], around: frozenset[str]) -> Span | None:
        """The span of the cell that a question names; None if it names none, or several.

        Args:
            asked: the stems of the question's words.
            around: the stems of the words around the entry.
        """
        rest = asked - self.label - _HAVING
        if not self.label or not self.label <= asked or self.label == asked:
            return None
        named = list(zip(self.values, self.names, self.heads, strict=False))
        shares = [len(name & rest) / len(name) if head in rest else 0.0 for _, name, head in named]
        if len(self.values) == 1:
            chosen, name = self.values[0], self.names[0] if self.names else frozenset[str]()
        elif shares and max(shares) > 0 and shares.count(max(shares)) == 1:
            chosen, name, _ = named[shares.index(max(shares))]
        else:
            return None
        return None if rest - around - name - self.title else chosen


def _find_entries(article: Article) -> dict[int, list[_Entry]]:
    """The rows and entries of an article, by where they start, in each way that names them.

    A cell names its row if it has letters and no digits. It does not if another row below the same
    names says the same.
    """
    entries: dict[int, list[_Entry]] = {}
    for sentence in split_sentences(article.text):
        text = article.text[sentence.start : sentence.end]
        cells = split_cells(text) if sentence.row else _split_entry(text)
        if len(cells) > 1 and not sentence.heading:
            header = article.text[slice(*sentence.header)] if sentence.header else ""
            entries[sentence.start] = _name_entry(sentence.start, text, cells, header)
    counts = Counter(
        (entry.label, entry.title, entry.names) for ways in entries.values() for entry in ways
    )
    return {
        start: [way for way in ways if counts[way.label, way.title, way.names] == 1]
        for start, ways in entries.items()
    }


def _name_entry(start: int, text: str, cells: Sequence[Span], header: str) -> list[_Entry]:
    """An entry in each way that names it, from the left: by each cell that can."""
    columns = [header[a:b] for a, b in split_cells(header)][-len(cells) :]
    columns = [""] * (len(cells) - len(columns)) + columns
    found = []
    for place, (low, high) in enumerate(cells):
        words = text[low:high]
        if not any(map(str.isalpha, words)) or (place and any(map(str.isdigit, words))):
            continue
        others = [n for n in reversed(range(len(cells))) if n != place]
        found.append(
            _Entry(
                content_stems(words),
                content_stems(columns[place]),
                tuple((start + cells[n][0], start + cells[n][1]) for n in others),
                tuple(content_stems(columns[n]) for n in others),
                tuple(_find_head(columns[n]) for n in others),
            )
        )
    return found


def _find_head(name: str) -> str:
    """The stem of a name's last word before any bracket; "" if it has none."""
    terms = [term.stem for term in find_terms(name.partition("(")[0]) if term.content]
    return terms[-1] if terms else ""


def _split_entry(text: str) -> list[Span]:
    """The spans of a list entry's label and value; empty if the text is none."""
    entry = _ENTRY.fullmatch(text)
    if entry is None or _ENDED.search(text) or len(entry["value"]) > MAX_VALUE:
        return []
    return [entry.span("label"), entry.span("value")]


def _find_words_around(hit: Hit, entries: Mapping[int, object]) -> frozenset[str]:
    """The stems of what a passage says outside of its rows and entries, and of its context."""
    said = [*find_context(hit.article, hit.passage.start)]
    for sentence in split_sentences(hit.article.text):
        inside = hit.passage.start <= sentence.start < hit.passage.end
        if inside and not sentence.row and sentence.start not in entries:
            said.append(hit.article.text[sentence.start : sentence.end])
    return content_stems("\n".join(said))


def _suits(kind: QuestionKind, cell: str) -> bool:
    """Whether a cell can answer a question of a kind."""
    number = any(map(str.isdigit, cell))
    letters = any(map(str.isalpha, cell))
    if kind in _WITHOUT or (kind is QuestionKind.WHO and not letters):
        return False
    return number or kind not in _NUMBERED
