"""Settings, read once from ``DATELINE_*`` variables and from arguments (arguments win)."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


class Settings(BaseSettings):
    """What can be set from outside.

    Attributes:
        library: folder of the library; None is the user's data folder. ``DATELINE_LIBRARY``
        encoder: sentence-transformers folder or name; None is the MiniLM that is installed. ``DATELINE_ENCODER``
        passages: how many of the best passages are read for one question. ``DATELINE_PASSAGES``
        sentences: how many sentences are encoded for one question, at most. ``DATELINE_SENTENCES``
    """

    model_config = SettingsConfigDict(env_prefix="DATELINE_", frozen=True, extra="forbid")

    library: Path | None = None
    encoder: str | None = None
    passages: int = Field(default=8, ge=1, le=100)
    sentences: int = Field(default=40, ge=1, le=1000)

    @classmethod
    def read(cls) -> Self:
        """The settings of this process.

        Raises:
            SettingsError: a ``DATELINE_*`` variable cannot be used.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = f"DATELINE_{'_'.join(str(part) for part in first['loc']).upper()}"
            raise SettingsError(f"{name}: found {first['input']!r}; {first['msg']}; change or unset it") from None
