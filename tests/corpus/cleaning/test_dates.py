import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.cleaning.dates import (
    Context,
    Label,
    find_days,
    find_saved,
    parse_stamp,
    read_address,
    read_stamps,
)
from corpus.cleaning.locales import MONTHS, find_number, find_order

TURKEY = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("line", "day", "moment"),
    [
        (
            "December 09, 2025 04:12 PM GMT+03:00",
            date(2025, 12, 9),
            datetime(2025, 12, 9, 16, 12, tzinfo=TURKEY),
        ),
        ("9 December 2025, 16:12", date(2025, 12, 9), None),
        ("2025-12-09T16:12:00Z", date(2025, 12, 9), datetime(2025, 12, 9, 16, 12, tzinfo=UTC)),
        (
            "2025-12-09 16:12:30+0300",
            date(2025, 12, 9),
            datetime(2025, 12, 9, 16, 12, 30, tzinfo=TURKEY),
        ),
        ("Nov 3, 2025 by Jane Doe", date(2025, 11, 3), None),
        ("Jane Doe - Nov 3, 2025, 10:31 pm", date(2025, 11, 3), None),
        ("Posted by Jane Anne Doe on November 3, 2025", date(2025, 11, 3), None),
        ("Published 3 Nov 2025", date(2025, 11, 3), None),
        (
            "Published: Tuesday, 4 Nov 2025 | 12:05 am UTC",
            date(2025, 11, 4),
            datetime(2025, 11, 4, 0, 5, tzinfo=UTC),
        ),
        ("By Jane Doe, Example News | 9 December 2025", date(2025, 12, 9), None),
        ("Nov. 19, 2019 8:03 am ET", date(2019, 11, 19), None),
        ("10 Dec 2025 10:00 EST", date(2025, 12, 10), datetime(2025, 12, 10, 15, 0, tzinfo=UTC)),
        ("21:17 18.12.2025 Get short URL", date(2025, 12, 18), None),
        ("25/12/2025", date(2025, 12, 25), None),
        ("12/25/2025", date(2025, 12, 25), None),
        ("25.12.2025 14:30 Uhr", date(2025, 12, 25), None),
        ("9 Aralık 2025 16:12", date(2025, 12, 9), None),
        ("9 NİSAN 2025", date(2025, 4, 9), None),
        ("sexta-feira, 22 de outubro de 2010 às 20:13", date(2010, 10, 22), None),
        ("le 9 décembre 2025 à 16h12", date(2025, 12, 9), None),
        ("9 de diciembre de 2025", date(2025, 12, 9), None),
        (
            "Selasa, 9 Desember 2025 16:12 WIB",
            date(2025, 12, 9),
            datetime(2025, 12, 9, 9, 12, tzinfo=UTC),
        ),
        ("2025年12月9日", date(2025, 12, 9), None),
    ],
)
def test_a_line_that_is_little_more_than_a_date_is_a_stamp(
    line: str, day: date, moment: datetime | None
) -> None:
    stamps = read_stamps(line)
    assert [(stamp.day, stamp.moment) for stamp in stamps] == [(day, moment)]


