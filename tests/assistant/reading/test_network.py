"""The trained weights: what they compute, and the errors for weights that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from assistant import AssistantError
from assistant.errors import WeightsError
from assistant.reading.network import GRAPH, SHIPPED, Network
from assistant.reading.windows import (
    Context,
    Window,
    encode_bare,
    encode_contexts,
    make_windows,
    special_ids,
)
from index import load_tokenizer


def windows(question: str, passage: str) -> list[Window]:
    tokenizer = load_tokenizer()
    asked, text = encode_bare(tokenizer, [question, passage])
    (nothing,) = encode_contexts(tokenizer, [Context(source="", title="", lead="")])
    return make_windows(asked, nothing, text, special_ids(tokenizer))


def test_the_shipped_weights_fit_in_12_mib() -> None:
    assert SHIPPED.stat().st_size + GRAPH.stat().st_size <= 12 * 2**20


def test_a_window_is_read_alike_alone_and_among_others() -> None:
    network = Network()
    some = [
        *windows("Who paid?", "Norland paid."),
        *windows("When?", "It was raised on Monday, July 5. " * 9),
    ]
    for together, window in zip(network.read(some), some, strict=True):
        (alone,) = network.read([window])
        assert together.shape == (len(window.offsets), 2)
        np.testing.assert_allclose(together, alone, atol=1e-4)


def test_nothing_to_read_is_nothing_read() -> None:
    assert Network().read([]) == []


def test_what_is_computed_does_not_hang_on_the_numbers_lying_about_in_other_files(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(SHIPPED.read_bytes())
    (one,), (other,) = (
        Network(path).read(windows("Who paid?", "Norland paid.")) for path in (SHIPPED, copy)
    )
    np.testing.assert_array_equal(one, other)


def test_weights_that_are_not_there_are_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone.*missing; .*install"):
        Network(tmp_path / "gone")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 something else", SHIPPED.read_bytes()[:5_000]]
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be read"):
        Network(tmp_path / "broken")


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    tensors = load_file(SHIPPED)
    with safe_open(SHIPPED, framework="numpy") as file:
        metadata = file.metadata()
    for broken in (
        tensors | {"layer.0.mix.weight": tensors["layer.0.mix.weight"][:100]},
        tensors | {"heads.bias": tensors["heads.bias"].astype(np.float64)},
        {name: tensor for name, tensor in tensors.items() if name != "layer.5.widen.bias"},
        {name: tensor for name, tensor in tensors.items() if name != "positions"},
        tensors | {"another": tensors["heads.bias"]},
    ):
        save_file(
            {name: np.ascontiguousarray(tensor) for name, tensor in broken.items()},
            tmp_path / "w",
            metadata,
        )
        with pytest.raises(WeightsError, match="cannot be used"):
            Network(tmp_path / "w")


@pytest.mark.parametrize("metadata", [{}, {"format": "0", "encoder": "another"}])
def test_weights_of_another_version_are_refused(tmp_path: Path, metadata: dict[str, str]) -> None:
    save_file(load_file(SHIPPED), tmp_path / "old", metadata)
    with pytest.raises(AssistantError, match="expected format 3"):
        Network(tmp_path / "old")
