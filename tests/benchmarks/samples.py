"""Measure how well the samples' questions are answered.

    python -m tests.benchmarks.samples [--wrong] [--pin REASON]

Asks the 68 questions of `samples.questions.jsonl` with the code of `dateline evaluate`. Rules and
phrase lists were written with these questions in view, so the scores are too good. They serve as
floors, not as results to publish.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

import corpus.samples
from assistant import Assistant, Evaluation, Settings, evaluate, read_questions
from corpus.samples import load_samples
from index import Library
from tests.benchmarks import floors
from ui.terminal.evaluating import evaluation_view

QUESTIONS = Path(__file__).with_name("samples.questions.jsonl")
ERRORS = ("false_refusals", "false_answers")
FLOORED = (
    "article@1",
    "article@4",
    "answer@1",
    "answer@4",
    "answer@10",
    "right_first",
    "right_any",
    "f1",
    "exact",
    "auroc",
)


def main(arguments: list[str] | None = None) -> None:
    """Evaluate, print the table, and check the floors."""
    parser = argparse.ArgumentParser(description="Evaluate on the samples.")
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    parser.add_argument("--wrong", action="store_true", help="list what went wrong")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.add(load_samples())
        evaluation = evaluate(read_questions(QUESTIONS), Assistant(library, Settings()))
    Console(highlight=False, markup=False).print(evaluation_view(evaluation, wrong=options.wrong))
    pages = sorted(
        path for path in Path(corpus.samples.__file__).parent.glob("*.*") if path.suffix != ".py"
    )
    digest = floors.digest_files(QUESTIONS, *pages)
    sys.exit(floors.hold("samples", to_floors(evaluation), digest, pin=options.pin))


def to_floors(evaluation: Evaluation) -> dict[str, float]:
    """The scores that have floors, each better the higher it is."""
    values = {
        name: score.value for name, score in evaluation.scores.items() if score.value is not None
    }
    return {name: values[name] for name in FLOORED} | {
        f"1 - {name}": 1 - values[name] for name in ERRORS
    }


if __name__ == "__main__":
    main()
