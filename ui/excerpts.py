"""The closest sentences, each with some of the passage around it. Pure, and knows nothing of screens."""

from __future__ import annotations

from textwrap import shorten

from assistant import Abstention, Answer, Near

AROUND = 90
"""Characters before and after the sentence that are shown, at most."""
SHOWN = 3
"""The closest sentences that are shown, at most."""
_CUT = "…"


def closest(answer: Answer) -> tuple[Near, ...]:
    """The sentences to show where no sure answer was found; none where the articles have nothing on the topic."""
    return () if answer.abstention is Abstention.NO_MATCH else answer.nearest[:SHOWN]


def excerpt(near: Near) -> tuple[str, str, str]:
    """What stands before the sentence, the sentence, and what stands after it, cut at words."""
    passage, text = near.passage, near.article.text
    before = text[passage.start : near.start]
    after = text[near.end : passage.end]
    head = shorten(before[::-1], AROUND, placeholder=_CUT)[::-1]
    tail = shorten(after, AROUND, placeholder=_CUT)
    return head and f"{head} ", " ".join(near.sentence.split()), tail and f" {tail}"
