"""Finds hard negatives: paragraphs that search wrongly returns for a question.

A reader that has only seen right paragraphs trusts whatever it is given. So each question also gets
a paragraph, on its own topic or another, that ranks high but does not hold the answer. It is ranked
by words (BM25) or by meaning (the encoder's cosine), as in Karpukhin et al. 2020
(arXiv:2004.04906).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from assistant.evaluation.metrics import spell
from assistant.training.squad import Paragraph, Question
from index import Encoder

TOP = 10
"""A negative is drawn from this many top-ranked paragraphs."""
_BATCH = 256


def find_negatives(
    paragraphs: Sequence[Paragraph],
    searched: Sequence[int],
    questions: Sequence[Question],
    encoder: Encoder,
    *,
    seed: int,
    advance: Callable[[int], None] = lambda count: None,
) -> list[int | None]:
    """The index of a wrong paragraph for each question, or None if all ranked ones hold the answer.

    Questions are ranked by words and by meaning in turn.

    Args:
        paragraphs: all paragraphs.
        searched: indices of the paragraphs to search.
        questions: must have answers, since these tell which paragraphs are wrong.
        encoder: ranks by meaning; long paragraphs are cut to what it can read.
        seed: for the draw.
        advance: called with the number of paragraphs and questions encoded.
    """
    chance = random.Random(seed)
    some = [paragraphs[n] for n in searched]
    spelled = [f" {spell(paragraph.text)} " for paragraph in some]
    ranked = (_rank_by_words(some, questions), _rank_by_meaning(some, questions, encoder, advance))
    found: list[int | None] = []
    for n, question in enumerate(questions):
        answers = [f" {words} " for answer in question.accepted if (words := spell(answer))]
        wrong = [
            searched[place]
            for place in ranked[n % 2][n].tolist()
            if searched[place] != question.paragraph
            and not any(answer in spelled[place] for answer in answers)
        ]
        found.append(chance.choice(wrong) if wrong else None)
    return found


def _rank_by_words(paragraphs: Sequence[Paragraph], questions: Sequence[Question]) -> np.ndarray:
    """(questions, TOP) indices of paragraphs, best first."""
    import bm25s

    index = bm25s.BM25()
    index.index(
        bm25s.tokenize([f"{p.title}\n{p.text}" for p in paragraphs], show_progress=False),
        show_progress=False,
    )
    asked = bm25s.tokenize([question.text for question in questions], show_progress=False)
    places: np.ndarray = index.retrieve(
        asked, k=min(TOP, len(paragraphs)), show_progress=False
    ).documents
    return places


def _rank_by_meaning(
    paragraphs: Sequence[Paragraph],
    questions: Sequence[Question],
    encoder: Encoder,
    advance: Callable[[int], None],
) -> np.ndarray:
    """(questions, TOP) indices of paragraphs, best first."""
    texts = [_fit(f"{paragraph.title}\n{paragraph.text}", encoder) for paragraph in paragraphs]
    texts += [question.text for question in questions]
    parts = []
    for low in range(0, len(texts), _BATCH):
        parts.append(encoder.encode_passages(texts[low : low + _BATCH]))
        advance(len(parts[-1]))
    rows = np.concatenate(parts)
    passages, asked = rows[: len(paragraphs)], rows[len(paragraphs) :]
    top = min(TOP, len(paragraphs))
    best = [np.argsort(-(passages @ question))[:top] for question in asked]
    return np.array(best)


def _fit(text: str, encoder: Encoder) -> str:
    """The beginning of a text, cut to the length that the encoder can read."""
    while (count := encoder.count_tokens([text])[0]) > encoder.max_tokens:
        text = text[: int(len(text) * 0.95 * encoder.max_tokens / count)]
    return text
