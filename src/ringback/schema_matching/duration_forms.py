"""How a column of talk times is written: its unit, its decimal mark, and whether that is certain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback.sources.fields.duration_units import unit_of_name
from ringback.sources.fields.durations import TalkTimes

_TWO_PARTS = re.compile(r"\d{1,4}:[0-5]\d", re.ASCII)
_SECONDS = re.compile(r"\d{1,18}(?:\.\d{1,12})?", re.ASCII)
_FEWEST = 12
# Average talk times are longer than a breath and shorter than this.
_SHORTEST_S, _LONGEST_S = 2.0, 5_400.0
_FINE = {"milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
_FEW_S, _ALL_SHORT_S = 10.0, 240.0


@dataclass(frozen=True, slots=True)
class TalkForm:
    """How a column writes talk times.

    Attributes:
        unit: One of `durations.UNITS`.
        doubt: Why the unit or the decimal mark is uncertain, in words; '' where it is certain.
        seconds: Each distinct value to its seconds, without values that are no talk times.
        asked: The setting of case.toml that somebody has to be asked for; '' for none.
    """

    unit: str
    doubt: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    asked: str = ""

    @property
    def settings(self) -> dict[str, object]:
        """Settings that case.toml needs, so that the run reads the values like this; None for one to be asked."""
        if self.asked:
            return {self.asked: None}
        return {"duration_unit": self.unit} if self.unit != "seconds" else {}


def read_talk_form(name: str, counts: Mapping[str, int], *, of_talk: bool) -> TalkForm:
    """The form of a column, as if its values were talk times.

    Args:
        name: The column's name.
        counts: Its distinct values, and how often each occurs.
        of_talk: Whether the name speaks of talk time or of a duration. Only then a unit smaller than a second is
            considered, because prices and row numbers would fit it too.
    """
    unit = unit_of_name(name)
    if unit is None and sum(bool(_TWO_PARTS.fullmatch(value)) for value in counts) > 0.5 * len(counts):
        return _two_parts(name, counts)
    times = TalkTimes.of(name, unit=None, mark=None)
    form = _read(times, counts)
    middle, longest = _middle(form, counts)
    if unit is not None or middle is None or not of_talk:
        return form
    if middle > _LONGEST_S:
        fitting = [one for one, parts in _FINE.items() if _SHORTEST_S <= middle / parts <= _LONGEST_S]
        if len(fitting) == 1:
            return _read(TalkTimes.of(name, unit=fitting[0], mark=None), counts)
        return TalkForm(form.unit, "nothing tells its unit: too long for seconds", form.seconds, "duration_unit")
    fractions = sum(seconds != int(seconds) for seconds in form.seconds.values()) >= 0.2 * len(form.seconds)
    if (middle <= _FEW_S or fractions) and longest <= _ALL_SHORT_S:
        return TalkForm(form.unit, "nothing tells seconds from minutes", form.seconds, "duration_unit")
    return form


def _read(times: TalkTimes, counts: Mapping[str, int]) -> TalkForm:
    values = list(counts)
    read = times.read(values)
    seconds = {
        value: float(text) for value, text in zip(values, read, strict=True) if text and _SECONDS.fullmatch(text)
    }
    doubt = asked = ""
    if times.unclear or times.contrary:
        doubt, asked = "a point or comma in it may stand before a fraction or between thousands", "decimal_mark"
        # They are talk times in either case; somebody is asked which of the two they are.
        seconds |= {value: 0.0 for value, text in zip(values, read, strict=True) if text is None}
    return TalkForm(times.unit, doubt, seconds, asked)


def _two_parts(name: str, counts: Mapping[str, int]) -> TalkForm:
    """The form of two numbers with a colon: minutes and seconds. Doubtful if hours and minutes are likely too."""
    form = _read(TalkTimes.of(name, unit="mm:ss", mark=None), counts)
    middle, _longest = _middle(form, counts)
    # As hours and minutes it would be sixty times as much, and nobody talks for half an hour or more on average.
    if middle is not None and middle >= 30:
        return form
    return TalkForm(
        form.unit, "nothing tells minutes and seconds from hours and minutes", form.seconds, "duration_unit"
    )


def _middle(form: TalkForm, counts: Mapping[str, int]) -> tuple[float | None, float]:
    """The median of the talk times above zero, and the longest; None for the median where there are too few."""
    known = sorted(
        seconds for value, count in counts.items() for seconds in [form.seconds.get(value, 0.0)] * min(count, 50)
        if seconds > 0
    )  # fmt: skip
    return (known[len(known) // 2], known[-1]) if len(known) >= _FEWEST else (None, 0.0)
