"""The options of the commands, with their help texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write it as 2025-12-09") from None


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"dateline {version('dateline-assistant')}")
        except PackageNotFoundError:
            typer.echo("dateline, run from a folder without installation")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
]
LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="FOLDER",
        help="The library to use, instead of the one in your data folder.",
    ),
]
SamplesOption = Annotated[
    bool,
    typer.Option(
        "--samples", help="Use the articles that come with Dateline; they have their own library."
    ),
]
FollowOption = Annotated[
    bool,
    typer.Option("--follow", help="Also fetch the pages that a feed links to if it is a file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
OutletOption = Annotated[
    list[str] | None,
    typer.Option("--outlet", metavar="NAME", help="Only articles of this outlet; may be repeated."),
]
SinceOption = Annotated[
    date | None,
    typer.Option("--since", parser=_day, metavar="DAY", help="Only articles of this day or later."),
]
UntilOption = Annotated[
    date | None,
    typer.Option(
        "--until", parser=_day, metavar="DAY", help="Only articles of this day or earlier."
    ),
]
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=_day,
        metavar="DAY",
        help='The day that "this week" counts from, as 2025-12-09.',
    ),
]
WrongOption = Annotated[
    bool,
    typer.Option(
        "--wrong", help="List what went wrong: what was asked, expected, found and answered."
    ),
]
