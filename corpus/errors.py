"""The errors of corpus. Each message says what was found, what was expected and what to do."""

import re
from collections.abc import Sequence

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class CorpusError(Exception):
    """Base class of every error that corpus raises on purpose."""


class LoadError(CorpusError):
    """A location that could not be turned into articles.

    Attributes:
        location: the file, URL or record, as the user named it.
        found: what was there.
        expected: what would have worked.
        remedy: what the user can do now.
        addresses: addresses of articles that were found there instead, for the user to choose from.
    """

    addresses: tuple[str, ...] = ()

    def __init__(self, location: str, *, found: str, expected: str, remedy: str) -> None:
        self.location = location
        self.found = found
        self.expected = expected
        self.remedy = remedy
        message = f"{location}: {found}; expected {expected}; {remedy}"
        line = " ".join(message.encode("utf-8", "replace").decode().split())
        # One line without control characters, so that no file name can send codes to a terminal.
        super().__init__(_CONTROL.sub("\ufffd", line))


class NoArticleError(LoadError):
    """A page that can be read and holds no article, such as a cover or a menu."""


class FrontPageError(NoArticleError):
    """A page of teasers, which is no article."""

    def __init__(self, location: str, *, addresses: Sequence[str]) -> None:
        self.addresses = tuple(dict.fromkeys(addresses))
        super().__init__(
            location,
            found="a front page of teasers",
            expected="an article",
            remedy="add the addresses of its articles"
            if self.addresses
            else "open an article and add its address, or save it",
        )
