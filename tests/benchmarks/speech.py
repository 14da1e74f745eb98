"""Measure whether a quotation that ends with ? or ! stays with who said it.

    python -m tests.benchmarks.speech --data DIR [--part dev]

DIR holds `polnear/` (PolNeAR v1: who says what in US political news). Wherever a quotation ends
with a question or exclamation mark and a capitalised word follows in its paragraph, the two must be
one sentence if an attribution has its cue in the words that follow and its content in the
quotation, and two sentences if none has.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import split_sentences

_AFTER = re.compile(r"[?!][”\"] +(?=[A-Z])")
_STOP = re.compile(r"[.?!\n]|\Z")
_SHORTEST = 12  # characters in which no full stop ends the words after a quotation


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure whether speech stays with its speaker.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--part", choices=("train", "dev"), default="train")
    options = parser.parse_args()
    counts: Counter[tuple[bool, bool]] = Counter()
    with gzip.open(
        options.data / "polnear" / f"{options.part}.jsonl.gz", "rt", encoding="utf-8"
    ) as file:
        for line in file:
            counts.update(_compare(json.loads(line)))
    joined = counts[True, True] + counts[False, True]
    said = counts[True, True] + counts[True, False]
    sys.stdout.write(
        f"polnear {options.part}: {sum(counts.values())} places, {said} attributed;"
        f" joined {joined}, {counts[True, True]} of them rightly;"
        f" precision {counts[True, True] / max(joined, 1):.3f},"
        f" recall {counts[True, True] / max(said, 1):.3f}\n"
    )


def _compare(article: dict[str, Any]) -> Iterator[tuple[bool, bool]]:
    """For each place: whether it is attributed, and whether it is one sentence."""
    text = article["text"]
    starts = {sentence.start for sentence in split_sentences(text)}
    for found in _AFTER.finditer(text):
        stop = _STOP.search(text, min(found.end() + _SHORTEST, len(text)))
        end = stop.end() if stop else len(text)
        attributed = any(
            any(low <= found.start() <= high + 2 for low, high in one["content"])
            and any(found.end() <= low < end for low, _ in one["cue"])
            for one in article["attributions"]
        )
        yield attributed, found.end() not in starts


if __name__ == "__main__":
    main()
