"""The reader's training examples: a question and the passages to choose its answer from.

Turns both into word pieces. Independent of the network and of where examples come from.
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
    """A passage, and the spans of it that answer the question.

    Attributes:
        text: the passage.
        context: what is read before it.
        right: spans of characters that answer. Any one will do; an empty tuple means "not here".
        unsure: spans of characters that may answer. Choosing them is neither rewarded nor punished.
    """

    text: str
    context: Context
    right: tuple[Span, ...] = ()
    unsure: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question and its passages. "Not here" is right if none of them answers it."""

    question: str
    texts: tuple[Text, ...]

    @property
    def length(self) -> int:
        """Characters of the question and its longest passage with context, used for batching."""
        return len(self.question) + max(
            len(text.text) + sum(map(len, text.context)) for text in self.texts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledWindow:
    """What the network reads of one passage.

    Attributes:
        window: the passage; of a long one, the part that holds the answer.
        right: (start, end) of each right answer, as indices in ``window.ids``, both included. An
            empty tuple means "not here".
        unsure: the same for answers that may be right.
    """

    window: Window
    right: tuple[Span, ...]
    unsure: tuple[Span, ...]


class Tokens:
    """Turns examples into readings.

    Args:
        tokenizer: the encoder's; None means the installed one.
    """

    def __init__(self, tokenizer: Tokenizer | None = None) -> None:
        self._tokenizer = tokenizer or load_tokenizer()
        self._special = special_ids(self._tokenizer)

    def read(self, example: Example) -> list[LabelledWindow]:
        """One reading for each passage."""
        question, *texts = encode_bare(
            self._tokenizer, [example.question, *(text.text for text in example.texts)]
        )
        contexts = encode_contexts(self._tokenizer, [text.context for text in example.texts])
        readings = []
        for text, encoded, context in zip(example.texts, texts, contexts, strict=True):
            windows = make_windows(question, context, encoded, self._special)
            placed = [
                LabelledWindow(
                    window=window,
                    right=_places(window, text.right),
                    unsure=_places(window, text.unsure),
                )
                for window in windows
            ]
            readings.append(max(placed, key=lambda reading: len(reading.right)))
        return readings


def _places(window: Window, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The word pieces of each span of characters that lies wholly in the window."""
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
