"""The documents are true.

Commands print what the documents show, their Python runs, links lead to files, and the tree of
files is right.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import list_kinds

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SNIPPETS = [
    code
    for path in DOCUMENTS
    for code in re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def transcript() -> list[tuple[str, str]]:
    """(command, what it printed) of the first console block."""
    parts = re.split(r"^\$ (.*)\n", blocks("console")[0], flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(home),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new user's data folder; the first command creates the samples' library."""
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize(
    ("command", "printed"), transcript(), ids=[command for command, _ in transcript()]
)
def test_the_transcript_is_what_the_program_prints(command: str, printed: str, home: Path) -> None:
    assert command.startswith("dateline ")
    run = subprocess.run(
        f"{sys.executable} -m ui {command.removeprefix('dateline ')}",
        shell=True,  # the command as a reader would paste it
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.rstrip() for line in run.stdout.strip().splitlines()] == [
        line.rstrip() for line in printed.strip().splitlines()
    ]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_runs(snippet: str, tmp_path: Path) -> None:
    code = snippet.replace('"corpus/samples"', repr(str(ROOT / "corpus" / "samples")))
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


def test_the_tree_is_the_tree() -> None:
    (tree,) = re.findall(
        r"```text\n(corpus/.*?)```",
        (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    named = set()
    folders: list[str] = []
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth:] = [line.split()[0]]
        named.add("".join(folders))
    assert not [path for path in named if not (ROOT / path).exists()]
    kept_whole = ("corpus/loaders/", "corpus/samples/", "assistant/training/")
    files = {
        path.relative_to(ROOT).as_posix()
        for package in ("corpus", "index", "assistant", "ui")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    missing = sorted(path for path in files - named if not path.startswith(kept_whole))
    assert not missing, f"not in ARCHITECTURE's tree: {missing}"


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len(README.split()) <= 900


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (path.parent / target).exists()]


def test_the_reference_lists_every_kind_that_can_be_added() -> None:
    rows = [
        f"| {name} | {' '.join(f'`{suffix}`' for suffix in suffixes)} |"
        for name, suffixes in list_kinds()
    ]
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert "\n".join(rows) in reference
