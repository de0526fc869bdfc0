"""Compiles the metadata of phonenumbers into the table of the number plan."""

from collections.abc import Iterator

import numpy as np
import phonenumbers
from numpy.typing import NDArray

from ringback.numbers.plan.calling_codes import NO_NUMBER, UNSURE, CallingCode, Outcome, Runs
from ringback.numbers.plan.digit_automaton import NotCompiledError
from ringback.numbers.plan.intervals import ENDLESS, LONGEST, LONGEST_CODE, NumberPlan, lengths_of

_ALL_UNSURE: Runs = ((0, UNSURE),)
_BELOW_ALL = np.iinfo(np.int64).min


def compile_plan() -> NumberPlan:
    """The plan of the metadata that phonenumbers has now; takes seconds."""
    indexes: dict[Outcome, int] = {}
    longest = np.zeros(10**LONGEST_CODE, np.int8)
    numbers = {str(code): _runs_by_length(code, indexes, longest) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
    entries = [(_BELOW_ALL, UNSURE), *_intervals(numbers), (10**LONGEST, UNSURE)]
    starts = np.array([start for start, _ in entries], np.int64)
    codes = np.array([code for _, code in entries], np.int16)
    holds = np.append(starts[1:] != starts[:-1], True)
    starts, codes = starts[holds], codes[holds]
    changes = (codes[1:] != codes[:-1]) | (lengths_of(starts)[1:] != lengths_of(starts)[:-1])
    kept = np.concatenate(([True], changes))
    return NumberPlan(starts[kept], codes[kept], tuple(indexes), longest)


def _runs_by_length(code: int, indexes: dict[Outcome, int], longest: NDArray[np.int8]) -> list[Runs]:
    """The runs of a calling code's national numbers by length; writes the most digits they can have to `longest`."""
    digits = len(str(code))
    lengths = range(LONGEST - digits + 1)
    width = 10 ** (LONGEST_CODE - digits)
    longest_here = longest[code * width : (code + 1) * width]
    try:
        calling_code = CallingCode(code, indexes)
        longest_here[:] = digits + calling_code.longest
        return [calling_code.runs(length) for length in lengths]
    except NotCompiledError:
        longest_here[:] = ENDLESS
        return [_ALL_UNSURE for _ in lengths]


def _intervals(numbers: dict[str, list[Runs]]) -> Iterator[tuple[int, int]]:
    """(first number, outcome) of intervals of all lengths in their order; neighbours may have the same outcome."""
    for length in range(1, LONGEST + 1):
        yield 10 ** (length - 1), NO_NUMBER
        for code in sorted(numbers):
            left = length - len(code)
            if left >= 0:
                begin = int(code) * 10**left
                yield from ((begin + first, outcome) for first, outcome in numbers[code][left])
                yield begin + 10**left, NO_NUMBER
