"""The ``dateline`` command: a thin layer over ``corpus``, ``index`` and ``assistant``.

These are imported only when used. Results go to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from ui.phrases import count_of
from ui.terminal import helptext, screen, upkeep
from ui.terminal.options import (
    AsOfOption,
    FollowOption,
    JsonOption,
    LibraryOption,
    OutletOption,
    SamplesOption,
    SinceOption,
    UntilOption,
    VersionOption,
    WrongOption,
)
from ui.terminal.place import Place, open_library

app = typer.Typer(
    rich_markup_mode=None,  # rich's panels double the time of --help and break its examples
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: list[str] | None = None) -> None:
    """Run the command.

    Exits 0 on success, 1 with one line on stderr for an error that the user can fix, 2 for wrong
    usage.

    Args:
        arguments: the command line; None takes that of the process.
    """
    screen.prepare_streams()
    try:
        app(args=arguments, prog_name="dateline")
    except Exception as error:
        if not isinstance(error, _expected_errors()):
            raise
        screen.complain(error)
        sys.exit(1)


def _expected_errors() -> tuple[type[Exception], ...]:
    from assistant import AssistantError
    from corpus import CorpusError
    from index import LibraryError

    return AssistantError, CorpusError, LibraryError, OSError  # the last: stdout on a full disk


@app.callback(help=helptext.DATELINE)
def _main(
    context: typer.Context,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    version: VersionOption = False,
) -> None:
    """Ask your news articles questions."""
    context.obj = Place(library=library, samples=samples)


class _AddCommand(TyperCommand):
    """The command whose help lists the kinds of files; corpus is imported when it is shown."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        from corpus import list_kinds

        kinds = [f"{name} ({' '.join(suffixes)})" for name, suffixes in list_kinds() if suffixes]
        others = [name for name, suffixes in list_kinds() if not suffixes]
        self.help = helptext.ADD.replace("{kinds}", "; ".join(kinds + others))
        return super().get_help(ctx)


@app.command(cls=_AddCommand, help=helptext.ADD)
def add(
    context: typer.Context,
    locations: Annotated[list[str], typer.Argument(metavar="LOCATION", hidden=True)],
    follow: FollowOption = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add articles from files, folders, web addresses, feeds or a pipe."""
    from corpus import LoadError, load
    from ui.terminal.adding import add_with_progress

    console, errors = screen.make_console(stderr=True), list[LoadError]()
    passed: Counter[str] = Counter()

    def note(error: LoadError) -> None:
        errors.append(error)
        screen.complain(error, console)
        screen.offer(error.addresses, console)

    with open_library(context, library, create=True, own=True) as opened:
        articles = load(
            *locations,
            on_error=note,
            on_passed=lambda file: passed.update([file.what]),
            follow=follow,
        )
        done = add_with_progress(opened, articles, console)
    if as_json:
        failures = [
            {
                "location": error.location,
                "message": str(error),
                "addresses": list(error.addresses),
            }
            for error in errors
        ]
        screen.print_json({**asdict(done.added), "errors": failures, "passed": dict(passed)})
    else:
        out = screen.make_console()
        out.print(done.view(unread=len(errors)), soft_wrap=not out.is_terminal)
        if passed:
            counts = ", ".join(f"{count:,} {what}" for what, count in passed.most_common())
            console.print(f"passed over: {counts}", soft_wrap=not console.is_terminal)
    if errors or done.added.failed:
        raise typer.Exit(1)


@app.command(help=helptext.ASK)
def ask(
    context: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", hidden=True)],
    as_of: AsOfOption = None,
    outlet: OutletOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask one question."""
    from assistant import Assistant
    from ui.terminal.views import answer_view

    with open_library(context, library, samples) as opened, screen.stages() as tell:
        answer = Assistant(opened).answer(
            " ".join(question), as_of=as_of, outlets=outlet, since=since, until=until, on_stage=tell
        )
    if as_json:
        screen.print_json(answer.to_dict())
    else:
        screen.make_console().print(answer_view(answer))


@app.command(help=helptext.CHAT)
def chat(
    context: typer.Context, library: LibraryOption = None, samples: SamplesOption = False
) -> None:
    """Chat with the articles in the terminal."""
    from ui.terminal.conversation import converse

    with open_library(context, library, samples) as opened:
        converse(opened, screen.make_console())


@app.command(help=helptext.SERVE)
def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 for everyone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any free one.")] = 7860,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
    library: LibraryOption = None,
    samples: SamplesOption = False,
) -> None:
    """Serve the web chat from this machine."""
    from corpus.samples import SAMPLE_QUESTIONS
    from ui.web.page import serve as serve_web

    def announce(address: str) -> None:
        status.stop()
        typer.echo(f"Dateline is at {address}  (Ctrl-C stops it)")

    with (
        open_library(context, library, samples, create=True) as opened,
        screen.make_console(stderr=True).status("Starting the web chat ...") as status,
    ):
        try:
            serve_web(
                opened,
                host=host,
                port=port,
                open_browser=open_browser and screen.has_display(),
                examples=SAMPLE_QUESTIONS if samples or context.obj.samples else (),
                on_ready=announce,
            )
        except OSError as error:
            screen.complain(error)
            raise typer.Exit(1) from None


