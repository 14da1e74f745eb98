"""A bit is flipped anywhere in a library so small that most bytes of library.db have a meaning.

Every question is then answered correctly, or refused with a named error. ``verify`` reports the
damage, and after ``repair`` what is left is correct.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index import ArticleNotFoundError, Library, LibraryError
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.index.articles import article

pytestmark = pytest.mark.timeout(3_600)  # in full it takes about ten minutes
ARTICLES = 8


def test_whatever_bit_is_flipped_no_call_shows_what_was_not_stored_or_fails_without_a_name(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole"
    with Library.open(whole, encoder=WordEncoder()) as library:
        library.add(
            article(
                f"a{n}",
                f"The council met about topic{n}.\n\n" + f"It spoke at length, {n} times. " * 40,
            )
            for n in range(ARTICLES)
        )
        library.remove(["a3"])
        model = {entry.id: entry.text for entry in library.articles()}
    sound = (whole / "library.db").read_bytes()
    places = [place for place, byte in enumerate(sound) if byte or (place and sound[place - 1])]
    chance = random.Random(1)
    for trial in range(tier(15, 2_000)):
        folder = tmp_path / f"{trial}"
        shutil.copytree(whole, folder)
        place, bit = chance.choice(places), chance.randrange(8)
        harmed = bytearray(sound)
        harmed[place] ^= 1 << bit
        (folder / "library.db").write_bytes(harmed)
        survived[f"a bit flipped in a small library.db: {outcome(folder, model)}"] += 1
        shutil.rmtree(folder)


def outcome(folder: Path, model: dict[str, str]) -> str:
    try:
        with Library.open(folder, encoder=WordEncoder()) as library:
            for ask in asked(library, model):
                with suppress(LibraryError, ArticleNotFoundError):
                    ask()
            problems = library.verify()
            assert not any("\n" in problem for problem in problems)
            if not problems:
                assert {entry.id: entry.text for entry in library.articles()} == model
                return "as if nothing had happened"
            losses = library.repair()
            if [problem for problem in library.verify() if "made anew" not in problem]:
                return "named by verify, and beyond repair"
            left = {entry.id: entry.text for entry in library.articles()}
            assert left.items() <= model.items()
            assert len(losses) >= len(model) - len(left)
            for ask in asked(library, left):
                ask()
            assert all(
                f"topic{name[1:]}." in library.search(f"topic{name[1:]}")[0].passage.text
                for name in left
            )
    except LibraryError as error:
        refused = str(error)
    else:
        whole = not losses and left == model
        return "mended" if whole else "mended, but for what was set aside"
    assert "\n" not in refused
    return "refused"


def asked(library: Library, model: dict[str, str]) -> Iterator[Callable[[], object]]:
    def search(question: str, chosen: Mapping[str, Any]) -> None:
        for hit in library.search(question, limit=3, **chosen):
            assert hit.article.text == model[hit.article.id]
            assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]

    yield library.summary
    for n in range(ARTICLES):
        yield partial(search, f"topic{n}", {})
    yield partial(search, "topic2", {"since": date(2025, 1, 1), "outlets": ["Harbour Post"]})
