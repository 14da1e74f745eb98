"""Measure how well questions are answered.

    python -m tests.benchmarks.answering --data DIR --library FOLDER

DIR holds `news-gold/questions.jsonl`: 225 questions written on the articles of `news-dev/`. The
articles answer 201 of them; the other 24 are near misses that they do not answer. 240 more
questions ask about topics that are in none of these articles. Each question is asked with its day.

The parameters of the decision are cross-validated (`assistant/training/calibration.py`): each
question is judged with parameters fitted on the other four fifths. A sentence is right if it is the
evidence, or if it holds an accepted answer and belongs to an article that has it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from assistant import Assistant, Settings, read_questions
from assistant.training.calibration import ABSENT_TOPICS, cross_fit, measure, read_all, report
from assistant.training.newsdev import read_articles
from index import Library
from tests.benchmarks import floors

ERRORS = ("near misses answered", "absent topics answered", "calibration error")


def main() -> None:
    """Measure, print, and hold the floors."""
    parser = argparse.ArgumentParser(description="Measure answers on news-gold.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--library", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="others than those that are shipped"
    )
    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    options = parser.parse_args()
    questions = options.data / "news-gold" / "questions.jsonl"
    settings = Settings(reader=str(options.weights)) if options.weights else Settings()
    with Library.open(options.library) as library:
        library.add(read_articles(options.data / "news-dev"))
        asked = [*read_questions(questions), *read_questions(ABSENT_TOPICS)]
        outcomes = cross_fit(read_all(Assistant(library, settings), asked))
    sys.stdout.write(report(outcomes) + "\n")
    if options.weights:
        return
    scores = {name: score.value or 0.0 for name, score in measure(outcomes).items()}
    held = {
        f"1 - {name}" if name in ERRORS else name: 1 - v if name in ERRORS else v
        for name, v in scores.items()
    }
    sys.exit(
        floors.hold(
            "answering", held, floors.digest_files(questions, ABSENT_TOPICS), pin=options.pin
        )
    )


if __name__ == "__main__":
    main()