@app.command("list", help=helptext.LIST)
def list_articles(
    context: typer.Context,
    outlet: OutletOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the articles with id, day, outlet and title, newest first."""
    from index import Filter
    from ui.terminal.views import article_rows

    with open_library(context, library, samples) as opened:
        articles = list(opened.articles(Filter.parse(outlets=outlet, since=since, until=until)))
    if as_json:
        screen.print_json([article.to_dict(page=False) for article in articles])
        return
    console = screen.make_console()
    for row in article_rows(articles, width=console.width if console.is_terminal else None):
        console.print(row, soft_wrap=True)
    console.print(count_of(len(articles), "article"), style="dim")


@app.command(help=helptext.SHOW)
def show(
    context: typer.Context,
    article_id: Annotated[str, typer.Argument(metavar="ID", hidden=True)],
    page: Annotated[
        bool,
        typer.Option("--page", help="Show the whole page, with what was left out struck through."),
    ] = False,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show an article and its metadata."""
    from ui.terminal.views import article_view

    with open_library(context, library, samples) as opened:
        article = opened.article(opened.find(article_id))
    if as_json:
        screen.print_json(article.to_dict(page=page))
    else:
        console = screen.make_console()
        console.print(article_view(article, page=page, marks=not console.is_terminal))


@app.command(help=helptext.REMOVE)
def remove(
    context: typer.Context,
    article_ids: Annotated[list[str], typer.Argument(metavar="ID", hidden=True)],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove articles by id, or the beginning of one, as shown by "dateline list"."""
    with open_library(context, library, own=True) as opened:
        identities = list(dict.fromkeys(opened.find(article_id) for article_id in article_ids))
        opened.remove(identities)
    if as_json:
        screen.print_json({"removed": identities})
    else:
        typer.echo(f"{len(identities)} removed")


@app.command(help=helptext.EVALUATE)
def evaluate(
    context: typer.Context,
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", hidden=True)],
    wrong: WrongOption = False,
    library: LibraryOption = None,
    samples: SamplesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how well questions with known answers are answered."""
    from assistant import Assistant, read_questions
    from ui.terminal.evaluating import evaluate_with_progress, evaluation_view

    asked = read_questions(questions)
    with open_library(context, library, samples) as opened:
        evaluation = evaluate_with_progress(
            asked, Assistant(opened), screen.make_console(stderr=True)
        )
    if as_json:
        screen.print_json(evaluation.to_dict())
    else:
        screen.make_console().print(evaluation_view(evaluation, wrong=wrong))


app.add_typer(upkeep.app)


if __name__ == "__main__":
    main()
