"""Letters that are compared alike, whatever their case, accents or script. Knows nothing of words."""

from __future__ import annotations

import re

from anyascii import anyascii

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Lower-case ASCII that sounds alike: Türkiye = Turkiye. Offsets do not survive."""
    return _NON_ASCII.sub(lambda match: anyascii(match[0]), text).lower()
