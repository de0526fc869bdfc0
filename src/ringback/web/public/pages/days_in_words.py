"""Days in words, in the language of the app. Python's own names of months follow the machine, not the page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ringback.web.kernel.language import gettext as _

_ZONE = ZoneInfo("Europe/London")


def say_day(day: date) -> str:
    """A day, such as "24 November 2022"."""
    return _("%(day)s %(month)s %(year)s", day=day.day, month=_months()[day.month - 1], year=day.year)


def say_month(day: date) -> str:
    """The month of a day, such as "November 2022"."""
    return _("%(month)s %(year)s", month=_months()[day.month - 1], year=day.year)


def say_day_of(moment: str) -> str:
    """The British day of a moment, which is ISO 8601 with its offset."""
    return say_day(datetime.fromisoformat(moment).astimezone(_ZONE).date())


def _months() -> tuple[str, ...]:
    return (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )
