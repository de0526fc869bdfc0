"""Days and times in the words of the app's language. UK pages: times are the clock's, and say BST or GMT."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ringback.web.kernel.language import gettext as _

ZONE = ZoneInfo("Europe/London")


def day_in_words(day: date) -> str:
    """A day, such as "Thursday 24 November 2022"."""
    return _(
        "%(weekday)s %(day)s %(month)s %(year)s",
        weekday=_weekdays()[day.weekday()],
        day=day.day,
        month=_months()[day.month - 1],
        year=day.year,
    )


def date_in_words(day: date) -> str:
    """A day without its weekday, such as "24 November 2022"."""
    return _("%(day)s %(month)s %(year)s", day=day.day, month=_months()[day.month - 1], year=day.year)


def month_in_words(day: date) -> str:
    """The month of a day, such as "November 2022"."""
    return _("%(month)s %(year)s", month=_months()[day.month - 1], year=day.year)


def date_of(at: str, zone: ZoneInfo = ZONE) -> str:
    """The day of a time that is ISO 8601 with its offset, in words.

    Args:
        at: The time.
        zone: Where the clock hangs.
    """
    return date_in_words(datetime.fromisoformat(at).astimezone(zone).date())


def time_in_words(at: datetime, zone: ZoneInfo = ZONE) -> str:
    """A time, such as "18:00 on Thursday 24 November 2022".

    Args:
        at: Aware.
        zone: Where the clock hangs.
    """
    local = at.astimezone(zone)
    clock = f"{local:%H:%M}"
    return _("%(time)s on %(day)s", time=clock, day=day_in_words(local.date()))


def window_in_words(begin: datetime, end: datetime, zone: ZoneInfo = ZONE) -> str:
    """A span of time, to the minute, such as "Thursday 24 November 2022, 10:00 to 19:00 GMT".

    Args:
        begin: Aware.
        end: Aware.
        zone: Where the clock hangs.
    """
    first, last = begin.astimezone(zone), end.astimezone(zone)
    form = "%H:%M"
    until = f"{last:{form}} {last.tzname()}"
    if last.date() != first.date():
        until = _("%(day)s, %(time)s", day=day_in_words(last.date()), time=until)
    since = f"{first:{form}}" if first.tzname() == last.tzname() else f"{first:{form}} {first.tzname()}"
    return _("%(day)s, %(since)s to %(until)s", day=day_in_words(first.date()), since=since, until=until)


def _weekdays() -> tuple[str, ...]:
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip


def _months() -> tuple[str, ...]:
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
