"""Search a library of articles: a question in, ranked passages out.

Must not depend on how answers are made.
"""

from index.encoding.default_model import default_folder
from index.encoding.encoder import Encoder, load_encoder, load_tokenizer, load_word_embeddings
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
from index.filters import Filter
from index.folding import Normalized, fold, normalize
from index.hit import Hit, Passage
from index.library import Library
from index.storage.records import Summary
from index.upkeep.adding import Added, Outcome
from index.upkeep.backup import restore
from index.vectors.standing import IndexState, IndexStatus

__all__ = [
    "Added",
    "ArticleNotFoundError",
    "Encoder",
    "EncoderError",
    "Filter",
    "Hit",
    "IndexState",
    "IndexStatus",
    "Library",
    "LibraryDamagedError",
    "LibraryEncoderError",
    "LibraryError",
    "LibraryFormatError",
    "LibraryNotFoundError",
    "LibraryServerError",
    "LibraryStorageError",
    "Normalized",
    "Outcome",
    "Passage",
    "SearchError",
    "Summary",
    "default_folder",
    "fold",
    "load_encoder",
    "load_tokenizer",
    "load_word_embeddings",
    "normalize",
    "restore",
]
