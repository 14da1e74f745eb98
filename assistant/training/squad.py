"""Reads SQuAD 2.0 from its JSON file.

It holds questions about paragraphs of Wikipedia. A third to a half of them are unanswerable
(Rajpurkar et al. 2018, https://arxiv.org/abs/1806.03822; CC BY-SA 4.0).
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.reading.windows import Context
from assistant.training.data import Example, Text

TITLED = 0.5
"""Share of the questions that are read with the title of the paragraph's page.

Articles have titles, but SQuAD's paragraphs have none of their own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph, and the title of its page."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about a paragraph.

    Attributes:
        id: as in the data set.
        text: the question.
        paragraph: index of the paragraph.
        accepted: the accepted answers; empty if the paragraph does not hold one.
        spans: spans of characters of the paragraph that answer. If the data only says that the
            answer occurs several times, all its occurrences.
    """

    id: str
    text: str
    paragraph: int
    accepted: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def read_squad(path: Path) -> tuple[list[Paragraph], list[Question]]:
    """All paragraphs and all questions about them, in the order of the file (gzipped JSON)."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        topics = json.load(file)["data"]
    for topic in topics:
        title = topic["title"].replace("_", " ")
        for paragraph in topic["paragraphs"]:
            text = paragraph["context"]
            for question in paragraph["qas"]:
                answers = [] if question["is_impossible"] else question["answers"]
                spans = {span for answer in answers for span in _places(text, answer)}
                questions.append(
                    Question(
                        id=question["id"],
                        text=question["question"].strip(),
                        paragraph=len(paragraphs),
                        accepted=tuple(answer["text"] for answer in answers),
                        spans=tuple(sorted(spans)),
                    )
                )
            paragraphs.append(Paragraph(title=title, text=text))
    return paragraphs, questions


def shuffle(questions: Sequence[Question], seed: int) -> list[Question]:
    """All questions, in the order in which the reader trains on them."""
    return random.Random(seed).sample(questions, len(questions))


def make_examples(
    paragraphs: Sequence[Paragraph],
    questions: Iterable[Question],
    wrong: Mapping[str, int],
    seed: int,
) -> Iterator[Example]:
    """Questions with their paragraphs, and with a hard negative for those that have one.

    Args:
        paragraphs: all paragraphs.
        questions: to train on.
        wrong: maps a question's id to the index of a paragraph that search wrongly returns.
        seed: for the draw of the questions that are read with a title.
    """
    for question in questions:
        titled = random.Random(f"{seed} {question.id}").random() < TITLED
        places = [question.paragraph, *([wrong[question.id]] if question.id in wrong else [])]
        texts = tuple(
            Text(
                text=paragraphs[place].text,
                context=Context(
                    source="", title=paragraphs[place].title if titled else "", lead=""
                ),
                right=question.spans if place == question.paragraph else (),
            )
            for place in places
        )
        yield Example(question=question.text, texts=texts)


def _places(text: str, answer: dict[str, str | int]) -> list[tuple[int, int]]:
    words, start = str(answer["text"]), int(answer["answer_start"])
    if answer.get("n_occurrences", 1) == 1:
        return [(start, start + len(words))]
    return [found.span() for found in re.finditer(re.escape(words), text)]
