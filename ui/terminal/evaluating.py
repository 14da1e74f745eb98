"""Runs an evaluation with a progress bar, and shows the table of scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant import Assistant, Evaluation, Failure, GoldQuestion, Judgement, evaluate
from ui.phrases import count_of
from ui.terminal.screen import progress_bar
from ui.terminal.views import one_line

_ROWS = {
    "Search": {
        **{f"article@{k}": f"a named article among the first {k}" for k in (1, 4, 10, 20)},
        **{f"answer@{k}": f"the answer among the first {k}" for k in (1, 4, 10, 20)},
    },
    "Quotations": {"right_first": "the first is right", "right_any": "one of them is right"},
    "Short answer": {"f1": "F1 of its words", "exact": "exact match"},
    "Declining": {
        "false_refusals": "false refusals, of answerable",
        "false_answers": "false answers, of unanswerable",
        "auroc": "confidence tells them apart (AUROC)",
    },
    "Answers given": {"confidence": "mean confidence", "right_answers": "share right"},
}
_FAILURES = {
    Failure.NOT_FOUND: "not found: no passage that was read holds the answer",
    Failure.REFUSED: "refused: the answer was found, but declined",
    Failure.NOT_QUOTED: "not quoted: the answer was found, but something else was quoted",
    Failure.NOT_FIRST: "not first: the answer was quoted after something else",
    Failure.ANSWERED: "answered: the articles do not hold an answer",
}
_QUOTE_WIDTH = 280  # maximum number of characters shown of a quotation


def evaluate_with_progress(
    questions: Sequence[GoldQuestion], assistant: Assistant, console: Console
) -> Evaluation:
    """Evaluate, with a bar that counts questions if the console is a terminal.

    Args:
        questions: to ask.
        assistant: answers them.
        console: where the bar is drawn.
    """
    count = "{task.completed:,.0f} of {task.total:,.0f} questions"
    with progress_bar(console, "Asking", count) as bar:
        task = bar.add_task("", total=len(questions))
        return evaluate(questions, assistant, progress=lambda judgement: bar.advance(task))


def evaluation_view(evaluation: Evaluation, *, wrong: bool = False) -> RenderableType:
    """The table of scores, then the number of failures of each kind.

    Args:
        evaluation: what to show.
        wrong: also list each question that failed, with what went wrong.
    """
    judged = evaluation.judgements
    answerable = sum(one.question.answerable for one in judged)
    head = (
        f"{count_of(len(judged), 'question')} "
        f"({answerable:,} answerable, {len(judged) - answerable:,} not), "
        f"{count_of(evaluation.articles, 'article')}"
    )
    median, p95 = (f"{1000 * evaluation.seconds(percentile):,.0f} ms" for percentile in (50, 95))
    failed = [one for one in judged if one.failure]
    listing = _listing(failed) if wrong else [Text("--wrong lists them.", "dim")] if failed else []
    return Group(
        Text(head, "bold"),
        Text(),
        _table(evaluation),
        Text(),
        Text(f"A question took {median} (median), {p95} (p95)."),
        Text(),
        *_failures(failed),
        *listing,
    )


def _table(evaluation: Evaluation) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for name in ("score", "95 % interval", "of"):
        table.add_column(name, justify="right", no_wrap=True)
    for group, rows in _ROWS.items():
        known = [
            (label, evaluation.scores[name])
            for name, label in rows.items()
            if evaluation.scores[name].count
        ]
        if known:
            table.add_row(Text(group, "bold"))
        for label, score in known:
            interval = "" if score.low is None else f"{score.low:.3f} to {score.high:.3f}"
            table.add_row(
                f"  {label}",
                f"{score.value:.3f}",
                Text(interval, "dim"),
                Text(f"{score.count:,}", "dim"),
            )
    return table


def _failures(failed: Iterable[Judgement]) -> Iterator[Text]:
    counts = Counter(one.failure for one in failed)
    yield Text(f"{counts.total():,} went wrong." if counts else "Nothing went wrong.")
    for failure, label in _FAILURES.items():
        if counts[failure]:
            yield Text(f"  {counts[failure]:>4,}  {label}")


def _listing(failed: Iterable[Judgement]) -> Iterator[RenderableType]:
    for one in failed:
        yield Text()
        yield Text.assemble((f"{one_line(one.question.id)}  ", "dim"), (str(one.failure), "red"))
        facts = Table.grid(padding=(0, 2, 0, 0))
        for name, value in _facts(one):
            facts.add_row(
                Text(f"  {name}", "dim"),
                Text(one_line(shorten(value, _QUOTE_WIDTH, placeholder=" …"))),
            )
        yield facts


def _facts(one: Judgement) -> Iterator[tuple[str, str]]:
    """What was asked, expected and answered, by name."""
    yield "question", one.question.question
    if one.answer.query != one.answer.question:
        yield "understood", one.answer.query
    if not one.question.answerable:
        yield "expected", "no answer"
    elif expected := one.question.answers or one.question.articles:
        yield "expected", " | ".join(expected)
    rank = one.article_rank if one.answer_rank is None else one.answer_rank
    if rank:
        yield "found", f"in passage {rank}"
    for citation in one.answer.citations:
        yield f"quoted [{citation.number}]", citation.sentence
    if one.answer.short_answer:
        yield "in short", one.answer.short_answer
    if one.answer.abstention:
        yield "declined", one.answer.text
    yield "confidence", f"{one.answer.confidence:.2f}"
