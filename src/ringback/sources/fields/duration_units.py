"""Units of talk times, and the unit that a column's name gives."""

import re
from decimal import Decimal

UNIT_S = {
    "seconds": Decimal(1),
    "minutes": Decimal(60),
    "hours": Decimal(3600),
    "milliseconds": Decimal(1).scaleb(-3),
    "microseconds": Decimal(1).scaleb(-6),
    "nanoseconds": Decimal(1).scaleb(-9),
}
# Two numbers with a colon between them are minutes and seconds, or hours and minutes.
CLOCK_S = {"mm:ss": (60, 1), "hh:mm": (3600, 60)}
UNITS = (*UNIT_S, *CLOCK_S)
DECIMAL_MARKS = (".", ",")

_UNIT_WORDS = {
    "milliseconds": "ms msec msecs millis millisec millisecs millisecond milliseconds milli",
    "microseconds": "us usec usecs micros microsec microsecs microsecond microseconds µs μs",
    "nanoseconds": "ns nsec nsecs nanos nanosec nanosecs nanosecond nanoseconds nano",
    "minutes": "min mins minute minutes minuten minutos minuti minuta minuty mn",
    "hours": "hour hours hrs std stunden heures horas ore",
    "seconds": "s sec secs second seconds sek sekunden segundos secondes secondi seg sekund saniye",
}
_OF_WORD = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_NAME_PARTS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INSIDE = (("millisec", "milliseconds"), ("msec", "milliseconds"), ("microsec", "microseconds"),
           ("usec", "microseconds"), ("nanosec", "nanoseconds"), ("nsec", "nanoseconds"), ("minute", "minutes"),
           ("second", "seconds"))  # fmt: skip

# `Duration (hh:mm)`, `talk_mmss`; but not `hh:mm:ss`, which says no more than the values.
_CLOCK_NAME = re.compile(r"(?<![A-Za-z:])(hh(?=:?mm(?![:\w]))|mm(?=:?ss(?![:\w])))", re.IGNORECASE)


def unit_of_name(column: str) -> str | None:
    """The unit of talk times that a column's name gives; None where it gives none.

    >>> unit_of_name("talk_duration_minutes"), unit_of_name("duration_ms"), unit_of_name("Dauer (min)")
    ('minutes', 'milliseconds', 'minutes')
    >>> unit_of_name("billsec"), unit_of_name("duration"), unit_of_name("min_duration") is None
    ('seconds', None, True)
    >>> unit_of_name("Duration (hh:mm)"), unit_of_name("talk mm:ss"), unit_of_name("hh:mm:ss") is None
    ('hh:mm', 'mm:ss', True)
    """
    if clock := _CLOCK_NAME.search(column):
        return "mm:ss" if clock[1].lower() == "mm" else "hh:mm"
    parts = [part.lower() for part in _NAME_PARTS.findall(_CAMEL.sub("_", column))]
    if not parts:
        return None
    # A unit stands at the end; `min` in front is the least of something.
    if len(parts) > 1 and parts[-1] in _OF_WORD:
        return _OF_WORD[parts[-1]]
    for part in reversed(parts):
        for word, unit in _INSIDE:
            if word in part:
                return unit
    last = parts[-1]
    if last.endswith("sec") or last.endswith("secs"):
        return "seconds"
    return _OF_WORD.get(last) if len(last) > 2 and last not in ("min", "mins", "milli", "nano") else None
