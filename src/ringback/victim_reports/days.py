"""Days and times of day as people in the UK, and exports of other centres, write them. Pure: today is given."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ringback.victim_reports.faults import AnswerFault

UK = ZoneInfo("Europe/London")
# Nobody reports what is longer ago.
_EARLIEST_YEARS = 60
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIGITS = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:\s?[/.\-]\s?(\d{4}|\d{2}))?")
_BACKWARDS = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})|(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s*(?:of\s+)?[- ]?([a-z]{3,9})\.?,?[- ]?\s*(\d{4}|\d{2})?")
_NAMED_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4}|\d{2})?")
_TIME = re.compile(
    r"(?:at\s+|about\s+|around\s+)?(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:\.\d+)?)?\s*(a\.?m\.?|p\.?m\.?)?"
)
_MOMENT = re.compile(r"(?P<day>.*?\d.*?)(?:[ ,]+at\s+|,\s*|\s+|(?<=\d)t(?=\d))(?P<time>\d{1,2}[:.h]\d{2}.*)")


def read_day(text: str, *, today: date) -> date:
    """A day, with the day before the month.

    Without a year, it is the last such day before today.

    Raises:
        AnswerFault: `unreadable_day`, `future_day` or `early_day`.

    >>> today = date(2022, 11, 24)
    >>> [str(read_day(one, today=today)) for one in ("3/4/22", "3rd April", "yesterday", "last Tuesday")]
    ['2022-04-03', '2022-04-03', '2022-11-23', '2022-11-22']
    """
    plain = " ".join(text.split()).casefold().strip(" .")
    found = _relative(plain, today) or _written(plain, today)
    if found is None:
        raise AnswerFault("unreadable_day")
    if found > today:
        raise AnswerFault("future_day")
    if found.year < today.year - _EARLIEST_YEARS:
        raise AnswerFault("early_day")
    return found


def read_time(text: str) -> time:
    """A time of day, to the minute.

    Raises:
        AnswerFault: `unreadable_time`.

    >>> read_time("2.30pm"), read_time("14:05"), read_time("noon")
    (datetime.time(14, 30), datetime.time(14, 5), datetime.time(12, 0))
    """
    plain = " ".join(text.split()).casefold()
    if plain in ("noon", "midday", "12 noon"):
        return time(12)
    if plain == "midnight":
        return time(0)
    found = _TIME.fullmatch(plain)
    if found is None or not (found[2] or found[4]):
        raise AnswerFault("unreadable_time")
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[4] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        # 14:30pm is 14:30; 0:30am is 0:30.
        half = "" if (hour > 12) == (half == "pm") else "wrong"
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if half == "wrong" or hour > 23 or minute > 59 or int(found[3] or 0) > 59:
        raise AnswerFault("unreadable_time")
    return time(hour, minute)


def read_moment(text: str, *, today: date) -> tuple[date, time | None]:
    """A day with or without a time, as databases export it. Midnight to the second is what they write for no time.

    Raises:
        AnswerFault: as `read_day` and `read_time`.

    >>> read_moment("24/11/2022 10:15", today=date(2022, 12, 1))
    (datetime.date(2022, 11, 24), datetime.time(10, 15))
    >>> read_moment("2022-11-24T00:00:00", today=date(2022, 12, 1))
    (datetime.date(2022, 11, 24), None)
    """
    plain = " ".join(text.split())
    stamp = _stamp(plain)
    if stamp is not None:
        day = read_day(stamp.date().isoformat(), today=today)
        at = stamp.time().replace(second=0, microsecond=0)
        return day, None if stamp.time() == time(0) else at
    found = _MOMENT.fullmatch(plain.casefold())
    if found is None:
        return read_day(plain, today=today), None
    day, at = read_day(found["day"], today=today), read_time(found["time"])
    return day, None if at == time(0) else at


def _stamp(text: str) -> datetime | None:
    """A timestamp of ISO 8601 as UK time; None where it is none, or only a day."""
    if len(text) <= 10:
        return None
    try:
        found = datetime.fromisoformat(text.replace("z", "Z"))
    except ValueError:
        return None
    return found.astimezone(UK).replace(tzinfo=None) if found.tzinfo else found


def _relative(plain: str, today: date) -> date | None:
    if plain == "today":
        return today
    if plain == "yesterday":
        return today - timedelta(days=1)
    word = plain.removeprefix("last ").removeprefix("on ")
    if len(word) >= 3 and (fits := [at for at, name in enumerate(_WEEKDAYS) if name == word or name[:3] == word]):
        back = (today.weekday() - fits[0]) % 7 or 7
        return today - timedelta(days=back)
    return None


def _written(plain: str, today: date) -> date | None:
    for name in _WEEKDAYS:
        for form in (name, name[:3]):
            if plain.startswith((f"{form} ", f"{form}, ")):
                plain = plain[len(form) :].lstrip(" ,")
                break
    if found := _BACKWARDS.fullmatch(plain):
        year, month, day = (int(one) for one in found.groups() if one is not None)
        return _day(year, month, day)
    if found := _DIGITS.fullmatch(plain):
        return _with_year(int(found[1]), int(found[2]), found[3], today)
    if found := _NAMED.fullmatch(plain):
        return _with_year(int(found[1]), _month(found[2]), found[3], today)
    if found := _NAMED_FIRST.fullmatch(plain):
        return _with_year(int(found[2]), _month(found[1]), found[3], today)
    return None


def _month(name: str) -> int:
    if name == "sept":
        return 9
    fits = [at for at, whole in enumerate(_MONTH_NAMES, 1) if name in (whole, _MONTHS[at - 1])]
    return fits[0] if fits else 0


def _with_year(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    # 29 February may be some years ago.
    for back in range(9):
        found = _day(today.year - back, month, day)
        if found is not None and found <= today:
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
