"""A full disk gives one clear line at once, and keeps what was acknowledged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index import Library
from tests.fakes import WordEncoder
from tests.faults import survived, tier
from tests.index.articles import article

ROOT = Path(__file__).parents[2]
LEVELS = 20
DISK = 4 << 20
"""Bytes on the small disk."""
SECONDS = 10
"""An error must have come by then."""


def fill(disk: Path, left: int) -> subprocess.CompletedProcess[str]:
    """Fill a library on a new small disk with so many bytes left, and copy it off the disk."""
    mount = f'mount -t tmpfs -o size={DISK} none "$0" && exec "$@"'
    work = [sys.executable, "-m", "tests.faults.small_disk", str(disk), str(left)]
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(disk), *work]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place to mount a small disk that nobody else sees."""
    place = tmp_path_factory.mktemp("disk")
    if not shutil.which("unshare"):
        pytest.skip("no small disk can be mounted here: there is no unshare")
    tried = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.strip()}")
    return place


@pytest.mark.parametrize("level", range(0, LEVELS, tier(4, 1)))
def test_a_full_disk_is_told_in_time_and_keeps_what_was_acknowledged(
    level: int, disk: Path, tmp_path: Path
) -> None:
    left = 40_000 + level * (DISK - 200_000) // LEVELS
    told = fill(disk, left)
    assert told.returncode == 0, told.stderr
    *lines, error, seconds = told.stdout.splitlines()
    acknowledged = {line.removeprefix("! ") for line in lines}
    assert error.startswith("LibraryStorageError: "), error
    assert "free some" in error or "give another" in error
    assert float(seconds) < SECONDS
    copied = disk.with_name(f"{disk.name}-off")
    assert copied.is_dir() or not acknowledged
    if copied.is_dir():
        folder = Path(shutil.move(copied, tmp_path / "library"))
        with Library.open(folder, encoder=WordEncoder()) as library:
            assert {entry.id for entry in library.articles()} == acknowledged
            assert library.verify() == []
            for name in sorted(acknowledged)[:3]:
                assert library.search(f"topic{name[1:]}", limit=1)[0].article.id == name
            assert library.add([article("after")]).new == ("after",)
    survived["a full disk, each time fuller"] += 1
    if os.environ.get("DATELINE_FAULTS") == "full":
        sys.stdout.write(f"{left:,} bytes left: {len(acknowledged)} articles\n")
