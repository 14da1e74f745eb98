"""Texts in, unit vectors out. Knows nothing of passages or of where vectors are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """What the library asks of an encoder; rows are L2-normalised."""

    @property
    def name(self) -> str:
        """Identifies the weights; a library remembers it."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Word pieces, special tokens included, that are read of one text."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens included."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows."""

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dim,) float32 unit row."""
