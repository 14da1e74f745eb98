"""Bytes -> text. Knows nothing of what the text says."""

from __future__ import annotations

from corpus.cleaning import replace_unstorable


def load_text(data: bytes, *, location: str) -> str:
    """Decode a text file; line ends become LF, what no text can hold becomes U+FFFD.

    Raises:
        LoadError: the bytes are not text.
    """
    text = data.decode("utf-8-sig", errors="replace")
    return replace_unstorable(text.replace("\r\n", "\n").replace("\r", "\n"))