@pytest.mark.parametrize(
    "line",
    [
        "The parts arrived at the base on Sept. 15, 2019.",
        "He left on 9 December 2025.",
        "Minutes of 9 December 2025",
        "Visited by the president on 9 December 2025",
        "03/04/2025",
        "09.12.2025",
        "31 February 2025",
        "On November 4",
        "November 2025",
        "A law of 2017",
        "1,200 shares",
        "",
    ],
)
def test_dates_in_sentences_and_uncertain_dates_are_no_stamps(line: str) -> None:
    assert read_stamps(line) == []


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("2022/08/30", date(2022, 8, 30), None),
        ("2022-08-30", date(2022, 8, 30), None),
        (
            "Tue, 09 Dec 2025 16:12:00 +0300",
            date(2025, 12, 9),
            datetime(2025, 12, 9, 16, 12, tzinfo=TURKEY),
        ),
        ("Tue, 30 Aug 2022 10:00:00 GMT", date(2022, 8, 30), datetime(2022, 8, 30, 10, tzinfo=UTC)),
        (
            "2025-12-09T16:12:00.123+03:00",
            date(2025, 12, 9),
            datetime(2025, 12, 9, 16, 12, tzinfo=TURKEY),
        ),
        ("2025-12-09T16:12:00", date(2025, 12, 9), None),
        ("2025-12-09T25:99:00Z", date(2025, 12, 9), None),
        ("03/04/2025", None, None),
        ("yesterday", None, None),
        ("", None, None),
    ],
)
def test_machine_formats_are_parsed_as_printed(
    text: str, day: date | None, moment: datetime | None
) -> None:
    assert parse_stamp(text) == (day, moment)


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)),
    st.integers(-14 * 60, 14 * 60),
)
def test_iso_moments_survive_the_round_trip(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assume(moment.date() not in (date(1900, 1, 1), date(1969, 12, 31), date(1970, 1, 1)))
    assert parse_stamp(moment.isoformat()) == (moment.date(), moment)


@given(
    st.one_of(
        st.text(max_size=80),
        st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. ]\d{1,4} \d{1,2}:\d\d [A-Z+-]\d*", fullmatch=True),
    )
)
def test_whatever_is_read_a_moment_is_aware_and_on_its_day(text: str) -> None:
    day, moment = parse_stamp(text)
    assert moment is None or (moment.utcoffset() is not None and moment.date() == day)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("7 de juny del 2023", "ca"),
        ("środa, 7 czerwca 2023 r.", "pl"),
        ("7 июня 2023 г. в 18:20", "ru"),
        ("середа, 7 червня 2023, 18:20", "uk"),
        ("٧ يونيو ٢٠٢٣", "ar"),
        ("7 حزيران 2023", "ar"),
        ("7 ביוני 2023", "he"),
        ("onsdag 7. juni 2023 kl. 18.20", "nb"),
        ("Opdateret onsdag d. 7. juni 2023", "da"),
        ("Publicerad 7 juni 2023 kl 18.20", "sv"),
        ("7. kesäkuuta 2023 klo 18.20", "fi"),
        ("2023년 6월 7일 18:20", "ko"),
        ("Rabu, 7 Juni 2023 18:20 WIB", "id"),
        ("středa 7. června 2023", "cs"),
        ("2023. június 7. 18:20", "hu"),
        ("miercuri, 7 iunie 2023", "ro"),
        ("Τετάρτη, 7 Ιουνίου 2023", "el"),
        ("7 tháng 6, 2023", "vi"),
        ("7 มิถุนายน 2566", "th"),
        ("7 जून 2023", "hi"),
        ("7. Jun 23", "de"),
        ("Wed 7 Jun '23", "en"),
        ("07-Jun-23", "en"),
        ("By Jane DoeJune 7, 20236:20 PM", "en"),
        ("7th of June, 2023", "en"),
        ("June 7, 2023 / 6:20 PM EST / The Harbour Post", "en"),
        ("Jane Doe, 7 June 2023", "en"),
        ("7.6.2023", "fi"),
        ("07/06/2023", "fr"),
        ("07/06/2023", "en-GB"),
        ("06/07/2023", "en-US"),
        ("07.06.23, 18:20 Uhr", "de"),
        ("Wednesday 07/06/2023", "en"),
    ],
)
def test_days_are_read_as_outlets_of_many_languages_print_them(line: str, language: str) -> None:
    stamps = read_stamps(line, Context(language=language))
    assert [stamp.day for stamp in stamps] == [date(2023, 6, 7)]


@pytest.mark.parametrize(
    "line",
    [
        "07/06/2023",
        "07/06/23",
        "2 hours ago",
        "7–9 June 2023",
        "7 June 2023 - 9 June 2023",
        "Deadline: 7 June 2023",
        "Photo: Jane Doe, 7 June 2023",
        "© 7 June 2023 The Harbour Post",
        "1 January 1970",
        "Town hall meeting of the harbour on 7 June 2023",
        "7 listopada",
    ],
)
def test_what_no_context_settles_and_what_is_no_publication_stays_unread(line: str) -> None:
    assert read_stamps(line, Context(language="en")) == []


def test_a_name_of_two_months_is_read_in_the_language_of_the_page() -> None:
    line = "7 listopada 2023"
    assert read_stamps(line) == []
    assert read_stamps(line, Context(language="pl"))[0].day == date(2023, 11, 7)
    assert read_stamps(line, Context(language="hr"))[0].day == date(2023, 10, 7)


@pytest.mark.parametrize(
    ("context", "day"),
    [
        (Context(order="DMY"), date(2023, 6, 7)),
        (Context(order="MDY"), date(2023, 7, 6)),
        (Context(days=frozenset({date(2023, 6, 7)})), date(2023, 6, 7)),
        (Context(saved=datetime(2023, 6, 20)), date(2023, 6, 7)),
        (Context(), None),
    ],
)
def test_another_date_settles_the_order_of_numbers(context: Context, day: date | None) -> None:
    stamps = read_stamps("07/06/2023", context)
    assert [stamp.day for stamp in stamps] == ([day] if day else [])


