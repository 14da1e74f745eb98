from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus import Article
from corpus.samples import SAMPLE_QUESTIONS, load_samples

EXPECTED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("samples.expected.json").read_text(encoding="utf-8")
)
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "benchmarks" / "samples.questions.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
KINDS = {"who", "when", "where", "how much", "how many", "why", "did", "what"}


def flat(text: str) -> str:
    """The text on one line, with straight quotation marks."""
    return " ".join(text.split()).translate({0x201C: '"', 0x201D: '"', 0x2019: "'"})


@pytest.fixture(scope="module")
def samples() -> dict[str, Article]:
    return {article.id.removeprefix("sample-"): article for article in load_samples()}


def test_the_samples_come_in_a_stable_order_with_ids_that_name_no_folder() -> None:
    assert [article.id for article in load_samples()] == [f"sample-{name}" for name in EXPECTED]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_carries_what_its_page_says_of_itself(
    samples: dict[str, Article], name: str
) -> None:
    article, expected = samples[name], EXPECTED[name]
    assert (article.title, article.outlet, article.author) == tuple(
        expected[k] for k in ("title", "outlet", "author")
    )
    assert article.published == (
        date.fromisoformat(expected["published"]) if expected["published"] else None
    )
    stamp = expected["published_at"]
    assert article.published_at == (datetime.fromisoformat(stamp) if stamp else None)


def test_only_the_page_with_the_notice_is_machine_translated(samples: dict[str, Article]) -> None:
    assert [name for name, article in samples.items() if article.machine_translated] == [
        "incirlik-denial"
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_kept_from_its_first_sentence_to_its_last(
    samples: dict[str, Article], name: str
) -> None:
    text = flat(samples[name].text)
    assert EXPECTED[name]["first"] in text
    assert text.endswith(EXPECTED[name]["last"])


@pytest.mark.parametrize("name", EXPECTED)
def test_boilerplate_stays_on_the_page(samples: dict[str, Article], name: str) -> None:
    article = samples[name]
    assert [phrase for phrase in EXPECTED[name]["boilerplate"] if phrase in article.text] == []


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name]["caption"]])
def test_a_caption_stands_at_most_once(samples: dict[str, Article], name: str) -> None:
    assert flat(samples[name].text).count(EXPECTED[name]["caption"]) <= 1


def test_a_wire_story_stands_in_two_outlets_and_a_later_report_is_no_copy(
    samples: dict[str, Article],
) -> None:
    post, gazette, later = (
        set(flat(samples[name].text).split(". "))
        for name in ("ferry-wire-post", "ferry-wire-gazette", "ferry-toll-rises")
    )
    assert post != gazette
    assert len(post & gazette) > 0.7 * len(gazette)
    assert not post & later


def test_only_the_last_example_question_is_beyond_the_samples() -> None:
    beyond = {question["question"] for question in QUESTIONS if "answer" not in question}
    assert [question in beyond for question in SAMPLE_QUESTIONS] == [False] * 5 + [True]


def test_benchmark_questions_name_articles_that_exist(samples: dict[str, Article]) -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS) >= 60
    for question in QUESTIONS:
        assert question["kind"] in KINDS, question["id"]
        assert {
            gold.removeprefix("sample-") for gold in question.get("articles", [])
        } <= samples.keys(), question["id"]


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if "answer" in q], ids=lambda question: question["id"]
)
def test_an_answer_stands_in_each_of_its_gold_articles(
    samples: dict[str, Article], question: dict[str, Any]
) -> None:
    answers = [question["answer"]] if isinstance(question["answer"], str) else question["answer"]
    texts = [flat(samples[gold.removeprefix("sample-")].text) for gold in question["articles"]]
    assert all(any(answer in text for answer in answers) for text in texts)
    assert all(any(answer in text for text in texts) for answer in answers)
