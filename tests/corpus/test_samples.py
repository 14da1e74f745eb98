from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus import Article
from corpus.samples import SAMPLE_QUESTIONS, load_samples

QUESTIONS = Path(__file__).parents[1] / "benchmarks" / "samples.questions.jsonl"
KINDS = {"who", "when", "where", "how much", "how many", "why", "did", "what"}

# id without "sample-": title, outlet, author, published, published_at
EXPECTED: dict[str, tuple[str, str | None, str | None, str | None, str | None]] = {
    "bridge-closed": (
        "Millgate Bridge closed until spring after flood",
        "Lindmark Observer",
        "Lena Aronsen",
        "2022-10-21",
        None,
    ),
    "bridge-cost": (
        "Bridge repair to cost 58 million crowns",
        "The Aune Valley Herald",
        "Sten Halvor",
        "2023-02-15",
        None,
    ),
    "bridge-explainer": (
        "Millgate Bridge: what to know before it reopens",
        "Lindmark Observer",
        "Lena Aronsen",
        None,
        None,
    ),
    "caatsa-sanctions": (
        "U.S. imposes sanctions on Turkish arms agency over Russian missiles",
        "Northgate Dispatch",
        "Ruth Adeyemi",
        "2020-12-15",
        "2020-12-15T07:30:00+00:00",
    ),
    "f35-removal": (
        "Washington shuts Turkey out of the F-35 program",
        "The Harbour Post",
        "Martin Oakes",
        "2019-07-18",
        "2019-07-18T08:20:00+02:00",
    ),
    "ferry-inquiry": (
        "Worn hatch seal sank the Lady Ansel, inquiry finds",
        "The Harbour Post",
        "Nora Whitlock",
        "2024-06-20",
        None,
    ),
    "ferry-toll-rises": (
        "Ferry death toll climbs to 15 as operator denies overcrowding",
        "Northgate Dispatch",
        "Paul Brandvik",
        "2024-03-05",
        "2024-03-05T18:20:00+00:00",
    ),
    "ferry-wire-gazette": (
        "Island in mourning: 12 killed as the Lady Ansel goes down",
        "Orrin Gazette",
        "Meridian Wire",
        "2024-03-03",
        "2024-03-03T10:05:00+01:00",
    ),
    "ferry-wire-post": (
        "Twelve dead as ferry sinks in Skarn Strait",
        "The Harbour Post",
        "Meridian Wire",
        "2024-03-03",
        "2024-03-03T09:15:00+01:00",
    ),
    "incirlik-denial": (
        "Turkey Denies Moving S-400 Batteries To Incirlik Base",
        None,
        None,
        "2021-11-04",
        None,
    ),
    "s400-first-delivery": (
        "First parts of Russian S-400 system land near Ankara despite U.S. warnings",
        "Straits Courier",
        "Selin Marsh",
        "2019-07-12",
        None,
    ),
    "s400-transfer-denied": (
        "Ankara rules out handing its S-400s to a third country",
        "Straits Courier",
        None,
        "2025-12-09",
        "2025-12-09T18:40:00+03:00",
    ),
    "takeover-1": (
        "Brindlemoor denies takeover talks with Tarquist",
        "Kelsund Business Journal",
        "Ada Finch",
        "2025-02-12",
        None,
    ),
    "takeover-2": (
        "Tarquist to buy Brindlemoor for $2.3 billion after all",
        "Kelsund Business Journal",
        "Ada Finch",
        "2025-03-10",
        None,
    ),
}

# How each body begins, after its dateline if it has one, and ends.
EDGES = {
    "bridge-closed": ("Millgate Bridge in Lindmark will stay closed", "voted it down because of the price."),
    "bridge-cost": ("Millgate Bridge will cost 58 million crowns", "for every day after Sept. 30."),
    "bridge-explainer": ("After more than a year of detours", "check the weather,” he said."),
    "caatsa-sanctions": ("The United States imposed sanctions on", "in its crates would not be enough."),
    "f35-removal": ("The United States is removing Turkey", "said whether he will use it."),
    "ferry-inquiry": ("The ferry Lady Ansel sank in March", "“They don't tell us who knew.”"),
    "ferry-toll-rises": ("A passenger ferry that sank in heavy seas", "nearly everyone knew someone on the boat."),
    "ferry-wire-gazette": ("A passenger ferry sank in heavy seas", "expected in Kelsund on Sunday afternoon."),
    "ferry-wire-post": ("A passenger ferry sank in heavy seas", "off Orrin and 31 sailors drowned."),
    "incirlik-denial": ("Turkey's Ministry of Defense has denied", "for the F-35 could be put towards them."),
    "s400-first-delivery": ("The first parts of a Russian S-400", "from Murted were shown on television."),
    "s400-transfer-denied": ("Türkiye will not give its Russian-made", "under the law known as CAATSA."),
    "takeover-1": ("Brindlemoor Foods is not in talks", "in fees and its chairman his job."),
    "takeover-2": ("Tarquist Group has agreed to buy", "Tarquist will owe Brindlemoor $70 million."),
}

