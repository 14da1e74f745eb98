"""A question with passages -> the word pieces that the reader's network reads. Knows nothing of networks or scores.

``[CLS] question [SEP] title passage [SEP]``, as BERT reads pairs (Devlin et al. 2019, arXiv:1810.04805). What is longer
than a window is read in several that overlap, so that what stands at the end of one stands whole in the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

LONGEST = 384
"""Word pieces of a window, special ones included."""
LONGEST_QUESTION = 96
LONGEST_TITLE = 48
OVERLAP = 96
"""Word pieces of a passage that two windows share; an answer has at most 30."""

Offsets = tuple[int, int]


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
    question: Encoding, title: Encoding | None, passage: Encoding, special: tuple[int, int]
) -> list[Window]:
    """The windows of one passage, at least one.

    Args:
        question: without special word pieces; its beginning is read.
        title: the same; None where the passage has none.
        passage: the same; all of it is read.
        special: ids of ``[CLS]`` and ``[SEP]``.
    """
    cls, sep = special
    opening = [cls, *question.ids[:LONGEST_QUESTION], sep]
    second = len(opening)
    if title is not None:
        opening += title.ids[:LONGEST_TITLE]
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
