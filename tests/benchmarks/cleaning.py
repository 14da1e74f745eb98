"""Measure what cleaning keeps of an article, and how well a page's metadata is read.

    python -m tests.benchmarks.cleaning --data DIR [--fit] [--pin REASON]

The metadata are title, outlet, author and date. DIR is the article-extraction-benchmark (see
``pages.py``), and the measure is the benchmark's own: precision and recall of shingles of four
words, per page, then averaged. F1 is computed from the two averages, with a 95 % bootstrap interval
over pages.

``--fit`` fits the weights of ``corpus/cleaning/body.py`` to all pages and prints them. The rows
"sites left out" are the fair ones: each page is cleaned with weights fitted with the page's site
held out. The lexicons of ``corpus/cleaning/boilerplate.py`` are not held out: they were written
with all pages in view.
The rules for metadata were written on the pages of half of the sites ("written on"). The floors
hold for the other half ("reported"), whose pages were not read. The row "by shape, no lexicon" uses
no lexicon. For HTML, trafilatura chooses the lines, so the weights hardly matter.
"Pasted" is inscriptis' rendering,
"rendered" that of our own loader: two stand-ins for a copied page.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Article, LoadError
from corpus.cleaning.body import LINE_WEIGHTS, Line, LineWeights, choose_body, read_lines
from corpus.cleaning.boilerplate import LineKind, is_prose
from corpus.cleaning.cleaning import build_article, clean
from corpus.loaders.html import load_html
from corpus.loaders.source import Source
from tests.benchmarks import floors
from tests.benchmarks.pages import NewsPage, compare, find_words, is_right, is_visible, read_pages

Scores = NDArray[np.float64]
"""(pages, 2): precision and recall of each page."""

START = LineWeights(
    most=50,
    alone=0.5,
    plain=5,
    word=0.5,
    bullet=10,
    announced=5,
    interface=8,
    stamp=10,
    ending=10,
    body=50,
)
"""The start of fitting: round numbers.

The cost of a button is not fitted: two buttons must not part two short paragraphs.
"""
FITTED = ("most", "alone", "plain", "word", "bullet", "announced", "stamp", "ending", "body")
STEPS = (0.25, 0.5, 0.7, 1.4, 2.0, 4.0)
MAX_SWEEPS = 4
MIN_GAIN = 1e-4
SAMPLES = 2_000
FIELDS = ("title", "outlet", "author", "date")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description="Measure cleaning on the article-extraction-benchmark."
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--fit", action="store_true", help="only fit the weights to all pages, and print them"
    )
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args(arguments)
    pages = read_pages(options.data)
    measure = prepare(pages)
    if options.fit:
        for name, value in asdict(fit(measure, np.ones(len(pages), bool))).items():
            sys.stdout.write(f"{name} = {value:.3g}\n")
        return
    scores = report_bodies(pages, leave_sites_out(measure, pages)) | report_metadata(pages)
    digest = floors.digest_files(options.data / "ground-truth.json", options.data / "html")
    sys.exit(floors.hold("cleaning", scores, digest, pin=options.pin))


def report_bodies(
    pages: Sequence[NewsPage], weights: Mapping[str, LineWeights]
) -> dict[str, float]:
    """Write the table of methods; returns the F1 of ours."""
    methods: dict[str, Callable[[NewsPage], str]] = {
        "HTML: trafilatura": lambda page: extract(page.html.decode("utf-8")),
        "HTML: justext": lambda page: justify(page.html.decode("utf-8")),
        "HTML: loaded": load_body,
        "pasted: whole": lambda page: page.pasted,
        "pasted: trafilatura": lambda page: extract(mark_up(page.pasted)),
        "pasted: justext": lambda page: justify(mark_up(page.pasted)),
        "pasted: cleaned": lambda page: clean_pasted(page.pasted),
        "pasted: cleaned, sites left out": lambda page: clean_pasted(
            page.pasted, weights[page.site]
        ),
        "pasted: by shape, no lexicon": lambda page: clean_by_shape(page.pasted),
        "rendered: cleaned": lambda page: clean_pasted(page.rendered),
        "rendered: cleaned, sites left out": lambda page: clean_pasted(
            page.rendered, weights[page.site]
        ),
    }
    sys.stdout.write(
        f"{len(pages)} pages of {len(weights)} sites: precision / recall / F1 (95 % interval), ms "
        "a page\n"
    )
    found: dict[str, float] = {}
    for name, method in methods.items():
        for page in pages:
            _ = page.pasted, page.rendered
        started = time.perf_counter()
        texts = [method(page) for page in pages]
        spent = 1_000 * (time.perf_counter() - started) / len(pages)
        scores = np.array(
            [compare(page.body, text) for page, text in zip(pages, texts, strict=True)]
        )
        low, high = bootstrap(scores)
        precision, recall = scores.mean(axis=0)
        f1 = to_f1(scores)
        sys.stdout.write(
            f"{name:34}{precision:.3f} / {recall:.3f} / {f1:.3f} ({low:.3f}-{high:.3f})  "
            f"{spent:.0f}\n"
        )
        if name.endswith(("loaded", "left out")):
            found[name] = f1
    return found


def report_metadata(pages: Sequence[NewsPage]) -> dict[str, float]:
    """Write how well titles, outlets, authors and dates are read, on both halves of the sites.

    Returns:
        Precision and recall on the half that is reported.
    """
    halves = {
        "written on": [page for page in pages if not is_reported(page.site)],
        "reported": [page for page in pages if is_reported(page.site)],
    }
    found: dict[str, float] = {}
    for half, some in halves.items():
        sites = len({page.site for page in some})
        sys.stdout.write(
            f"\nread of the page itself, {len(some)} pages of {sites} sites ({half}): right / "
            "wrong, precision, recall of the pages that state and show it\n"
        )
        found = score_metadata(some)
    return found


def is_reported(site: str) -> bool:
    """Whether a site is in the half on which metadata is reported; chosen by the site's hash."""
    return hashlib.sha256(site.encode()).digest()[0] % 2 == 1


