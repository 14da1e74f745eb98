from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.abstention import decide
from assistant.reading.base import Reading
from assistant.result import Abstention
from corpus import Article
from index import Hit, Passage

ARTICLE = Article(id="a", text="Norland bought radars from Ostia.")
PASSAGE = Passage(id="a:0", article_id="a", start=0, end=len(ARTICLE.text), text=ARTICLE.text)
HIT = Hit(article=ARTICLE, passage=PASSAGE, score=2.0, similarity=0.6)
READING = Reading(
    hit=HIT, start=0, end=len(ARTICLE.text), score=0.0, features=(), short_answer=None
)


def test_nothing_read_is_no_match() -> None:
    decision = decide("Who bought them?", [], 0.3)
    assert (decision.abstention, decision.confidence) == (Abstention.NO_MATCH, 0.0)


def test_the_confidence_is_the_best_sentences_probability() -> None:
    assert (
        decide("Who bought them?", [READING, replace(READING, score=-2.0)], 0.3).confidence == 0.5
    )


@pytest.mark.parametrize("score", [-3.0, -1.0, 0.0, 1.0])
@pytest.mark.parametrize("threshold", [0.1, 0.26, 0.5, 0.9])
def test_it_declines_under_the_threshold_alone(score: float, threshold: float) -> None:
    decision = decide("Who bought them?", [replace(READING, score=score)], threshold)
    assert (decision.abstention is None) == (decision.confidence >= threshold)


def test_a_sentence_at_the_floor_is_exactly_as_sure_as_the_threshold() -> None:
    floor = decide("Who bought them?", [READING], 0.26).floor
    assert decide(
        "Who bought them?", [replace(READING, score=floor)], 0.5
    ).confidence == pytest.approx(0.26)


def test_the_reason_is_the_topic_where_nothing_is_near_in_meaning_and_no_name_is_there() -> None:
    doubtful = replace(READING, score=-4.0)
    far = replace(doubtful, hit=replace(HIT, similarity=0.1))
    assert decide("Who bought them?", [doubtful], 0.3).abstention is Abstention.NO_ANSWER
    assert decide("Who bought them?", [far], 0.3).abstention is Abstention.NO_MATCH
    assert decide("Who painted Norland's flag?", [far], 0.3).abstention is Abstention.NO_ANSWER
    assert decide("Who painted Sudland's flag?", [far], 0.3).abstention is Abstention.NO_MATCH
