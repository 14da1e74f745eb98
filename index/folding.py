"""Fold text for comparison, whatever its case, accents or script."""

from __future__ import annotations

import re

from anyascii import anyascii

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Transliterate to lower-case ASCII: Türkiye becomes turkiye. Offsets are not preserved."""
    return _NON_ASCII.sub(lambda match: anyascii(match[0]), text).lower()
