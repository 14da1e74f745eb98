"""Measure other systems on the same passages: BM25 in memory, and LlamaIndex over Chroma.

Also holds the timing functions of ``growth.py``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.training.newsdev import Question, read_questions
from index import load_encoder
from index.storage.store import Store

TOP = 10
Measured = dict[str, Any]


def bm25s(room: Path, options: argparse.Namespace) -> Measured:
    """BM25 in memory over the same passages."""
    import bm25s as theirs

    from tests.benchmarks.baselines import tokenize

    texts = [text for _, _, text in _passages(room)]
    start = time.perf_counter()
    index = theirs.BM25()
    index.index(tokenize(texts), show_progress=False)
    built = time.perf_counter() - start
    del texts
    questions = read_questions(options.data)
    searched = times(
        lambda asked: index.retrieve(tokenize([asked.text]), k=TOP, show_progress=False), questions
    )
    return {"builds, s": built, "searches, ms": searched, "memory, MiB": memory()}


def llamaindex(room: Path, options: argparse.Namespace) -> Measured:
    """LlamaIndex over Chroma, given the same passages and vectors."""
    import chromadb
    from chromadb.config import Settings
    from llama_index.core.schema import BaseNode, TextNode
    from llama_index.core.vector_stores.types import VectorStoreQuery
    from llama_index.vector_stores.chroma import ChromaVectorStore

    folder = room / "llamaindex"
    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("passages", embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    start = time.perf_counter()
    held = collection.count()
    some: list[BaseNode] = []
    for number, vector, text in islice(_passages(room), held, None):
        some.append(TextNode(id_=str(number), text=text, embedding=vector.tolist()))
        if len(some) == 1_000:
            store.add(some)
            some = []
    if some:
        store.add(some)
    built = time.perf_counter() - start
    encoder = load_encoder()

    def search(asked: Question) -> object:
        vector = encoder.encode_question(asked.text).tolist()
        return store.query(VectorStoreQuery(query_embedding=vector, similarity_top_k=TOP))

    searched = times(search, read_questions(options.data))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "builds, s": built,
        "from": held,
        "searches, ms": searched,
        "memory, MiB": memory(),
        "disk, MiB": size / 2**20,
    }


def times(call: Callable[[Any], object], given: Sequence[Any]) -> list[float]:
    """Median and p95 of the milliseconds that a call takes."""
    found = []
    for each in given:
        start = time.perf_counter()
        call(each)
        found.append(1_000 * (time.perf_counter() - start))
    return middle(found)


def middle(values: Sequence[float]) -> list[float]:
    return [float(np.median(values)), float(np.percentile(values, 95))]


def memory() -> float:
    """The memory that this process holds now, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _passages(room: Path) -> Iterator[tuple[int, NDArray[np.float32], str]]:
    """Number, vector and text of each passage."""
    store = Store.open(room / "library", create=False)
    with store.reading() as snapshot:
        for each in snapshot.embeddings():
            text = snapshot.article(each.number).text
            yield from zip(
                each.passages,
                each.vectors,
                (text[slice(*span)] for span in each.spans),
                strict=True,
            )
    store.close()
