"""What the reader learns from questions written on news.

It sees the passages that search finds, and where the answer is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.training.news import (
    PASSAGES,
    NewsQuestion,
    find_passages,
    make_examples,
    read_articles,
    read_questions,
)
from corpus import Article
from index import Library
from tests.fakes import WordEncoder

HARBOUR = Article(
    id="h",
    title="Harbour",
    outlet="Post",
    published=date(2024, 5, 3),
    text="Port Arden opened its harbour in 1911. "
    "Ada Merrow paid two million crowns for it, two million more than planned.",
)
FERRY = Article(
    id="f",
    title="Ferry",
    text="The ferry from Port Arden to Ostia cost two million crowns and takes two hours.",
)
ASKED = NewsQuestion(
    id="q1",
    article="h",
    kind="how much",
    question="How much did Ada Merrow pay for the harbour of Port Arden?",
    answerable=True,
    answer="two million crowns",
    evidence="Ada Merrow paid two million crowns for it, two million more than planned.",
)
ARTICLES = {article.id: article for article in (HARBOUR, FERRY)}


def find(tmp_path: Path, *questions: NewsQuestion) -> dict[str, list[tuple[str, int, int]]]:
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add(ARTICLES.values())
        return find_passages(library, questions, tmp_path / "found.json", 7, lambda: None)


def test_the_answer_is_right_in_its_evidence_and_unsure_where_its_words_stand_elsewhere(
    tmp_path: Path,
) -> None:
    (example,) = make_examples(ARTICLES, [ASKED], find(tmp_path, ASKED), "7")
    marked = [
        (
            [text.text[slice(*span)] for span in text.right],
            [text.text[slice(*span)] for span in text.unsure],
        )
        for text in sorted(example.texts, key=lambda text: -len(text.right))
    ]
    assert marked == [(["two million crowns"], []), ([], ["two million crowns"])]


def test_a_word_or_two_that_another_article_says_too_are_wrong_there(tmp_path: Path) -> None:
    short = replace(ASKED, answer="two million")
    (example,) = make_examples(ARTICLES, [short], find(tmp_path, short), "7")
    own, other = sorted(example.texts, key=lambda text: -len(text.right))
    assert [own.text[slice(*span)] for span in own.unsure] == ["two million"]
    assert other.unsure == ()


def test_a_near_miss_has_no_right_span(tmp_path: Path) -> None:
    missed = replace(ASKED, answerable=False, answer="", evidence="")
    (example,) = make_examples(ARTICLES, [missed], find(tmp_path, missed), "7")
    assert not any(text.right or text.unsure for text in example.texts)


def test_where_search_misses_the_evidence_its_passage_takes_the_last_place(tmp_path: Path) -> None:
    others = [
        replace(FERRY, id=f"f{n}", text=f"{FERRY.text} Ada Merrow, number {n}, paid.")
        for n in range(2 * PASSAGES)
    ]
    asked = replace(ASKED, question="ferry Port Arden Ostia hours Ada Merrow")
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as library:
        library.add([HARBOUR, *others])
        found = find_passages(library, [asked], tmp_path / "found.json", 7, lambda: None)
    assert len(found["q1"]) <= PASSAGES
    assert found["q1"][-1][0] == "h"


def test_what_was_found_is_kept_and_an_example_is_made_the_same_way_again(tmp_path: Path) -> None:
    found = find(tmp_path, ASKED)
    again = json.loads((tmp_path / "found.json").read_text())
    assert list(make_examples(ARTICLES, [ASKED], found, "7")) == list(
        make_examples(ARTICLES, [ASKED], again, "7")
    )


def test_parts_of_the_context_are_left_out_now_and_then(tmp_path: Path) -> None:
    found = find(tmp_path, ASKED)
    contexts = [
        text.context
        for n in range(50)
        for example in make_examples(ARTICLES, [ASKED], found, f"7 {n}")
        for text in example.texts
        if text.right
    ]
    assert {context.source for context in contexts} == {"", "Post, May 3, 2024."}
    assert 0 < sum(context.title == "" for context in contexts) < 25


@pytest.mark.parametrize("record", ["a1", "a2"])
def test_articles_and_questions_are_read_from_json_lines(tmp_path: Path, record: str) -> None:
    said = {
        "id": record,
        "title": " T ",
        "url": "https://www.cnn.com/x",
        "published": "2024/05/03",
        "text": "Words.",
    }
    (tmp_path / "articles.jsonl").write_text(json.dumps(said))
    (article,) = read_articles(tmp_path / "articles.jsonl")
    assert (article.id, article.title, article.published) == (record, "T", date(2024, 5, 3))
    assert article.outlet in ("CNN", "cnn.com")
    line = {name: getattr(ASKED, name) for name in NewsQuestion.__dataclass_fields__} | {
        "note": "ignored"
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(line) + "\n")
    assert read_questions([tmp_path / "questions.jsonl"], {}) == [ASKED]


def test_spans_that_are_given_by_offsets_are_read_from_the_article(tmp_path: Path) -> None:
    start = HARBOUR.text.index(ASKED.evidence)
    at = HARBOUR.text.index(ASKED.answer)
    line = {"id": "q1", "article": "h", "kind": "how much", "question": ASKED.question}
    spans = {
        "evidence": [start, start + len(ASKED.evidence)],
        "answer": [at, at + len(ASKED.answer)],
    }
    missed = {**line, "id": "q2"}
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, [{**line, **spans}, missed])))
    first, second = read_questions([tmp_path / "q.jsonl"], ARTICLES)
    assert first == ASKED
    assert (second.answerable, second.answer, second.evidence) == (False, "", "")


def test_fewer_passages_are_those_that_answer_and_the_best_of_the_others(tmp_path: Path) -> None:
    others = {f"f{n}": replace(FERRY, id=f"f{n}") for n in range(6)}
    found = {"q1": [(name, 0, len(FERRY.text)) for name in others] + [("h", 0, len(HARBOUR.text))]}
    (example,) = make_examples({**others, **ARTICLES}, [ASKED], found, "7", 3)
    assert len(example.texts) == 3
    assert example.texts[0].right
