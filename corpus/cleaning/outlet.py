"""Find the outlet that a page names as its own in its masthead, its footer and its buttons.

A page names many outlets: agencies, owners, the subjects of its stories. Its own is the one that
its furniture says in several ways: "© 2025 Example News", "Follow Example News", "About Example
News". One way alone is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from corpus.identity import outlet_of

MAX_LINE_CHARACTERS = 120
MAX_COPYRIGHT_CHARACTERS = 300
MAX_CANDIDATES = 40
"""Maximum number of candidates; each is compared with the whole page."""
MIN_SHARED_WORDS = 3
MASTHEAD_LINES = 4
MAX_FIRST_WORDS = 4
MIN_EVIDENCE = 2.0
"""Minimum evidence for an outlet, in ways in which the page names it as its own."""
PRESS_WORTH, DOMAIN_WORTH, MENTION_WORTH, MAX_MENTIONS = 0.5, 0.75, 0.25, 4
TOLD_WORTH = 0.75
MIN_SHARE = 0.6
BESIDE_WORTH = 1.25
MIN_LEAD = 1.25
"""The best candidate must have this many times the evidence of one with another name."""

_SITE_SUFFIX = re.compile(r"^(?P<title>.{15,}?)\s+[|–—-]\s+(?P<site>[^|–—]{2,40})$")
_BRAND = re.compile(r"[^\W_a-zß-ÿ]|[a-z]+(?:[A-Z]|[\w-]*\.\w)|[tT]he ")
_TOKEN = re.compile(r"[^\W_]+")
_WORD = r"[^\W_a-zß-ÿ][\w.'’&+-]*[\w+]|[A-Z0-9]|[a-z0-9]+[A-Z]\w*|\w+\.(?:com|net|org|info|tv)"
_OUTLET = (
    rf"(?P<outlet>(?:[Tt]he )?(?:{_WORD})(?: (?:of|by|and|the|for|de|la|di|&|{_WORD})){{0,4}}?)"
)
_SOCIAL = (
    r"facebook|twitter|x|instagram|youtube|linkedin|telegram|whatsapp|social media|google news"
)
_TAIL = (
    rf"(?: (?i:newsletters?|online|(?:on|via|in) (?:{_SOCIAL})|by e-?mail|customer support"
    r"|home ?page|app|apps|on:?|staff|magazine))*\W*$"
)
_BULLET = r"^\W*(?:[-+*•o]\s+)?"
_BEFORE = re.compile(
    rf"{_BULLET}(?P<way>(?i:search|advertise (?:on|with|in)|subscribe to|log ?in to"
    r"|sign up (?:to|for)|welcome to|work (?:at|for)|jobs (?:@|at)|careers at"
    r"|why (?:you can )?trust|elsewhere on(?: the)?|home of|privacy at|register with"
    r"|newsletters from|buscar en|publicidad en|suscríbete a|abonnez-vous à|abonnieren sie"
    rf"|berlangganan))\s+{_OUTLET}(?:['’]s)?{_TAIL}"
)
_AFTER = re.compile(
    rf"{_BULLET}{_OUTLET}\s+(?P<way>(?i:home ?page|main menu|newsletters?!?|jobs|staff"
    r"|digital edition|premium|mobile apps?|rss feeds?|navigation|account|logo|e-?paper"
    r"|subscribers?|is (?:part|published|owned|supported) by?\b.*"
    r"|(?:values|needs|relies)\b.{0,80}))\W*$"
)
"""What only a site says of itself, with the outlet's name after it or before it."""
_ANY = re.compile(
    rf"{_BULLET}(?i:about|follow|like|contact|more from|popular on|back to|continue to"
    r"|return to|join|support|discover|listen to|shop|visit|we are|über|folgen sie|à propos de"
    r"|suivez|sobre|sigue a|tentang|ikuti|seguici su|chi siamo)"
    rf"\s+{_OUTLET}(?:['’]s)?{_TAIL}"
)
"""What a site also says of authors and subjects."""
_COPYRIGHT = re.compile(
    r"(?:(?:©|\(c\)|\bcopyright\b)(?:\s|©|copyright|\(c\)|by)*(?:\d{4}\s*[-–]\s*)?(?:\d{4})?"
    r"|\ball rights reserved ©\s*\d{4})"
    r"\s*(?:copyright|by\s+)?\s*[-,:|–]?\s*"
    r"(?P<outlet>[^\W_](?:[^.,|•©()/“\"]|\.(?=\w)){1,40}?)"
    r"(?:,?\s+(?:inc|ltd|llc|plc|gmbh|a\.?ş|pty|corp|co|limited|s\.?a|ag)\b\.?.*"
    r"|\s*(?:[,|•–—/(“\"]|\.(?!\w)).*|\s+(?:or|and) its\b.*"
    r"|\s+(?:all rights reserved|unless|-|\d{4}|is a)(?!\w).*)?$",
    re.IGNORECASE,
)
_OWNER = re.compile(r"\b(?:inc|ltd|llc|plc|gmbh|corp|pty|limited)\b", re.IGNORECASE)
_RIGHTS = re.compile(
    r"\d{4}.*\b(?:rights reserved|derechos reservados|direitos reservados"
    r"|diritti riservati|droits réservés|rechte vorbehalten|hakları saklıdır)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"©|\(c\)|\bcopyright\b|\brights reserved\b|\btrademark|\bsubsidiary\b|\b(?:inc|ltd|llc)\b",
    re.IGNORECASE,
)
"""Lines that name the owner; they are no evidence beyond their own claim."""
_COMPANY = re.compile(
    r"\s+(?:(?:&|and)\s+)?(?:media|group|company|corporation|publishing|newspapers?|networks?|international|holdings"
    r"|digital|interactive|uk|us|pvt)(?:\s+(?:group|company|network|pvt|uk|us))*$",
    re.IGNORECASE,
)
"""What a company's name adds to its outlet's name."""
_DOMAIN = re.compile(
    r"(?:@|https?://(?:[\w-]+\.)*?|\bwww\.|(?<![\w@.]))(?P<label>[a-z0-9-]{2,30})"
    r"\.(?:com|net|org|info|tv|news|co\.\w\w|[a-z]{2})\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.])@(?P<label>\w{2,30})")
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
_NO_OUTLET = frozenset(
    """
    a about accept access account add all android app apple apps archive author back best blog board
    browser close comments contact content cookie cookies day deals email english events facebook
    feed finance find follow food free games google help here home how info instagram ios iphone it
    jobs life linkedin live location log login logo main me menu more my navigation new newsletter
    newsletters newsroom next now online our page people photo photos pinterest play podcast
    podcasts policy post premium press previous privacy profile reader readers reddit register
    results search section sections services settings share shop shopping show sign site skip
    snapchat social staff stories story subscribe subscription subscriptions support team telegram
    terms the these this tiktok tips to topics trust twitter us use video videos watch we website
    whatsapp wordpress x you your youtube
    """.split()
)
"""Words that stand on buttons; a name of nothing else is none."""


