"""The numbers of passages: that of the article, and the passage's place in it."""

from __future__ import annotations

PASSAGE_BITS = 20
"""A passage's number is its article's number followed by 20 low bits for its ordinal."""
ORDINAL_MASK = (1 << PASSAGE_BITS) - 1
