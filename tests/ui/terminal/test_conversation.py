"""The terminal chat: conversations with history, articles opened by number, and a clean exit."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console

from assistant import Abstention, Answer, Citation, Near, QuestionError
from corpus import Article
from index import Passage
from ui.terminal.conversation import Chat

TEXT = "The bridge closed on Monday. It reopens in May."
ARTICLE = Article(id="a" * 16, text=TEXT, title="Bridge closed")


class Oracle:
    """Answers everything with the first sentence, but declines "Who?".

    Records what it was asked.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def answer(
        self, question: str, *, history: Sequence[Answer], on_stage: Callable[[str], None]
    ) -> Answer:
        self.asked.append((question, [earlier.question for earlier in history]))
        on_stage("Thinking")
        if question == "!":
            raise QuestionError("found no words; expected a question")
        if question == "Who?":
            passage = Passage(id="p", article_id=ARTICLE.id, start=0, end=47, text=TEXT)
            near = Near(
                article=ARTICLE,
                passage=passage,
                score=0.1,
                similarity=0.1,
                sentence=TEXT[29:],
                start=29,
                end=47,
            )
            return Answer(
                question=question,
                query=question,
                text="Not here.",
                abstention=Abstention.NO_ANSWER,
                nearest=(near,),
            )
        citation = Citation(number=1, article=ARTICLE, start=0, end=28, quote=TEXT[:28])
        return Answer(
            question=question, query=question, text=f"{TEXT[:28]} [1]", citations=(citation,)
        )


def talk(*lines: str | type[BaseException]) -> tuple[str, Oracle]:
    """The screen after these lines, then Ctrl-D; an exception stands for its key."""
    script: Iterable[str | type[BaseException]] = iter([*lines, EOFError])

    def read(prompt: str) -> str:
        line = next(iter(script))
        if isinstance(line, str):
            return line
        raise line

    screen, oracle = io.StringIO(), Oracle()
    Chat(oracle, Console(file=screen, width=80), read).run()
    return screen.getvalue(), oracle


def test_a_question_is_asked_with_what_went_before_and_new_forgets_it() -> None:
    _, oracle = talk("When?", "", "Who?", "/new", "Where?")
    assert oracle.asked == [("When?", []), ("Who?", ["When?"]), ("Where?", [])]


def test_open_shows_the_article_with_the_quotation_marked() -> None:
    screen, _ = talk("When?", "/open 1")
    assert "[+The bridge closed on Monday.+] It reopens in May." in screen


def test_after_an_abstention_open_shows_the_closest_sentence() -> None:
    screen, _ = talk("When?", "Who?", "/open 1")
    assert "The bridge closed on Monday. [+It reopens in May.+]" in screen


def test_open_says_which_numbers_there_are() -> None:
    assert "There is nothing to open yet." in talk("/open 1")[0]
    for wrong in ("/open 2", "/open 0", "/open", "/open x", "/open ²"):
        assert "/open takes a number from 1 to 1." in talk("When?", wrong)[0]


def test_a_refused_question_is_explained_and_the_talk_goes_on() -> None:
    screen, oracle = talk("!", "When?")
    assert "found no words" in screen
    assert oracle.asked[-1] == ("When?", [])


def test_help_names_every_command_and_an_unknown_one_brings_it() -> None:
    for line in ("/help", "/hlep"):
        assert all(command in talk(line)[0] for command in ("/open", "/new", "/help", "/quit"))
    assert "/hlep" in talk("/hlep")[0]


def test_quit_ends_it_and_so_do_two_interruptions() -> None:
    assert talk("/quit", "When?")[1].asked == []
    assert talk(KeyboardInterrupt, KeyboardInterrupt, "When?")[1].asked == []
    assert talk(KeyboardInterrupt, "When?", KeyboardInterrupt, "Where?")[1].asked[-1][0] == "Where?"
