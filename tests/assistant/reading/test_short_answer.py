"""Short answers are whole: names, amounts and quotations are not cut; empty ones are dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.short_answer import make_whole


@pytest.mark.parametrize(
    ("sentence", "span", "whole"),
    [
        ("The Daily Sabah reported it first.", "Sabah", "Daily Sabah"),
        ("Daily Sabah reported it first.", "Daily", "Daily Sabah"),
        ("It flew 39 Americans home.", "39", "39"),
        ("District Judge Ada O. Merrow agreed.", "Ada O. Merrow", "Ada O. Merrow"),
        ("They met in Vancouver July 15 to talk.", "Vancouver", "Vancouver"),
        ("It is a 206-minute-long film.", "206-minute", "206-minute-long"),
        ("It cost $2.5 billion in all.", "$2.5", "$2.5 billion"),
        ("It was shut for six weeks.", "six", "six weeks"),
        (
            "He called it “a grave mistake” on Monday.",
            "called it “a grave mistake",
            "called it “a grave mistake”",
        ),
        ("She said: “We will not go. We stay.", "“We will not go.", "We will not go."),
        ("The act (CAATSA) forbids it.", "act (CAATSA", "act (CAATSA)"),
        ("The mayor, who paid, left.", "mayor,", "mayor"),
        ("Ada Merrow led the inquiry.", "Ada Merrow", "Ada Merrow"),
        ("The jets were paid for.", "were paid", "were paid"),
    ],
)
def test_what_is_cut_is_made_whole(sentence: str, span: str, whole: str) -> None:
    start = sentence.index(span)
    found = make_whole(sentence, start, start + len(span))
    assert found is not None
    assert sentence[slice(*found)] == whole


@pytest.mark.parametrize("span", ["not", "Not", "the", ", ", "no"])
def test_what_says_nothing_is_no_answer(span: str) -> None:
    assert make_whole(span, 0, len(span)) is None


@given(st.text(st.sampled_from('ab A1$ “”"‘’(),.not'), max_size=40), st.data())
def test_a_span_only_grows_within_its_sentence_but_for_marks_at_its_ends(
    sentence: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(sentence)))
    end = data.draw(st.integers(start, len(sentence)))
    found = make_whole(sentence, start, end)
    assert found is None or 0 <= found[0] < found[1] <= len(sentence)
