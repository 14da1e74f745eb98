"""Laws of a library: added articles are found, changed ones replaced, removed ones gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus import Article
from index import (
    Added,
    ArticleNotFoundError,
    Filter,
    Library,
    LibraryEncoderError,
    LibraryError,
    LibraryNotFoundError,
    LibraryStorageError,
    Outcome,
    SearchError,
)
from index.upkeep.adding import AHEAD, BATCH
from tests.fakes import WordEncoder
from tests.index.articles import article, numbered


class CountingEncoder(WordEncoder):
    """Counts what it encodes, and fails on a given word."""

    def __init__(self) -> None:
        self.encoded = 0

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("unspeakable" in text for text in texts):
            raise RuntimeError("no words for it")
        self.encoded += len(texts)
        return super().encode_passages(texts)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: CountingEncoder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", encoder=encoder) as opened:
        yield opened


def found(library: Library, question: str, limit: int = 3) -> list[str]:
    return [hit.article.id for hit in library.search(question, limit=limit)]


def test_what_was_added_is_found_and_is_what_was_added(library: Library) -> None:
    articles = numbered(20)
    assert library.add(articles) == Added(new=tuple(entry.id for entry in articles))
    assert found(library, "topic7")[0] == "a7"
    assert library.article("a7") == articles[7]
    assert {entry.id for entry in library.articles()} == {entry.id for entry in articles}
    assert len(library) == 20
    assert "a7" in library
    assert "a70" not in library


def test_what_was_added_is_there_after_reopening(library: Library, tmp_path: Path) -> None:
    library.add(numbered(5))
    library.close()
    with Library.open(tmp_path / "library", create=False, encoder=WordEncoder()) as again:
        assert found(again, "topic3")[0] == "a3"
        assert again.verify() == []


def test_adding_again_encodes_and_writes_nothing(
    library: Library, encoder: CountingEncoder, tmp_path: Path
) -> None:
    articles = numbered(BATCH + 6)
    library.add(articles)
    encoded = encoder.encoded
    before = (tmp_path / "library" / "library.db-wal").read_bytes()
    added = library.add(articles)
    assert added == Added(unchanged=tuple(entry.id for entry in articles))
    assert encoder.encoded == encoded
    assert (tmp_path / "library" / "library.db-wal").read_bytes() == before


def test_a_changed_article_replaces_its_older_revision_everywhere(library: Library) -> None:
    library.add(numbered(5))
    changed = article("a3", "Nobody met. The lighthouse was painted instead.")
    assert library.add([changed]) == Added(updated=("a3",))
    assert library.article("a3") == changed
    assert len(library) == 5
    assert found(library, "lighthouse")[0] == "a3"
    assert all("topic3" not in hit.article.text for hit in library.search("topic3", limit=9))
    assert library.verify() == []


def test_of_one_id_given_twice_the_later_stays(library: Library) -> None:
    seen: list[Outcome] = []
    library.add(
        [article("a", "First."), article("a", "Second.")],
        progress=lambda _, outcome: seen.append(outcome),
    )
    assert seen == [Outcome.NEW, Outcome.UPDATED]
    assert library.article("a").text == "Second."


def test_a_second_article_with_the_same_text_is_stored_and_named_a_duplicate(
    library: Library,
) -> None:
    added = library.add([article("a"), article("b", outlet="Other Post"), article("b")])
    assert added == Added(new=("a",), duplicates=("b",), updated=("b",))
    assert len(library) == 2
    (hit,) = library.search("harbour bridge", limit=1)
    assert [copy.id for copy in hit.also_in] == ["b"]


def test_a_failed_update_leaves_the_old_revision_and_the_rest_of_the_batch(
    library: Library,
) -> None:
    library.add(numbered(3))
    added = library.add(
        [
            article("x", "Lighthouse."),
            article("a1", "An unspeakable thing."),
            article("y", "Ferry."),
        ]
    )
    assert added == Added(new=("x", "y"), failed=("a1",))
    assert found(library, "topic1")[0] == "a1"
    assert found(library, "ferry")[0] == "y"
    assert library.verify() == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows * 2,
        lambda rows: rows * np.nan,
        lambda rows: rows[:, :-1],
        lambda rows: rows[:-1],
    ],
)
def test_vectors_that_are_none_are_not_stored(
    tmp_path: Path, spoil: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> None:
    class Spoilt(WordEncoder):
        def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return spoil(super().encode_passages(texts))

    with Library.open(tmp_path / "library", encoder=Spoilt()) as library:
        assert library.add([article("a")]) == Added(failed=("a",))
        assert len(library) == 0


def test_articles_are_acknowledged_as_they_come(library: Library) -> None:
    acknowledged: list[str] = []
    produced: list[int] = []

    def produce() -> Iterator[Article]:
        for entry in numbered((AHEAD + 2) * BATCH):
            produced.append(len(acknowledged))
            yield entry

    library.add(produce(), progress=lambda entry, _: acknowledged.append(entry.id))
    assert acknowledged == [entry.id for entry in numbered((AHEAD + 2) * BATCH)]
    assert produced[-1] >= BATCH  # so memory does not grow with the number of articles


def test_an_interrupted_add_keeps_what_was_acknowledged(library: Library) -> None:
    acknowledged: list[str] = []

    def report(entry: Article, _: Outcome) -> None:
        acknowledged.append(entry.id)
        if len(acknowledged) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(numbered(9), progress=report)
    assert {entry.id for entry in library.articles()} == set(acknowledged) == {"a0", "a1", "a2"}
    assert library.verify() == []


def test_removing_removes_everywhere(library: Library) -> None:
    library.add(numbered(4))
    assert library.remove(["a2", "a3", "a2"]) == ("a2", "a3")
    assert found(library, "topic2", limit=9) in (["a0", "a1"], ["a1", "a0"])
    with pytest.raises(ArticleNotFoundError, match="'a2'"):
        library.article("a2")
    assert library.verify() == []


def test_removing_what_is_not_there_removes_nothing(library: Library) -> None:
    library.add(numbered(2))
    with pytest.raises(ArticleNotFoundError, match="'nowhere'"):
        library.remove(["a1", "nowhere"])
    assert len(library) == 2


def test_articles_come_newest_first_and_undated_last(library: Library) -> None:
    days = {"old": date(2024, 1, 1), "none": None, "new": date(2025, 1, 1)}
    library.add(article(name, f"Text {name}.", day=day) for name, day in days.items())
    assert [entry.id for entry in library.articles()] == ["new", "old", "none"]
    assert all(entry.page is None for entry in library.articles())


def test_a_summary_counts_what_is_there(library: Library) -> None:
    empty = library.summary()
    assert (
        empty.articles,
        empty.passages,
        empty.first,
        empty.last,
        empty.outlets,
        empty.encoder,
    ) == ((0, 0, None, None, (), None))
    library.add([article("a"), article("b", "Text.", day=date(2025, 5, 1), outlet=None)])
    full = library.summary()
    assert (full.articles, full.passages, full.outlets) == (2, 2, ("Harbour Post",))
    assert (full.first, full.last, full.encoder) == (
        date(2025, 3, 4),
        date(2025, 5, 1),
        "word-encoder",
    )


def test_a_filter_is_never_broken(library: Library) -> None:
    library.add(
        article(
            f"{outlet}{day}",
            f"The bridge closed on day {day} for {outlet}.",
            outlet=outlet,
            day=date(2025, 1, day),
        )
        for outlet in ("Münster Bote", "Post")
        for day in range(1, 9)
    )
    library.add([article("undated", "The bridge is undated.", day=None)])
    hits = library.search(
        "bridge", limit=99, outlets=["MUNSTER bote"], since=date(2025, 1, 3), until=date(2025, 1, 4)
    )
    assert {hit.article.id for hit in hits} == {"Münster Bote3", "Münster Bote4"}
    assert library.search("bridge", outlets=["Nobody"]) == []
    assert found(library, "undated")[0] == "undated"
    assert all(hit.article.published for hit in library.search("undated", limit=99, since=date.min))


def test_a_date_argument_prefers_and_hides_nothing(library: Library) -> None:
    library.add(
        article(f"a{month}", f"The bridge closed in month {month}.", day=date(2025, month, 1))
        for month in range(1, 10)
    )
    ordered = [
        hit.article.id for hit in library.search("bridge closed", limit=99, as_of=date(2025, 4, 2))
    ]
    assert ordered[0] == "a4"
    assert len(ordered) == 9


@pytest.mark.parametrize(
    "arguments",
    [
        {"question": "  "},
        {"question": None},
        {"limit": 0},
        {"limit": True},
        {"outlets": "Harbour Post"},
        {"outlets": []},
        {"outlets": [1]},
        {"since": "2025-01-01"},
        {"as_of": 2025},
        {"since": date(2025, 2, 1), "until": date(2025, 1, 1)},
    ],
)
def test_an_argument_that_cannot_be_searched_is_one_clear_line(
    library: Library, arguments: dict[str, Any]
) -> None:
    with pytest.raises(SearchError) as caught:
        library.search(**{"question": "bridge", **arguments})
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("shelf"), encoder=WordEncoder()) as library:
        library.add(numbered(8))
        yield library


@settings(max_examples=50)
@given(question=st.text(st.characters(), min_size=1, max_size=300).filter(str.strip))
def test_every_text_can_be_searched_lone_surrogates_too(question: str, shelf: Library) -> None:
    hits = shelf.search(question, limit=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.search("bridge") == []
    assert list(library.articles()) == []
    assert library.outlets() == ()


def test_another_encoder_is_refused_in_one_line(library: Library, tmp_path: Path) -> None:
    library.add(numbered(1))

    class Other(WordEncoder):
        name = "other-encoder"

    with pytest.raises(LibraryEncoderError, match=r"word-encoder.*other-encoder") as caught:
        Library.open(tmp_path / "library", encoder=Other())
    assert "\n" not in str(caught.value)
    library.remove(["a0"])
    with Library.open(
        tmp_path / "library", encoder=Other()
    ) as emptied:  # nothing is left to conflict with
        assert emptied.add(numbered(1)).new == ("a0",)


def test_a_library_begun_anew_with_another_encoder_says_so(
    library: Library, tmp_path: Path
) -> None:
    class Smaller(WordEncoder):
        name, dim = "smaller-encoder", 32

    library.add(numbered(1))
    library.search("bridge")
    library.remove(["a0"])
    with Library.open(tmp_path / "library", encoder=Smaller()) as other:
        other.add(numbered(1))
    with pytest.raises(LibraryEncoderError, match=r"smaller-encoder.*word-encoder"):
        library.search("bridge")


def test_the_encoder_that_made_a_library_is_remembered(library: Library, tmp_path: Path) -> None:
    library.add(numbered(1))
    with (
        Library.open(tmp_path / "library") as again,
        pytest.raises(LibraryEncoderError, match="word-encoder"),
    ):
        again.search("bridge")  # it cannot be loaded by that name, and the default would be another


def test_a_closed_library_says_so(library: Library) -> None:
    library.close()
    library.close()
    with pytest.raises(LibraryError, match="closed"):
        len(library)


def test_a_library_whose_folder_was_replaced_says_so_and_acknowledges_nothing(
    library: Library, tmp_path: Path
) -> None:
    library.add(numbered(2))
    shutil.rmtree(tmp_path / "library")
    with Library.open(tmp_path / "library", encoder=WordEncoder()) as other:
        other.add(numbered(1, start=9))
        for use in (lambda: library.add(numbered(1, start=5)), lambda: library.search("topic1")):
            with pytest.raises(LibraryStorageError, match="replaced"):
                use()
        assert [entry.id for entry in other.articles()] == ["a9"]


def test_an_absent_library_is_not_made_for_reading(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError):
        Library.open(tmp_path / "none", create=False)


def test_opening_and_listing_imports_nothing_heavy(library: Library, tmp_path: Path) -> None:
    library.add(numbered(2))
    library.close()
    code = (
        "import sys; from index import Library\n"
        f"with Library.open({str(tmp_path / 'library')!r}, create=False) as library:\n"
        "    assert len(list(library.articles())) == 2\n"
        "heavy = {'torch', 'chromadb', 'llama_index', 'sentence_transformers', 'tokenizers'} & "
        "set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_articles_may_be_narrowed_as_a_search_is(library: Library) -> None:
    days = (date(2025, 1, 1), date(2025, 1, 2), None)
    library.add(
        Article(
            id=f"{outlet}{n}",
            text=f"Article {outlet} {n} says something.",
            outlet=outlet,
            published=day,
        )
        for outlet in ("The Post", "Wire")
        for n, day in enumerate(days)
    )

    def chosen(
        outlets: list[str] | None = None, since: date | None = None, until: date | None = None
    ) -> list[str]:
        return [
            one.id
            for one in library.articles(Filter.parse(outlets=outlets, since=since, until=until))
        ]

    assert len(chosen()) == 6
    assert chosen(outlets=["the  PÖST"]) == ["The Post1", "The Post0", "The Post2"]
    assert chosen(since=date(2025, 1, 2)) == ["The Post1", "Wire1"]
    assert chosen(outlets=["Wire"], until=date(2025, 1, 1)) == ["Wire0"]


def test_an_article_is_found_by_its_id_its_beginning_or_its_record(library: Library) -> None:
    names = {"abc": None, "abd": "row 7", "x%": "row 8", "y": "row 8"}
    library.add(
        Article(id=name, text=f"Article {name} says something.", record=record)
        for name, record in names.items()
    )
    found = {"abc": "abc", "abd": "abd", "row 7": "abd", "x": "x%", "x%": "x%"}
    assert {name: library.find(name) for name in found} == found
    for name, said in {
        "ab": "2 articles have ids",
        "row 8": "2 articles have records",
        "": "no article",
        "%": "no article",
    }.items():
        with pytest.raises(ArticleNotFoundError, match=said):
            library.find(name)
