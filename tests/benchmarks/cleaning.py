"""How much of an article cleaning keeps, and how much else: `python -m tests.benchmarks.cleaning --data DIR`.

DIR holds `html/*.html.gz` and `ground-truth.json` of the article-extraction-benchmark (MIT,
https://github.com/scrapinghub/article-extraction-benchmark). Its measure: shingles of four words, precision and recall
per page, then averaged; F1 is that of the two averages. "Pasted" is inscriptis' rendering, standing in for what a
browser copies. The costs in `corpus/body.py` were chosen on the even pages, so the odd ones are the fair figure.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from corpus import LoadError
from corpus.cleaning import clean
from corpus.loaders.html import load_html
from corpus.loaders.source import Source

SHINGLE = 4
_WORD = re.compile(r"\w+")

Shingles = Counter[tuple[str, ...]]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure cleaning on the article-extraction-benchmark.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    folder: Path = parser.parse_args(arguments).data
    bodies = {key: page["articleBody"] for key, page in json.loads((folder / "ground-truth.json").read_text()).items()}
    pages = {key: gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()) for key in bodies}
    pasted = {key: render_pasted(page) for key, page in pages.items()}
    methods: dict[str, Callable[[str], str]] = {
        "pasted, whole": lambda key: pasted[key],
        "pasted, cleaned": lambda key: clean_pasted(pasted[key]),
        "HTML, trafilatura": lambda key: extract(pages[key]),
        "HTML, loaded": lambda key: load_body(pages[key]),
    }
    sys.stdout.write(f"{len(bodies)} pages: precision / recall / F1 (even pages, odd pages), ms a page\n")
    for name, method in methods.items():
        start = time.perf_counter()
        found = {key: method(key) for key in bodies}
        spent = 1000 * (time.perf_counter() - start) / len(bodies)
        scores = {key: compare(body, found[key]) for key, body in bodies.items()}
        even, odd = ([key for key in scores if int(key[1], 16) % 2 == half] for half in (0, 1))
        cells = [format_scores([scores[key] for key in keys]) for keys in (list(scores), even, odd)]
        sys.stdout.write(f"{name:20}{cells[0]}  ({cells[1]}, {cells[2]})  {spent:.0f}\n")


def compare(body: str, found: str) -> tuple[float, float]:
    """Precision and recall of what was found, in shingles."""
    truth, shown = count_shingles(body), count_shingles(found)
    shared = (truth & shown).total()
    return shared / shown.total() if shown else 1.0, shared / truth.total() if truth else 1.0


def count_shingles(text: str) -> Shingles:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words)


def format_scores(scores: list[tuple[float, float]]) -> str:
    precision, recall = (sum(column) / len(scores) for column in zip(*scores, strict=True))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f}"


def render_pasted(page: bytes) -> str:
    from inscriptis import get_text  # type: ignore[import-untyped]  # it ships no types

    return str(get_text(page.decode("utf-8")))


def clean_pasted(text: str) -> str:
    return "".join(text[start:end] for start, end in clean(text).kept)


def extract(page: bytes) -> str:
    import trafilatura

    return trafilatura.extract(page.decode("utf-8"), include_comments=False, include_tables=False) or ""


def load_body(page: bytes) -> str:
    try:
        return load_html(Source.of(page, name="page")).text
    except LoadError:
        return ""


if __name__ == "__main__":
    main()
