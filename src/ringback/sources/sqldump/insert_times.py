"""Times as scripts of SQL Server and Oracle write them: by a format model, by a style number, or as bare bytes."""

import re
from datetime import datetime, timedelta

_MODEL = re.compile(
    r"""(?P<quoted>"[^"]*")|(?P<element>S?YYYY|RRRR|YYY|YY|RR|MONTH|MON|MM|DAY|DY|DDD|DD|HH24|HH12|HH|MI|SSSSS|SS
    |XFF[0-9]?|FF[0-9]?|X|AM|PM|A\.M\.|P\.M\.|TZH|TZM|TZR|TZD|FM|FX)|(?P<blank>\s+)|(?P<mark>[^A-Za-z0-9\s"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_ELEMENTS = {
    "YYYY": r"(?P<year>\d{4})", "SYYYY": r"[ ]?(?P<year>\d{4})", "RRRR": r"(?P<year>\d{4}|\d{2})",
    "YY": r"(?P<short>\d{2})", "RR": r"(?P<year>\d{4}|\d{2})",
    "MONTH": r"(?P<name>[A-Za-z]{3,9})[ ]*", "MON": r"(?P<name>[A-Za-z]{3,9})\.?", "MM": r"(?P<month>\d{1,2})",
    "DAY": r"[A-Za-z]+[ ]*", "DY": r"[A-Za-z]+\.?", "DD": r"(?P<day>\d{1,2})",
    "HH24": r"(?P<hour>\d{1,2})", "HH12": r"(?P<half>\d{1,2})", "HH": r"(?P<half>\d{1,2})",
    "MI": r"(?P<minute>\d{1,2})", "SS": r"(?P<second>\d{1,2})", "SSSSS": r"(?P<seconds>\d{1,5})",
    "X": r"[.,]", "FF": r"(?P<fraction>\d{0,9})", "XFF": r"(?:[.,](?P<fraction>\d{0,9}))?",
    "AM": r"(?P<noon>[AaPp])\.?[Mm]\.?", "TZH": r"(?P<zone>[-+]?\d{1,2})", "TZM": r"(?P<zone_minute>\d{2})",
    "TZR": r"(?P<region>[-+]\d{1,2}:\d{2}|UTC|GMT|Z)", "FM": "", "FX": "",
}  # fmt: skip
_ELEMENTS |= dict.fromkeys(("PM", "A.M.", "P.M."), _ELEMENTS["AM"])
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Years of two digits belong to this century, of "RR" to the last one from 50 on.
_LAST_CENTURY = 50
# What a number tells SQL Server's CONVERT of the order of a date.
_STYLES = {101: "mdy", 103: "dmy", 104: "dmy", 105: "dmy", 110: "mdy", 102: "ymd", 111: "ymd"}
_ISO_STYLES = frozenset({20, 21, 23, 25, 112, 120, 121, 126, 127})
_PARTS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?")
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}(?:[ T].*)?")
_FIRST_DAY, _DAY_ONE = datetime(1900, 1, 1), datetime(1, 1, 1)  # noqa: DTZ001 - SQL Server's times have no zone
# Ticks of a datetime in a second.
_TICKS = 300


class UnreadTimestampError(ValueError):
    """A time in a form that is not known."""


def read_by_model(text: str, model: str) -> str:
    """A time in Oracle's format model, as ISO text.

    >>> read_by_model("01-JUL-21 02.55.02.000000000 PM", "DD-MON-RR HH.MI.SSXFF AM")
    '2021-07-01 14:55:02'

    Raises:
        UnreadTimestampError: The text is not of this form, or the form is not known.
    """
    match = re.fullmatch(_pattern(model), text.strip(), re.IGNORECASE)
    if match is None:
        raise UnreadTimestampError
    found = {key: value for key, value in match.groupdict().items() if value is not None}
    try:
        return _iso(found)
    except (KeyError, ValueError) as error:
        raise UnreadTimestampError from error


def _pattern(model: str) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(model):
        match = _MODEL.match(model, at)
        if match is None:
            raise UnreadTimestampError
        if match["element"]:
            piece = _ELEMENTS.get(re.sub(r"(?<=F)[0-9]$", "", match["element"].upper()))
            if piece is None or any(f"(?P<{name}>" in "".join(pieces) for name in re.findall(r"\?P<(\w+)>", piece)):
                raise UnreadTimestampError
            pieces.append(piece)
        elif match["quoted"]:
            pieces.append(re.escape(match["quoted"][1:-1]))
        else:
            # Any mark serves for any other.
            marks = "[-+/. ]" if match["mark"] in ("-", "+") else r"[^A-Za-z0-9+\-]"
            pieces.append(r"\s*" if match["blank"] else f"{marks}{{0,{len(match[0])}}}")
        at = match.end()
    return "".join(pieces)


def _iso(found: dict[str, str]) -> str:
    """The parts of a time as ISO text; the date alone where no time of day was told."""
    year = int(found["year"]) if "year" in found else 2000 + int(found["short"])
    if len(found.get("year", "")) == 2:
        year += 2000 if year < _LAST_CENTURY else 1900
    month = _MONTHS.index(found["name"][:3].casefold()) + 1 if "name" in found else int(found["month"])
    day = datetime(year, month, int(found["day"]))  # noqa: DTZ001 - its zone, if any, is told beside it
    if not found.keys() & {"hour", "half", "seconds"}:
        return day.date().isoformat()
    if "seconds" in found:
        timestamp = day + timedelta(seconds=int(found["seconds"]))
    else:
        hour = int(found["hour"]) if "hour" in found else int(found["half"]) % 12
        if "hour" not in found and found["noon"].casefold() == "p":
            hour += 12
        timestamp = day.replace(hour=hour, minute=int(found.get("minute", 0)), second=int(found.get("second", 0)))
    fraction = found.get("fraction", "").rstrip("0")[:6]
    text = timestamp.isoformat(" ", "seconds") + (f".{fraction}" if fraction else "")
    if "region" in found:
        return text + ("Z" if found["region"][0] not in "+-" else found["region"])
    if "zone" in found:
        sign = "-" if found["zone"].startswith("-") else "+"
        text += f"{sign}{int(found['zone'].strip('+-')):02}:{found.get('zone_minute', '00')}"
    return text


def read_by_style(text: str, style: int | None) -> str:
    """A time as SQL Server's CONVERT takes it with a style number, as ISO text.

    >>> read_by_style("01/07/2021 14:55:02", 103), read_by_style("2021-07-01T14:55:02", 126)
    ('2021-07-01 14:55:02', '2021-07-01T14:55:02')

    Raises:
        UnreadTimestampError: The text is not of this form, or the style is not known.
    """
    if style is None or style in _ISO_STYLES:
        if _ISO.fullmatch(text):
            return text
        raise UnreadTimestampError
    match = _PARTS.fullmatch(text.strip())
    order = _STYLES.get(style)
    if match is None or order is None:
        raise UnreadTimestampError
    parts = dict(zip(order, map(int, match.groups()[:3]), strict=True))
    try:
        day = datetime(parts["y"], parts["m"], parts["d"])  # noqa: DTZ001 - SQL Server's times have no zone
    except ValueError as error:
        raise UnreadTimestampError from error
    return day.date().isoformat() + (f" {match[4]}" if match[4] else "")


def read_by_bytes(data: bytes, kind: str) -> str:
    """A time of SQL Server that was written as bytes, as its older scripts have them, as ISO text.

    >>> read_by_bytes(bytes.fromhex("0000AD5800F5C6E8"), "datetime")
    '2021-07-01 14:54:50.800'

    Raises:
        UnreadTimestampError: There are not as many bytes as the type has, or it is another type.
    """
    try:
        if kind == "datetime" and len(data) == 8:
            days, ticks = int.from_bytes(data[:4], "big", signed=True), int.from_bytes(data[4:], "big")
            return _timestamp(_FIRST_DAY, days, timedelta(milliseconds=round(ticks * 1000 / _TICKS)))
        if kind == "smalldatetime" and len(data) == 4:
            days, minutes = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:], "big")
            return _timestamp(_FIRST_DAY, days, timedelta(minutes=minutes))
        if kind == "date" and len(data.removesuffix(b"\0")) == 3:
            days = int.from_bytes(data, "little")
            return _timestamp(_DAY_ONE, days, timedelta())[:10]
        if kind == "datetime2" and len(data) in (7, 8, 9) and data[0] <= 7:
            ticks, days = int.from_bytes(data[1:-3], "little"), int.from_bytes(data[-3:], "little")
            return _timestamp(_DAY_ONE, days, timedelta(microseconds=ticks * 10**6 // 10 ** data[0]))
    except OverflowError as error:
        raise UnreadTimestampError from error
    raise UnreadTimestampError


def _timestamp(first: datetime, days: int, time: timedelta) -> str:
    if time >= timedelta(days=1):
        raise UnreadTimestampError
    timestamp = first + timedelta(days=days) + time
    text = timestamp.isoformat(" ", "microseconds" if timestamp.microsecond % 1000 else "milliseconds")
    return text.removesuffix(".000")
