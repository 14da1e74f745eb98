"""Settings, read once from ``DATELINE_*`` variables and from arguments (arguments win).

They are a plain dataclass: importing pydantic-settings for a few values added 0.4 s to every
`dateline ask`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
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

        Raises:
            SettingsError: a ``DATELINE_*`` variable cannot be used.
        """
        found: dict[str, Any] = {}
        for name, convert in _CONVERT.items():
            value = os.environ.get(f"DATELINE_{name.upper()}")
            try:
                found |= {name: convert(value)} if value else {}
            except ValueError:
                raise _error(name, repr(value), "a whole number") from None
        return cls(**found)


def _error(name: str, found: str, expected: str) -> SettingsError:
    return SettingsError(
        f"DATELINE_{name.upper()}: found {found}; expected {expected}; change or unset it"
    )
