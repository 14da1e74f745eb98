"""Find a page's title, byline and outlet in the lines around its article.

Wrong metadata is worse than none, so a value is used only if other lines of the page support it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence

from corpus.cleaning.boilerplate import LineKind, classify, count_words, find_credit, is_bulleted
from corpus.cleaning.outlet import is_agency, is_outlet_word, is_press_name

MIN_TITLE_WORDS = 4
MAX_TITLE_WORDS = 32
MAX_TITLE_CHARACTERS = 220
MIN_SHARED_WORDS = 0.5
"""Minimum share of a title's content words that its article repeats; headlines of other articles
share fewer."""
MARK_WORTH, MARK_DISTANCE = 0.5, 3
"""Bonus to a line's share if a byline or stamp is at most this many lines below it."""
DISTANCE_COST = 0.01
"""Penalty for each line between a candidate and the body."""
DECK_MARGIN = 0.2
"""The line right below a title is its deck, unless its score is higher by at least this much."""

MAX_SIGNED_CHARACTERS = 80
SMOOTHING = 0.5
"""Words added to the number of a line's words: a body repeats all words of a short line sooner."""
MIN_DECKED_SHARE, DECK_LENGTH = 0.3, 2
"""A line right below another is its deck if it has this many times the words, and the line above
repeats at least this share of the body's words."""

