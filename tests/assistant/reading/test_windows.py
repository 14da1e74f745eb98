"""The network reads all of a question and a passage, in windows that fit."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.windows import (
    LONGEST,
    LONGEST_LEAD,
    LONGEST_QUESTION,
    OVERLAP,
    Context,
    encode_bare,
    encode_contexts,
    find_context,
    make_windows,
    special_ids,
)
from corpus import Article
from index import load_tokenizer

TOKENIZER = load_tokenizer()
SPECIAL = special_ids(TOKENIZER)
(NOTHING,) = encode_contexts(TOKENIZER, [Context(source="", title="", lead="")])
WORDS = st.text(st.sampled_from("abc é地İ .,$\n"), max_size=60)


def test_a_short_passage_stands_in_one_window_as_bert_reads_pairs() -> None:
    question, passage = encode_bare(TOKENIZER, ["Who paid?", "Norland paid."])
    (context,) = encode_contexts(
        TOKENIZER, [Context(source="Post, May 3, 2022.", title="Radars", lead="It began.")]
    )
    (window,) = make_windows(question, context, passage, SPECIAL)
    pieces = [TOKENIZER.id_to_token(piece) for piece in window.ids]
    opening = "[CLS] who paid ? [SEP] post , may 3 , 202 ##2 . radar ##s it began ."
    assert pieces == [*opening.split(), "nor", "##land", "paid", ".", "[SEP]"]
    assert (pieces[window.second], pieces[window.first]) == ("post", "nor")
    assert window.offsets == [(0, 3), (3, 7), (8, 12), (12, 13)]


def test_a_passage_is_read_with_its_source_its_heading_and_the_sentence_before_it() -> None:
    text = "The mayor spoke.\n\nCosts\n\nNobody paid at first. Then Norland did. It was late."
    article = Article(id="a", title="Radars", text=text, outlet="Post", published=date(2022, 5, 3))
    assert find_context(article, text.index("Then")) == Context(
        source="Post, May 3, 2022.", title="Radars", lead="Costs Nobody paid at first."
    )
    assert find_context(article, text.index("Costs")).lead == "The mayor spoke."
    bare = Article(id="a", text=text)
    assert find_context(bare, 0) == Context(source="", title="", lead="")


def test_of_a_long_lead_the_end_is_read() -> None:
    question, passage = encode_bare(TOKENIZER, ["Who?", "He."])
    (context,) = encode_contexts(
        TOKENIZER, [Context(source="", title="", lead=f"{'far ' * 100}near")]
    )
    (window,) = make_windows(question, context, passage, SPECIAL)
    lead = window.ids[window.second : window.first]
    assert len(lead) == LONGEST_LEAD
    assert TOKENIZER.id_to_token(lead[-1]) == "near"


@given(question=WORDS, passage=WORDS, times=st.integers(1, 80))
def test_every_word_piece_of_a_passage_stands_in_a_window_and_none_is_too_long(
    question: str, passage: str, times: int
) -> None:
    asked, text = encode_bare(TOKENIZER, [question * times, passage * times])
    windows = make_windows(asked, NOTHING, text, SPECIAL)
    assert {offset for window in windows for offset in window.offsets} == set(text.offsets)
    for window in windows:
        assert len(window.ids) <= LONGEST
        assert len(window.ids) == window.first + len(window.offsets) + 1
        assert window.second <= LONGEST_QUESTION + 2


def test_an_answer_at_the_edge_of_a_window_stands_whole_in_another() -> None:
    asked, text = encode_bare(TOKENIZER, ["Who?", "word " * 1_000])
    windows = make_windows(asked, NOTHING, text, SPECIAL)
    for one, other in pairwise(windows):
        assert one.offsets[-OVERLAP:] == other.offsets[:OVERLAP]


def test_a_passage_is_read_by_its_letters_and_offsets_lead_to_the_stored_text() -> None:
    plain, stored = (
        "The café’s flag cost 9 million.",
        "The cafe\u0301’s ﬂag co\u00adst 9\u00a0mil\u200blion.",
    )
    one, other = encode_bare(TOKENIZER, [plain, stored])
    assert one.ids == other.ids
    pieces = [
        (plain[slice(*a)], stored[slice(*b)])
        for a, b in zip(one.offsets, other.offsets, strict=True)
    ]
    assert [b for a, b in pieces if a != b] == ["cafe\u0301", "ﬂag", "co\u00adst", "mil\u200blion"]


def test_an_answer_that_starts_in_an_earlier_passage_is_read_with_its_question() -> None:
    text = (
        "Q: Why did it sink?\n\nA: A seal was worn. The owner knew.\n\nQ: Who paid?\n\nA: No one."
    )
    article = Article(id="a", text=text)
    assert find_context(article, text.index("The owner")).lead == (
        "Q: Why did it sink? A: A seal was worn."
    )
    assert find_context(article, text.index("A: No one")).lead == "Q: Who paid?"
