"""Merges hits that are copies of one wire story into one hit with ``also_in``.

Passages of different articles are copies if each article contains the other's passage word for word
after normalization. It writes "organised" as "organized", "twelve" as "12" and "$1.4bn" as "$1.4
billion", and drops "a", "the", "and", bylines and datelines. One number, name, negation or other
word added, missing or different makes them two reports: "12 dead" and "15 dead", "denied" and
"confirmed". A copy is hidden only if everything it says is in hits that are shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations, pairwise

from index.folding import fold
from index.hit import Hit

LONG = 6
"""The fewest letters of a long word. Pairs of long words are compared first, as a quick test."""
MIN_SHARED = 0.1
"""The share of the shorter passage's pairs of long words that the other must have, too.

Only such passages are compared in full.
"""

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen".split()
)
_UNITS += "sixteen seventeen eighteen nineteen".split()
_TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_NUMERALS = {word: number for number, word in enumerate(_UNITS)} | _TENS

_WORD = re.compile(
    r"(?:(?<![^\s(])[-+](?=\d))?[a-z0-9]+(?:[.,:'][a-z0-9]+)*|\$|[.!?]+(?=[\"')\]]*(?:\s|$))|\n\s*\n"
)
_STOPS = re.compile(r" (?:\. )+")
_SMALL = frozenset({"a", "an", "the", "that", "and", "also"})
"""Words that editors add and cut without changing a claim.

Words such as "to" and "from", "is" and "was", or "or" do change it.
"""

# Text around a report that makes no claim: bylines, credits, copyright lines, and datelines with
# the place and the agency.
_CREDIT = (
    r"(?:(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled) by|By(?= [A-Z]))"
)
_NAMED = (
    r"(?:[ ;,&]+(?:and|in|by|with|[Aa]dditional|[Rr]eporting|[Ww]riting|[Ee]diting"
    r"|[A-Z][\w.'\u2019-]*))+"
)
_FURNITURE = re.compile(
    rf"^[ \t]*{_CREDIT}{_NAMED}[ \t]*$|[(\[]{_CREDIT}{_NAMED}[)\]]"
    r"|^[ \t]*(?:Copyright )?\u00a9[^\n]*$",
    re.MULTILINE,
)
_DATELINE = re.compile(
    r"(?:\s*(?:(?:[A-Z][\w.'\u2019/ ,-]{0,60} )?"
    r"\((?:Reuters|AP|AFP|UPI|PA|dpa|Bloomberg|CNN|BBC|Xinhua)\)"
    r"|[A-Z][A-Z.'\u2019, ]{1,40}(?:, [A-Z][a-z]+\.? \d\d?)?)(?:\s+-+\s+|\s*[\u2013\u2014]+\s*))+"
)
_LONG_MONTHS = {month[:3]: month for month in _MONTHS}
_ANY_MONTH = "|".join(_MONTHS)
_PHRASES = {  # replaced literally, which is ten times as fast as with patterns
    "%": " percent",
    "per cent": "percent",
    " told reporters": " said",
    " a few ": " afew ",  # "few were saved" says the opposite
    " a little ": " alittle ",
    **{
        f" {title}.": f" {title}"
        for title in "mr mrs ms dr st sen rep gov gen lt col jr sr inc co corp ltd".split()
    },
    **{f" on {day}day": f" {day}day" for day in "mon tues wednes thurs fri satur sun".split()},
}
_FORMS = [  # normal forms of several words
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\.(?:(?<=\b[a-z]\.)(?=[a-z]\b)|(?<=\b[a-z]\.[a-z]\.))", ""),  # U.S., p.m.
        (r"((?:\$|eur|gbp)\d[\d.]*)m\b", r"\1 million"),
        (rf"\b(\d\d?) ({_ANY_MONTH})\b", r"\2 \1"),
        (rf"\bon (?=(?:{_ANY_MONTH}) \d)", ""),
    )
]
_SHORT_MONTH = re.compile(rf"\b({'|'.join(_LONG_MONTHS)}|sept)\b\.?(?= \d)")
_NUMERAL = re.compile(rf"\b({'|'.join(_TENS)})-({'|'.join(_UNITS[1:10])})\b")
_SPELLINGS = [  # normal forms of one word
    (re.compile(pattern), form)
    for pattern, form in (
        (r"^(?:can't|cannot)$", "can not"),
        (r"^won't$", "will not"),
        (r"n't$", " not"),
        (r"^(he|she|it|there|who|what)'s$", r"\1 is"),
        (r"'re$", " are"),
        (r"'ve$", " have"),
        (r"'ll$", " will"),
        (r"^says$", "said"),
        (r"(?<=\d),(?=\d{3}(?!\d))", ""),
        (r"(?<=\d)ml?n$", " million"),
        (r"(?<=\d)bn$", " billion"),
        (r"(?<=\d)tn$", " trillion"),
        (r"(?<=\d)(?=[ap]m$)", " "),
        (r"(?<=i)s(?=(?:e[drs]?|ers|ing|ation.*)(?:'s)?$)", "z"),
        (r"(?<=ly)s(?=(?:e[drs]?|ers|ing)$)", "z"),
        (r"(?<=..)our", "or"),
        (r"tre(s?)$", r"ter\1"),
        (r"([aeiou].*[aeu])ll(?=(?:ed|ing|ers?)$)", r"\1l"),
        (r"ence$", "ense"),
        (r"ogue(s?)$", r"og\1"),
        (r"mme(s?)$", r"m\1"),
        (r"(?<=.)wards$", "ward"),
        (r"^grey", "gray"),
    )
]


@dataclass(frozen=True)
class _Text:
    """A text that is compared with others; ``opens`` is True if an article begins with it."""

    text: str
    opens: bool = True

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Pairs of consecutive long words. Different reports of one story share few of them."""
        return frozenset(pairwise(word for word in self.text.split() if len(word) >= LONG))

    @property
    def plain(self) -> str:
        return _write(self.text, self.opens)


