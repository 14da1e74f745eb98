"""Finds and opens the library that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from platformdirs import user_data_path

from ui.terminal import screen

if TYPE_CHECKING:
    from rich.console import Console

    from index import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A library: in a folder, the samples' own, or by default the user's own."""

    library: Path | None = None
    samples: bool = False

    def narrowed(self, library: Path | None, samples: bool) -> Place:
        """This place, overridden by the options of the command itself.

        Raises:
            typer.BadParameter: both a folder and the samples are named.
        """
        place = Place(library=library or self.library, samples=samples or self.samples)
        if place.library and place.samples:
            raise typer.BadParameter("the samples have their own library; leave out --library")
        return place

    @contextmanager
    def opened(self, console: Console, *, create: bool) -> Iterator[Library]:
        """The open library; the samples' library is filled first, with a progress bar.

        Raises:
            LibraryError: the library cannot be opened.
            SettingsError: a ``DATELINE_*`` variable is invalid.
        """
        from assistant import Settings
        from index import Library
        from ui.terminal.adding import bring_samples

        settings = Settings.read()
        samples = user_data_path("dateline") / "samples"
        folder = samples if self.samples else self.library or settings.library
        create, chroma = create or self.samples, settings.chroma
        with Library.open(
            folder, create=create, encoder=settings.encoder, chroma=chroma
        ) as library:
            if self.samples:
                bring_samples(library, samples, console)
            yield library


def open_library(
    context: typer.Context,
    library: Path | None,
    samples: bool = False,
    *,
    create: bool = False,
    own: bool = False,
) -> AbstractContextManager[Library]:
    """The library named by the options before and after the command.

    ``own`` refuses the samples' library.
    """
    place = _named(context, library, samples, own=own)
    return place.opened(screen.make_console(stderr=True), create=create)


def own_folder(context: typer.Context, library: Path | None) -> Path | None:
    """The folder that these options name, whether or not it has a library.

    None is the user's data folder.
    """
    from assistant import Settings

    return _named(context, library, samples=False, own=True).library or Settings.read().library


def _named(context: typer.Context, library: Path | None, samples: bool, *, own: bool) -> Place:
    place: Place = context.obj.narrowed(library, samples)
    if own and place.samples:
        raise typer.BadParameter("the samples' library holds only the samples; leave out --samples")
    return place
