"""Measure whether copies are collapsed, and differing reports are not, on edited articles.

    python -m tests.benchmarks.copies [--data DIR] [--articles 120] [--show] [--pin REASON]

``--data`` holds news-dev.articles.jsonl.gz; without it only the samples are used. Each article is
paired with a copy of itself that has an edit of a known kind. Both are cut into passages. Those
that share most words with the edited sentence, or with one chosen at random if the edit is not of a
sentence, are collapsed as in search. A pair counts as collapsed if that sentence is shown once. It
counts as told apart if both wordings are shown and neither is attributed to the other article.
Every second telling edit comes with a harmless one that moves the passages' boundaries.

Real articles of news-dev that share much text are collapsed too. Every change that this hides is
counted, and listed with ``--show``. The rule was chosen on the samples and on the articles whose
sha256(id) is even; the reported figures are those of the odd ones.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import combinations
from math import sqrt
from pathlib import Path
from random import Random

import corpus.samples
from corpus import Article, Sentence, split_sentences
from corpus.samples import load_samples
from index import Hit, Passage
from index.encoding.passages import split_article
from index.search.copies import collapse
from tests.benchmarks import floors
from tests.benchmarks.edits import HARMLESS, LOCAL, MOVING, TELLING, WORDING, Edit, Edited

FOUND = 8
"""Number of passages of the two articles that search finds."""
MAX_TOKENS = 256
SHINGLE = 5
ALIKE = 40
"""Shingles that two real articles must at least share to be tried."""
EDITS: dict[str, dict[str, Edit]] = {
    "harmless": dict(HARMLESS),
    "wording": dict(WORDING),
    "telling": dict(TELLING),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for a pair."""

    group: str
    kind: str
    collapsed: bool  # the sentence is shown once
    told_apart: bool  # both wordings are shown, and articles listed with one have it
    kept: bool  # it is shown, and so is every other sentence of the hits


