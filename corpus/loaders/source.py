"""The input of every loader: a byte stream with a name and an identity, whatever the format."""

from __future__ import annotations

import io
from dataclasses import dataclass

from corpus.errors import LoadError
from corpus.identity import content_id, path_id, url_id

MAX_BYTES = 20_000_000
"""Maximum decompressed size of one page or record: 30 times the largest of 181 news pages, and read
in 20 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something to read articles from.

    Attributes:
        name: the location as the user named it; errors begin with it.
        stream: the decompressed bytes, positioned at the start.
        path: absolute path, if it is a file.
        url: its address, if it was fetched.
        charset: the encoding the server declared.
    """

    name: str
    stream: io.BufferedReader
    path: str | None = None
    url: str | None = None
    charset: str | None = None

    @property
    def file(self) -> str:
        """The file's name in the ids of its records."""
        return self.url or self.path or self.name

    @classmethod
    def of(
        cls, data: bytes, *, name: str, url: str | None = None, charset: str | None = None
    ) -> Source:
        """Make a source from bytes in memory."""
        return cls(name=name, stream=io.BufferedReader(io.BytesIO(data)), url=url, charset=charset)

    def read(self) -> bytes:
        """Read all of it as one page.

        Raises:
            LoadError: it is empty or exceeds ``MAX_BYTES``; nothing beyond the limit is read.
        """
        data = self.stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise self.error(
                found=f"more than {MAX_BYTES // 1_000_000} MB",
                expected="one page of at most that size",
                remedy="split it, or write many articles as JSON Lines (.jsonl), "
                "which may be of any size",
            )
        if not data.strip():
            raise self.empty()
        return data

    def id(self, data: bytes) -> str:
        """The id of a source that is one page; used if the page states no address of its own."""
        if self.url:
            return url_id(self.url)
        return path_id(self.path) if self.path else content_id(data)

    def empty(self) -> LoadError:
        """Make the LoadError for an empty source."""
        return self.error(
            found="an empty file",
            expected="the text of an article",
            remedy="save or paste the page again",
        )

    def error(self, *, found: str, expected: str, remedy: str, part: str = "") -> LoadError:
        """Make a LoadError about the source or a part of it ("line 7")."""
        return LoadError(
            f"{self.name}, {part}" if part else self.name,
            found=found,
            expected=expected,
            remedy=remedy,
        )
