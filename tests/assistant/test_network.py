"""The trained weights: what they compute, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from assistant import AssistantError
from assistant.errors import WeightsError
from assistant.network import RANK, SHIPPED, Network, _read, pack
from assistant.windows import Window, encode_bare, make_windows, special_ids
from index import default_folder, load_tokenizer

NAME = "encoder.layer.3.output.dense.weight"


def windows(question: str, passage: str) -> list[Window]:
    tokenizer = load_tokenizer()
    asked, text = encode_bare(tokenizer, [question, passage])
    return make_windows(asked, None, text, special_ids(tokenizer))


def test_the_shipped_weights_fit_in_5_mib() -> None:
    assert SHIPPED.stat().st_size <= 5 * 2**20


def test_a_window_is_read_alike_alone_and_among_others() -> None:
    network = Network()
    some = [*windows("Who paid?", "Norland paid."), *windows("When?", "It was raised on Monday, July 5. " * 9)]
    for together, window in zip(network.read(some), some, strict=True):
        (alone,) = network.read([window])
        assert together.shape == (len(window.offsets), 2)
        np.testing.assert_allclose(together, alone, atol=1e-4)


def test_nothing_to_read_is_nothing_read() -> None:
    assert Network().read([]) == []


def packed(tmp_path: Path, change: NDArray[np.float32]) -> tuple[dict[str, NDArray[np.float32]], Path]:
    """What is read of weights that differ from the encoder's by this change of one matrix."""
    base = load_file(default_folder() / "model.safetensors")
    heads = {"heads.weight": np.eye(3, 384, dtype=np.float32), "heads.bias": np.ones(3, np.float32)}
    norm = "encoder.layer.3.output.LayerNorm.bias"
    pack({NAME: base[NAME] + change, norm: base[norm] + 1, **heads}, base, tmp_path / "a", description="a test's")
    return _read(tmp_path / "a"), tmp_path / "a"


def test_a_change_of_few_ranks_comes_back_as_it_was(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    thin = chance.normal(0, 0.01, (384, RANK)) @ chance.normal(0, 1, (RANK, 1536))
    read, path = packed(tmp_path, thin.astype(np.float32))
    assert np.linalg.norm(read[NAME] - thin) < 0.02 * np.linalg.norm(thin)
    np.testing.assert_allclose(read["encoder.layer.3.output.LayerNorm.bias"], 1, atol=1e-6)
    np.testing.assert_array_equal(read["heads.weight"], np.eye(3, 384))
    (logits,) = Network(path).read(windows("Who paid?", "Norland paid."))
    assert np.isfinite(logits).all()


def test_of_a_change_of_many_ranks_the_largest_are_kept(tmp_path: Path) -> None:
    change = np.random.default_rng(0).normal(0, 0.01, (384, 1536)).astype(np.float32)
    read, _ = packed(tmp_path, change)
    lost = np.linalg.svd(change, compute_uv=False)[RANK:]
    assert np.linalg.matrix_rank(read[NAME]) == RANK
    assert np.linalg.norm(read[NAME] - change) == pytest.approx(np.linalg.norm(lost), rel=0.01)


def test_weights_that_are_not_there_are_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone.*missing; .*install"):
        Network(tmp_path / "gone")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 something else", SHIPPED.read_bytes()[:5_000]])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be read"):
        Network(tmp_path / "broken")


@pytest.mark.parametrize("metadata", [{}, {"format": "0", "encoder": "another"}])
def test_weights_of_another_version_are_refused(tmp_path: Path, metadata: dict[str, str]) -> None:
    save_file(load_file(SHIPPED), tmp_path / "old", metadata)
    with pytest.raises(AssistantError, match="expected format 2"):
        Network(tmp_path / "old")
