"""How the commands speak: results on stdout, what goes on and what went wrong on stderr. Knows nothing of articles."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 20
"""Lines of problems on a terminal."""


def prepare_streams() -> None:
    """Make the process's streams usable, whoever started it and whatever its terminal knows."""
    if (
        sys.stdin is None
    ):  # closed by who started us: there is nothing to read, and input() would break
        sys.stdin = TextIOWrapper(BufferedReader(BytesIO()))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a terminal that knows no Turkish still shows the rest


def has_display() -> bool:
    """Whether a browser can be shown; without a screen ``webbrowser`` would start one in this terminal."""
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def make_console(*, stderr: bool = False) -> Console:
    """A rich console that takes what it is given as it stands: no markup, no emoji codes, no guessed highlights."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def complain(problem: object, console: Console | None = None) -> None:
    """One line on stderr, which a terminal wraps; above the progress bar of ``console``, where it draws one."""
    from ui.terminal.views import one_line

    console = console or make_console(stderr=True)
    console.print(f"dateline: {one_line(problem)}", soft_wrap=not console.is_terminal)


def print_json(document: object) -> None:
    """One JSON document on stdout; in ASCII where stdout is not UTF-8."""
    utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(document, ensure_ascii=not utf8, indent=2))


def tell(as_json: bool, said: str, **found: object) -> None:
    """What was done: in words, or as JSON."""
    if as_json:
        print_json(found)
    else:
        typer.echo(said)


def count_articles(count: int) -> str:
    """The number with its noun: "1 article", "1,200 articles"."""
    return f"{count:,} {'article' if count == 1 else 'articles'}"


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Shows what is being done, where stderr is a terminal."""
    with make_console(stderr=True).status("One moment ...") as status:
        yield lambda stage: status.update(f"{stage} ...")


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how many articles of all are done, where stderr is a terminal."""
    with make_console(stderr=True).status(f"{what} ...") as status:
        yield lambda done, total: status.update(f"{what} {done:,} of {count_articles(total)} ...")


@contextmanager
def sharing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows which share of all is done, where stderr is a terminal."""
    with make_console(stderr=True).status(f"{what} ...") as status:
        yield lambda done, total: status.update(f"{what} {done / max(total, 1):.0%} ...")


def report(problems: list[str], sound: str, *, as_json: bool) -> None:
    """The problems, a line each, or that there are none; of many the first, but all as JSON.

    Raises:
        typer.Exit: with 1, where there are any.
    """
    if as_json:
        print_json({"problems": problems})
    else:
        more = len(problems) - SHOWN
        lines = (
            [*problems[:SHOWN], f"… and {more:,} more; --json tells all"] if more > 1 else problems
        )
        typer.echo("\n".join(lines) or sound)
    if problems:
        raise typer.Exit(1)
