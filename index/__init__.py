"""A question in, ranked passages out; knows nothing of answers."""

from index.adding import Added, Outcome
from index.encoder import Encoder, load_encoder
from index.errors import (
    ArticleNotFoundError,
    EncoderError,
    LibraryDamagedError,
    LibraryEncoderError,
    LibraryError,
    LibraryFormatError,
    LibraryNotFoundError,
    LibraryStorageError,
    SearchError,
)
from index.hit import Hit, Passage
from index.library import Library
from index.snapshot import Summary
from index.words import fold

__all__ = [
    "Added",
    "ArticleNotFoundError",
    "Encoder",
    "EncoderError",
    "Hit",
    "Library",
    "LibraryDamagedError",
    "LibraryEncoderError",
    "LibraryError",
    "LibraryFormatError",
    "LibraryNotFoundError",
    "LibraryStorageError",
    "Outcome",
    "Passage",
    "SearchError",
    "Summary",
    "fold",
    "load_encoder",
]
