from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.abstention import THRESHOLD, decide, found_score
from assistant.reader import Reading
from assistant.result import Abstention
from corpus import Article
from index import Hit, Passage

ARTICLE = Article(id="a", text="Norland bought radars from Ostia.")
PASSAGE = Passage(id="a:0", article_id="a", start=0, end=len(ARTICLE.text), text=ARTICLE.text)
HIT = Hit(article=ARTICLE, passage=PASSAGE, score=2.0, similarity=0.6)
READING = Reading(hit=HIT, start=0, end=len(ARTICLE.text), score=0.0, features=(), short_answer=None)


def found(score: float) -> Reading:
    return replace(READING, hit=replace(HIT, score=score))


def test_nothing_read_is_no_match() -> None:
    decision = decide([])
    assert (decision.abstention, decision.confidence) == (Abstention.NO_MATCH, 0.0)


def test_a_better_sentence_and_better_finding_each_make_it_surer() -> None:
    sure = decide([READING]).confidence
    assert decide([replace(READING, score=1.0)]).confidence > sure
    assert decide([found(2.5)]).confidence > sure


def test_what_search_found_counts_by_its_best_passage_wherever_that_was_read() -> None:
    assert found_score([READING, found(2.5)]) == found_score([found(2.5), READING]) == 2.5


@pytest.mark.parametrize("score", [-3.0, -1.0, 0.0, 1.0])
@pytest.mark.parametrize("search", [0.5, 1.5, 2.6])
def test_it_declines_under_the_threshold_alone(score: float, search: float) -> None:
    decision = decide([replace(found(search), score=score)])
    assert (decision.abstention is None) == (decision.confidence >= THRESHOLD)


def test_a_sentence_at_the_floor_is_exactly_as_sure_as_the_threshold() -> None:
    floor = decide([replace(READING, score=3.0)]).floor
    assert decide([replace(READING, score=floor + 1e-9)]).confidence == pytest.approx(THRESHOLD)


def test_the_reason_is_the_topic_where_nothing_is_near_in_meaning() -> None:
    doubtful = replace(READING, score=-4.0)
    far = replace(doubtful, hit=replace(HIT, similarity=0.1))
    assert decide([doubtful]).abstention is Abstention.NO_ANSWER
    assert decide([far]).abstention is Abstention.NO_MATCH
