"""How numbers are typed: shapes (which prefix), dressings (what is put around the digits), and habits.

Every account has a habit, and single rows depart from it. How a number can be read depends only on its shape and its
pool, never on how the digits are dressed.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ringback.synthetic.pools import COUNTRY_CODE, MAY_BE_BARE, NATIONAL_UNIT, POOLS, Ints

Bytes = NDArray[np.uint8]


class Shape(IntEnum):
    """Which prefix the digits carry, or why there are none."""

    PLUS = 0
    ZEROS = 1
    TRUNK = 2
    BARE = 3
    NATIONAL = 4
    IDD_011 = 5
    BRACKET = 6
    EATEN = 7
    NULL = 8
    WITHHELD = 9
    EMPTY = 10


class Dress(IntEnum):
    """What is put around and between the digits."""

    PLAIN = 0
    SPACED = 1
    DOTTED = 2
    DASHED = 3
    NO_BREAK = 4
    ZERO_WIDTH = 5
    FULL_WIDTH = 6
    SIP = 7
    TEL = 8
    EXTENSION = 9
    NAMED = 10
    STAR_67 = 11
    HASH_31 = 12
    POINT_ZERO = 13


_SEPARATORS: Final = {
    Dress.SPACED: " ",
    Dress.DOTTED: ".",
    Dress.DASHED: "-",
    Dress.NO_BREAK: "\u00a0",
    Dress.ZERO_WIDTH: "\u200b",
}
_AROUND: Final = {
    Dress.SIP: ("sip:", "@pbx.example;user=phone"),
    Dress.TEL: ("tel:", ""),
    Dress.EXTENSION: ("", " ext 12"),
    Dress.NAMED: ('"A Customer" <', ">"),
    Dress.STAR_67: ("*67", ""),
    Dress.HASH_31: ("#31#", ""),
    Dress.POINT_ZERO: ("", ".0"),
}
_FULL_WIDTH: Final = {ord(sign): ord(sign) + 0xFEE0 for sign in "+0123456789"}
_WITHHELD: Final = ("anonymous", "restricted", "Anonymous")
READABLE: Final = np.array([shape < Shape.EATEN for shape in Shape])
_CODES: Final = COUNTRY_CODE.tolist()
_UNITS: Final = NATIONAL_UNIT.tolist()


@dataclass(frozen=True, slots=True)
class Habit:
    """How an account types numbers, by their country code.

    Attributes:
        gb: Shape of numbers of country code 44.
        us: Shape of numbers of country code 1.
        abroad: Shape of all other numbers.
        dress: Dressing of all numbers.
        weight: Share of accounts.
        bare: Whether it types bare digits on purpose, so that its ambiguous numbers can be disambiguated.
    """

    gb: Shape
    us: Shape
    abroad: Shape
    dress: Dress
    weight: float
    bare: bool = False


_S, _D = Shape, Dress
# In the order in which the busiest accounts get them, so that a small seizure still has the most important ones.
HABITS: Final[tuple[Habit, ...]] = (
    Habit(_S.PLUS, _S.NATIONAL, _S.ZEROS, _D.PLAIN, 8, bare=True),
    Habit(_S.NATIONAL, _S.ZEROS, _S.ZEROS, _D.PLAIN, 4, bare=True),
    Habit(_S.TRUNK, _S.ZEROS, _S.ZEROS, _D.PLAIN, 25),
    Habit(_S.BARE, _S.BARE, _S.BARE, _D.PLAIN, 14, bare=True),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.PLAIN, 20),
    Habit(_S.TRUNK, _S.PLUS, _S.PLUS, _D.SPACED, 6),
    Habit(_S.NATIONAL, _S.NATIONAL, _S.PLUS, _D.PLAIN, 2, bare=True),
    Habit(_S.ZEROS, _S.ZEROS, _S.ZEROS, _D.PLAIN, 8),
    Habit(_S.IDD_011, _S.NATIONAL, _S.IDD_011, _D.PLAIN, 3, bare=True),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.SIP, 3),
    Habit(_S.BRACKET, _S.PLUS, _S.PLUS, _D.PLAIN, 1),
    Habit(_S.PLUS, _S.NATIONAL, _S.PLUS, _D.DOTTED, 1, bare=True),
    Habit(_S.TRUNK, _S.NATIONAL, _S.ZEROS, _D.DASHED, 1, bare=True),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.NO_BREAK, 1),
    Habit(_S.IDD_011, _S.NATIONAL, _S.IDD_011, _D.STAR_67, 1, bare=True),
    Habit(_S.TRUNK, _S.ZEROS, _S.ZEROS, _D.HASH_31, 1),
    Habit(_S.BARE, _S.BARE, _S.BARE, _D.POINT_ZERO, 1, bare=True),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.NAMED, 1),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.TEL, 0.5),
    Habit(_S.TRUNK, _S.PLUS, _S.PLUS, _D.FULL_WIDTH, 0.3),
    Habit(_S.PLUS, _S.PLUS, _S.PLUS, _D.ZERO_WIDTH, 0.3),
)
_IS_GB_CODE: Final = COUNTRY_CODE == 44
_IS_US_CODE: Final = COUNTRY_CODE == 1
_TAKES_TRUNK: Final = np.array([pool.country_code == 44 for pool in POOLS])


def fit_shapes(shapes: Bytes, pools: NDArray[np.int16]) -> Bytes:
    """Replace each shape that its number cannot have by the nearest possible one.

    A trunk zero needs a UK number, 011 a number outside North America, and the bare national form a pool that
    is known to have at most two readings.

    >>> canada = next(i for i, p in enumerate(POOLS) if p.region == "CA")
    >>> fit_shapes(np.array([Shape.NATIONAL], dtype=np.uint8), np.array([canada], dtype=np.int16)).tolist()
    [0]
    """
    trunk, us = _TAKES_TRUNK[pools], _IS_US_CODE[pools]
    fitted = np.where((shapes == Shape.TRUNK) & ~trunk, Shape.ZEROS, shapes)
    fitted = np.where((shapes == Shape.BRACKET) & ~trunk, Shape.PLUS, fitted)
    fitted = np.where((shapes == Shape.IDD_011) & us, Shape.PLUS, fitted)
    # Never bare with country code: that would be evidence against the habit that disambiguates others.
    unfit = (shapes == Shape.NATIONAL) & ~MAY_BE_BARE[pools]
    fitted = np.where(unfit, np.where(trunk, Shape.TRUNK, Shape.PLUS), fitted)
    return fitted.astype(np.uint8)


def habit_shapes(habits: Bytes, pools: NDArray[np.int16]) -> Bytes:
    """The shapes in which accounts with these habits type numbers of these pools."""
    by_habit = np.array([(habit.gb, habit.us, habit.abroad) for habit in HABITS], dtype=np.uint8)
    column = np.where(_IS_GB_CODE[pools], 0, np.where(_IS_US_CODE[pools], 1, 2))
    return fit_shapes(by_habit[habits, column], pools)


def fit_dresses(dresses: Bytes, shapes: Bytes) -> Bytes:
    """Drop a dressing that its shape cannot have: only bare digits become a decimal; brackets stay plain."""
    bare = (shapes == Shape.BARE) | (shapes == Shape.NATIONAL)
    unfit = ((dresses == Dress.POINT_ZERO) & ~bare) | (shapes == Shape.BRACKET)
    return np.where(unfit, np.uint8(Dress.PLAIN), dresses).astype(np.uint8)


def _lead_and_rest(shape: int, number: int, pool: int) -> tuple[str, str]:
    code, national = _CODES[pool], str(number % _UNITS[pool])
    if shape in (Shape.TRUNK, Shape.NATIONAL):
        return "", ("0" if shape == Shape.TRUNK else "") + national
    lead = {Shape.PLUS: "+", Shape.ZEROS: "00", Shape.BARE: "", Shape.IDD_011: "011"}[Shape(shape)]
    return f"{lead}{code}", national


def _separated(shape: int, number: int, pool: int, separator: str) -> str:
    lead, rest = _lead_and_rest(shape, number, pool)
    # No other brackets, dots and dashes are used, so punctuation never makes a number ambiguous.
    parts = [lead, rest[:-6], rest[-6:-3], rest[-3:]]
    return separator.join(part for part in parts if part)


def write_number(number: int, *, pool: int, shape: int, dress: int = Dress.PLAIN) -> str | None:
    """Write one number in one way.

    Args:
        number: Digits with country code.
        pool: Its pool, which gives the length of the country code.
        shape: A `Shape` that fits the pool.
        dress: A `Dress` that fits the shape.

    Returns:
        The text, or None for a null.

    >>> write_number(447700900123, pool=0, shape=Shape.BRACKET)
    '+44 (0)7700 900123'
    >>> write_number(447700900123, pool=0, shape=Shape.EATEN)
    '4.47701E+11'
    """
    if shape == Shape.NULL:
        return None
    if shape == Shape.EMPTY:
        return ""
    if shape == Shape.WITHHELD:
        return _WITHHELD[number % len(_WITHHELD)]
    if shape == Shape.EATEN:
        return f"{number:.5E}"
    if shape == Shape.BRACKET:
        national = str(number % _UNITS[pool])
        return f"+{_CODES[pool]} (0){national[:-6]} {national[-6:]}"
    if dress in _SEPARATORS:
        return _separated(shape, number, pool, _SEPARATORS[Dress(dress)])
    text = "".join(_lead_and_rest(shape, number, pool))
    if dress == Dress.FULL_WIDTH:
        return text.translate(_FULL_WIDTH)
    before, after = _AROUND.get(Dress(dress), ("", ""))
    return f"{before}{text}{after}"


def write_numbers(numbers: Ints, *, pools: NDArray[np.int16], shapes: Bytes, dresses: Bytes) -> list[str | None]:
    """Write many numbers, the common ways in bulk.

    Args:
        numbers: Digits with country code.
        pools: Pool of each.
        shapes: `Shape` of each.
        dresses: `Dress` of each.
    """
    texts = np.empty(len(numbers), dtype=object)
    forms = shapes.astype(np.int16) * 16 + dresses
    for form in np.unique(forms).tolist():
        shape, dress = divmod(form, 16)
        at = np.flatnonzero(forms == form)
        plain = dress == Dress.PLAIN
        if plain and shape in (Shape.PLUS, Shape.ZEROS, Shape.BARE):
            lead = {Shape.PLUS: "+", Shape.ZEROS: "00"}.get(Shape(shape), "")
            texts[at] = [f"{lead}{number}" for number in numbers[at].tolist()]
        elif plain and shape in (Shape.TRUNK, Shape.NATIONAL):
            lead = "0" if shape == Shape.TRUNK else ""
            national = numbers[at] % NATIONAL_UNIT[pools[at]]
            texts[at] = [f"{lead}{number}" for number in national.tolist()]
        else:
            pairs = zip(numbers[at].tolist(), pools[at].tolist(), strict=True)
            texts[at] = [write_number(number, pool=pool, shape=shape, dress=dress) for number, pool in pairs]
    written: list[str | None] = texts.tolist()
    return written
