"""Which lines are rows of a table, and which row names its columns."""

from __future__ import annotations

import time

import pytest

from corpus import find_header, split_sentences
from corpus.text.tables import has_header, split_cells

TEXT = """The catch of the northern ports fell by a tenth in 2022, the county said on Monday.

Port\tTonnes\tBoats
Kalv\t1,204\t31
St. Olav\t880\t12

The ports expect a better year. Nobody knows."""


def rows_of(text: str) -> list[tuple[str, bool, str | None]]:
    return [
        (
            text[s.start : s.end],
            s.heading,
            text[slice(*header)] if (header := find_header(text, s.start)) else None,
        )
        for s in split_sentences(text)
        if s.row
    ]


def test_a_row_is_one_sentence_below_a_heading_that_names_its_columns() -> None:
    header = "Port\tTonnes\tBoats"
    assert rows_of(TEXT) == [
        (header, True, None),
        ("Kalv\t1,204\t31", False, header),
        ("St. Olav\t880\t12", False, header),
    ]
    assert len(split_sentences(TEXT)) == 6


def test_columns_may_be_parted_by_spaces_and_cells_may_be_empty() -> None:
    text = TEXT.replace("\t", "      ").replace("Kalv      1,204", "Kalv            1,204")
    assert [row for row, *_ in rows_of(text)][1] == "Kalv            1,204      31"
    assert [text for text in map(len, map(split_cells, ["a\t\tb", "a  b", "a   b"]))] == [2, 1, 2]


def test_two_tables_have_each_their_own_header() -> None:
    second = "\n\nOffice\tHolder\nMayor\tAnna Berg\nTreasurer\tBo Ek"
    found = {row: header for row, _, header in rows_of(TEXT + second)}
    assert found["Kalv\t1,204\t31"] == "Port\tTonnes\tBoats"
    assert found["Mayor\tAnna Berg"] == "Office\tHolder"


@pytest.mark.parametrize(
    ("rows", "headed"),
    [
        (["Port\tTonnes", "Kalv\t1,204", "Run\t88"], True),
        (["\t2021\t2022".strip(), "Kalv\t1,204\t900", "Run\t88\t90"], True),
        (["Office\tHolder", "Mayor\tAnna Berg", "Clerk\tBo Ek"], True),
        (["Mayor\tAnna Berg", "Clerk\tBo Ek", "Guard\tCia Dahl"], False),
        (["Kalv\t1,204", "Run\t88"], False),
        (["Born\t1950", "Elected\t1998"], False),
        (["Port\tTonnes", "Kalv\tn/a", "Run\t88", "Skarn\t7", "Holm\t9"], True),
    ],
)
def test_a_header_differs_in_kind_from_what_is_below_it(rows: list[str], headed: bool) -> None:
    assert has_header(rows) is headed


def test_a_single_line_with_a_tab_is_no_table() -> None:
    assert not rows_of("By Ann Writer\t4 March 2025\n\nThe harbour was closed on Monday.")


def test_long_cells_are_paragraphs() -> None:
    columns = "\t".join(["The harbour was closed on Monday after a storm. " * 8] * 2)
    assert not rows_of(f"{columns}\n{columns}")


def test_rows_are_split_in_linear_time() -> None:
    spent = []
    for count in (2_000, 20_000):
        text = "Port\tTonnes\n" + "\n".join(f"Port{n}\t{n}" for n in range(count))
        start = time.process_time()
        split_sentences(text)
        spent.append(time.process_time() - start)
    assert spent[1] < 40 * max(spent[0], 0.005)
