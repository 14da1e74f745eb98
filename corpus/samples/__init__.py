"""A dozen articles to try Dateline on, in the mess that pages really have; knows nothing of how they are cleaned.

All of it is our own writing, under the project's licence. The S-400 and F-35 story keeps to widely reported facts; who
is quoted in it by name as an analyst, and everything in the other stories, people, places, companies and outlets alike,
is invented. The stories are made to be hard on purpose: figures change from one report to the next, claims are denied,
one wire story stands in two outlets, one page does not say when it was published and another not by whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.article import Article
from corpus.loading import load

SAMPLE_QUESTIONS: tuple[str, ...] = (
    "Why was Türkiye removed from the F-35 program?",
    "How much had Türkiye paid for the F-35s?",
    "Why did the Lady Ansel sink?",
    "How much is the final bill for Millgate Bridge?",
    "Did Brindlemoor talk to Tarquist about a takeover?",
    "Who won the 2022 World Cup?",
)
"""What to ask the samples first; the last one they cannot answer."""


def load_samples() -> Iterator[Article]:
    """The sample articles, by file name, with the same ids wherever the package is installed.

    Yields:
        Articles with the id ``sample-{file name without its ending}``; for a file of records, with ``-1``, ``-2``, …
        after it.

    Raises:
        LoadError: a sample file is missing its text, as after a broken installation.
    """
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.is_file() and path.suffix != ".py":
            for number, article in enumerate(load(path), start=1):
                record = f"-{number}" if path.suffix == ".jsonl" else ""
                yield replace(article, id=f"sample-{path.stem}{record}")
