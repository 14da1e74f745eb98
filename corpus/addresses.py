"""What of a web address says which article it leads to, and what only says how one came there.

One article has many addresses: with http or https, with or without "www.", for phones, as AMP, with
the marks of a newsletter, in an archive. Two addresses that lead to two articles must never become
one, since the later article would replace the earlier. So where an address leaves it open, both
stay: two entries for one article do less harm than one entry for two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import (
    SplitResult,
    parse_qs,
    parse_qsl,
    quote,
    unquote,
    unquote_to_bytes,
    urlencode,
    urljoin,
    urlsplit,
)

_SCHEMES = ("http", "https")
_PORTS = (None, 80, 443)
_NESTED = 3  # an archived page of an AMP viewer is two

# Copies in archives have the page's address in their own path: "/web/20190612081500/https://…",
# "/newest/https://…", "/wayback/20190612/http:/…".
_WITHIN = re.compile(r"/(https?):/{1,2}([^/].*)", re.IGNORECASE)
_ENCODED = re.compile(r"/https?%3a(?:%2f)+", re.IGNORECASE)
_ARCHIVES = frozenset(
    "archive.org archive.today archive.ph archive.is archive.li archive.md archive.vn archive.fo "
    "archive-it.org arquivo.pt bac-lac.gc.ca bibalex.org ghostarchive.org loc.gov "
    "nationalarchives.gov.uk nla.gov.au vefsafn.is webarchive.org.uk".split()
)
"""Sites that keep copies of others. What any other site shows under such an address is its own: it
must not pass for the page of another."""
_COPIES = re.compile(
    r"(?:[\w-]+\.)?archive\.org/(?:web|wayback)/\d{4,14}(?:[a-z]{2}_)?/(.+)"
    r"|(?:[\w-]+\.)?cdn\.ampproject\.org/[a-z]{1,2}/(?:s/)?(.+)"
    r"|(?:www\.)?(?:google\.[a-z.]{2,6}|bing\.com)/amp/(?:s/)?(.+)",
    re.IGNORECASE,
)
"""Host and path of a copy; a group holds the page's address without its scheme."""
_REDIRECTS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}/url"), ("url", "q")),
    (re.compile(r"lm?\.facebook\.com/l\.php"), ("u",)),
    (re.compile(r"webcache\.googleusercontent\.com/search"), ("q",)),
)
"""Host and path of a page that leads to another, and the parameters that may hold its address."""
_CACHED = re.compile(r"cache:(?:[\w-]{6,}:(?!//))?(\S+)")

_FORMS = re.compile(r"www\d*|amp|m|mobile|touch", re.IGNORECASE)
"""Labels of a host that say for which device the page is, or nothing."""
_INDEX = re.compile(r"(?:index|default)\.(?:html?|php\d?|aspx?|jsp|shtml)", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"\.amp(?=$|\.html?$)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=.*", re.IGNORECASE)
_FRONT = re.compile(r"[^/?#]*(?:/[a-z]{2}(?:[-_][a-z]{2})?)?", re.IGNORECASE)
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jsp|jspa|do|cgi|pl|cfm|nhn|dll)$", re.IGNORECASE)

TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "cmpid")
"""Beginnings of parameters that are left out even of the address that is shown. This list is in the
ids of older libraries and must not change."""
_ALSO_TRACKING = (
    "__twitter_impression", "_hs", "amp_", "at_", "gad_", "guccounter", "guce_", "hsa_", "intcmp",
    "li_fat_id", "mibextid", "ns_mchannel", "sfnsn", "srsltid", "ttclid", "usqp", "wt.mc", "wt_mc",
)  # fmt: skip
"""Beginnings of further ones that courlan's list lacks (1.4)."""
_MAYBE_TRACKING = ("cmp", "ftag", "icid", "intcid", "mod", "ncid", "ocid", "share", "smid", "via")
"""Parameters that courlan's list lacks, and that may select a page on some sites."""


def split(url: str) -> SplitResult | None:
    """The parts of a web address; None if it is none."""
    try:
        parts = urlsplit(url.strip())
        web = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a malformed port or IPv6 host
        return None
    return parts if web else None


def live_address(url: str) -> str:
    """The address of the page that a copy shows: in an archive, a cache or an AMP viewer.

    An address that is not a copy's is returned as it is.
    """
    for _ in range(_NESTED):
        inner = _find_inner(url)
        if inner is None:
            break
        url = inner
    return url


def is_archive(url: str) -> bool:
    """Whether an address is one of a web archive."""
    parts = split(url)
    return parts is not None and _find_site(parts.hostname or "") in _ARCHIVES


