"""Make libraries of any size from the passages of a real one, without encoding any passage.

Each made passage mixes three real ones. Its text holds their words in random order, so that words
have their real frequencies and no two texts are alike. Its vector is the sum of their vectors in
the same shares, with a little noise.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

from corpus import Article, Span
from index.storage.records import Vectors, revision_of
from index.storage.store import Store

SENTENCE = 20  # words
WORDS = 160  # of a made passage; with its title it fits the encoder
PASSAGES = 7  # of a made article
NOISE = 0.2  # length of the noise added to a made vector, whose length is 1
TOGETHER = 50  # articles written in one transaction

Entry = tuple[Article, list[Span], Vectors]


@dataclass(frozen=True, slots=True)
class Source:
    """A real library: articles with their passages' spans and vectors, and each passage's words."""

    entries: list[Entry]
    words: list[list[str]]
    vectors: Vectors
    encoder: str

    @classmethod
    def of(cls, folder: Path) -> Source:
        store = Store.open(folder, create=False)
        with store.reading() as snapshot:
            encoder = snapshot.setting("encoder") or ""
            read = [(snapshot.article(each.number), each) for each in snapshot.embeddings()]
        store.close()
        entries: list[Entry] = [(article, list(each.spans), each.vectors) for article, each in read]
        words = [
            article.text[slice(*span)].replace(".", "").split()
            for article, spans, _ in entries
            for span in spans
        ]
        return cls(entries, words, np.concatenate([vectors for _, _, vectors in entries]), encoder)

    def made(self, first: int) -> Iterator[Entry]:
        """Yield articles without end, from this number on.

        The same number always gives the same article.
        """
        number = first
        while True:
            yield self._made(number)
            number += 1

    def _made(self, number: int) -> Entry:
        chance, noise = random.Random(number), np.random.default_rng(number)
        like = chance.choice(self.entries)[0]
        texts, rows = [], []
        for _ in range(PASSAGES):
            parts = chance.sample(range(len(self.words)), 3)
            shares = noise.dirichlet((1, 1, 1))
            mixed = [
                word
                for part, share in zip(parts, shares, strict=True)
                for word in chance.choices(self.words[part], k=round(share * WORDS))
            ]
            chance.shuffle(mixed)
            texts.append(
                " ".join(
                    " ".join(mixed[n : n + SENTENCE]) + "." for n in range(0, len(mixed), SENTENCE)
                )
            )
            row = shares @ self.vectors[parts]
            other = noise.standard_normal(len(row))
            row = row / np.linalg.norm(row) + NOISE * other / np.linalg.norm(other)
            rows.append(row / np.linalg.norm(row))
        spans, start = [], 0
        for text in texts:
            spans.append((start, start + len(text)))
            start += len(text) + 2
        day = date.fromordinal(
            chance.randint(date(2015, 1, 1).toordinal(), date(2024, 6, 30).toordinal())
        )
        article = Article(
            id=f"made-{number}", title=like.title, text="\n\n".join(texts), published=day
        )
        return article, spans, np.array(rows, dtype=np.float32)


def grow(folder: Path, source: Source, passages: int, advance: Callable[[int], None]) -> None:
    """Write the source's articles, then made ones, until the library holds so many passages.

    Continues where an earlier call stopped.
    """
    store = Store.open(folder, create=True)
    with store.reading() as snapshot:
        held, articles = snapshot.count_passages(), snapshot.count_articles()
    entries = iter(source.entries[articles:])
    following = source.made(max(0, articles - len(source.entries)))
    while held < passages:
        some = list(islice(entries, TOGETHER)) or list(islice(following, TOGETHER))
        with store.writing() as writer:
            writer.set("encoder", source.encoder)
            writer.set("dim", str(source.vectors.shape[1]))
            for article, spans, vectors in some:
                if held < passages:
                    writer.put(article, revision_of(article), spans, vectors)
                    held += len(spans)
        advance(held)
    store.close()
