"""The dependencies between packages, and who may import what, read from the code's imports."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("corpus", "index", "assistant", "ui")  # each may import those before it
OWNERS = {
    "chromadb": {
        "index/vectors/follower.py",
        "index/vectors/chroma/files.py",
        "index/vectors/chroma/home.py",
        "index/vectors/chroma/server.py",
    },
    "sqlite3": {"index/storage/schema.py", "index/storage/store.py", "index/storage/words.py"},
    "gradio": {"ui/web/page.py"},
    "trafilatura": {"corpus/loaders/html.py"},
}
HEAVY = {
    "torch",
    "chromadb",
    "gradio",
    "llama_index",
    "sentence_transformers",
    "transformers",
    "trafilatura",
    "sklearn",
}
# May import heavy packages at their top: llama.py extends a vendor's classes and is imported only
# for that vendor; training makes the weights and is imported by no other module.
APART = ("index/llama.py", "assistant/training/")
MODULES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST, *, top_only: bool = False) -> Iterator[tuple[str, bool]]:
    """(dotted module, whether names are taken from it), without TYPE_CHECKING blocks."""
    nodes = [tree] if not top_only else []
    if top_only:
        assert isinstance(tree, ast.Module)
        nodes = [
            node
            for node in tree.body
            if not isinstance(node, ast.If | ast.FunctionDef | ast.ClassDef)
        ]
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Import):
                yield from ((alias.name, False) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, "imports are absolute"
                yield node.module or "", True


@pytest.fixture(scope="module", params=MODULES, ids=name)
def module(request: pytest.FixtureRequest) -> tuple[str, ast.Module]:
    path: Path = request.param
    return name(path), ast.parse(path.read_text(encoding="utf-8"))


def test_arrows_run_one_way(module: tuple[str, ast.Module]) -> None:
    path, tree = module
    layer = LAYERS.index(path.split("/")[0])
    for imported, _ in imports(tree):
        top = imported.split(".")[0]
        assert top not in LAYERS[layer + 1 :], f"{path} imports {imported}"
        assert top != "tests", f"{path} imports {imported}"
        apart = imported.startswith("assistant.training") and not path.startswith(
            "assistant/training/"
        )
        assert not apart, f"{path} imports {imported}"


@pytest.mark.parametrize("package", LAYERS)
def test_rooms_form_no_circle(package: str) -> None:
    needs: dict[str, set[str]] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        if path == ROOT / package / "__init__.py":
            continue
        room = path.relative_to(ROOT / package).parts[0].removesuffix(".py")
        imported = (
            module.split(".") for module, _ in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
        needs.setdefault(room, set()).update(
            parts[1] for parts in imported if parts[0] == package and len(parts) > 1
        )
    graphlib.TopologicalSorter({room: others - {room} for room, others in needs.items()}).prepare()


def test_other_packages_are_entered_by_the_front_door(module: tuple[str, ast.Module]) -> None:
    path, tree = module
    own = path.split("/")[0]
    for imported, _ in imports(tree):
        top, _, rest = imported.partition(".")
        if top in LAYERS and top != own:
            assert not rest or (top, rest) == ("corpus", "samples"), (
                f"{path} imports {imported}, not {top}"
            )


def test_a_vendor_stays_in_the_file_that_owns_it(module: tuple[str, ast.Module]) -> None:
    path, tree = module
    for imported, _ in imports(tree):
        top = imported.split(".")[0]
        assert path in OWNERS.get(top, {path}), f"{path} imports {imported}"


def test_heavy_packages_are_imported_where_they_are_used(module: tuple[str, ast.Module]) -> None:
    path, tree = module
    heavy = {
        imported for imported, _ in imports(tree, top_only=True) if imported.split(".")[0] in HEAVY
    }
    assert not heavy or path.startswith(APART), f"{path} imports {heavy} at its top"


def test_no_module_shares_a_name_with_a_public_function(module: tuple[str, ast.Module]) -> None:
    path, _ = module
    public = {
        node.name
        for other in MODULES
        for node in ast.parse(other.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert Path(path).stem not in public - {"main"}


def test_every_module_says_what_it_does(module: tuple[str, ast.Module]) -> None:
    path, tree = module
    assert ast.get_docstring(tree), path


def test_functions_stay_readable(module: tuple[str, ast.Module]) -> None:
    """At most 40 lines, without docstrings."""
    path, tree = module
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = 1 + (body[-1].end_lineno or 0) - body[0].lineno if body else 0
            assert lines <= 40, f"{path}: {node.name} has {lines} lines"


def test_every_package_is_shipped() -> None:
    import tomllib

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]["packages"]
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in MODULES
        if path.name == "__init__.py"
    }
    assert set(listed) == found - {"assistant.training"}
