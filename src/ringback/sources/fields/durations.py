"""Talk times, in all the ways in which panels write them, converted to seconds.

A single value may be ambiguous: `1.234` is 1,234 seconds in a column that groups thousands, and 1.234 seconds in one
that writes fractions. So each column has one unit and one decimal mark. case.toml names them, or the column's name and
values show them. A value that stays ambiguous is left out and reported.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from ringback.sources.fields.duration_units import CLOCK_S, UNIT_S, unit_of_name
from ringback.sources.fields.text_columns import as_dictionary

_H = r"(?:h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|hora|horas)"
_M = r"(?:m|min|mins|minute|minutes|minuten|minuto|minutos|minuti|mn|')"
_S = r"(?:s|sec|secs|second|seconds|sek|sekunde|sekunden|seg|segundo|segundos|seconde|secondes|secondi|\"|'')"
_FRACTION = r"(?:[.,]\d{1,9})?"
_SPELLED = re.compile(
    rf"(?:(\d{{1,4}})\s*{_H}\.?[\s,]*)?(?:(\d{{1,6}})\s*{_M}\.?[\s,]*)?(?:(\d{{1,9}}{_FRACTION})\s*{_S}\.?)?"
    r"(?:\s*\([^()]*\))?",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(rf"PT(?:(\d{{1,4}})H)?(?:(\d{{1,6}})M)?(?:(\d{{1,9}}{_FRACTION})S)?", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(
    rf"(?:(\d{{1,3}})(?:\s*(?:days?|d|tage?|jours?|dias?)\.?,?\s*|\.))?(\d{{1,5}}):([0-5]\d):([0-5]\d{_FRACTION})",
    re.IGNORECASE | re.ASCII,
)
_TWO_PARTS = re.compile(r"(\d{1,4}):([0-5]\d)", re.ASCII)
_PLAIN = re.compile(r"\d{1,18}", re.ASCII)
_MARKED = re.compile(r"\d{1,18}(?:[.,]\d+)+", re.ASCII)
_SIGNS = str.maketrans("", "", "'’\u00a0\u202f _")
_DAY_S = 86_400


def read_spelled(text: str) -> Decimal | None:
    """Seconds of a talk time that is written with its units; None for any other text.

    >>> [str(read_spelled(text)) for text in ("0:01:14", "74s (1m 14s)", "01m14s", "PT1M14S", "1 min 14 sec")]
    ['74', '74', '74', '74', '74']
    >>> read_spelled("74") is None, read_spelled("1:14") is None
    (True, True)
    """
    clock = _CLOCK.fullmatch(text)
    if clock:
        days, hours, minutes, seconds = clock.groups(default="0")
        whole = int(days) * _DAY_S + int(hours) * 3600 + int(minutes) * 60
        return whole + Decimal(seconds.replace(",", "."))
    for form in (_SPELLED, _ISO):
        found = form.fullmatch(text)
        if found and any(found.groups()):
            hours, minutes, seconds = found.groups(default="0")
            return int(hours) * 3600 + int(minutes) * 60 + Decimal(seconds.replace(",", "."))
    return None


@dataclass(slots=True)
class TalkTimes:
    """What is known of one column of talk times while its values are read.

    Attributes:
        unit: One of `UNITS`: as case.toml names it, else from the column's name, else seconds.
        told: Whether case.toml or the column's name gave the unit.
        mark: The decimal mark that case.toml names; None where the values have to show it.
        small, large: Whether a whole number from 1 to 999, or one above, occurred without any mark.
        decimals, groups: Marks that are certainly decimal marks, or certainly separate thousands.
        taken: How doubtful values were read: mark to whether it was taken as a decimal mark.
        unclear: Values that could not be decided.
        contrary: Values that contradict how others were read.
        sample: Seconds of some values above zero, to check whether the unit can be right.
        clocks: How many values were written as h:mm:ss: with seconds, and without; values of 0 are not counted.
    """

    unit: str = "seconds"
    told: bool = False
    mark: str | None = None
    small: bool = False
    large: bool = False
    decimals: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    taken: dict[str, bool] = field(default_factory=dict)
    unclear: int = 0
    contrary: int = 0
    sample: list[float] = field(default_factory=list)
    clocks: list[int] = field(default_factory=lambda: [0, 0])

    @classmethod
    def of(cls, column: str, *, unit: str | None, mark: str | None) -> "TalkTimes":
        """The initial state for a seized column, and what case.toml says of it."""
        found = unit or unit_of_name(column)
        return cls(unit=found or "seconds", told=found is not None, mark=mark)

    def read(self, texts: Sequence[str]) -> list[str | None]:
        """Distinct talk times of one batch as texts of seconds; None for an ambiguous one.

        A text that is no talk time is returned unchanged: the parser of calls counts it as unread.

        >>> TalkTimes.of("duration", unit=None, mark=None).read(["74", "1.234", "850", "soon"])
        ['74', '1234', '850', 'soon']
        >>> TalkTimes.of("talk_minutes", unit=None, mark=None).read(["1.25", "0.5"])
        ['75', '30']
        """
        texts = [text.strip() for text in texts]
        self._look_at(texts)
        return [self._seconds(text) for text in texts]

    def _look_at(self, texts: Iterable[str]) -> None:
        """Learn from these values, before any of them is read."""
        for text in texts:
            plain = text.translate(_SIGNS)
            if _PLAIN.fullmatch(plain):
                self.small |= 1 <= int(plain) <= 999 and plain == text
                self.large |= int(plain) > 999 and plain == text
            elif _MARKED.fullmatch(plain):
                self._look_at_marks(plain)

    def _look_at_marks(self, text: str) -> None:
        first, *rest = re.split(r"[.,]", text)
        marks = [one for one in text if not one.isdigit()]
        last = marks[-1]
        if len(marks) > 1:
            # The marks before the last stand between thousands; so does the last, if it is the same.
            self.groups.add(marks[0])
            if last != marks[0]:
                self.decimals.add(last)
        elif len(rest[0]) != 3 or len(first) > 3 or first[0] == "0" or self._seconds_of(int(first + rest[0])) > _DAY_S:
            self.decimals.add(last)

    def _seconds_of(self, count: int) -> Decimal:
        return count * UNIT_S.get(self.unit, Decimal(1))

    def _seconds(self, text: str) -> str | None:
        spelled = read_spelled(text)
        if spelled is not None:
            if spelled and ":" in text:
                self.clocks[spelled % 60 == 0] += 1
            return _written(spelled)
        two = _TWO_PARTS.fullmatch(text)
        if two:
            clock = CLOCK_S.get(self.unit)
            return _written(Decimal(int(two[1]) * clock[0] + int(two[2]) * clock[1])) if clock else text
        plain = text.translate(_SIGNS)
        if self.unit in CLOCK_S:
            return text
        if _PLAIN.fullmatch(plain):
            return _written(int(plain) * UNIT_S[self.unit])
        if not _MARKED.fullmatch(plain):
            return text
        number = self._number(plain)
        return None if number is None else _written(number * UNIT_S[self.unit])

    def _number(self, text: str) -> Decimal | None:
        marks = [one for one in text if not one.isdigit()]
        decimal = self._is_decimal(marks[-1], text)
        if decimal is None:
            self.unclear += 1
            return None
        whole, _mark, fraction = text.rpartition(marks[-1]) if decimal else (text, "", "")
        if decimal and marks[-1] in whole:
            self.contrary += 1
            return None
        digits = whole.replace(".", "").replace(",", "")
        return Decimal(f"{digits}.{fraction or 0}")

    def _is_decimal(self, mark: str, text: str) -> bool | None:
        """Whether the last mark of a value is a decimal mark; None where it is ambiguous."""
        if self.mark is not None:
            return mark == self.mark
        if mark in self.decimals and mark in self.groups:
            self.contrary += 1
            return None
        other = "," if mark == "." else "."
        if mark in self.groups or mark in self.decimals:
            found = mark in self.decimals
        elif other in self.groups:
            found = True
        elif other in self.decimals:
            found = False
        elif self.large:
            # Numbers above 999 are written without any mark: this writer does not group.
            found = True
        elif self.small:
            # Whole numbers below a thousand have no mark, so a mark with three digits behind it is of thousands.
            found = False
        else:
            return None
        if self.taken.setdefault(mark, found) != found:
            self.contrary += 1
        return found


def _written(seconds: Decimal) -> str:
    """Seconds as digits, without trailing zeros of a fraction.

    >>> _written(Decimal("75.0000")), _written(Decimal("0"))
    ('75', '0')
    """
    text = f"{seconds:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# As many values above nought tell whether the unit can be right; fewer do not.
_FEWEST, _MOST = 20, 4_000
_TOO_LONG_S, _TOO_SHORT_S, _LONGEST_SHORT_S = 7_200, 10, 240


def to_seconds_column(texts: pa.Array, times: TalkTimes) -> pa.DictionaryArray:
    """A column of talk times as a dictionary of texts of seconds.

    >>> column = to_seconds_column(pa.array(["01m14s", None, "0s"]), TalkTimes())
    >>> column.to_pylist()
    ['74', None, '0']
    """
    coded = as_dictionary(texts)
    words = coded.dictionary
    if times.unit == "seconds" and pc.all(pc.ascii_is_decimal(words)).as_py() is not False:
        # Nearly every seizure: whole seconds. Once it is known how they are written, nothing is left to learn.
        if not (times.small and times.large):
            times._look_at(words.to_pylist())
        _take_sample(times, coded)
        return coded
    read = times.read(words.to_pylist())
    fresh = pa.array(read, pa.string())
    if fresh.null_count == 0 and len(set(read)) == len(read):
        made = pa.DictionaryArray.from_arrays(coded.indices, fresh)
    else:
        made = fresh.take(coded.indices).dictionary_encode()
    _take_sample(times, made)
    return made


def _take_sample(times: TalkTimes, coded: pa.DictionaryArray) -> None:
    """Take the talk times above zero of some rows. Rows, not distinct values: short talk times are repeated more."""
    if len(times.sample) < _MOST:
        values = [_as_float(text) for text in coded.dictionary.to_pylist()]
        rows = coded.indices.slice(0, _MOST).drop_null().to_pylist()
        times.sample += [value for row in rows if (value := values[row])]


def _as_float(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d{1,18}(?:\.\d+)?", text, re.ASCII) else None


def doubt_of_unit(times: TalkTimes) -> str | None:
    """Why the unit of a column is doubtful: `too_long`, `too_short` or `no_seconds`; None where it is plausible.

    Nobody talks for two hours on the phone on average, nor for ten seconds on average where no call lasts four
    minutes. Fractions that never exceed that are more likely minutes. Values of h:mm:ss that never have seconds may be
    minutes and seconds.
    """
    with_seconds, without = times.clocks
    if without >= _FEWEST and not with_seconds:
        return "no_seconds"
    if len(times.sample) < _FEWEST:
        return None
    middle = sorted(times.sample)[len(times.sample) // 2]
    if middle > _TOO_LONG_S:
        return "too_long"
    fractions = sum(value != int(value) for value in times.sample) >= 0.2 * len(times.sample)
    if (middle <= _TOO_SHORT_S or fractions) and max(times.sample) <= _LONGEST_SHORT_S and not times.told:
        return "too_short"
    return None
