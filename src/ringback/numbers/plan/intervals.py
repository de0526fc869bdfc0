"""The table of the number plan: intervals of international numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringback.numbers.plan.calling_codes import TRUNK_DIGIT, UNSURE, Outcome

# Digits of the longest international number in the table. phonenumbers takes 17 national digits at most.
LONGEST = 18
# Digits of the longest calling code; none begins with another one.
LONGEST_CODE = 3
# No limit: more digits than are read of any text.
ENDLESS = 127


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
    """Intervals of international numbers; `lookup_kernels.look_up` is for many numbers at a time.

    Args:
        starts: First number of each interval, ascending, shape (intervals,). An interval ends where the next
            begins and holds numbers of one length; the first lies below all numbers, the last above.
        outcome_codes: Outcome of each interval: an index of `outcomes`, `NO_NUMBER`, `UNSURE` or `TRUNK_DIGIT`.
        outcomes: (kind, region) by index.
        longest: The most digits that an international number can have, by its first three digits, including all
            that phonenumbers would take off; shape (1000,). There is no limit where it is left out.

    >>> from ringback.numbers.plan import number_plan
    >>> plan = number_plan()
    >>> plan.outcomes[plan.find("442079460123")], plan.find("442079")
    (('landline', 'GB'), -1)
    """

    def __init__(
        self,
        starts: NDArray[np.int64],
        outcome_codes: NDArray[np.int16],
        outcomes: tuple[Outcome, ...],
        longest: NDArray[np.int8] | None = None,
    ) -> None:
        self.starts = starts
        self.outcome_codes = outcome_codes
        self.outcomes = outcomes
        self.longest = np.full(10**LONGEST_CODE, ENDLESS, np.int8) if longest is None else longest

    def __len__(self) -> int:
        return len(self.starts)

    def find(self, digits: str) -> int:
        """What `lookup_kernels.look_up` gives for the digits of one number, whatever their length."""
        return int(self.outcome_codes[self._place(digits)]) if self._holds(digits) else UNSURE

    def explain(self, digits: str) -> Interval:
        """The interval that decides about the digits of an international number without its plus."""
        if not self._holds(digits):
            return Interval(digits, digits, None, None, f"not an international number of 1 to {LONGEST} digits")
        at = self._place(digits)
        first, last = str(self.starts[at]), str(self.starts[at + 1] - 1)
        code = int(self.outcome_codes[at])
        if code in (UNSURE, TRUNK_DIGIT):
            return Interval(first, last, None, None, "digits may have to be taken off or rewritten")
        kind, region = self.outcomes[code] if code >= 0 else (None, None)
        return Interval(first, last, kind, region, None)

    def _place(self, digits: str) -> int:
        return int(np.searchsorted(self.starts, int(digits), side="right")) - 1

    @staticmethod
    def _holds(digits: str) -> bool:
        return digits.isascii() and digits.isdigit() and len(digits) <= LONGEST and digits[0] != "0"


def lengths_of(starts: NDArray[np.int64]) -> NDArray[np.int8]:
    """How many digits each number has; 0 below 1."""
    powers = np.array([10**exponent for exponent in range(LONGEST + 1)], np.int64)
    return np.searchsorted(powers, starts, side="right").astype(np.int8)
