"""Laws of adding while batches are still being encoded.

Nothing waits without need, and nothing is lost or out of order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus import Article
from corpus.identity import url_id
from index import LibraryStorageError
from index.storage.store import Store
from index.upkeep.adding import AHEAD, BATCH, Intake, Outcome
from tests.fakes import WordEncoder
from tests.index.articles import TEXT, article, numbered
from tests.index.older import as_format_2, id_of_format_2

PATIENCE = 20.0
"""Seconds after which a test gives up on another thread."""


class Gate(WordEncoder):
    """An encoder that holds back texts with a given word until it is opened."""

    def __init__(self, word: str) -> None:
        self.opened = threading.Event()
        self._word = word

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any(self._word in text.split() for text in texts) and not self.opened.wait(PATIENCE):
            raise TimeoutError("nobody opened the gate")
        if any("unspeakable" in text for text in texts):
            raise RuntimeError("no words for it")
        return super().encode_passages(texts)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, create=True)
    yield opened
    opened.close()


def opening(gate: Gate, articles: Sequence[Article], at: int) -> Iterator[Article]:
    """Yield the articles; the gate opens when the article at this position is requested."""
    for ordinal, entry in enumerate(articles):
        if ordinal == at:
            gate.opened.set()
        yield entry


def outcomes(store: Store, gate: Gate, articles: Iterator[Article]) -> list[tuple[str, Outcome]]:
    return [(entry.id, outcome) for entry, outcome in Intake(store, lambda: gate).add(articles)]


def ids(store: Store) -> list[str]:
    with store.reading() as snapshot:
        return [snapshot.article(number).id for number in sorted(snapshot.newest_first())]


def test_articles_are_read_while_earlier_ones_are_encoded_and_kept_in_their_order(
    store: Store,
) -> None:
    gate, articles = Gate("topic0"), numbered(AHEAD * BATCH + 5)
    added = outcomes(store, gate, opening(gate, articles, at=AHEAD * BATCH + 4))
    assert added == [(entry.id, Outcome.NEW) for entry in articles]
    assert ids(store) == [entry.id for entry in articles]


def test_no_more_is_read_ahead_than_a_few_batches(store: Store) -> None:
    gate, read = Gate("topic0"), list[Article]()

    def count() -> Iterator[Article]:
        for entry in numbered(9 * BATCH):
            read.append(entry)
            yield entry

    adding = Intake(store, lambda: gate).add(count())
    threading.Timer(0.5, gate.opened.set).start()
    next(adding)
    assert len(read) <= (AHEAD + 1) * BATCH
    assert len(list(adding)) == 9 * BATCH - 1


def test_a_batch_is_acknowledged_once_it_is_encoded_however_slowly_others_come(
    store: Store,
) -> None:
    acknowledged: list[str] = []

    def trickle() -> Iterator[Article]:
        articles = iter(numbered(2 * BATCH - 1))
        yield from (next(articles) for _ in range(BATCH))
        deadline = time.monotonic() + PATIENCE
        for entry in articles:
            yield entry
            if acknowledged or time.monotonic() > deadline:
                return
            time.sleep(PATIENCE / BATCH / 4)

    for entry, _ in Intake(store, WordEncoder).add(trickle()):
        acknowledged.append(entry.id)
    assert BATCH < len(acknowledged) < 2 * BATCH - 1


def test_a_later_revision_replaces_one_that_is_still_being_encoded(store: Store) -> None:
    gate, first = Gate("topic0"), numbered(BATCH + 3)
    again = [article("a0", "Lighthouse."), first[BATCH + 1]]
    added = outcomes(store, gate, opening(gate, [*first, *again], at=BATCH + 3))
    assert added == [
        *((entry.id, Outcome.NEW) for entry in first),
        ("a0", Outcome.UPDATED),
        (first[BATCH + 1].id, Outcome.UNCHANGED),
    ]
    assert ids(store) == [entry.id for entry in [*first[1:], again[0]]]


def test_one_that_fails_spoils_no_other_of_any_batch(store: Store) -> None:
    gate, articles = Gate("topic0"), numbered(3 * BATCH)
    bad = (1, BATCH, 3 * BATCH - 1)
    for ordinal in bad:
        articles[ordinal] = article(f"bad{ordinal}", "An unspeakable thing.")
    added = outcomes(store, gate, opening(gate, articles, at=2 * BATCH))
    assert [name for name, _ in added] == [entry.id for entry in articles]
    assert {name for name, outcome in added if outcome is Outcome.FAILED} == {
        "bad1",
        f"bad{BATCH}",
        f"bad{3 * BATCH - 1}",
    }
    assert len(ids(store)) == 3 * BATCH - 3


def fail_to_store(store: Store, gate: Gate) -> None:
    adding = Intake(store, lambda: gate).add(numbered(4 * BATCH))
    next(adding)
    store.writable = False  # as where the folder's rights change
    with pytest.raises(LibraryStorageError):
        next(adding)


def fail_to_read(store: Store, gate: Gate) -> None:
    def broken() -> Iterator[Article]:
        yield from numbered(2 * BATCH)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(Intake(store, lambda: gate).add(broken()))


def stop(store: Store, gate: Gate) -> None:
    adding = Intake(store, lambda: gate).add(numbered(4 * BATCH))
    next(adding)
    adding.close()  # type: ignore[attr-defined] # it is a generator, which only this test relies on


@pytest.mark.parametrize("end", [fail_to_store, fail_to_read, stop], ids=lambda end: end.__name__)
def test_no_thread_outlives_an_add_that_ends_early(
    store: Store, end: Callable[[Store, Gate], None]
) -> None:
    gate = Gate("nothing")
    end(store, gate)
    assert not [
        thread.name for thread in threading.enumerate() if thread.name.startswith("dateline-encode")
    ]


PAGE = "https://www.gullport.org/wall"


def page(url: str, *, day: int, id: str = "", text: str = TEXT) -> Article:
    """An article of a page, under the id of format 2 or the one given."""
    entry = article(id or id_of_format_2(url), f"{text} It opens on {day} May.")
    return replace(entry, url=url)


@pytest.fixture
def older(tmp_path: Path) -> Callable[..., Store]:
    """Makes a library of format 2 with these articles, and opens it."""

    def make(*articles: Article) -> Store:
        store = Store.open(tmp_path, create=True)
        added = list(Intake(store, WordEncoder).add(articles))
        assert {outcome for _, outcome in added} <= {Outcome.NEW, Outcome.DUPLICATE}
        store.close()
        as_format_2(tmp_path / "library.db")
        return Store.open(tmp_path, create=False)

    return make


def add(store: Store, *articles: Article) -> list[tuple[str, Outcome]]:
    return [(entry.id, outcome) for entry, outcome in Intake(store, WordEncoder).add(articles)]


def texts(store: Store) -> list[str]:
    with store.reading() as snapshot:
        return [snapshot.article(number).text[-6:] for number in snapshot.newest_first()]


def test_a_page_that_an_older_rule_named_is_updated_and_keeps_its_id(
    older: Callable[..., Store],
) -> None:
    store = older(page(PAGE, day=2), article("other"))
    corrected = page("http://gullport.org/wall/", day=9, id=url_id(PAGE))
    assert add(store, corrected) == [(id_of_format_2(PAGE), Outcome.UPDATED)]
    assert add(store, corrected) == [(id_of_format_2(PAGE), Outcome.UNCHANGED)]
    assert sorted(texts(store)) == ["9 May.", "weeks."]
    assert store.check() == []
    store.close()


def test_a_page_that_was_stored_twice_under_older_rules_becomes_one_when_it_comes_again(
    older: Callable[..., Store],
) -> None:
    bare = "http://gullport.org/wall"
    store = older(page(PAGE, day=2), page(bare, day=3), article("other"))
    assert len(texts(store)) == 3
    corrected = page(PAGE, day=9, id=url_id(PAGE))
    assert add(store, corrected) == [(id_of_format_2(bare), Outcome.UPDATED)]
    assert len(texts(store)) == 2
    assert "3 May." not in "".join(texts(store))
    store.close()


def test_only_an_id_that_was_made_of_the_address_is_taken_for_it(
    older: Callable[..., Store],
) -> None:
    named = page(PAGE, day=2, id="my-own-name")
    removed = page("https://gullport.org/pump", day=2)
    store = older(named, removed)
    assert add(store, page(PAGE, day=9, id=url_id(PAGE)))[0][1] is Outcome.NEW
    with store.writing() as writer:
        writer.remove(removed.id)
    again = page("https://gullport.org/pump", day=4, id=url_id("https://gullport.org/pump"))
    assert add(store, again) == [(again.id, Outcome.NEW)]
    store.close()


def test_a_library_of_format_2_that_cannot_be_written_is_read(
    older: Callable[..., Store], tmp_path: Path
) -> None:
    older(page(PAGE, day=2)).close()
    as_format_2(tmp_path / "library.db")
    reader = Store(tmp_path / "library.db", writable=False)
    reader._prepare()
    assert texts(reader) == ["2 May."]
    reader.close()


def test_an_excerpt_never_replaces_the_whole_article(store: Store) -> None:
    whole = page(PAGE, day=2)
    teaser = replace(whole, text="The council met on 2 May.", page=None, excerpt=True)
    assert add(store, teaser) == [(whole.id, Outcome.NEW)]
    later = replace(teaser, text="The council met on 3 May.")
    assert add(store, later) == [(whole.id, Outcome.UPDATED)]
    assert add(store, whole) == [(whole.id, Outcome.UPDATED)]
    assert add(store, teaser) == [(whole.id, Outcome.UNCHANGED)]
    assert texts(store) == ["2 May."]
    assert add(store, replace(later, excerpt=False)) == [(whole.id, Outcome.UPDATED)]
    assert texts(store) == ["3 May."]


@pytest.mark.parametrize("states", [True, False])
def test_an_earlier_version_never_replaces_the_later_one(store: Store, states: bool) -> None:
    later = replace(page(PAGE, day=9), modified=date(2025, 3, 9))
    earlier = replace(page(PAGE, day=2), modified=date(2025, 3, 5) if states else None)
    assert add(store, later) == [(later.id, Outcome.NEW)]
    assert add(store, earlier) == [(later.id, Outcome.UNCHANGED)]
    assert texts(store) == ["9 May."]
    again = replace(later, modified=None)  # the same words, read otherwise
    assert add(store, again) == [(later.id, Outcome.UPDATED)]
    moved = replace(earlier, published=date(2025, 3, 10))
    assert add(store, later, moved) == [(later.id, Outcome.UPDATED)] * 2
