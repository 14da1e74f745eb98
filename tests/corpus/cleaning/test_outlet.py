import pytest

from corpus.cleaning.outlet import find_outlet, split_site

BODY = ["The harbour of Port Example was closed on Monday, the harbour master told Example Today."]


@pytest.mark.parametrize(
    ("lines", "outlet"),
    [
        (["© 2025 Example News"], "Example News"),
        (
            [
                "Copyright © 2019-2025 The Example Times Ltd. All rights reserved.",
                "The Example Times",
            ],
            "The Example Times",
        ),
        (["© 2025 Dockside.com", "Dockside.com", "About Dockside.com"], "Dockside.com"),
        (["Dockside", "Subscribe to Dockside", "Advertise on Dockside"], "Dockside"),
        (["Dockside main menu", "Follow Dockside on Twitter", "Dockside"], "Dockside"),
        (["Menu", "Search Dockside", "© 2025 Dockside, All Rights Reserved."], "Dockside"),
        (["© Example Gazette, a newspaper of the coast", "Example Gazette"], "Example Gazette"),
        (["Welcome to The Quay", "The Quay newsletter", "mail@thequay.com"], "The Quay"),
        (
            ["© 2025 Quay Media LLC", "Quay Sports", "Quay Sports newsletter", "About Quay Sports"],
            "Quay Sports",
        ),
        (["https://www.dockside.example/news/crane-falls-on-quay-12"], "dockside.example"),
    ],
)
def test_the_outlet_is_what_the_page_calls_its_own(lines: list[str], outlet: str) -> None:
    assert find_outlet(lines, BODY, "Crane falls on quay, harbour closed") == outlet


@pytest.mark.parametrize(
    "lines",
    [
        ["© 2025 Dockside.com"],
        ["© 2025 Grand Holdings Inc"],
        ["(c) 2025 AFP"],
        ["(Reuters)"],
        ["More from World News"],
        ["More from the Middle East"],
        ["More From Port Example"],
        ["Follow Jane Doe", "About Jane Doe", "More from Jane Doe"],
        ["Sport", "Sport", "Search Sport", "Sport home page"],
        ["Crane falls, harbour master tells Example Today"],
        ["Dockside", "Dockside newsletter", "About Dockside", "Quayside", "Quayside newsletter",
         "About Quayside"],
        [],
    ],
)  # fmt: skip
def test_owners_agencies_subjects_and_rivals_are_not_the_outlet(lines: list[str]) -> None:
    assert find_outlet(lines, BODY, "Crane falls on quay") is None


def test_a_name_beside_the_byline_counts_if_the_page_repeats_it() -> None:
    assert find_outlet(["Example News", "Home"], BODY, None, ["Example News"]) == "Example News"
    assert find_outlet(["Home"], BODY, None, ["Example News"]) is None


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
