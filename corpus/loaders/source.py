"""What every loader reads: a stream of bytes with a name and an identity. Knows nothing of formats."""

from __future__ import annotations

import io
from dataclasses import dataclass

from corpus.errors import LoadError
from corpus.identity import content_id, path_id, url_id

MAX_BYTES = 20_000_000
"""What one page or one record may hold, inflated: 30 times the heaviest of 181 news pages, and read in 20 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something to read articles from.

    Attributes:
        name: the location as the user named it; errors begin with it.
        stream: the bytes, inflated, at their beginning.
        path: absolute path, where it is a file.
        url: its address, where it was fetched.
        charset: the encoding the server declared.
    """

    name: str
    stream: io.BufferedReader
    path: str | None = None
    url: str | None = None
    charset: str | None = None

    @property
    def file(self) -> str:
        """What its records call the file they stand in."""
        return self.url or self.path or self.name

    @classmethod
    def of(
        cls, data: bytes, *, name: str, url: str | None = None, charset: str | None = None
    ) -> Source:
        """Bytes in memory as a source."""
        return cls(name=name, stream=io.BufferedReader(io.BytesIO(data)), url=url, charset=charset)

    def read(self) -> bytes:
        """All of it, as one page.

        Raises:
            LoadError: it is empty, or larger than a page can be; no more than that much is ever read.
        """
        data = self.stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise self.error(
                found=f"more than {MAX_BYTES // 1_000_000} MB",
                expected="one page of at most that size",
                remedy="split it, or write many articles as JSON Lines (.jsonl), which may be of any size",
            )
        if not data.strip():
            raise self.empty()
        return data

    def id(self, data: bytes) -> str:
        """The identity of the one page it is, unless the page itself states its address."""
        if self.url:
            return url_id(self.url)
        return path_id(self.path) if self.path else content_id(data)

    def empty(self) -> LoadError:
        """The LoadError of a source that holds nothing."""
        return self.error(
            found="an empty file",
            expected="the text of an article",
            remedy="save or paste the page again",
        )

    def error(self, *, found: str, expected: str, remedy: str, part: str = "") -> LoadError:
        """A LoadError about it, or about a part of it ("line 7")."""
        return LoadError(
            f"{self.name}, {part}" if part else self.name,
            found=found,
            expected=expected,
            remedy=remedy,
        )