def _find_inner(url: str) -> str | None:
    parts = split(url)
    if parts is None:
        return None
    path = unquote(parts.path) if _ENCODED.search(parts.path) else parts.path
    query = f"?{parts.query}" if parts.query else ""
    if (within := _WITHIN.search(path)) and is_archive(url):
        return _whole(f"{within[1].lower()}://{within[2]}{query}")
    place = f"{parts.hostname}{path}"
    if copy := _COPIES.fullmatch(place):
        return _whole(f"https://{next(filter(None, copy.groups()))}{query}")
    for pattern, names in _REDIRECTS:
        if pattern.fullmatch(place):
            values = parse_qs(parts.query)
            for value in (values[name][0] for name in names if name in values):
                cached = _CACHED.match(value)
                found = cached[1] if cached else value
                if whole := _whole(found if "://" in found or not cached else f"https://{found}"):
                    return whole
    return None


def _whole(url: str) -> str | None:
    """The address if it is one of a host with a dot in its name."""
    parts = split(url)
    return url if parts and "." in (parts.hostname or "") else None


def normal_form(url: str) -> str:
    """What is the same in all addresses of one article; to be compared, not to be opened.

    Left out are the scheme, "www." and the like, default ports, the fragment, what stands for AMP
    or phones, tracking parameters and a file like "index.html". Parameters are sorted, and one
    character is always escaped in the same way. An address that is not a web address is returned
    as it is.
    """
    parts = split(live_address(url))
    if parts is None:
        return url
    port = "" if parts.port in _PORTS else f":{parts.port}"
    segments = _fold_path(parts.path)
    query = urlencode(sorted(_choose_parameters(parts.query, segments)))
    page = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # shown by a script
    return "".join(
        (
            fold_host(parts.hostname or ""),
            port,
            *(f"/{segment}" for segment in segments),
            f"?{query}" if query else "",
            f"#{page}" if page else "",
        )
    )


@lru_cache(maxsize=1024)
def fold_host(host: str) -> str:
    """The host without labels like "www", "m" and "amp" before the site's name, in ASCII."""
    host = host.strip(".").lower()
    try:
        host = host.encode("idna").decode()
    except UnicodeError:  # an empty or overlong label
        return host
    site = _find_site(host)
    before = host.removesuffix(site).strip(".").split(".")
    return ".".join([*(label for label in before if not _FORMS.fullmatch(label)), site]).strip(".")


def _find_site(host: str) -> str:
    """The part of a host that is registered: ``news.example.co.uk`` -> ``example.co.uk``."""
    from courlan import extract_domain

    known = extract_domain(f"http://{host}/")
    if known and host.endswith(known):
        return known
    labels = host.split(".")
    return host if ":" in host or labels[-1].isdigit() else ".".join(labels[-2:])


def is_registered(url: str) -> bool:
    """Whether the host of an address ends with a domain like ``.com`` or ``.co.uk`` that exists."""
    from courlan import extract_domain

    return extract_domain(url) is not None


def is_same_site(one: str, other: str) -> bool:
    """Whether two web addresses are of one site: ``bbc.com`` and ``news.bbc.co.uk`` are."""
    from courlan import is_external

    hosts = [parts.hostname or "" for parts in map(split, (one, other)) if parts]
    if len(hosts) < 2:
        return False
    if _find_site(hosts[0]) == _find_site(hosts[1]):
        return True
    home, other_home = (f"http://{host}/" for host in hosts)
    known = is_registered(home) and is_registered(other_home)
    return known and not is_external(home, other_home, ignore_suffix=True)


def _fold_path(path: str) -> list[str]:
    """The path's segments, each escaped in one way, without what stands for AMP or an index."""
    segments = [
        _escape(_SESSION.sub("", segment))
        for segment in path.split("/")
        if segment not in ("", ".")
    ]
    chosen = [segment for segment in segments if segment.lower() != "amp"] or segments
    if chosen:
        chosen[-1] = _AMP_SUFFIX.sub("", chosen[-1])
        if _INDEX.fullmatch(chosen[-1]):
            chosen.pop()
    return [segment for segment in chosen if segment]


def _escape(segment: str) -> str:
    data = unquote_to_bytes(segment)
    try:
        data = unicodedata.normalize("NFC", data.decode()).encode()
    except UnicodeDecodeError:  # in another encoding
        pass
    return quote(data, safe="!$&'()*+,:;=@")


