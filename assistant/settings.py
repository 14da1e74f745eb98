"""Settings, read once from ``DATELINE_*`` variables and from arguments (arguments win).

They are a plain dataclass: importing pydantic-settings for a few values added 0.4 s to every
`dateline ask`.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from assistant.errors import SettingsError

_CONVERT = {
    "library": Path,
    "encoder": str,
    "passages": int,
    "sentences": int,
    "reader": str,
    "chroma": str,
}
_PREFIX = "DATELINE_"


def _variable(name: str) -> str:
    return f"{_PREFIX}{name.upper()}"


_KNOWN = {*map(_variable, _CONVERT), "DATELINE_FAULTS"}
"""Every variable that Dateline reads. The last is read by the fault tests."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What users can set.

    Attributes:
        library: folder of the library; None is the user's data folder. ``DATELINE_LIBRARY``
        encoder: sentence-transformers folder or name; None is the installed MiniLM.
            ``DATELINE_ENCODER``
        passages: how many of the best passages are read for one question, 1 to 100.
            ``DATELINE_PASSAGES``
        sentences: how many sentences the rule-based reader encodes for one question, 1 to 1,000.
            ``DATELINE_SENTENCES``
        reader: "trained"; "rules", the simpler one; or a file of other weights for the trained one.
            ``DATELINE_READER``
        chroma: ``http://host:port`` of a Chroma server that holds the vectors; None keeps them in
            files. ``DATELINE_CHROMA``
    """

    library: Path | None = None
    encoder: str | None = None
    passages: int = 8
    sentences: int = 40
    reader: str = "trained"
    chroma: str | None = None

    def __post_init__(self) -> None:
        for name, most in (("passages", 100), ("sentences", 1_000)):
            found = getattr(self, name)
            if not 1 <= found <= most:
                raise _error(name, str(found), f"a number from 1 to {most:,}")

    @classmethod
    def read(cls) -> Self:
        """Read the settings of this process; an empty variable counts as unset.

        A ``DATELINE_*`` variable that is no setting, such as one misspelt or of an older version,
        is warned of once and ignored.

        Raises:
            SettingsError: a ``DATELINE_*`` variable cannot be used.
        """
        for name in os.environ:
            if name.startswith(_PREFIX) and name not in _KNOWN:
                _warn_of(name)
        found: dict[str, Any] = {}
        for name, convert in _CONVERT.items():
            value = os.environ.get(_variable(name))
            try:
                found |= {name: convert(value)} if value else {}
            except ValueError:
                raise _error(name, repr(value), "a whole number") from None
        return cls(**found)


def _error(name: str, found: str, expected: str) -> SettingsError:
    return SettingsError(
        f"{_variable(name)}: found {found}; expected {expected}; change or unset it"
    )


@cache
def _warn_of(name: str) -> None:
    """Warn of a variable that is no setting, once."""
    from difflib import get_close_matches  # rarely needed

    close = get_close_matches(name.removeprefix(_PREFIX).lower(), _CONVERT, n=1)
    expected = _variable(close[0]) if close else f"one of {', '.join(map(_variable, _CONVERT))}"
    _log.warning(
        "%s: found a setting that does not exist; expected %s; rename or unset it", name, expected
    )
