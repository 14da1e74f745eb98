"""The output of the commands: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader, BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import typer

from ui.phrases import count_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

SHOWN = 20
"""Maximum number of problems listed, unless the output is JSON."""


def prepare_streams() -> None:
    """Make stdin, stdout and stderr usable, however the process was started."""
    if sys.stdin is None:  # the parent process closed it, which would break input()
        sys.stdin = TextIOWrapper(BufferedReader(BytesIO()))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal whose encoding lacks a character still shows the rest.
            stream.reconfigure(errors="replace")


def has_display() -> bool:
    """Whether a browser window can be shown.

    Without a display ``webbrowser`` would start a text browser in this terminal.
    """
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def make_console(*, stderr: bool = False) -> Console:
    """A rich console that prints text literally: no markup, emoji codes or automatic highlights."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def complain(problem: object, console: Console | None = None) -> None:
    """Print a problem on stderr, on one line that a terminal wraps.

    If ``console`` draws a progress bar, the line appears above it.
    """
    from ui.terminal.views import one_line

    console = console or make_console(stderr=True)
    console.print(f"dateline: {one_line(problem)}", soft_wrap=not console.is_terminal)


def offer(addresses: Sequence[str], console: Console) -> None:
    """Print addresses that may be added, one per line; of many only the first."""
    from ui.terminal.views import one_line

    for address in addresses[:SHOWN]:
        console.print(f"  {one_line(address)}", soft_wrap=True)
    if len(addresses) > SHOWN:
        console.print(f"  … and {len(addresses) - SHOWN:,} more; --json lists all")


def print_json(document: object) -> None:
    """Print one JSON document on stdout, in ASCII if stdout is not UTF-8."""
    utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(document, ensure_ascii=not utf8, indent=2))


def tell(as_json: bool, said: str, **found: object) -> None:
    """Print what was done, in words or as JSON."""
    if as_json:
        print_json(found)
    else:
        typer.echo(said)


def progress_bar(console: Console, what: str, count: str) -> Progress:
    """A bar, drawn while it runs if the console is a terminal.

    Args:
        console: where it is drawn.
        what: what is done, as "Adding".
        count: how to show what is done, in rich's format: "{task.completed:,.0f} articles".
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), TextColumn(count), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show the current stage if stderr is a terminal."""
    with make_console(stderr=True).status("One moment ...") as status:
        yield lambda stage: status.update(f"{stage} ...")


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of all articles are done if stderr is a terminal."""
    with make_console(stderr=True).status(f"{what} ...") as status:
        yield lambda done, total: status.update(
            f"{what} {done:,} of {count_of(total, 'article')} ..."
        )


@contextmanager
def sharing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show the percentage that is done if stderr is a terminal."""
    with make_console(stderr=True).status(f"{what} ...") as status:
        yield lambda done, total: status.update(f"{what} {done / max(total, 1):.0%} ...")


def report(problems: list[str], sound: str, *, as_json: bool) -> None:
    """Print the problems, one per line, or the message ``sound`` if there are none.

    Of many only the first are printed, but JSON has all.

    Raises:
        typer.Exit: with code 1, if there are problems.
    """
    if as_json:
        print_json({"problems": problems})
    else:
        more = len(problems) - SHOWN
        lines = (
            [*problems[:SHOWN], f"… and {more:,} more; --json lists all"] if more > 1 else problems
        )
        typer.echo("\n".join(lines) or sound)
    if problems:
        raise typer.Exit(1)
