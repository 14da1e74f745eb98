"""How long a search takes in a large library, and a question with reading: warm.

    python -m tests.benchmarks.searching --data ../shared/data/news-dev [--passages 20000] [--encoded 1000]

The library holds the articles of news-dev, and as many made by mixing runs of four words of three as it takes: the
words are real, and as frequent as they really are. To encode them all would take an hour, so only the first passages
are; each other one has the vector of one of those, turned by 45 degrees in a direction of its own. Searched with Chroma
open, as in the chat. Questions are news-dev's 303, on the day they were asked; a fifth of
them are answered. Prints times; asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, Settings
from assistant.training.newsdev import Question, read_articles, read_questions
from corpus import Article
from index import Encoder, Library
from index.encoder import load_encoder


class Sampled:
    """An encoder that really encodes the first passages only, and every question.

    Args:
        inner: what encodes them.
        count: how many.
    """

    def __init__(self, inner: Encoder, count: int) -> None:
        self._inner = inner
        self._count = count
        self._turn = Lock()
        self._random = np.random.default_rng(0)
        self._known = np.empty((0, inner.dim), np.float32)
        self.name, self.dim, self.max_tokens = inner.name, inner.dim, inner.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._turn:
            if len(self._known) < self._count:
                rows = self._inner.encode_passages(texts)
                self._known = np.concatenate([self._known, rows])
                return rows
            rows = self._random.choice(self._known, len(texts))
            turned = self._random.standard_normal(rows.shape, np.float32)
        rows += turned / np.linalg.norm(turned, axis=1, keepdims=True)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode_question(self, text: str) -> NDArray[np.float32]:
        return self._inner.encode_question(text)


def mix(articles: Sequence[Article]) -> Iterator[Article]:
    """Articles without end, each of runs of four words of three in any order: no sentence stands in two articles."""
    chance = random.Random(0)
    number = 0
    while True:
        number += 1
        parts = chance.sample(articles, 3)
        words = [word for part in parts for word in part.text.split()]
        runs = [" ".join(words[low : low + 4]) for low in range(0, len(words), 4)]
        chance.shuffle(runs)
        kept = [" ".join(runs[low : low + 5]) + "." for low in range(0, len(runs) // 3 + 1, 5)]
        text = "\n\n".join(" ".join(kept[low : low + 5]) for low in range(0, len(kept), 5))
        yield replace(parts[0], id=f"mixed-{number}", text=text)


def fill(library: Library, articles: Sequence[Article], passages: int) -> None:
    """Add articles, then mixed ones, until the library holds so many passages."""
    library.add(articles)
    mixed = mix(articles)
    while (missing := passages - library.summary().passages) > 0:
        library.add(next(mixed) for _ in range(missing // 10 + 1))


def time_all(call: Callable[[Question], object], questions: Sequence[Question]) -> str:
    """Medians and 95th percentiles of the milliseconds that a call takes, on the clock and of all cores; warm."""
    for question in questions[:20]:
        call(question)
    clock, cores = [], []
    for question in questions:
        start, core_start = time.perf_counter(), time.process_time()
        call(question)
        clock.append(1000 * (time.perf_counter() - start))
        cores.append(1000 * (time.process_time() - core_start))
    return (
        f"median {np.median(clock):.1f} ms, p95 {np.percentile(clock, 95):.1f} ms;"
        f" of all cores median {np.median(cores):.1f} ms, p95 {np.percentile(cores, 95):.1f} ms"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time searching and answering in a large library.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds news-dev's files")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--encoded", type=int, default=1_000)
    options = parser.parse_args()
    questions = read_questions(options.data)
    encoder = Sampled(load_encoder(), options.encoded)
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, encoder=encoder) as library:
        fill(library, list(read_articles(options.data)), options.passages)
        library.warm()
        held = library.summary()
        sys.stdout.write(f"{held.passages:,} passages of {held.articles:,} articles\n")
        searched = time_all(lambda asked: library.search(asked.text, limit=10, as_of=asked.asked), questions)
        sys.stdout.write(f"  searched, {len(questions)} questions: {searched}\n")
        for reader in ("trained", "rules"):
            assistant = Assistant(library, Settings(reader=reader))
            assistant.warm()
            some = questions[::5]
            answered = time_all(partial(_answer, assistant), some)
            sys.stdout.write(f"  answered, reader {reader}, {len(some)} questions: {answered}\n")
        sys.stdout.write(f"  (load average {os.getloadavg()[0]:.1f})\n")


def _answer(assistant: Assistant, asked: Question) -> object:
    return assistant.answer(asked.text, as_of=asked.asked)


if __name__ == "__main__":
    main()
