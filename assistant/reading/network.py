"""The trained reader's network: computes where in a window the answer starts and ends, as log-odds.

It is BERT with six layers, trained from the default encoder (see the model card in ``weights/``).
It shares that encoder's word embeddings, so the weights fit only one version of it. ``reader.onnx``
holds the graph, and ``reader.safetensors`` the weights: matrices in 8 bits with a scale for each
output, which onnxruntime multiplies as they are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from assistant.errors import WeightsError
from assistant.reading.windows import LONGEST, Window
from index import default_folder, load_word_embeddings

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Array = NDArray[np.float32]
Tensors = dict[str, NDArray[np.generic]]

LAYERS, HEADS, WIDTH, INNER = 6, 12, 384, 1536
EPSILON = 1e-12
FORMAT = "3"
"""Version of the file and of the network's input; "3" reads source, title and lead first."""
LIMIT = 63
"""Largest quantized weight: 7 bits.

Processors without VNNI add two products of 8 bits in 16 bits, which would overflow.
"""

_FOLDER = Path(__file__).parents[1] / "weights"
SHIPPED = _FOLDER / "reader.safetensors"
GRAPH = _FOLDER / "reader.onnx"
_REMEDY = "reinstall dateline-assistant, or set DATELINE_READER to valid weights"
_SCALE = np.float32((WIDTH // HEADS) ** -0.5)
"""Scale of the queries, so that attention need not divide."""


class Network:
    """The network with its weights. It is thread-safe: they are only read.

    Args:
        path: the weights, made for the installed encoder.

    Raises:
        WeightsError: the weights are missing, damaged, or of another version.
    """

    def __init__(self, path: Path = SHIPPED) -> None:
        tensors = _read(path)
        self._positions, self._segments = (
            _take(path, tensors, name) for name in ("positions", "segments")
        )
        self._words = load_word_embeddings()
        self._session = _open_session(path, tensors)
        # Each thread reads one window at a time, so that nothing is padded.
        self._pool = ThreadPoolExecutor(os.cpu_count(), "reader")

    def read(self, windows: Sequence[Window]) -> list[Array]:
        """(passage's pieces, 2) for each window: log-odds of start and end, against "not here"."""
        return list(self._pool.map(self._read, windows))

    def _read(self, window: Window) -> Array:
        ids = np.array(window.ids)
        states = self._words[ids] + self._positions[: len(ids)]
        states[: window.second] += self._segments[0]
        states[window.second :] += self._segments[1]
        (logits,) = self._session.run(["logits"], {"embedded": states})
        here: Array = logits[window.first : window.first + len(window.offsets), :2] - logits[0, 2]
        return here


def _take(path: Path, tensors: Tensors, name: str) -> Array:
    """Remove a tensor from the dictionary and return it as float32."""
    if name not in tensors:
        raise WeightsError(
            f"the reader's weights {path} cannot be used: {name} is missing; {_REMEDY}"
        )
    return np.asarray(tensors.pop(name), np.float32)


def _open_session(path: Path, tensors: Tensors) -> InferenceSession:
    """The graph with its weights filled in; each run uses one thread."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # Windows builds would send them
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised instead
    values = [
        onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(tensor))
        for tensor in tensors.values()
    ]
    options.add_external_initializers(list(tensors), values)
    try:
        return onnxruntime.InferenceSession(
            GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 - onnxruntime's errors have no common base of their own
        raise WeightsError(
            f"the reader's weights {path} cannot be used: {error}; {_REMEDY}"
        ) from None


def pack(tensors: Mapping[str, Array], path: Path, *, description: str) -> None:
    """Write weights in the shipped format.

    Args:
        tensors: those of the trained encoder, by its own names, and ``heads.weight`` (3, width)
            and ``heads.bias`` (3,) for start, end and "not here".
        path: the file to write.
        description: what the weights were trained on.
    """
    packed: Tensors = {
        "positions": tensors["embeddings.position_embeddings.weight"][:LONGEST].astype(np.float32),
        "segments": tensors["embeddings.token_type_embeddings.weight"].astype(np.float32),
        "heads.weight": tensors["heads.weight"].T.astype(np.float32),
        "heads.bias": tensors["heads.bias"].astype(np.float32),
    }
    for ours, theirs in _norms():
        for kind in ("weight", "bias"):
            packed[f"{ours}.{kind}"] = tensors[f"{theirs}.{kind}"].astype(np.float32)
    for ours, parts in _matrices():
        # (outputs, inputs)
        weight = np.concatenate([tensors[f"{part}.weight"] * scale for part, scale in parts])
        packed[f"{ours}.bias"] = np.concatenate(
            [tensors[f"{part}.bias"] * scale for part, scale in parts]
        )
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-12) / LIMIT
        packed[f"{ours}.scale"] = scale.astype(np.float32)
        packed[f"{ours}.weight"] = np.rint(weight / scale[:, None]).astype(np.int8).T
    packed = {name: np.ascontiguousarray(tensor) for name, tensor in packed.items()}
    save_file(
        packed, path, {"format": FORMAT, "encoder": _encoder_digest(), "description": description}
    )


def unpack(path: Path) -> dict[str, Array]:
    """The inverse of ``pack``, except for what 8 bits lose; further training starts from it.

    Raises:
        WeightsError: the file is missing, damaged, or of another version.
    """
    packed = _read(path)
    tensors = {
        "embeddings.position_embeddings.weight": packed["positions"],
        "embeddings.token_type_embeddings.weight": packed["segments"],
        "heads.weight": packed["heads.weight"].T,
        "heads.bias": packed["heads.bias"],
    }
    for ours, theirs in _norms():
        for kind in ("weight", "bias"):
            tensors[f"{theirs}.{kind}"] = packed[f"{ours}.{kind}"]
    for ours, parts in _matrices():
        weight = _floats(packed[f"{ours}.weight"]).T * _floats(packed[f"{ours}.scale"])[:, None]
        rows = np.split(np.arange(len(weight)), len(parts))
        for (part, scale), own in zip(parts, rows, strict=True):
            tensors[f"{part}.weight"] = weight[own] / scale
            tensors[f"{part}.bias"] = _floats(packed[f"{ours}.bias"])[own] / scale
    return {name: _floats(tensor) for name, tensor in tensors.items()}


def _floats(tensor: NDArray[np.generic]) -> Array:
    return np.ascontiguousarray(tensor, np.float32)


def _norms() -> Iterator[tuple[str, str]]:
    """Layer normalisations: our name and the encoder's."""
    yield "embeddings", "embeddings.LayerNorm"
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        yield f"layer.{layer}.mix_norm", f"{name}.attention.output.LayerNorm"
        yield f"layer.{layer}.narrow_norm", f"{name}.output.LayerNorm"


def _matrices() -> Iterator[tuple[str, list[tuple[str, np.float32]]]]:
    """Matrices: our name, and the encoder's parts of each with the factor that scales it."""
    one = np.float32(1)
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        parts = [
            (f"{name}.attention.self.{part}", _SCALE if part == "query" else one) for part in _PARTS
        ]
        yield f"layer.{layer}.project", parts
        yield f"layer.{layer}.mix", [(f"{name}.attention.output.dense", one)]
        yield f"layer.{layer}.widen", [(f"{name}.intermediate.dense", one)]
        yield f"layer.{layer}.narrow", [(f"{name}.output.dense", one)]


_PARTS = ("query", "key", "value")


def _read(path: Path) -> Tensors:
    """Read all tensors of the file."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            stored: Tensors = {name: file.get_tensor(name) for name in file.keys()}
    except FileNotFoundError:
        raise WeightsError(f"the reader's weights {path} are missing; {_REMEDY}") from None
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"the reader's weights {path} cannot be read: {error}; {_REMEDY}"
        ) from None
    found, expected = (metadata.get("format"), metadata.get("encoder")), (FORMAT, _encoder_digest())
    if found != expected:
        raise WeightsError(
            f"the reader's weights are of format {found[0]} for encoder {found[1]}; "
            f"expected format {expected[0]} for encoder {expected[1]}; {_REMEDY}"
        )
    return stored


def _encoder_digest() -> str:
    """Digest of the shapes and the first word embeddings.

    Reading all 90 MB would take 0.1 s at every start.
    """
    with (default_folder() / "model.safetensors").open("rb") as file:
        return sha256(file.read(1 << 20)).hexdigest()[:16]
