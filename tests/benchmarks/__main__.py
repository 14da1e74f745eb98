"""Run every benchmark, one after another, as `make bench` does.

    python -m tests.benchmarks [--data DIR] [--library FOLDER]

Exits 1 if any score fell below its floor. DIR holds the public data sets, each in its own folder.
Without it, only the benchmarks that need nothing but the project itself are run. The articles are
encoded into FOLDER once, which takes an hour.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path

NEWS = ("--data", "{data}/news-dev")
OWN: dict[str, tuple[str, ...]] = {
    "samples": (),
    "copies": NEWS,
    "speed": ("--news", "{data}/news-dev"),
}
"""The benchmarks that also run without data, and the arguments they get when there is data."""
ON_DATA: dict[str, tuple[str, ...]] = {
    "cleaning": ("--data", "{data}/pasted-pages"),
    "search": (*NEWS, "--library", "{library}"),
    "answering": ("--data", "{data}", "--library", "{library}"),
    "conversations": (
        *("--articles", "{data}/news-dev/news-dev.articles.jsonl.gz", "--library", "{library}"),
        *("--canard", "{data}/canard/dev-half.json.gz"),
    ),
    "reading": ("--data", "{data}"),
    "adding": NEWS,
    "growth": (*NEWS, "--library", "{library}", "--folder", "{library}/growth", "--sizes", "20000"),
}


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmarks and name those that fell below a floor."""
    parser = argparse.ArgumentParser(description="Run the benchmarks.")
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument(
        "--library", type=Path, metavar="FOLDER", default=user_cache_path("dateline") / "news-dev"
    )
    options = parser.parse_args(arguments)
    places = {"data": options.data, "library": options.library}
    given = OWN | ON_DATA if options.data else dict.fromkeys(OWN, ())
    runs = {name: tuple(word.format(**places) for word in words) for name, words in given.items()}
    fallen = [name for name, words in runs.items() if run(name, words)]
    sys.exit(f"fell: {', '.join(fallen)}" if fallen else 0)


def run(name: str, words: tuple[str, ...]) -> int:
    """Run a benchmark in its own process; returns its exit status."""
    sys.stdout.write(f"\n== {' '.join([name, *words])}\n")
    sys.stdout.flush()
    return subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}", *words], check=False
    ).returncode


if __name__ == "__main__":
    main()
