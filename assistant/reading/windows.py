"""Turn a question and its passages into the word pieces that the reader's network reads.

``[CLS] question [SEP] source title lead passage [SEP]``, as BERT reads pairs (Devlin et al. 2019,
arXiv:1810.04805). Source, title and lead are the context that a person would look at first: the
outlet and the day, the headline, and the heading and sentence before the passage. No answer is
taken from them. A passage longer than a window is read in several overlapping windows, so that an
answer at the end of one is whole in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tokenizers import Tokenizer

from corpus import Article, split_sentences, split_turns
from index import normalize

LONGEST = 384
"""Word pieces in a window, including special ones."""
LONGEST_QUESTION = 96
LONGEST_SOURCE = 20
LONGEST_TITLE = 48
LONGEST_LEAD = 40
OVERLAP = 96
"""Word pieces of a passage that two windows share; an answer has at most 30."""

Offsets = tuple[int, int]


class Pieces(NamedTuple):
    """A text's word pieces, without special ones.

    Attributes:
        ids: their numbers.
        offsets: where each stands in the text, as (start, end) of its characters; ascending.
    """

    ids: list[int]
    offsets: list[Offsets]


class Context(NamedTuple):
    """What is read before a passage; a part that does not exist is "".

    Attributes:
        source: outlet and day, such as "CNN, April 12, 2023.".
        title: the article's title.
        lead: the heading above the passage, or in an interview the question that it answers, and
            the sentence before it.
    """

    source: str
    title: str
    lead: str


def find_context(article: Article, start: int) -> Context:
    """The context of the passage that starts at this character of the article."""
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
    for turn in split_turns(article.text):
        if turn.question < start < turn.end:  # what was asked, or who speaks
            opening = article.text[turn.question : start].split("\n", 1)[0].strip()
            heading = "" if opening == before else opening
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
        ids: of all word pieces, including special ones.
        second: index in ``ids`` where the network's second segment starts: source, title, lead and
            passage.
        first: index in ``ids`` of the passage's first word piece.
        offsets: (start, end) in the passage's characters of each of its word pieces.
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
    question: Pieces, context: Sequence[Pieces], passage: Pieces, special: tuple[int, int]
) -> list[Window]:
    """Make the windows of one passage, at least one.

    Args:
        question: without special word pieces; if too long, its end is cut off.
        context: source, title and lead, likewise; if the lead is too long, its start is cut off.
        passage: without special word pieces; all of it is read.
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


def encode_bare(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Pieces]:
    """Encode texts, as their letters read, as word pieces with their offsets in the texts."""
    normalized = [normalize(text) for text in texts]
    encoded = tokenizer.encode_batch([one.text for one in normalized], add_special_tokens=False)
    return [
        Pieces(encoding.ids, [one.to_original(*offsets) for offsets in encoding.offsets])
        for one, encoding in zip(normalized, encoded, strict=True)
    ]


def encode_contexts(tokenizer: Tokenizer, contexts: Sequence[Context]) -> list[tuple[Pieces, ...]]:
    """Encode source, title and lead of each passage, as ``make_windows`` takes them."""
    encoded = encode_bare(tokenizer, [text for context in contexts for text in context])
    return [tuple(encoded[low : low + 3]) for low in range(0, len(encoded), 3)]
