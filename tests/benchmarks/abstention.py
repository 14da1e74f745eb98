"""Whether it knows when the articles don't say: `python -m tests.benchmarks.abstention --data DIR --library FOLDER`.

All 303 questions of news-dev (see `assistant/training/newsdev.py`), asked with the day they were asked and without
any. The reader and the decision were fitted on the even half, so the odd half is the fair one. FOLDER is that of
`tests.benchmarks.search`. Labels are string matches; `news-dev.read.json` says of each question whether it is really
answered, by its gold articles or, where those were left out, by the passages found: read by a language model that saw
no scores, on 2026-11-28; eleven of the 214 looked at again agreed. By it, answers that are there are compared with
those that were left out and are not. An answer is right where the best sentence holds the answer string; one given to
a question whose articles were left out is wrong. The risk-coverage curve is that of El-Yaniv & Wiener (2010): of the
questions of which Dateline is surest, the share that it gets wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, Settings
from assistant.abstention import decide
from assistant.metrics import Score, auroc, mean_score
from assistant.training.newsdev import Question, read_articles, read_questions
from index import Library
from tests.benchmarks import floors

READ: dict[str, str] = json.loads(Path(__file__).with_name("news-dev.read.json").read_text())
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a question."""

    question: Question
    confidence: float
    answered: bool
    right: bool  # the best sentence, answered or not


def ask(assistant: Assistant, question: Question, *, dated: bool) -> Outcome:
    """Search, read and decide as `Assistant.answer` does, keeping the best sentence of what is declined too."""
    limit, as_of = assistant.settings.passages, question.asked if dated else None
    readings = assistant.reader.read(question.text, assistant.library.search(question.text, limit=limit, as_of=as_of))
    decision = decide(readings, assistant.reader.threshold)
    right = question.is_answerable and bool(readings) and question.is_answered_by(readings[0].text)
    return Outcome(question=question, confidence=decision.confidence, answered=decision.abstention is None, right=right)


def measure(outcomes: Sequence[Outcome]) -> dict[str, Score]:
    """The scores of some outcomes, each in [0, 1]."""
    there = [outcome for outcome in outcomes if outcome.question.is_answerable]
    absent = [outcome for outcome in outcomes if not outcome.question.is_answerable]
    given = [outcome for outcome in outcomes if outcome.answered]
    return {
        "AUROC, answerable or not": auroc([o.confidence for o in there], [o.confidence for o in absent]),
        "AUROC, answered there or not": auroc(
            [o.confidence for o in outcomes if READ[o.question.id] == "answered"],
            [o.confidence for o in absent if READ[o.question.id] == "not answered"],
        ),
        "AUROC, right or not": auroc(
            [o.confidence for o in outcomes if o.right], [o.confidence for o in outcomes if not o.right]
        ),
        "right, of the answerable": mean_score([float(o.right) for o in there]),
        "right, of the surest 70 %": mean_score([float(o.right) for o in _surest(there, 0.7)]),
        "false answers": mean_score([float(o.answered) for o in absent]),
        "false refusals": mean_score([float(not o.answered) for o in there]),
        "refused, the best being right": mean_score([float(not o.answered) for o in outcomes if o.right]),
        "right, of the answers given": mean_score([float(o.right) for o in given]),
        "confidence in them": mean_score([o.confidence for o in given]),
    }


def find_risks(outcomes: Sequence[Outcome]) -> list[float]:
    """The share that is wrong among the surest, at each of `COVERAGES`."""
    surest = [_surest(outcomes, coverage) for coverage in COVERAGES]
    return [sum(not outcome.right for outcome in some) / len(some) for some in surest]


def _surest(outcomes: Sequence[Outcome], coverage: float) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: -outcome.confidence)[: max(1, round(coverage * len(outcomes)))]


def report(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The lines of a table."""
    yield f"{name}: {len(outcomes)} questions, {sum(o.question.is_answerable for o in outcomes)} answerable"
    for what, score in measure(outcomes).items():
        interval = "" if score.low is None else f"[{score.low:.3f}, {score.high:.3f}]"
        yield f"  {what:32}{score.value or 0:.3f} {interval:18} of {score.count}"
    yield "  coverage " + "".join(f"{coverage:7.0%}" for coverage in COVERAGES)
    yield "  risk     " + "".join(f"{risk:7.3f}" for risk in find_risks(outcomes))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure abstention on news-dev.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--reader", default="trained", help="rules, or a file of weights; floors are the trained one's")
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args()
    questions = read_questions(options.data)
    with Library.open(options.library) as library:
        library.add(read_articles(options.data))
        assistant = Assistant(library, Settings(reader=options.reader))
        outcomes = {
            day: [ask(assistant, question, dated=dated) for question in questions]
            for day, dated in (("day told", True), ("no day told", False))
        }
    for day, asked in outcomes.items():
        for half, even in (("even (fitted)", True), ("odd (reported)", False)):
            chosen = [outcome for outcome in asked if outcome.question.is_for_tuning == even]
            sys.stdout.write("\n".join(report(f"{half}, {day}", chosen)) + "\n")
    if options.reader != "trained":
        return
    odd = [outcome for outcome in outcomes["day told"] if not outcome.question.is_for_tuning]
    scores = {name: score.value or 0.0 for name, score in measure(odd).items()}
    held = {
        "odd half: AUROC, answerable or not": scores["AUROC, answerable or not"],
        "odd half: right, of the answers given": scores["right, of the answers given"],
        "odd half: 1 - false answers": 1 - scores["false answers"],
        "odd half: 1 - false refusals": 1 - scores["false refusals"],
    }
    sys.exit(floors.hold("abstention", held, floors.digest_files(options.data), pin=options.pin))


if __name__ == "__main__":
    main()
