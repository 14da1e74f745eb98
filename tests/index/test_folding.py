"""Text is compared by the letters that a reader sees, and offsets lead back to what is stored."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import fold, normalize

SHY, ZERO = "\u00ad", "\u200b"


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("The ﬂag of the oﬃce", "The flag of the office"),
        (f"par{SHY}lia{SHY}ment", "parliament"),
        (f"par{ZERO}liament\ufeff", "parliament"),
        (unicodedata.normalize("NFD", "Zoë’s Ångström café"), "Zoë’s Ångström café"),
        ("40\u00a0million\u202feuros", "40 million euros"),
        ("ＮＡＴＯ", "NATO"),
        ("ﻣﺪﻳﻨﺔ", "مدينة"),
        ("½ of 5² … “yes” № 4", "½ of 5² … “yes” № 4"),
    ],
)
def test_letters_are_spelled_as_they_are_read(stored: str, read: str) -> None:
    assert normalize(stored).text == read
    assert fold(stored) == fold(read)


@given(st.text(st.sampled_from(f"aé\u0301\u0308{SHY}{ZERO}\u00a0ﬁﬃ ½İ地\n"), max_size=30))
def test_every_span_leads_to_the_stored_text_and_back(stored: str) -> None:
    letters = normalize(stored)
    assert len(letters.starts) == len(letters.ends) == len(letters.text)
    assert normalize(letters.text).text == letters.text
    for start in range(len(letters.text)):
        for end in range(start + 1, len(letters.text) + 1):
            low, high = letters.to_original(start, end)
            assert 0 <= low < high <= len(stored)
            covered = letters.text[slice(*letters.from_original(low, high))]
            assert letters.text[start:end] in covered
            assert normalize(stored[low:high]).text in covered


@given(st.text(max_size=40))
def test_any_text_can_be_normalized(stored: str) -> None:
    letters = normalize(stored)
    assert letters.to_original(0, 0) == (0, 0)
    assert all(low < high for low, high in zip(letters.starts, letters.ends, strict=True))
