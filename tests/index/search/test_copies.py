from __future__ import annotations

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article
from index import Hit, Passage
from index.search.copies import collapse

WIRE = (
    "At least 12 people died on Monday when a ferry sank near the port of Lurin, officials said. "
    "The ministry denied that the boat, which belongs to Norvia Lines, had been overloaded. "
    "Rescue workers organised a search that lasted until the early hours, and 41 passengers were "
    "brought ashore. "
    "Captain Ilse Brandt did not speak to reporters, but a lawyer said that she would help the "
    "inquiry."
)
MORE = (
    " The port was closed for two days. Families waited in a school gymnasium, where nurses "
    "handed out blankets. "
    "Trade unions asked for a public inquiry into the age of the fleet."
)


def hit(
    name: str,
    text: str,
    *,
    score: float = 1.0,
    day: int | None = 5,
    before: str = "",
    after: str = "",
) -> Hit:
    published = date(2024, 5, day) if day else None
    article = Article(id=name, text=before + text + after, published=published)
    passage = Passage(
        id=f"{name}:r:0", article_id=name, start=len(before), end=len(before + text), text=text
    )
    return Hit(article=article, passage=passage, score=score, similarity=0.5)


def shown(*hits: Hit) -> list[list[str]]:
    return [[found.article.id, *(copy.id for copy in found.also_in)] for found in collapse(hits)]


def edited(old: str, new: str) -> str:
    assert old in WIRE
    return WIRE.replace(old, new)


def test_nothing_collapses_to_nothing() -> None:
    assert collapse([]) == []


def test_a_copy_is_shown_once_as_the_earliest_has_it_with_the_best_score() -> None:
    late, early = hit("late", WIRE, score=2.0, day=7), hit("early", WIRE, score=1.5, day=6)
    undated = hit("undated", WIRE, score=1.0, day=None)
    (found,) = collapse([late, early, undated])
    assert (found.article.id, found.score) == ("early", 2.0)
    assert [copy.id for copy in found.also_in] == ["late", "undated"]


def test_best_score_comes_first_after_collapsing() -> None:
    other = hit(
        "other", "A baker in Lyon won a prize for her rye bread, the town hall said.", score=1.7
    )
    assert shown(hit("a", WIRE, score=2.0), other, hit("b", WIRE, score=1.5)) == [
        ["a", "b"],
        ["other"],
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("organised", "organized"),
        ("on Monday", "Monday"),
        (", officials said", ", the officials said"),
        ("when a ferry", "when the ferry"),
        ("that the boat", "the boat"),
        ("early hours, and", "early hours and"),
        ("until the early hours", "until early hours"),
        ("Lurin, officials said", "Lurin - officials said"),
        ("12 people", "twelve people"),
        ("41 passengers", "forty-one passengers"),
        ("did not", "didn't"),
        ("officials said", "officials told reporters"),
        ("The ministry", "\n\nThe ministry"),
        ("At least 12", "LURIN, May 5 (Reuters) - At least 12"),
        ("At least 12", "By Mirela Ost and Jon Vane\n\nAt least 12"),
        ("help the inquiry.", "help the inquiry. (Reporting by Mirela Ost; editing by Jon Vane)"),
    ],
)
def test_an_editor_s_small_changes_leave_a_copy(old: str, new: str) -> None:
    assert shown(hit("a", WIRE), hit("b", edited(old, new))) == [["a", "b"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 people", "15 people"),
        ("At least 12", "At most 12"),
        ("41 passengers", "forty passengers"),
        ("41 passengers", "41,000 passengers"),
        ("41 passengers", "a few passengers"),
        ("belongs", "belonged"),
        ("were brought", "are brought"),
        ("died on Monday", "died on May 5"),
        (", officials said", ""),
        ("officials said", "a source said"),
        ("At least 12", "12"),
        ("help the inquiry.", "help the inquiry, a claim he withdrew."),
        ("At least 12", "It was not true that at least 12"),
        ("At least 12", "Reporting by the Lurin Post found that at least 12"),
        ("Monday", "Tuesday"),
        ("Lurin", "Larin"),
        ("Norvia Lines", "Norvik Lines"),
        ("Ilse Brandt", "Elsa Brandt"),
        ("Captain Ilse", "Ilse"),
        ("denied", "confirmed"),
        ("did not speak", "did speak"),
        ("did not speak", "spoke"),
        ("had been overloaded", "had never been overloaded"),
        ("had been overloaded", "had been repaired"),
        ("died", "were injured"),
        ("she would help", "she would not help"),
        ("she would help", "she wouldn't help"),
        ("she would help", "she might help"),
        ("sank near", "sank before"),
        ("brought ashore", "brought safely ashore"),
        ("help the inquiry", "help with the inquiry"),
        ("The ministry denied", "The ministry and the army denied"),
    ],
)
def test_what_changes_a_claim_makes_another_report(old: str, new: str) -> None:
    assert shown(hit("a", WIRE), hit("b", edited(old, new))) == [["a"], ["b"]]
    assert shown(hit("b", edited(old, new)), hit("a", WIRE)) == [["b"], ["a"]]


