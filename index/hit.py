"""What index returns: passages, and hits that rank them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of whole sentences from one article, short enough for the encoder.

    Attributes:
        id: ``{article id}:{revision}:{ordinal}``.
        article_id: the article it comes from.
        start, end: character offsets; ``article.text[start:end] == text``.
        text: the passage itself, without the title that is encoded with it.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if not self.id or not self.article_id:
            raise ValueError("a passage needs an id and an article id")
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text.strip():
            raise ValueError(
                f"passage {self.id}: span ({self.start}, {self.end}) does not fit its text"
            )

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "id": self.id,
            "article_id": self.article_id,
            "start": self.start,
            "end": self.end,
            "text": self.text,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Passage:
        """The inverse of ``to_dict``."""
        return cls(**data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that search found.

    Attributes:
        article: the article that contains it.
        passage: the passage; ``article.text[passage.start:passage.end] == passage.text``.
        score: higher is better; comparable within one search only.
        similarity: cosine of question and passage, in [-1, 1]; comparable across searches.
        also_in: other articles that contain a copy of this passage, earliest first.
    """

    article: Article
    passage: Passage
    score: float
    similarity: float
    also_in: tuple[Article, ...] = ()

    def __post_init__(self) -> None:
        passage = self.passage
        if (
            passage.article_id != self.article.id
            or self.article.text[passage.start : passage.end] != passage.text
        ):
            raise ValueError(f"passage {passage.id} is not in article {self.article.id}")
        if self.score != self.score or not -1.001 <= self.similarity <= 1.001:
            raise ValueError(
                f"hit on {passage.id}: score {self.score}, similarity {self.similarity}"
            )
        if any(copy.id == self.article.id for copy in self.also_in):
            raise ValueError(f"hit on {passage.id}: an article is no copy of itself")
