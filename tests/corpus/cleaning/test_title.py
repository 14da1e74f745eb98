import pytest

from corpus.cleaning.title import find_byline, find_signature, find_signed_name, find_title

BODY = (
    "The harbour of Port Example was closed on Monday after a crane fell on to the quay, the "
    "harbour master told "
    "Example Today. The terminal handles 4,200 containers a day."
)


@pytest.mark.parametrize(
    "lines",
    [
        ["Home", "World news in brief", ">Crane falls on quay, harbour closed", "3 March 2025"],
        [
            ">Crane falls on quay, harbour closed",
            "Nobody was hurt when it came down near the containers",
            "By Ann Writer",
        ],
        [
            "Storm warning for Port Example's islands",
            ">Harbour closed after crane falls in Port Example",
        ],
        [">Is the harbour of Port Example closed?"],
        ["Home News Crane falls on quay, harbour closed", ">Crane falls on quay, harbour closed"],
        ["News > Port Example > Harbour closed", ">Harbour of Port Example closed"],
        ["Harbour closed Monday 9:41 AM", ">Harbour of Port Example closed"],
        [
            "Ten harbours of example to see",
            ">Crane falls on quay of Port Example, harbour closed",
            "3 March 2025",
        ],
    ],
)
def test_the_title_is_the_line_that_its_body_repeats(lines: list[str]) -> None:
    expected = next(index for index, line in enumerate(lines) if line.startswith(">"))
    texts = [line.removeprefix(">") for line in lines]
    marks = [index for index, line in enumerate(texts) if line.startswith(("By", "3 March"))]
    assert find_title(texts, BODY, marks=marks) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Home",
        "Ten cakes to bake this weekend",
        "The crane on the quay of Port Example after it fell on Monday. (Example Photo)",
        "The crane on the quay. Photograph by Ann Writer",
        "By Harbour Master",
        "* Harbour of Port Example closed",
        "The harbour of Port Example was closed.",
        "Share the harbour story with us",
    ],
)
def test_navigation_captions_bylines_and_other_headlines_are_no_title(line: str) -> None:
    assert find_title([line], BODY) is None


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Jane Doe", ("Jane Doe", None)),
        ("By Jane Doe and John van Roe", ("Jane Doe and John van Roe", None)),
        ("By Jane Doe, Example News", ("Jane Doe", "Example News")),
        ("By Jane Doe, Political Editor", ("Jane Doe", None)),
        ("By Jane Doe Staff Writer", ("Jane Doe", None)),
        ("By Jane Doe, Wednesday", ("Jane Doe", None)),
        ("By Jane Doe @janedoe Nov 19, 2025", ("Jane Doe", None)),
        ("By Jane DoeEXAMPLE News", None),
        ("By Jane Doe | Example Times | 9 December 2025", ("Jane Doe", "Example Times")),
        ("Von Anna Müller", ("Anna Müller", None)),
        ("Par Élise Martin", ("Élise Martin", None)),
        ("By the time they left it was dark", None),
        ("By Friday, the harbour was open again", None),
        ("Jane Doe", None),
        ("", None),
    ],
)
def test_a_byline_is_names_behind_by(line: str, byline: tuple[str, str | None] | None) -> None:
    assert find_byline(line) == byline


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("4 March 2025 by Jane Doe", "Jane Doe"),
        ("9:30 AM PST 3/31/2025 | BY: Jane Doe, EX", "Jane Doe, EX"),
        ("Jane Doe - Mar 4, 2025", "Jane Doe"),
        ("Published March 4, 2025", None),
        ("4 March 2025", None),
    ],
)
def test_the_author_beside_a_stamp_is_read(line: str, author: str | None) -> None:
    found = find_signature(line)
    assert (found[0] if found else None) == author


@pytest.mark.parametrize(
    ("line", "page", "author"),
    [
        ("Jane Doe, Staff Writer", "", "Jane Doe"),
        ("Jane Doe @janedoe", "", "Jane Doe"),
        ("* Jane van Doe", "Write to Jane van Doe at the desk", "Jane van Doe"),
        ("Jane Doe", "Mail: jane.doe@harbour.example", "Jane Doe"),
        ("Jane Doe", "Jane Doe\nA crane fell.\nJane Doe", "Jane Doe"),
        ("Jane Doe", "Jane Doe\nA crane fell.", None),
        ("Port Example Harbour North Quay", "", None),
        ("Example News Staff", "", None),
        ("Monday Morning", "by Monday Morning", None),
        ("", "", None),
    ],
)
def test_a_name_alone_is_an_author_if_the_page_shows_it(
    line: str, page: str, author: str | None
) -> None:
    assert find_signed_name(line, page) == author


def test_a_deck_and_the_titles_of_other_articles_are_not_the_title() -> None:
    lines = [
        "Crane falls on quay",
        "Nobody was hurt when it came down near the containers of the harbour, the master said",
        "By Ann Writer",
    ]
    assert find_title(lines, BODY, marks=[2]) == 0
    listed = ["Harbour of Port Example closed on Monday", "3 March 2025"]
    assert find_title(listed, BODY, marks=[1]) == 0
    assert find_title(listed, BODY, others=[0, 1]) is None