def count_tokens(texts: Sequence[str]) -> list[int]:
    """About as many tokens as MiniLM's tokenizer counts."""
    return [2 + len(text.split()) * 4 // 3 for text in texts]


@lru_cache(2)
def split(article: Article) -> list[Passage]:
    return split_article(article, "r", count_tokens, MAX_TOKENS)


def find_hits(articles: Sequence[Article], sought: str, limit: int = FOUND) -> list[Hit]:
    """The passages with most of the sought words, best first."""
    words = set(re.findall(r"\w{4,}", sought.lower()))
    hits = [
        Hit(article=article, passage=passage, score=_share(words, passage.text), similarity=0.5)
        for article in articles
        for passage in split(article)
    ]
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _share(words: set[str], text: str) -> float:
    return len(words & set(re.findall(r"\w+", text.lower()))) / max(1, len(words))


def judge(
    group: str, kind: str, articles: tuple[Article, Article], edited: Edited
) -> Verdict | None:
    """Collapse the hits for the edited sentence; None if search would not find both versions."""
    hits = find_hits(articles, edited.before)
    before, after = _plain(edited.before), _plain(edited.after)
    own = dict(zip((article.id for article in articles), (before, after), strict=True))
    if {hit.article.id for hit in hits if own[hit.article.id] in _plain(hit.passage.text)} != set(
        own
    ):
        return None
    shown = [(_plain(hit.passage.text), (hit.article, *hit.also_in)) for hit in collapse(hits)]
    holding = [(text, listed) for text, listed in shown if before in text or after in text]
    everything = " ".join(text for text, _ in shown)
    spans = {s for hit in hits for s in _sentences(hit.passage.text)}
    return Verdict(
        group,
        kind,
        collapsed=len(holding) == 1,
        told_apart=before in everything
        and after in everything
        and all(
            s in _plain(one.text)
            for s in (before, after)
            for text, found in holding
            if s in text
            for one in found
        ),
        kept=bool(holding) and all(s in everything for s in spans if s not in before + after),
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _sentences(text: str) -> Iterator[str]:
    return (_plain(text[s.start : s.end]) for s in split_sentences(text))


def judge_all(articles: Sequence[Article]) -> Iterator[Verdict]:
    """Judge every kind of edit on every article that has a place for it."""
    for article in articles:
        sentences = [
            s for s in split_sentences(article.text) if _is_sought(article.text[s.start : s.end], s)
        ]
        for group, edits in EDITS.items():
            for kind, edit in edits.items():
                rng = Random(f"{article.id} {kind}")
                edited = edit(rng, article.text, sentences)
                if edited is None:
                    continue
                text = edited.text
                if group == "telling" and rng.random() < 0.5:
                    moved = rng.choice(list(MOVING.values()))(
                        rng, text, list(split_sentences(text))
                    )
                    text = moved.text if moved and edited.after in moved.text else text
                verdict = judge(group, kind, (article, _copy(rng, article, text)), edited)
                if verdict:
                    yield verdict


def _is_sought(text: str, sentence: Sentence) -> bool:
    return not sentence.heading and 8 <= len(text.split()) <= 60


def _copy(rng: Random, article: Article, text: str) -> Article:
    """The edited article, with another headline and with a date near the original's or none."""
    day = article.published and article.published + timedelta(rng.choice((-1, 0, 1)))
    published = rng.choice((day, day, day, None))
    return Article(
        id=f"{article.id}-copy", text=text, title="Another headline", published=published
    )


def read_articles(folder: Path) -> list[Article]:
    with gzip.open(folder / "news-dev.articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        Article(
            id=record["id"],
            text=record["text"],
            title=record["title"].strip() or None,
            published=date.fromisoformat(record["published"].replace("/", "-"))
            if record["published"]
            else None,
        )
        for record in records
    ]


def choose(articles: Sequence[Article], count: int, half: int) -> list[Article]:
    """Choose articles of half 0 (even hash) or 1 (odd hash), in the order of their hashes.

    Only articles of a usual length for news are chosen, and each text once.
    """
    by_text = {
        article.text: article for article in articles if 120 <= len(article.text.split()) <= 1_500
    }
    hashes = {
        int(sha256(article.id.encode()).hexdigest(), 16): article for article in by_text.values()
    }
    return [hashes[number] for number in sorted(hashes) if number % 2 == half][:count]


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    z, share = 1.96, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = (
        z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    )
    return max(0.0, middle - reach), min(1.0, middle + reach)


def score(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """The scores that have floors."""
    harmless = [one for one in verdicts if one.group == "harmless"]
    telling = [one for one in verdicts if one.group == "telling"]
    moved = [one for one in verdicts if one.group == "telling" or one.kind in MOVING]
    found = sum(one.collapsed for one in harmless)
    by_kind = defaultdict(list)
    for one in harmless:
        by_kind[one.kind].append(one.collapsed)
    return {
        "told apart": sum(one.told_apart for one in telling) / len(telling),
        "precision": found / max(1, found + sum(not one.told_apart for one in telling)),
        "recall": sum(sum(kind) / len(kind) for kind in by_kind.values()) / len(by_kind),
        "nothing lost": sum(one.kept for one in moved) / len(moved),
    }


def report(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each kind of edit, and one for each group."""
    for group in EDITS:
        chosen = [one for one in verdicts if one.group == group]
        right = {
            one: one.told_apart if group == "telling" else one.collapsed for one in set(chosen)
        }
        for kind in [*EDITS[group], f"all {group}"]:
            ones = [right[one] for one in chosen if kind in (one.kind, f"all {group}")]
            if ones:
                low, high = wilson(sum(ones), len(ones))
                what = "told apart" if group == "telling" else "collapsed"
                yield (
                    f"  {kind:30} {what:10} {sum(ones) / len(ones):.3f} [{low:.3f}, {high:.3f}] "
                    f"of {len(ones)}"
                )


def find_alike(articles: Sequence[Article]) -> list[tuple[Article, Article]]:
    """Real articles with different texts that share runs of words; most alike first."""
    unique = list({article.text: article for article in articles}.values())
    holders = defaultdict(list)
    for n, article in enumerate(unique):
        words = re.findall(r"\w+", article.text.lower())
        for shingle in {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}:
            holders[shingle].append(n)
    shared = Counter(
        pair for group in holders.values() if len(group) <= 12 for pair in combinations(group, 2)
    )
    return [(unique[a], unique[b]) for (a, b), count in shared.most_common() if count >= ALIKE]


def report_real(articles: Sequence[Article], show: bool) -> Iterator[str]:
    """Report what is collapsed among the real pairs.

    Hidden passages are counted, and among them those with a sentence that is not shown elsewhere.
    """
    pairs = find_alike(articles)
    total = hidden = other = affected = 0
    for pair in pairs:
        hits = find_hits(pair, "", limit=1_000)
        shown = collapse(hits)
        known = {hit.passage.id for hit in shown}
        everything = " ".join(_words(hit.passage.text) for hit in shown)
        total += min(sum(hit.article.id == article.id for hit in hits) for article in pair)
        affected += len(known) < len(hits)
        for hit in hits:
            if hit.passage.id in known:
                continue
            hidden += 1
            changed = [one for one in _sentences(hit.passage.text) if _words(one) not in everything]
            other += bool(changed)
            if show:
                yield from (f"    {hit.passage.id}: {one}" for one in changed)
    yield (
        f"real pairs: {len(pairs)}, {affected} with copies; {hidden} of {total} passages hidden, "
        f"{other} reworded"
    )


def time_collapse(articles: Sequence[Article], rounds: int = 60) -> Iterator[str]:
    """Time the collapsing of what search reads for 10 hits.

    That is 30 passages, some of which are copies.
    """
    rng = Random(0)
    for copies in (0, 1, 3):
        times = []
        for _ in range(rounds):
            chosen = rng.sample(articles, 15 - copies)
            edited = [
                replace(one, id="copy" + one.id, text=f"{LOCAL[0]}\n\n{one.text}")
                for one in chosen[:copies]
            ]
            hits = [
                hit
                for one in [*chosen, *edited]
                for hit in find_hits([one], chosen[0].text[:200], limit=2)
            ]
            start = time.process_time()
            collapse(hits)
            times.append(1_000 * (time.process_time() - start))
        times.sort()
        yield (
            f"30 hits, {copies} articles copied: median {times[rounds // 2]:.1f} ms of CPU, "
            f"slowest {times[-1]:.1f}"
        )


def main() -> None:
    """Measure, print, and compare with the floors."""
    parser = argparse.ArgumentParser(description="Measure the collapsing of copies.")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--articles", type=int, default=120, help="of each half of news-dev")
    parser.add_argument(
        "--show", action="store_true", help="list what hidden passages of real pairs say otherwise"
    )
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args()
    sets = {"copies, samples": list(load_samples())}
    samples = sorted(
        path
        for path in Path(corpus.samples.__file__).parent.iterdir()
        if path.suffix not in (".py", "")
    )
    digests = {"copies, samples": floors.digest_files(*samples)}
    if options.data:
        articles = read_articles(options.data)
        digest = floors.digest_files(options.data / "news-dev.articles.jsonl.gz")
        for half, name in enumerate(("copies, news-dev even (chosen on)", "copies, news-dev odd")):
            sets[name], digests[name] = (
                choose(articles, options.articles, half),
                f"{digest}-{options.articles}",
            )
    fallen = 0
    for name, chosen in sets.items():
        verdicts = list(judge_all(chosen))
        scores = score(verdicts)
        sys.stdout.write(f"{name}: {len(chosen)} articles, {len(verdicts)} pairs\n")
        sys.stdout.write("".join(f"{line}\n" for line in report(verdicts)))
        sys.stdout.write(
            "  " + ", ".join(f"{key} {value:.4f}" for key, value in scores.items()) + "\n"
        )
        if "even" not in name:
            fallen |= floors.hold(name, scores, digests[name], pin=options.pin)
    if options.data:
        for line in (*report_real(articles, options.show), *time_collapse(articles)):
            sys.stdout.write(f"{line}\n")
    sys.exit(fallen)


if __name__ == "__main__":
    main()
