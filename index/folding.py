"""Compare text as its letters read, whatever its case, accents, script or typesetting."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from anyascii import anyascii

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SHAPES = "\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffef"  # ligatures, Arabic and full-width forms
_ODD = re.compile(f"[{_INVISIBLE}{_SPACES}{_SHAPES}\u0300-\u036f]")
_LETTER = re.compile(f"([^{_INVISIBLE}])[{_INVISIBLE}\u0300-\u036f]*|[{_INVISIBLE}]+", re.DOTALL)
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]+")
_IS_SHAPE = re.compile(f"[{_SHAPES}]")
_IS_SPACE = re.compile(f"[{_SPACES}]")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text as its letters read, and where each of its characters stands in the original.

    Attributes:
        text: the text, with ligatures and the like spelled out, accents composed, every space as a
            plain one, and without soft hyphens and other characters that are not seen.
        starts, ends: where the original of each character starts and ends; ascending.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original of ``text[start:end]``."""
        if start >= end:
            place = self.ends[start - 1] if start else 0
            return place, place
        return self.starts[start], self.ends[end - 1]

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of ``text`` that covers ``start:end`` of the original."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


def normalize(text: str) -> Normalized:
    """Spell a text with the letters that a reader sees; ordinary text does not change.

    Unlike ``unicodedata.normalize("NFKC")`` it keeps ½, … and the like, and gives offsets.
    """
    if text.isascii() or not _ODD.search(text):
        return Normalized(text, range(len(text)), range(1, len(text) + 1))
    said: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _LETTER.finditer(text):
        seen = _IS_INVISIBLE.sub("", match[0])
        composed = unicodedata.normalize("NFKC" if _IS_SHAPE.match(seen) else "NFC", seen)
        letters = _IS_SPACE.sub(" ", composed)
        said.append(letters)
        starts += [match.start()] * len(letters)
        ends += [match.end()] * len(letters)
    return Normalized("".join(said), starts, ends)


def fold(text: str) -> str:
    """Transliterate to lower-case ASCII: Türkiye becomes turkiye. Offsets are not preserved."""
    return _NON_ASCII.sub(lambda match: anyascii(match[0]), text).lower()
