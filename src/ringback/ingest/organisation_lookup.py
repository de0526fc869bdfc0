"""Whose numbers were shown: looks up whole columns of numbers among those that organisations publish."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ringback.jit import ODD, compiled

_NOBODY = -1
Numbers = NDArray[np.int64]
Places = NDArray[np.int32]


class OrganisationColumn:
    """Names the organisation that publishes each number of a column.

    Args:
        known: `schemas.ORGANISATION_NUMBERS`.
    """

    def __init__(self, known: pa.Table) -> None:
        self._numbers = np.array([int(e164) for e164 in known["e164"].to_pylist()], np.int64)
        self._slots = _slots(self._numbers)
        coded = known["organisation"].combine_chunks().dictionary_encode()
        # The place `_NOBODY`, -1, takes the last code: no organisation.
        self._codes, self._names = np.append(coded.indices.to_numpy(), np.int32(_NOBODY)), coded.dictionary

    def read(self, numbers: pa.Int64Array) -> pa.DictionaryArray:
        """The organisation of each number (E.164 without its plus); null where it is nobody's.

        >>> from ringback.numbers.organisations import organisation_numbers
        >>> shown = OrganisationColumn(organisation_numbers()).read(pa.array([447700900123, None], pa.int64()))
        >>> shown.to_pylist()
        [None, None]
        """
        codes = self._codes[_places(numbers.fill_null(0).to_numpy(), self._numbers, self._slots)]
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == _NOBODY), self._names)


@compiled
def _slots(known: Numbers) -> Places:
    """A hash table of the known numbers' places: a number has the slot of its mixed bits, or the next free one."""
    size = 2
    while size < 4 * len(known):
        size *= 2
    slots = np.full(size, _NOBODY, np.int32)
    for place in range(len(known)):
        at = _slot(known[place], size)
        while slots[at] != _NOBODY:
            at = (at + 1) & (size - 1)
        slots[at] = place
    return slots


@compiled
def _places(numbers: Numbers, known: Numbers, slots: Places) -> Places:
    """The place of each number among the known ones, or `_NOBODY`."""
    places = np.empty(len(numbers), np.int32)
    for row in range(len(numbers)):
        at = _slot(numbers[row], len(slots))
        while slots[at] != _NOBODY and known[slots[at]] != numbers[row]:
            at = (at + 1) & (len(slots) - 1)
        places[row] = slots[at]
    return places


@compiled
def _slot(number: int, size: int) -> int:
    mixed = number * ODD
    return (mixed ^ (mixed >> 32)) & (size - 1)
