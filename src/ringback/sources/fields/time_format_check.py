"""Checks a time format of case.toml: a sample time is written in it and read back."""

import re
from datetime import UTC, datetime

from ringback.sources.fields.time_formats import EPOCH_UNITS, to_iso

_KNOWN = frozenset("aAbBcdfHIjmMpSyYUwWxXzZGuV%")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z]+")
# In the afternoon, on a day and in a month and a minute that cannot be taken for each other.
_SAMPLE = datetime(2021, 10, 31, 13, 47, 25, tzinfo=UTC)
_DAY, _TIME = "2021-10-31", "13:47"
_USUAL = '"%d/%m/%Y %H:%M:%S", or "epoch", "epoch_ms", "epoch_us"; ISO 8601 needs none'


def find_format_fault(time_format: str) -> str | None:
    """What is wrong with a format, and what to write instead; None for a usable format.

    >>> find_format_fault("%d/%m/%Y %H:%M:%S") is find_format_fault("epoch_ms") is None
    True
    >>> find_format_fault("DD/MM/YYYY HH:mm")
    '"DD/MM/YYYY HH:mm" has no % in it; write "%d/%m/%Y %H:%M"'
    """
    if time_format in EPOCH_UNITS:
        return None
    shown = f'"{time_format}"'
    if "%" not in time_format:
        guess = _translate(time_format)
        return f"{shown} has no % in it; write {guess or _USUAL}"
    for found in _DIRECTIVE.finditer(time_format):
        if found[1] not in _KNOWN or not found[1]:
            return f"{shown}: {found[0]} stands for nothing; write such as {_USUAL}"
    return _trial_fault(time_format, shown)


def _trial_fault(time_format: str, shown: str) -> str | None:
    """What goes wrong when a time is written in the format and read again."""
    try:
        written = _SAMPLE.strftime(time_format)
        if "%Z" not in time_format:
            # What cannot be read at all comes back from `to_iso` as it is, which may look right.
            datetime.strptime(written, time_format)  # noqa: DTZ007 - only tried
        read = to_iso(written, time_format) or ""
    except re.error:
        return f"{shown} has the same part of a time in it twice; write such as {_USUAL}"
    except ValueError:
        return f"{shown} is no form that a time can be read in; write such as {_USUAL}"
    if not read.startswith(_DAY):
        hint = " (%m is the month, %M the minute)" if "%M" in time_format and "%m" not in time_format else ""
        return f"{shown} does not tell year, month and day{hint}; write such as {_USUAL}"
    told = set(re.findall(r"%(.)", time_format))
    if "I" in told and "p" not in told and "H" not in told:
        return f"{shown} does not tell morning from afternoon: write %H for hours to 23, or %I with %p"
    if told & {"M", "S"} and _TIME not in read:
        return f"{shown} does not tell the hour; write such as {_USUAL}"
    return None


def _translate(text: str) -> str:
    """The format that letters such as DD/MM/YYYY mean, in quotes; "" where that is not clear."""
    after_hour = False

    def one(found: re.Match[str]) -> str:
        nonlocal after_hour
        letters = found[0].lower()
        if letters == "t":
            return "T"
        minute = letters == "mm" and after_hour
        after_hour = after_hour or letters in ("hh", "hh24", "h")
        meant = {"dd": "%d", "mm": "%m", "yyyy": "%Y", "yy": "%y", "hh": "%H", "ss": "%S", "mi": "%M", "mon": "%b"}
        return "%M" if minute else meant.get(letters, "?")

    written = _LETTERS.sub(one, text)
    sure = "%" in written and "?" not in written and not find_format_fault(written)
    return f'"{written}"' if sure else ""
