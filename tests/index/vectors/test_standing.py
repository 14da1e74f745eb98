"""Laws of the vector index's states: whatever happens, in whatever order."""

from __future__ import annotations

from math import inf
from typing import cast

from chromadb.api.models.Collection import Collection
from hypothesis import given
from hypothesis import strategies as st

from index import IndexState
from index.vectors.chroma.home import Opened
from index.vectors.standing import Standing

COLLECTION = cast("Collection", object())
STEPS = {
    "opened to write": lambda now: now.opened(Opened(COLLECTION, 3, leads=True)),
    "opened to read": lambda now: now.opened(Opened(COLLECTION, 4, leads=False)),
    "advanced": lambda now: now.advanced(7),
    "caught up": Standing.caught_up,
    "failed": lambda now: now.failed("it raised", 5.0),
    "failed for good": lambda now: now.failed("it raised", inf),
    "discarded": Standing.discarded,
    "closed": Standing.closed,
}


@given(st.lists(st.sampled_from(list(STEPS))))
def test_no_order_of_steps_makes_a_standing_that_contradicts_itself(steps: list[str]) -> None:
    now = Standing()
    for step in steps:
        closed = now.state is IndexState.CLOSED
        now = STEPS[step](now)
        assert not closed or now.state is IndexState.CLOSED
        if now.is_open:
            assert now.chroma
            assert now.chroma.collection is COLLECTION
            assert now.problem is None
        elif now.state is not IndexState.CLOSED:
            assert now.chroma is None
        assert (now.state is not IndexState.FAILED) or now.problem
        assert not now.ready or now.is_open


def test_who_writes_is_ready_once_it_has_caught_up() -> None:
    now = STEPS["opened to write"](Standing())
    assert (now.state, now.indexed) == (IndexState.FOLLOWING, 3)
    now = now.advanced(9).caught_up()
    assert (now.state, now.indexed) == (IndexState.READY, 9)


def test_who_takes_the_lead_stays_ready() -> None:
    now = STEPS["opened to write"](STEPS["opened to read"](Standing()))
    assert (now.state, now.leads) == (IndexState.READY, True)


def test_a_failure_is_tried_again_when_its_time_has_come() -> None:
    assert Standing().may_open(0.0)
    failed = Standing().failed("it raised", 5.0)
    assert not failed.may_open(4.9)
    assert failed.may_open(5.0)
    assert not failed.failed("again", inf).may_open(1e9)
    assert not failed.closed().may_open(9.0)


def test_what_is_copied_while_it_closes_counts_and_a_failure_then_is_known() -> None:
    closed = STEPS["opened to write"](Standing()).closed()
    assert closed.advanced(8).indexed == 8
    assert closed.caught_up() == closed
    assert closed.failed("it raised", inf).problem == "it raised"
