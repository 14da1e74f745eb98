from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.dates import parse_stamp, read_stamps

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
