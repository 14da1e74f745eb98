"""Find a page's title, byline and outlet in the lines around its article.

Wrong metadata is worse than none, so a value is used only if other lines of the page support it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from itertools import islice

from corpus.boilerplate import Kind, classify, count_words, find_credit, is_bulleted

MIN_TITLE_WORDS = 4
MAX_TITLE_WORDS = 32
MAX_TITLE_CHARACTERS = 220
MIN_SHARED_WORDS = 0.5
"""Minimum share of a title's content words that its article repeats; headlines of other articles
share fewer."""
MAX_COPYRIGHT_CHARACTERS = 300
MAX_CLAIMS = 20
"""Maximum number of candidates for the outlet; each is compared with the whole page."""
MIN_OUTLET_LINES = 3
"""A name without a press word ("News") is an outlet only if a copyright line and two other lines
contain it."""
MARK_WORTH, MARK_DISTANCE = 0.5, 3
"""Bonus to a line's share if a byline or stamp is at most this many lines below it."""
DISTANCE_COST = 0.01
"""Penalty for each line between a candidate and the body."""
DECK_MARGIN = 0.2
"""The line right below a title is its deck, unless its score is higher by at least this much."""

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
_SITE_SUFFIX = re.compile(r"^(?P<title>.{15,}?)\s+[|–—-]\s+(?P<site>[^|–—]{2,40})$")

