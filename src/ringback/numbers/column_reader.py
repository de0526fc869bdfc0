"""Reads whole columns of raw texts, with the same results as `reader.read_number`, many times faster.

A compiled loop finds the digits and looks them up in the number plan. It leaves open rare wrappings, and numbers about
which phonenumbers itself has to be asked. `NumberReader` reads these, once for each distinct text.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ringback.jit import text_buffers
from ringback.numbers.cleaning_kernels import MOST_DIGITS
from ringback.numbers.dial_plan import DialPlan, HomeNetwork, home_networks, international_prefixes
from ringback.numbers.plan import TRUNK_DIGIT, UNSURE, NumberPlan, number_plan
from ringback.numbers.plan.intervals import LONGEST_CODE
from ringback.numbers.plan.lookup_kernels import lookup_table, with_ranges
from ringback.numbers.reader import DRAMA, REASONS, NumberReader, ParsedNumber
from ringback.numbers.reading_kernels import WAY, Codes, WayTable, list_options, make_way, prefix_of, read_texts
from ringback.schemas import READING_OPTIONS

# Digits with these prefixes are either a British hiding code with a number after it, or a North American number.
_AFTER_BRITISH_CODE = ("1410", "14700")
_MEMO_LIMIT = 200_000
# Codes of one careful reading: number, outcome, how, whether ambiguous, reason, and its options.
_Careful = tuple[int, int, int, bool, int, tuple[tuple[int, int, int], ...]]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """What each text of a column means; arrays of one row per text.

    Attributes:
        e164: int64, the preferred reading's E.164 without its plus; null when unread.
        kind, region, how: Dictionaries of text, as in `schemas.READINGS`.
        ambiguous: Whether other readings give another number.
        reason: Dictionary of text, why it could not be read; null when it could.
        options: `schemas.READING_OPTIONS` of the ambiguous texts; a repeated text may have its rows more than once.
    """

    e164: pa.Int64Array
    kind: pa.DictionaryArray
    region: pa.DictionaryArray
    how: pa.DictionaryArray
    ambiguous: pa.BooleanArray
    reason: pa.DictionaryArray
    options: pa.Table


class ColumnReader:
    """Reads columns of texts by one dial plan.

    Args:
        plan: How bare digits are read.
        numbers: The number plan; by default this process's own.
    """

    def __init__(self, plan: DialPlan, numbers: NumberPlan | None = None) -> None:
        self._plan = plan
        self._numbers = numbers or number_plan()
        self._careful = NumberReader(plan)
        self._memo: dict[str, _Careful] = {}
        self._hows = plan.hows
        self._outcomes = list(self._numbers.outcomes)
        self._outcome_codes = {outcome: code for code, outcome in enumerate(self._outcomes)}
        self._table = lookup_table(self._with_drama())
        self._ways = self._way_table()
        self.asked = 0  # texts that `NumberReader` had to read

    def read(self, raw: pa.StringArray) -> ReadColumn:
        """The readings of a column.

        >>> column = ColumnReader(DialPlan()).read(pa.array(["07700 900123", "", "+44 20 7946 0001"]))
        >>> column.e164.to_pylist(), column.how.to_pylist(), column.reason.to_pylist()
        ([447700900123, None, 442079460001], ['trunk:GB', None, 'plus'], [None, 'empty', None])

        Args:
            raw: Texts as seized, none of them null.
        """
        data, bounds = text_buffers(raw)
        codes = read_texts(data, bounds, self._ways, self._table)
        careful = self._read_with_care(raw, codes)
        wanted = np.flatnonzero(codes.ambiguous & ~codes.open)
        options = list_options(codes.dialled[wanted], self._ways, self._table)
        options[:, 0] = wanted[options[:, 0]]
        return self._as_arrow(codes, self._options(raw, options, careful))

    def read_certain(self, raw: pa.StringArray) -> pa.Int64Array:
        """The numbers of a column, E.164 without the plus; null where a text is ambiguous or unread.

        >>> ColumnReader(DialPlan()).read_certain(pa.array(["07700 900123", ""])).to_pylist()
        [447700900123, None]

        Args:
            raw: Texts as seized, none of them null.
        """
        codes = read_texts(*text_buffers(raw), self._ways, self._table)
        self._read_with_care(raw, codes)
        return _Validity((codes.outcomes >= 0) & ~codes.ambiguous).array(codes.numbers)

    def _way_table(self) -> WayTable:
        homes, whole = home_networks(self._plan), self._plan.bare_international
        ways = [make_way(self._hows.index(prefix), taken=prefix) for prefix in international_prefixes(self._plan)]
        for home in homes:
            if home.trunk and not (home.trunk == home.calling_code and whole):
                ways.append(self._home_way(f"trunk:{home.region}", home, trunk=home.trunk))
        if whole:
            ways.append(make_way(self._hows.index("bare-international"), barred="0"))
        for home in homes:
            barred = "" if self._begins_numbers(home.calling_code + home.trunk) else home.trunk
            ways.append(self._home_way(f"bare-national:{home.region}", home, barred=barred))
        british = any(home.calling_code == "44" for home in homes)
        return WayTable(
            ways=np.array(ways, WAY).view(np.recarray),
            plus=self._hows.index("plus"),
            open_behind=np.array([prefix_of(code) for code in _AFTER_BRITISH_CODE if british], np.int64).reshape(-1, 2),
        )

    def _home_way(self, how: str, home: HomeNetwork, *, trunk: str = "", barred: str = "") -> tuple[int, ...]:
        """A way with the calling code of a home in front."""
        code = home.calling_code
        longest = int(self._numbers.longest[int(code.ljust(LONGEST_CODE, "0"))])
        return make_way(self._hows.index(how), trunk=trunk, barred=barred, front=code, longest=longest)

    def _begins_numbers(self, prefix: str) -> bool:
        """Whether some digits with this prefix are, or may be, an international number as they stand."""
        starts, outcomes = self._numbers.starts, self._numbers.outcome_codes
        for rest in range(MOST_DIGITS - len(prefix) + 1):
            low, high = int(prefix) * 10**rest, (int(prefix) + 1) * 10**rest - 1
            first, last = np.searchsorted(starts, [low, high], side="right") - 1
            if ((outcomes[first : last + 1] >= 0) | (outcomes[first : last + 1] == UNSURE)).any():
                return True
        return False

    def _with_drama(self) -> NumberPlan:
        """The number plan; where the dial plan allows drama numbers, with those that it lacks."""
        if not self._plan.allow_drama:
            return self._numbers
        ranges = []
        for numbers, kind in DRAMA:
            first, last = numbers[0], numbers[-1]
            ranges.append((int(f"44{first}"), int(f"44{last}"), self._outcome(kind, "GB")))
            # phonenumbers does not know them, so its plan has no trunk digit in front of them either.
            ranges.append((int(f"440{first}"), int(f"440{last}"), TRUNK_DIGIT))
        return with_ranges(self._numbers, ranges)

    def _outcome(self, kind: str, region: str) -> int:
        if (kind, region) not in self._outcome_codes:
            self._outcome_codes[kind, region] = len(self._outcomes)
            self._outcomes.append((kind, region))
        return self._outcome_codes[kind, region]

    def _read_with_care(self, raw: pa.StringArray, codes: Codes) -> dict[str, _Careful]:
        """Read the open texts, each distinct one once; returns the ambiguous ones among them."""
        at = np.flatnonzero(codes.open)
        texts = raw.take(pa.array(at)).dictionary_encode()
        read = {text: self._read_one(text) for text in texts.dictionary.to_pylist()}
        if read:
            found = np.array([careful[:5] for careful in read.values()], np.int64)[texts.indices.to_numpy()]
            codes.numbers[at], codes.outcomes[at], codes.hows[at] = found[:, 0], found[:, 1], found[:, 2]
            codes.ambiguous[at], codes.reasons[at] = found[:, 3], found[:, 4]
        return {text: careful for text, careful in read.items() if careful[3]}

    def _read_one(self, text: str) -> _Careful:
        found = self._memo.get(text)
        if found is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self.asked += 1
            found = self._memo[text] = self._as_codes(self._careful.read(text))
        return found

    def _as_codes(self, reading: ParsedNumber) -> _Careful:
        options = tuple(
            (int(one.e164[1:]), self._outcome(one.kind, one.region), self._hows.index(one.how))
            for one in reading.options
        )
        if not options:
            assert reading.reason is not None
            return 0, -1, -1, False, REASONS.index(reading.reason), ()
        return *options[0], len(options) > 1, -1, options

    def _options(self, raw: pa.StringArray, options: NDArray[np.int64], careful: dict[str, _Careful]) -> pa.Table:
        """READING_OPTIONS of the ambiguous texts."""
        rows, *columns = options.T
        found = self._option_rows(raw.take(pa.array(rows)), *columns)
        if not careful:
            return found
        listed = [(text, rank, *one) for text, each in careful.items() for rank, one in enumerate(each[5], 1)]
        texts, *parts = zip(*listed, strict=True)
        return pa.concat_tables([found, self._option_rows(pa.array(texts), *map(np.array, parts))])

    def _option_rows(
        self,
        texts: pa.StringArray,
        ranks: NDArray[np.int64],
        numbers: NDArray[np.int64],
        outcomes: NDArray[np.int64],
        hows: NDArray[np.int64],
    ) -> pa.Table:
        e164 = pc.binary_join_element_wise("+", pa.array(numbers, pa.int64()).cast(pa.string()), "")
        kinds, regions = self._kinds_and_regions()
        words = ((kinds, outcomes), (regions, outcomes), (self._hows, hows))
        named = [pa.array(names, pa.string()).take(pa.array(codes, pa.int64())) for names, codes in words]
        columns = [texts, pa.array(ranks, pa.int64()), e164, *named]
        return pa.table(columns, names=list(READING_OPTIONS.names))

    def _kinds_and_regions(self) -> tuple[list[str], list[str]]:
        return [kind for kind, _region in self._outcomes], [region for _kind, region in self._outcomes]

    def _as_arrow(self, codes: Codes, options: pa.Table) -> ReadColumn:
        read = _Validity(codes.outcomes >= 0)
        return ReadColumn(
            e164=read.array(codes.numbers),
            kind=read.dictionary(codes.outcomes, *_places(tuple(kind for kind, _region in self._outcomes))),
            region=read.dictionary(codes.outcomes, *_places(tuple(region for _kind, region in self._outcomes))),
            how=read.dictionary(codes.hows, *_places(self._hows)),
            ambiguous=pa.array(codes.ambiguous),
            reason=_Validity(codes.reasons >= 0).dictionary(codes.reasons, *_places(REASONS)),
            options=options,
        )


class _Validity:
    """Which rows have a value: one bitmap for all arrays that are null in the same rows."""

    def __init__(self, valid: NDArray[np.bool_]) -> None:
        self._bitmap = pa.array(valid).buffers()[1]
        self._nulls = valid.size - int(np.count_nonzero(valid))

    def array(self, values: NDArray[Any]) -> pa.Array:
        """Values as an array; in rows that have none they may be anything."""
        kind = pa.from_numpy_dtype(values.dtype)
        return pa.Array.from_buffers(kind, values.size, [self._bitmap, pa.py_buffer(values)], self._nulls)

    def dictionary(
        self, codes: NDArray[np.int16], places: NDArray[np.int32], words: pa.StringArray
    ) -> pa.DictionaryArray:
        """Codes as a dictionary array of `words`; `places` has the place of each code's word, -1 stands for null."""
        return pa.DictionaryArray.from_arrays(self.array(places[codes]), words)


@lru_cache(maxsize=16)
def _places(words: tuple[str, ...]) -> tuple[NDArray[np.int32], pa.StringArray]:
    """The place of each word among the distinct words, and the distinct words."""
    place = {word: index for index, word in enumerate(dict.fromkeys(words))}
    # Code -1 takes the last entry: the place of a null is never read, but has to be in the dictionary.
    return np.array([*(place[word] for word in words), 0], np.int32), pa.array(list(place), pa.string())
