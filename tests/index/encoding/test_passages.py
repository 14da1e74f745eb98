from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Article, split_sentences
from index import EncoderError, Passage
from index.encoding.encoder import load_encoder
from index.encoding.passages import passage_input, split_article

ENCODER = load_encoder()
WORDS = (
    "Ankara denied Monday's report, and the S-400 talks went on for 2.5 billion dollars Türkiye "
    "土耳其 İstanbul"
).split()


def count_pieces(texts: Sequence[str]) -> list[int]:
    """A simple tokenizer: one token for each word, and two around them."""
    return [len(text.split()) + 2 for text in texts]


def split(text: str, limit: int, *, title: str | None = None) -> list[Passage]:
    return split_article(Article(id="a", title=title, text=text), "r1", count_pieces, limit)


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def test_an_article_that_fits_is_one_passage() -> None:
    (passage,) = split("Ankara waited. Nothing came.", 20, title="The wait")
    assert (passage.id, passage.start, passage.end) == ("a:r1:0", 0, 28)


def test_the_title_line_is_encoded_with_the_passage() -> None:
    article = Article(id="a", title=" The\nlong  wait ", text="Ankara waited.")
    (passage,) = split_article(article, "r1", count_pieces, 20)
    assert passage_input(article, passage) == "The long wait\nAnkara waited."


def test_an_article_without_a_title_is_encoded_alone() -> None:
    article = Article(id="a", text="Ankara waited.")
    (passage,) = split_article(article, "r1", count_pieces, 20)
    assert passage_input(article, passage) == "Ankara waited."


def test_a_very_long_title_is_cut_at_a_word() -> None:
    article = Article(id="a", title="word " * 100, text="Ankara waited.")
    (passage,) = split_article(article, "r1", count_pieces, 40)
    title = passage_input(article, passage).split("\n")[0]
    assert len(title) <= 128
    assert set(title.split()) == {"word"}


def test_passages_are_whole_sentences() -> None:
    text = "One two three four. Five six seven. Eight nine ten eleven. Twelve thirteen."
    assert texts(split(text, 10)) == [
        "One two three four. Five six seven.",
        "Eight nine ten eleven. Twelve thirteen.",
    ]


def test_passages_end_where_paragraphs_end() -> None:
    text = "Aa bb cc dd. Ee ff.\n\nGg hh ii. Jj kk ll mm.\n\nNn oo pp qq rr. Ss tt uu."
    assert texts(split(text, 13)) == text.split("\n\n")


def test_passages_are_of_even_length() -> None:
    sizes = [len(text.split()) for text in texts(split("The jets were not sold. " * 11, 52))]
    assert sizes == [25, 30]


def test_a_heading_stays_with_what_follows() -> None:
    prose = (
        "The ministry said that it would go on with the talks in the coming weeks and would not "
        "sell."
    )
    text = f"{prose}\n\nWhat comes next\n\n{prose} {prose}"
    assert any(sentence.heading for sentence in split_sentences(text))
    assert [passage.text.startswith("What comes next") for passage in split(text, 45)] == [
        False,
        True,
    ]


def test_a_sentence_over_the_limit_is_split_at_clauses_and_lost_nowhere() -> None:
    sentence = (
        "Ankara spoke of jets, of radars and of a price, and Athens listened to it, and then it "
        "spoke of money."
    )
    parts = texts(split(sentence, 14))
    assert all(part.endswith((",", ".")) for part in parts)
    assert " ".join(parts) == sentence


@pytest.mark.parametrize(
    "text", ["x" * 3_000, "中" * 900, "a-b/" * 700, "🛩️" * 500], ids=["word", "han", "path", "emoji"]
)
def test_text_without_any_white_space_is_split(text: str) -> None:
    article = Article(id="a", title="Title", text=text)
    passages = split_article(article, "r1", ENCODER.count_tokens, ENCODER.max_tokens)
    assert "".join(passage.text for passage in passages) == text
    assert (
        max(ENCODER.count_tokens([passage_input(article, passage) for passage in passages])) <= 256
    )


def test_an_encoder_that_reads_more_gets_no_more_than_512() -> None:
    assert len(split("The jets were not sold. " * 300, 8_192)) == 3


def test_an_encoder_that_reads_next_to_nothing_is_an_error() -> None:
    with pytest.raises(EncoderError, match="use another encoder"):
        split("Ankara waited.", 4, title="The wait")


def test_a_tokenizer_that_makes_more_of_a_whole_than_of_its_parts_is_obeyed() -> None:
    def count(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + text.count(" ") + text.count("\n") + 2 for text in texts]

    article = Article(id="a", title="The wait", text="Aa bb cc dd. Ee ff gg. " * 30)
    passages = split_article(article, "r1", count, 40)
    assert max(count([passage_input(article, passage) for passage in passages])) <= 40


@settings(max_examples=150)
@given(
    words=st.lists(
        st.sampled_from(
            [
                *WORDS,
                "end.",
                "Stop!",
                "\n\n",
                "x" * 120,
                "—",
                "🛩️",
                "한국어뉴스",
                "…",
                "\u200b",
                "\t",
            ]
        )
        | st.text(min_size=1, max_size=9),
        min_size=1,
        max_size=400,
    ),
    title=st.none() | st.text(max_size=300),
    limit=st.integers(140, 300),
)
def test_passages_cover_the_article_and_fit(
    words: list[str], title: str | None, limit: int
) -> None:
    text = " ".join(words).replace("\x00", "")
    title = title.replace("\x00", "").strip() or None if title else None
    if not text.strip():
        return
    article = Article(id="a", title=title, text=text)
    passages = split_article(article, "r1", ENCODER.count_tokens, limit)
    end = 0
    for ordinal, passage in enumerate(passages):
        assert passage.id == f"a:r1:{ordinal}"
        assert not text[end : passage.start].strip()
        assert text[passage.start : passage.end] == passage.text
        end = passage.end
    assert not text[end:].strip()
    assert (
        max(ENCODER.count_tokens([passage_input(article, passage) for passage in passages]))
        <= limit
    )
