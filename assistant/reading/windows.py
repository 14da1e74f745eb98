"""A question with passages -> the word pieces that the reader's network reads. Knows nothing of networks or scores.

``[CLS] question [SEP] source title lead passage [SEP]``, as BERT reads pairs (Devlin et al. 2019, arXiv:1810.04805).
Source, title and lead are what a person would glance at first: the outlet and the day, the headline, and the heading
and sentence before the passage. They are read, but no answer is taken from them. A passage longer than a window is read
in several windows that overlap, so that an answer at the end of one stands whole in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tokenizers import Encoding, Tokenizer

from corpus import Article, split_sentences

LONGEST = 384
"""Word pieces of a window, special ones included."""
LONGEST_QUESTION = 96
LONGEST_SOURCE = 20
LONGEST_TITLE = 48
LONGEST_LEAD = 40
OVERLAP = 96
"""Word pieces of a passage that two windows share; an answer has at most 30."""

Offsets = tuple[int, int]


class Context(NamedTuple):
    """What is read before a passage; "" where there is nothing.

    Attributes:
        source: outlet and day, as "CNN, April 12, 2023.".
        title: the article's title.
        lead: the heading that the passage stands under, and the sentence before it.
    """

    source: str
    title: str
    lead: str


def find_context(article: Article, start: int) -> Context:
    """What is read before the passage that starts at this character of the article."""
    day = article.published
    said = [article.outlet, f"{day:%B} {day.day}, {day.year}" if day else None]
    heading = before = ""
    for sentence in split_sentences(article.text):
        if sentence.start >= start:
            break
        text = article.text[sentence.start : min(sentence.end, start)]
        if sentence.heading:
            heading, before = text, ""
        else:
            before = text
    source = ", ".join(part for part in said if part)
    return Context(
        source=source and f"{source}.",
        title=article.title or "",
        lead=f"{heading} {before}".strip(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A question and a part of a passage, as word pieces.

    Attributes:
        ids: of all word pieces, special ones included.
        second: index in ``ids`` from which the title and the passage stand, the network's second segment.
        first: index in ``ids`` of the passage's first word piece.
        offsets: characters of the passage under each of its word pieces, (start, end).
    """

    ids: list[int]
    second: int
    first: int
    offsets: list[Offsets]

    @property
    def starts(self) -> list[int]:
        """Where each word piece of the passage starts."""
        return [start for start, _ in self.offsets]

    @property
    def ends(self) -> list[int]:
        """Where each word piece of the passage ends."""
        return [end for _, end in self.offsets]


def make_windows(
    question: Encoding, context: Sequence[Encoding], passage: Encoding, special: tuple[int, int]
) -> list[Window]:
    """The windows of one passage, at least one.

    Args:
        question: without special word pieces; its beginning is read.
        context: the same, of source, title and lead; of the lead, its end is read.
        passage: the same; all of it is read.
        special: ids of ``[CLS]`` and ``[SEP]``.
    """
    cls, sep = special
    source, title, lead = context
    opening = [cls, *question.ids[:LONGEST_QUESTION], sep]
    second = len(opening)
    opening += [*source.ids[:LONGEST_SOURCE], *title.ids[:LONGEST_TITLE], *lead.ids[-LONGEST_LEAD:]]
    room = LONGEST - len(opening) - 1
    ids, offsets = passage.ids, passage.offsets
    starts = [0, *range(room - OVERLAP, len(ids) - OVERLAP, room - OVERLAP)]
    return [
        Window(
            ids=[*opening, *ids[low : low + room], sep],
            second=second,
            first=len(opening),
            offsets=offsets[low : low + room],
        )
        for low in starts
    ]


def special_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    """Ids of ``[CLS]`` and ``[SEP]``."""
    cls, sep = tokenizer.encode("").ids
    return cls, sep


def encode_bare(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoding]:
    """Texts as word pieces with their offsets, without special ones."""
    encodings: list[Encoding] = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return encodings


def encode_contexts(
    tokenizer: Tokenizer, contexts: Sequence[Context]
) -> list[tuple[Encoding, ...]]:
    """Source, title and lead of each passage, as ``make_windows`` takes them."""
    encoded = encode_bare(tokenizer, [text for context in contexts for text in context])
    return [tuple(encoded[low : low + 3]) for low in range(0, len(encoded), 3)]
