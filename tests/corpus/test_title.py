import pytest

from corpus.title import find_byline, find_outlet, find_signature, find_title, split_site

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
    ("lines", "outlet"),
    [
        (["© 2025 Example News"], "Example News"),
        (
            ["Copyright © 2019-2025 The Example Times Ltd. All rights reserved."],
            "The Example Times",
        ),
        (["More From Example Today"], "Example Today"),
        (["© 2025 Dockside.com", "Dockside.com", "About Dockside.com"], "Dockside.com"),
        (["© 2025 Dockside.com"], None),
        (["© Example Gazette, a newspaper of the coast"], "Example Gazette"),
        (["© 2025 Example News / example.net GmbH"], "Example News"),
        (["© 2025 Dockside Network", "Dockside Network", "About Dockside Network"], None),
        (["© 2025 Grand Holdings Inc"], None),
        (["(c) 2025 AFP"], None),
        (["(Reuters)"], None),
        (["More from World News"], None),
        (["More from the Middle East"], None),
        (["More From Port Example"], None),
        ([], None),
    ],
)
def test_the_outlet_is_read_only_where_the_page_is_sure(
    lines: list[str], outlet: str | None
) -> None:
    assert find_outlet(lines, BODY) == outlet


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


def test_an_outlet_that_is_only_mentioned_is_not_the_publisher() -> None:
    assert find_outlet(["Crane falls, harbour master tells Example Today"], BODY) is None


def test_the_outlet_behind_a_title_is_cut_off_where_it_is_one() -> None:
    assert split_site("Crane falls on quay | Example News", []) == (
        "Crane falls on quay",
        "Example News",
    )
    assert split_site("Crane falls on quay - Dockside", ["Dockside"]) == (
        "Crane falls on quay",
        "Dockside",
    )
    assert split_site("Crane falls on quay - nobody hurt", []) == (
        "Crane falls on quay - nobody hurt",
        None,
    )