def score_metadata(pages: Sequence[NewsPage]) -> dict[str, float]:
    """Write and return the precision and recall of each field, for HTML and pasted text."""
    sources: dict[
        str, tuple[Callable[[NewsPage], Article | None], Callable[[NewsPage], str | None]]
    ] = {
        "HTML": (load_page, lambda page: None),
        "pasted": (lambda page: load_pasted(page.pasted), lambda page: page.pasted),
        "rendered": (lambda page: load_pasted(page.rendered), lambda page: page.rendered),
    }
    found: dict[str, float] = {}
    for name, (read, text_of) in sources.items():
        articles = [read(page) for page in pages]
        for field in FIELDS:
            right = wrong = shown = 0
            for page, article in zip(pages, articles, strict=True):
                stated, text = page.stated[field], text_of(page)
                value = None if article is None else get_field(article, field)
                if not stated:
                    continue
                shown += text is None or is_visible(field, stated, text)
                if value is not None:
                    correct = is_right(field, value, stated)
                    right, wrong = right + correct, wrong + (not correct)
            precision, recall = right / max(1, right + wrong), right / max(1, shown)
            sys.stdout.write(
                f"{name + ': ' + field:20}{right:4} / {wrong:2}   {precision:.3f}  {recall:.3f} "
                f"of {shown}\n"
            )
            found |= {f"{name}: {field}, precision": precision, f"{name}: {field}, recall": recall}
    return found


def prepare(pages: Sequence[NewsPage]) -> Callable[[LineWeights], Scores]:
    """Prepare a fast measure of weights.

    It counts words instead of shingles, over both renderings of each page.
    """
    forms = [[label(text, page.body) for text in (page.pasted, page.rendered)] for page in pages]

    @cache
    def measure(weights: LineWeights) -> Scores:
        return np.array(
            [np.mean([score(*form, weights) for form in page], axis=0) for page in forms]
        )

    return measure