def collapse(hits: Sequence[Hit]) -> list[Hit]:
    """Merge copies into one hit each: the passage of the earliest article, with the best score.

    Args:
        hits: the hits, best first.

    Returns:
        The merged hits, best first. ``also_in`` lists the other articles that carry a passage,
        earliest first, undated ones last.
    """
    texts = {hit.article.id: _Text(hit.article.text) for hit in hits}
    passages = [
        _Text(hit.passage.text, opens=not hit.article.text[: hit.passage.start].strip())
        for hit in hits
    ]
    copies = _find_copies(hits, texts, passages)
    days = {hit.article.id: hit.article.published or date.max for hit in hits}
    ages = {name: age for age, name in enumerate(sorted(days, key=days.__getitem__))}
    shown: defaultdict[str, list[int]] = defaultdict(list)  # by article
    behind: dict[int, list[int]] = {}  # shown hit -> the hits hidden behind it
    for n in sorted(range(len(hits)), key=lambda n: ages[hits[n].article.id]):
        for name in sorted(
            {hits[m].article.id for m in copies[n] & behind.keys()}, key=ages.__getitem__
        ):
            if _cover(
                texts[name].plain, passages[n].plain, [passages[m].plain for m in shown[name]]
            ):
                for m in copies[n].intersection(shown[name]):
                    behind[m].append(n)
                break
        else:
            shown[hits[n].article.id].append(n)
            behind[n] = []
    return sorted(
        (_merge(hits[n], [hits[m] for m in behind[n]]) for n in sorted(behind)),
        key=lambda hit: -hit.score,
    )


def _find_copies(
    hits: Sequence[Hit], texts: Mapping[str, _Text], passages: Sequence[_Text]
) -> list[set[int]]:
    """For each hit, the other hits that are copies of it, or of a part that both share."""
    copies: list[set[int]] = [set() for _ in hits]
    for n, m in combinations(range(len(hits)), 2):
        one, other = texts[hits[n].article.id], texts[hits[m].article.id]
        if (
            one is not other
            and _share(passages[n], passages[m]) >= MIN_SHARED
            and passages[m].plain in one.plain
            and passages[n].plain in other.plain
        ):
            copies[n].add(m)
            copies[m].add(n)
    return copies


def _share(one: _Text, other: _Text) -> float:
    """The share of the smaller set of word pairs that is also in the other."""
    fewest = min(len(one.pairs), len(other.pairs))
    return len(one.pairs & other.pairs) / fewest if fewest else 0.0


def _cover(article: str, passage: str, others: Sequence[str]) -> bool:
    """Whether the article's other passages cover all of this passage's text in it."""
    reached = article.index(passage)
    end = reached + len(passage) - len(" . ")  # the end of a passage also begins the next
    for start, other in sorted((article.find(other), other) for other in others):
        if 0 <= start <= reached:
            reached = max(reached, start + len(other) - len(" . "))
    return reached >= end


def _merge(shown: Hit, hidden: Sequence[Hit]) -> Hit:
    known = {
        article.id: article for hit in (shown, *hidden) for article in (*hit.also_in, hit.article)
    }
    del known[shown.article.id]
    return replace(
        shown, score=max(hit.score for hit in (shown, *hidden)), also_in=tuple(known.values())
    )


# An article of 1,000 words takes 2 ms, and the next question may be about the same articles.
@lru_cache(1_024)
def _write(text: str, opens: bool) -> str:
    """The normalized words and sentence ends of a text, each between spaces.

    The result begins and ends with a sentence end.
    """
    text = _FURNITURE.sub("", text)
    if opens and (dateline := _DATELINE.match(text)):
        text = text[dateline.end() :]
    text = _SHORT_MONTH.sub(lambda match: _LONG_MONTHS[match[1][:3]], fold(text))
    for phrase, form in _PHRASES.items():
        text = text.replace(phrase, form)
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    text = _NUMERAL.sub(lambda match: str(_NUMERALS[match[1]] + _NUMERALS[match[2]]), text)
    words = (_spell(word) for word in _WORD.findall(text) if word not in _SMALL)
    return _STOPS.sub(" . ", f" . {' '.join(words)} . ")


@lru_cache(65_536)
def _spell(word: str) -> str:
    if word[0] in ".!?\n":
        # Only whole sentences match: "12 died" is no copy of "12 died, a claim since withdrawn".
        return "."
    if word in _NUMERALS:
        return str(_NUMERALS[word])
    for pattern, form in _SPELLINGS:
        word = pattern.sub(form, word)
    return word