_NAME = r"[^\W\d_](?:[\w.'’-]*[^\W_])?\.?"
_BYLINE = re.compile(
    r"^\W*(?:written by|story by|by|von|par|por|di|door|oleh|yazan)\s*:?\s+"
    rf"(?P<author>{_NAME}(?:\s+(?:{_NAME}|and|und|et|y|e|ve|dan|en|&),?){{1,9}}?)"
    r"(?:\s*(?:[,|•·–—@/-]|\b(?:for|in|on|at|published|posted|updated)\b|\d)\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:,.*|\s+\w+)?\s+"
    r"(?:writer|reporter|editor|correspondent|columnist|contributor|producer|staff|intern)s?$",
    re.IGNORECASE,
)
_DAY_NAMES = [
    name.lower()
    for names in (calendar.month_name, calendar.month_abbr, calendar.day_name)
    for name in names
    if name
]
_DAY_WORD = re.compile(rf",?\s+(?:{'|'.join(_DAY_NAMES)})$", re.IGNORECASE)
_NO_NAMES = {*_DAY_NAMES, "by", "published", "posted", "updated"}
_CAPITALISED = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][a-zà-öø-ÿā-ž'’-]+(?:[A-Z][a-z]+)?|[A-Z]\.|van|von|de|da|al|bin)"
_BARE_NAME = re.compile(
    rf"^(?P<author>[A-ZÀ-ÖØ-ÞĀ-Ž][^\s:]+(?: {_CAPITALISED}){{1,3}})(?: in [A-Z][\w .,-]+)?$"
)
_LATER_BYLINE = re.compile(r"(?<=\s)by:?\s+(?=[^\W\d_])", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*(?:[|•·–—@/]|-\s|\d)")
_GLUED = re.compile(r"[a-z][A-Z]{2}")
"""A name joined to the next word by the page's layout ("DoeFOX")."""
_PARTICLES = frozenset(
    "and und et y e ve dan en de da di del der den la le van von bin al el ibn ter dos das "
    "du".split()
)
_MORE_FROM = re.compile(
    r"^\W*more (?:news |stories )?from (?P<outlet>[^.:!?|]{2,40})$", re.IGNORECASE
)
_COPYRIGHT = re.compile(
    r"(?:(?:©|\(c\)|\bcopyright\b)(?:\s|©|copyright|\(c\))*(?:\d{4}\s*[-–]\s*)?\d{4}"
    r"|^\W*(?:©|\(c\)|copyright)+)"
    r"\s*(?:by\s+)?[,:|–-]?\s*"
    r"(?P<outlet>[^\W\d_](?:[^.,|•©()/“\"]|\.(?=\w)){1,40}?)"
    r"(?:,?\s+(?:inc|ltd|llc|plc|gmbh|a\.?ş|pty|corp|co|limited)\b\.?.*"
    r"|\s*(?:[,|•–—/(“\"]|\.(?!\w)).*|\s+(?:or|and) its\b.*"
    r"|\s+(?:all rights reserved|unless|-|\d{4})(?!\w).*)?$",
    re.IGNORECASE,
)
_NO_PRESS = frozenset(
    """
    aa afp ap epa dpa ansa efe reuters getty shutterstock tass xinhua upi anadolu alamy bloomberg
    associated
    special rights reserved designed bureau staff company corporation communication communications
    holdings interactive media group publishing newspapers network networks broadcasting corp inc
    ltd llc entertainment limited private organization partners policy
    """.split()
)
"""News agencies, whose stories other outlets print, and words that occur in the names of companies
that own outlets."""
_PRESS_WORDS = frozenset(
    """
    agency bbc broadcasting bulletin chronicle cnn courier daily diario dispatch echo examiner
    express gazete gazetesi gazette globe guardian haber herald independent inquirer insider journal
    kompas mail mirror monitor news newspaper observer politico post press radio record register
    reporter review sentinel standard star sun telegraph times today tribune tv voice weekly zeitung
    """.split()
)
_SECTION_WORDS = frozenset(
    "all asia australia breaking business culture daily economy entertainment europe health latest "
    "life local money national news opinion politics science sport sports tech technology the "
    "today top travel uk us video weather world".split()
)


def find_title(lines: Sequence[str], body: str, *, marks: Collection[int] = ()) -> int | None:
    """Find the title among the lines before a body.

    Args:
        lines: the page's lines before the body, in order, down to its first paragraph.
        body: the beginning of the body.
        marks: indices of the bylines and stamps; a title is right above one.

    Returns:
        The index of the line with the highest score: the share of its words that the body repeats,
        adjusted for its position. A deck below a title loses to the title. None if no line scores
        enough.
    """
    vocabulary = _content_words(body)
    best, best_score = None, MIN_SHARED_WORDS
    previous = 0.0
    for index, line in enumerate(lines):
        score = 0.0
        if index not in marks and (share := _share_words(line, vocabulary)):
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
    return best


def split_site(title: str, page: Sequence[str]) -> tuple[str, str | None]:
    """Split a title from the outlet after it ("… | Example News"); None if there is no outlet."""
    found = _SITE_SUFFIX.match(title)
    if found is None:
        return title, None
    site = found["site"].strip()
    if _is_press_name(site) or any(line == site for line in page):
        return found["title"].rstrip(), site
    return title, None


def find_byline(line: str) -> tuple[str, str | None] | None:
    """The author that a byline names, and the outlet after the name or None.

    None if the line is not a byline.
    """
    found = _BYLINE.match(line) if len(line) <= 160 else None
    if found is None:
        return None
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
    if name and _is_press_name(last):
        return name, last
    outlet = (found["rest"] or "").split("|")[0].strip()
    return author, outlet if _is_press_name(outlet) else None


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
        if found and not words & (_SECTION_WORDS | _PRESS_WORDS | _NO_PRESS | _NO_NAMES):
            return found["author"]
    return None


def find_outlet(lines: Sequence[str], body: str) -> str | None:
    """The outlet named in the page's copyright line or in "More from …".

    The name counts only if other evidence shows that it is an outlet.
    """
    claims = (
        found["outlet"].strip() for line in reversed(lines) if (found := _find_copyright(line))
    )
    for outlet in islice(claims, MAX_CLAIMS):
        if _is_press_name(outlet) or (
            _is_name(outlet) and _count_lines(outlet, lines) >= MIN_OUTLET_LINES
        ):
            return outlet
    more = ((line, found["outlet"].strip()) for line in lines if (found := _MORE_FROM.match(line)))
    for line, outlet in islice(more, MAX_CLAIMS):
        if _is_press_name(outlet):
            told = rf"\b(?:tell|tells|told|telling|to|with|reported by)\s+{re.escape(outlet)}\b"
            if re.search(told, body) or any(
                outlet in other for other in lines if other not in (line, outlet)
            ):
                return outlet
    return None


def _find_copyright(line: str) -> re.Match[str] | None:
    return _COPYRIGHT.search(line) if len(line) <= MAX_COPYRIGHT_CHARACTERS else None


def _content_words(text: str) -> set[str]:
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
        classify(line) not in (Kind.PLAIN, Kind.PROSE)
        or find_byline(line)
        or find_credit(line) < len(line)
    ):
        return 0.0
    words = _content_words(line)
    return len(words & vocabulary) / len(words) if len(words) > 1 else 0.0


def _count_lines(name: str, lines: Sequence[str]) -> int:
    return sum(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) is not None for line in lines)


def _is_name(name: str) -> bool:
    """Whether it can be an outlet's name.

    It must be capitalised and short, without words of agencies or of companies that own outlets.
    """
    words = [word.lower() for word in _TOKEN.findall(name)]
    return 0 < len(words) <= 5 and name[0].isupper() and not _NO_PRESS & set(words)


def _is_press_name(name: str) -> bool:
    """Whether a name reads as an outlet's.

    It must contain a press word and not be only a section's name ("World News").
    """
    words = [word.lower() for word in _TOKEN.findall(name)]
    return (
        _is_name(name)
        and any(word in _PRESS_WORDS for word in words)
        and not all(word in _SECTION_WORDS for word in words)
    )
