"""Searches: finds candidates by meaning and by words, ranks them and merges copies. Read-only.

If Chroma has caught up with the library, the search by meaning asks Chroma and adds an exact scan
of the passages that Chroma does not have yet. Otherwise it scans all passages exactly. Either way,
only passages in the store are kept, and they are scored with the store's own vectors, so a stale
index may miss a hit but never invent one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Lock

import numpy as np

from index.encoding.encoder import Encoder
from index.errors import LibraryDamagedError
from index.filters import ANY, Filter
from index.hit import Hit, Passage
from index.search.copies import collapse
from index.search.ranking import Candidate, rank
from index.storage.bm25 import Floats, QueryTerms
from index.storage.numbering import ORDINAL_MASK, PASSAGE_BITS
from index.storage.records import Embedding, Vectors
from index.storage.store import Store
from index.storage.transaction import Snapshot
from index.vectors.block import VectorFile
from index.vectors.exact import Matrix, RowNumbers, Rows, cosines
from index.vectors.follower import VectorIndex

BY_MEANING = 200
"""The number of candidates to find by vectors."""
BY_WORDS = 100
"""The number of candidates to find with the word index."""
MOST_ASKED = 2_000
"""The most candidates asked of Chroma when few pass a filter. Each thousand costs about 5 ms."""
NARROW = 50
"""If fewer of Chroma's candidates pass the filter, all passages are scanned instead."""
MANY = 20_000
"""A search opens Chroma, which takes about 1 s, if the library has more passages than this.

Fewer passages are scanned exactly in 3 ms. Once Chroma is open, it serves libraries of every size,
so that there is one way to search: at 6,000 passages that costs 8 ms of 43 on a busy machine, for
the very same hits.
"""
MAX_TAIL = 5_000
"""How many passages Chroma may lag behind before a search makes it follow."""
REMEMBERED = 4_096
"""The number of articles whose vectors are cached for later searches, about 50 MB.

Reading and checking the vectors of 230 articles costs 9 ms.
"""

EmbeddingsOf = Callable[[Snapshot, set[int]], dict[int, Embedding]]


