"""Answer or not, and why. Knows nothing of how sentences were scored beyond their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from assistant.reader import Reading
from assistant.result import Abstention

THRESHOLD = 0.3
"""Probability of being right below which Dateline declines; chosen, not fitted: see DECISIONS.md."""

# Platt scaling of the best sentence's log-odds, fitted with WEIGHTS on the same questions, both sets counting alike.
_SLOPE, _OFFSET = 0.859, 0.547
FLOOR = (log(THRESHOLD / (1 - THRESHOLD)) - _OFFSET) / _SLOPE
"""Log-odds of a sentence at which its probability is THRESHOLD."""

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
    near = max(reading.hit.similarity for reading in readings) >= _TOPIC_MEANING
    return Decision(confidence=confidence, abstention=Abstention.NO_ANSWER if near else Abstention.NO_MATCH)
