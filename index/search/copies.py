"""Hits that are copies of one wire story -> one hit with ``also_in``. Knows nothing of how hits are found.

Passages of different articles are copies where each article carries the other's passage word for word, once both are
written in one way: "organised" as "organized", "twelve" as "12", "$1.4bn" as "$1.4 billion", without articles, "and",
bylines and datelines. One number, name, negation or other word more, less or different makes two reports: "12 dead" and
"15 dead", "denied" and "confirmed". And a copy is hidden only where all that it says stands in hits that are shown.
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
"""Letters of the words that are compared, two in a row, before a longer look is taken."""
MIN_SHARED = 0.1
"""Share of the shorter passage's pairs of long words that stand in the other before a longer look is taken."""

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
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
"""Words that editors add and cut without changing a claim, as "to" and "from", "is" and "was" or "or" would."""

# What frames a report and is no claim of it: bylines, credits, copyright, and where and by whom it was filed.
_CREDIT = (
    r"(?:(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled) by|By(?= [A-Z]))"
)
_NAMED = r"(?:[ ;,&]+(?:and|in|by|with|[Aa]dditional|[Rr]eporting|[Ww]riting|[Ee]diting|[A-Z][\w.'\u2019-]*))+"
_FURNITURE = re.compile(
    rf"^[ \t]*{_CREDIT}{_NAMED}[ \t]*$|[(\[]{_CREDIT}{_NAMED}[)\]]|^[ \t]*(?:Copyright )?\u00a9[^\n]*$",
    re.MULTILINE,
)
_DATELINE = re.compile(
    r"(?:\s*(?:(?:[A-Z][\w.'\u2019/ ,-]{0,60} )?\((?:Reuters|AP|AFP|UPI|PA|dpa|Bloomberg|CNN|BBC|Xinhua)\)"
    r"|[A-Z][A-Z.'\u2019, ]{1,40}(?:, [A-Z][a-z]+\.? \d\d?)?)(?:\s+-+\s+|\s*[\u2013\u2014]+\s*))+"
)
_LONG_MONTHS = {month[:3]: month for month in _MONTHS}
_ANY_MONTH = "|".join(_MONTHS)
_PHRASES = {  # replaced as they stand, which is ten times as fast as by patterns
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
_FORMS = [  # of several words
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
_SPELLINGS = [  # of one word
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
    """A text that is compared with others; ``opens`` where an article begins with it."""

    text: str
    opens: bool = True

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Its long words with the next long word after each: what other reports of a story hardly share."""
        return frozenset(pairwise(word for word in self.text.split() if len(word) >= LONG))

    @property
    def plain(self) -> str:
        return _write(self.text, self.opens)


def collapse(hits: Sequence[Hit]) -> list[Hit]:
    """Show copies once, as the earliest article has them, with the best score.

    Args:
        hits: best first.

    Returns:
        Hits, best first; the other articles that carry one are in its ``also_in``, earliest first, undated ones last.
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
    behind: dict[int, list[int]] = {}  # a hit that is shown: those hidden behind it
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
    """For each hit, the others that are copies of it, or of a part that both have."""
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
    """The share of the pairs of the shorter that stand in the longer."""
    fewest = min(len(one.pairs), len(other.pairs))
    return len(one.pairs & other.pairs) / fewest if fewest else 0.0


def _cover(article: str, passage: str, others: Sequence[str]) -> bool:
    """Whether all that the article has of a passage stands in others of its passages."""
    reached = article.index(passage)
    end = reached + len(passage) - len(" . ")  # what ends a passage also begins the next
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


@lru_cache(
    1_024
)  # 2 ms for an article of 1,000 words; the next question may be about the same ones
def _write(text: str, opens: bool) -> str:
    """The words and the ends of sentences, written in one way, each between spaces; it begins and ends with an end."""
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
        return "."  # a passage is a copy of whole sentences: "12 died" is none of "12 died, a claim since withdrawn"
    if word in _NUMERALS:
        return str(_NUMERALS[word])
    for pattern, form in _SPELLINGS:
        word = pattern.sub(form, word)
    return word
