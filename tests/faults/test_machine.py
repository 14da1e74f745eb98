"""Whatever is done to a library, in any order, it equals a dict that gets the same changes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from corpus import Article
from index import Library, Outcome, restore
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.faults.child import body
from tests.index.articles import article

pytestmark = pytest.mark.timeout(3_600)  # in full it takes about ten minutes
NAMES = st.sampled_from([f"a{n}" for n in range(6)])


class LibraryMachine(RuleBasedStateMachine):
    """A library and its model: the text of each article by id."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Path(tempfile.mkdtemp())
        self.folder = self.room / "0"
        self.library = self.opened()
        self.model: dict[str, str] = {}
        self.version = 0

    def opened(self) -> Library:
        return Library.open(self.folder, encoder=WordEncoder())

    def image(self) -> Path:
        """The library's files at this moment, which are what a kill -9 leaves."""
        return Path(shutil.copytree(self.folder, self.room / str(len(list(self.room.iterdir())))))

    def go_on_from(self, image: Path) -> None:
        self.library.close()
        self.folder = image
        self.library = self.opened()

    def edition(self, names: list[str]) -> list[Article]:
        self.version += 1
        return [article(name, body(name, self.version)) for name in names]

    @initialize()
    def warm(self) -> None:
        self.library.warm()

    @rule(names=st.lists(NAMES, min_size=1, max_size=4))
    def put(self, names: list[str]) -> None:
        entries = self.edition(names)
        added = self.library.add(entries)
        fresh = dict.fromkeys(names)
        assert set(added.new) | set(added.duplicates) == fresh.keys() - self.model.keys()
        self.model |= {entry.id: entry.text for entry in entries}

    @rule(names=st.lists(NAMES, min_size=2, max_size=4, unique=True), after=st.integers(0, 3))
    def put_and_be_killed(self, names: list[str], after: int) -> None:
        """The process dies when so many articles are acknowledged, or at the end."""
        images: list[Path] = []
        acknowledged: list[Article] = []

        def acknowledge(entry: Article, _: Outcome) -> None:
            if not images:
                acknowledged.append(entry)
                if len(acknowledged) > after:
                    images.append(self.image())

        self.library.add(self.edition(names), progress=acknowledge)
        self.go_on_from(images[0] if images else self.image())
        self.model |= {entry.id: entry.text for entry in acknowledged}
        survived["kill -9 in a random history"] += 1

    @rule(name=NAMES)
    def add_again(self, name: str) -> None:
        if name in self.model:
            assert self.library.add([article(name, self.model[name])]).unchanged == (name,)

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        if name in self.model:
            assert self.library.remove([name]) == (name,)
            del self.model[name]

    @rule(name=NAMES)
    def search(self, name: str) -> None:
        if name in self.model:
            # word 7 is its version, which no other article has
            (hit,) = self.library.search(self.model[name].split()[7], limit=1)
            assert (hit.article.id, hit.article.text) == (name, self.model[name])
        else:
            assert all(
                hit.article.id != name for hit in self.library.search(f"about {name}", limit=20)
            )

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = self.opened()
        self.library.warm()

    @rule()
    def be_killed(self) -> None:
        self.go_on_from(self.image())
        survived["kill -9 in a random history"] += 1

    @rule()
    def compact(self) -> None:
        assert self.library.compact()

    @rule()
    def repair(self) -> None:
        assert self.library.repair() == []

    @rule()
    def take_a_snapshot_and_restore_it(self) -> None:
        kept, again = self.room / f"kept{self.version}", self.room / f"again{self.version}"
        if not again.exists():
            self.library.snapshot(kept)
            assert restore(kept, again) == len(self.model)
            self.go_on_from(again)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert {entry.id: entry.text for entry in self.library.articles()} == self.model
        assert len(self.library) == len(self.model)

    def teardown(self) -> None:
        assert self.library.verify() == []
        self.library.close()
        shutil.rmtree(self.room)
        survived["random histories against a dict"] += 1


TestLibrary = LibraryMachine.TestCase
TestLibrary.settings = settings(
    max_examples=tier(20, 300),
    stateful_step_count=tier(15, 40),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
