"""Laws of the limit on BLAS: it holds in every thread, whoever set it, and ends with the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info, threadpool_limits  # type: ignore[import-untyped]  # has no annotations

from index.encoding.blas import one_thread


def blas_threads() -> list[int]:
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    with threadpool_limits(2, user_api="blas"):
        if set(blas_threads()) != {2}:
            pytest.skip("this BLAS has a single thread, or none that can be limited")
        yield


def limited() -> list[int]:
    with one_thread:
        return blas_threads()


def test_the_limit_holds_in_a_thread_after_another_had_it() -> None:
    assert set(limited()) == {1}
    with ThreadPoolExecutor(1) as pool:
        assert set(pool.submit(limited).result()) == {1}
    assert set(limited()) == {1}
    assert set(blas_threads()) == {2}


def test_the_limit_ends_with_the_last_whichever_thread_that_is() -> None:
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_thread:
            entered.set()
            leave.wait(10)

    with ThreadPoolExecutor(1) as pool:
        with one_thread:
            other = pool.submit(stay)
            assert entered.wait(10)
        assert set(blas_threads()) == {1}
        leave.set()
        other.result()
    assert set(blas_threads()) == {2}


def test_others_may_limit_blas_after_us() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(limited).result()
        with threadpool_limits(1, user_api="blas"):
            assert set(blas_threads()) == {1}
