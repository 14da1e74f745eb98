"""How far one machine goes: libraries of 2,000 to 1,000,000 passages, measured, beside others.

    python -m tests.benchmarks.growth --data DIR --library FOLDER --folder ROOM [--sizes N ...] [--peers-upto N]

``--data`` is news-dev, ``--library`` that of ``tests.benchmarks.search``, of whose passages and vectors the large
libraries are made (``large.py``); one library grows in ROOM from size to size. At each, in processes of their own: who
writes Chroma and searches through it, who does not and searches exactly, who adds; and, as far as they are asked to
go, LlamaIndex over Chroma and BM25 in memory (bm25s) with the same passages. Questions are news-dev's 303, on the day
that they were asked. All is kept in ROOM/growth.jsonl; table and picture are ``growth_report.py``'s. Asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, Settings
from assistant.training.newsdev import Question, read_questions
from index import Encoder, Library, load_encoder
from index.searching import BY_MEANING, BY_WORDS, _weigh
from tests.benchmarks import growth_report
from tests.benchmarks.large import Source, grow

SIZES = (2_000, 20_000, 200_000, 1_000_000)
ADDED = 200  # articles
TOP = 10
Measured = dict[str, Any]


class Ready:
    """An encoder that has vectors at hand: for what adding costs apart from encoding.

    Args:
        inner: counts word pieces.
        vectors: what it returns, in turn.
    """

    def __init__(self, inner: Encoder, vectors: NDArray[np.float32]) -> None:
        self._inner, self._vectors = inner, vectors
        self.name, self.dim, self.max_tokens = inner.name, inner.dim, inner.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.resize(self._vectors, (len(texts), self.dim))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        return self._inner.encode_question(text)


def follow(room: Path, options: argparse.Namespace) -> Measured:
    """Chroma follows what was written."""
    with Library.open(room / "library") as library:
        start = time.perf_counter()
        before = library._index.indexed
        library._index.open()
        library._index.follow()
        seconds = time.perf_counter() - start
        written = library.summary().passages
        start = time.perf_counter()
    return {"chroma follows, s": seconds, "upto": written, "from": before, "closes, s": time.perf_counter() - start}


def hold(room: Path, options: argparse.Namespace) -> Measured:
    """The process that has Chroma: opens, searches, stage by stage; with another process beside it."""
    found = _open_and_search(room, options)
    questions, library, encoder = found.pop("questions"), found.pop("library"), found.pop("encoder")
    found |= _stages(library, encoder, questions)
    vectors = [encoder.encode_question(asked.text) for asked in questions]
    near = [library._index.nearest(vector, BY_MEANING) or [] for vector in vectors]
    for name, days in (("a year", 365), ("a month", 30)):
        narrow = [(asked, asked.asked - timedelta(days=days)) for asked in questions[::5]]
        found[f"of {name}, ms"] = _times(
            lambda pair: library.search(pair[0].text, as_of=pair[0].asked, since=pair[1], until=pair[0].asked), narrow
        )
    assistant = Assistant(library, Settings())
    found["answers, ms"] = _times(lambda asked: assistant.answer(asked.text, as_of=asked.asked), questions[::5])
    found["memory, MiB"] = _memory()
    other = _run("share", options)
    exact = other.pop("nearest")
    found["recall"] = float(np.mean([len(set(a[:TOP]) & set(b)) / len(b) for a, b in zip(near, exact, strict=True)]))
    library.close()
    return found | {f"other: {key}": value for key, value in other.items()}


def share(room: Path, options: argparse.Namespace) -> Measured:
    """Another process, while one has Chroma: exact search."""
    found = _open_and_search(room, options)
    questions, library, encoder = found.pop("questions"), found.pop("library"), found.pop("encoder")
    found["memory, MiB"] = _memory()
    with library._searcher._all.reading(library._store) as (_, rows):
        found["nearest"] = [rows.nearest(encoder.encode_question(asked.text), TOP) for asked in questions]
    library.close()
    return found


def add(room: Path, options: argparse.Namespace) -> Measured:
    """Articles are added as anybody adds them, vectors being at hand; then removed."""
    source = Source.of(options.library)
    encoder = Ready(load_encoder(), source.vectors[:64])
    with Library.open(room / "library", encoder=encoder) as library:
        library.warm()
        fresh = [article for article, _, _ in islice(source.made(10_000_000), ADDED)]
        start = time.perf_counter()
        added = library.add(fresh)
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        library.remove(added.new)
        removed = time.perf_counter() - start
    return {"adds, articles/s": len(added.new) / seconds, "removes, articles/s": len(added.new) / removed}


def bm25s(room: Path, options: argparse.Namespace) -> Measured:
    """BM25 in memory over the same passages."""
    import bm25s as theirs

    from tests.benchmarks.baselines import _tokenize

    texts = [text for _, _, text in _passages(room)]
    start = time.perf_counter()
    index = theirs.BM25()
    index.index(_tokenize(texts), show_progress=False)
    built = time.perf_counter() - start
    del texts
    questions = read_questions(options.data)
    searched = _times(lambda asked: index.retrieve(_tokenize([asked.text]), k=TOP, show_progress=False), questions)
    return {"builds, s": built, "searches, ms": searched, "memory, MiB": _memory()}


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

    searched = _times(search, read_questions(options.data))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "builds, s": built, "from": held, "searches, ms": searched, "memory, MiB": _memory(), "disk, MiB": size / 2**20
    }  # fmt: skip


def _open_and_search(room: Path, options: argparse.Namespace) -> Measured:
    """From nothing to the first answer of a search; then all questions, and once more, when the disk has been read."""
    questions = read_questions(options.data)
    start = time.perf_counter()
    library = Library.open(room / "library", create=False)
    library.warm()
    library.search(questions[0].text, as_of=questions[0].asked)
    opened = time.perf_counter() - start

    def search(asked: Question) -> object:
        return library.search(asked.text, as_of=asked.asked)

    first = _times(search, questions)
    return {
        "opens, s": opened,
        "searches first, ms": first,
        "searches, ms": _times(search, questions),
        "through Chroma": library._index.ready,
        "questions": questions,
        "library": library,
        "encoder": library.encoder,
    }


def _stages(library: Library, encoder: Encoder, questions: Sequence[Question]) -> Measured:
    """Milliseconds of each step of a search on its own, median and p95; words are found beside the vector."""
    steps: dict[str, list[float]] = {}

    def timed(name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is called returns
        start = time.perf_counter()
        result = call()
        steps.setdefault(name, []).append(1_000 * (time.perf_counter() - start))
        return result

    searcher = library._searcher
    for asked in questions:
        vector = timed("the question's vector", lambda: encoder.encode_question(asked.text))  # noqa: B023 - called at once
        with library._store.reading() as snapshot:
            terms = timed("how frequent its words are", lambda: snapshot.look_up(asked.text))  # noqa: B023
            words = timed("candidates by words", lambda: snapshot.find_passages(terms, BY_WORDS, None))  # noqa: B023
        near = timed("candidates by meaning", lambda: library._index.nearest(vector, BY_MEANING))  # noqa: B023
        with searcher._tail_after(library._index.indexed).reading(library._store) as (snapshot, rows):
            read = searcher._remembered.embeddings_of
            timed("scoring", lambda: _weigh(snapshot, rows, terms, vector, [*near, *words], read))  # noqa: B023
    return {f"{name}, ms": _middle(values) for name, values in steps.items()}


def _times(call: Callable[[Any], object], given: Sequence[Any]) -> list[float]:
    """Median and p95 of the milliseconds that a call takes."""
    found = []
    for each in given:
        start = time.perf_counter()
        call(each)
        found.append(1_000 * (time.perf_counter() - start))
    return _middle(found)


def _middle(values: Sequence[float]) -> list[float]:
    return [float(np.median(values)), float(np.percentile(values, 95))]


def _memory() -> float:
    """MiB that this process holds now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _passages(room: Path) -> Any:  # noqa: ANN401 - a generator of number, vector, text
    from index.store import Store

    store = Store.open(room / "library", create=False)
    with store.reading() as snapshot:
        for each in snapshot.embeddings():
            text = snapshot.article(each.number).text
            yield from zip(each.passages, each.vectors, (text[slice(*span)] for span in each.spans), strict=True)
    store.close()


