"""Names of months and weekdays, and the order of days in numbers, from Unicode CLDR (babel).

babel is imported when the first name is looked up, since most commands never read a date.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

_LANGUAGES = frozenset(
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ka "
    "kk lt lv mk mn ms nb nl no pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi".split()
)
"""The languages whose names of months and weekdays are known, with all of their territories."""

_MIN_AGREEMENT = 0.9
"""A name that means different months in two languages ("listopad") is read without knowing the
language only if this share of the locales agree."""


class _Months(Mapping[str, int]):
    """CLDR's names of months, loaded when the first is looked up."""

    def __getitem__(self, name: str) -> int:
        number = find_number("months", name.lower(), None)
        if number is None:
            raise KeyError(name)
        return number

    def __iter__(self) -> Iterator[str]:
        return (name for name in load_names("months") if find_number("months", name, None))

    def __len__(self) -> int:
        return sum(1 for _ in self)


MONTHS: Mapping[str, int] = _Months()
"""Names of months, full and abbreviated, in lower case, to 1-12."""


def load_names(table: str) -> Mapping[str, Mapping[int, frozenset[str]]]:
    """Each name of "months" or "days", and the locales in which it means which number."""
    return _load_tables()[table]


@cache
def _load_tables() -> dict[str, dict[str, dict[int, frozenset[str]]]]:
    found: dict[str, dict[str, dict[int, set[str]]]] = {"months": {}, "days": {}}
    for locale, data in _read_locales():
        pattern = str(data.get("date_formats", {}).get("long", ""))
        joined = re.search(r"d ?([^\W\da-zA-Z]+)M{3,4}", pattern)  # Hebrew joins a preposition
        for table, names in found.items():
            for number, name in _list_names(data.get(table, {})):
                for form in _write_forms(name, joined[1] if joined else ""):
                    names.setdefault(form, {}).setdefault(number, set()).add(locale)
    return {
        table: {
            name: {number: frozenset(locales) for number, locales in numbers.items()}
            for name, numbers in names.items()
        }
        for table, names in found.items()
    }


def _read_locales() -> Iterator[tuple[str, dict[str, Any]]]:
    """The data that each locale states itself, without what it inherits.

    ``localedata.load`` would keep all of it, 96 MB.
    """
    from babel import localedata

    for locale in localedata.locale_identifiers():
        if locale.partition("_")[0] in _LANGUAGES:
            with open(localedata.resolve_locale_filename(locale), "rb") as file:
                yield locale, pickle.load(file)


def _list_names(table: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The full and abbreviated names; anything but a dictionary refers to another table."""
    for widths in table.values():
        for width in ("wide", "abbreviated"):
            numbers = widths.get(width) if isinstance(widths, dict) else None
            if isinstance(numbers, dict):
                yield from numbers.items()


def _write_forms(name: str, prefix: str) -> Iterator[str]:
    """A name in lower case without its article and full stop, also with a prefix."""
    form = re.split(r"[\s’']", name.lower().replace("\u0307", ""))[-1].strip(".")
    if len(form) > 1 and not any(map(str.isdigit, form)):
        yield form
        if prefix:
            yield prefix + form


def find_number(table: str, name: str, language: str | None) -> int | None:
    """The month or weekday that a name means in a language, or in nearly all languages."""
    numbers = load_names(table).get(name, {})
    if len(numbers) > 1 and language:
        spoken = language.lower()[:2]
        own = [
            number
            for number, locales in numbers.items()
            if any(locale.partition("_")[0] == spoken for locale in locales)
        ]
        if len(own) == 1:
            return own[0]
    total = sum(map(len, numbers.values()))
    return next((n for n, held in numbers.items() if len(held) >= _MIN_AGREEMENT * total), None)


@cache
def find_order(language: str | None) -> str | None:
    """The order in which a language writes day, month and year in numbers: "DMY", "MDY", "YMD".

    None if the language is unknown, and for English without a country.
    """
    from babel import Locale, UnknownLocaleError

    if not language:
        return None
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return find_order(language[:2]) if language[2:3] in ("-", "_") else None
    if locale.language == "en" and str(locale.territory) not in language:
        return None
    pattern = str(locale.date_formats["short"].pattern)
    return "".join(dict.fromkeys(re.findall("[dMy]", pattern))).upper()