@dataclass(slots=True)
class _Candidate:
    """A name and the ways in which the page calls it its own."""

    forms: dict[str, int] = field(default_factory=dict)
    ways: dict[str, float] = field(default_factory=dict)


def split_site(title: str, page: Sequence[str]) -> tuple[str, str | None]:
    """Split a title from the outlet after it ("… | Example News"); None if there is no outlet."""
    found = _SITE_SUFFIX.match(title)
    if found is None:
        return title, None
    site = found["site"].strip()
    if is_press_name(site) or any(line == site for line in page):
        return found["title"].rstrip(), site
    return title, None


def find_outlet(
    lines: Sequence[str],
    body: Sequence[str],
    headline: str | None = None,
    claims: Sequence[str | None] = (),
) -> str | None:
    """The outlet that the page names as its own in at least two ways.

    Args:
        lines: the page's lines outside the article's body, in order.
        body: the body's lines.
        headline: the article's title.
        claims: names beside the article's own title or byline.
    """
    named = ((name, "beside", BESIDE_WORTH) for name in claims if name)
    candidates = _gather(chain(named, _find_claims(lines, headline)))
    if not candidates:
        return None
    ranked = _rank(candidates, lines, body)
    best, key = ranked[0]
    rival = next((worth for worth, other in ranked if other not in key and key not in other), 0.0)
    if best < MIN_EVIDENCE or best < MIN_LEAD * rival:
        return None
    if set(candidates[key].ways) == {"copyright"}:  # "CBS" owns what calls itself "CBS Sports"
        longer = [other for worth, other in ranked if key in other and worth >= MIN_SHARE * best]
        key = max(longer, key=len)
    forms = candidates[key].forms
    return max(forms, key=lambda form: (forms[form], not form.isupper()))


def _gather(claims: Iterable[tuple[str, str, float]]) -> dict[str, _Candidate]:
    """The candidates by their folded names."""
    candidates: dict[str, _Candidate] = {}
    for name, way, worth in claims:
        if _is_name(name) and (key := _fold(name)):
            candidate = candidates.setdefault(key, _Candidate())
            candidate.forms[name] = candidate.forms.get(name, 0) + 1
            candidate.ways[way] = max(worth, candidate.ways.get(way, 0.0))
    return candidates


def _rank(
    candidates: Mapping[str, _Candidate], lines: Sequence[str], body: Sequence[str]
) -> list[tuple[float, str]]:
    """The likeliest candidates with their evidence, best first."""
    labels = {
        _fold(found["label"])
        for line in [*lines, *body]
        if not _LEGAL.search(line)
        for pattern in (_DOMAIN, _HANDLE)
        for found in pattern.finditer(line)
    }
    short = [
        (line, _fold(line))
        for line in lines
        if len(line) <= MAX_LINE_CHARACTERS and not _LEGAL.search(line)
    ]
    likeliest = sorted(
        candidates, key=lambda key: sum(candidates[key].ways.values()), reverse=True
    )[:MAX_CANDIDATES]
    whole = "\n".join([*lines, *body])
    weighed = (
        (
            _weigh(key, candidates[key], short, labels)
            + TOLD_WORTH * _is_told(max(candidates[key].forms, key=len), whole),
            key,
        )
        for key in likeliest
    )
    return sorted(weighed, reverse=True)