@pytest.mark.parametrize(
    ("line", "language", "day"),
    [
        ("3 hours ago", "en", date(2023, 6, 7)),
        ("Published yesterday", "en", date(2023, 6, 6)),
        ("vor 2 Tagen", "de", date(2023, 6, 5)),
        ("Il y a 3 jours", "fr", date(2023, 6, 4)),
        ("hace 2 horas | Jane Doe", "es", date(2023, 6, 7)),
        ("The bridge was closed two days ago.", "en", None),
        ("7 comments", "en", None),
    ],
)
def test_an_age_counts_from_the_day_on_which_the_page_was_saved(
    line: str, language: str, day: date | None
) -> None:
    stamps = read_stamps(line, Context(language=language, saved=datetime(2023, 6, 7, 23, 0)))
    assert [stamp.day for stamp in stamps] == ([day] if day else [])
    assert read_stamps(line, Context(language=language)) == []


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("Published 7 June 2023, updated 8 June 2023", [Label.PUBLISHED, Label.UPDATED]),
        ("Last modified on Thursday, 8 June 2023", [Label.LAST_UPDATED]),
        ("Zuletzt aktualisiert: 8. Juni 2023", [Label.LAST_UPDATED]),
        ("Republished 8 June 2023 | First published 7 June 2023", [Label.UPDATED, Label.PUBLISHED]),
        ("June 7, 20236:20 AM ESTUpdated June 8, 2023", [Label.NONE, Label.UPDATED]),
        ("7 June 2023", [Label.NONE]),
    ],
)
def test_publication_and_update_are_told_apart(line: str, labels: list[Label]) -> None:
    assert [stamp.label for stamp in read_stamps(line, Context(language="en"))] == labels


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20230607", date(2023, 6, 7)),
        ("20230607T182000Z", date(2023, 6, 7)),
        ("202306071820", date(2023, 6, 7)),
        ("1686154800", date(2023, 6, 7)),
        ("1686154800000", date(2023, 6, 7)),
        ("Wed Jun 07 2023 18:20:00 GMT+0000 (Coordinated Universal Time)", date(2023, 6, 7)),
        ("Wed, 07 Jun 23 18:20:00 +0200", date(2023, 6, 7)),
        ("Wednesday,June 7,2023 18:20 pm", date(2023, 6, 7)),
        ("1970-01-01T00:00:00Z", None),
        ("0", None),
        ("0001-01-01T00:00:00", None),
        ("0000-00-00", None),
        ("N/A", None),
    ],
)
def test_machines_write_days_in_these_forms_and_unknown_ones_in_those(
    text: str, day: date | None
) -> None:
    assert parse_stamp(text)[0] == day


def test_the_language_of_a_field_settles_its_numbers() -> None:
    assert parse_stamp("07/06/2023", language="en-GB")[0] == date(2023, 6, 7)
    assert parse_stamp("07/06/2023", language="en-US")[0] == date(2023, 7, 6)
    assert parse_stamp("07/06/2023", language="en")[0] is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://harbour.example/2023/06/07/crane", date(2023, 6, 7)),
        ("https://harbour.example/2023/6/7/crane", date(2023, 6, 7)),
        ("https://harbour.example/sport/2023/jun/07/crane", date(2023, 6, 7)),
        ("https://harbour.example/news/2023-06-07-crane.html", date(2023, 6, 7)),
        ("https://harbour.example/20230607/crane", date(2023, 6, 7)),
        ("https://harbour.example/a?on=/2023/06/07/", None),
        ("https://web.example/20230607123456/crane", None),
        ("https://harbour.example/2023/13/44/crane", None),
        ("https://harbour.example/crane-2023", None),
    ],
)
def test_an_address_may_hold_the_day(url: str, day: date | None) -> None:
    assert read_address(url) == day


def test_a_page_says_when_it_was_saved_and_how_it_orders_numbers() -> None:
    assert find_saved(["A crane fell", "Retrieved 7 June 2023"]) == datetime.combine(
        date(2023, 6, 7), datetime.max.time()
    )
    assert find_saved(["7 June 2023", "He was captured on 7 June 2023"]) is None
    days, order = find_days(["25/06/2023", "Updated 7 June 2023"])
    assert (days, order) == (frozenset({date(2023, 6, 25), date(2023, 6, 7)}), "DMY")
    assert find_days(["25/06/2023", "06/25/2023"])[1] is None


def test_names_and_orders_are_those_of_cldr() -> None:
    assert (MONTHS["märz"], MONTHS["czerwca"], MONTHS["jun"]) == (3, 6, 6)
    assert "listopada" not in MONTHS
    assert [find_number("days", name, None) for name in ("środa", "monday", "may")] == [2, 0, None]
    assert len(set(MONTHS)) == len(MONTHS)
    orders = [find_order(tag) for tag in ("de", "en-GB", "en_US", "sv", "en", "xx", None)]
    assert orders == ["DMY", "DMY", "MDY", "YMD", None, None, None]


def test_splitting_sentences_loads_no_names_of_months() -> None:
    code = (
        "import sys, corpus; from corpus.text.sentences import split_sentences; "
        "assert len(split_sentences('The crane killed 12. Police said so.')) == 2; "
        "assert not {'babel', 'dateparser'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
