from __future__ import annotations

from datetime import date

import pytest

from index.search.days import named_days

AS_OF = date(2024, 3, 15)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened in July 2019?", date(2019, 7, 1), date(2019, 7, 31)),
        ("What did Ankara say in Sept. 2019?", date(2019, 9, 1), date(2019, 9, 30)),
        ("Who spoke on 4 November 2021?", date(2021, 11, 4), date(2021, 11, 4)),
        ("Who spoke on November 4th, 2021?", date(2021, 11, 4), date(2021, 11, 4)),
        ("Who spoke on the 4th of November 2021?", date(2021, 11, 4), date(2021, 11, 4)),
        ("What was reported on 2021-11-04?", date(2021, 11, 4), date(2021, 11, 4)),
        ("Which jets were sold in 2019?", date(2019, 1, 1), date(2019, 12, 31)),
        ("What was said on 31 June 2021?", date(2021, 6, 1), date(2021, 6, 30)),
        ("What was decided in February 2024?", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_date_in_a_question_is_understood_with_or_without_a_day_to_count_from(
    question: str, first: date, last: date
) -> None:
    assert named_days(question, None) == (first, last)
    assert named_days(question, AS_OF) == (first, last)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened today?", date(2024, 3, 15), date(2024, 3, 15)),
        ("Who resigned yesterday?", date(2024, 3, 14), date(2024, 3, 14)),
        ("Who resigned this week?", date(2024, 3, 8), date(2024, 3, 15)),
        ("Who resigned last  week?", date(2024, 3, 1), date(2024, 3, 8)),
        ("Who resigned in the past month?", date(2024, 2, 13), date(2024, 3, 15)),
    ],
)
def test_relative_days_count_from_the_day_given(question: str, first: date, last: date) -> None:
    assert named_days(question, AS_OF) == (first, last)
    assert named_days(question, None) is None


@pytest.mark.parametrize(
    "question",
    [
        "Why was Türkiye removed from the F-35 program?",
        "Did it cost 2,019 dollars, or may 20 be enough?",
        "What is in room 1999?",
        "",
    ],
)
def test_a_question_without_a_date_names_no_days(question: str) -> None:
    assert named_days(question, AS_OF) is None
