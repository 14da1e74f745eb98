"""What the reader learns from: a question with the passages among which its answer is chosen, as word pieces.

Knows nothing of networks or of where examples come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from assistant.reading.windows import (
    Context,
    Window,
    encode_bare,
    encode_contexts,
    make_windows,
    special_ids,
)
from index import load_tokenizer

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A passage, and what of it answers the question.

    Attributes:
        text: the passage.
        context: what is read before it.
        right: characters that answer; any of them will do, none is "not here".
        unsure: characters that may answer, for all that is known; choosing them is neither rewarded nor punished.
    """

    text: str
    context: Context
    right: tuple[Span, ...] = ()
    unsure: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question and its passages; "not here" is right where none of them answers."""

    question: str
    texts: tuple[Text, ...]

    @property
    def length(self) -> int:
        """Characters of the longest passage with its context, by which examples are batched."""
        return len(self.question) + max(
            len(text.text) + sum(map(len, text.context)) for text in self.texts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the network reads of one passage.

    Attributes:
        window: the part of the passage that holds the answer, if it is long.
        right: (start, end) of each right answer, as indices in ``window.ids``, both included; none is "not here".
        unsure: the same of those that may be right.
    """

    window: Window
    right: tuple[Span, ...]
    unsure: tuple[Span, ...]


class Tokens:
    """Makes readings of examples.

    Args:
        tokenizer: of the encoder; None is the one that is installed.
    """

    def __init__(self, tokenizer: Tokenizer | None = None) -> None:
        self._tokenizer = tokenizer or load_tokenizer()
        self._special = special_ids(self._tokenizer)

    def read(self, example: Example) -> list[Reading]:
        """One reading for each passage."""
        question, *texts = encode_bare(
            self._tokenizer, [example.question, *(text.text for text in example.texts)]
        )
        contexts = encode_contexts(self._tokenizer, [text.context for text in example.texts])
        readings = []
        for text, encoded, context in zip(example.texts, texts, contexts, strict=True):
            windows = make_windows(question, context, encoded, self._special)
            placed = [
                Reading(
                    window=window,
                    right=_places(window, text.right),
                    unsure=_places(window, text.unsure),
                )
                for window in windows
            ]
            readings.append(max(placed, key=lambda reading: len(reading.right)))
        return readings


def _places(window: Window, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Where in a window the spans of characters stand whole."""
    found = []
    for start, end in spans:
        covered = [n for n, (low, high) in enumerate(window.offsets) if low < end and high > start]
        if (
            covered
            and window.offsets[covered[0]][0] <= start
            and window.offsets[covered[-1]][1] >= end
        ):
            found.append((window.first + covered[0], window.first + covered[-1]))
    return tuple(found)
