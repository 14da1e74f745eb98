"""Edits that a copy of a wire story may have, and edits that make another report of it.

``HARMLESS`` edits keep what is said, ``WORDING`` edits say it in other words, and ``TELLING`` edits
may change it. ``MOVING`` are the harmless edits that move the passages' boundaries. All inserted
sentences are invented. The edits must not depend on the rule that they test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from corpus import Sentence

Change = Callable[[Random, re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Edited:
    """An article's text after an edit, and one of its sentences before and after."""

    text: str
    before: str
    after: str


Edit = Callable[[Random, str, list[Sentence]], Edited | None]
"""Edits a text, given the sentences worth looking for; None if it has no place for the edit."""


def swap(*tables: tuple[str, str]) -> Edit:
    """An edit of one sentence.

    One match of the patterns, chosen at random, becomes its pattern's replacement.
    """

    def expand(new: str) -> Change:
        return lambda _, match: match.expand(new)

    return change(*((pattern, expand(new)) for pattern, new in tables))


def change(*tables: tuple[str, Change]) -> Edit:
    """Like ``swap``, with functions as replacements."""
    compiled = [(re.compile(pattern), new) for pattern, new in tables]

    def edit(rng: Random, text: str, sentences: list[Sentence]) -> Edited | None:
        places = [
            (sentence, match, new)
            for sentence in sentences
            for pattern, new in compiled
            for match in pattern.finditer(text[sentence.start : sentence.end])
        ]
        rng.shuffle(places)
        for sentence, match, new in places:
            before, inside = match.string, new(rng, match)
            if inside != match[0]:
                after = before[: match.start()] + inside + before[match.end() :]
                return Edited(text[: sentence.start] + after + text[sentence.end :], before, after)
        return None

    return edit


def everywhere(*tables: tuple[str, str]) -> Edit:
    """An edit of the whole text; the sentence is one that it changes."""

    def apply(text: str) -> str:
        for pattern, new in tables:
            text = re.sub(pattern, new, text)
        return text

    def edit(rng: Random, text: str, sentences: list[Sentence]) -> Edited | None:
        changed = [
            (s, after)
            for s in sentences
            if (after := apply(text[s.start : s.end])) != text[s.start : s.end]
        ]
        if not changed:
            return None
        sentence, after = rng.choice(changed)
        return Edited(apply(text), text[sentence.start : sentence.end], after)

    return edit


def around(remake: Callable[[Random, list[str]], list[str]]) -> Edit:
    """An edit of an article's paragraphs; the sentence is any that it keeps."""

    def edit(rng: Random, text: str, sentences: list[Sentence]) -> Edited | None:
        edited = "\n\n".join(remake(rng, text.split("\n\n")))
        kept = [text[s.start : s.end] for s in sentences if text[s.start : s.end] in edited]
        sentence = rng.choice(kept) if kept else ""
        return Edited(edited, sentence, sentence) if kept and edited != text else None

    return edit


