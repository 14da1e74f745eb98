"""SQuAD 2.0 as the reader is trained on it: a question with a paragraph, as word pieces. Knows nothing of networks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from assistant.training.squad import Question, read_squad, shuffle
from assistant.windows import LONGEST, Window, encode_bare, make_windows, special_ids

TITLED = 0.5  # share of the questions that are shown the paragraph's title, as articles have one and SQuAD's do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question with one paragraph: what the network reads, and where the answer is in it.

    Attributes:
        window: the part of the paragraph that holds the answer, if it is long.
        right: (start, end) of each right answer, as indices in ``window.ids``, both included; none is "not here".
    """

    window: Window
    right: tuple[tuple[int, int], ...]


Group = tuple[tuple[Question, int], ...]
"""A question with the indices of the paragraphs among which its answer is chosen."""


class Data:
    """SQuAD's training questions, shuffled, as groups.

    Args:
        path: ``train.json.gz``.
        tokenizer: of the encoder.
        seed: of the order, and of which questions are shown titles.
    """

    def __init__(self, path: Path, tokenizer: Tokenizer, seed: int) -> None:
        self.paragraphs, questions = read_squad(path)
        self.questions = shuffle(questions, seed)
        self._seed = seed
        self._special = special_ids(tokenizer)
        self._asked = dict(
            zip((q.id for q in questions), encode_bare(tokenizer, [q.text for q in questions]), strict=True)
        )
        self._titles = encode_bare(tokenizer, [paragraph.title for paragraph in self.paragraphs])
        self._texts = encode_bare(tokenizer, [paragraph.text for paragraph in self.paragraphs])

    def length(self, group: Group) -> int:
        """Word pieces of a group's longest reading, or nearly."""
        return max(min(LONGEST, len(self._asked[q.id]) + len(self._texts[paragraph])) for q, paragraph in group)

    def read(self, question: Question, paragraph: int) -> Reading:
        """A question with a paragraph, its own or one that does not answer it."""
        titled = random.Random(f"{self._seed} {question.id}").random() < TITLED
        title = self._titles[paragraph] if titled else None
        windows = make_windows(self._asked[question.id], title, self._texts[paragraph], self._special)
        spans = question.spans if paragraph == question.paragraph else ()
        placed = [Reading(window=window, right=_places(window, spans)) for window in windows]
        return max(placed, key=lambda reading: len(reading.right))


def _places(window: Window, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Where in a window the spans of characters stand whole."""
    found = []
    for start, end in spans:
        covered = [n for n, (low, high) in enumerate(window.offsets) if low < end and high > start]
        if covered and window.offsets[covered[0]][0] <= start and window.offsets[covered[-1]][1] >= end:
            found.append((window.first + covered[0], window.first + covered[-1]))
    return tuple(found)
