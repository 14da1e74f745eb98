"""The chat in the terminal: a prompt, answers, articles opened by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from rich.console import Console
from rich.text import Text

from assistant import Answer, Assistant, AssistantError
from corpus import Article, Span
from index import Library
from ui.excerpts import closest
from ui.phrases import count_of
from ui.terminal.views import answer_view, article_view, one_line

PROMPT = "> "
HELP = """\
Ask in plain words. A follow-up may refer to earlier questions ("And when was that?").
  /open 1   show the article of citation 1, with the quotation marked
  /new      start a new conversation
  /help     show this help
  /quit     leave (so does Ctrl-D)"""


def converse(library: Library, console: Console) -> None:
    """Talk with the articles of a library until the user leaves."""
    with suppress(ImportError):
        import readline  # noqa: F401 - arrow keys for input(); Windows' console has its own
    assistant = Assistant(library)
    assistant.warm_in_background()  # while the user types the first question
    console.print(Text(f"{count_of(len(library), 'article')}. Ask, or type /help."))
    Chat(assistant, console).run()


class Answers(Protocol):
    """What the chat needs from an assistant."""

    def answer(
        self, question: str, *, history: Sequence[Answer], on_stage: Callable[[str], None]
    ) -> Answer:
        """A cited answer, or an abstention."""


class Chat:
    """A conversation in the terminal.

    Args:
        assistant: answers the questions.
        console: where it is shown.
        read: shows a prompt and returns a line; raises EOFError at the end.
    """

    def __init__(
        self, assistant: Answers, console: Console, read: Callable[[str], str] = input
    ) -> None:
        self._assistant = assistant
        self._console = console
        self._read = read
        self._history: list[Answer] = []

    def run(self) -> None:
        """Talk until ``/quit``, Ctrl-D or two Ctrl-C in a row."""
        interrupted = False
        while True:
            try:
                line = self._read(PROMPT).strip()
                if line in ("/quit", "/exit", "/q"):
                    return
                if line:
                    self._respond(line)
                interrupted = False
            except EOFError:
                self._console.print()
                return
            except KeyboardInterrupt:
                self._console.print()
                if interrupted:
                    return
                interrupted = True
                self._console.print(Text("To leave: Ctrl-C again, Ctrl-D or /quit.", style="dim"))

    def _respond(self, line: str) -> None:
        command, _, argument = line.partition(" ")
        if not line.startswith("/"):
            self._ask(line)
        elif command == "/open":
            self._open(argument.strip())
        elif command == "/new":
            self._history.clear()
            self._console.print(Text("A new conversation.", style="dim"))
        else:
            if command != "/help":
                self._console.print(Text(f"Unknown command: {one_line(command)}", style="yellow"))
            self._console.print(Text(HELP))

    def _ask(self, question: str) -> None:
        try:
            with self._console.status("Searching the articles …") as status:
                answer = self._assistant.answer(
                    question,
                    history=self._history,
                    on_stage=lambda stage: status.update(f"{stage} …"),
                )
        except AssistantError as error:
            self._console.print(Text(one_line(error), style="yellow"))
            return
        self._history.append(answer)
        self._console.print(answer_view(answer), Text())

    def _open(self, number: str) -> None:
        choices = self._choices()
        if not number.isdecimal() or not 1 <= int(number) <= len(choices):
            offer = (
                f"/open takes a number from 1 to {len(choices)}."
                if choices
                else "There is nothing to open yet."
            )
            self._console.print(Text(offer, style="yellow"))
            return
        article, span = choices[int(number) - 1]
        view = article_view(article, quotation=span, marks=not self._console.is_terminal)
        self._console.print(view, Text())

    def _choices(self) -> list[tuple[Article, Span]]:
        """The citations of the last answer, or else its closest sentences, in the order shown."""
        if not self._history:
            return []
        last = self._history[-1]
        cited = [(citation.article, (citation.start, citation.end)) for citation in last.citations]
        return cited or [(near.article, (near.start, near.end)) for near in closest(last)]
