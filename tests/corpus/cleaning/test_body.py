"""Which lines of a page are the article's body."""

from __future__ import annotations

import pytest

from corpus.cleaning.body import choose_body, read_lines

BODY = (
    (
        "The harbour of Port Example was closed on Monday after a crane fell on to the quay, the "
        "harbour master said."
    ),
    (
        "Nobody was hurt. The terminal, which handles 4,200 containers a day, is expected to open "
        "again by Friday."
    ),
    (
        "The crane had been inspected in March, according to a report that the city published "
        "last year."
    ),
)
MENU = ("Home", "World", "Log in", "Subscribe")
FOOT = ("Share", "Contact us", "Privacy policy")


def choose(*lines: str) -> list[str]:
    read = read_lines("\n\n".join(lines))
    return [read[index].text for index in choose_body(read)]


def test_the_body_is_the_run_of_prose_between_menu_and_foot() -> None:
    assert choose(*MENU, *BODY, *FOOT) == list(BODY)


@pytest.mark.parametrize(
    "row",
    [
        "cranes harbours quays ships containers " * 6,
        "Port Example Harbour News Cranes Weather Ferries " * 5,
        "Hafen Kräne Kai Schiffe Container Fähren Wetter " * 5,
    ],
)
def test_a_cloud_of_tags_is_no_prose_however_long(row: str) -> None:
    row = row.strip()
    assert choose(*MENU, row, *BODY, *FOOT) == list(BODY)
    assert choose(*MENU, *BODY, row, *FOOT) == list(BODY)


@pytest.mark.parametrize(
    "sentence",
    [
        "A long sentence that somebody forgot to end is held together by short words such as "
        "the and of and in and to, and so it is taken for what it is and stays in the body of "
        "the text",
        "港口" * 40,
    ],
    ids=["English", "a script without spaces"],
)
def test_a_long_sentence_without_a_full_stop_is_prose(sentence: str) -> None:
    assert choose(*MENU, BODY[0], sentence, BODY[1], *FOOT) == [BODY[0], sentence, BODY[1]]


def test_a_list_that_a_colon_announces_is_body_and_a_list_of_links_is_not() -> None:
    items = (
        "* Crane one, of 1987",
        "* Crane two, of 1991",
        "* Crane three, of 2003",
        "* Crane four, of 2011",
    )
    announced = BODY[2].removesuffix(".") + ":"
    assert choose(*MENU, *BODY[:2], announced, *items, *FOOT) == [*BODY[:2], announced, *items]
    assert choose(*MENU, *BODY, *items, *FOOT) == list(BODY)


def test_teasers_that_stand_on_the_page_twice_prove_nothing() -> None:
    teasers = [
        f"Readers of the town of Port Example ask {number} questions about the harbour."
        for number in "2345678"
    ]
    assert choose(*MENU, *BODY, *FOOT, *teasers, *FOOT, *teasers, *FOOT) == list(BODY)


def test_a_page_that_was_pasted_twice_has_a_body() -> None:
    page = (*MENU, *BODY, *FOOT)
    assert choose(*page, *page)[: len(BODY)] == list(BODY)


def test_readers_comments_are_no_body_however_long() -> None:
    comments = [
        f"I knew that crane {number} would fall one day, and told them so last year."
        for number in range(30)
    ]
    article = (
        *BODY,
        (
            "The city will now have all its cranes inspected again, said the mayor, who was at "
            "the quay."
        ),
    )
    assert choose(*MENU, *article, "Comments (30)", *comments) == list(article)
