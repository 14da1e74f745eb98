"""The web page's event handlers: ask, add, open an article.

Independent of Gradio; page.py wires them to the page. A handler returns the new values of its
outputs, or yields them while it works. ``KEEP`` leaves an output unchanged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from assistant import Answer, Assistant, AssistantError, QuestionError
from corpus import Article, CorpusError, LoadError, load, load_pasted_page, read_addresses
from index import Added, LibraryError
from ui.web import articles, render

T = TypeVar("T")
Answers = tuple[Answer, ...]
Read = Callable[[Callable[[LoadError], None]], Iterable[Article]]
"""Reads articles; takes a callback for each failure."""

FAILED = (
    "Something went wrong here; the terminal that runs Dateline says more. "
    "Nothing that was stored is lost."
)
REPORTED = 100
"""Maximum number of lines in a report on what was added; the last ones are kept."""
KEEP: dict[str, Any] = {"__type__": "update"}
"""Tells Gradio to leave an output unchanged."""


class _Job(Generic[T]):
    """Work in its own thread. Iterate over its reports, then get its result."""

    def __init__(self, work: Callable[[Callable[[str], None]], T]) -> None:
        self._reports: SimpleQueue[str | None] = SimpleQueue()
        pool = ThreadPoolExecutor(1, thread_name_prefix="dateline-web")
        self._future = pool.submit(work, self._reports.put)
        self._future.add_done_callback(lambda _: self._reports.put(None))
        pool.shutdown(wait=False)

    def __iter__(self) -> Iterator[list[str]]:
        """Yields batches of the reports since the last batch.

        A slow page can skip reports, so it never lags.
        """
        done = False
        while not done:
            batch = [self._reports.get()]
            while not self._reports.empty():
                batch.append(self._reports.get())
            done = batch[-1] is None
            if reported := [report for report in batch if report is not None]:
                yield reported

    def result(self) -> T:
        """Return what the work returned, or raise what it raised."""
        return self._future.result()


class Desk:
    """One library and its assistant, as the page uses them. Stateless, so all tabs share it."""

    def __init__(self, assistant: Assistant, examples: Sequence[str]) -> None:
        self.assistant = assistant
        self.library = assistant.library
        self.examples = examples

    def fresh(self) -> tuple[Answers, str, str, str]:
        """A new chat: answers, transcript, live turn, problem."""
        return (), self.transcript(()), "", ""

    def transcript(self, answers: Answers) -> str:
        """The conversation so far, or the welcome text if there is none."""
        if not answers:
            return render.render_welcome(len(self.library), self.examples)
        return "".join(render.render_answer(answer) for answer in answers)

    def refresh(self, answers: Answers) -> tuple[Any, ...]:
        """Everything that depends on the library's contents.

        Returns:
            header, transcript, list, and the choice of outlets.
        """
        summary = self.library.summary()
        header = articles.render_summary(summary)
        listing = articles.render_library(self.listing(), summary.articles)
        choices = {**KEEP, "choices": [(outlet, outlet) for outlet in summary.outlets]}
        return header, self.transcript(answers), listing, choices

    def listing(self, words: str = "") -> str:
        """The newest articles whose title or outlet contains each of these words."""
        wanted = words.casefold().split()
        matching = (
            article
            for article in self.library.articles()
            if all(word in f"{article.title} {article.outlet}".casefold() for word in wanted)
        )
        found = list(islice(matching, articles.LISTED + 1))
        return articles.render_articles(found[: articles.LISTED], more=len(found) > articles.LISTED)

    def ask(
        self, question: str, answers: Answers, outlets: list[str], since: str, until: str
    ) -> Iterator[tuple[Any, ...]]:
        """Yields box, answers, transcript, live turn, problem."""
        yield "", KEEP, KEEP if answers else "", render.render_stage(question, "One moment …"), ""
        try:
            first, last = _day("Since", since), _day("Until", until)
            job = _Job(
                lambda report: self.assistant.answer(
                    question,
                    history=answers,
                    outlets=outlets or None,
                    since=first,
                    until=last,
                    on_stage=report,
                )
            )
            for stages in job:
                yield KEEP, KEEP, KEEP, render.render_stage(question, f"{stages[-1]} …"), KEEP
            answers = (*answers, job.result())
        except (AssistantError, LibraryError) as error:
            yield question, KEEP, self.transcript(answers), "", render.render_problem(str(error))
        else:
            yield KEEP, answers, self.transcript(answers), "", KEEP

    def add_pasted(self, pasted: str) -> Iterator[tuple[Any, ...]]:
        """Add a pasted page, or the pages at pasted addresses.

        Yields box, report. The box is cleared once the page is added.
        """
        pasted = pasted.strip()
        addresses = read_addresses(pasted)
        if not pasted:
            yield (
                KEEP,
                render.render_problem(
                    "Nothing was pasted: paste the text of a page, or its address."
                ),
            )
        elif addresses and all(map(_is_on_the_web, addresses)):
            yield from self._add(lambda on_error: load(*addresses, on_error=on_error), cleared="")
        else:
            yield from self._add(lambda fail: _read_pasted(pasted, fail), cleared="")

    def add_files(self, paths: list[str] | None) -> Iterator[tuple[Any, ...]]:
        """Add uploaded files, and delete them once read. Yields drop area, report."""
        uploads = [Path(path) for path in paths or []]
        yield None, articles.render_added([], "Reading …")
        yield from self._add(
            lambda on_error: load(*uploads, on_error=on_error), cleared=None, uploads=uploads
        )

    def _add(
        self, read: Read, *, cleared: str | None, uploads: Sequence[Path] = ()
    ) -> Iterator[tuple[Any, ...]]:
        failures = 0

        def work(report: Callable[[str], None]) -> Added:
            def fail(error: LoadError) -> None:
                nonlocal failures
                failures += 1
                report(articles.failed_line(_without_folder(error), error.addresses))

            try:
                return self.library.add(
                    read(fail),
                    progress=lambda article, outcome: report(articles.added_line(article, outcome)),
                )
            finally:
                for upload in uploads:
                    upload.unlink(missing_ok=True)

        before = self.library.summary().passages
        lines: deque[str] = deque(maxlen=REPORTED)
        read_so_far = 0
        job = _Job(work)
        yield KEEP, articles.render_added(lines, "Reading …")
        for new_lines in job:
            lines.extend(new_lines)
            read_so_far += len(new_lines)
            yield KEEP, articles.render_added(lines, f"Reading … {read_so_far:,} so far")
        try:
            added = job.result()
        except (CorpusError, LibraryError) as error:
            lines.append(articles.failed_line(_without_folder(error)))
            yield KEEP, articles.render_added(lines, "Not everything could be added")
        else:
            passages = self.library.summary().passages - before
            status = articles.added_status(added, failures=failures, passages=passages)
            yield KEEP if failures else cleared, articles.render_added(lines, status)

    def failed(self, answers: Answers) -> tuple[str, str, str]:
        """After an unexpected error, which is in the log: transcript, live turn, problem."""
        return self.transcript(answers), "", render.render_problem(FAILED)

    def article(self, article_id: str, token: str, page: bool) -> str:
        """The content of the reading pane."""
        try:
            article = self.library.article(article_id)
        except LibraryError as error:
            return render.render_problem(str(error))
        span = articles.find_span(article, token) if token else None
        return articles.render_article(article, span, page=page, stale=token != "" and span is None)


def _read_pasted(pasted: str, fail: Callable[[LoadError], None]) -> Iterator[Article]:
    """The articles of a pasted page."""
    try:
        yield from load_pasted_page(pasted)
    except LoadError as error:
        fail(error)


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text and text.strip() else None
    except ValueError:
        raise QuestionError(
            f"{name}: {text.strip()[:40]} is not a day; write it like 2019-07-12, or leave it empty"
        ) from None


def _is_on_the_web(address: str) -> bool:
    """Whether it may be loaded. A visitor must not name a file of the machine that serves."""
    return address.lower().startswith(("http://", "https://"))


def _without_folder(error: Exception) -> str:
    """The error message, without the folder that an upload was stored in."""
    if isinstance(error, LoadError) and Path(error.location).is_absolute():
        return str(error).replace(error.location, Path(error.location).name)
    return str(error)
