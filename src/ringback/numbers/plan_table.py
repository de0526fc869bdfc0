"""The table of the number plan: intervals of international numbers, looked up many at a time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ringback.numbers.calling_codes import UNSURE, Outcome

# Digits of the longest international number in the table. phonenumbers takes 17 national digits at most.
LONGEST = 18

# Of the 52 bits of a float's fraction 14 are used: a million entries, and one number in three is searched for.
_BITS_LEFT_OUT = 52 - 14
_ROUNDED_AT_MOST = 64  # half of what lies between neighbouring floats below 10**18
_TO_SEARCH = -1


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of the plan: international numbers of one length with the same outcome.

    Attributes:
        first: Its first number, digits without a plus.
        last: Its last number, of as many digits.
        kind: Kind of these numbers, of `schemas.KINDS`; None where they are no numbers, or unsure.
        region: Their region, 001 for worldwide services; None as above.
        unsure: Why phonenumbers itself has to be asked; None where the plan decides.
    """

    first: str
    last: str
    kind: str | None
    region: str | None
    unsure: str | None

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return int(self.last) - int(self.first) + 1


class NumberPlan:
    """Intervals of international numbers, looked up many at a time.

    Args:
        starts: First number of each interval, ascending, shape (intervals,). An interval ends where the next
            begins and holds numbers of one length; the first lies below all numbers, the last above.
        outcome_codes: Outcome of each interval: an index of `outcomes`, `NO_NUMBER` or `UNSURE`.
        outcomes: (kind, region) by index.

    >>> from ringback.numbers.plan import number_plan
    >>> plan = number_plan()
    >>> found = plan.look_up(np.array([442079460123, 442079]), np.array([12, 6], np.int8))
    >>> plan.outcomes[found[0]], int(found[1])
    (('landline', 'GB'), -1)
    """

    def __init__(
        self, starts: NDArray[np.int64], outcome_codes: NDArray[np.int16], outcomes: tuple[Outcome, ...]
    ) -> None:
        self.starts = starts
        self.outcome_codes = outcome_codes
        self.outcomes = outcomes
        self._lengths = lengths_of(starts)

    def __len__(self) -> int:
        return len(self.starts)

    def look_up(self, digits: NDArray[np.int64], lengths: NDArray[np.int8]) -> NDArray[np.int16]:
        """What phonenumbers makes of `+` and these digits.

        Args:
            digits: International numbers without their plus, shape (n,); the leading digit is never 0.
            lengths: How many digits each has, shape (n,), 1 to 18.

        Returns:
            Shape (n,). An index of `outcomes` where phonenumbers finds a valid number whose E.164 is exactly
            these digits; `NO_NUMBER` where it finds no valid number; `UNSURE` where it has to be asked: it would
            take digits off or rewrite them, or they are no number of 1 to 18 digits of this length.
        """
        at = self._shortcut.find(digits)
        codes = self.outcome_codes[at]
        codes[self._lengths[at] != lengths] = UNSURE
        return codes

    @cached_property
    def _shortcut(self) -> "_Shortcut":
        return _Shortcut(self.starts)

    def find(self, digits: str) -> int:
        """The same for the digits of one number, whatever their length: an outcome's index or what it lacks."""
        return int(self.outcome_codes[self._place(digits)]) if self._holds(digits) else UNSURE

    def explain(self, digits: str) -> Interval:
        """The interval that decides about the digits of an international number without its plus."""
        if not self._holds(digits):
            return Interval(digits, digits, None, None, f"not an international number of 1 to {LONGEST} digits")
        at = self._place(digits)
        first, last = str(self.starts[at]), str(self.starts[at + 1] - 1)
        code = int(self.outcome_codes[at])
        if code == UNSURE:
            return Interval(first, last, None, None, "digits may have to be taken off or rewritten")
        kind, region = self.outcomes[code] if code >= 0 else (None, None)
        return Interval(first, last, kind, region, None)

    def _place(self, digits: str) -> int:
        return int(np.searchsorted(self.starts, int(digits), side="right")) - 1

    @staticmethod
    def _holds(digits: str) -> bool:
        return digits.isascii() and digits.isdigit() and len(digits) <= LONGEST and digits[0] != "0"


class _Shortcut:
    """Finds the interval of a number mostly without a search: by the first bits of the number as a float.

    Numbers with the same first bits lie together. Where they are all in one interval, it is written down; searching
    for each number among all intervals takes twice as long, or longer.
    """

    def __init__(self, starts: NDArray[np.int64]) -> None:
        self._starts = starts
        first, last = (int(self._bits(np.array([number]))[0]) for number in (1, 10**LONGEST))
        bounds = np.arange(first, last + 2, dtype=np.int64) << _BITS_LEFT_OUT
        numbers = np.ceil(bounds.view(np.float64)).astype(np.int64)
        # A large integer may be rounded up to a float that has the next first bits.
        lowest = np.searchsorted(starts, numbers[:-1] - _ROUNDED_AT_MOST, side="right")
        highest = np.searchsorted(starts, numbers[1:], side="right")
        places = np.where(lowest == highest, lowest - 1, _TO_SEARCH).astype(np.int32)
        places[[0, -1]] = _TO_SEARCH  # these also stand for all numbers beyond
        self._first = first
        self._places = places

    def find(self, digits: NDArray[np.int64]) -> NDArray[np.int32]:
        """Index of the interval of each number."""
        places = self._places.take(self._bits(digits) - self._first, mode="clip")
        searched = np.flatnonzero(places == _TO_SEARCH)
        places[searched] = np.searchsorted(self._starts, digits[searched], side="right") - 1
        return places

    @staticmethod
    def _bits(digits: NDArray[np.int64]) -> NDArray[np.int64]:
        return digits.astype(np.float64).view(np.int64) >> _BITS_LEFT_OUT


def lengths_of(starts: NDArray[np.int64]) -> NDArray[np.int8]:
    """How many digits each number has; 0 below 1."""
    powers = np.array([10**exponent for exponent in range(LONGEST + 1)], np.int64)
    return np.searchsorted(powers, starts, side="right").astype(np.int8)
