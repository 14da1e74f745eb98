"""A question in, ranked passages out; knows nothing of answers."""

from index.errors import (
    EncoderError,
    LibraryDamagedError,
    LibraryEncoderError,
    LibraryError,
    LibraryFormatError,
    LibraryNotFoundError,
    LibraryStorageError,
)
from index.hit import Hit, Passage
from index.library import Added, Library, Outcome

__all__ = [
    "Added",
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
]
