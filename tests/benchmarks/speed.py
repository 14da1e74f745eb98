"""Measure how long a question takes, and where the time goes.

    python -m tests.benchmarks.speed [--news DIR] [--articles 300] [--questions 60] [--json]

Warm, on the samples and on a part of news-dev: median and p95 of a question, the share of each
stage, and peak memory. Cold: the time of ``dateline ask`` as a whole process, and of its parts.
Prints a table; asserts nothing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, Settings
from corpus import Article, load
from corpus.samples import load_samples
from index import Library
from index.encoding.encoder import Encoder, load_encoder

QUESTIONS = Path(__file__).parent / "samples.questions.jsonl"

# The steps of a cold `dateline ask`, each timed; run in its own process.
COLD = """
import json, sys, time
steps, last = {}, time.perf_counter()
def step(name):
    global last
    now = time.perf_counter()
    steps[name] = now - last
    last = now
from assistant import Assistant, Settings
from index import Library
step("import assistant and index")
library = Library.open(sys.argv[1], create=False)
assistant = Assistant(library, Settings())
step("open the library")
library.encoder.encode_question("warm")
step("load the encoder")
assistant.answer(sys.argv[2])
step("answer")
library.close()
step("close")
print(json.dumps(steps))
"""


class TimedEncoder:
    """An encoder that adds up the time spent in it."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.name, self.dim, self.max_tokens = inner.name, inner.dim, inner.max_tokens
        self.seconds = 0.0

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._timed():
            return self._inner.encode_passages(texts)

    def encode_question(self, text: str) -> NDArray[np.float32]:
        with self._timed():
            return self._inner.encode_question(text)


def ask_all(
    assistant: Assistant, encoder: TimedEncoder, questions: Sequence[str]
) -> dict[str, Any]:
    """Median and p95 in milliseconds, and the share of each stage in the total time."""
    totals, stages = [], {"Searching": 0.0, "Reading": 0.0, "Writing": 0.0}
    encoder.seconds = 0.0
    for question in questions:
        marks: list[tuple[str, float]] = []
        start = time.perf_counter()
        assistant.answer(
            question,
            # called before the next iteration of the loop
            on_stage=lambda stage: marks.append((stage.split()[0], time.perf_counter())),  # noqa: B023
        )
        end = time.perf_counter()
        totals.append(end - start)
        for (stage, begun), (_, ended) in zip(marks, [*marks[1:], ("", end)], strict=True):
            stages[stage] += ended - begun
    total = sum(totals)
    return {
        "questions": len(totals),
        "median_ms": 1000 * statistics.median(totals),
        "p95_ms": 1000 * float(np.percentile(totals, 95)),
        "share_searching": stages["Searching"] / total,
        "share_reading": stages["Reading"] / total,
        "share_writing": stages["Writing"] / total,
        "share_encoder": encoder.seconds / total,
    }


def warm(
    folder: Path, articles: Iterator[Article], questions: Sequence[str], encoder: TimedEncoder
) -> dict[str, Any]:
    """Build a library, ask once to warm it, then time every question."""
    with Library.open(folder, encoder=encoder) as library:
        start = time.perf_counter()
        added = library.add(articles)
        adding = time.perf_counter() - start
        assistant = Assistant(library, Settings())
        assistant.warm()
        assistant.answer(questions[0])
        summary = library.summary()
        return {
            "articles": summary.articles,
            "passages": summary.passages,
            "added_per_s": len(added.new) / adding,
            **ask_all(assistant, encoder, questions),
        }


def cold(folder: Path, question: str, runs: int = 5) -> dict[str, float]:
    """Median seconds of the whole ``dateline ask`` and of its parts, each in fresh processes."""
    whole, parts = [], []
    command = [sys.executable, "-m", "ui.cli", "--library", str(folder), "ask", question]
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        whole.append(time.perf_counter() - start)
        steps = subprocess.run(
            [sys.executable, "-c", COLD, str(folder), question],
            check=True,
            capture_output=True,
            text=True,
        )
        parts.append(json.loads(steps.stdout.splitlines()[-1]))
    return {
        "dateline ask": statistics.median(whole),
        **{step: statistics.median(part[step] for part in parts) for step in parts[0]},
    }


def news(folder: Path, articles: int, questions: int) -> tuple[Iterator[Article], list[str]]:
    """The first articles of news-dev; and questions, those with a gold article among them first."""
    path = folder / "news-dev.articles.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        kept = {json.loads(line)["id"] for line in islice(file, articles)}
    rows = [
        json.loads(line)
        for line in (folder / "news-dev.questions.jsonl").read_text("utf-8").splitlines()
    ]
    rows.sort(key=lambda row: not kept & set(row["gold_articles"]))
    return islice(load(path), articles), [row["question"] for row in rows[:questions]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time questions, warm and cold.")
    parser.add_argument("--news", type=Path, default=Path("../shared/data/news-dev"))
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoder = TimedEncoder(load_encoder())
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        asked = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
        results["samples, warm"] = warm(folder / "samples", load_samples(), asked, encoder)
        if options.news.is_dir():
            articles, questions = news(options.news, options.articles, options.questions)
            results["news-dev, warm"] = warm(folder / "news", articles, questions, encoder)
        results["samples, cold (s)"] = cold(folder / "samples", asked[0])
    results["memory"] = {"peak_MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for name, values in results.items():
        print(name)
        for key, value in values.items():
            print(
                f"  {key:28} {value:10.3f}"
                if isinstance(value, float)
                else f"  {key:28} {value:>10}"
            )


if __name__ == "__main__":
    main()
