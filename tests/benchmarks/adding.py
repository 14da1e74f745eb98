"""Time adding articles, compared with LlamaIndex's pipeline on the same weights and a Chroma store.

    python -m tests.benchmarks.adding --data ../shared/data/news-dev [--articles 300] [--rounds 10]

Each contender runs in its own process, is warmed up, and adds the same articles. In each round,
the contenders take turns to add one part of them to a new store, so that other load on the machine
affects all of them alike. Figures are medians over the rounds, with their range. Each round also
measures the machine's fp32 matrix product, on every core, at the model's shapes.

Needs the extra `bench`. Prints tables; fails if the weights differ or an article was not added.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice, pairwise
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from assistant.training.newsdev import read_articles
from corpus import Article
from index.encoding.encoder import DEFAULT_MAX_TOKENS, load_tokenizer
from tests.benchmarks.contenders import CONTENDERS, OURS, THEIRS, Contender, Dateline, Embedded
from tests.benchmarks.product import Rate, flops_of, measure_product

PROBE = "Türkiye was removed from the F-35 programme in 2019."


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one contender did in one round, and what the machine allowed.

    Attributes:
        articles: number of articles added.
        clock, cores: seconds that this took, by the clock and summed over all cores.
        texts, pieces: number of texts encoded, and of their word pieces that the model read.
        flops: operations of the matrix products for these pieces, without padding.
        characters, unread: characters of the articles, without white space, and how many of them
            the model read in no text.
        allowed: the rate of the matrix product.
    """

    articles: int
    clock: float
    cores: float
    texts: int
    pieces: int
    flops: float
    characters: int
    unread: int
    allowed: Rate


def work(name: str, data: Path, count: int, line: Connection) -> None:
    """Run a contender's process.

    It adds the parts that it is sent, and answers with the time this took and the encoded texts.
    """
    os.environ.update(CONTENDERS[name].environment)
    articles = list(islice(read_articles(data), count))
    contender = CONTENDERS[name].load()
    add(contender, articles[:2])
    line.send(contender.vector(PROBE))
    while (part := line.recv()) is not None:
        line.send(add(contender, articles[part]))
    line.send(memory())
    if isinstance(contender, Dateline):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            line.send(contender.stages(articles[:60], Path(folder)))


def add(contender: Contender, articles: Sequence[Article]) -> tuple[float, float, list[Embedded]]:
    """Have a contender add articles to a new store.

    Returns:
        Seconds by the clock, seconds summed over all cores, and the encoded texts.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        contender.open(Path(folder))
        clock, cores = time.perf_counter(), time.process_time()
        contender.add(articles)
        clock, cores = time.perf_counter() - clock, time.process_time() - cores
        embedded = contender.embedded()
        contender.close()
    return clock, cores, embedded


def memory() -> float:
    """The peak memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024**2 if sys.platform == "darwin" else 1024
    )


