"""Questions written on news articles, each with the passages that search finds for it.

A file of articles holds one JSON object a line, packed by gzip or not: ``{id, title, url, published, text}``. A file
of questions holds ``{id, article, kind, question, answer, evidence}``. The answer is a span of the evidence, and the
evidence one of the article; each is given by its words or by its offsets (``[start, end]``), and missing where the
article does not answer. ``questions.jsonl`` beside this file holds 6,400 questions on articles that are not ours to
keep. The network learns on what it will meet: the passages that search returns, all under one norm, with the right one
in the place of the last where search misses it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from assistant.evaluation.metrics import spell
from assistant.reading.windows import Context, find_context
from assistant.training.data import Example, Span, Text
from corpus import Article
from index import Hit, Library

PASSAGES = 8
"""Passages that are found for a question, as many as are read at run time."""
DROPPED = 0.15
"""Share of the passages whose source, title or lead is left out, each on its own, since articles may lack them."""
DATED = 0.5
"""Share of the questions that are searched with the day of their article."""
_OUTLETS = {"cnn.com": "CNN", "usatoday.com": "USA Today", "theweek.co.uk": "The Week"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsQuestion:
    """A question written on an article; see the module for its fields."""

    id: str
    article: str
    kind: str
    question: str
    answerable: bool
    answer: str
    evidence: str


def read_articles(path: Path) -> Iterator[Article]:
    """Articles under their records' own ids, which the questions name."""
    for record in _lines(path):
        url = record["url"] or None
        day = record["published"]
        yield Article(
            id=record["id"],
            title=record["title"].strip() or None,
            text=record["text"],
            url=url,
            outlet=_outlet(urlsplit(url).netloc.removeprefix("www."), record["id"])
            if url
            else None,
            published=date.fromisoformat(day.replace("/", "-")) if day else None,
        )


def _outlet(host: str, record: str) -> str:
    """The outlet's name or its host, whichever the record's id says: both occur."""
    return _OUTLETS.get(host, host) if crc32(record.encode()) % 2 else host


def read_questions(paths: Iterable[Path], articles: Mapping[str, Article]) -> list[NewsQuestion]:
    """The questions of several files, in order; spans that are given by their offsets are read from the articles."""
    return [_question(record, articles) for path in paths for record in _lines(path)]


def _question(record: dict[str, Any], articles: Mapping[str, Article]) -> NewsQuestion:
    def words(name: str) -> str:
        said = record.get(name, "")
        return said if isinstance(said, str) else articles[record["article"]].text[slice(*said)]

    return NewsQuestion(
        id=record["id"],
        article=record["article"],
        kind=record["kind"],
        question=record["question"],
        answerable=bool(words("answer")),
        answer=words("answer"),
        evidence=words("evidence"),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8")
    )
    with opened as lines:
        yield from map(json.loads, lines)


Found = dict[str, list[tuple[str, int, int]]]
"""By a question's id: article, start and end of each passage that is read for it."""


def find_passages(
    library: Library,
    questions: Sequence[NewsQuestion],
    path: Path,
    seed: int,
    advance: Callable[[], None],
) -> Found:
    """Search for each question; what was found earlier is taken from the file, and what is new is added to it.

    Args:
        library: holds the articles.
        questions: what is asked.
        path: of a JSON file.
        seed: of the draw of questions that are searched with a day.
        advance: is told of each question.
    """
    found: Found = json.loads(path.read_text()) if path.exists() else {}
    for question in questions:
        if question.id not in found:
            hits = _search(library, question, seed)
            found[question.id] = [
                (hit.article.id, hit.passage.start, hit.passage.end) for hit in hits
            ]
        advance()
    path.write_text(json.dumps(found))
    return found


def _search(library: Library, question: NewsQuestion, seed: int) -> list[Hit]:
    article = library.article(question.article)
    dated = random.Random(f"{seed} {question.id}").random() < DATED
    hits = library.search(
        question.question, limit=PASSAGES, as_of=article.published if dated else None
    )
    if not question.answerable or any(_holds(hit, question) for hit in hits):
        return hits
    own = next(
        (hit for hit in library.search(question.evidence, limit=PASSAGES) if _holds(hit, question)),
        None,
    )
    return [*hits[: PASSAGES - 1], own] if own else hits


def _holds(hit: Hit, question: NewsQuestion) -> bool:
    return hit.article.id == question.article and question.evidence in hit.passage.text


def make_examples(
    articles: dict[str, Article],
    questions: Iterable[NewsQuestion],
    found: Found,
    seed: str,
    passages: int = PASSAGES,
) -> Iterator[Example]:
    """Questions with their passages.

    Args:
        articles: by id.
        questions: those that are learnt from; one whose evidence no passage holds whole is left out.
        found: their passages.
        seed: of what is left out of contexts, and of the passages that are drawn.
        passages: how many are learnt from: those that answer, then the best of the others, the last of them drawn.
    """
    for question in questions:
        chance = random.Random(f"{seed} {question.id}")
        texts = [
            _text(articles[name], start, end, question, chance)
            for name, start, end in found[question.id]
        ]
        if texts and (not question.answerable or any(text.right for text in texts)):
            texts.sort(key=lambda text: not text.right)
            chosen = (
                [*texts[: passages - 1], chance.choice(texts[passages - 1 :])]
                if len(texts) > passages
                else texts
            )
            yield Example(question=question.question, texts=tuple(chosen))


def _text(
    article: Article, start: int, end: int, question: NewsQuestion, chance: random.Random
) -> Text:
    context = Context(
        *(part if chance.random() > DROPPED else "" for part in find_context(article, start))
    )
    passage = article.text[start:end]
    evidence = (
        passage.find(question.evidence)
        if question.answerable and article.id == question.article
        else -1
    )
    right: tuple[Span, ...] = ()
    if evidence >= 0:
        at = evidence + question.evidence.index(question.answer)
        right = ((at, at + len(question.answer)),)
    return Text(
        text=passage,
        context=context,
        right=right,
        unsure=_elsewhere(passage, article, question, right),
    )


def _elsewhere(
    passage: str, article: Article, question: NewsQuestion, right: tuple[Span, ...]
) -> tuple[Span, ...]:
    """Where else the answer's words stand: in its own article, and where they are several, they may well answer too."""
    answer = question.answer
    if not answer or (article.id != question.article and len(spell(answer).split()) < 3):
        return ()
    places, at = [], passage.find(answer)
    while at >= 0:
        places.append((at, at + len(answer)))
        at = passage.find(answer, at + 1)
    return tuple(place for place in places if place not in right)
