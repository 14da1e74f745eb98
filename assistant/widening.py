"""What a quoted sentence brings along, so that it can be read alone: from reading to spans.

A sentence that leans on the one before brings it. Speech brings who speaks: a sentence of a longer
quotation brings the rest of it, and an answer in an interview brings the question or the speaker's
name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.base import Reading
from corpus import Sentence, Span, find_quotations, is_only_quoted, split_sentences, split_turns

MAX_CHARACTERS = 600
"""The longest quotation that a widening makes. Who speaks is quoted apart if it would be longer."""
_MAX_ANTECEDENTS = 2
_ASKED = re.compile(r"[?？؟]\W*$")

# Openings of sentences that cannot stand alone: a pronoun, a pointer, or a noun that sums up what
# was said before.
_LEANING = re.compile(
    r"(?i)^[\"'“‘(]*(?:(?:But|And|However|Yet|Still|Meanwhile|Nevertheless|Instead|Also|Then),?\s+)?"
    r"(?:(?:He|She|They|It|Its|His|Her|Their|This|That|These|Those|Both|Such|Following this|"
    r"After that|Since then|As a result|In response|Because of this|The same)\b"
    r"|(?:The|That) (?:move|decision|step|deal|agreement|announcement|statement|claim|claims|"
    r"incident|report|reports|ruling|vote|plan|proposal|accident|attack|issue|dispute|law|"
    r"measure|measures|change|changes|figure|toll|funds|latter|former|two|pair|couple|company|"
    r"firm|ministry|minister|source|sources|officials?|spokesm[ae]n|spokeswoman|"
    r"channel|newspaper|broadcaster|agency|study|survey|poll|suspect|victims?|man|woman|"
    r"\w+ (?:has |had )?(?:prompted|triggered|caused|forced|sparked|provoked|led))\b)",
)
_EXPLETIVE = re.compile(
    r"^(?:However, )?It (?:is|was|has been) (?:\w+ )?"
    r"(?:known|clear|unclear|likely|possible|expected|reported|believed|understood|estimated|"
    r"said|hoped|feared|not known|thought)\b"
)


def widen(reading: Reading) -> tuple[Span, ...]:
    """The span to quote for a sentence, and a second one if who speaks is too far from it."""
    text = reading.hit.article.text
    sentences = split_sentences(text)
    (start, end), apart = _complete(text, sentences, (reading.start, reading.end))
    start = _find_antecedent(text, sentences, start, end)
    for at, turn in enumerate(turns := split_turns(text)):
        if not turn.start <= start < turn.end:
            continue
        asked = text[start:end].rstrip().endswith("?")
        if asked and at + 1 < len(turns) and turns[at + 1].question == turn.start:
            end = _sentence_at(sentences, turns[at + 1].start).end
        fitting = [low for low in (turn.question, turn.start) if end - low <= MAX_CHARACTERS]
        if fitting:
            start = min(start, fitting[0])
        elif apart is None:
            apart = (turn.start, _sentence_at(sentences, turn.start).end)
    quoted = (start, end)
    return (quoted,) if apart is None or (apart[1] > start and apart[0] < end) else (quoted, apart)


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a word that refers to something said before."""
    return bool(_LEANING.match(sentence)) and not _EXPLETIVE.match(sentence)


def _complete(text: str, sentences: Sequence[Sentence], span: Span) -> tuple[Span, Span | None]:
    """The span with the rest of its sentence and of a quotation that it is a part of.

    Returns:
        The span, and the sentence that ends the quotation if the quotation is too long.
    """
    first, last = _sentence_at(sentences, span[0]), _sentence_at(sentences, span[1] - 1)
    if last.end - first.start <= MAX_CHARACTERS:  # passages may cut a long sentence
        span = first.start, last.end
    beside = [sentence for sentence in sentences if sentence.paragraph == first.paragraph]
    low = beside[0].start
    for start, end in find_quotations(text[low : beside[-1].end]):
        start, end = start + low, end + low
        if end <= span[0] or span[1] <= start or (span[0] <= start and end <= span[1]):
            continue
        opening, closing = _sentence_at(sentences, start), _sentence_at(sentences, end - 1)
        whole = min(span[0], opening.start), max(span[1], closing.end)
        if whole[1] - whole[0] > MAX_CHARACTERS:
            named = closing if not is_only_quoted(text[start : closing.end]) else opening
            return span, (named.start, named.end)
        span = whole
    return span, None


def _find_antecedent(text: str, sentences: Sequence[Sentence], start: int, end: int) -> int:
    """Where the sentences start that this span depends on."""
    for _ in range(_MAX_ANTECEDENTS):
        before = [sentence for sentence in sentences if sentence.start < start][-1:]
        if not before or before[0].heading:  # the article's start, or under a heading
            break
        said, earlier = text[start:end], text[before[0].start : before[0].end]
        if not (leans_back(said) or is_only_quoted(said) or _is_reply(said, earlier)):
            break
        start = before[0].start
    return start


def _is_reply(said: str, earlier: str) -> bool:
    """Whether a sentence opens with a quotation that answers a quoted question."""
    asked = any(_ASKED.search(earlier[low:high]) for low, high in find_quotations(earlier))
    return asked and any(low == 0 for low, _ in find_quotations(said))


def _sentence_at(sentences: Sequence[Sentence], at: int) -> Sentence:
    """The sentence that holds a character, or the next one."""
    return next((one for one in sentences if at < one.end), sentences[-1])
