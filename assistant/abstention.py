"""Answer or not, and why. Knows nothing of how sentences were scored beyond their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from assistant.reader import FEATURES, Reading
from assistant.result import Abstention

THRESHOLD = 0.5
"""Probability of being right below which Dateline declines."""

_TOPIC_MEANING = 0.35  # cosine of question and best passage under which nothing is on the topic
_SLOPE, _OFFSET = 1.0, 0.0  # Platt scaling of the best sentence's log-odds

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
    """

    confidence: float
    abstention: Abstention | None


def decide(readings: Sequence[Reading]) -> Decision:
    """Answer, or abstain with the reason.

    Args:
        readings: best first; empty where no passage holds a sentence.
    """
    if not readings:
        return Decision(confidence=0.0, abstention=Abstention.NO_MATCH)
    confidence = 1 / (1 + exp(-(_SLOPE * readings[0].score + _OFFSET)))
    if confidence >= THRESHOLD:
        return Decision(confidence=confidence, abstention=None)
    meaning, missing = FEATURES.index("passage_meaning"), FEATURES.index("names_missing")
    near = max(reading.features[meaning] for reading in readings) >= _TOPIC_MEANING
    named = min(reading.features[missing] for reading in readings) < 1.0
    return Decision(confidence=confidence, abstention=Abstention.NO_ANSWER if near and named else Abstention.NO_MATCH)
