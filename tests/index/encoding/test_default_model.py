"""The default weights are the official ones, which is checked once per file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from index import EncoderError, load_encoder, load_word_embeddings
from index.encoding import default_model
from index.encoding.default_model import SHA256, check_weights, default_folder, default_weights

OURS = b"the weights of the test"
EXPECTED = hashlib.sha256(OURS).hexdigest()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(OURS)
    return path


@pytest.fixture
def checked(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "checked.json"


def swap(path: Path, *, same_time: bool) -> None:
    """Change a file's content, but not its size."""
    before = path.stat()
    path.write_bytes(OURS[::-1])
    later = before.st_mtime_ns + (0 if same_time else 1_000_000_000)
    os.utime(path, ns=(before.st_atime_ns, later))


def test_what_is_installed_is_official(tmp_path: Path) -> None:
    check_weights(default_folder() / "model.safetensors", tmp_path / "checked.json")


def test_other_weights_are_one_line_with_the_remedy(weights: Path, checked: Path) -> None:
    with pytest.raises(EncoderError, match="pip install") as found:
        check_weights(weights, checked)
    assert EXPECTED in str(found.value)
    assert SHA256 in str(found.value)
    assert "\n" not in str(found.value)
    assert not checked.exists()  # only what is right is remembered


def test_a_file_is_read_once_and_again_when_it_changed(weights: Path, checked: Path) -> None:
    check_weights(weights, checked, sha256=EXPECTED)
    swap(weights, same_time=True)
    check_weights(weights, checked, sha256=EXPECTED)  # not read again
    swap(weights, same_time=False)
    with pytest.raises(EncoderError, match="found weights with"):
        check_weights(weights, checked, sha256=EXPECTED)
    weights.write_bytes(OURS)
    check_weights(weights, checked, sha256=EXPECTED)


def test_two_files_are_remembered_beside_each_other(
    weights: Path, checked: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(OURS)
    for path in (weights, other):
        check_weights(path, checked, sha256=EXPECTED)
    for path in (weights, other):
        swap(path, same_time=True)
        check_weights(path, checked, sha256=EXPECTED)
    assert [path.name for path in checked.parent.iterdir()] == [checked.name]


def test_where_nothing_can_be_remembered_the_file_is_read_each_time(
    weights: Path, tmp_path: Path
) -> None:
    checked = weights / "no folder" / "checked.json"
    check_weights(weights, checked, sha256=EXPECTED)
    swap(weights, same_time=True)
    with pytest.raises(EncoderError, match="found weights with"):
        check_weights(weights, checked, sha256=EXPECTED)


@pytest.mark.parametrize("left", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"x": 1}'])
def test_a_damaged_memory_is_no_memory(left: bytes, weights: Path, checked: Path) -> None:
    checked.parent.mkdir()
    checked.write_bytes(left)
    check_weights(weights, checked, sha256=EXPECTED)
    swap(weights, same_time=True)
    check_weights(weights, checked, sha256=EXPECTED)  # remembered from now on


def test_missing_weights_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="No such file") as found:
        check_weights(tmp_path / "model.safetensors", tmp_path / "checked.json")
    assert "\n" not in str(found.value)


def test_the_default_encoder_refuses_other_weights(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_model, "default_folder", lambda: weights.parent)
    default_weights.cache_clear()
    with pytest.raises(EncoderError, match="found weights with SHA-256"):
        load_encoder()
    with pytest.raises(EncoderError, match="found weights with SHA-256"):
        load_word_embeddings()
