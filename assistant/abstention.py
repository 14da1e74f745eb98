"""Decide whether to answer, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from assistant.reading.base import Reading
from assistant.result import Abstention
from assistant.terms import content_stems, name_stems

# Cosine of question and best passage below which no passage is on the topic, unless one holds one
# of the question's names. Set by eye; it affects only the reason.
_TOPIC_MEANING = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether to answer.

    Attributes:
        confidence: probability in [0, 1] that the best sentence answers the question.
        abstention: the reason not to answer, or None.
        floor: log-odds that a further sentence must have to be as sure as the threshold.
    """

    confidence: float
    abstention: Abstention | None
    floor: float


def decide(query: str, readings: Sequence[Reading], threshold: float) -> Decision:
    """Answer, or abstain with the reason.

    Args:
        query: the question as understood, for which the passages were read.
        readings: best first; empty if no passage holds a sentence.
        threshold: probability of being right below which to abstain, in (0, 1).
    """
    floor = log(threshold / (1 - threshold))
    if not readings:
        return Decision(confidence=0.0, abstention=Abstention.NO_MATCH, floor=floor)
    confidence = 1 / (1 + exp(-readings[0].score))
    if confidence >= threshold:
        return Decision(confidence=confidence, abstention=None, floor=floor)
    reason = Abstention.NO_ANSWER if _on_topic(query, readings) else Abstention.NO_MATCH
    return Decision(confidence=confidence, abstention=reason, floor=floor)


def _on_topic(query: str, readings: Sequence[Reading]) -> bool:
    """Whether the passages have anything to do with the question."""
    if max(reading.hit.similarity for reading in readings) >= _TOPIC_MEANING:
        return True
    names = name_stems(query)
    passages = {reading.hit.passage.id: reading.hit.passage.text for reading in readings}
    return any(names & content_stems(text) for text in passages.values())