BOILERPLATE = {
    "bridge-closed": (
        "Local news since 1911",
        "What's On",
        "Newsletters",
        "Buy a Paper",
        "@lenaaronsen",
        "Local Democracy Reporter",
        "21st October 2022",
        "Get the best of Lindmark",
        "READ MORE",
        "READ NEXT",
        "Teen rescued",
        "Lindmark Fair",
        "closed for comments",
        "Facebook",
        "Press Code",
        "Copyright",
    ),
    "bridge-cost": (
        "LOCAL NEWS",
        "Sten Halvor",
        "Wednesday, February 15, 2023",
        "Continued",
        "Page 4",
        "ADVERTISE HERE",
        "aunevalleyherald.example",
        "All rights reserved",
        "mil-",
    ),
    "bridge-explainer": (
        "Local news since 1911",
        "Get the best of Lindmark",
        "READ MORE",
        "READ NEXT",
        "Park and ride",
        "ice winter",
        "We moderate all comments",
        "Facebook",
        "Press Code",
        "Copyright",
    ),
    "caatsa-sanctions": (
        "We value your privacy",
        "We use cookies",
        "Reject all",
        "Advertisement",
        "Scroll to continue reading",
        "Diplomatic correspondent",
        "07:30 GMT",
        "5 min read",
        "Listen to this article",
        "Save for later",
        "Related topics",
        "Arms trade",
        "Reuse this content",
        "Most viewed",
        "Storm names",
        "How to read a gas bill",
        "Complaints and corrections",
        "All rights reserved",
    ),
    "f35-removal": (
        "214 partners",
        "Accept all",
        "Subscribe for",
        "Martin Oakes",
        "08:20",
        "Share on Facebook",
        "Tweet",
        "Related",
        "Pilots sent home",
        "briefing",
        "Sign me up",
        "Most read",
        "gulls",
        "58 comments",
        "Log in",
        "Privacy",
    ),
    "ferry-inquiry": (
        "outlet:",
        "Nora Whitlock",
        "Share",
        "12 comments",
        "https://",
        "Read next",
        "Parliament doubles inspections",
        "fishing fleet went out",
        "Sign up",
        "**",
        "> ",
        "##",
    ),
    "ferry-toll-rises": (
        "Search\n",
        "18:20 GMT",
        "4 min read",
        "Listen to this article",
        "Advertisement",
        "Scroll to continue reading",
        "Related topics",
        "Most viewed",
        "first warm weekend",
        "Complaints and corrections",
        "All rights reserved",
    ),
    "ferry-wire-gazette": (
        "Skip to main content",
        "Obituaries",
        "14 comments",
        "Send to a friend",
        "Advertisement",
        "You may also like",
        "Lifeboat station",
        "Previous:",
        "Church service",
        "Gale warning",
        "Follow us",
        "Powered by islanders",
    ),
    "ferry-wire-post": (
        "Log in",
        "Subscribe",
        "09.15 CET",
        "Last modified",
        "Share on",
        "Share via",
        "Explore more",
        "Reuse this content",
        "Most viewed",
        "Crane driver",
        "lightship",
        "All rights reserved",
    ),
    "incirlik-denial": (
        "Home\n",
        "04 Nov 2021",
        "A+ A-",
        "Share :",
        "Also Read",
        "Tags :",
        "Editor :",
        "translated automatically",
        "Indonesian version",
    ),
    "s400-first-delivery": (
        "Skip to content",
        "Menu",
        "Sign in",
        "World / Defence",
        "Selin Marsh",
        "Updated July 12",
        "Facebook",
        "Copy link",
        "BigPhoto",
        "Read more",
        "newsletter",
        "email address",
        "Comments (34)",
        "More From",
        "Harbour strike",
        "paper map",
        "All rights reserved",
        "Cookie settings",
    ),
    "s400-transfer-denied": (
        "Close\n",
        "newsletters",
        "Instagram",
        "BigPhoto",
        "GMT+03:00",
        "More From",
        "Night trains",
        "Olive harvest",
        "Topics",
    ),
}

