"""Words and names are found by their letters, however a page sets them."""

from __future__ import annotations

import unicodedata

from assistant.terms import content_stems, find_names, find_terms

PLAIN = "Mayor Zoë Müller closed the parliament office."
STORED = unicodedata.normalize("NFD", PLAIN).replace("parlia", "par\u00adlia").replace("ffi", "ﬃ")
STORED = STORED.replace("Mayor ", "Mayor\u00a0")


def test_words_are_the_same_and_stand_where_they_are_stored() -> None:
    assert content_stems(STORED) == content_stems(PLAIN)
    words = [STORED[term.start : term.end] for term in find_terms(STORED)]
    assert words[1:3] == [unicodedata.normalize("NFD", word) for word in ("Zoë", "Müller")]
    assert words[-2:] == ["par\u00adliament", "oﬃce"]


def test_a_name_is_one_across_a_no_break_space() -> None:
    assert [STORED[slice(*span)] for span in find_names(STORED)] == [
        unicodedata.normalize("NFD", "Mayor\u00a0Zoë Müller")
    ]
