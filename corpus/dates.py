"""Read the day of publication from a page's text. Never falls back to today's date.

Only stamps count: a line or a byline that is little more than a date. A date inside a sentence is
news and not a stamp. A page without a stamp has no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

_MONTH_NAMES = (
    "january jan ocak januar jänner janvier janv enero ene gennaio gen janeiro januari",
    "february feb şubat subat februar février fevrier févr febrero febbraio fevereiro fev februari",
    "march mar mart märz maerz mars marzo março marco maart maret",
    "april apr nisan avril avr abril abr aprile",
    "may mayıs mayis mai mayo maggio mag maio mei",
    "june jun haziran juni juin junio giugno giu junho",
    "july jul temmuz juli juillet juil julio luglio lug julho",
    "august aug ağustos agustos août aout agosto ago augustus agt",
    "september sep sept eylül eylul septembre septiembre settembre set setembro",
    "october oct ekim oktober okt octobre octubre ottobre ott outubro out oktober",
    "november nov kasım kasim novembre noviembre novembro nopember",
    "december dec aralık aralik dezember dez décembre decembre déc diciembre dic dicembre dezembro "
    "desember des",
)
MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
"""Month names, full and abbreviated, in lower case: English, Turkish, German, French, Spanish,
Italian, Portuguese, Dutch, Indonesian."""

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "trt": 3,
    "msk": 3, "wib": 7, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
    "edt": -4, "est": -5, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
"""Hours east of Greenwich. BST, CST, IST and ET are left out: each names more than one offset."""

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark){_DAY}(?!\d)",
        rf"\b{_YEAR}\s?年\s?(?P<month>\d\d?)\s?月\s?{_DAY}\s?日",
        rf"(?<![\w.]){_DAY}(?:st|nd|rd|th|er|[.ºª])?(?:\s|-)+(?:(?:de|of)\s+)?{_MONTH},?"
        rf"(?:\s|-)+(?:del?\s+)?{_YEAR}\b",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}\b",
        rf"(?<![\w.]){_DAY}(?P<mark>[./-])(?P<month>\d\d?)(?P=mark){_YEAR}\b",
    )
)
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
_BETWEEN = re.compile(
    r"[\s,|T·•–—@-]*(?:(?:at|um|à|a las|alle|às|om|pukul|saat)\s+)?", re.IGNORECASE
)
_UPDATED = re.compile(
    r"(?:updated|modified|edited|güncelle\w*|aktualisiert|mis à jour|actualizado|aggiornat\w+"
    r"|atualizado|bijgewerkt|diperbarui)\W*(?:on|at|le|el|il|em|op|am)?\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:published|posted|publication|updated?|modified|edited|yayın\w*|güncelle\w*"
    r"|veröffentlicht|aktualisiert|publié|mis à jour|publicado|actualizado|pubblicato"
    r"|aggiornat\w+|atualizado|gepubliceerd|bijgewerkt"
    r"|diterbitkan|diperbarui|min(?:ute)?s? read)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:first|last|date|time|on|at|[ap]m|uhr|stand|le|el|il|em|op"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
    r"|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:segunda|terça|quarta|quinta|sexta)-feira"
    r"|senin|selasa|rabu|kamis|jumat|sabtu|minggu)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\W*\d{1,2}[:.]\d\d\W+$")
"""A time before a day; the text after them is buttons ("21:17 18.11.2019 Get short URL")."""
_SEPARATOR = re.compile(r"[|:•·]")
_BYLINE = re.compile(
    r"\W*(?:(?:posted |written )?by|von|par|por|di|door|oleh|yazan):?\s", re.IGNORECASE
)
_SIGNED = re.compile(r"^(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w.'’-]+ ){2,4}[-–—|/•·] ?\W*$")
"""A name and a dash before a day: "Jane Doe - Nov 19, 2019"."""
MAX_STAMP_CHARACTERS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A day of publication as a page prints it.

    Attributes:
        day: the day.
        moment: aware datetime, set only if time and offset are both printed.
        updated: whether this is the day of a later update.
    """

    day: date
    moment: datetime | None = None
    updated: bool = False


def find_stamp(lines: list[str]) -> Stamp | None:
    """The first stamp of publication; without one, the first stamp of an update."""
    stamps = [stamp for line in lines for stamp in read_stamps(line)]
    return next((stamp for stamp in stamps if not stamp.updated), stamps[0] if stamps else None)


def read_stamps(line: str) -> list[Stamp]:
    """The stamps of a line that is little more than stamps.

    Labels, a weekday and a byline may accompany them.
    """
    if len(line) > MAX_STAMP_CHARACTERS or not any(character.isdigit() for character in line):
        return []
    stamps: list[Stamp] = []
    rest: list[str] = []
    end = 0
    while (found := _find_day(line, end)) is not None:
        day, start, stop = found
        moment, stop = _read_time(line, stop, day)
        stamps.append(
            Stamp(day=day, moment=moment, updated=_UPDATED.search(line[end:start]) is not None)
        )
        rest.append(line[end:start])
        end = stop
    if not stamps:
        return []
    rest.append(line[end:])
    around = " ".join(rest)
    words = re.findall(r"[^\W\d_]+", _FILLER.sub(" ", _LABEL.sub(" ", around)))
    allowed = 0
    if any(map(_BYLINE.match, rest)) or (_LABEL.search(around) and _SEPARATOR.search(around)):
        allowed = 7
    elif _LABEL.search(around):
        allowed = 2
    elif _CLOCK.match(rest[0]) or _SIGNED.match(rest[0]):
        allowed = 4
    return stamps if len(words) <= allowed and not (words and line.rstrip().endswith(".")) else []


def parse_stamp(text: str) -> tuple[date | None, datetime | None]:
    """Read a stamp from a format's date field.

    Understands ISO 8601, RFC 822, "2022/08/30" and "Aug. 30, 2022 4:12 PM GMT+03:00".

    Returns:
        The day as printed, and the moment if time and offset are both given. (None, None) if the
        day is ambiguous ("03/04/2025").
    """
    text = text.strip()[:MAX_STAMP_CHARACTERS]
    found = _find_day(text, 0)
    if found is None:
        return None, None
    day, _, end = found
    return day, _read_time(text, end, day)[0]


def _find_day(line: str, start: int) -> tuple[date, int, int] | None:
    """The first unambiguous day at or after ``start``, with its span."""
    best: tuple[date, int, int] | None = None
    for pattern in _DAYS:
        for found in pattern.finditer(line, start):
            if best is not None and found.start() >= best[1]:
                break
            if day := _to_day(found):
                best = (day, found.start(), found.end())
                break
    return best


def _to_day(found: re.Match[str]) -> date | None:
    year, day = int(found["year"]), int(found["day"])
    name = found["month"].lower().replace("\u0307", "")  # "İ".lower() is an i and a combining dot
    if not name.isdigit():
        return _make_day(year, MONTHS.get(name, 0), day)
    month = int(name)
    if found.start("year") < found.start("day"):
        return _make_day(year, month, day)
    if month > 12 and found["mark"] == "/":
        return _make_day(year, day, month)
    return _make_day(year, month, day) if day > 12 or day == month else None


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
