"""Adds articles with a progress bar, and reports what was added."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.text import Text

import corpus
from corpus import Article
from index import Added, Library, Outcome
from ui.phrases import count_of
from ui.terminal.screen import progress_bar
from ui.terminal.views import byline, headline

_SHOWN = 10  # up to this many articles are listed one by one; beyond it only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of adding articles.

    Attributes:
        added: ids by outcome.
        found: the first few articles that were not there already, as they are now, with their
            outcomes.
    """

    added: Added
    found: tuple[tuple[Outcome, Article], ...]

    def view(self, *, unread: int = 0) -> RenderableType:
        """The articles, if they are few, and the counts.

        Args:
            unread: number of locations that could not be read; they count as failed.
        """
        added = self.added
        changed = len(added.new) + len(added.updated) + len(added.duplicates) + len(added.failed)
        lines = (
            [_line(outcome, article) for outcome, article in self.found]
            if changed <= _SHOWN
            else []
        )
        counts = (
            f"{len(added.new):,} new, {len(added.updated):,} updated, "
            f"{len(added.unchanged):,} unchanged, {count_of(len(added.duplicates), 'duplicate')}, "
            f"{len(added.failed) + unread:,} failed"
        )
        return Group(*lines, Text(counts))


def add_with_progress(
    library: Library, articles: Iterable[Article], console: Console, *, total: int | None = None
) -> Report:
    """Add articles, with a bar that counts them if the console is a terminal.

    Args:
        library: the library to add them to.
        articles: read while they are added, so an interruption keeps those added so far.
        console: where the bar is drawn.
        total: the number of articles, if known.
    """
    counts: Counter[Outcome] = Counter()
    found: list[tuple[Outcome, Article]] = []
    count = "{task.completed:,.0f} articles{task.fields[counts]}"
    with progress_bar(console, "Adding", count) as bar:
        # The bar pulses until the first batch is stored.
        task = bar.add_task("", total=None, counts="")

        def report(article: Article, outcome: Outcome) -> None:
            counts[outcome] += 1
            if outcome is not Outcome.UNCHANGED and len(found) < _SHOWN:
                found.append((outcome, article))
            known = ", ".join(f"{count:,} {name}" for name, count in counts.items())
            bar.update(task, total=total, advance=1, counts=f" ({known})")

        added = library.add(articles, progress=report)
    return Report(added=added, found=tuple(found))


def bring_samples(library: Library, folder: Path, console: Console) -> None:
    """Update the samples' library to the samples of this version.

    Articles pasted into the web chat are kept.

    Args:
        library: the samples' library.
        folder: its folder. A file in it stores the state of ``corpus`` that filled the library,
            because reading the samples again would cost every command most of a second.
        console: where a progress bar is drawn.
    """
    stamp, state = folder / "SAMPLES", _state_of_corpus()
    with suppress(OSError):
        if stamp.read_text() == state:
            return
    from corpus.samples import load_samples

    samples = {article.id: article for article in load_samples()}
    add_with_progress(library, samples.values(), console, total=len(samples))
    library.remove(
        [
            article.id
            for article in library.articles()
            if article.id.startswith("sample-") and article.id not in samples
        ]
    )
    with suppress(OSError):
        stamp.write_text(state)


def _state_of_corpus() -> str:
    """A digest of everything that determines the samples' text.

    This is the sample files and the code that cleans them.
    """
    state = hashlib.sha256()
    for path in sorted(Path(corpus.__file__).parent.rglob("*.*")):
        if path.is_file() and path.suffix != ".pyc":
            state.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def _line(outcome: Outcome, article: Article) -> Text:
    style = "red" if outcome is Outcome.FAILED else "green"
    return Text.assemble(
        (f"{outcome:<9} ", style), (headline(article), "bold"), (f"  {byline(article)}", "dim")
    )
