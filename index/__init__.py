"""A question in, ranked passages out; knows nothing of answers."""

from index.adding import Added, Outcome
from index.backup import restore
from index.bm25 import fold
from index.encoder import Encoder, default_folder, load_encoder, load_tokenizer, load_word_embeddings
from index.errors import (
    ArticleNotFoundError,
    EncoderError,
    LibraryDamagedError,
    LibraryEncoderError,
    LibraryError,
    LibraryFormatError,
    LibraryNotFoundError,
    LibraryServerError,
    LibraryStorageError,
    SearchError,
)
from index.hit import Hit, Passage
from index.library import Library
from index.records import Summary

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
    "LibraryServerError",
    "LibraryStorageError",
    "Outcome",
    "Passage",
    "SearchError",
    "Summary",
    "default_folder",
    "fold",
    "load_encoder",
    "load_tokenizer",
    "load_word_embeddings",
    "restore",
]