LOCAL = (
    "The news was met with surprise in Ostrava Falls, where many families have relatives in the"
    " region and where the"
    " town council plans an evening of discussion next month.",
    "Readers who want to share their own view can write to the newsroom. We may print a selection"
    " of letters in the"
    " weekend edition, shortened where necessary and without addresses.",
    "In the county, shops and schools stayed open as usual, and a spokeswoman for the county seat"
    " pointed to the advice"
    " that had been sent to households in the spring.",
)
NAMES = ("Marguerite Oyelaran", "Tobias Wennström", "Delphine Achterberg")
PLACES = ("LONDON", "KYIV", "MEXICO CITY", "WASHINGTON", "NEW DELHI")
AGENCIES = ("Reuters", "AP", "AFP", "Bloomberg")
MONTHS = (
    "January February March April May June July August September October November December".split()
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FIGURES = "two three four five six seven eight nine ten eleven twelve".split()
ROLES = (
    "police officials witnesses doctors lawyers analysts critics supporters prosecutors scientists"
).split()

_ANY_MONTH, _ANY_DAY, _ANY_FIGURE = "|".join(MONTHS), "|".join(DAYS), "|".join(FIGURES)
_VERB = r"\b(is|was|are|were|has|have|had|will|would|could|should|did|does)\b(?! not|n['’]t)"
_NAME = rf"(?<=[a-z,] )(?!(?:{_ANY_MONTH}|{_ANY_DAY}|I)\b)[A-Z][a-z]{{2,}}\b"

MOVING: Mapping[str, Edit] = {
    "a paragraph put in front": around(lambda rng, lines: [rng.choice(LOCAL), *lines]),
    "a paragraph put in the middle": around(
        lambda rng, lines: [
            *lines[: (n := rng.randrange(len(lines)))],
            rng.choice(LOCAL),
            *lines[n:],
        ]
    ),
    "a paragraph put at the end": around(lambda rng, lines: [*lines, rng.choice(LOCAL)]),
    "last paragraphs cut": around(
        lambda rng, lines: lines[: -rng.randint(1, max(1, len(lines) // 3))] or lines
    ),
}
HARMLESS: Mapping[str, Edit] = {
    "another headline": around(lambda _, lines: [*lines, ""]),
    "dateline": around(
        lambda rng, lines: [
            f"{rng.choice(PLACES)} ({rng.choice(AGENCIES)}) — {lines[0]}",
            *lines[1:],
        ]
    ),
    "dateline with the day": around(
        lambda rng, lines: [
            f"{rng.choice(PLACES)}, {rng.choice(MONTHS)} 7 ({rng.choice(AGENCIES)}) - {lines[0]}",
            *lines[1:],
        ]
    ),
    "byline": around(lambda rng, lines: [f"By {rng.choice(NAMES)}", *lines]),
    "credits at the end": around(
        lambda rng, lines: [
            *lines,
            f"Reporting by {rng.choice(NAMES)}; Editing by {rng.choice(NAMES)}",
        ]
    ),
    "credits in brackets": around(
        lambda rng, lines: [
            *lines,
            f"({rng.choice(('Writing', 'Additional reporting'))} by {rng.choice(NAMES)})",
        ]
    ),
    **MOVING,
    "British or American": everywhere(
        *(
            (rf"\b{a}", b)
            for a, b in (("organiz", "organis"), ("recogniz", "recognis"), ("realiz", "realis"))
        ),
        *(
            (rf"{a}\b", b)
            for a, b in (
                ("izations?", "isation"),
                ("olor", "olour"),
                ("avor", "avour"),
                ("abor", "abour"),
            )
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (("center", "centre"), ("defense", "defence"), ("program", "programme"))
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (
                ("traveled", "travelled"),
                ("canceled", "cancelled"),
                ("neighbors", "neighbours"),
            )
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (("toward", "towards"), ("gray", "grey"), ("analyzed", "analysed"))
        ),
    ),
    "straight quotes": everywhere(("[“”]", '"'), ("[‘’]", "'")),
    "curly quotes": everywhere(
        (r"(?<=\w)\'(?=\w)", "’"), (r'(?<!\S)"(?=\w)', "“"), (r'(?<=[\w.,!?])"', "”")
    ),
    "dashes": everywhere((r" [–—] ", "—"), (r"(?<=[a-z])—(?=[a-z])", " - ")),
    "spaces": everywhere((r"\. (?=[A-Z])", ".  "), (r" (?=\d)", "\u00a0")),
    "a line wrapped": swap((r"(?<=[a-z]) (?=of |to |in )", "\n")),
    "figures as digits": change(
        (rf"\b({_ANY_FIGURE})\b", lambda _, m: str(FIGURES.index(m[0]) + 2))
    ),
    "figures as words": change(
        (
            r"(?<![\d.,$€£:/-])(?<![.yhlet] )\b([2-9]|1[0-2])\b(?![\d%]|[.,:/-]\d)(?=[ ,.]?[ a-z])",
            lambda _, m: FIGURES[int(m[0]) - 2],
        ),
    ),
    "bn and m": swap((r"([$€£][\d.,]*\d) billion", r"\1bn"), (r"([$€£][\d.,]*\d) million", r"\1m")),
    "percent signs": swap(
        (r"(?<=\d) ?per ?cent\b", "%"), (r"(?<=\d)%", " percent"), (r"(?<=\d)%", " per cent")
    ),
    "thousands unmarked": swap((r"\b(\d{1,3}),(\d{3})\b(?!,)", r"\1\2")),
    "months shortened": swap(
        (r"\b(Jan)uary(?= \d)", r"\1."),
        (r"\b(Feb)ruary(?= \d)", r"\1."),
        (r"\b(Aug)ust(?= \d)", r"\1."),
        (r"\b(Sept)ember(?= \d)", r"\1."),
        (r"\b(Oct|Nov|Dec)(?:o|em)ber(?= \d)", r"\1."),
    ),
    "day before month": swap((rf"\b({_ANY_MONTH}) (\d\d?)\b(?!,? \d)", r"\2 \1")),
    "abbreviations' dots": swap(
        (r"\bU\.S\.", "US"), (r"\bUS\b", "U.S."), (r"\bU\.K\.", "UK"), (r"\b([ap])\.m\.", r"\1m")
    ),
    "contractions": swap(
        (r"\b(did|is|was|would|could|does|has) not\b", r"\1n't"),
        (r"\b(did|is|was|would|could|does|has)n['’]t\b", r"\1 not"),
        (r"\b(it|he|she) is\b", r"\1's"),
        (r"\bcannot\b", "can't"),
        (r"\bcan['’]t\b", "cannot"),
    ),
    "'that' and articles": swap(
        (r" said that ", " said "), (r"(?<= said) (?=he |she |it |they |the )", " that ")
    ),
    "'on' before a day": swap(
        (rf" on ({_ANY_DAY})", r" \1"),
        (rf"(?<=[a-z])(?<!\b[Oo]n) ({_ANY_DAY})\b(?! [a-z]+ing)", r" on \1"),
    ),
    "told reporters": swap(
        (r"\b(he|she|[A-Z][a-z]+) said(?= the| that| he| she| it|\.|,)", r"\1 told reporters")
    ),
}
"""Edits after which a copy says the same in nearly the same words."""

WORDING: Mapping[str, Edit] = {
    "synonyms": swap(
        (r"\bbuy\b", "purchase"),
        (r"\bbegan\b", "started"),
        (r"\bhelp\b", "assist"),
        (r"\bnearly\b", "almost"),
        (r"\babout (?=\d)", "around "),
        (r"\bbecause\b", "since"),
        (r"\bwhile\b", "whereas"),
        (r"\bshow(?:ed|s)\b", "indicated"),
    ),
    "adverbs dropped": swap(
        (r"\b(?:really|quickly|recently|currently|simply|largely|clearly|quietly|widely) ", "")
    ),
    "attribution moved": swap(
        (r"^([A-Z][^\"“”]{30,}), ([a-z]+ [a-z]+|[A-Z][a-z]+) said\.", r"\2 said \1.")
    ),
}
"""Other edits that copies may have.

No rule can tell them from a change of claim without understanding the text, so they are counted
separately.
"""

TELLING: Mapping[str, Edit] = {
    "a number": change((r"(?<![\d.,])\d[\d.,]*\b", lambda rng, m: _another_number(rng, m[0]))),
    "a figure in words": change((rf"\b({_ANY_FIGURE})\b", lambda rng, _: rng.choice(FIGURES))),
    "billion, million": swap(
        (r"\bbillion\b", "million"), (r"\bmillion\b", "billion"), (r"\bthousand\b", "million")
    ),
    "percentage points": swap((r"(?<=\d)( percent|%)", " percentage points")),
    "a unit": swap(
        (r"\bmiles\b", "kilometers"),
        (r"\bhours\b", "days"),
        (r"\bdays\b", "weeks"),
        (r"\$(?=\d)", "€"),
    ),
    "a weekday": change((rf"\b({_ANY_DAY})\b", lambda rng, _: rng.choice(DAYS))),
    "a month": change((rf"\b({_ANY_MONTH})(?= \d)", lambda rng, _: rng.choice(MONTHS))),
    "when": swap(
        (r"\b([Tt])his (week|month|year)", r"\1hat \2"),
        (r"\blast (week|month|year)", r"next \1"),
        (r"\ba\.m\.", "p.m."),
        (r"\bp\.m\.", "a.m."),
        (r"\bbefore\b", "after"),
        (r"\bafter\b", "before"),
        (r"\bsince\b", "until"),
    ),
    "a name": change((_NAME, lambda rng, m: rng.choice([*re.findall(_NAME, m.string), "Larkin"]))),
    "two names swapped": swap((rf"({_NAME})( [a-z][\w ,]{{3,40}} )({_NAME})", r"\3\2\1")),
    "a letter of a name": swap((r"(?<=[a-z,] )([A-Z][a-z]+)[aeo]([a-z]+)\b", r"\1i\2")),
    "a negation put in": swap((_VERB, r"\1 not"), (_VERB, r"\1 never")),
    "a negation taken out": swap(
        (r" (?:not|never)\b(?! only)", ""),
        (r"(?<!ca)(?<!wo)n['’]t\b", ""),
        (r"\bno longer\b", "still"),
    ),
    "'no' put in": swap(
        (r"\b(?:a|any|some) (?=[a-z]{4})", "no "),
        (r"\bwith\b", "without"),
        (r"\bwithout\b", "with"),
    ),
    "the opposite": swap(
        *(
            (rf"\b{a}\b", b)
            for a, b in (("rose", "fell"), ("fell", "rose"), ("won", "lost"), ("lost", "won"))
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (
                ("more", "fewer"),
                ("higher", "lower"),
                ("increased", "decreased"),
                ("over", "under"),
            )
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (
                ("first", "last"),
                ("best", "worst"),
                ("up", "down"),
                ("against", "for"),
                ("from", "to"),
            )
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (
                ("approved", "rejected"),
                ("confirmed", "denied"),
                ("supported", "opposed"),
            )
        ),
        *(
            (rf"\b{a}\b", b)
            for a, b in (
                ("guilty", "innocent"),
                ("injured", "killed"),
                ("killed", "injured"),
                ("died", "survived"),
            )
        ),
    ),
    "a clause put in": change(
        (
            r"\.$",
            lambda rng, _: rng.choice(
                (", and two more were missing.", ", though it later withdrew the claim.")
            ),
        )
    ),
    "a correction put in": change(
        (
            r"\.$",
            lambda rng, _: rng.choice(
                (". That figure was wrong.", ". A court overturned this later.")
            ),
        )
    ),
    "a clause cut": swap(
        (r", [^,.“”\"]{12,60}(?=\.$)", ""),
        (r" (?:after|because|when|if|unless) [^,.“”\"]{12,60}(?=\.$)", ""),
    ),
    "another source": swap(
        (rf"\b(?:{'|'.join(ROLES)}|he|she|they) said\b", "residents said"),
        (r"\baccording to\b", "contrary to"),
    ),
    "a source taken out": swap(
        (r", (?:[a-z]+ ){0,3}(?:he|she|they|officials|police|authorities) said(?=[.,])", "")
    ),
    "a hedge taken out": swap(
        (
            (
                r"\b(?:alleged|allegedly|reportedly|suspected|possibly|probably|perhaps"
                r"|apparently|likely|potentially) "
            ),
            "",
        ),
        (r"\b(?:may|might|could) (?=[a-z])", "will "),
        (
            (
                r"\b(?:more than|less than|at least|at most|nearly|almost|about|up to"
                r"|as many as|over) (?=[$€£]?\d)"
            ),
            "",
        ),
    ),
    "a hedge put in": swap(
        (r"\bwill (?=[a-z])", "may "),
        (r"(?<=[a-z] )(?=\d{2,3}\b [a-z])", "more than "),
        (r"\b(was|were) (?=[a-z]+ed\b)", r"\1 allegedly "),
    ),
    "a qualifier": swap(
        (r"\b(?:former|acting|deputy|senior|most|many|some|only|all|every) (?=[a-z])", "")
    ),
    "all for some": swap(
        (r"\bsome\b", "all"),
        (r"\ball\b", "most"),
        (r"\bmany\b", "few"),
        (r"\bmost\b", "many"),
        (r"\band\b", "or"),
    ),
    "past and present": swap(
        (r"\bis\b", "was"),
        (r"\bare\b", "were"),
        (r"\bwas\b", "is"),
        (r"\bwere\b", "are"),
        (r"\bhas\b", "had"),
    ),
    "who": swap(
        (r"\bhis\b", "her"),
        (r"\bhe\b", "she"),
        (r"\bshe\b", "he"),
        (r"\bits\b", "their"),
        (r"\bthey\b", "it"),
    ),
    "a place": swap(
        (r"\bnorth(ern)?\b", r"south\1"),
        (r"\bsouth(ern)?\b", r"north\1"),
        (r"\beast(ern)?\b", r"west\1"),
        (r"\binside\b", "outside"),
    ),
    "a preposition": swap(
        (r"\bin (?=[A-Z])", "to "),
        (r"\bfor (?=[a-z])", "by "),
        (r"\bon (?=the )", "off "),
        (r"\bof (?=[A-Z])", "with "),
    ),
}
"""Edits that make another report of a story.

Some may be harmless now and then; none may be collapsed.
"""


def _another_number(rng: Random, number: str) -> str:
    at = rng.choice([n for n, letter in enumerate(number) if letter.isdigit()])
    return number[:at] + rng.choice([d for d in "123456789" if d != number[at]]) + number[at + 1 :]
