"""The maintenance commands: verify, repair, snapshot, restore and compact a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.phrases import count_of
from ui.terminal import helptext, screen
from ui.terminal.options import JsonOption, LibraryOption, SamplesOption
from ui.terminal.place import open_library, own_folder

app = typer.Typer()


@app.command(help=helptext.VERIFY)
def verify(
    context: typer.Context,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check the library for damage."""
    with open_library(context, library, samples) as opened, screen.counting("Checking") as progress:
        problems = opened.verify(progress=progress)
        sound = f"{count_of(len(opened), 'article')}; all is as it was stored"
    screen.report(problems, sound, as_json=as_json)


@app.command(help=helptext.REPAIR)
def repair(
    context: typer.Context,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Repair what verify found."""
    with (
        open_library(context, library, samples) as opened,
        screen.counting("Repairing") as progress,
    ):
        problems = opened.repair(progress=progress)
        sound = f"{count_of(len(opened), 'article')}; all is in order"
    screen.report(problems, sound, as_json=as_json)


@app.command(help=helptext.SNAPSHOT)
def snapshot(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the library into one file."""
    with open_library(context, library, samples) as opened, screen.sharing("Writing") as progress:
        opened.snapshot(file, progress=progress)
        count = len(opened)
    screen.tell(as_json, f"{count_of(count, 'article')} in {file}", articles=count, file=str(file))


@app.command(help=helptext.RESTORE)
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", hidden=True)],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a library from a snapshot."""
    from index import restore as restore_library

    folder = own_folder(context, library)
    with screen.counting("Checking") as progress:
        count = restore_library(file, folder, progress=progress)
    screen.tell(as_json, f"{count_of(count, 'article')} restored", articles=count)


@app.command(help=helptext.COMPACT)
def compact(
    context: typer.Context,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rewrite all files without the removed articles."""
    with open_library(context, library, samples) as opened, screen.stages() as tell:
        tell("Rewriting all files")
        whole = opened.compact()
    said = "only the articles are left on the disk"
    if not whole:
        said = (
            "other processes have the library open: "
            "close them and compact again to erase removed articles"
        )
    screen.tell(as_json, said, compacted=whole)
