import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.sentences import split_sentences

PIECES = st.sampled_from(
    [
        "The U.S. ",
        "Mr. X",
        "left. ",
        "“No,” ",
        "\n",
        "\n\n",
        " \r\n",
        "\u2028",
        "\t",
        "他来了。",
        "مرحبا؟ ",
        "🙂",
        "İ",
        "ß",
        "...",
        "1. ",
        "?!",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def split(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text)]


@given(TEXTS)
def test_sentences_are_ordered_disjoint_and_cover_all_that_is_not_white_space(text: str) -> None:
    sentences = split_sentences(text)
    end = 0
    paragraph = 0
    for sentence in sentences:
        assert not text[end : sentence.start].strip()
        assert sentence.start < sentence.end
        quote = text[sentence.start : sentence.end]
        assert quote == quote.strip()
        assert paragraph <= sentence.paragraph <= paragraph + 1
        end, paragraph = sentence.end, sentence.paragraph
    assert not text[end:].strip()


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_no_sentence_crosses_a_blank_line(texts: list[str]) -> None:
    text = "\n\n".join(texts)
    assert not any("\n\n" in sentence for sentence in split(text))


@pytest.mark.parametrize(
    "sentences",
    [
        ["Talks stalled after U.S. Ambassador Hale spoke.", "He left on Sept. 15, 2019."],
        ["It paid approximately $1.4 billion to Mr. Doe.", "Prices fell by 3.5 percent."],
        ["Relations cooled with the U.S.", "They met again in May."],
        ["Lt. Gov. Ann Smith met Sen. Roe in St. Louis.", "At noon she left."],
        ["“We will not move.”", "“Why?” asked the judge.", "Nobody answered."],
        ["It was … odd.", "Then the lights went out."],
        ["The book is by J. R. Writer.", "It sold well."],
        ["Görüşmeler İstanbul'da sürdü.", "İmza atılmadı."],
        ["Er kam am 3. Oktober.", "Danach ging er."],
        ["他昨天离开了。", "为什么？", "没有人知道！"],
        ["هل ذهبت؟", "نعم ذهبت.", "ثم عاد."],
        ["यह एक वाक्य है।", "यह दूसरा है।"],
    ],
)
def test_stops_that_end_no_sentence_are_passed_over(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_a_short_line_before_a_paragraph_is_a_heading() -> None:
    text = (
        "The first part ended there.\n\nWhat happened?\n\n"
        "The council voted on Monday, and the plan was dropped.\n"
    )
    assert [sentence.heading for sentence in split_sentences(text)] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "Parliament passes the law",
        "It ends here.\n\nReporting by nobody at all",
        (
            "- Buy some milk\n- Buy some bread\n- Buy a whole cheese\n\n"
            "That was the list that she had left on the table."
        ),
        (
            "“We will see”\n\n"
            "He said no more, and the session was closed in the evening after many hours."
        ),
        (
            "Roses are red\nViolets are blue\nSugar is sweet\n\n"
            "The verse is older than most who quote it think it is."
        ),
    ],
)
def test_lists_quotations_verse_and_last_lines_are_no_headings(text: str) -> None:
    assert not any(sentence.heading for sentence in split_sentences(text))


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "The council of Port Example met on Monday to discuss the budget, and it\n"
        "voted to close the harbour for a week. The mayor, who had asked for two\n"
        "weeks, said that she was content. Nobody spoke against it in the debate\n"
        "or after.\n\n"
        "The harbour opens again in May.\n"
    )
    sentences = split_sentences(text)
    assert [sentence.paragraph for sentence in sentences] == [0, 0, 0, 1]
    assert text[sentences[0].start : sentences[0].end].endswith(
        "and it\nvoted to close the harbour for a week."
    )


def test_lines_of_different_lengths_are_paragraphs_of_their_own() -> None:
    text = (
        "The harbour was closed on Monday.\nNobody was hurt.\n"
        "The mayor said that it would open again by Friday.\n"
    )
    assert [sentence.paragraph for sentence in split_sentences(text)] == [0, 1, 2]


@pytest.mark.parametrize("unit", ["The mayor of X paid $1.4 million. ", "x", "。", "word "])
def test_a_line_of_five_million_characters_takes_seconds(unit: str) -> None:
    text = unit * (5_000_000 // len(unit))
    start = time.process_time()
    assert split_sentences(text)
    assert time.process_time() - start < 20


@pytest.mark.parametrize("unit", ["“No!” Moe said. ", "“‘a ", '"a. '])
def test_many_quotations_closed_or_not_take_time_in_proportion(unit: str) -> None:
    start = time.process_time()
    assert split_sentences(unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 15
