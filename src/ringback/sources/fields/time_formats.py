"""Times in a format that case.toml names, or that their digits show, converted to ISO 8601 text.

A text that cannot be read stays as it is.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_UNITS = {"epoch": 1, "epoch_ms": 1000, "epoch_us": 1_000_000}
# Counts of at most so many digits are years of four digits, whatever they are.
_EPOCH_DIGITS = {"epoch": 11, "epoch_ms": 14, "epoch_us": 17}
# A format of these alone means the same to Arrow, and a text that is written again as it was had no other meaning.
_PLAIN_FORMAT = re.compile(r"(?:%[YmdHMS]|[^%\w])+", re.ASCII)
_PIECES = re.compile(r"%.|[^%]+", re.DOTALL)
_PLACES = {"Y": (0, 4), "m": (5, 7), "d": (8, 10), "H": (11, 13), "M": (14, 16), "S": (17, 19)}
# Names of zones that are read, as their offsets, the same on every machine: those of RFC 5322, and Europe's. Others,
# such as IST, are the names of several zones: a time with one of them is not read.
ZONES = {
    **dict.fromkeys(("UTC", "GMT", "UT", "Z", "WET"), "+0000"),
    **dict.fromkeys(("BST", "WEST", "CET", "MEZ"), "+0100"),
    **dict.fromkeys(("CEST", "MESZ", "EET"), "+0200"),
    **dict.fromkeys(("EEST", "MSK"), "+0300"),
    **{"EDT": "-0400", "EST": "-0500", "CDT": "-0500", "CST": "-0600"},
    **{"MDT": "-0600", "MST": "-0700", "PDT": "-0700", "PST": "-0800"},
}
_ZONE_NAME = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,5}(?![A-Za-z])")
_STAMP = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"(\d{10,16})(\.\d{1,9})?")
# Ten digits begin in September 2001 and, up to here, end in May 2033.
_LAST_SECOND = 2_000_000_000
# As many digits as the name of a unit stands for, and the same digits read as a date without its century.
_BY_LENGTH = {10: "epoch", 13: "epoch_ms", 16: "epoch_us"}
_WRITTEN = re.compile(
    r"(?:\d\d|(?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d*)?"
)


def to_iso(text: str | None, time_format: str) -> str | None:
    """One time as ISO 8601: zoned (ending in Z) if it is an epoch, else with the zone of the format, if any.

    A text that does not fit the format is returned unchanged: the parser of calls rejects it with its origin.

    >>> to_iso("31/10/2021 01:30:00", "%d/%m/%Y %H:%M:%S")
    '2021-10-31 01:30:00'
    >>> to_iso("1635643800", "epoch")
    '2021-10-31T01:30:00Z'
    >>> to_iso("1635643800123456", "epoch_us")
    '2021-10-31T01:30:00.123456Z'
    """
    if not text:
        return None
    if "%Z" in time_format:
        return _with_zone_read(text, time_format)
    try:
        if time_format in EPOCH_UNITS:
            unit = EPOCH_UNITS[time_format]
            # Whole numbers are not sent through a float: it holds sixteen digits, and no more.
            count = int(text) * (1_000_000 // unit) if text.isdecimal() else round(float(text) * 1_000_000 / unit)
            timestamp = _EPOCH + timedelta(microseconds=count)
            return timestamp.replace(tzinfo=None).isoformat() + "Z"
        found = datetime.strptime(text, time_format)  # noqa: DTZ007 - an offset, where there is one, is kept
    except (ValueError, OverflowError):
        return text
    if found.tzinfo is None:
        return found.isoformat(sep=" ")
    return found.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _with_zone_read(text: str, time_format: str) -> str:
    """A time with the name of a zone in it, by `ZONES` alone: the machine's own zone names must not matter.

    >>> _with_zone_read("Thu, 01 Jul 2021 09:11:36 GMT", "%a, %d %b %Y %H:%M:%S %Z")
    '2021-07-01T09:11:36Z'
    >>> _with_zone_read("10:11 IST 01/07/2021", "%H:%M %Z %d/%m/%Y")
    '10:11 IST 01/07/2021'
    """
    if time_format.count("%Z") != 1:
        return text
    names = [found for found in _ZONE_NAME.finditer(text) if found[0].upper() in ZONES]
    for found in reversed(names):
        offset = ZONES[found[0].upper()]
        numbered = f"{text[: found.start()]}{offset}{text[found.end() :]}"
        try:
            read = datetime.strptime(numbered, time_format.replace("%Z", "%z"))  # noqa: DTZ007 - %z stands there
        except ValueError:
            continue
        return read.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return text


def to_iso_column(texts: pa.StringArray, time_format: str) -> pa.StringArray:
    """`to_iso` for a whole column at once.

    >>> to_iso_column(pa.array(["31/10/2021 01:30:00", "soon", None]), "%d/%m/%Y %H:%M:%S").to_pylist()
    ['2021-10-31 01:30:00', 'soon', None]
    """
    if time_format in EPOCH_UNITS:
        plain = pc.match_substring_regex(texts, rf"^[0-9]{{1,{_EPOCH_DIGITS[time_format]}}}$")
        counts = pc.if_else(plain, texts, None).cast(pa.int64())
        timestamps = pc.multiply(counts, 1_000_000 // EPOCH_UNITS[time_format]).cast(pa.timestamp("us"))
        seconds = pc.floor_temporal(timestamps, unit="second")
        whole = seconds.cast(pa.timestamp("s")).cast(pa.string())
        written = pc.if_else(pc.equal(seconds, timestamps), whole, timestamps.cast(pa.string()))
        found = pc.binary_join_element_wise(pc.binary_replace_slice(written, 10, 11, "T"), "Z", "")
    elif _PLAIN_FORMAT.fullmatch(time_format):
        timestamps = pc.strptime(texts, format=time_format, unit="s", error_is_null=True)
        written = timestamps.cast(pa.string())
        found = pc.if_else(pc.equal(_rewritten(written, time_format), texts), written, None)
    else:
        found = pa.nulls(len(texts), pa.string())
    left = pc.and_(pc.is_null(found), pc.is_valid(texts))
    careful = pa.array([to_iso(text, time_format) for text in texts.filter(left).to_pylist()], pa.string())
    return pc.replace_with_mask(found, left, careful)


def _rewritten(written: pa.StringArray, time_format: str) -> pa.StringArray:
    """Times written by Arrow as `2021-10-31 01:30:00`, converted to a plain format."""
    pieces = [
        pc.utf8_slice_codeunits(written, *_PLACES[piece[1]]) if piece[0] == "%" else piece
        for piece in _PIECES.findall(time_format)
    ]
    return pc.binary_join_element_wise(*pieces, "")


def is_time(text: str | None) -> bool:
    """Whether a text stands for some time. Nought stands for none: so does a column of answers say "not answered".

    >>> is_time("1635643800"), is_time("0"), is_time(None)
    (True, False, False)
    """
    return text is not None and text.strip() not in ("", "0")


def guess_time_format(texts: Iterable[str | None], *, column: str = "") -> str | None:
    """The format of times made of digits alone, if only one format fits all of them; else None.

    Ten digits are seconds since 1970, thirteen milliseconds, sixteen microseconds, fourteen a date and a time of day.
    An epoch is guessed only between September 2001 and May 2033. It is not guessed where all values could also be a
    date and a time of day without the century or the seconds, unless the column's name says that it is an epoch.

    >>> guess_time_format(["1635643800", "1635643861"])
    'epoch'
    >>> guess_time_format(["20211031013000"])
    '%Y%m%d%H%M%S'
    >>> guess_time_format(["1510311200"]) is None
    True

    Args:
        texts: Times of one column, such as those of its first rows; None and "" are ignored.
        column: The column's name in the seizure.
    """
    found = [_DIGITS.fullmatch(text.strip()) for text in texts if text and is_time(text)]
    matches = [match for match in found if match]
    if not found or len(matches) < len(found):
        return None
    digits = [match[1] for match in matches]
    lengths = set(map(len, digits))
    if lengths == {14}:
        return _STAMP if all(not match[2] and to_iso(match[1], _STAMP) != match[1] for match in matches) else None
    if len(lengths) != 1 or (guess := _BY_LENGTH.get(lengths.pop())) is None:
        return None
    seconds = [int(one) // EPOCH_UNITS[guess] for one in digits]
    if not all(10**9 <= one < _LAST_SECOND for one in seconds):
        return None
    told = "epoch" in column.casefold()
    if not told and all(_WRITTEN.fullmatch(one) for one in digits):
        return None
    return guess
