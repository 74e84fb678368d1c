"""Days and times as people type them after ^: today, friday, next-friday, 30.11, 17, +3."""

import re
from datetime import date, time, timedelta

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from tasks.quick_add.names import fold

FURTHEST = 3660  # days from today that "+n" may reach
YEARS = range(1970, 3000)
SHORTEST = 3  # letters that may stand for a weekday or a month
CLOCK = re.compile(r"(?:^|[-T@_])(\d{1,2}):(\d\d)$", re.ASCII | re.IGNORECASE)


class NoDay(Exception):
    """These letters are no day."""


def read(value: str, today: date) -> tuple[date, time | None]:
    """Return the day, and the time if one was typed, that ``value`` stands for.

    A time alone means today. Raises NoDay. Names are those of the active language.
    """
    clock = CLOCK.search(value)
    words = value[: clock.start()] if clock else value
    try:
        at = time(int(clock[1]), int(clock[2])) if clock else None
        day = today if at and not words else _day(words, today)
    except (ValueError, OverflowError) as error:  # such as 31 November, or 25 o'clock
        raise NoDay(value) from error
    if day.year not in YEARS:
        raise NoDay(value)
    return day, at


def _day(words: str, today: date) -> date:
    if re.fullmatch(r"\+\d{1,6}", words, re.ASCII) and int(words) <= FURTHEST:
        return today + timedelta(days=int(words))
    if re.fullmatch(r"[\d./-]+", words, re.ASCII):
        return _from_numbers(words, today)
    parts = fold(re.sub(r"(?<=\d)(?=[^\W\d])", " ", words)).split("-")
    if any(part.isdigit() for part in parts):
        return _with_month(parts, today)
    return _from_words(parts, today)


def _from_numbers(words: str, today: date) -> date:
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words, re.ASCII):
        return date(*map(int, iso.groups()))
    numbers = [int(part) for part in re.split(r"[./-]", words.rstrip("."))]
    if len(numbers) == 1:
        return _coming_number(numbers[0], today)
    if len(numbers) > 3:
        raise NoDay(words)
    # 30.11. is the same everywhere; 11/30 is for who writes dates so.
    month_first = "/" in words and get_format("SHORT_DATE_FORMAT").lower().startswith("m")
    day, month = numbers[1::-1] if month_first else numbers[:2]
    return _coming(day, month, today) if len(numbers) == 2 else date(_year(numbers[2]), month, day)


def _year(number: int) -> int:
    return number + 2000 if number < 100 else number


def _coming(day: int, month: int, today: date) -> date:
    """Return the next such day from today on; 29 February may be years away."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            if (day, month) == (29, 2):
                continue
            raise
        if found >= today:
            return found
    raise NoDay(f"{day}.{month}.")


def _coming_number(number: int, today: date) -> date:
    """Return the next 17th, or 31st of a month that has one, from today on."""
    if not 1 <= number <= 31:
        raise NoDay(number)
    first = today.replace(day=1)
    while True:
        try:
            found = first.replace(day=number)
        except ValueError:
            found = None
        if found and found >= today:
            return found
        first = (first + timedelta(days=32)).replace(day=1)


def _with_month(parts: list[str], today: date) -> date:
    """Read 30-nov, nov-30 and 30-november-2027."""
    if len(parts) not in (2, 3):
        raise NoDay("-".join(parts))
    at = 1 if parts[0].isdigit() else 0
    month = _named(parts[at], MONTHS, MONTHS_3)
    day = int(parts[1 - at])
    return date(_year(int(parts[2])), month, day) if len(parts) == 3 else _coming(day, month, today)


def _from_words(parts: list[str], today: date) -> date:
    if len(parts) > 1 and parts[0] == fold(_("next")):
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=_named("-".join(parts[1:]), WEEKDAYS, WEEKDAYS_ABBR))
    name = "-".join(parts)
    near = {0: _("today"), 1: _("tomorrow")}
    weekdays = {100 + number: word for number, word in WEEKDAYS.items()}
    short = {100 + number: word for number, word in WEEKDAYS_ABBR.items()}
    found = _named(name, {**near, **weekdays}, short)
    if found in near:
        return today + timedelta(days=found)
    return today + timedelta(days=(found - 100 - today.weekday() - 1) % 7 + 1)


def _named(word: str, full: dict[int, str], short: dict[int, str]) -> int:
    """Return the number called ``word``, in full, for short, or by an unmistakable beginning."""
    exact = {number for number, name in full.items() if fold(str(name)) == word}
    begun = {n for n, name in full.items() if fold(str(name)).startswith(word)}
    # French: "jui" is short for juin, and the beginning of juillet.
    meant = begun if len(word) >= SHORTEST else set()
    meant |= {number for number, name in short.items() if fold(str(name)) == word}
    found = exact or meant
    if len(found) != 1:
        raise NoDay(word)
    return found.pop()
