"""The trained weights: what they compute, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from assistant import AssistantError
from assistant.errors import WeightsError
from assistant.network import SHIPPED, Network, pack
from assistant.windows import Window, encode_bare, make_windows, special_ids
from index import default_folder, load_tokenizer


def windows(question: str, passage: str) -> list[Window]:
    tokenizer = load_tokenizer()
    asked, text = encode_bare(tokenizer, [question, passage])
    return make_windows(asked, None, text, special_ids(tokenizer))


def test_the_shipped_weights_fit_in_15_mib() -> None:
    assert SHIPPED.stat().st_size <= 15 * 2**20


def test_a_window_is_read_alike_alone_and_among_others() -> None:
    network = Network()
    some = [*windows("Who paid?", "Norland paid."), *windows("When?", "It was raised on Monday, July 5. " * 9)]
    for together, window in zip(network.read(some), some, strict=True):
        (alone,) = network.read([window])
        assert together.shape == (len(window.offsets), 2)
        np.testing.assert_allclose(together, alone, atol=1e-4)


def test_nothing_to_read_is_nothing_read() -> None:
    assert Network().read([]) == []


def test_packed_weights_say_what_the_unpacked_ones_did(tmp_path: Path) -> None:
    base = load_file(default_folder() / "model.safetensors")
    chance = np.random.default_rng(0)
    name = "encoder.layer.3.output.dense.weight"
    change = chance.normal(0, 0.01, base[name].shape).astype(np.float32)
    heads = {"heads.weight": np.eye(3, 384, dtype=np.float32), "heads.bias": np.ones(3, np.float32)}
    pack({name: base[name] + change, **heads}, base, tmp_path / "a", description="a test's")
    packed = load_file(tmp_path / "a")
    unpacked = packed[name] * packed[f"{name}.scale"][:, None]
    assert np.abs(unpacked - change).max() <= np.abs(change).max() / 127
    (read,) = Network(tmp_path / "a").read(windows("Who paid?", "Norland paid."))
    assert np.isfinite(read).all()


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
    with pytest.raises(AssistantError, match="expected format 1"):
        Network(tmp_path / "old")
