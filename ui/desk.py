"""What the web page's events do: ask, add, open an article. Knows nothing of Gradio; web.py wires it to the page.

A handler returns, or yields while it works, what its outputs become; ``KEEP`` leaves one as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from assistant import Answer, Assistant, AssistantError, QuestionError
from corpus import Article, CorpusError, LoadError, load, load_pasted
from index import Added, LibraryError
from ui import render

T = TypeVar("T")
Answers = tuple[Answer, ...]
Read = Callable[[Callable[[LoadError], None]], Iterable[Article]]
"""Given what to tell of each failure, gives the articles."""

KEEP: dict[str, Any] = {"__type__": "update"}
"""What Gradio takes for "this output stays as it is"."""


class _Job(Generic[T]):
    """Work in a thread of its own: iterate for what it reports meanwhile, then ask for its result."""

    def __init__(self, work: Callable[[Callable[[Any], None]], T]) -> None:
        self._reports: SimpleQueue[Any] = SimpleQueue()
        pool = ThreadPoolExecutor(1, thread_name_prefix="dateline-web")
        self._future = pool.submit(work, self._reports.put)
        self._future.add_done_callback(lambda _: self._reports.put(None))
        pool.shutdown(wait=False)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._reports.get, None)

    def result(self) -> T:
        """What the work returned; raises what it raised."""
        return self._future.result()


class Desk:
    """One library and its assistant, as the page uses them; has no state of its own, so every tab may share it."""

    def __init__(self, assistant: Assistant, examples: Sequence[str]) -> None:
        self.assistant = assistant
        self.library = assistant.library
        self.examples = examples

    def fresh(self) -> tuple[Answers, str, str]:
        return (), self.transcript(()), ""

    def header(self) -> str:
        summary = self.library.summary()
        return render.render_summary(summary.articles, summary.first, summary.last, len(summary.outlets))

    def transcript(self, answers: Answers) -> str:
        if not answers:
            return render.render_welcome(len(self.library), self.examples)
        return "".join(render.render_answer(answer) for answer in answers)

    def refresh(self, answers: Answers) -> tuple[Any, ...]:
        """Header, transcript, list, outlets to choose from: all that depends on what is in the library."""
        articles = list(self.library.articles())
        outlets = sorted({article.outlet for article in articles if article.outlet})
        choices = {**KEEP, "choices": [(outlet, outlet) for outlet in outlets]}
        return self.header(), self.transcript(answers), render.render_library(articles), choices

    def ask(
        self, question: str, answers: Answers, outlets: list[str], since: str, until: str
    ) -> Iterator[tuple[Any, ...]]:
        """Yields box, answers, transcript, live line."""
        yield "", KEEP, KEEP if answers else "", render.render_stage(question, "One moment …")
        try:
            first, last = _day("Since", since), _day("Until", until)
            job = _Job(
                lambda report: self.assistant.answer(
                    question, history=answers, outlets=outlets or None, since=first, until=last, on_stage=report
                )
            )
            for stage in job:
                yield KEEP, KEEP, KEEP, render.render_stage(question, f"{stage} …")
            answers = (*answers, job.result())
        except (AssistantError, LibraryError) as error:
            yield question, KEEP, self.transcript(answers), render.render_problem(str(error))
        else:
            yield KEEP, answers, self.transcript(answers), ""

    def add_pasted(self, pasted: str) -> Iterator[tuple[Any, ...]]:
        """A pasted page, or the address of one. Yields box, report."""
        pasted = pasted.strip()
        if not pasted:
            yield KEEP, render.render_problem("Nothing was pasted: paste the text of a page, or its address.")
        elif pasted.startswith(("http://", "https://")) and len(pasted.split()) == 1:
            yield from (("", report) for report in self._add(lambda on_error: load(pasted, on_error=on_error)))
        else:
            yield from (("", report) for report in self._add(lambda _: (load_pasted(text) for text in [pasted])))

    def add_files(self, paths: list[str] | None) -> Iterator[tuple[Any, ...]]:
        """Uploaded files, which are deleted once they are read. Yields drop area, report."""
        uploads = [Path(path) for path in paths or []]
        yield from ((None, report) for report in self._add(lambda on_error: load(*uploads, on_error=on_error), uploads))

    def _add(self, read: Read, uploads: Sequence[Path] = ()) -> Iterator[str]:
        def work(report: Callable[[str], None]) -> Added:
            try:
                articles = read(lambda error: report(render.failed_line(_one_line(error))))
                return self.library.add(
                    articles, progress=lambda article, outcome: report(render.added_line(article, outcome))
                )
            finally:
                for upload in uploads:
                    upload.unlink(missing_ok=True)

        lines: list[str] = []
        job = _Job(work)
        yield render.render_added(lines, "Reading …")
        for line in job:
            lines.append(line)
            yield render.render_added(lines, f"Reading … {len(lines)} so far")
        try:
            status = render.added_status(job.result())
        except (CorpusError, LibraryError) as error:
            lines.append(render.failed_line(_one_line(error)))
            status = "Not everything could be added."
        yield render.render_added(lines, status)

    def article(self, article_id: str, token: str | None, page: bool) -> str:
        """The reading pane's content."""
        try:
            article = self.library.article(article_id)
        except LibraryError as error:
            return render.render_problem(str(error))
        span = render.find_span(article, token) if token else None
        return render.render_article(article, span, page=page, stale=bool(token) and span is None)


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text and text.strip() else None
    except ValueError:
        raise QuestionError(
            f"{name}: {text.strip()[:40]} is not a day; write one like 2019-07-12, or nothing"
        ) from None


def _one_line(error: Exception) -> str:
    """The error without the folder that an upload was kept in."""
    if isinstance(error, LoadError) and Path(error.location).is_absolute():
        return str(error).replace(error.location, Path(error.location).name)
    return str(error)