class Process:
    """A contender that runs in its own process."""

    def __init__(self, name: str, data: Path, count: int) -> None:
        self.name = name
        self._line, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=work, args=(name, data, count, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.rounds: list[Round] = []
        self.probe = self._line.recv()
        self.peak = 0.0
        self.stages: dict[str, float] = {}

    def add(self, articles: Sequence[Article], part: slice, allowed: Rate) -> None:
        """Run one round.

        Raises:
            SystemExit: not every article was added.
        """
        self._line.send(part)
        clock, cores, embedded = self._line.recv()
        added = len({text.article_id for text in embedded})
        if added != len(articles):
            sys.exit(f"{self.name} added {added} of {len(articles)} articles")
        lengths, characters, unread = read_by_model(articles, embedded)
        self.rounds.append(
            Round(
                articles=added,
                clock=clock,
                cores=cores,
                texts=len(embedded),
                pieces=sum(lengths),
                flops=sum(map(flops_of, lengths)),
                characters=characters,
                unread=unread,
                allowed=allowed,
            )
        )

    def finish(self) -> None:
        """End the process and collect its final figures."""
        self._line.send(None)
        self.peak = self._line.recv()
        if self.name == OURS:
            self.stages = self._line.recv()
        self._process.join()

    def total(self, value: Callable[[Round], float]) -> float:
        """Sum a value over the rounds."""
        return sum(map(value, self.rounds))


def read_by_model(
    articles: Sequence[Article], embedded: Sequence[Embedded]
) -> tuple[list[int], int, int]:
    """Count what the model reads.

    Returns:
        The word pieces read of each text, the articles' characters, and how many of these are read
        in no text.
    """
    unread = {
        article.id: np.array([not character.isspace() for character in article.text])
        for article in articles
    }
    characters = sum(int(flags.sum()) for flags in unread.values())
    lengths = []
    for text, encoding in zip(
        embedded, load_tokenizer().encode_batch([text.text for text in embedded]), strict=True
    ):
        lengths.append(min(len(encoding.ids), DEFAULT_MAX_TOKENS))
        cut = len(encoding.ids) > DEFAULT_MAX_TOKENS  # then the last piece is the separator
        end = encoding.offsets[DEFAULT_MAX_TOKENS - 2][1] if cut else len(text.text)
        unread[text.article_id][text.start : text.start + max(0, end - text.prefix)] = False
    return lengths, characters, sum(int(flags.sum()) for flags in unread.values())


def run(data: Path, count: int, rounds: int) -> list[Process]:
    """Run all contenders, round after round; the order is reversed every other round."""
    articles = list(islice(read_articles(data), count))
    processes = [Process(name, data, len(articles)) for name in CONTENDERS]
    for process in processes:
        if not np.allclose(process.probe, processes[0].probe, atol=1e-5):
            sys.exit(f"{process.name} encodes with other weights than {processes[0].name}")
    edges = np.linspace(0, len(articles), rounds + 1).astype(int).tolist()
    for ordinal, (low, high) in enumerate(pairwise(edges)):
        for process in processes[:: 1 if ordinal % 2 else -1]:
            process.add(articles[low:high], slice(low, high), measure_product())
    for process in processes:
        process.finish()
    return processes


def spread(values: Sequence[float]) -> str:
    """Format the median and range."""
    return f"{np.median(values):.2f} [{min(values):.2f}, {max(values):.2f}]"


def compare(processes: Sequence[Process]) -> Iterator[str]:
    """Yield the lines of a table that compares the contenders with ``THEIRS``."""
    theirs = next(process for process in processes if process.name == THEIRS)
    yield (
        f"{'':22}{'articles a second, times ' + THEIRS:>44}"
        f"{'texts':>8}{'pieces':>9}{'unread':>8}{'MiB: peak':>11}"
    )
    yield f"{'':22}{'by the clock':>22}{'by core seconds':>22}"
    for process in processes:
        pairs = list(zip(process.rounds, theirs.rounds, strict=True))
        unread = process.total(lambda one: one.unread) / process.total(lambda one: one.characters)
        yield (
            f"{process.name:22}{spread([other.clock / one.clock for one, other in pairs]):>22}"
            f"{spread([other.cores / one.cores for one, other in pairs]):>22}"
            f"{process.total(lambda one: one.texts):8,.0f}"
            f"{process.total(lambda one: one.pieces):9,.0f}{unread:8.1%}{process.peak:11,.0f}"
        )


def account(processes: Sequence[Process]) -> Iterator[str]:
    """Yield the lines of a table of contenders against the matrix product's rate.

    The last line says where our time goes.
    """
    yield (
        f"{'':22}{'articles/s':>12}{'pieces/s':>10}{'pieces/core s':>15}"
        f"{'share of the matrix product':>46}"
    )
    yield f"{'':59}{'by the clock':>23}{'by core seconds':>23}"
    for process in processes:
        clock, pieces = process.total(lambda one: one.clock), process.total(lambda one: one.pieces)
        yield (
            f"{process.name:22}{process.total(lambda one: one.articles) / clock:12.2f}"
            f"{pieces / clock:10,.0f}"
            f"{pieces / process.total(lambda one: one.cores):15,.0f}"
            f"{spread([one.flops / one.clock / one.allowed.clock for one in process.rounds]):>23}"
            f"{spread([one.flops / one.cores / one.allowed.core for one in process.rounds]):>23}"
        )
    rates = [one.allowed for process in processes for one in process.rounds]
    yield (
        f"the matrix product: {spread([rate.clock / 1e9 for rate in rates])} GFLOP/s by the clock,"
        f" {spread([rate.core / 1e9 for rate in rates])} a core second"
    )
    ours = next(process for process in processes if process.name == OURS)
    total = sum(ours.stages.values())
    stages = ", ".join(f"{stage} {seconds / total:.1%}" for stage, seconds in ours.stages.items())
    yield f"{OURS}'s core seconds, stage after stage: {stages}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time adding, beside LlamaIndex's pipeline.")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="holds news-dev.articles.jsonl.gz"
    )
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    if find_spec("llama_index.vector_stores") is None:
        sys.exit(
            "llama-index-vector-stores-chroma is not installed; "
            "install it with: pip install -e '.[bench]'"
        )
    before = os.getloadavg()[1]
    processes = run(options.data, options.articles, options.rounds)
    sys.stdout.write(
        f"{processes[0].total(lambda one: one.articles):,.0f} articles in "
        f"{len(processes[0].rounds)} rounds,"
        f" {os.cpu_count()} cores; load average (5 minutes) {before:.1f} before, "
        f"{os.getloadavg()[1]:.1f} after\n\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in [*compare(processes), "", *account(processes)])


if __name__ == "__main__":
    main()
