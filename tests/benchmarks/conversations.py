"""Measure how follow-up questions are understood.

    python -m tests.benchmarks.conversations --articles FILE --library FOLDER

`conversations.jsonl` holds 120 second questions over news-dev's articles, written for this. 60 turn
to another topic, many of them without a name or with a pronoun of their own; 60 depend on the
question before. Counted are the new topics into which something was carried over, the dependent
questions that were completed, and how often the answering article is among the passages read.
FILE holds news-dev's articles; FOLDER is their library, which is made if it is missing.

`--canard FILE` (half of CANARD's dev set, Elgohary et al. 2019) compares the words carried over
with those that people filled in. It queries no library: the topic's title is the first exchange.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant import Abstention, Answer, Assistant, Citation, Settings
from assistant.terms import content_stems
from assistant.training.news import read_articles
from assistant.understanding.follow_up import complete, leaning
from corpus import Article
from index import Library

_SHORT = 80  # an answer with fewer characters counts as a short answer


def ask(assistant: Assistant, record: dict[str, Any]) -> tuple[bool, bool]:
    """Whether something was carried over, and whether the answering article was read."""
    day = date.fromisoformat(record["as_of"])
    history: list[Answer] = []
    for earlier in record["history"]:
        history.append(assistant.answer(earlier, history=history, as_of=day))
    found = assistant.read(record["question"], history, as_of=day)
    carried = content_stems(found.query) != content_stems(
        assistant.library.correct(record["question"])
    )
    return carried, any(hit.article.id == record["article"] for hit in found.hits)


def measure(assistant: Assistant) -> list[str]:
    """Return a line for each kind of question."""
    path = Path(__file__).with_name("conversations.jsonl")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines = []
    for kind in ("new topic", "leaning"):
        asked = [ask(assistant, record) for record in records if record["kind"] == kind]
        carried, read = (sum(column) for column in zip(*asked, strict=True))
        lines.append(
            f"{kind:10} {len(asked)}: {carried} carried over, the article that answers read for "
            f"{read}"
        )
    return lines


def _answer(question: str, query: str, said: str) -> Answer:
    """An earlier exchange of CANARD, as an answer of ours."""
    said = said.replace("[", "(").replace("]", ")")
    if not said.strip() or len(said) >= _SHORT:
        return Answer(question=question, query=query, text="No.", abstention=Abstention.NO_ANSWER)
    citation = Citation(
        number=1, article=Article(id="a", text=said), start=0, end=len(said), quote=said
    )
    return Answer(
        question=question, query=query, text=f"{said} [1]", short_answer=said, citations=(citation,)
    )


def _understand(question: str, history: Sequence[Answer]) -> str:
    """Complete a question unless its own words speak against it."""
    return complete(question, history) if leaning(question) >= 0 else question


def compare_words(path: Path) -> str:
    """Precision, recall and F1 of the stems carried over.

    Also counts how often something was carried over although nothing should have been.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = json.load(file)
    hit = extra = missed = false = alone = 0
    for record in records:
        said, question = record["History"], record["Question"]
        known = content_stems(question)
        meant = (content_stems(record["Rewrite"]) - known) & frozenset().union(
            *map(content_stems, said)
        )
        history = [_answer(said[0], re.sub(r"\(.*", "", said[0]), "")]
        for earlier, reply in zip(said[2::2], [*said[3::2], ""], strict=False):
            history.append(_answer(earlier, _understand(earlier, history), reply))
        carried = content_stems(_understand(question, history)) - known
        hit, extra, missed = (
            hit + len(meant & carried),
            extra + len(carried - meant),
            missed + len(meant - carried),
        )
        if not meant or len(said) == 2:
            alone += 1
            # before the first question there is nothing to carry over
            false += bool(carried) and len(said) > 2
    precision, recall = hit / (hit + extra), hit / (hit + missed)
    return (
        f"CANARD, {len(records)} questions: precision {precision:.3f}, recall {recall:.3f}, F1 "
        f"{2 * precision * recall / (precision + recall):.3f}; carried into {false} of {alone} "
        "first or whole questions"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure follow-ups.")
    parser.add_argument("--articles", type=Path, metavar="FILE")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--canard", type=Path, metavar="FILE")
    parser.add_argument("--weights", default="trained", metavar="FILE")
    options = parser.parse_args()
    lines = []
    if options.library and options.articles:
        with Library.open(options.library) as library:
            library.add(read_articles(options.articles))
            lines += measure(Assistant(library, Settings(reader=options.weights)))
    if options.canard:
        lines.append(compare_words(options.canard))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