_NO_TITLE = re.compile(
    r"[.。:,][\"”’]?$|\S(?: {3,}|\t)\S|[…»›>]\s*$|\s[>›»]\s|\.\.\. more$"
    r"|\b(?:photograph|photo|image|illustration)s?\b\W+(?:by\b|\w+/)"
    r"|https?://|\bcredit\b\W|\bgetty images\b"
    r"|/\s?(?:ap|afp|reuters|epa)\b|\d\s+(?:hours?|minutes?|days?) ago\b|\b\d?\d:\d\d\s?[ap]\.?m\b",
    re.IGNORECASE,
)
"""Lines that are no title: they end like a sentence, a list or a teaser, or they contain a table
row, a breadcrumb, a credit, a URL, an age or a time."""
_TOKEN = re.compile(r"[^\W_]+")
_UNSPACED_PAIR = re.compile(r"(?=([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2}))")
_NAME = r"[^\W\d_](?:[\w.'’-]*[^\W_])?\.?"
_BYLINE = re.compile(
    r"^\W*(?:(?:(?:written|story|words|reported|text) by|by|von|par|por|di|door|oleh|yazan|av|af)"
    r"\s*:?|(?:author|autore?|autorin|auteur|penulis|text|texte|автор|кореспондент|kirjoittaja"
    r"|szerző|yazar)\s*:)\s+"
    rf"(?P<author>{_NAME}(?:\s+(?:{_NAME}|and|und|et|y|e|ve|dan|en|&),?){{1,9}}?)"
    r"(?:\s*(?:[,|•·–—@/-]|\b(?:for|in|on|at|published|posted|updated)\b|\d)\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)
_BY_AGENCY = re.compile(r"^\W*by:?\s+(?P<agency>[A-Z][A-Za-z]+)\W*$", re.IGNORECASE)
_JOB = r"(?i:writer|reporter|editor|correspondent|columnist|contributor|producer|staff|intern)s?"
_ROLE = re.compile(rf"(?:,.*|\s+\w+)?\s+{_JOB}$")
_DAY_NAMES = [
    name.lower()
    for names in (calendar.month_name, calendar.month_abbr, calendar.day_name)
    for name in names
    if name
]
_DAY_WORD = re.compile(rf",?\s+(?:{'|'.join(_DAY_NAMES)})$", re.IGNORECASE)
_NO_NAMES = {*_DAY_NAMES, "by", "published", "posted", "updated"}
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞĀ-Ž][a-zà-öø-ÿā-ž'’-]+(?:[A-Z][a-z]+)?"
_BETWEEN = r"(?: (?:[A-Z]\.|van|von|de|da|al|bin|del|della|di|der|den))*"
_BARE_NAME = re.compile(
    rf"^(?P<author>[A-ZÀ-ÖØ-ÞĀ-Ž][^\s:]+(?:{_BETWEEN} {_CAPITALISED}){{1,2}})"
    r"(?: in [A-Z][\w .,-]+)?$"
)
_PERSON = rf"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]+(?:{_BETWEEN} [A-ZÀ-ÖØ-ÞĀ-Ž]['’]?[\w'’-]+){{1,2}}"
_SIGNED_NAME = re.compile(
    rf"^(?:[-+*•o]\s+)?(?P<author>{_PERSON}?)(?P<proof>\s+@\w+|,\s+(?:[\w&-]+ ){{0,4}}{_JOB}|\s+"
    rf"(?:[A-Z][\w&-]+ ){{0,2}}{_JOB})?$"
)
_LATER_BYLINE = re.compile(r"(?<=\s)by:?\s+(?=[^\W\d_])", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*(?:[|•·–—@/]|-\s|\d)")
_GLUED = re.compile(r"[a-z][A-Z]{2}")
"""A name joined to the next word by the page's layout ("DoeFOX")."""
_PARTICLES = frozenset(
    "and und et y e ve dan en de da di del der den la le van von bin al el ibn ter dos das "
    "du".split()
)


def find_title(
    lines: Sequence[str], body: str, *, marks: Collection[int] = (), others: Collection[int] = ()
) -> int | None:
    """Find the title among the lines before a body.

    Args:
        lines: the page's lines before the body, in order, down to its first paragraph.
        body: the beginning of the body.
        marks: indices of the bylines and stamps; a title is right above one.
        others: indices of lines that are titles of other articles.

    Returns:
        The index of the line with the highest score: the share of its words that the body repeats,
        adjusted for its position. A deck below a title loses to the title. None if no line scores
        enough.
    """
    vocabulary = _content_words(body)
    shares = [
        0.0 if index in marks or index in others else _share_words(line, vocabulary)
        for index, line in enumerate(lines)
    ]
    best, best_score = None, MIN_SHARED_WORDS
    previous = 0.0
    for index, line in enumerate(lines):
        score = 0.0
        if share := shares[index]:
            marked = any(mark in marks for mark in range(index + 1, index + 1 + MARK_DISTANCE))
            score = share + MARK_WORTH * marked - DISTANCE_COST * (len(lines) - index - 1)
        deck = (
            previous >= MIN_SHARED_WORDS and best == index - 1 and score < best_score + DECK_MARGIN
        )
        # The best line so far is a breadcrumb that ends with this title.
        last = score > 0 and best is not None and lines[best].endswith(line)
        if last or (score > best_score and not deck):
            best, best_score = index, max(score, best_score)
        previous = score
    if best and shares[best - 1] >= MIN_DECKED_SHARE and not lines[best - 1].isupper():
        if count_words(lines[best]) >= DECK_LENGTH * count_words(lines[best - 1]):
            return best - 1
    return best


def find_byline(line: str) -> tuple[str, str | None] | None:
    """The author that a byline names, and the outlet after the name or None.

    None if the line is not a byline.
    """
    found = _BYLINE.match(line) if len(line) <= 160 else None
    if found is None:
        agency = _BY_AGENCY.match(line)
        return (agency["agency"], None) if agency and is_agency(agency["agency"]) else None
    author = _DAY_WORD.sub("", found["author"].strip(" ,"))
    if len(author.split()) > 2 and (role := _ROLE.search(author)):
        author = author[: role.start()]
        if " " not in author:  # the page's layout joined the name to the role
            return None
    words = author.split()
    if _GLUED.search(author) or not all(
        word[0].isupper() or word.lower() in _PARTICLES or word == "&" for word in words
    ):
        return None
    name, _, last = author.rpartition(", ")
    if name and (is_press_name(last) or is_agency(last)):
        return name, last if is_press_name(last) else None
    outlet = (found["rest"] or "").split("|")[0].strip()
    return author, outlet if is_press_name(outlet) else None


def find_signature(line: str) -> tuple[str, str | None] | None:
    """The author, and the outlet if any, named in a line with a stamp.

    For example "Nov 3 by Jane Doe" or "Jane Doe - Nov 3".
    """
    if by := _LATER_BYLINE.search(line):
        return find_byline(line[by.start() :])
    author = find_name([_AFTER_NAME.split(line)[0].rstrip()])
    return (author, None) if author else None


def find_name(lines: Sequence[str]) -> str | None:
    """An author named without "By" between a title and its stamp ("Jane Doe in London")."""
    for line in lines:
        found = _BARE_NAME.match(line)
        words = {word.lower() for word in _TOKEN.findall(line)}
        if found and not (words & _NO_NAMES or any(map(is_outlet_word, words))):
            return found["author"]
    return None


def find_signed_name(line: str, page: str) -> str | None:
    """The author in a line that is only a name, if the line or the page shows that it is one.

    A role ("Jane Doe, Staff Writer") or a handle shows it, or a byline, an e-mail address or
    another signature elsewhere on the page.

    Args:
        line: a line between a title and its body.
        page: the page's lines, joined by line breaks.
    """
    found = _SIGNED_NAME.match(line) if len(line) <= MAX_SIGNED_CHARACTERS else None
    if found is None:
        return None
    name = found["author"]
    words = {word.lower() for word in _TOKEN.findall(name)}
    if words & _NO_NAMES or any(map(is_outlet_word, words)):
        return None
    return name if found["proof"] or _is_confirmed(name, page) else None


def _is_confirmed(name: str, page: str) -> bool:
    """Whether a page names a person as an author: a byline, an address, a second signature."""
    parts = [re.escape(part) for part in name.split()]
    spoken = re.escape(name)
    return (
        re.search(
            rf"(?i:\bby|write to|reporting by|contact|follow|about)\W+{spoken}\b"
            rf"|(?i:(?<![\w.]){parts[0]}[._-]?{parts[-1]}@)|^\W*{spoken}\W*$[\s\S]*^\W*{spoken}\W*$",
            page,
            re.MULTILINE,
        )
        is not None
    )


def _content_words(text: str) -> set[str]:
    """The longer words of a text, and the pairs of characters of unspaced scripts."""
    words = {
        word
        for word in _TOKEN.findall(text.lower())
        if len(word) > 3 or any(map(str.isdigit, word))
    }
    return words | set(_UNSPACED_PAIR.findall(text))


def _share_words(line: str, vocabulary: set[str]) -> float:
    """Share of the line's content words in the vocabulary; 0 if the line cannot be a title."""
    if len(line) > MAX_TITLE_CHARACTERS or is_bulleted(line) or _NO_TITLE.search(line):
        return 0.0
    if not MIN_TITLE_WORDS <= count_words(line) <= MAX_TITLE_WORDS:
        return 0.0
    if (
        classify(line) not in (LineKind.PLAIN, LineKind.PROSE)
        or find_byline(line)
        or find_credit(line) < len(line)
    ):
        return 0.0
    words = _content_words(line)
    return len(words & vocabulary) / (len(words) + SMOOTHING) if len(words) > 1 else 0.0
