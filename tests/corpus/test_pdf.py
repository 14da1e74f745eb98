"""Pages of PDFs are read by columns, and their lines become paragraphs.

Headers, footers and hyphens at line ends are dropped and can still be shown.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, LoadError, load
from corpus.loaders import pdf
from corpus.loaders.columns import Word, read_lines, read_rows
from tests.corpus.pdfs import Put, make_pdf, set_column

TEXT = (
    "The harbour authority said on Monday that it had closed the western terminal after a crane "
    "fell on to the quay. Nobody was hurt, and the terminal was expected to open again by the end "
    "of the week, according to the harbour master, who spoke to reporters at the quay."
)
LEFT = (
    "The ferry to Orrin will stop in June because its owner found no crew, the county said. Only "
    "two of nine sailors had signed for another year.\nA bus over the new bridge will take its "
    "place. It leaves every hour and costs thirty crowns, twice what the ferry cost."
)
MIDDLE = (
    "Islanders called the bus an insult. They had been promised in writing that the ferry would "
    "sail until the school was moved, said Ada Rehn, a teacher.\nShe showed reporters the letter. "
    "It bears the name of the former county head and a date in May."
)
RIGHT = (
    "The county answered that a letter is no contract. It has asked a lawyer all the same, and "
    "she is to report before the holidays.\nUntil then the ferry sails as before, with a crew on "
    "loan from the navy and a cook from Skarn."
)
HEAD = [
    Put(50, 760, "Ferry to Orrin will stop in June", 20, bold=True),
    Put(50, 738, "By Lena Ost"),
    Put(50, 724, "4 April 2022"),
]


def weave(*columns: list[Put]) -> list[Put]:
    """The columns line by line across the page, as many programs store them."""
    return [put for row in zip_longest(*columns) for put in row if put]


def two_columns(*, letters: int = 38, down: float = 0) -> list[Put]:
    """The right column stands a little lower, so that no two lines are on one height."""
    return weave(
        set_column(LEFT, 50, 690 - down, letters=letters),
        set_column(RIGHT, 310, 686.5 - down, letters=letters),
    )


def load_one(folder: Path, data: bytes) -> Article:
    path = folder / "page.pdf"
    path.write_bytes(data)
    [article] = load(path)
    return article


def paragraphs(article: Article) -> list[str]:
    return [paragraph for paragraph in article.text.split("\n") if paragraph]


def test_wrapped_lines_are_joined_and_the_hyphen_between_them_is_dropped(tmp_path: Path) -> None:
    lines = ["It closed the inter-", "national terminal on Monday after a crane fell."]
    article = load_one(
        tmp_path, make_pdf([[Put(50, 700 - 12 * n, s) for n, s in enumerate(lines)]])
    )
    assert article.text == "It closed the international terminal on Monday after a crane fell."
    assert article.page is not None
    assert "-\n" in [article.page.text[start:end] for start, end in article.page.dropped]


def test_a_word_that_has_its_hyphen_elsewhere_keeps_it(tmp_path: Path) -> None:
    text = (
        "The ministry called the plan a long-term one, and the opposition said that a long-\n"
        "term plan was what the harbour had needed for many years."
    )
    article = load_one(tmp_path, make_pdf([set_column(text, 50, 700, letters=90)]))
    assert "said that a long-term plan was" in article.text


def test_columns_are_read_one_after_the_other_however_they_are_stored(tmp_path: Path) -> None:
    stored = HEAD + two_columns()
    expected = [*LEFT.split("\n"), *RIGHT.split("\n")]
    for order in (stored, stored[::-1], Random(5).sample(stored, len(stored))):
        article = load_one(tmp_path, make_pdf([order]))
        assert paragraphs(article) == expected
        assert article.title == "Ferry to Orrin will stop in June"


def test_three_narrow_columns_below_a_wide_headline(tmp_path: Path) -> None:
    columns = [
        set_column(text, x, 690, letters=26)
        for text, x in ((LEFT, 40), (MIDDLE, 218), (RIGHT, 396))
    ]
    article = load_one(tmp_path, make_pdf([HEAD + weave(*columns)]))
    assert paragraphs(article) == "\n".join((LEFT, MIDDLE, RIGHT)).split("\n")


def test_a_headline_over_two_of_three_columns(tmp_path: Path) -> None:
    columns = [
        set_column(LEFT, 40, 690, letters=26),
        set_column(MIDDLE, 218, 690, letters=26),
        set_column(RIGHT, 396, 765, letters=26),
    ]
    head = [Put(40, 740, "Ferry to Orrin ends", 20, bold=True), Put(40, 715, "By Lena Ost")]
    article = load_one(tmp_path, make_pdf([head + weave(*columns)]))
    assert paragraphs(article) == "\n".join((LEFT, MIDDLE, RIGHT)).split("\n")


def test_columns_of_two_lines_are_columns(tmp_path: Path) -> None:
    left = "The ferry to Orrin will stop in June because its owner found no crew."
    right = "The county answered that a letter is no contract, and asked a lawyer."
    columns = weave(set_column(left, 50, 690, letters=38), set_column(right, 310, 690, letters=38))
    assert paragraphs(load_one(tmp_path, make_pdf([HEAD + columns]))) == [left, right]


def test_a_sentence_runs_on_across_columns_and_pages_without_header_and_footer(
    tmp_path: Path,
) -> None:
    lines = set_column(f"{LEFT} {MIDDLE} {RIGHT}".replace("\n", " "), 0, 0, letters=38)
    quarter = len(lines) // 4 + 1
    pages = []
    for number in (0, 1):
        first = lines[2 * number * quarter : (2 * number + 1) * quarter]
        second = lines[(2 * number + 1) * quarter : (2 * number + 2) * quarter]
        outer, inner = ("Orrin Gazette", f"{number + 4}")[:: 1 - 2 * number]
        pages.append(
            [Put(50, 800, outer), Put(500, 800, inner), Put(50, 40, "Printed on 3 May")]
            + [Put(50, 700 - 12 * n, put.text) for n, put in enumerate(first)]
            + [Put(310, 700 - 12 * n, put.text) for n, put in enumerate(second)]
        )
    article = load_one(tmp_path, make_pdf(pages))
    assert article.text == f"{LEFT} {MIDDLE} {RIGHT}".replace("\n", " ")
    assert article.page is not None
    assert "5 Orrin Gazette" in article.page.text
    assert "Printed on 3 May" in article.page.text


def test_a_column_that_begins_with_a_sentence_does_not_continue_a_finished_one(
    tmp_path: Path,
) -> None:
    left = (
        "The ferry to Orrin will stop in June since its owner found no crew, it was said on Monday."
    )
    columns = weave(set_column(left, 50, 690, letters=90 // 2), set_column(RIGHT, 350, 690))
    assert paragraphs(load_one(tmp_path, make_pdf([HEAD + columns])))[0] == left


def test_a_table_in_one_column_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [("Port", "Tonnes", "Change"), ("Velden", "12,400", "-3 %"), ("Orrin", "900", "+1 %")]
    table = [
        Put(x, 580 - 14 * n, cell)
        for x in (50, 250, 400)
        for n, row in enumerate(rows)
        for cell in [row[(50, 250, 400).index(x)]]
    ]
    page = HEAD + set_column(LEFT, 50, 690, letters=80) + table
    article = load_one(tmp_path, make_pdf([page + set_column(RIGHT, 50, 500, letters=80)]))
    assert article.page is not None
    for row in rows:
        assert "\t".join(row) in article.page.text


@pytest.mark.parametrize(
    "folio",
    [
        ("THE ORRIN GAZETTE", "Monday, 4 April 2022", "Page 7"),
        ("B7", "4 April 2022", "THE ORRIN GAZETTE"),
        ("THE ORRIN GAZETTE", "4 April 2022", "7"),
    ],
)
def test_a_cutting_of_one_page_keeps_title_author_day_and_outlet(
    tmp_path: Path, folio: tuple[str, str, str]
) -> None:
    head = [
        *(Put(x, 810, text) for x, text in zip((50, 230, 440), folio, strict=True)),
        Put(50, 770, "Ferry to Orrin", 16, bold=True),
        Put(50, 752, "will stop in June", 16, bold=True),
        Put(50, 735, "By Lena Ost"),
    ]
    page = head + set_column(f"{LEFT}\n{MIDDLE}", 50, 715, letters=32, space=6)
    article = load_one(tmp_path, make_pdf([page]))
    assert article.title == "Ferry to Orrin will stop in June"
    assert (article.author, str(article.published)) == ("Lena Ost", "2022-04-04")
    assert article.outlet == "THE ORRIN GAZETTE"
    assert paragraphs(article) == f"{LEFT}\n{MIDDLE}".split("\n")


def test_what_a_browser_prints_around_a_page_is_no_part_of_it(tmp_path: Path) -> None:
    around = [
        Put(20, 825, "9/11/23, 10:31 AM", 8),
        Put(250, 825, "Ferry to Orrin will stop in June - Orrin Gazette", 8),
        Put(20, 10, "https://gazette.example/ferry", 8),
        Put(560, 10, "1/1", 8),
    ]
    page = around + HEAD + set_column(f"{LEFT}\n{MIDDLE}", 50, 690, letters=80)
    article = load_one(tmp_path, make_pdf([page]))
    assert str(article.published) == "2022-04-04"
    assert article.page is not None
    assert "gazette.example" in article.page.text
    assert "gazette.example" not in article.text


def test_a_line_that_says_where_an_article_goes_on_does_not_part_a_sentence(tmp_path: Path) -> None:
    lines = set_column(TEXT, 50, 690)
    pages = [
        [*lines[:4], Put(50, 560, "Continued on page 8")],
        [Put(50, 700, "Continued from page 1"), *lines[4:]],
    ]
    assert load_one(tmp_path, make_pdf(pages)).text == TEXT


def test_turned_text_is_read_upright_after_the_page(tmp_path: Path) -> None:
    turned = Put(580, 200, "Photo: Karl Moe, Velden archive", 7, turned=True)
    article = load_one(tmp_path, make_pdf([[turned, *HEAD, *two_columns()]]))
    assert article.page is not None
    assert article.page.text.endswith("Photo: Karl Moe, Velden archive")
    page = [
        Put(100 - put.y + 700, put.x, put.text, put.size, put.bold, turned=True)
        for put in HEAD + two_columns()
    ]
    article = load_one(tmp_path, make_pdf([page], turn=90))
    assert paragraphs(article) == [*LEFT.split("\n"), *RIGHT.split("\n")]


def test_what_lies_outside_the_visible_page_is_not_quoted(tmp_path: Path) -> None:
    article = load_one(tmp_path, make_pdf([HEAD + two_columns()], crop="0 0 300 842"))
    assert "no contract" not in (article.page.text if article.page else "")


def test_the_initial_of_a_paragraph_belongs_to_its_first_word(tmp_path: Path) -> None:
    lines = ["he ferry to Orrin will stop in June", "because its owner found no crew, it was"]
    page = [
        *HEAD,
        Put(50, 678, "T", 34, bold=True),
        *(Put(72, 690 - 12 * n, line) for n, line in enumerate(lines)),
        *set_column("said on Monday. " + RIGHT, 50, 666, letters=43, leading=12),
    ]
    article = load_one(tmp_path, make_pdf([page]))
    assert article.text.startswith("The ferry to Orrin will stop in June because its owner found")


def test_hebrew_columns_start_at_the_right() -> None:
    def word(text: str, left: float, bottom: float) -> Word:
        return Word(text, left, left + 40, bottom, bottom + 12)

    words = [
        word(f"{name}{place}", left, 700 - 14 * n)
        for n, name in enumerate("אבגד")
        for place, left in zip("רקץצ", (400, 355, 100, 55), strict=True)
    ]
    lines = [line.text for line in read_lines(words)]
    assert lines == [f"{name}{a} {name}{b}" for a, b in ("רק", "ץצ") for name in "אבגד"]


PLACES = st.floats(0, 600)
WORDS = st.lists(
    st.builds(
        lambda text, left, bottom, width, height: Word(
            text, left, left + width, bottom, bottom + height
        ),
        st.text("abcא.,-", min_size=1, max_size=5),
        PLACES,
        PLACES,
        st.floats(0, 200),
        st.floats(0, 40),
    ),
    max_size=30,
)


@given(WORDS)
def test_every_word_of_a_page_stands_in_one_line_and_in_one_row(words: list[Word]) -> None:
    lines = read_lines(words)
    letters = sorted("".join(word.text for word in words))
    assert sorted("".join("".join(line.text.split()) for line in lines)) == letters
    assert sorted("".join(word.text for row in read_rows(words) for word in row)) == letters


@given(st.lists(WORDS, max_size=3), st.randoms())
def test_the_rendering_keeps_every_visible_character_in_order(
    pages: list[list[Word]], random: Random
) -> None:
    entries = [
        [(line.text, line if random.random() < 0.8 else None) for line in read_lines(words)]
        for words in pages
    ]
    said = "".join(text for page in entries for text, _ in page)
    assert "".join(pdf.render_pages(entries).text.split()) == "".join(said.split())


def test_a_pdf_without_text_is_taken_for_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(make_pdf([[]]))
    with pytest.raises(LoadError, match="a PDF without text, probably a scan"):
        next(load(path))


def test_an_encrypted_pdf_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(make_pdf([set_column(TEXT, 50, 700)], locked=True))
    with pytest.raises(LoadError, match="an encrypted PDF"):
        next(load(path))


@pytest.mark.parametrize("cut", [20, 300, 600, 1200])
def test_a_pdf_cut_short_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(make_pdf([set_column(TEXT, 50, 700)])[:cut])
    errors: list[LoadError] = []
    articles = list(load(path, on_error=errors.append))
    assert len(articles) + len(errors) == 1
