"""Answer or not, and why. Knows nothing of how sentences were scored beyond their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from assistant.reader import Reading
from assistant.result import Abstention

THRESHOLD = 0.26
"""Probability of being right below which Dateline declines.

There, false answers and false refusals are most nearly as frequent on the even half of news-dev (.42 and .38;
2026-11-23, by the command below).
"""

# Log-odds that the best sentence is right: its own score, the score of what search found, and a constant.
# Fitted 2026-11-23 for the reader's WEIGHTS on 1,138 questions of SQuAD 2.0 train and the even half of news-dev, with
# and without the day asked, by python -m assistant.training.sentences --keep
_SENTENCE, _FOUND, _CONSTANT = 0.879, 0.949, -2.113

# Cosine of question and best passage under which nothing is on the topic. Set by eye; it chooses only the reason.
_TOPIC_MEANING = 0.35

MESSAGES = {
    Abstention.NO_ARTICLES: "There are no articles to answer from.",
    Abstention.NO_MATCH: "Nothing in the articles is about this.",
    Abstention.NO_ANSWER: "The articles touch on this, but the answer is not in them.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether to answer.

    Attributes:
        confidence: probability in [0, 1] that the best sentence answers the question.
        abstention: None, or why not.
        floor: log-odds that a further sentence must have to be as sure as ``THRESHOLD``.
    """

    confidence: float
    abstention: Abstention | None
    floor: float = 0.0


def found_score(readings: Sequence[Reading]) -> float:
    """How well search found what was read: the score of its best passage, which is high where all evidence agrees."""
    return max(reading.hit.score for reading in readings)


def decide(readings: Sequence[Reading]) -> Decision:
    """Answer, or abstain with the reason.

    Args:
        readings: best first; empty where no passage holds a sentence.
    """
    if not readings:
        return Decision(confidence=0.0, abstention=Abstention.NO_MATCH)
    evidence = _FOUND * found_score(readings) + _CONSTANT
    confidence = 1 / (1 + exp(-(_SENTENCE * readings[0].score + evidence)))
    if confidence >= THRESHOLD:
        floor = (log(THRESHOLD / (1 - THRESHOLD)) - evidence) / _SENTENCE
        return Decision(confidence=confidence, abstention=None, floor=floor)
    near = max(reading.hit.similarity for reading in readings) >= _TOPIC_MEANING
    return Decision(confidence=confidence, abstention=Abstention.NO_ANSWER if near else Abstention.NO_MATCH)
