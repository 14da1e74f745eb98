"""Damage to every file of a library, in every way, is repaired or named; nothing false is shown."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from index import (
    ArticleNotFoundError,
    Library,
    LibraryDamagedError,
    LibraryError,
    LibraryStorageError,
    restore,
)
from tests.fakes import WordEncoder
from tests.faults import FULL, survived, tier
from tests.faults.child import BULK

ASKED = (0, 1, BULK // 2, BULK - 1, BULK, BULK + 4)  # the last two are only in SQLite's log
Model = dict[str, str]


def flip(path: Path, chance: random.Random) -> None:
    """Flip one bit, anywhere."""
    with path.open("r+b") as file:
        place = chance.randrange(path.stat().st_size)
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1 << chance.randrange(8)]))


def hole(path: Path, chance: random.Random) -> None:
    """Write a page of zeros, anywhere."""
    with path.open("r+b") as file:
        file.seek(chance.randrange(max(1, path.stat().st_size // 4096)) * 4096)
        file.write(bytes(min(4096, path.stat().st_size)))


WAYS: dict[str, Callable[[Path, random.Random], object]] = {
    "emptied": lambda path, _: path.write_bytes(b""),
    "halved": lambda path, _: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "zeroed": lambda path, _: path.write_bytes(bytes(path.stat().st_size)),
    "deleted": lambda path, _: path.unlink(),
    "a bit flipped": flip,
    "a page of zeros": hole,
}


def read_model(folder: Path, into: Path) -> Model:
    shutil.copytree(folder, into)
    with Library.open(into, encoder=WordEncoder()) as library:
        return {entry.id: entry.text for entry in library.articles()}


def look(library: Library, model: Model) -> bool:
    """Whether all that is asked for is found; asserts that what is shown is what was stored."""
    whole = True
    for n in ASKED:
        try:
            hits = library.search(f"topic{n}", limit=3)
        except LibraryDamagedError:
            return False
        for hit in hits:
            assert hit.article.text == model[hit.article.id]
            assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
        whole = whole and (
            not any(f"topic{n} " in text for text in model.values())
            or f"topic{n} " in hits[0].passage.text
        )
    return whole


def outcome(folder: Path, model: Model, caplog: pytest.LogCaptureFixture) -> str:
    """The outcome for a damaged library.

    Asserts that nothing wrong is shown, and that nothing is missing without a message.
    """
    caplog.clear()
    try:
        with Library.open(folder, encoder=WordEncoder()) as library:
            told = "expected" in caplog.text  # when it was opened
            library.warm()
            whole = look(library, model)
            problems = library.verify()
            if not problems:
                assert whole
                assert {entry.id: entry.text for entry in library.articles()} == model
                return "as if nothing had happened"
            assert all("\n" not in problem for problem in problems)
            assert (
                told
                or whole
                or any("library.db" in problem or "article" in problem for problem in problems)
            )
    except LibraryError as error:
        refused = str(error)
    else:
        return "named by verify"
    assert any(way_out in refused for way_out in ("restore", "repair", "encoder")), refused
    assert "\n" not in refused
    return "refused, with the way out"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["closed", "killed"] if FULL else ["killed"])
def test_a_harmed_file_is_mended_or_named(
    state: str, way: str, full: Path, killed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = full if state == "closed" else killed
    model = read_model(whole, tmp_path / "whole")
    names = sorted(
        path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()
    )
    assert {"library.db", "library.mark", "LOCK"} < set(names)
    assert sum(name.startswith("chroma/") for name in names) >= 5
    blind = way in ("a bit flipped", "a page of zeros")
    for n, name in enumerate(names):
        if name != "library.db" and (n + list(WAYS).index(way)) % tier(3, 1):
            continue  # in the short tier each file is damaged in two ways
        for trial in range(tier(2, 40) if blind and name == "library.db" else 1):
            folder = tmp_path / f"{name.replace('/', '-')}-{trial}"
            shutil.copytree(whole, folder)
            if (folder / name).stat().st_size or not blind:
                WAYS[way](folder / name, random.Random(f"{state} {way} {name} {trial}"))
            found = outcome(folder, model, caplog)
            if not name.startswith("library.db"):  # all but library.db can be rebuilt
                assert found == "as if nothing had happened" or "chroma" in name, name
            survived[f"a file {way}: {found}"] += 1
            shutil.rmtree(folder)


@pytest.mark.parametrize("way", WAYS)
def test_a_harmed_library_comes_back_from_a_snapshot(way: str, full: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(full, folder)
    with Library.open(folder, encoder=WordEncoder()) as library:
        library.snapshot(tmp_path / "kept")
        before = list(library.articles())
    for trial in range(20):
        WAYS[way](folder / "library.db", random.Random(trial))
        # raised if the damage did not show: a sound library is never replaced
        with suppress(LibraryStorageError):
            assert restore(tmp_path / "kept", folder) == BULK
            break
    with Library.open(folder, encoder=WordEncoder()) as library:
        assert list(library.articles()) == before
        assert library.verify() == []
    survived[f"library.db {way}: restored from a snapshot"] += 1


def test_what_only_a_lost_log_held_is_missed_and_said(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(killed, folder)
    (folder / "library.db-wal").unlink()
    with Library.open(folder, encoder=WordEncoder()) as library:
        assert any("what was added last is missing" in problem for problem in library.verify())
        with pytest.raises(ArticleNotFoundError):
            library.article(f"a{BULK}")
        assert library.repair() == []
        assert library.verify() == []  # it was told, and continues with what is left
