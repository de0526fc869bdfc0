"""Texts of times to moments in UTC, whole columns at once; and talk times to seconds."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

READINGS = ("plain", "repeated", "skipped", "zoned")
_PLAIN, _REPEATED, _SKIPPED, _ZONED = range(4)
_TIME = re.compile(
    r"((?:19|20|21)\d\d-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:[ ]?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?))?",
    re.ASCII,
)
_HOURS = re.compile(r"(\d{1,5}):(\d\d):(\d\d)", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FEW = 8
_USUAL_LENGTH = len("2021-08-02 10:30:15")
_FIRST_S, _UNTIL_S = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1900, 2200))
_SECOND_US = 1_000_000
_NOT_READ = np.int64(-(2**63))


class MomentReader:
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
        """The moments in UTC, and how each came about: one of `READINGS`; both null where a text is no time.

        A text with its own offset is taken at its word; any other is local. The repeated autumn hour is read as its
        first pass and says so, an hour that the clocks skipped by the offset before it.

        Args:
            texts: `2021-08-02 10:30:15`, also with T, without seconds or with fractions, and with Z or an offset.
        """
        moments, zoned = _read_usual(texts)
        for row in np.flatnonzero(moments == _NOT_READ):
            text = texts[row].as_py()
            found = _read_any(text) if text else None
            if found is not None:
                moments[row], zoned[row] = found
        known = moments != _NOT_READ
        stretch = np.searchsorted(self._from, moments, side="right") - 1
        local = known & ~zoned
        moments[local] -= self._offsets[stretch[local]]
        codes = np.where(zoned, np.int8(_ZONED), self._readings[np.maximum(stretch, 0)])
        missing = ~known
        stamps = pa.array(moments, pa.int64(), mask=missing).cast(pa.timestamp("us", "UTC"))
        return stamps, pa.DictionaryArray.from_arrays(
            pa.array(codes, pa.int8(), mask=missing), pa.array(READINGS, pa.string())
        )


def _read_usual(texts: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Local microseconds of the texts of the usual shape, `_NOT_READ` for others; and flags, none of them set."""
    rows = len(texts)
    moments, zoned = np.full(rows, _NOT_READ), np.zeros(rows, bool)
    usual = pc.and_(pc.equal(pc.binary_length(texts), _USUAL_LENGTH), pc.invert(pc.starts_with(texts, "0000")))
    at = np.flatnonzero(pc.fill_null(usual, False).to_numpy(zero_copy_only=False))
    found = _seconds(texts.take(pa.array(at)))
    good = (found >= _FIRST_S) & (found < _UNTIL_S)
    moments[at[good]] = found[good] * _SECOND_US
    return moments, zoned


def _seconds(texts: pa.StringArray) -> NDArray[np.int64]:
    """Seconds of ISO times; of what is none, and of a few that stand around it, a number out of all bounds."""
    try:
        seconds: NDArray[np.int64] = texts.cast(pa.timestamp("s")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        # Arrow does not tell which one it is.
        half = len(texts) // 2
        if half < _FEW:
            return np.full(len(texts), _UNTIL_S)
        return np.concatenate((_seconds(texts[:half]), _seconds(texts[half:])))
    return seconds


@lru_cache(maxsize=100_000)
def _read_any(text: str) -> tuple[int, bool] | None:
    """Microseconds since 1970, and whether the text told its own offset so that they are UTC."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    day, clock, zone = found.groups()
    clock, _dot, fraction = clock.partition(".")
    try:
        moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)
    except ValueError:
        return None
    since = (moment - _EPOCH) // timedelta(microseconds=1) + int(fraction[:6].ljust(6, "0"))
    if zone is None:
        return since, False
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "").ljust(4, "0") if zone != "Z" else "0000"
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


def _talk_seconds(text: str) -> float | None:
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    found = _HOURS.fullmatch(text)
    return float(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) if found else None
