"""Errors of index. Each message says what was found, what was expected and what to do."""

from __future__ import annotations

from typing import Self


class LibraryError(Exception):
    """Base of every error that index raises on purpose."""


class LibraryNotFoundError(LibraryError):
    """There is no library at the path, and ``create`` was False."""


class LibraryDamagedError(LibraryError):
    """library.db, or a row of it, differs from what was written."""


class LibraryFormatError(LibraryError):
    """The library was written by a newer Dateline, or is not a library."""


class LibraryEncoderError(LibraryError):
    """The library's vectors were made with a different encoder from the one opened."""


class LibraryStorageError(LibraryError):
    """The folder cannot be written: permissions, a read-only disk or a full one."""


class LibraryServerError(LibraryError):
    """The server meant to hold the vectors is not a Chroma server, or does not answer."""


class EncoderError(LibraryError):
    """The encoder could not be loaded, or returned something that is not a valid vector."""


class SearchError(LibraryError, ValueError):
    """A question, filter or limit that cannot be searched with."""


class ArticleNotFoundError(LibraryError, LookupError):
    """The library holds no article with this id."""

    @classmethod
    def of(cls, article_id: str) -> Self:
        """The error for an unknown id."""
        return cls(
            f"found no article {article_id!r}; expected an id in the library; "
            "`dateline list` shows them"
        )


def one_line(error: Exception) -> str:
    """The beginning of another library's message, on one line; its class if it says nothing."""
    return (" ".join(str(error).split()) or type(error).__name__)[:300]
