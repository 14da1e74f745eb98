"""Read days of publication and of updates from a page. Never falls back to today's date.

Only stamps count: a line or a byline that is little more than a date. A date inside a sentence is
news and not a stamp. A page without a stamp has no date. Ages such as "2 hours ago" are read by
dateparser, which is imported when one is met.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum

from corpus.cleaning.locales import find_number, find_order, load_names

_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "trt": 3,
    "msk": 3, "wib": 7, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
    "edt": -4, "est": -5, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
"""Hours east of Greenwich. BST, CST, IST and ET are left out: each names more than one offset."""

_YEAR = r"(?P<year>(?:19|20)\d\d)(?=\d{1,2}[:.]\d\d(?!\d)|\D|$)"
"""A layout may glue a time to the year ("20249:15 AM")."""
_ANY_YEAR = rf"(?:{_YEAR}|(?P<thai>25\d\d)(?!\d))"
"""A year, or one of the Thai calendar, which is 543 ahead."""
_SHORT_YEAR = r"(?P<short>\d\d)(?![\d:.]|\s*[^\W\d_])"
_MONTH = r"(?P<month>[^\W\d_][^\s\d,;:|/()\[\]]*)(?:/[^\W\d_]+)?"
_DAY = r"(?<![\d.:/])(?<!\d[,-])(?P<day>\d{1,2})"
_ORDINAL = r"(?:-?[^\W\d_]{1,3}(?=[\s-])|[.ºª°])?"
_NUMBERS = r"(?<![\w.:/-])(?P<first>\d{1,2})\s?(?P<mark>[./-])\s?(?P<second>\d{1,2})\s?(?P=mark)\s?"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)\s?(?P<mark>[-/.])\s?(?P<number>\d\d?)\s?(?P=mark)"
        r"\s?(?P<day>\d\d?)(?=\d{1,2}:\d\d|\D|$)",
        r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<number>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일]",
        r"(?P<day>\d{1,2})\s+tháng\s+(?P<number>\d{1,2})(?:,?\s+(?:năm\s+)?|/)"
        r"(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_DAY}{_ORDINAL}[\s/-]*(?:[^\W\d_]{{1,3}}['’\s]\s?)?{_MONTH}[,\s/-]*"
        rf"(?:[^\W\d_]{{1,4}}\.?\s+)?(?:{_ANY_YEAR}|['’]?{_SHORT_YEAR})",
        rf"{_MONTH}[\s/-]*(?P<day>\d{{1,2}})(?:st|nd|rd|th|[.ºª])?[,\s/-]+"
        rf"(?:{_ANY_YEAR}|['’]{_SHORT_YEAR})",
        rf"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)[.,\s]+(?:[^\W\d_]{{1,5}}\.?\s+)?{_MONTH}\s+"
        r"(?P<day>\d{1,2})(?![\d:])",
        r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)[.\s]+(?:[^\W\d_]{1,5}\.?\s+)?(?P<day>\d{1,2})[.\s]+"
        rf"{_MONTH}",
        rf"{_NUMBERS}{_YEAR}",
        rf"{_NUMBERS}(?P<short>\d\d)(?![\d:/.-])",
    )
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:T?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:\.\d+)?)?)?(?=\D|$)"
)
_EPOCH = re.compile(r"(?P<seconds>\d{9,10})(?:\d{3}|\.\d+)?")
_ADDRESS = re.compile(
    r"(?<=[/_-])(?P<year>(?:19|20)\d\d)(?P<mark>[/_-]?)"
    r"(?P<month>\d\d|(?<=/)(?:[a-z]{3}|\d)(?=/))(?P=mark)(?P<day>\d\d|(?<=/)\d(?=/))(?=[/._-]|$)"
)
_NO_DAYS = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1)})
"""What programs write for "unknown", the first in the two hemispheres."""

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*(?:Uhr|hrs?)\b)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"\s*\(?(?:(?:GMT|UTC)\s*)?"
    r"(?P<sign>[+\-−])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)\)?"
    r"|\s*\(?(?P<zone>[A-Za-z]{1,4})\b\)?",
)
_BETWEEN = re.compile(r"[\s,|/T·•–—@.-]*(?:[^\W\d_]{1,6}\.?\s+){0,2}")
"""What stands between a day and its time: "at", "um", "kl.", "o godz."."""
_EARLIER = re.compile(
    r"(?<![\d.,])\d{1,2}(?:[:.h]\d\d(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?|\s*[ap]\.?m\b\.?)"
    r"(?:\s*\(?(?:[A-Z]{2,4}\b|Uhr\b|hrs?\b|h\b)(?:[+-]\d{1,2}(?::?\d\d)?)?\)?)?",
    re.IGNORECASE,
)
"""A time with its zone, beside a day."""

_UPDATED_WORDS = (
    r"updated?|modified|edited|amended|revised|republished|reposted|corrected|last changed"
    r"|güncelle\w*|aktualisiert|geändert|überarbeitet|(?:mise? à jour|modifiée?|actualisée?)"
    r"|actualizad\w+|actualización|modificad\w+|actualitzat|actualització|aggiornat\w+|modificato"
    r"|atualizad\w+|atualização|bijgewerkt|gewijzigd|diperbarui|zaktualizowan\w*|aktualizacja"
    r"|обновлен\w*|обновлён\w*|изменен\w*|изменён\w*|оновлен\w*|змінен\w*|uppdatera\w*|oppdater\w*"
    r"|opdater\w*|ändrad|endret|päivitetty|muokattu|actualizat|actualizată|aktualizov\w+|frissít\w+"
    r"|ενημερώθηκε|ενημέρωση|تحديث|عُدّل|آخر تحديث|עודכן|עדכון|수정|업데이트|更新|cập nhật"
)
_PUBLISHED_WORDS = (
    r"published|posted|publication|released|issued|created|filed|first appeared|pub\. date"
    r"|yayın\w*|giriş|veröffentlicht|erstellt|erschienen|publiée?|parue?|publicad\w+|publicació\w*|publicat"
    r"|pubblicat\w+|gepubliceerd|geplaatst|diterbitkan|tayang|opublikowan\w*|publikacj\w+|dodano|utworzono"
    r"|опубликован\w*|опубліковано|publicera\w*|publisert|publiceret|udgivet|julkaistu|publikovan\w*"
    r"|közzét\w+|megjelent|δημοσιεύ\w+|نشر|نُشر|تاريخ النشر|פורסם|입력|등록|게재|発行|公開|配信"
    r"|发布|đăng"
)
_UPDATED = re.compile(rf"(?<!\w)(?:{_UPDATED_WORDS})(?!\w)", re.IGNORECASE)
_PUBLISHED = re.compile(rf"(?<!\w)(?:{_PUBLISHED_WORDS})(?!\w)", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:last|most recently|zuletzt|letzte|derni[eè]re?|[uú]ltima|ultima|ostatni\w*|senast|sist"
    r"|sidst|laatst|son|viimeksi|последн\w*|останн\w*|terakhir)\b|آخر|לאחרונה|최종|最終|最后",
    re.IGNORECASE,
)
"""With "updated": the page is older than that day."""
_LABEL = re.compile(
    rf"(?<!\w)(?:{_UPDATED_WORDS}|{_PUBLISHED_WORDS}|min(?:ute)?s? read)(?!\w)", re.IGNORECASE
)
_FILLER = re.compile(
    r"\b(?:first|last|date|data|time|originally|stand|uhr|[ap]m|on|at|vom|ngày|thứ|le|el|il|em|op|am)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-Ö][a-zà-ö])")
"""Where a layout glues a label to the word before it ("ESTUpdated")."""
_NOTICE = re.compile(
    r"^(?:this|the) (?:article|story|piece|report|post|column|interview|essay)\b.{0,40}"
    r"\b(?:published|posted|updated|modified|appeared)\b.{0,60}$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\W*\d{1,2}[:.]\d\d\W+$")
"""A time before a day; the text after them is buttons ("21:17 18.11.2019 Get short URL")."""
_CLOCK_TIME = re.compile(r"\d{1,2}[:.h]\d\d(?!\d|[./-]\d)|\d\s?[ap]\.?m\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|originally|original|zuerst|erstmals)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[|:•·]")
_BYLINE = re.compile(
    r"\W*(?:(?:posted |written )?by|von|par|por|di|door|oleh|yazan):?\s", re.IGNORECASE
)
_SIGNED = re.compile(r"^(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w.'’-]+ ){2,4}[-–—|/•·] ?\W*$")
"""A name and a dash before a day: "Jane Doe - Nov 19, 2019"."""
_NAMED = re.compile(r"^(?:[^\W\d_a-zß-ÿ][\w.'’-]+[ ,]+){2,4}$")
"""A name and a comma before a day: "Jane Doe, 19 November 2019"."""
_PART = re.compile(r"[|/•·–—]|\s-\s")
_RANGE = re.compile(r"\d{1,2}\.?\s*(?:[-–—]|\b(?:to|and|bis|au|al|a|til|till|do|по)\b)\s*$")
_DASH = re.compile(r"^\s*(?:[-–—]|to|until|bis|au|al|till?)\s*$", re.IGNORECASE)
_FOREIGN = re.compile(
    r"©|\(c\)\s|\b(?:copyright|photo|image|picture|foto|bild|getty|reuters/|courtesy|born|deadline"
    r"|event|events|until|expires|comments?|reply|captures?|edition)\b",
    re.IGNORECASE,
)
"""Words beside days that are not the article's: a caption's, an event's, an archive's."""
_SAVED = re.compile(
    r"\W*(?:(?:this )?(?:page|article|copy|snapshot) (?:was )?)?(?:(?:saved|retrieved|accessed"
    r"|captured|archived|printed|downloaded|viewed)|today is|abgerufen|consultée?|consultado)\b",
    re.IGNORECASE,
)
MAX_STAMP_CHARACTERS = 160
MAX_AGE_CHARACTERS = 60
_AGE_SEPARATOR = re.compile(r"\s*[|•·/–—()\n]\s*|\s+-\s+|,\s+|\s\s+")
MAX_AGE = timedelta(days=3_650)


class Label(Enum):
    """What a stamp says that its day is."""

    NONE = "nothing"
    PUBLISHED = "the day of publication"
    UPDATED = "the day of an update"
    LAST_UPDATED = "the day of the last of several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A day as a page prints it.

    Attributes:
        day: the day.
        moment: aware datetime, set only if time and offset are both printed.
        label: what the page says that the day is.
        first: whether the page says that it is the first of several days.
        timed: whether a time stands beside the day.
        weekday: whether a weekday stands beside it.
        alone: whether the line is the stamp's, without an author or an outlet.
    """

    day: date
    moment: datetime | None = None
    label: Label = Label.NONE
    first: bool = False
    timed: bool = False
    weekday: bool = False
    alone: bool = True

    @property
    def updated(self) -> bool:
        """Whether this is the day of a later update."""
        return self.label in (Label.UPDATED, Label.LAST_UPDATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What settles days that a line leaves open.

    Attributes:
        language: the page's language as an IETF tag ("de", "en-GB"); it settles the order of
            numbers and names of months that two languages share.
        order: the order of numbers that other dates on the page show, "DMY" or "MDY".
        days: other days that the page states; one of them settles a date that can be read as it.
        saved: when the page was saved; ages count from it, and no day is later.
    """

    language: str | None = None
    order: str | None = None
    days: frozenset[date] = frozenset()
    saved: datetime | None = None


NO_CONTEXT = Context()


def read_stamps(line: str, context: Context | None = None) -> list[Stamp]:
    """The stamps of a line that is little more than stamps.

    Labels, a weekday and a byline may accompany them.

    Args:
        line: a line of a page.
        context: what settles open days, for a line that stands where stamps stand. There, a name
            and an outlet's name may accompany them too, and an age ("2 hours ago") is a stamp.
    """
    if len(line) > MAX_STAMP_CHARACTERS or not any(character.isdigit() for character in line):
        return _read_ages(line, context)
    plain = _to_plain(line)
    stamps: list[Stamp] = []
    rest: list[str] = []
    end = 0
    while (found := _find_day(plain, end, context or NO_CONTEXT)) is not None:
        day, start, stop = found
        if day in _NO_DAYS:
            return []
        moment, stop = _read_time(plain, stop, day)
        before = plain[end:start]
        stamps.append(
            Stamp(
                day=day,
                moment=moment,
                label=read_label(before),
                first=_FIRST.search(before) is not None,
                timed=_CLOCK_TIME.search(before + plain[start : stop + 12]) is not None,
                weekday=any(map(_is_weekday, re.findall(r"[^\W\d_]{4,}", plain))),
            )
        )
        rest.append(before)
        end = stop
    if not stamps:
        return _read_ages(line, context)
    rest.append(plain[end:])
    if not _is_little_more(plain, rest, near=context is not None):
        return []
    alone = not _find_words(" ".join(rest))
    return [replace(stamp, alone=alone) for stamp in stamps]


def _is_little_more(line: str, rest: list[str], *, near: bool) -> bool:
    """Whether the text around a line's days still lets it be a stamp."""
    around = _GLUED.sub(" ", " ".join(rest))
    label = _LABEL.search(around)
    if near and _NOTICE.match(line):
        return True
    if _RANGE.search(rest[0]) or (not label and any(map(_DASH.match, rest[1:-1]))):
        return False
    if _FOREIGN.search(around) and not label:
        return False
    words = _find_words(around)
    allowed = 0
    if any(map(_BYLINE.match, rest)) or (label and _SEPARATOR.search(around)):
        allowed = 7
    elif label:
        allowed = 2
    elif _CLOCK.match(rest[0]) or _SIGNED.match(rest[0]):
        allowed = 4
    elif near and (_NAMED.match(rest[0]) or _is_parted(rest)):
        allowed = 4
    elif near and not _find_words(rest[0]):
        allowed = 2
    return len(words) <= allowed and not (words and line.rstrip().endswith("."))


def _is_parted(rest: list[str]) -> bool:
    """Whether separators stand between the days and the words beside them."""
    for number, chunk in enumerate(rest):
        parts = _PART.split(chunk)
        if _find_words(parts[0 if number else -1]) or (len(parts) == 1 and _find_words(chunk)):
            return False
    return True


def _find_words(text: str) -> list[str]:
    """The words that are no label, time, weekday or particle."""
    text = _EARLIER.sub(" ", _FILLER.sub(" ", _LABEL.sub(" ", text)))
    return [
        word
        for word in re.findall(r"[^\W\d_]+(?:-feira)?", text)
        if not (len(word) <= 3 and word == word.lower())
        and not _is_calendar_name(word.lower().replace("\u0307", "").removesuffix("-feira"))
    ]


def _is_calendar_name(word: str) -> bool:
    return _is_weekday(word) or word in load_names("months")


def _is_weekday(word: str) -> bool:
    return word.lower() in load_names("days")


def read_label(before: str) -> Label:
    """What the text between two days says that the second is."""
    before = _GLUED.sub(" ", before)
    updated = list(_UPDATED.finditer(before))
    published = list(_PUBLISHED.finditer(before))
    if updated and (not published or updated[-1].start() > published[-1].start()):
        return Label.LAST_UPDATED if _LAST.search(before) else Label.UPDATED
    return Label.PUBLISHED if published else Label.NONE


def _read_ages(line: str, context: Context | None) -> list[Stamp]:
    """The stamp of a line that gives its age: "2 hours ago", "vor 3 Tagen", "yesterday"."""
    if (
        context is None
        or context.saved is None
        or len(line) > MAX_AGE_CHARACTERS
        or line.rstrip().endswith(".")
    ):
        return []
    text = _PUBLISHED.sub(" ", _UPDATED.sub(" ", line)).strip(" :")
    for part in dict.fromkeys([text, *_AGE_SEPARATOR.split(text)]):
        if day := _parse_age(part.strip(" :"), context):
            return [Stamp(day=day, label=read_label(line))]
    return []


def _parse_age(text: str, context: Context) -> date | None:
    import dateparser

    if not 3 < len(text) <= MAX_AGE_CHARACTERS or context.saved is None:
        return None
    spoken = (context.language or "en")[:2].lower()
    moment: datetime | None
    try:
        moment = dateparser.parse(
            text,
            languages=[spoken],
            settings={
                "RELATIVE_BASE": context.saved.replace(tzinfo=None),
                "PARSERS": ["relative-time"],
            },
        )
    except ValueError:  # a language that dateparser lacks
        return None
    if moment is None or not timedelta(0) <= context.saved.replace(tzinfo=None) - moment < MAX_AGE:
        return None
    return moment.date()


def find_saved(lines: Collection[str]) -> datetime | None:
    """When the page says that it was saved, printed or retrieved; the end of the day."""
    for line in lines:
        if len(line) <= MAX_STAMP_CHARACTERS and _SAVED.match(line):
            if found := _find_day(_to_plain(line), 0, NO_CONTEXT):
                return datetime.combine(found[0], time.max)
    return None


def find_days(lines: Collection[str]) -> tuple[frozenset[date], str | None]:
    """The days that short lines state without doubt, and the order of day and month in numbers."""
    days: set[date] = set()
    orders: Counter[str] = Counter()
    for line in lines:
        if len(line) > MAX_STAMP_CHARACTERS or not any(map(str.isdigit, line)):
            continue
        plain, end = _to_plain(line), 0
        for found in _DAYS[7].finditer(plain):
            first, second = int(found["first"]), int(found["second"])
            if (first > 12) != (second > 12):
                orders["DMY" if first > 12 else "MDY"] += 1
        while (one := _find_day(plain, end, NO_CONTEXT)) is not None:
            days.add(one[0])
            end = one[2]
    return frozenset(days), next(iter(orders)) if len(orders) == 1 else None


def read_address(url: str) -> date | None:
    """The day in an article's address: "/2024/03/04/…", "/2024-03-04-…", "/2024/mar/04/…"."""
    found = _ADDRESS.search(url.partition("?")[0])
    if found is None:
        return None
    month = found["month"]
    number = int(month) if month.isdigit() else _read_month(month, "en")
    return _make_day(int(found["year"]), number or 0, int(found["day"]))


def parse_stamp(text: str, *, language: str | None = None) -> tuple[date | None, datetime | None]:
    """Read a stamp from a format's date field.

    Understands ISO 8601, RFC 822, "2022/08/30", "20220830", seconds or milliseconds since 1970, and
    what pages print ("Aug. 30, 2022 4:12 PM GMT+03:00").

    Args:
        text: the field.
        language: the IETF tag of its language, which settles the order of numbers.

    Returns:
        The day as printed, and the moment if time and offset are both given. (None, None) if the
        day is ambiguous ("03/04/2025") or stands for "unknown" ("1970-01-01").
    """
    text = _to_plain(text.strip()[:MAX_STAMP_CHARACTERS])
    if _EPOCH.fullmatch(text) and not (len(text) == 12 and _COMPACT.fullmatch(text)):
        return _parse_epoch(text)
    if (compact := _COMPACT.match(text)) is not None:
        day = _make_day(*(int(compact[name]) for name in ("year", "month", "day")))
        end = compact.end("day")
        if compact["hour"]:  # for _read_time
            text = f"{text[:end]}T{compact['hour']}:{compact['minute']}{text[compact.end() :]}"
    else:
        found = _find_day(text, 0, Context(language=language))
        day, end = (found[0], found[2]) if found else (None, 0)
    if day is None or day in _NO_DAYS:
        return None, None
    return day, _read_time(text, end, day)[0]


def _parse_epoch(text: str) -> tuple[date | None, datetime | None]:
    found = _EPOCH.fullmatch(text)
    seconds = int(found["seconds"]) if found else 0
    if text[:2] in ("19", "20") and len(text) == 10 and _COMPACT.match(text[:8]):
        day, _ = parse_stamp(text[:8])  # 2024030415 is more likely an hour than 2034
        if day and int(text[8:]) < 24:
            return day, None
    moment = datetime.fromtimestamp(seconds, UTC)
    return (None, None) if moment.date() in _NO_DAYS else (moment.date(), moment)


def _to_plain(line: str) -> str:
    """The line with ASCII digits and without invisible marks; offsets stay the same."""
    if line.isascii():
        return line
    return "".join(
        str(unicodedata.decimal(character))
        if character.isdecimal()
        else " "
        if unicodedata.category(character) == "Cf"
        else character
        for character in line
    )


def _find_day(line: str, start: int, context: Context) -> tuple[date, int, int] | None:
    """The first unambiguous day at or after ``start``, with its span."""
    best: tuple[date, int, int] | None = None
    for pattern in _DAYS:
        at = start
        while found := pattern.search(line, at):
            if best is not None and found.start() >= best[1]:
                break
            if day := _to_day(found, line, context):
                best = (day, found.start(), found.end())
                break
            at = found.start() + 1
    return best


def _to_day(found: re.Match[str], line: str, context: Context) -> date | None:
    parts = found.groupdict()
    year = int(parts["year"]) if parts.get("year") else 0
    if parts.get("thai"):
        year = int(parts["thai"]) - 543
    elif short := parts.get("short"):
        year = int(short) + (2000 if int(short) < 70 else 1900)
    if parts.get("number"):
        return _make_day(year, int(parts["number"]), int(parts["day"]))
    if name := parts.get("month"):
        month = _read_month(name, context.language)
        return _make_day(year, month, int(parts["day"])) if month else None
    return _settle(found, year, line, context)


def _read_month(word: str, language: str | None) -> int | None:
    """The month of a word, which a layout may have glued to the word before ("UpdatedMarch")."""
    word = word.strip(".-–'’")
    inner = re.search(r"(?<=[a-z])[A-Z][^A-Z]*$", word)
    for form in (word, inner[0] if inner else ""):
        name = form.lower().replace("\u0307", "")  # "İ".lower() is an i and a combining dot
        if name and (number := find_number("months", name, language)):
            return number
    return None


def _settle(found: re.Match[str], year: int, line: str, context: Context) -> date | None:
    """The day of three numbers: by their size, the order, the weekday, or another date."""
    first, second = int(found["first"]), int(found["second"])
    short = found.groupdict().get("short")
    order = context.order or find_order(context.language)
    if short:  # which of three is the year?
        if order == "YMD":
            return _make_day(2000 + first, second, int(short))
        if order is None:
            return None
    readings = {"DMY": _make_day(year, second, first), "MDY": _make_day(year, first, second)}
    if first > 12 or first == second:
        return readings["DMY"] if not (short and order == "MDY") else None
    if second > 12:
        return readings["MDY"] if found["mark"] != "." and not (short and order == "DMY") else None
    days = [day for day in readings.values() if day]
    named = {
        number
        for word in re.findall(r"[^\W\d_]{4,}", line)
        if (number := find_number("days", word.lower(), context.language)) is not None
    }
    limit = context.saved.date() if context.saved else date.max
    for settled in (
        [day for day in days if day.weekday() in named],
        [day for day in days if day in context.days],
        [day for day in days if day <= limit],
    ):
        if len(settled) == 1:
            return settled[0]
    if order is None and found["mark"] == "." and _is_dotted(line):
        order = "DMY"
    return readings.get(order or "")


def _is_dotted(line: str) -> bool:
    """Whether the line's own words show a language that writes 4.3.2024 with the day first."""
    return re.search(r"\b(?:Uhr|klo|kl\.|ob|óra|godz)\b|\bkl\.", line) is not None


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_time(line: str, start: int, day: date) -> tuple[datetime | None, int]:
    """The moment given by the time and offset after a day, and where they end."""
    between = _BETWEEN.match(line, start)
    time = _TIME.match(line, between.end() if between else start)
    if time is None or not (time["minute"] or time["half"]):
        return None, start
    hour = int(time["hour"])
    if time["half"]:
        hour = hour % 12 + (12 if time["half"].lower() == "p" else 0)
    offset = _OFFSET.match(line, time.end())
    zone, end = (None, time.end()) if offset is None else (_to_zone(offset), offset.end())
    if zone is None:
        return None, end if offset and offset["zone"] and offset["zone"].isupper() else time.end()
    try:
        moment = datetime(
            day.year,
            day.month,
            day.day,
            hour,
            int(time["minute"] or 0),
            int(time["second"] or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None, time.end()
    return moment, end


def _to_zone(offset: re.Match[str]) -> timezone | None:
    if name := offset["zone"]:
        hours = _ZONES.get(name.lower())
        return None if hours is None else timezone(timedelta(hours=hours))
    distance = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    if distance > timedelta(hours=14):
        return None
    return timezone(distance if offset["sign"] == "+" else -distance)