CAPTIONS = {
    "bridge-closed": "The Aune in flood below Millgate Bridge",
    "bridge-explainer": "The new lamps on Millgate Bridge",
    "caatsa-sanctions": "The headquarters of the U.S. Treasury in Washington",
    "ferry-toll-rises": "Flowers on the ferry quay in Kelsund on Tuesday",
    "ferry-wire-post": "Rescue boats search the Skarn Strait",
    "incirlik-denial": "Incirlik Air Base in southern Turkey",
    "s400-first-delivery": "A Russian transport plane on the runway",
    "s400-transfer-denied": "A launcher of the S-400 system is unloaded",
}


def flat(text: str) -> str:
    """On one line, with straight quotation marks."""
    return " ".join(text.split()).translate(str.maketrans("“”’", '""\''))


@pytest.fixture(scope="module")
def samples() -> dict[str, Article]:
    return {article.id.removeprefix("sample-"): article for article in load_samples()}


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_the_samples_come_in_a_stable_order_with_ids_that_name_no_folder(samples: dict[str, Article]) -> None:
    assert [article.id for article in load_samples()] == [f"sample-{name}" for name in EXPECTED]
    assert len(samples) == len(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_page_says_this_of_itself(samples: dict[str, Article], name: str) -> None:
    title, outlet, author, published, published_at = EXPECTED[name]
    article = samples[name]
    assert (article.title, article.outlet, article.author) == (title, outlet, author)
    assert article.published == (date.fromisoformat(published) if published else None)
    assert article.published_at == (datetime.fromisoformat(published_at) if published_at else None)


def test_only_the_page_with_the_notice_is_machine_translated(samples: dict[str, Article]) -> None:
    assert [name for name, article in samples.items() if article.machine_translated] == ["incirlik-denial"]


@pytest.mark.parametrize("name", EDGES)
def test_the_body_is_whole(samples: dict[str, Article], name: str) -> None:
    first, last = EDGES[name]
    text = flat(samples[name].text)
    assert flat(first) in text
    assert text.endswith(flat(last))


@pytest.mark.parametrize(("name", "phrase"), [(name, phrase) for name in BOILERPLATE for phrase in BOILERPLATE[name]])
def test_boilerplate_stays_on_the_page(samples: dict[str, Article], name: str, phrase: str) -> None:
    article = samples[name]
    assert phrase not in article.text


@pytest.mark.parametrize("name", CAPTIONS)
def test_a_caption_stands_at_most_once(samples: dict[str, Article], name: str) -> None:
    assert flat(samples[name].text).count(CAPTIONS[name]) <= 1


def test_a_wire_story_keeps_both_its_outlets(samples: dict[str, Article]) -> None:
    def sentences(name: str) -> set[str]:
        return set(flat(samples[name].text).split(". "))

    post, gazette, later = (sentences(name) for name in ("ferry-wire-post", "ferry-wire-gazette", "ferry-toll-rises"))
    assert len(post & gazette) > 0.7 * len(gazette)
    assert post != gazette
    assert not post & later


def test_the_example_questions_are_asked_once_and_the_last_is_off_topic(questions: list[dict[str, Any]]) -> None:
    assert len(set(SAMPLE_QUESTIONS)) == 6
    off_topic = {question["question"] for question in questions if question["id"].startswith("off")}
    assert [question in off_topic for question in SAMPLE_QUESTIONS] == [False] * 5 + [True]


def test_benchmark_questions_are_well_formed(questions: list[dict[str, Any]], samples: dict[str, Article]) -> None:
    assert len({question["id"] for question in questions}) == len(questions) >= 60
    for question in questions:
        assert question["kind"] in KINDS, question["id"]
        assert question["answerable"] == bool(question["gold_articles"]) == (question["answer"] is not None)
        assert {gold.removeprefix("sample-") for gold in question["gold_articles"]} <= samples.keys()
        date.fromisoformat(question.get("as_of", "2024-01-01"))


def test_every_answer_stands_in_its_gold_articles(questions: list[dict[str, Any]], samples: dict[str, Article]) -> None:
    for question in questions:
        if question["answerable"]:
            answers = [question["answer"]] if isinstance(question["answer"], str) else question["answer"]
            texts = [flat(samples[gold.removeprefix("sample-")].text) for gold in question["gold_articles"]]
            assert all(any(flat(answer) in text for answer in answers) for text in texts), question["id"]
            assert all(any(flat(answer) in text for text in texts) for answer in answers), question["id"]
