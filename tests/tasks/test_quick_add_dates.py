"""Days as people type them. Today is Thursday 26 November 2026."""

from datetime import date, time

import pytest
from django.utils.translation import override

from tasks.quick_add.dates import NoDay, read

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", "2026-11-26"),
        ("Tomorrow", "2026-11-27"),
        ("tom", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("fri", "2026-11-27"),
        ("thursday", "2026-12-03"),
        ("wednes", "2026-12-02"),
        ("next-friday", "2026-12-04"),
        ("next-mon", "2026-11-30"),
        ("+3", "2026-11-29"),
        ("26", "2026-11-26"),
        ("17", "2026-12-17"),
        ("31", "2026-12-31"),
        ("30.11", "2026-11-30"),
        ("30.11.", "2026-11-30"),
        ("30/11", "2026-11-30"),
        ("25.11", "2027-11-25"),
        ("30.11.28", "2028-11-30"),
        ("29.2", "2028-02-29"),
        ("2026-11-30", "2026-11-30"),
        ("30-nov", "2026-11-30"),
        ("30november", "2026-11-30"),
        ("dec-1", "2026-12-01"),
        ("1-march-2028", "2028-03-01"),
    ],
)
def test_it_reads_a_day(typed, day):
    assert read(typed, TODAY) == (date.fromisoformat(day), None)


@pytest.mark.parametrize(
    ("typed", "day", "at"),
    [
        ("friday-17:00", "2026-11-27", time(17)),
        ("2026-11-30T9:05", "2026-11-30", time(9, 5)),
        ("30.11-23:59", "2026-11-30", time(23, 59)),
        ("17:00", "2026-11-26", time(17)),
    ],
)
def test_it_reads_a_time_behind_it(typed, day, at):
    assert read(typed, TODAY) == (date.fromisoformat(day), at)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "t",
        "fr",
        "31.11",
        "0",
        "32",
        "next",
        "november",
        "ju-3",
        "25:00",
        "friday-9:60",
        "+99999",
    ]
    + ["1.2.3.4", "--", "0001-01-01", "9999-12-31", "30-nov-99999999999", "x-nov"],
)
def test_it_reads_nothing_into_the_rest(typed):
    with pytest.raises(NoDay):
        read(typed, TODAY)


def test_a_number_too_long_for_a_number_is_no_day():
    with pytest.raises(NoDay):
        read("9" * 5000, TODAY)


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        ("de", "Freitag", "2026-11-27"),
        ("de", "frei", "2026-11-27"),
        ("de", "3-märz", "2027-03-03"),
        ("de", "3-maerz", None),
        ("de", "friday", None),
        ("fr", "vendredi", "2026-11-27"),
        ("fr", "3-jui", None),  # juin or juillet
        ("fr", "14-juil", "2027-07-14"),
        ("pl", "środa", "2026-12-02"),
        ("pl", "sroda", "2026-12-02"),
        ("en-us", "11/30", "2026-11-30"),
        ("en-gb", "11/30", None),
    ],
)
def test_names_are_those_of_the_active_language(language, typed, day):
    with override(language):
        if day:
            assert read(typed, TODAY)[0].isoformat() == day
        else:
            with pytest.raises(NoDay):
                read(typed, TODAY)