def label(text: str, body: str) -> tuple[list[Line], Scores]:
    """The lines of a page; and for each line, its words and how many of them are the body's."""
    lines = read_lines(text)
    words = [find_words(line.text) for line in lines]
    flat = [word for line in words for word in line]
    hits = np.zeros(len(flat) + 1)
    for at, _, size in SequenceMatcher(
        None, flat, find_words(body), autojunk=False
    ).get_matching_blocks():
        hits[at : at + size] = 1
    ends = np.cumsum([0, *map(len, words)])
    return lines, np.array(
        [(stop - start, hits[start:stop].sum()) for start, stop in pairwise(ends)]
    )


def score(lines: list[Line], counts: Scores, weights: LineWeights) -> tuple[float, float]:
    total, true = counts[choose_body(lines, weights=weights)].sum(axis=0)
    return true / total if total else 1.0, true / max(1.0, counts[:, 1].sum())


def fit(measure: Callable[[LineWeights], Scores], kept: NDArray[np.bool_]) -> LineWeights:
    """Fit weights to the pages kept.

    Each number in turn is moved to where F1 is best, until none moves.
    """
    best, height = START, to_f1(measure(START)[kept])
    for _ in range(MAX_SWEEPS):
        before = height
        for name in FITTED:
            value: float = getattr(best, name)
            for step in STEPS:
                moved = replace(best, **{name: round(value * step, 3)})
                if (reached := to_f1(measure(moved)[kept])) > height + MIN_GAIN:
                    best, height = moved, reached
        if height == before:
            break
    return best


def leave_sites_out(
    measure: Callable[[LineWeights], Scores], pages: Sequence[NewsPage]
) -> dict[str, LineWeights]:
    """For each site, weights fitted to the pages of all other sites."""
    sites = np.array([page.site for page in pages])
    return {site: fit(measure, sites != site) for site in sorted(set(sites))}


def to_f1(scores: Scores) -> float:
    precision, recall = scores.mean(axis=0)
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def bootstrap(scores: Scores) -> tuple[float, float]:
    """The 95 % interval of F1 when pages are resampled."""
    random = np.random.default_rng(0)
    drawn = [to_f1(scores[random.integers(0, len(scores), len(scores))]) for _ in range(SAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def clean_pasted(text: str, weights: LineWeights = LINE_WEIGHTS) -> str:
    return "".join(text[start:end] for start, end in clean(text, weights=weights).kept)


def clean_by_shape(text: str) -> str:
    """The body found without any lexicon.

    A line is prose, a button of one or two words, or neither.
    """
    lines = [replace(line, kind=to_shape(line)) for line in read_lines(text)]
    return "\n".join(lines[index].text for index in choose_body(lines))


def to_shape(line: Line) -> LineKind:
    return (
        LineKind.PROSE
        if is_prose(line.text)
        else LineKind.PLAIN
        if line.words > 2
        else LineKind.INTERFACE
    )


def load_body(page: NewsPage) -> str:
    article = load_page(page)
    return article.text if article else ""


def load_page(page: NewsPage) -> Article | None:
    try:
        return load_html(Source.of(page.html, name="page"))
    except LoadError:
        return None


def load_pasted(text: str) -> Article | None:
    try:
        return build_article(text, id="page", location="page")
    except LoadError:
        return None


def get_field(article: Article, field: str) -> str | None:
    if field == "date":
        return article.published.isoformat() if article.published else None
    values = {"title": article.title, "outlet": article.outlet, "author": article.author}
    return values[field]


def extract(markup: str) -> str:
    import trafilatura

    return trafilatura.extract(markup, include_comments=False, include_tables=False) or ""


def justify(markup: str) -> str:
    """What justext keeps, with the stop words of all its languages."""
    import justext
    from lxml.etree import ParserError

    try:
        parts = justext.justext(markup.encode(), read_stop_words())
    except (ParserError, justext.core.JustextError):  # nothing to parse
        return ""
    return "\n".join(part.text for part in parts if not part.is_boilerplate)


@cache
def read_stop_words() -> frozenset[str]:
    import justext

    return frozenset().union(*map(justext.get_stoplist, justext.get_stoplists()))


def mark_up(text: str) -> str:
    """Plain text as minimal HTML: each line is a paragraph."""
    lines = (html.escape(line.strip()) for line in text.splitlines() if line.strip())
    return "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>"


if __name__ == "__main__":
    main()