def _weigh(
    key: str, candidate: _Candidate, lines: Sequence[tuple[str, str]], labels: set[str]
) -> float:
    """The evidence that a candidate is the page's own outlet; lines come with their folded form."""
    form = max(candidate.forms, key=len)
    mentions = sum(key in folded and _mentions(form, line) for line, folded in lines)
    worth = sum(candidate.ways.values())
    worth += MENTION_WORTH * max(0, min(MAX_MENTIONS, mentions - len(candidate.ways)))
    worth += DOMAIN_WORTH * (key in labels)
    return worth + PRESS_WORTH * is_press_name(form)


def _is_told(name: str, page: str) -> bool:
    """Whether sources tell the page's own reporters something, or a photo is from its archive."""
    name = re.escape(name)
    return (
        re.search(
            rf"\b(?:tells?|told|telling|with|reported by)\s+{name}(?!\w)"
            rf"|\((?:[^()\n]{{0,20}} )?{name} (?:archive|photo)",
            page,
        )
        is not None
    )


def _mentions(name: str, line: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line, re.IGNORECASE) is not None


def _find_claims(lines: Sequence[str], headline: str | None) -> Iterator[tuple[str, str, float]]:
    """Yield (name, way, worth) for what may be the page's own outlet."""
    words = {word for word in _TOKEN.findall((headline or "").lower()) if len(word) > 2}
    for number, line in enumerate(lines):
        if (found := find_copyright(line)) is not None:
            shorter = _COMPANY.sub("", found)
            owner = _OWNER.search(line) is not None or shorter != found
            yield found, "copyright", 1.0 if owner else 1.75 if _RIGHTS.search(line) else 1.5
            if shorter != found:
                yield shorter, "copyright", 1.0
        if len(line) > MAX_LINE_CHARACTERS:
            continue
        if match := _BEFORE.match(line) or _AFTER.match(line):
            yield match["outlet"], match["way"].lower()[:8], 1.0
        if match := _ANY.match(line):
            yield match["outlet"], "any", 0.75
        if site := _find_own_address(line, words):
            yield site, "address", 2.0
        if number < MASTHEAD_LINES and len(line.split()) <= MAX_FIRST_WORDS:
            yield line.strip(" *+-•|"), "masthead", 0.5
        elif len(line.split()) <= MAX_FIRST_WORDS and number >= len(lines) - MASTHEAD_LINES:
            yield line.strip(" *+-•|"), "foot", 0.5


def _find_own_address(line: str, words: set[str]) -> str | None:
    """The site of an address that stands alone on a line and repeats the title's words."""
    if not line.startswith("http") or " " in line:
        return None
    shared = words & set(_TOKEN.findall(line.lower()))
    return outlet_of(line) if len(shared) >= MIN_SHARED_WORDS else None


def find_copyright(line: str) -> str | None:
    """The name in a copyright line."""
    if len(line) > MAX_COPYRIGHT_CHARACTERS:
        return None
    found = _COPYRIGHT.search(line)
    return found["outlet"].strip() if found else None


def _fold(name: str) -> str:
    """The letters and digits by which the forms of a name are alike: no "The", no ".com"."""
    name = re.sub(r"^the\s+|\.(?:com|org|net|info|co\.uk)$", "", name.strip().casefold())
    return "".join(character for character in name if character.isalnum())


def _is_name(name: str) -> bool:
    """Whether it can be an outlet's name: short, capitalised, no button and no section."""
    words = [word.lower() for word in _TOKEN.findall(name)]
    return (
        0 < len(words) <= 5
        and len("".join(words)) > 2
        and _BRAND.match(name) is not None
        and not _NO_PRESS & set(words)
        and not all(word in _SECTION_WORDS | _NO_OUTLET or word.isdigit() for word in words)
    )


def is_press_name(name: str) -> bool:
    """Whether a name reads as an outlet's.

    It must contain a press word and not be only a section's name ("World News").
    """
    words = [word.lower() for word in _TOKEN.findall(name)]
    return (
        _is_name(name)
        and any(word in _PRESS_WORDS for word in words)
        and not all(word in _SECTION_WORDS for word in words)
    )


def is_agency(name: str) -> bool:
    """Whether a name is a news agency's ("Associated Press")."""
    words = [word.lower() for word in _TOKEN.findall(name)]
    return any(word in _NO_PRESS for word in words) and all(
        word in _NO_PRESS or word in _PRESS_WORDS or word == "the" for word in words
    )


def is_outlet_word(word: str) -> bool:
    """Whether a word, in lower case, belongs to outlets, agencies or sections and not to people."""
    return word in _PRESS_WORDS or word in _SECTION_WORDS or word in _NO_PRESS
