"""The closest sentences, each with some of the passage around it. Pure functions."""

from __future__ import annotations

from textwrap import shorten

from assistant import Abstention, Answer, Near

AROUND = 90
"""Maximum number of characters shown before the sentence, and after it."""
SHOWN = 3
"""Maximum number of closest sentences shown."""
_CUT = "…"


def closest(answer: Answer) -> tuple[Near, ...]:
    """The sentences to show if no sure answer was found.

    There are none if the articles have nothing on the topic.
    """
    return () if answer.abstention is Abstention.NO_MATCH else answer.nearest[:SHOWN]


def excerpt(near: Near) -> tuple[str, str, str]:
    """The text before the sentence, the sentence, and the text after it, cut at words."""
    passage, text = near.passage, near.article.text
    before = text[passage.start : near.start]
    after = text[near.end : passage.end]
    head = shorten(before[::-1], AROUND, placeholder=_CUT)[::-1]
    tail = shorten(after, AROUND, placeholder=_CUT)
    return head and f"{head} ", " ".join(near.sentence.split()), tail and f" {tail}"
