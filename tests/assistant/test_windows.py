"""What the network reads of a question and a passage: all of it, in windows that fit."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.windows import LONGEST, LONGEST_QUESTION, OVERLAP, encode_bare, make_windows, special_ids
from index import load_tokenizer

TOKENIZER = load_tokenizer()
SPECIAL = special_ids(TOKENIZER)
WORDS = st.text(st.sampled_from("abc é地İ .,$\n"), max_size=60)


def test_a_short_passage_stands_in_one_window_as_bert_reads_pairs() -> None:
    question, title, passage = encode_bare(TOKENIZER, ["Who paid?", "Radars", "Norland paid."])
    (window,) = make_windows(question, title, passage, SPECIAL)
    pieces = [TOKENIZER.id_to_token(piece) for piece in window.ids]
    assert pieces == ["[CLS]", "who", "paid", "?", "[SEP]", "radar", "##s", "nor", "##land", "paid", ".", "[SEP]"]
    assert (pieces[window.second], pieces[window.first]) == ("radar", "nor")
    assert window.offsets == [(0, 3), (3, 7), (8, 12), (12, 13)]


@given(question=WORDS, passage=WORDS, times=st.integers(1, 80))
def test_every_word_piece_of_a_passage_stands_in_a_window_and_none_is_too_long(
    question: str, passage: str, times: int
) -> None:
    asked, text = encode_bare(TOKENIZER, [question * times, passage * times])
    windows = make_windows(asked, None, text, SPECIAL)
    assert {offset for window in windows for offset in window.offsets} == set(text.offsets)
    for window in windows:
        assert len(window.ids) <= LONGEST
        assert len(window.ids) == window.first + len(window.offsets) + 1
        assert window.second <= LONGEST_QUESTION + 2


def test_an_answer_at_the_edge_of_a_window_stands_whole_in_another() -> None:
    asked, text = encode_bare(TOKENIZER, ["Who?", "word " * 1_000])
    windows = make_windows(asked, None, text, SPECIAL)
    for one, other in pairwise(windows):
        assert one.offsets[-OVERLAP:] == other.offsets[:OVERLAP]
