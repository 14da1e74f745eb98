"""Checks that everything is as it was stored (``verify``), and repairs it (``repair``).

Derived data is rebuilt: words and Chroma from the articles, vectors from their texts. A damaged
article cannot be rebuilt; its bytes are set aside in a file, so that the rest works and nothing
readable is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from index.encoding.encoder import Encoder
from index.encoding.passages import passage_input, split_article
from index.errors import ArticleNotFoundError, LibraryDamagedError
from index.folder import DAMAGED
from index.hit import Passage
from index.storage.records import revision_of
from index.storage.store import Store
from index.storage.transaction import Snapshot
from index.upkeep.adding import encode
from index.vectors.follower import VectorIndex

Progress = Callable[[int, int], None]
SAMPLE = 100
"""How many vectors are checked in Chroma: each must be held as stored and must find itself."""


def verify(store: Store, index: VectorIndex, progress: Progress | None = None) -> list[str]:
    """A line for each problem, with its remedy; see ``Library.verify``."""
    return check_store(store, progress) or _check_index(store, index)


def check_store(store: Store, progress: Progress | None = None) -> list[str]:
    """A line for each problem of library.db, with its remedy."""
    problems = store.check()
    try:
        with store.reading() as snapshot:
            numbers = snapshot.newest_first()
            for done, number in enumerate(numbers, 1):
                problem = _check_article(snapshot, number) or _check_words(snapshot, number)
                problems += [problem] if problem else []
                if progress:
                    progress(done, len(numbers))
        return problems
    except LibraryDamagedError as error:  # not even the list of articles can be read
        return [*problems, str(error)]


def repair(
    store: Store, index: VectorIndex, load: Callable[[], Encoder], progress: Progress | None = None
) -> list[str]:
    """A line for each thing that could not be repaired; see ``Library.repair``."""
    # if this fails, what can be read is still repaired below
    with suppress(LibraryDamagedError), store.writing() as writer:
        writer.mend_tables()
    with store.reading() as snapshot:
        numbers = snapshot.newest_first()
    losses = []
    for done, number in enumerate(numbers, 1):
        with store.reading() as snapshot:
            problem = _check_article(snapshot, number)
        if problem:
            loss = _mend_article(store, load, number)
            losses += [loss] if loss else []
        if progress:
            progress(done, len(numbers))
    with store.writing() as writer:
        writer.rebuild_words()
        store.mark.put(writer.latest)
    if not index.rebuild():
        losses.append(
            index.standing.problem
            or f"{index.home.name}: another process writes to it; close that process, and repair"
            " again"
        )
    return losses


def _check_article(snapshot: Snapshot, number: int) -> str | None:
    """The problem with an article or the data derived from it; None if there is none."""
    try:
        article = snapshot.article(number, page=True)
        facts = snapshot.facts([number])[number]
        embedding = snapshot.embeddings_of([number])[number]
    except LibraryDamagedError as error:
        return str(error)
    except ArticleNotFoundError:  # removed since the list was made
        return None
    except KeyError:
        return (
            f"article number {number}: its vectors are missing; `dateline repair` makes them again"
        )
    read = (revision_of(article), article.published, article.outlet)
    if read != (facts.revision, facts.published, facts.outlet):
        return (
            f"article {article.id}: its day, outlet or revision is not what was stored;"
            " `dateline repair` corrects it"
        )
    try:
        passages = [
            Passage(
                id=facts.passage_id(n),
                article_id=article.id,
                start=start,
                end=end,
                text=article.text[start:end],
            )
            for n, (start, end) in enumerate(embedding.spans)
        ]
    except ValueError as error:
        return f"article {article.id}: {error}; `dateline repair` makes its passages again"
    shape = (len(passages), int(snapshot.setting("dim") or 0))
    if not facts.passages == len(passages) > 0 or embedding.vectors.shape != shape:
        return (
            f"article {article.id}: its vectors do not match its passages;"
            " `dateline repair` makes them again"
        )
    return None


def _check_words(snapshot: Snapshot, number: int) -> str | None:
    if snapshot.holds_words(number):
        return None
    return (
        f"article {snapshot.article(number).id}: the word index does not match its text;"
        " `dateline repair` rebuilds it"
    )


def _mend_article(store: Store, load: Callable[[], Encoder], number: int) -> str | None:
    """Store an article again with new vectors. Unreadable parts are set aside and reported."""
    loss = None
    with store.writing() as writer:
        try:
            article = writer.article(number, page=True)
        except ArticleNotFoundError:  # removed since it was checked
            return None
        except LibraryDamagedError as error:
            apart = store.path.with_name(DAMAGED)
            apart.mkdir(exist_ok=True)
            for name, raw in writer.raw(number).items():
                (apart / f"{number}.{name}").write_bytes(raw)
            loss = f"{error}; it is now in {apart}; add its page again"
            try:
                article = writer.article(number)
            except LibraryDamagedError:
                writer.change(number)
                return loss
    encoder = load()
    revision = revision_of(article)
    passages = split_article(article, revision, encoder.count_tokens, encoder.max_tokens)
    vectors = encode(encoder, [passage_input(article, passage) for passage in passages])
    with store.writing() as writer:
        if writer.number_of(article.id) == number:
            writer.put(
                article, revision, [(passage.start, passage.end) for passage in passages], vectors
            )
    return loss


def _check_index(store: Store, index: VectorIndex) -> list[str]:
    """Check that Chroma holds the store's passages and that each sampled one finds itself.

    Nothing is checked if another process has Chroma.
    """
    if index.open():
        index.follow()
    now = index.standing
    if not now.ready:
        return [now.problem] if now.problem else []
    name = index.home.name
    problems = (
        [f"{name}: found vectors that differ from those stored there; they were made anew"]
        if index.home.discarded
        else []
    )
    with store.reading() as snapshot:
        if snapshot.latest != index.standing.indexed:
            return problems  # another process is writing right now
        stored = snapshot.passages()
        missing = len(stored ^ index.passages())
        if missing:
            return [
                *problems,
                f"{name}: {missing} passages are on one side only; run `dateline repair`",
            ]
        sample = sorted(stored)[:: max(1, len(stored) // SAMPLE)]
        unfound = index.unfound(snapshot, sample)
        if unfound:
            problems.append(
                f"{name}: {unfound} of {len(sample)} vectors are not held, or not found;"
                " run `dateline repair`"
            )
    return problems
