"""Measure the machine's fp32 matrix product at the shapes of MiniLM's layers.

Also counts the operations that a text takes.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from index.encoding.blas import one_thread
from index.encoding.minilm import CHUNK, INNER, LAYERS, WIDTH

SHAPES = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))


@dataclass(frozen=True, slots=True)
class Rate:
    """Operations per second, by the clock and per second of one core.

    A multiplication or an addition is one operation each.
    """

    clock: float
    core: float


def flops_of(pieces: int) -> float:
    """Operations of the matrix products, attention included, for a text of so many word pieces."""
    layer = sum(inputs * outputs for inputs, outputs in SHAPES) + 2 * pieces * WIDTH
    return 2.0 * LAYERS * layer * pieces


def measure_product(seconds: float = 1.0) -> Rate:
    """Multiply on every core at once.

    Each core has its own matrices and writes into memory that is already in use.
    """
    cores = os.cpu_count() or 1
    start, cpu = time.perf_counter(), time.process_time()
    with one_thread, ThreadPoolExecutor(cores) as pool:
        done = sum(pool.map(_multiply, [seconds] * cores))
    return Rate(done / (time.perf_counter() - start), done / (time.process_time() - cpu))


def _multiply(seconds: float) -> float:
    """The operations done in that time."""
    random = np.random.default_rng(0)
    states = {width: random.standard_normal((CHUNK, width), np.float32) for width in (WIDTH, INNER)}
    weights = [random.standard_normal(shape, np.float32) for shape in SHAPES]
    outputs = [np.empty((CHUNK, width), np.float32) for _, width in SHAPES]
    rounds, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        rounds += 1
        for weight, output in zip(weights, outputs, strict=True):
            np.matmul(states[len(weight)], weight, out=output)
    return 2.0 * rounds * CHUNK * sum(inputs * outputs_ for inputs, outputs_ in SHAPES)
