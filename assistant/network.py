"""The trained reader's network, in numpy: windows in, log-odds of where the answer starts and ends out.

Knows nothing of passages or sentences. It is the default encoder, changed: the shipped weights hold, for each
of its tensors but the word embeddings, what training added; and the heads. So they fit one version of it alone.
What was added to a matrix is held as a product of two thin ones, each in 8 bits with one scale a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from assistant.errors import WeightsError
from assistant.windows import Window
from index import MiniLM, default_folder

Array = NDArray[np.float32]

FORMAT = "2"
RANK = 64
"""Of what is added to a matrix; the model card says what the rest is worth."""
SHIPPED = Path(__file__).parent / "weights" / "reader.safetensors"
_REMEDY = "install dateline-assistant again, or make them by python -m assistant.training.reader"


class Network:
    """Thread-safe: the weights are only read.

    Args:
        path: the weights; made for the encoder that is installed.

    Raises:
        WeightsError: they are missing, damaged, or of another version.
    """

    def __init__(self, path: Path = SHIPPED) -> None:
        tensors = _read(path)
        self._heads = tensors.pop("heads.weight"), tensors.pop("heads.bias")
        self._model = MiniLM(_weights_of_encoder(), changes=tensors)

    def read(self, windows: Sequence[Window]) -> list[Array]:
        """For each window (pieces of the passage, 2): log-odds of start and of end there, against "not here"."""
        if not windows:
            return []
        states = self._model.read([window.ids for window in windows], [window.second for window in windows])
        weight, bias = self._heads
        found = []
        for window, rows in zip(windows, states, strict=True):
            here = rows[window.first : window.first + len(window.offsets)] @ weight[:2].T + bias[:2]
            found.append(here - (rows[0] @ weight[2] + bias[2]))
        return found


def pack(tensors: Mapping[str, Array], base: Mapping[str, Array], path: Path, *, description: str) -> None:
    """Write weights as they are shipped.

    Args:
        tensors: of the trained encoder; and ``heads.weight`` (3, width), ``heads.bias`` (3,) of start, end, "not here".
        base: of the encoder that it was trained from, by the same names.
        path: the file.
        description: what they were trained on.
    """
    packed: dict[str, NDArray[np.generic]] = {}
    for name, tensor in tensors.items():
        change = tensor if name.startswith("heads.") else tensor - base[name]
        if change.ndim == 2 and min(change.shape) > RANK and change.any():
            up, down = _factors(change)
            packed |= _quantize(f"{name}.up", up) | _quantize(f"{name}.down", down)
        elif change.any():
            packed[name] = change.astype(np.float32)
    save_file(packed, path, {"format": FORMAT, "encoder": _encoder_digest(), "description": description})


def _factors(change: Array) -> tuple[Array, Array]:
    """The two thin matrices whose product is nearest to this one (Eckart and Young 1936), alike in size."""
    left, sizes, right = np.linalg.svd(change, full_matrices=False)
    root = np.sqrt(sizes[:RANK])
    return left[:, :RANK] * root, root[:, None] * right[:RANK]


def _quantize(name: str, matrix: Array) -> dict[str, NDArray[np.generic]]:
    scale = np.abs(matrix).max(axis=1) / 127
    return {
        f"{name}.scale": scale.astype(np.float32),
        name: np.rint(matrix / np.where(scale, scale, 1)[:, None]).astype(np.int8),
    }


def _read(path: Path) -> dict[str, Array]:
    """What is added to each tensor, and the heads."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}
    except FileNotFoundError:
        raise WeightsError(f"the reader's weights {path} are missing; {_REMEDY}") from None
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"the reader's weights {path} cannot be read: {error}; {_REMEDY}") from None
    found, expected = (metadata.get("format"), metadata.get("encoder")), (FORMAT, _encoder_digest())
    if found != expected:
        raise WeightsError(
            f"the reader's weights are of format {found[0]} for encoder {found[1]}; expected format {expected[0]} for "
            f"encoder {expected[1]}; {_REMEDY}"
        )
    thin = {name: stored.pop(name) * stored.pop(f"{name}.scale")[:, None] for name in list(stored) if _is_thin(name)}
    products = {name.removesuffix(".up"): thin[name] for name in thin if name.endswith(".up")}
    return stored | {name: up @ thin[f"{name}.down"] for name, up in products.items()}


def _is_thin(name: str) -> bool:
    return name.endswith((".up", ".down"))


def _weights_of_encoder() -> Path:
    return default_folder() / "model.safetensors"


def _encoder_digest() -> str:
    """Of the shapes and the first word embeddings: to read all 90 MB would take 0.1 s at every start."""
    with _weights_of_encoder().open("rb") as file:
        return sha256(file.read(1 << 20)).hexdigest()[:16]
