"""`make bench` runs benchmarks that exist, and notices when one falls below a floor."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.benchmarks.__main__ import ON_DATA, OWN, run


@pytest.mark.parametrize("name", OWN | ON_DATA)
def test_every_benchmark_that_is_run_is_there(name: str) -> None:
    assert find_spec(f"tests.benchmarks.{name}")


def test_a_benchmark_that_exits_otherwise_than_0_is_seen() -> None:
    assert run("samples", ("--help",)) == 0
    assert run("samples", ("--nonsense",)) == 2
