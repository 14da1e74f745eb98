"""Questions written on news articles, each with the passages that search finds for it.

A file of articles holds one JSON object per line, gzipped or not:
``{id, title, url, published, text}``. A file of questions holds
``{id, article, kind, question, answer, evidence}``. The answer is a span of the evidence, and the
evidence is a span of the article. Each is given by its words or by its offsets (``[start, end]``),
and both are missing if the article does not answer. ``questions.jsonl`` beside this file holds
6,400 questions on articles that we may not distribute. The network trains on what it meets at run
time: the passages that search returns, all under one norm. If search misses the right passage, it
replaces the last one.
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
"""Number of passages found for a question, the same as at run time."""
DROPPED = 0.15
"""The probability that a passage's source, title or lead is left out, each independently.

Articles may lack them.
"""
DATED = 0.5
"""Share of the questions that are searched as of the day of their article."""
_OUTLETS = {"cnn.com": "CNN", "usatoday.com": "USA Today", "theweek.co.uk": "The Week"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsQuestion:
    """A question written on an article; the module docstring explains its fields."""

    id: str
    article: str
    kind: str
    question: str
    answerable: bool
    answer: str
    evidence: str


def read_articles(path: Path) -> Iterator[Article]:
    """The articles, with the ids of their records, which the questions refer to."""
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
    """The outlet's name or its host, chosen by the record's id, since both occur in articles."""
    return _OUTLETS.get(host, host) if crc32(record.encode()) % 2 else host


def read_questions(paths: Iterable[Path], articles: Mapping[str, Article]) -> list[NewsQuestion]:
    """The questions of several files, in order.

    Spans given by offsets are read from the articles.
    """
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
"""Maps a question's id to the article, start and end of each passage found for it."""


def find_passages(
    library: Library,
    questions: Sequence[NewsQuestion],
    path: Path,
    seed: int,
    advance: Callable[[], None],
) -> Found:
    """Search for each question. The results are cached in a file.

    Args:
        library: holds the articles.
        questions: to search for.
        path: the cache, a JSON file.
        seed: for the draw of the questions that are searched with a day.
        advance: called after each question.
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
        questions: to train on. A question is left out if no passage holds its whole evidence.
        found: their passages.
        seed: for leaving out parts of contexts, and for drawing passages.
        passages: how many to use per question: those that answer, then the best of the others. The
            last one is drawn at random from the rest.
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
    """The other places where the answer's words occur, as these may answer too.

    In other articles only answers of at least three words count.
    """
    answer = question.answer
    if not answer or (article.id != question.article and len(spell(answer).split()) < 3):
        return ()
    places, at = [], passage.find(answer)
    while at >= 0:
        places.append((at, at + len(answer)))
        at = passage.find(answer, at + 1)
    return tuple(place for place in places if place not in right)
