"""The news questions that search and reading are fitted and measured on.

They are RealTimeQA's, with the articles asked about. ``news-dev.articles.jsonl.gz`` holds 2,058
articles. ``news-dev.questions.jsonl`` holds 303 questions with the day they were asked. The answer
string of 214 occurs in a gold article; the articles of the other 89 were left out. Gold is by
string match: some gold articles only happen to hold the string, and a few of the 89 are answered by
other articles. Tuning uses the even half only, by the parity of sha256(id).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from assistant.evaluation.metrics import holds
from assistant.training import news
from corpus import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of news-dev; it has no gold articles if they were left out."""

    id: str
    text: str
    asked: date
    answer: str
    gold: frozenset[str]

    @property
    def is_answerable(self) -> bool:
        """Whether its gold articles are among the searched articles."""
        return bool(self.gold)

    @property
    def is_for_tuning(self) -> bool:
        """Whether it is in the even half, which may be used for tuning."""
        return int(sha256(self.id.encode()).hexdigest(), 16) % 2 == 0

    def is_answered_by(self, text: str) -> bool:
        """Whether a text contains the answer string."""
        return holds(text, [self.answer])


def read_articles(folder: Path) -> Iterator[Article]:
    """The 2,058 articles, with the ids of their records, which the questions refer to."""
    return news.read_articles(folder / "news-dev.articles.jsonl.gz")


def read_questions(folder: Path) -> list[Question]:
    """The 303 questions."""
    with (folder / "news-dev.questions.jsonl").open(encoding="utf-8") as lines:
        return [
            Question(
                id=record["id"],
                text=record["question"],
                asked=date.fromisoformat(record["asked"]),
                answer=record["answer"],
                gold=frozenset(record["gold_articles"]) if record["answerable"] else frozenset(),
            )
            for record in map(json.loads, lines)
        ]
