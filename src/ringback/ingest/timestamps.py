"""Texts of times to UTC timestamps, a column at a time; and talk times to seconds."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ringback.ingest.dictionary_columns import filled
from ringback.jit import compiled, text_buffers

_UTC = pa.timestamp("us", "UTC")
READINGS = ("plain", "repeated", "skipped", "zoned")
_PLAIN, _REPEATED, _SKIPPED, _ZONED = range(4)
_TIME = re.compile(
    r"((?:19|20|21)\d\d-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"(?:[ ]?(Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?))?",
    re.ASCII,
)
_HOURS = re.compile(r"(\d{1,5}):(\d\d):(\d\d)", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USUAL_LENGTH = len("2021-08-02 10:30:15")
_DASH, _COLON, _BLANK, _T, _ZERO = b"-: T0"
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of each month, from 1
_DAYS_BEFORE = tuple(sum(_DAYS[:month]) for month in range(13))
_DAYS_TO_1970 = _EPOCH.toordinal()
_SECOND_US = 1_000_000
_NOT_READ = -(2**63)


class TimestampReader:
    """Reads texts of times, which are local to one time zone unless they say otherwise.

    Args:
        stretches: ZONE_OFFSETS of that time zone, ascending and without gaps.
    """

    def __init__(self, stretches: pa.Table) -> None:
        self._from = stretches["from_local"].cast(pa.int64()).to_numpy()
        self._offsets = stretches["offset_s"].to_numpy() * _SECOND_US
        codes = [READINGS.index(reading) for reading in stretches["reading"].to_pylist()]
        self._readings = np.array(codes, np.int8)

    def read(self, texts: pa.StringArray) -> tuple[pa.TimestampArray, pa.DictionaryArray]:
        """The timestamps in UTC, and how each came about: one of `READINGS`; both null where a text is no time.

        A text with its own offset is read by that; any other is local. A time in the repeated autumn hour is read as
        the first pass, a time in a skipped hour by the offset before it; the reading says so.

        Args:
            texts: `2021-08-02 10:30:15`, also with T, without seconds or with fractions, and with Z, UTC, GMT or an
                offset.
        """
        texts = filled(texts)
        timestamps = _read_usual(*text_buffers(texts))
        zoned = np.zeros(len(texts), np.bool_)
        for row in np.flatnonzero(timestamps == _NOT_READ):
            text = texts[row].as_py()
            found = _read_any(text) if text else None
            if found is not None:
                timestamps[row], zoned[row] = found
        known = timestamps != _NOT_READ
        codes = _to_utc(timestamps, zoned, self._from, self._offsets, self._readings)
        bitmap = pa.array(known).buffers()[1]
        stamps = pa.Array.from_buffers(_UTC, len(texts), [bitmap, pa.py_buffer(timestamps)])
        codes = pa.Array.from_buffers(pa.int8(), len(texts), [bitmap, pa.py_buffer(codes)])
        return stamps, pa.DictionaryArray.from_arrays(codes, pa.array(READINGS, pa.string()))


@compiled
def _read_usual(data: NDArray[np.uint8], bounds: NDArray[np.int32]) -> NDArray[np.int64]:
    """Local microseconds of the texts of the usual shape, `_NOT_READ` for others."""
    timestamps = np.empty(len(bounds) - 1, np.int64)
    for row in range(len(timestamps)):
        at = bounds[row]
        timestamps[row] = _usual_timestamp(data, at) if bounds[row + 1] - at == _USUAL_LENGTH else _NOT_READ
    return timestamps


@compiled
def _usual_timestamp(data: NDArray[np.uint8], at: int) -> int:
    """Microseconds since 1970 of `2021-08-02 10:30:15`, also with T; `_NOT_READ` for anything else."""
    marks = data[at + 4] == _DASH and data[at + 7] == _DASH and data[at + 13] == _COLON and data[at + 16] == _COLON
    if not marks or (data[at + 10] != _BLANK and data[at + 10] != _T):
        return _NOT_READ
    century, year = _two(data, at), _two(data, at + 2)
    month, day = _two(data, at + 5), _two(data, at + 8)
    hour, minute, second = _two(data, at + 11), _two(data, at + 14), _two(data, at + 17)
    if min(century, year, month, day, hour, minute, second) < 0 or not 19 <= century <= 21:
        return _NOT_READ
    year += century * 100
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month] + (month == 2 and leap):
        return _NOT_READ
    if hour > 23 or minute > 59 or second > 59:
        return _NOT_READ
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400 + (month > 2 and leap)
    days = before * 365 + leap_days + _DAYS_BEFORE[month] + day - _DAYS_TO_1970
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * _SECOND_US


@compiled
def _two(data: NDArray[np.uint8], at: int) -> int:
    """The number of two digits; -1 where they are not digits."""
    high, low = int(data[at]) - _ZERO, int(data[at + 1]) - _ZERO
    return high * 10 + low if 0 <= high <= 9 and 0 <= low <= 9 else -1


@compiled
def _to_utc(
    timestamps: NDArray[np.int64],
    zoned: NDArray[np.bool_],
    from_local: NDArray[np.int64],
    offsets: NDArray[np.int64],
    readings: NDArray[np.int8],
) -> NDArray[np.int8]:
    """Convert local times to UTC in place; returns how each was read, as an index of `READINGS`."""
    codes = np.empty(len(timestamps), np.int8)
    stretch = 0
    for row in range(len(timestamps)):
        timestamp = timestamps[row]
        if timestamp == _NOT_READ or zoned[row]:
            codes[row] = _ZONED
            continue
        # Rows of a log stand near one another in time, mostly in the same stretch.
        while stretch > 0 and timestamp < from_local[stretch]:
            stretch -= 1
        while stretch + 1 < len(from_local) and timestamp >= from_local[stretch + 1]:
            stretch += 1
        timestamps[row] = timestamp - offsets[stretch]
        codes[row] = readings[stretch]
    return codes


@lru_cache(maxsize=100_000)
def _read_any(text: str) -> tuple[int, bool] | None:
    """Microseconds since 1970, and whether they are UTC because the text has an offset; None where it is no time."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    day, clock, zone = found.groups()
    clock, _dot, fraction = clock.partition(".")
    try:
        timestamp = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)
    except ValueError:
        return None
    since = (timestamp - _EPOCH) // timedelta(microseconds=1) + int(fraction[:6].ljust(6, "0"))
    if zone is None:
        return since, False
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "").ljust(4, "0") if zone[0] in "+-" else "0000"
    return since - sign * (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * _SECOND_US, True


def read_talk_seconds(texts: pa.StringArray) -> pa.DoubleArray:
    """Talk times in seconds, from seconds or h:mm:ss; null where a text is neither.

    >>> read_talk_seconds(pa.array(["61", "0:01:01", "61s", None])).to_pylist()
    [61.0, 61.0, None, None]
    """
    # A seizure has a few thousand different talk times.
    coded = texts.dictionary_encode()
    seconds = pa.array([_talk_seconds(text) for text in coded.dictionary.to_pylist()], pa.float64())
    return seconds.take(coded.indices)


@lru_cache(maxsize=100_000)
def _talk_seconds(text: str) -> float | None:
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    found = _HOURS.fullmatch(text)
    return float(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) if found else None
