"""A library of articles: open it, add, remove, search. The page to read first.

    with Library.open() as library:
        library.add(load("pages/"))
        for hit in library.search("Why was Türkiye removed from the F-35 program?"):
            ...

``storage/`` keeps the truth (SQLite), ``vectors/`` searches its vectors exactly, or by Chroma about as well
and quicker where there are many. Knows nothing of answers.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpus import Article
from index.encoding.encoder import Encoder, load_encoder
from index.errors import ArticleNotFoundError, LibraryEncoderError
from index.filters import ANY, Filter, check_day, check_question
from index.hit import Hit
from index.search.searching import Searcher
from index.storage.records import Summary
from index.storage.store import Store, library_folder
from index.upkeep.adding import Added, Intake, Outcome, check_encoder, load_remembered
from index.upkeep.backup import take_snapshot
from index.upkeep.checking import repair, verify
from index.vectors.chroma.files import Files
from index.vectors.chroma.server import Server, check_address
from index.vectors.follower import VectorIndex

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

ADD_LAG = 250
"""Articles that a long ``add`` stores before it brings Chroma up to date on the way."""


class Library:
    """A folder of articles that can be searched; made by ``Library.open``.

    Thread-safe, and any number of processes may have one folder open: what one has committed, the others find.
    """

    def __init__(
        self, store: Store, encoder: Encoder | BaseEmbedding | str | None, chroma: str | None = None
    ) -> None:
        self._store = store
        self._given = encoder
        self._encoder: Encoder | None = None
        self._loading = threading.Lock()
        self._index = VectorIndex(store, Server(store, chroma) if chroma else Files(store))
        self._searcher = Searcher(store, self._index)
        # Also at interpreter exit, for a library that nobody closed: Chroma's files are noted as sound only by a close.
        self._close = weakref.finalize(self, _close, self._index, store)

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        create: bool = True,
        encoder: Encoder | BaseEmbedding | str | None = None,
        chroma: str | None = None,
    ) -> Library:
        """Open the library in a folder; quick, as the encoder is loaded when it is first needed.

        Args:
            path: the folder; the user's data folder if None.
            create: make a library where there is none.
            encoder: what vectors are made with: an encoder, a LlamaIndex embedding, or a sentence-transformers model
                by name or folder. None for the one the library was made with, and the default for a new library.
            chroma: the address of a Chroma server that holds the vectors, ``http://host:port``; None for files in the
                folder. While it does not answer, searches go without it.

        Raises:
            LibraryNotFoundError: there is no library, and ``create`` is False.
            LibraryStorageError: the folder cannot be made, read or written.
            LibraryFormatError: what is there is not a library, or was made by a newer Dateline.
            LibraryDamagedError: library.db is malformed.
            LibraryEncoderError: the library's vectors were made with another encoder than the one given; where it is
                given by name, this is found out when it is first used.
            LibraryServerError: ``chroma`` is no such address.
        """
        check_address(chroma)
        library = cls(Store.open(library_folder(path), create=create), encoder, chroma)
        if isinstance(encoder, Encoder):
            try:
                library.encoder  # noqa: B018 - checked against the library's
            except LibraryEncoderError:
                library.close()
                raise
        return library

    def add(
        self,
        articles: Iterable[Article],
        *,
        progress: Callable[[Article, Outcome], None] | None = None,
    ) -> Added:
        """Store articles and make them searchable; an article reported here survives a crash from then on.

        Args:
            articles: any number; read as they are needed, so a generator stays one. An article whose id is known
                replaces its older revision; one that is the same in every field is left alone.
            progress: called with each article once it is stored, or has failed.

        Returns:
            The ids by what became of them.

        Raises:
            LibraryStorageError: the disk is full or read-only; what was reported before is stored.
            EncoderError: the encoder cannot be loaded.
        """
        ids: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
        written = 0
        for article, outcome in Intake(self._store, lambda: self.encoder).add(articles):
            ids[outcome].append(article.id)
            if progress:
                progress(article, outcome)
            written += outcome not in (Outcome.UNCHANGED, Outcome.FAILED)
            if written == ADD_LAG:
                self._index.catch_up()
                written = 0
        if written:
            self._index.catch_up()
        return Added.of(ids)

    def remove(self, article_ids: Iterable[str]) -> tuple[str, ...]:
        """Take articles out, with everything that was derived from them: all of them, or on an error none.

        Returns:
            The ids, each once.

        Raises:
            ArticleNotFoundError: one of them is not in the library.
            LibraryStorageError: the disk is full or read-only.
        """
        wanted = tuple(
            dict.fromkeys([article_ids] if isinstance(article_ids, str) else article_ids)
        )
        if wanted:
            with self._store.writing() as writer:
                for article_id in wanted:
                    if not writer.remove(article_id):
                        raise ArticleNotFoundError.of(article_id)
            self._index.catch_up()
        return wanted

    def articles(self, chosen: Filter = ANY) -> Iterator[Article]:
        """The articles as they are now, newest first, undated ones last, without their pages.

        Args:
            chosen: which ones; ``Filter.parse`` makes it of outlets and days.
        """
        with self._store.reading() as snapshot:
            for number in snapshot.newest_first(chosen):
                yield snapshot.article(number)

    def find(self, name: str) -> str:
        """The id that this is, or that alone begins so; else the id of the record that calls itself this.

        Raises:
            ArticleNotFoundError: no article is meant, or more than one.
        """
        with self._store.reading() as snapshot:
            if snapshot.number_of(name) is not None:
                return name
            begun = snapshot.ids_from(name) if name else []
        records = (
            [] if begun else [article.id for article in self.articles() if article.record == name]
        )
        found = begun or records
        if len(found) == 1:
            return found[0]
        if found:
            which = "ids that begin with" if begun else "records called"
            raise ArticleNotFoundError(
                f"{len(found)} articles have {which} {name!r}; give more of the id"
            )
        raise ArticleNotFoundError(
            f'no article has an id that begins with {name!r}; "dateline list" shows the ids'
        )

    def article(self, article_id: str) -> Article:
        """One article, with its page.

        Raises:
            ArticleNotFoundError: it is not in the library.
            LibraryDamagedError: it is not what was stored.
        """
        with self._store.reading() as snapshot:
            number = snapshot.number_of(article_id)
            if number is None:
                raise ArticleNotFoundError.of(article_id)
            return snapshot.article(number, page=True)

    def __len__(self) -> int:
        with self._store.reading() as snapshot:
            return snapshot.count_articles()

    def __contains__(self, article_id: object) -> bool:
        with self._store.reading() as snapshot:
            return isinstance(article_id, str) and snapshot.number_of(article_id) is not None

    def outlets(self) -> tuple[str, ...]:
        """Every outlet once, in alphabetical order, in the spelling used most."""
        with self._store.reading() as snapshot:
            return snapshot.outlets()

    def summary(self) -> Summary:
        """How much the library holds, from when to when, and from whom."""
        with self._store.reading() as snapshot:
            return snapshot.summary()

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        as_of: date | None = None,
        outlets: Iterable[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[Hit]:
        """The passages that are most likely to answer a question, best first; copies of one story are shown once.

        Args:
            question: any text with a word in it; the encoder reads its beginning.
            limit: at most this many hits.
            as_of: the day that "this week" counts from; articles near it are preferred, none is hidden.
            outlets: names of the only outlets to use, in any case and with or without accents.
            since: the first day to use; undated articles are then left out.
            until: the last day to use; likewise.

        Raises:
            SearchError: an argument that cannot be searched with.
            LibraryDamagedError: something that the search read is not what was stored.
        """
        check_question(question, limit)
        check_day("as_of", as_of)
        chosen = Filter.parse(outlets=outlets, since=since, until=until)
        with self._store.reading() as snapshot:
            if snapshot.is_empty():
                return []
        readable = question.encode("utf-8", "replace").decode()
        return self._searcher.search(
            readable, self.encoder, limit=limit, as_of=as_of, chosen=chosen
        )

    def correct(self, question: str) -> str:
        """The question with words that no article holds replaced by the nearest that one holds, if any is near.

        Args:
            question: as it was typed. Offsets do not survive.
        """
        with self._store.reading() as snapshot:
            return question if snapshot.is_empty() else snapshot.correct(question)

    @property
    def encoder(self) -> Encoder:
        """What the library's vectors are made with; loaded when first asked for.

        Raises:
            EncoderError: it cannot be loaded.
            LibraryEncoderError: the library's vectors were made with another one.
        """
        with self._loading, self._store.reading() as snapshot:
            encoder = self._encoder or (
                load_encoder(self._given) if self._given else load_remembered(snapshot)
            )
            check_encoder(
                snapshot, encoder
            )  # each time: others may have emptied the library, and begun anew
            self._encoder = encoder
            return encoder

    def warm(self) -> None:
        """Load everything that a first search would wait for; a long way of Chroma's is gone in the background."""
        self._searcher.warm()
        if len(self):
            self.encoder.encode_question("warm")
        if not self._index.ready:
            self._index.follow_in_background()

    def verify(self, *, progress: Callable[[int, int], None] | None = None) -> list[str]:
        """See that everything is what was stored, and that the indexes agree with it.

        Args:
            progress: called with the number of articles checked, and of all.

        Returns:
            A line for each problem found, with its remedy; empty where all is well.
        """
        return verify(self._store, self._index, progress)

    def repair(self, *, progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Make both indexes anew from the articles, and vectors that are damaged from their texts; nothing is dropped.

        Args:
            progress: called with the number of articles done, and of all.

        Returns:
            A line for each article or page that could not be repaired and was set aside, with its remedy.
        """
        return repair(self._store, self._index, lambda: self.encoder, progress)

    def snapshot(
        self, path: str | Path, *, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Write the library as it is now into one new file, while others go on using it; ``index.restore`` reads it.

        Args:
            path: of a file that is not there yet.
            progress: called with the number of pages written, and of all.

        Raises:
            LibraryStorageError: the file is there already, or cannot be written; then nothing is left behind.
            LibraryDamagedError: library.db is malformed.
        """
        take_snapshot(self._store, Path(path).expanduser(), progress)

    def compact(self) -> bool:
        """Write all files anew, so that nothing that was removed is left on the disk.

        Returns:
            False where other processes use the library: what was removed goes once they have closed it, and it is
            compacted again.

        Raises:
            LibraryStorageError: the disk is full, as for a while it takes twice the room.
        """
        emptied = self._store.compact()
        return self._index.rebuild() and emptied

    def close(self) -> None:
        """Close the files; twice is once. A library that nobody closes is closed when the program ends."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close(index: VectorIndex, store: Store) -> None:
    if store.process == os.getpid():  # a forked child's exit is none of the library's
        index.close()
        store.close()
