"""The parts of an answer: Answer, Citation, Abstention. Invalid ones cannot be constructed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from corpus import Article, find_header
from index import Hit, Passage

_MARKER = re.compile(r"\[(\d+)\]")


class Abstention(StrEnum):
    """Why there is no answer."""

    NO_ARTICLES = "no_articles"
    """The library is empty, or the filters leave no article."""
    NO_MATCH = "no_match"
    """No article is on the topic."""
    NO_ANSWER = "no_answer"
    """There are articles on the topic, but no sentence is likely enough to be the answer."""

    def message(self, about: str = "this") -> str:
        """The sentence that tells a reader so.

        Args:
            about: what was asked: "this", or a part of the question in quotation marks.
        """
        match self:
            case Abstention.NO_ARTICLES:
                return "There are no articles to answer from."
            case Abstention.NO_MATCH:
                return f"Dateline found nothing about {about} in the articles."
            case Abstention.NO_ANSWER:
                return f"Dateline found no sure answer to {about} in the articles."


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quotation, verified when it is built: ``article.text[start:end] == quote``.

    Attributes:
        number: 1-based; the ``[n]`` of ``Answer.text``.
        article: the quoted article.
        start, end: character offsets into ``article.text``.
        quote: the quotation, verbatim.
        also_in: other articles that carry the same passage, earliest first.
    """

    number: int
    article: Article
    start: int
    end: int
    quote: str
    also_in: tuple[Article, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"citation number {self.number}; numbers start at 1")
        if not 0 <= self.start < self.end <= len(self.article.text) or not self.quote.strip():
            raise ValueError(
                f"citation {self.number}: span ({self.start}, {self.end}) is empty or outside "
                "the article"
            )
        if self.article.text[self.start : self.end] != self.quote:
            raise ValueError(
                f"citation {self.number}: the article does not say this at "
                f"({self.start}, {self.end})"
            )
        if any(copy.id == self.article.id for copy in self.also_in):
            raise ValueError(f"citation {self.number}: an article is no copy of itself")

    @property
    def sentence(self) -> str:
        """The quotation on one line, white space collapsed, with a bar between a table's cells."""
        return " ".join(self.quote.replace("\t", " | ").split())

    @property
    def header(self) -> str | None:
        """The row that names the columns, verbatim, if the quotation is a row below one."""
        span = find_header(self.article.text, self.start)
        return self.article.text[slice(*span)] if span else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near(Hit):
    """A passage that may hold the answer, with its closest sentence.

    Attributes:
        sentence: the sentence, verbatim; ``article.text[start:end] == sentence``.
        start, end: character offsets into ``article.text``, within the passage.
    """

    sentence: str
    start: int
    end: int

    def __post_init__(self) -> None:
        # super() would not find it, since a dataclass with slots is created as a new class
        Hit.__post_init__(self)
        if not self.passage.start <= self.start < self.end <= self.passage.end:
            raise ValueError(
                f"sentence ({self.start}, {self.end}) is outside its passage {self.passage.id}"
            )
        if self.article.text[self.start : self.end] != self.sentence:
            raise ValueError(f"the article does not say this at ({self.start}, {self.end})")


def compose_text(citations: Iterable[Citation]) -> str:
    """The quotations in order, each followed by its ``[n]``."""
    return " ".join(f"{citation.sentence} [{citation.number}]" for citation in citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Either a cited answer or an abstention.

    Attributes:
        question: the question as asked.
        query: the question as understood, which was searched for.
        text: the answer with ``[n]`` markers; when abstaining, one plain sentence.
        short_answer: a substring of ``citations[0].quote`` ("$1.4 billion"), or None.
        citations: numbered 1, 2, …; empty if and only if ``abstention`` is set.
        confidence: calibrated probability in [0, 1] that this answer is right; when abstaining,
            that the best candidate would have been right.
        abstention: why there is no answer, or None.
        nearest: the closest sentences, each with its passage, in the reader's order, best first;
            shown when abstaining.
    """

    question: str
    query: str
    text: str
    short_answer: str | None = None
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    abstention: Abstention | None = None
    nearest: tuple[Near, ...] = ()

    def __post_init__(self) -> None:
        if (self.abstention is None) != bool(self.citations):
            raise ValueError("an answer has citations if and only if it does not abstain")
        if not self.text.strip():
            raise ValueError("the text of an answer or abstention must not be blank")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in [0, 1]")
        numbers = [citation.number for citation in self.citations]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"citations are numbered {numbers}, not 1, 2, …")
        markers = {int(number) for number in _MARKER.findall(self.text)}
        if not set(numbers) <= markers:
            raise ValueError(
                f"citations {sorted(set(numbers) - markers)} are not marked in the text"
            )
        if self.short_answer is not None and (
            not self.citations
            or not self.short_answer.strip()
            or self.short_answer not in self.citations[0].quote
        ):
            raise ValueError("short_answer is not a part of the first quotation")

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; each article is listed once, without its page."""
        articles: dict[str, Article] = {}
        for citation in self.citations:
            articles |= {article.id: article for article in (citation.article, *citation.also_in)}
        for hit in self.nearest:
            articles |= {article.id: article for article in (hit.article, *hit.also_in)}
        return {
            "question": self.question,
            "query": self.query,
            "text": self.text,
            "short_answer": self.short_answer,
            "citations": [
                {
                    "number": citation.number,
                    "article": citation.article.id,
                    "start": citation.start,
                    "end": citation.end,
                    "quote": citation.quote,
                    "header": citation.header,
                    "also_in": [article.id for article in citation.also_in],
                }
                for citation in self.citations
            ],
            "confidence": self.confidence,
            "abstention": self.abstention.value if self.abstention else None,
            "nearest": [
                {
                    "article": hit.article.id,
                    "passage": hit.passage.to_dict(),
                    "score": hit.score,
                    "similarity": hit.similarity,
                    "also_in": [article.id for article in hit.also_in],
                    "sentence": hit.sentence,
                    "start": hit.start,
                    "end": hit.end,
                }
                for hit in self.nearest
            ],
            "articles": [article.to_dict(page=False) for article in articles.values()],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Answer:
        """The inverse of ``to_dict``, except for the articles' pages; quotations are checked again.

        Raises:
            ValueError: the data is invalid, such as a quotation that is not in its article.
        """
        articles = {article["id"]: Article.from_dict(article) for article in data["articles"]}
        citations = tuple(
            Citation(
                **{
                    **{name: value for name, value in citation.items() if name != "header"},
                    "article": articles[citation["article"]],
                    "also_in": tuple(articles[copy] for copy in citation["also_in"]),
                }
            )
            for citation in data["citations"]
        )
        nearest = tuple(
            Near(
                **{
                    **hit,
                    "article": articles[hit["article"]],
                    "passage": Passage.from_dict(hit["passage"]),
                    "also_in": tuple(articles[copy] for copy in hit["also_in"]),
                }
            )
            for hit in data["nearest"]
        )
        abstention = Abstention(data["abstention"]) if data["abstention"] else None
        return cls(
            question=data["question"],
            query=data["query"],
            text=data["text"],
            short_answer=data["short_answer"],
            citations=citations,
            confidence=data["confidence"],
            abstention=abstention,
            nearest=nearest,
        )