def _choose_parameters(query: str, segments: list[str]) -> list[tuple[str, str]]:
    """The parameters that may select the article."""
    last = segments[-1] if segments else ""
    named = not _SCRIPT.search(last) and (len(segments) > 1 or re.search(r"[\d_-]", last))
    return [
        (name, value)
        for name, value in parse_qsl(query, True)
        if not _is_tracking(name.lower(), value, named=bool(named))
    ]


def _is_tracking(name: str, value: str, *, named: bool) -> bool:
    """Whether a parameter says how one came to the page, or asks for its AMP form.

    Args:
        name: in lower case.
        value: as it was decoded.
        named: whether the path seems to name the article. If so, a parameter that may be either
            (``ref``, ``source``, ``cid``) counts as tracking, unless its value has a number.
    """
    from courlan.clean import TRACKERS_RE

    if name.startswith((*TRACKING, *_ALSO_TRACKING)):
        return True
    if name.strip("_") == "amp" or value.lower() == "amp":
        return True
    # The pattern's last alternative holds words that sites also use for their articles. A dot
    # before the name keeps the others from matching, since those are anchored.
    doubtful = name in _MAYBE_TRACKING or TRACKERS_RE.search(f".{name}") is not None
    if doubtful:
        return named and not any(character.isdigit() for character in value)
    return TRACKERS_RE.search(name) is not None


def choose_canonical(links: Iterable[str], base: str | None) -> str | None:
    """The first address that a page may claim as its own; None if none is plausible.

    A front page is never plausible: a common mistake would give all the site's articles one id.
    If the page's address is known, its own address must be one of the same site, and not that of
    the section that the page is in.

    Args:
        links: as the page gives them, its canonical link first.
        base: the address that the page was fetched from.
    """
    own = live_address(base) if base else None
    for link in links:
        try:
            url = _resolve(link.strip(), base)
        except ValueError:
            continue
        if split(url) and not is_front_page(url) and (own is None or _may_be(url, own)):
            return url
    return None


def _resolve(link: str, base: str | None) -> str:
    """The address of a link. An archive's links lead into the archive, even from a saved copy."""
    within = None if urlsplit(link).netloc else _WITHIN.search(link)
    if within:
        return f"{within[1].lower()}://{within[2]}"
    return live_address(urljoin(base or "", link))


def is_front_page(url: str) -> bool:
    """Whether an address is a site's front page, in whatever language."""
    return bool(_FRONT.fullmatch(normal_form(url)))


def _may_be(url: str, own: str) -> bool:
    """Whether a page at ``own`` may claim to be the one at ``url``."""
    if not is_same_site(url, own):
        return False
    claimed, real = normal_form(url), normal_form(own).partition("?")[0]
    return not (real.startswith(f"{claimed}/") and _names_story(real) and not _names_story(claimed))


def _names_story(address: str) -> bool:
    """Whether an address ends with a headline's words or a number, as a section's does not."""
    last = address.rpartition("/")[2]
    return len(re.findall(r"[^\W\d_]+", last)) >= 3 or bool(re.search(r"\d{5}", last))


_AROUND = " \t\r\n<>\"'“”‘’«»‹›,;"
_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}"
_BARE = re.compile(rf"(?P<host>{_HOST})(?::\d+)?(?P<path>[/?#]\S*)?", re.IGNORECASE)
_FOREIGN = re.compile(r"[a-z][a-z\d+.-]+:\S+", re.IGNORECASE)
_READERS = re.compile(r"(?:view-source|feed|reader):(?=https?://)|feed(?=://)", re.IGNORECASE)


def read_address(text: str) -> str | None:
    """The web address that a text is; None if it is anything else.

    ``www.example.com/story`` and ``example.com/story`` are read as ``https://…``, and
    ``feed://…`` as ``http://…``. Angle brackets and quotation marks around it are left out.
    """
    text = _READERS.sub(
        lambda found: "http" if found[0].lower() == "feed" else "", text.strip(_AROUND)
    )
    if text.lower().startswith(("http://", "https://")):
        return text if len(text.split()) == 1 else None
    return f"https://{text}" if _BARE.fullmatch(text) else None


def read_addresses(text: str) -> list[str]:
    """The addresses in a text that consists of nothing else; empty if it has any other word.

    One that is not on the web (``file:///…``, ``mailto:…``) is given as it stands.
    """
    addresses: list[str] = []
    for word in text.split():
        if not word.strip(_AROUND):
            continue
        address = read_address(word) or _read_foreign(word)
        if address is None:
            return []
        addresses.append(address)
    return addresses


def _read_foreign(word: str) -> str | None:
    return word.strip(_AROUND) if _FOREIGN.fullmatch(word.strip(_AROUND)) else None
