"""The errors of index: each message says what was found, what was expected and what to do."""

from __future__ import annotations

from typing import Self


class LibraryError(Exception):
    """Base of every error that index raises on purpose."""


class LibraryNotFoundError(LibraryError):
    """There is no library at the path, and none was to be created."""


class LibraryDamagedError(LibraryError):
    """library.db, or a row of it, is not what was written."""


class LibraryFormatError(LibraryError):
    """The library was written by a newer Dateline, or is not a library."""


class LibraryEncoderError(LibraryError):
    """The library's vectors were made with another encoder than the one that was opened."""


class LibraryStorageError(LibraryError):
    """The folder cannot be written: permissions, a read-only or a full disk."""


class LibraryServerError(LibraryError):
    """What is to hold the vectors is no Chroma server, or does not answer."""


class EncoderError(LibraryError):
    """The encoder could not be loaded, or returned what cannot be a vector."""


class SearchError(LibraryError, ValueError):
    """A question, filter or limit that cannot be searched with."""


class ArticleNotFoundError(LibraryError, LookupError):
    """The library holds no article with this id."""

    @classmethod
    def of(cls, article_id: str) -> Self:
        """The error for an id that nothing has."""
        return cls(
            f"found no article {article_id!r}; expected an id in the library; `dateline list` has them"
        )