def _run(role: str, options: argparse.Namespace) -> Measured:
    """A role, played in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--role", role]
    for name in ("data", "library", "folder"):
        command += [f"--{name}", str(getattr(options, name))]
    played = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Measured = json.loads(played.stdout.splitlines()[-1])
    return found


def measure(size: int, options: argparse.Namespace) -> Measured:
    """Grow the library to a size, and measure it there."""
    folder, source = options.folder / "library", Source.of(options.library)
    found: Measured = {"date": date.today().isoformat()}
    start, before = time.perf_counter(), 0
    if (folder / "library.db").exists():
        with Library.open(folder) as library:
            before = library.summary().passages
    if before > 1.1 * size:
        sys.exit(f"{folder}: found {before:,} passages; expected at most {size:,}; give another --folder")
    grow(folder, source, size, lambda held: _tell(f"{held:,} of {size:,} passages"))
    found |= {"from": before, "writes, s": time.perf_counter() - start}
    for role in ("follow", "hold", "add"):
        _tell(f"{size:,} passages: {role}")
        found[role] = _run(role, options)
    for role in ("bm25s", "llamaindex"):
        if size <= options.peers_upto:
            _tell(f"{size:,} passages: {role}")
            found[role] = _run(role, options)
    with Library.open(folder) as library:
        held = library.summary()
    found |= {"passages": held.passages, "articles": held.articles, "load": os.getloadavg()[0]}
    found["library.db, MiB"] = (folder / "library.db").stat().st_size / 2**20
    chroma = [path.stat().st_size for path in (folder / "chroma").rglob("*") if path.is_file()]
    return found | {"chroma, MiB": sum(chroma) / 2**20}


def _tell(what: str) -> None:
    sys.stderr.write(f"\r\x1b[K{what}")
    sys.stderr.flush()


ROLES = {role.__name__: role for role in (follow, hold, share, add, bm25s, llamaindex)}


def main() -> None:
    """Measure each size, or play one role."""
    parser = argparse.ArgumentParser(description="Measure libraries as they grow.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds news-dev's files")
    parser.add_argument("--library", type=Path, required=True, metavar="FOLDER", help="of tests.benchmarks.search")
    parser.add_argument("--folder", type=Path, required=True, metavar="ROOM", help="for the large library; some 10 GB")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="ascending")
    parser.add_argument("--peers-upto", type=int, default=200_000, metavar="N", help="size up to which others are run")
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        sys.stdout.write(json.dumps(ROLES[options.role](options.folder, options)) + "\n")
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    kept = options.folder / "growth.jsonl"
    for size in options.sizes:
        found = measure(size, options)
        with kept.open("a") as file:
            file.write(json.dumps(found) + "\n")
    _tell("")
    growth_report.main(["--kept", str(kept)])


if __name__ == "__main__":
    main()
