"""Numbers, shares, money and times as people say them, always in the case's time zone."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ringback.reporting.regions import region_name

NOTHING = "none"
_ISO_MOMENT = re.compile(
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)", re.ASCII
)
_ISO_INTERVAL = re.compile(r"(?<=[\dZ])/(?=\d{4}-\d\d-\d\d)", re.ASCII)
_PLACE = re.compile(r"\b(byte|row|line|offset|position)s? (\d{4,})\b")


def share(part: float, whole: float) -> str:
    """Say a part as a percentage of the whole; '' where there is no whole.

    >>> share(35, 100), share(1, 100_000), share(99_999, 100_000), share(0, 0)
    ('35.0%', 'under 0.1%', 'over 99.9%', '')
    """
    if not whole:
        return ""
    if 0.9995 <= part / whole < 1:
        return "over 99.9%"
    return "under 0.1%" if 0 < part / whole < 0.0005 else f"{part / whole:.1%}"


def percent(part: float) -> str:
    """Say a share, 0 to 1, without needless decimals.

    >>> percent(0.1), percent(0.713), percent(0.0004)
    ('10%', '71.3%', 'under 0.1%')
    """
    return "under 0.1%" if 0 < part < 0.0005 else f"{part:.1%}".replace(".0%", "%")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Say a count with its noun.

    >>> counted(1, "call"), counted(3500, "call"), counted(2, "person", "people")
    ('1 call', '3,500 calls', '2 people')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def say_money(pounds: Decimal | float) -> str:
    """Say pounds, with pence only where there are any.

    >>> say_money(3_200_000), say_money(Decimal("150.50"))
    ('£3,200,000', '£150.50')
    """
    return f"£{pounds:,.2f}".removesuffix(".00")


def say_size(size: int) -> str:
    """Say a size in bytes, and roughly in larger units.

    >>> say_size(512), say_size(2_500_000)
    ('512 bytes', '2.5 MB (2,500,000 bytes)')
    """
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit} ({size:,} bytes)"
    return counted(size, "byte")


def say_day(day: date) -> str:
    """Say a day in words.

    >>> say_day(date(2022, 11, 4))
    '4 November 2022'
    """
    return f"{day.day} {day:%B %Y}"


def say_moment(moment: datetime, zone: str) -> str:
    """Say a moment in the case's time zone; a naive one is local to the case already.

    >>> say_moment(datetime.fromisoformat("2022-07-01T11:02:00Z"), "Europe/London")
    '1 July 2022 at 12:02 BST'
    >>> say_moment(datetime.fromisoformat("2022-11-24T10:15:03"), "Europe/London")
    '24 November 2022 at 10:15:03 GMT'
    """
    local = moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{say_day(local)} at {clock} {local:%Z}"


def say_times(text: str, zone: str) -> str:
    """Put the ISO days and times in a text into words, and thousands separators into its positions in files.

    >>> say_times("2021-07-01 to 2022-08-31T22:30:00Z", "Europe/London")
    '1 July 2021 to 31 August 2022 at 23:30 BST'
    >>> say_times("damaged at byte 1234567890", "Europe/London")
    'damaged at byte 1,234,567,890'
    """

    def said(found: re.Match[str]) -> str:
        try:
            if len(found[0]) == 10:
                return say_day(date.fromisoformat(found[0]))
            return say_moment(datetime.fromisoformat(found[0]), zone)
        except (ValueError, OverflowError):
            return found[0]

    text = _ISO_MOMENT.sub(said, _ISO_INTERVAL.sub(" to ", text))
    return _PLACE.sub(lambda place: f"{place[1]} {int(place[2]):,}", text)


def say_value(value: object, *, unit: str = "", zone: str = "UTC") -> str:
    """Say the value of a figure, whatever it is.

    Args:
        value: A number, ISO time text, None, or lists and mappings of them.
        unit: The figure's unit; GBP means money.
        zone: Time zone of the case.

    >>> say_value(3_500_000), say_value(12.5, unit="GBP"), say_value(None)
    ('3,500,000', '£12.50', 'none')
    >>> say_value([{"region": "GB", "calls": 3500}, {"region": "US", "calls": 12}])
    'United Kingdom: 3,500; United States: 12'
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        if unit.casefold() in {"gbp", "£", "pounds", "pounds sterling"}:
            return say_money(value)
        return f"{int(value):,}" if value == int(value) else f"{value:,.2f}"
    if isinstance(value, datetime):
        return say_moment(value, zone)
    if isinstance(value, date):
        return say_day(value)
    if isinstance(value, Mapping):
        return _say_mapping(value, unit=unit, zone=zone)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(say_value(part, unit=unit, zone=zone) for part in value) or NOTHING
    return say_times(str(value), zone)


def _say_mapping(value: Mapping[str, Any], *, unit: str, zone: str) -> str:
    """One entry of a breakdown as `what, where: how many`; any other mapping as its pairs."""
    texts = [
        region_name(str(part)) if key == "region" else say_value(part, zone=zone)
        for key, part in value.items()
        if not isinstance(part, int | float | Decimal)
    ]
    counts = [key for key, part in value.items() if isinstance(part, int | float | Decimal)]
    if texts and len(counts) == 1:
        return f"{', '.join(texts)}: {say_value(value[counts[0]], unit=unit, zone=zone)}"
    return "; ".join(f"{key}: {say_value(part, unit=unit, zone=zone)}" for key, part in value.items()) or NOTHING
