"""The input of every loader, a named byte stream, and what a loader may find in it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime

from corpus.article import Article
from corpus.errors import LoadError
from corpus.identity import content_id, path_id, url_id
from corpus.kinds import Kind

MAX_BYTES = 20_000_000
"""Maximum decompressed size of one page or record: 30 times the largest of 181 news pages, and read
in 20 ms."""

MAX_DEPTH = 3
"""Maximum number of containers around a page: an archive in an archive in an archive."""

_DEPTH_COST = 1_000
"""Files that an archive nested too deeply counts for, so that thousands of them are not reported
one by one."""


@dataclass(slots=True, kw_only=True)
class Allowance:
    """What a container, with all containers in it, may still unpack. It stops archive bombs.

    Attributes:
        bytes: unpacked bytes.
        parts: files in archives, and addresses in lists.
    """

    bytes: int = 2_000_000_000
    parts: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something to read articles from.

    Attributes:
        name: the location as the user named it; errors begin with it.
        stream: the decompressed bytes, positioned at the start.
        path: absolute path, if it is a file; that of a file in an archive continues the archive's.
        url: its address, if it was fetched, or if the saved page states it.
        charset: the encoding the server declared.
        saved: when the page was saved, if that is stated; not when it was published.
        depth: the number of containers around it.
        allowance: what it may still unpack; shared with the containers around it.
    """

    name: str
    stream: io.BufferedReader
    path: str | None = None
    url: str | None = None
    charset: str | None = None
    saved: datetime | None = None
    depth: int = 0
    allowance: Allowance = field(default_factory=Allowance)

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

    def member(
        self,
        name: str,
        data: bytes | io.BufferedReader,
        *,
        url: str | None = None,
        charset: str | None = None,
        saved: datetime | None = None,
    ) -> Source:
        """Make the source of a part of this container.

        Args:
            name: the part's name; in errors it follows the container's.
            data: its bytes, or the stream that gives them.
            url: its address, if the container states it.
            charset: its encoding, if the container states it.
            saved: when it was saved, if the container states it.

        Raises:
            LoadError: the containers are nested too deeply, or hold too many parts.
        """
        if self.depth >= MAX_DEPTH:
            self.allowance.parts -= _DEPTH_COST
            raise self._overspent(f"more than {MAX_DEPTH} archives in each other")
        self.count_part()
        self.spend(0)
        if isinstance(data, bytes):
            data = io.BufferedReader(io.BytesIO(data))
        return Source(
            name=f"{self.name}, {name}",
            stream=data,
            path=f"{self.file}/{name}" if self.url or self.path else None,
            url=url,
            charset=charset,
            saved=saved,
            depth=self.depth + 1,
            allowance=self.allowance,
        )

    def count_part(self) -> None:
        """Count a file in an archive, or an address in a list of addresses.

        Raises:
            LoadError: they are more than the allowance.
        """
        self.allowance.parts -= 1
        if self.allowance.parts < 0:
            raise self._overspent(f"more than {Allowance().parts:,} files or addresses")

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            LoadError: they are more than the allowance.
        """
        self.allowance.bytes -= count
        if self.allowance.bytes < 0:
            raise self._overspent("gigabytes, once it is unpacked")

    def _overspent(self, found: str) -> LoadError:
        return self.error(
            found=found,
            expected="an archive or a list of articles",
            remedy="unpack it or split it, if you trust it",
        )

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A page or file in a container, to be read by the loader of its own kind.

    Attributes:
        source: its bytes.
        kind: the kind that its name or declared type shows; None if neither shows any.
    """

    source: Source
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address in a list of addresses, to be fetched.

    Attributes:
        url: the address.
        title: what the list says about the page; here and below, None if it says nothing. It is
            used if the page does not state it itself.
        published: the day of publication.
        published_at: the time of publication, an aware datetime.
        outlet: the publisher.
    """

    url: str
    title: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    outlet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A file that plainly holds no article, such as a picture.

    Attributes:
        path: the file.
        what: what it is, in a few letters: its suffix, or "hidden".
    """

    path: str
    what: str


Found = Article | LoadError | Part | Link | Passed
"""What a loader yields."""
