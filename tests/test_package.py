"""What users install: all imports are declared, and a wheel works without the checkout."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "assistant", "ui")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = {
    re.split(r"[<>=\[ ]", line)[0].lower().replace("_", "-") for line in PROJECT["dependencies"]
}

NEEDED_BY_OTHERS = {"lxml-html-clean"}


def imported() -> set[str]:
    """The distributions that the shipped packages import, by their names in lower case."""
    found = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "training" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {
                name
                for name in names
                if name.split(".")[0] not in {*sys.stdlib_module_names, *PACKAGES}
            }
    return set(map(_distribution, found))


def _distribution(module: str) -> str:
    """LlamaIndex's packages share one namespace, so a module's first parts name its package."""
    parts = module.split(".")
    if parts[0] == "llama_index":
        return "-".join(parts[: 2 if parts[1] == "core" else 3]).replace("_", "-")
    return packages_distributions()[parts[0]][0].lower().replace("_", "-")


def test_what_is_imported_is_declared_and_nothing_else() -> None:
    assert imported() == DECLARED - NEEDED_BY_OTHERS


def test_every_dependency_has_a_lower_bound() -> None:
    assert all(">=" in line for line in PROJECT["dependencies"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel of this checkout was installed, offline."""
    made, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    source = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "-w",
        str(made),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)],
        check=True,
    )
    return target


def test_a_wheel_answers_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = """
import assistant
from assistant import answer
from corpus import load
from corpus.samples import SAMPLE_QUESTIONS
from index import Library
import corpus.samples

with Library.open("library") as library:
    library.add(load(corpus.samples.__path__[0]))
    print(assistant.__file__)
    print(answer("Why did the Lady Ansel sink?", library=library).citations[0].quote)
"""
    environment = {**os.environ, "PYTHONPATH": str(installed), "XDG_DATA_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    where, *quote = run.stdout.splitlines()
    assert where.startswith(str(installed))
    assert "seal" in " ".join(quote)
