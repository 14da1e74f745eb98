"""Find the terms of a text: folded, stemmed words with their offsets, and names.

Offsets always refer to the original text, since folding can change a string's length ("İ".lower()
is two characters).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from index import fold, normalize

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")

# Plurals of things named with a number ("F-35s"), but not decades ("1980s").
_PLURAL_NUMBER = re.compile(r"(?:.*[^\W\d_].*\d|\d{3})s")

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each few for from further get
    got had has have having he her here hers him himself his how i if in into is it its itself just
    may me might more most much must my no nor not now of off on once only or other our out over own
    same she should so some such than that the their theirs them themselves then there these they
    this those through to too under until up upon us very was we were what when where which while
    who whom whose why will with would you your yours s t re ve ll d m please tell say says said
    many long often ever according article articles news
    """.split()
)

# Forms that a stemmer cannot bring together: past forms of verbs common in news, and words for the
# killed and the dead, since a death toll counts them alike.
_IRREGULAR = {
    form: forms.split()[0]
    for forms in (
        "become became|begin began begun|break broke broken|bring brought|build built|buy bought|"
        "catch caught|choose chose chosen|come came|deal dealt|draw drew drawn|drive drove driven|"
        "eat ate eaten|fall fell fallen|feel felt|fight fought|find found|fly flew flown|"
        "forbid forbade forbidden|freeze froze frozen|give gave given|go went gone|"
        "grow grew grown|hear heard|hide hid hidden|hold held|keep kept|know knew known|lay laid|"
        "lead led|leave left|lend lent|lose lost|make made|mean meant|meet met|pay paid|"
        "ride rode ridden|ring rang rung|rise rose risen|run ran|see saw seen|seek sought|"
        "sell sold|send sent|shake shook shaken|shoot shot|show shown|shrink shrank shrunk|"
        "sing sang sung|sink sank sunk|sit sat|speak spoke spoken|spend spent|"
        "spring sprang sprung|stand stood|steal stole stolen|strike struck|swear swore sworn|"
        "swim swam swum|take took taken|teach taught|tear tore torn|think thought|"
        "throw threw thrown|wear wore worn|win won|withdraw withdrew withdrawn|write wrote written|"
        "die died dead death deaths dying kill kills killed killing|"
        "child children|man men|woman women|person people"
    ).split("|")
    for form in forms.split()[1:]
}


@cache
def _stemmer() -> EnglishStemmer:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Folded English stem: "deliveries" -> "deliveri", "sank" -> "sink", "F-35s" -> "f-35"."""
    folded = fold(word)
    if _PLURAL_NUMBER.fullmatch(folded):
        return folded[:-1]
    stemmed: str = _stemmer().stemWord(_IRREGULAR.get(folded, folded))
    return stemmed


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text.

    Attributes:
        start, end: character offsets into the text.
        stem: the form that words are compared by.
        capital: whether it starts with an upper-case letter, or holds a digit.
        content: whether it is not a stop word.
    """

    start: int
    end: int
    stem: str
    capital: bool
    content: bool


def find_terms(text: str) -> list[Term]:
    """The words of a text, in order."""
    found = []
    letters = normalize(text)
    for match in _WORD.finditer(letters.text):
        word = match.group()
        found.append(
            Term(
                *letters.to_original(*match.span()),
                stem(word),
                word[0].isupper() or any(letter.isdigit() for letter in word),
                fold(word) not in STOP_WORDS,
            )
        )
    return found


def content_stems(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(term.stem for term in find_terms(text) if term.content)


def find_names(text: str, *, skip_first: bool = True) -> list[tuple[int, int]]:
    """Spans of names: runs of capitalised words and words with digits ("F-35", "2022 World Cup").

    Args:
        text: a sentence or a question.
        skip_first: leave out the first word, which is capitalised anyway, unless it holds a digit
            or an inner capital, or another name follows it.
    """
    spans: list[tuple[int, int]] = []
    letters = normalize(text)
    text = letters.text
    words = find_terms(text)
    for position, term in enumerate(words):
        if not (term.capital and term.content):
            continue
        word = text[term.start : term.end]
        plain = word[1:].islower() or len(word) == 1
        if skip_first and position == 0 and plain:
            followed = (
                len(words) > 1
                and words[1].capital
                and words[1].content
                and text[term.end : words[1].start] == " "
            )
            if not followed:
                continue
        if spans and text[spans[-1][1] : term.start] == " ":
            spans[-1] = (spans[-1][0], term.end)
        else:
            spans.append((term.start, term.end))
    return [letters.to_original(*span) for span in spans]


def name_stems(text: str) -> frozenset[str]:
    """The stems of the words in a text's names."""
    return frozenset[str]().union(
        *(content_stems(text[start:end]) for start, end in find_names(text))
    )
