"""A library of articles: open it, add, remove, search. Read this module first.

    with Library.open() as library:
        library.add(load("pages/"))
        for hit in library.search("Why was Türkiye removed from the F-35 program?"):
            ...

``storage/`` holds the data (SQLite). ``vectors/`` searches its vectors, either exactly or with
Chroma, which is approximate but faster for many vectors.
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
from index.vectors.standing import IndexStatus

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

ADD_LAG = 250
"""A long ``add`` brings Chroma up to date each time it has stored this many articles."""


class Library:
    """A searchable folder of articles; open one with ``Library.open``.

    Thread-safe. Any number of processes may open the same folder; what one commits, the others
    find.
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
        # Runs at interpreter exit too, if nobody closed the library: only a close records
        # Chroma's files as sound.
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
        """Open the library in a folder. Fast, as the encoder is loaded only when first needed.

        Args:
            path: the folder; the user's data folder if None.
            create: create a library if there is none.
            encoder: what makes the vectors: an encoder, a LlamaIndex embedding, or the name or
                folder of a sentence-transformers model. None for the encoder the library was made
                with, or the default for a new library.
            chroma: the address of a Chroma server that holds the vectors, ``http://host:port``;
                None for files in the folder. While the server does not answer, searches do
                without it.

        Raises:
            LibraryNotFoundError: there is no library, and ``create`` is False.
            LibraryStorageError: the folder cannot be created, read or written.
            LibraryFormatError: the folder's library.db is not a library, or was made by a newer
                Dateline.
            LibraryDamagedError: library.db is malformed.
            LibraryEncoderError: the library's vectors were made with a different encoder. If the
                encoder is given by name, this is raised when it is first used.
            LibraryServerError: ``chroma`` is not a valid address.
        """
        check_address(chroma)
        library = cls(Store.open(library_folder(path), create=create), encoder, chroma)
        if isinstance(encoder, Encoder):
            try:
                library.encoder  # noqa: B018 - raises if it is not the library's encoder
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
        """Store articles and make them searchable. Once reported, an article survives a crash.

        Args:
            articles: any number, read lazily, so a generator is not read into memory. An article
                with a known id replaces its older revision; one that is the same in every field
                is left alone.
            progress: called with each article once it is stored, or has failed.

        Returns:
            The ids, grouped by outcome.

        Raises:
            LibraryStorageError: the disk is full or read-only; articles already reported are
                stored.
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
        """Remove articles, with everything derived from them. If one fails, none is removed.

        Returns:
            The ids, without duplicates.

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
        """The current articles, newest first and undated ones last, without their pages.

        Args:
            chosen: which ones; ``Filter.parse`` makes a filter from outlets and days.
        """
        with self._store.reading() as snapshot:
            for number in snapshot.newest_first(chosen):
                yield snapshot.article(number)

    def find(self, name: str) -> str:
        """Resolve a full id, the unique beginning of an id, or a record's name to an article id.

        Raises:
            ArticleNotFoundError: no article matches, or more than one does.
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
            LibraryDamagedError: it differs from what was stored.
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
        """Every outlet once, in alphabetical order, in its most common spelling."""
        with self._store.reading() as snapshot:
            return snapshot.outlets()

    def summary(self) -> Summary:
        """How much the library holds, over which dates, and from which outlets."""
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
        """Find the passages most likely to answer a question, best first.

        Copies of one story are shown once.

        Args:
            question: any text with a word in it; the encoder may read only its beginning.
            limit: at most this many hits.
            as_of: the day that "this week" counts from; articles near it are preferred, none is
                hidden.
            outlets: search only these outlets; case and accents do not matter.
            since: the first day to search; undated articles are then left out.
            until: the last day to search; undated articles are then left out.

        Raises:
            SearchError: an argument is invalid.
            LibraryDamagedError: something that the search read differs from what was stored.
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
        """Replace words of a question that no article contains with close ones that do occur.

        A word with no close match is kept.

        Args:
            question: as it was typed. Its offsets are not preserved.
        """
        with self._store.reading() as snapshot:
            return question if snapshot.is_empty() else snapshot.correct(question)

    @property
    def encoder(self) -> Encoder:
        """The encoder that makes the library's vectors; loaded on first use.

        Raises:
            EncoderError: it cannot be loaded.
            LibraryEncoderError: the library's vectors were made with a different one.
        """
        with self._loading, self._store.reading() as snapshot:
            encoder = self._encoder or (
                load_encoder(self._given) if self._given else load_remembered(snapshot)
            )
            # Checked each time: other processes may have emptied the library and started anew.
            check_encoder(snapshot, encoder)
            self._encoder = encoder
            return encoder

    def warm(self) -> None:
        """Load everything a first search would wait for; Chroma catches up in the background."""
        self._searcher.warm()
        if len(self):
            self.encoder.encode_question("warm")
        if not self._index.standing.ready:
            self._index.follow_in_background()

    @property
    def index_status(self) -> IndexStatus:
        """How the vector index (Chroma) does in this process.

        Searches need no index: without it they are exact, and slower in a large library.
        """
        return self._index.status()

    def wait_for_index(self, timeout: float | None = None) -> IndexStatus:
        """Wait for what ``warm``, ``add`` or a search began in the background.

        A script may do so before it measures or ends.

        Args:
            timeout: most seconds to wait; None waits as long as it takes, which is up to 15 minutes
                if a million passages are new.
        """
        self._index.wait(timeout)
        return self._index.status()

    def verify(self, *, progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Check that everything is as it was stored, and that the indexes agree with it.

        Args:
            progress: called with the number of articles checked, and the total.

        Returns:
            A line for each problem found, with its remedy; empty if there are none.
        """
        return verify(self._store, self._index, progress)

    def repair(self, *, progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Rebuild both indexes from the articles, and damaged vectors from their texts.

        Nothing is dropped.

        Args:
            progress: called with the number of articles done, and the total.

        Returns:
            A line for each article or page that could not be repaired and was set aside, with its
            remedy.
        """
        return repair(self._store, self._index, lambda: self.encoder, progress)

    def snapshot(
        self, path: str | Path, *, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Write the library as it is now to one new file, while others go on using it.

        ``index.restore`` reads the file.

        Args:
            path: of the new file; it must not exist yet.
            progress: called with the number of database pages written, and the total.

        Raises:
            LibraryStorageError: the file exists already, or cannot be written; then nothing is
                left behind.
            LibraryDamagedError: library.db is malformed.
        """
        take_snapshot(self._store, Path(path).expanduser(), progress)

    def compact(self) -> bool:
        """Rewrite all files, so that nothing that was removed is left on the disk.

        Returns:
            False if other processes use the library; close them and compact again to erase
            removed articles.

        Raises:
            LibraryStorageError: the disk is full; compacting takes twice the space for a while.
        """
        emptied = self._store.compact()
        return self._index.rebuild() and emptied

    def close(self) -> None:
        """Close the files. Idempotent. An unclosed library is closed when the program ends."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close(index: VectorIndex, store: Store) -> None:
    if store.process == os.getpid():  # a forked child must not close its parent's library
        index.close()
        store.close()