def cut(name: str, text: str, *starts: str, day: int = 5) -> list[Hit]:
    """An article's passages, which begin with these words."""
    edges = [*(text.index(start) for start in starts), len(text) + 1]
    return [
        hit(name, text[start : end - 1], day=day, before=text[:start], after=text[end - 1 :])
        for start, end in pairwise(edges)
    ]


def test_a_passage_cut_elsewhere_is_hidden_where_all_that_it_says_is_shown() -> None:
    whole = WIRE + MORE
    early = cut("early", whole, "At least", "Captain Ilse", day=5)
    late = cut("late", whole, "At least", "The ministry", "Families", day=6)
    assert shown(*late, *early) == [["early", "late"], ["early", "late"]]
    assert shown(late[1], *early) == [["early", "late"], ["early", "late"]]
    assert shown(early[0], late[1]) == [["early"], ["late"]]


def test_a_part_of_a_passage_is_hidden_though_the_rest_of_it_stands_in_one_article_alone() -> None:
    early = cut("early", WIRE + MORE, "At least", "Captain Ilse", day=5)
    late = cut("late", WIRE, "At least", "Rescue", day=6)
    assert shown(*early, *late) == [["early", "late"], ["early"]]


def test_the_end_of_a_passage_ends_its_sentence() -> None:
    early, late = (
        hit("early", WIRE, day=5, after=" " + MORE),
        hit("late", WIRE[:-1] + ", if she was asked.", day=6),
    )
    assert shown(early, late) == [["early"], ["late"]]
    assert shown(late, early) == [["late"], ["early"]]


def test_few_is_not_a_few() -> None:
    few, some = (
        hit(name, edited("41 passengers", f"{name} passengers")) for name in ("few", "a few")
    )
    assert shown(few, some) == [["few"], ["a few"]]


def test_a_passage_that_says_more_than_the_other_article_is_no_copy() -> None:
    assert shown(hit("short", WIRE), hit("long", WIRE + MORE)) == [["short"], ["long"]]


def test_a_sentence_put_in_the_middle_is_no_copy() -> None:
    text = edited("Rescue workers", "The owner, Per Holm, fled. Rescue workers")
    assert shown(hit("a", WIRE), hit("b", text)) == [["a"], ["b"]]


def test_a_quotation_in_common_makes_no_copy() -> None:
    quotation = (
        '"We will not sell a single ship of this fleet to anyone, now or ever," said Per Holm.'
    )
    a = hit(
        "a",
        (
            f"{quotation} Shares of the company rose by a tenth in the morning after the news had "
            "come out in Oslo."
        ),
    )
    b = hit(
        "b",
        (
            "Unions met the owner of the line on Friday and left without any result at all. "
            f"{quotation}"
        ),
    )
    assert shown(a, b) == [["a"], ["b"]]


def test_passages_of_one_article_are_never_copies() -> None:
    article = Article(id="a", text=f"{WIRE}\n\n{WIRE}")
    hits = [
        Hit(
            article=article,
            passage=Passage(
                id=f"a:r:{n}", article_id="a", start=start, end=start + len(WIRE), text=WIRE
            ),
            score=1.0,
            similarity=0.5,
        )
        for n, start in enumerate((0, len(WIRE) + 2))
    ]
    assert len(collapse(hits)) == 2


def test_the_other_articles_are_listed_once_though_two_of_their_passages_are_copies() -> None:
    found = collapse(
        [hit("a", WIRE), hit("b", WIRE), hit("b", WIRE, score=0.5), hit("c", WIRE, score=0.4)]
    )
    assert [article.id for article in found[0].also_in] == ["b", "c"]


@given(
    edits=st.lists(
        st.sampled_from(
            [
                ("12 people", "15 people"),
                ("organised", "organized"),
                ("denied", "confirmed"),
                ("when a", "when the"),
            ]
        ),
        max_size=8,
    )
)
def test_every_article_is_shown_or_listed_and_the_order_is_kept(
    edits: list[tuple[str, str]],
) -> None:
    hits = [hit(f"a{n}", edited(*edit), score=9.0 - n) for n, edit in enumerate(edits)]
    found = collapse(hits)
    assert sorted(name for group in shown(*hits) for name in group) == sorted(
        one.article.id for one in hits
    )
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_fifty_hits_collapse_quickly() -> None:
    words = (WIRE + MORE).split()
    hits = [
        hit(f"a{n}", " ".join(words[n:] + [f"word{n}x{i}" for i in range(60)] + words[:n]))
        for n in range(50)
    ]
    start = time.process_time()
    collapse(hits)
    assert time.process_time() - start < 1.0
