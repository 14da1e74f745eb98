"""Answers and articles in the terminal, at any width, with and without colours."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from assistant import Abstention, Answer, Citation, Near
from corpus import Article, Page
from index import Passage
from ui.terminal.views import answer_view, article_rows, article_view, one_line, plain, short_ids

TEXT = "The bridge closed on Monday.\nIt cost the city €3 million.\x1b[2J It reopens in May."
ARTICLE = Article(
    id="ab12cd34ef56ab12",
    text=TEXT,
    title="Bridge closed",
    outlet="Daily Post",
    published=date(2025, 3, 4),
)
COPY = Article(id="ffffffffffffffff", text=TEXT, outlet="Evening Wire")


def shown(view: RenderableType, *, width: int = 80, styles: bool = False) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, width=width, force_terminal=styles, color_system="standard" if styles else None
    )
    console.print(view)
    return screen.getvalue()


def quoting(quote: str, **values: object) -> Answer:
    start = TEXT.index(quote)
    citation = Citation(
        number=1, article=ARTICLE, start=start, end=start + len(quote), quote=quote, also_in=(COPY,)
    )
    given: dict[str, object] = {
        "question": "How much?",
        "query": "How much?",
        "text": f"{quote} [1]",
    }
    return Answer(**(given | values), citations=(citation,))  # type: ignore[arg-type]  # the values are the tests' own


def declining(**values: object) -> Answer:
    passage = Passage(id="p", article_id=ARTICLE.id, start=0, end=57, text=TEXT[:57])
    near = Near(
        article=ARTICLE,
        passage=passage,
        score=0.1,
        similarity=0.1,
        sentence=TEXT[:28],
        start=0,
        end=28,
    )
    given: dict[str, object] = {
        "question": "Who won?",
        "query": "Who won?",
        "text": "Nothing here is about this.",
    }
    given |= {"abstention": Abstention.NO_ANSWER}
    return Answer(**(given | values), nearest=(near,))  # type: ignore[arg-type]  # as above


def test_an_answer_shows_its_citation_with_number_outlet_day_title_and_quotation() -> None:
    lines = shown(answer_view(quoting("It cost the city €3 million."))).splitlines()
    assert lines == [
        "It cost the city €3 million. [1]",
        "",
        "[1] Daily Post · 2025-03-04",
        "    Bridge closed",
        "    “It cost the city €3 million.”",
        "    Also in: Evening Wire · undated",
    ]


def test_a_quoted_row_stands_below_the_names_of_its_columns() -> None:
    text = "Votes were counted.\n\nParty\tVotes\nGreen List\t11,930\nCentre\t5,112"
    article = Article(id="rows", text=text, title="Votes", outlet="Daily Post")
    quote, start = "Green List\t11,930", text.index("Green")
    row = Citation(number=1, article=article, start=start, end=start + len(quote), quote=quote)
    answer = Answer(question="q", query="q", text="Green List 11,930 [1]", citations=(row,))
    assert shown(answer_view(answer)).splitlines()[-2:] == [
        "     Party        Votes",
        "    “Green List   11,930”",
    ]


def test_a_follow_up_shows_how_it_was_understood_and_a_plain_question_does_not() -> None:
    assert "Understood as: How much did the bridge cost?" in shown(
        answer_view(quoting("It cost", query="How much did the bridge cost?"))
    )
    assert "Understood" not in shown(answer_view(quoting("It cost")))


def test_an_abstention_shows_its_reason_and_the_closest_sentence_in_its_passage() -> None:
    lines = shown(answer_view(declining())).splitlines()
    assert lines[0] == "Nothing here is about this."
    assert "The closest sentence:" in lines
    assert "    The bridge closed on Monday. It cost the city €3 million." in lines


def test_where_nothing_is_about_it_no_sentence_is_shown() -> None:
    assert shown(answer_view(declining(abstention=Abstention.NO_MATCH))).splitlines() == [
        "Nothing here is about this."
    ]


def test_the_short_answer_stands_out() -> None:
    assert "\x1b[1m€3 million\x1b[0m" in shown(
        answer_view(quoting("It cost the city €3 million.", short_answer="€3 million")), styles=True
    )


def test_a_later_update_is_shown_beside_the_day_of_publication() -> None:
    updated = replace(ARTICLE, modified=date(2025, 3, 6))
    assert "updated    2025-03-06" in shown(article_view(updated))
    assert "updated" not in shown(article_view(replace(ARTICLE, modified=ARTICLE.published)))


@given(st.integers(min_value=20, max_value=200))
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    for view in (
        answer_view(quoting("It cost the city €3 million.")),
        answer_view(declining()),
        article_view(ARTICLE),
    ):
        assert all(cell_len(line) <= width for line in shown(view, width=width).splitlines())


@given(st.text())
def test_nothing_a_page_says_can_drive_the_terminal(text: str) -> None:
    assert not any(
        ord(character) < 32 or 127 <= ord(character) < 160 for character in one_line(text)
    )
    turning = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
    harmful = [
        c not in "\t\n"
        and (
            unicodedata.category(c) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(c) in turning
        )
        for c in text
    ]
    assert plain(text) == "".join(c for c, drops in zip(text, harmful, strict=True) if not drops)


def test_a_page_cannot_turn_the_line_around_it() -> None:
    assert one_line("\u202egnp.exe\u202c \u2066by\u2069 A. Writer") == "gnp.exe by A. Writer"


def test_an_escape_sequence_in_an_article_is_shown_as_text() -> None:
    assert "\x1b" not in shown(article_view(ARTICLE))
    assert "[2J It reopens" in shown(article_view(ARTICLE))


def test_a_quotation_is_marked_in_its_article_with_and_without_styles() -> None:
    span = (0, 28)
    assert "[+The bridge closed on Monday.+]" in shown(
        article_view(ARTICLE, quotation=span, marks=True)
    )
    assert "[+" not in shown(article_view(ARTICLE, quotation=span), styles=True)


def test_a_page_shows_what_was_dropped() -> None:
    article = Article(
        id="a", text="It rained.", page=Page(text="Menu\nIt rained.\nShare", kept=((5, 15),))
    )
    assert shown(article_view(article, page=True, marks=True)).endswith(
        "[-Menu\n-]It rained.[-\nShare-]\n"
    )
    assert "Menu" not in shown(article_view(article, marks=True))


def test_a_list_has_a_line_for_each_article_cut_to_the_screen_or_whole_in_a_pipe() -> None:
    long = Article(
        id="b" * 16,
        text="x",
        title="A headline that goes on " * 9,
        outlet="An outlet with a long name",
    )
    for width in (50, 80):
        rows = [row.plain for row in article_rows([ARTICLE, long], width=width)]
        assert all(cell_len(row) <= width for row in rows)
        assert rows[0].startswith("ab12cd34  2025-03-04  Daily Post")
        assert rows[1].startswith("bbbbbbbb  undated")
    whole = next(article_rows([long])).plain
    assert whole.endswith("A headline that goes on")


@given(st.sets(st.text(alphabet="abc-", min_size=1, max_size=20)))
def test_a_short_id_begins_one_id_alone(ids: set[str]) -> None:
    for identity, short in short_ids(ids).items():
        assert identity.startswith(short)
        assert short == identity or [other for other in ids if other.startswith(short)] == [
            identity
        ]


def test_a_quotation_with_marks_of_its_own_gets_no_others() -> None:
    text = "“Never!” the mayor said."
    article = replace(ARTICLE, text=text, page=None)
    citation = Citation(number=1, article=article, start=0, end=len(text), quote=text)
    answer = Answer(question="What?", query="What?", text=f"{text} [1]", citations=(citation,))
    assert "““" not in shown(answer_view(answer))
    assert shown(answer_view(answer)).count(text) == 2


def test_cells_around_a_closest_sentence_can_be_told_on_one_line() -> None:
    text = "Party\tVotes\nLeft\t4,010\nThe count took all night."
    article = replace(ARTICLE, text=text, page=None)
    passage = Passage(id="p", article_id=article.id, start=0, end=len(text), text=text)
    start = text.index("The count")
    near = Near(
        article=article,
        passage=passage,
        score=1.0,
        similarity=0.5,
        sentence=text[start:],
        start=start,
        end=len(text),
    )
    answer = replace(declining(), nearest=(near,))
    assert "Party | Votes Left | 4,010 The count" in " ".join(shown(answer_view(answer)).split())
