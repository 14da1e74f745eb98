"""A dozen sample articles for trying out Dateline, as messy as real pages.

We wrote all of them, and they are under the project's licence. The S-400 and F-35 story keeps to
widely reported facts, but the analysts it quotes by name are invented. In the other stories
everything is invented: people, places, companies and outlets. The stories are hard on purpose:
figures change from one report to the next, claims are denied, one wire story appears in two
outlets, one page has no publication date and another does not name who published it.
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
"""Suggested first questions; the samples cannot answer the last one."""


def load_samples() -> Iterator[Article]:
    """Load the sample articles in order of file name; their ids do not depend on the install path.

    Yields:
        Articles with the id ``sample-{file name without its suffix}``; articles from a file of
        records also have ``-1``, ``-2``, … after it.

    Raises:
        LoadError: a sample file has no text, as after a broken installation.
    """
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.is_file() and path.suffix != ".py":
            for number, article in enumerate(load(path), start=1):
                record = f"-{number}" if path.suffix == ".jsonl" else ""
                yield replace(article, id=f"sample-{path.stem}{record}")