class Remembered:
    """A cache of spans and vectors. Thread-safe. Never stale: article numbers are not reused."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Embedding] = OrderedDict()
        self._turn = Lock()

    def embeddings_of(self, snapshot: Snapshot, numbers: set[int]) -> dict[int, Embedding]:
        """Embeddings of these articles; those in neither cache nor store are left out."""
        with self._turn:
            found = {number: self._known[number] for number in numbers & self._known.keys()}
        found |= snapshot.embeddings_of(numbers - found.keys())
        with self._turn:
            self._known |= found
            for number in found:
                self._known.move_to_end(number)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


class Searcher:
    """Answers searches of one store. Thread-safe.

    Args:
        store: the library's primary store.
        index: the Chroma index, used when it is ready.
    """

    def __init__(self, store: Store, index: VectorIndex) -> None:
        self._store = store
        self._index = index
        self._asked = 0
        self._all = Matrix()
        self._provisional = True
        self._tail: Matrix | None = None
        self._remembered = Remembered()

    def search(
        self, question: str, encoder: Encoder, *, limit: int, as_of: date | None, chosen: Filter
    ) -> list[Hit]:
        """The best passages, best first, at most ``limit``.

        Args:
            question: the question as searched for.
            encoder: encodes the question.
            limit: the most hits, at least 1.
            as_of: the day that "this week" counts from.
            chosen: the filter for articles.
        """
        embeddings_of = self._remembered.embeddings_of
        with self.candidates(question, encoder, chosen) as (snapshot, candidates):
            ranked = rank(question, list(candidates.values()), as_of=as_of)
            numbers_by_id = {
                candidate.passage_id: number for number, candidate in candidates.items()
            }
            found = [
                (numbers_by_id[candidate.passage_id], candidate, score)
                for candidate, score in ranked
            ]
            reach = 2 * limit + 10
            while True:
                hits = _read(snapshot, found[:reach], embeddings_of)
                shown = collapse(hits)[:limit]
                if len(shown) == limit or reach >= len(ranked):
                    return shown
                reach *= 2  # most hits were copies

    @contextmanager
    def candidates(
        self, question: str, encoder: Encoder, chosen: Filter = ANY
    ) -> Iterator[tuple[Snapshot, dict[int, Candidate]]]:
        """A view of the library, and what is ranked of it for a question, by passage number."""
        # the word search and the encoder run in parallel, as SQLite and BLAS allow
        with ThreadPoolExecutor(1, "dateline-words") as beside:
            finding = beside.submit(self._find_by_words, question, chosen)
            vector = encoder.encode_question(question)
        terms, by_words, share = finding.result()
        self._asked += 1
        if self._asked <= 2:
            self._open_index(again=self._asked == 2)
        with self._near(vector, chosen, share) as (snapshot, rows, near):
            found, embeddings_of = [*near, *by_words], self._remembered.embeddings_of
            yield snapshot, score_candidates(snapshot, rows, terms, vector, found, embeddings_of)

    def warm(self) -> None:
        """Load what an exact search reads, unless Chroma is ready. Open Chroma first if quicker."""
        with self._store.reading() as snapshot:
            quick = VectorFile.of(self._store, snapshot) is not None
        if not quick:
            self._index.catch_up()
        if not self._index.standing.ready:
            with self._all.reading(self._store):
                pass

    def _open_index(self, *, again: bool) -> None:
        """Open Chroma if the library has many passages.

        If an exact search starts quickly, this waits for the second search (``again``), since a
        process that searches only once does not need Chroma.
        """
        with self._store.reading() as snapshot:
            many, quick = (
                snapshot.count_passages() > MANY,
                VectorFile.of(self._store, snapshot) is not None,
            )
        if many and not quick:
            self._index.catch_up()
        elif many and again:
            self._index.follow_in_background()

    def _find_by_words(self, question: str, chosen: Filter) -> tuple[QueryTerms, list[int], float]:
        """The question's words, passages found, and the share of articles that pass the filter.

        Some of the passages may have been removed since.
        """
        with self._store.reading() as snapshot:
            articles = snapshot.select(chosen) if chosen else None
            terms = snapshot.look_up(question)
            share = 1.0 if articles is None else len(articles) / max(terms.articles, 1)
            return terms, snapshot.find_passages(terms, BY_WORDS, articles), share

    @contextmanager
    def _near(
        self, vector: Vectors, chosen: Filter, share: float
    ) -> Iterator[tuple[Snapshot, Rows, list[int]]]:
        """A view of the library, rows in memory, and passages near the vector."""
        indexed = self._index.standing.indexed
        few = share * MOST_ASKED < 2 * NARROW
        near = self._index.nearest(vector, 1 if few else min(round(BY_MEANING / share), MOST_ASKED))
        if near is not None:
            if self._provisional:  # drop what was read before Chroma was open
                self._all, self._provisional = Matrix(), False
            with self._tail_after(indexed).reading(self._store) as (snapshot, rows):
                articles = snapshot.select(chosen) if chosen else None
                if few and articles is not None:
                    yield snapshot, rows, _rows_of(snapshot, articles).nearest(vector, BY_MEANING)
                    return
                near = _passing(near, articles)
                if articles is None or len(near) >= NARROW:
                    yield snapshot, rows, near + rows.nearest(vector, BY_MEANING, articles)
                    return
        with self._all.reading(self._store) as (snapshot, rows):
            articles = snapshot.select(chosen) if chosen else None
            yield snapshot, rows, rows.nearest(vector, BY_MEANING, articles)

    def _tail_after(self, indexed: int) -> Matrix:
        """A matrix of what Chroma lacks. It may hold older passages, too, while it is small."""
        tail = self._tail
        if tail is None or tail.after > indexed or (tail.size > MAX_TAIL and tail.after < indexed):
            tail = self._tail = Matrix(after=indexed)
        elif tail.size > MAX_TAIL:
            self._index.follow_in_background()
        return tail


def _rows_of(snapshot: Snapshot, articles: RowNumbers) -> Rows:
    """The vectors of a few articles."""
    read = list(snapshot.embeddings_of(articles.tolist()).values())
    numbers = np.array([number for each in read for number in each.passages], np.int64)
    vectors = (
        np.concatenate([each.vectors for each in read]) if read else np.empty((0, 0), np.float32)
    )
    return Rows(numbers, np.ones(len(numbers), np.bool_), vectors)


def _passing(passages: list[int], articles: RowNumbers | None) -> list[int]:
    if articles is None:
        return passages
    allowed = set(articles.tolist())
    return [number for number in passages if number >> PASSAGE_BITS in allowed]


def score_candidates(
    snapshot: Snapshot,
    rows: Rows,
    terms: QueryTerms,
    vector: Vectors,
    found: Sequence[int],
    embeddings_of: EmbeddingsOf = Snapshot.embeddings_of,
) -> dict[int, Candidate]:
    """The passages found, by number, scored with the store's own data.

    Passages that the store does not hold are left out.
    """
    numbers = list(dict.fromkeys(found))
    facts = snapshot.facts({number >> PASSAGE_BITS for number in numbers})
    by_article, by_passage = snapshot.score_words(terms, facts)
    similarities = rows.score(vector, numbers)
    missing = [number for number in numbers if number not in similarities]
    if missing:
        others = embeddings_of(
            snapshot, facts.keys() & {number >> PASSAGE_BITS for number in missing}
        )
        held = [
            n for n in missing if (other := others.get(n >> PASSAGE_BITS)) and n in other.passages
        ]
        if held:
            vectors = np.array([others[n >> PASSAGE_BITS].vectors[n & ORDINAL_MASK] for n in held])
            similarities |= dict(zip(held, cosines(vectors, vector), strict=True))
    return {
        number: Candidate(
            passage_id=known.passage_id(number & ORDINAL_MASK),
            article_id=known.id,
            similarity=similarities[number],
            words=_at(by_passage.get(known.number), number & ORDINAL_MASK),
            article_words=by_article.get(known.number, 0.0),
            published=known.published,
            outlet=known.outlet,
        )
        for number in numbers
        if (known := facts.get(number >> PASSAGE_BITS)) and number in similarities
    }


def _at(scores: Floats | None, ordinal: int) -> float:
    return float(scores[ordinal]) if scores is not None and ordinal < len(scores) else 0.0


def _read(
    snapshot: Snapshot, found: Sequence[tuple[int, Candidate, float]], embeddings_of: EmbeddingsOf
) -> list[Hit]:
    """The hits for ranked candidates, given as (passage number, candidate, score)."""
    embeddings = embeddings_of(snapshot, {number >> PASSAGE_BITS for number, _, _ in found})
    articles = {number: snapshot.article(number) for number in embeddings}
    hits = []
    for number, candidate, score in found:
        if number >> PASSAGE_BITS not in embeddings:
            raise LibraryDamagedError(
                f"article {candidate.article_id}: its passages are missing;"
                " `dateline repair` makes them again"
            )
        article = articles[number >> PASSAGE_BITS]
        start, end = embeddings[number >> PASSAGE_BITS].spans[number & ORDINAL_MASK]
        passage = Passage(
            id=candidate.passage_id,
            article_id=article.id,
            start=start,
            end=end,
            text=article.text[start:end],
        )
        hits.append(
            Hit(article=article, passage=passage, score=score, similarity=candidate.similarity)
        )
    return hits
