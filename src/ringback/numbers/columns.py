"""Whole columns of raw texts read at once: what `parse.read_number` gives for each, many times faster.

The digits are found by whole arrays and looked up in the number plan. What either leaves open, a rare wrapping or a
number that phonenumbers itself has to be asked about, goes through `NumberReader`, once for each distinct text.
"""

from dataclasses import dataclass, field

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ringback.numbers.dialplan import DialPlan, HomeNetwork, home_networks, international_prefixes
from ringback.numbers.digits import MOST_DIGITS, DialledColumn, Flags, Places, dial_column
from ringback.numbers.parse import DRAMA, REASONS, NumberReader, Reading
from ringback.numbers.plan import NO_NUMBER, UNSURE, NumberPlan, number_plan
from ringback.schemas import READING_OPTIONS

_TENS = 10 ** np.arange(MOST_DIGITS + 1, dtype=np.int64)
_SHORTEST = 7  # fewer digits without a plus are a short code
_LONGEST_E164 = 15
_MEMO_LIMIT = 200_000
Codes = NDArray[np.int16]
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
        options: `schemas.READING_OPTIONS` of the ambiguous texts; a text that is repeated may have its rows again.
    """

    e164: pa.Int64Array
    kind: pa.DictionaryArray
    region: pa.DictionaryArray
    how: pa.DictionaryArray
    ambiguous: pa.BooleanArray
    reason: pa.DictionaryArray
    options: pa.Table


@dataclass(slots=True)
class _Codes:
    """Readings of a column as codes, while they are made; -1 for none."""

    numbers: NDArray[np.int64]
    outcomes: Codes
    hows: Codes
    reasons: Codes
    ambiguous: Flags
    open: Flags
    ways: list[tuple[int, Places, NDArray[np.int64], Codes]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: int) -> "_Codes":
        outcomes, hows, reasons = (np.full(rows, -1, np.int16) for _ in range(3))
        return cls(np.zeros(rows, np.int64), outcomes, hows, reasons, np.zeros(rows, bool), np.zeros(rows, bool))

    def add(self, how: int, at: Places, numbers: NDArray[np.int64], outcomes: Codes) -> None:
        """Note what one way of reading gives for the texts at some places; earlier ways are preferred."""
        self.open[at[outcomes == UNSURE]] = True
        valid = outcomes >= 0
        at, numbers, outcomes = at[valid], numbers[valid], outcomes[valid]
        first = self.outcomes[at] < 0
        self.ambiguous[at[~first & (self.numbers[at] != numbers)]] = True
        new = at[first]
        self.numbers[new], self.outcomes[new], self.hows[new] = numbers[first], outcomes[first], how
        self.ways.append((how, at, numbers, outcomes))


class ColumnReader:
    """Reads columns of texts by one dial plan.

    Args:
        plan: How bare digits are read.
        numbers: The number plan; this process's own where it is left out.
    """

    def __init__(self, plan: DialPlan, numbers: NumberPlan | None = None) -> None:
        self._plan = plan
        self._numbers = numbers or number_plan()
        self._careful = NumberReader(plan)
        self._memo: dict[str, _Careful] = {}
        self._hows = plan.hows
        self._outcomes = list(self._numbers.outcomes)
        self._outcome_codes = {outcome: code for code, outcome in enumerate(self._outcomes)}
        self._drama = [(first, last, self._outcome(kind, "GB")) for first, last, kind in _drama_ranges()]
        self._homes = home_networks(plan)
        self._british = any(home.calling_code == "44" for home in self._homes)
        self._plain_homes = {home.region for home in self._homes if _takes_trunk_off_plainly(home, self._numbers)}
        self.asked = 0  # texts that had to be read with care: the residue

    def read(self, raw: pa.StringArray) -> ReadColumn:
        """The readings of a column.

        >>> column = ColumnReader(DialPlan()).read(pa.array(["07700 900123", "", "+44 20 7946 0001"]))
        >>> column.e164.to_pylist(), column.how.to_pylist(), column.reason.to_pylist()
        ([447700900123, None, 442079460001], ['trunk:GB', None, 'plus'], [None, 'empty', None])

        Args:
            raw: Texts as seized, none of them null.
        """
        dialled = dial_column(raw)
        codes = _Codes.of(len(raw))
        codes.open |= ~dialled.known
        self._read_plus(dialled, codes)
        self._read_bare(dialled, codes)
        _give_reasons(dialled, codes)
        careful = self._read_with_care(raw, codes)
        return self._as_arrow(codes, self._options(raw, codes, careful))

    def _read_plus(self, dialled: DialledColumn, codes: _Codes) -> None:
        at = np.flatnonzero(dialled.plus)
        numbers, lengths = dialled.digits[at], dialled.lengths[at]
        codes.add(self._hows.index("plus"), at, numbers, self._look_up(numbers, lengths))

    def _read_bare(self, dialled: DialledColumn, codes: _Codes) -> None:
        """Every way of reading digits without a plus, in the plan's order."""
        at = np.flatnonzero(dialled.known & ~dialled.plus & (dialled.lengths >= _SHORTEST))
        digits, lengths = dialled.digits[at], dialled.lengths[at]
        if self._british:
            codes.open[at[_after_british_code(digits, lengths)]] = True
        zero = digits < _TENS[lengths - 1]
        for prefix in international_prefixes(self._plan):
            self._read_way(codes, prefix, at, digits, lengths, taken=prefix)
        for home in self._homes:
            if home.trunk and not (home.trunk == home.calling_code and self._plan.bare_international):
                # Behind the trunk prefix no number begins with it again, so 00 and a number is none.
                once = ~_starts(digits, lengths, home.trunk * 2)
                way = f"trunk:{home.region}"
                self._read_way(
                    codes, way, at[once], digits[once], lengths[once], taken=home.trunk, put=home.calling_code
                )
            if home.region not in self._plain_homes:
                codes.open[at] = True
        if self._plan.bare_international:
            whole = ~zero
            self._read_way(codes, "bare-international", at[whole], digits[whole], lengths[whole])
        for home in self._homes:
            bare = ~_starts(digits, lengths, home.trunk) if home.trunk else np.ones(len(at), bool)
            way = f"bare-national:{home.region}"
            self._read_way(codes, way, at[bare], digits[bare], lengths[bare], put=home.calling_code)

    def _read_way(
        self,
        codes: _Codes,
        how: str,
        at: Places,
        digits: NDArray[np.int64],
        lengths: Places,
        *,
        taken: str = "",
        put: str = "",
    ) -> None:
        """Read digits without the prefix that is taken off, and with the calling code that is put in front."""
        if taken:
            has = _starts(digits, lengths, taken)
            at, lengths = at[has], lengths[has] - len(taken)
            digits = digits[has] - int(taken) * _TENS[lengths]
        if put:
            # A national number that begins with zeros has them behind the calling code.
            fits = lengths + len(put) <= MOST_DIGITS
            codes.open[at[~fits]] = True
            at, digits, lengths = at[fits], digits[fits], lengths[fits]
            digits = digits + int(put) * _TENS[lengths]
            lengths = lengths + len(put)
        codes.add(self._hows.index(how), at, digits, self._look_up(digits, lengths))

    def _look_up(self, numbers: NDArray[np.int64], lengths: Places) -> Codes:
        outcomes = np.full(len(numbers), NO_NUMBER, np.int16)
        whole = np.flatnonzero((lengths >= 1) & (numbers >= _TENS[np.maximum(lengths, 1) - 1]))
        outcomes[whole] = self._numbers.look_up(numbers[whole], lengths[whole].astype(np.int8))
        if self._plan.allow_drama:
            for first, last, outcome in self._drama:
                outcomes[(numbers >= first) & (numbers <= last) & (outcomes == NO_NUMBER)] = outcome
            # Behind a trunk zero there may be a drama number, of which the plan knows nothing.
            outcomes[_starts(numbers, lengths, "440") & (outcomes == NO_NUMBER)] = UNSURE
        return outcomes

    def _outcome(self, kind: str, region: str) -> int:
        if (kind, region) not in self._outcome_codes:
            self._outcome_codes[kind, region] = len(self._outcomes)
            self._outcomes.append((kind, region))
        return self._outcome_codes[kind, region]

    def _read_with_care(self, raw: pa.StringArray, codes: _Codes) -> dict[str, _Careful]:
        """Read what is open, each distinct text once; gives the ambiguous ones among them."""
        at = np.flatnonzero(codes.open)
        texts = raw.take(pa.array(at)).to_pylist()
        ambiguous: dict[str, _Careful] = {}
        read = []
        for text in texts:
            found = self._memo.get(text)
            if found is None:
                if len(self._memo) >= _MEMO_LIMIT:
                    self._memo.clear()
                self.asked += 1
                found = self._memo[text] = self._as_codes(self._careful.read(text))
            if found[3]:
                ambiguous[text] = found
            read.append(found[:5])
        if read:
            columns = np.array(read, np.int64).T
            codes.numbers[at], codes.outcomes[at], codes.hows[at] = columns[0], columns[1], columns[2]
            codes.ambiguous[at], codes.reasons[at] = columns[3], columns[4]
        return ambiguous

    def _as_codes(self, reading: Reading) -> _Careful:
        options = tuple(
            (int(one.e164[1:]), self._outcome(one.kind, one.region), self._hows.index(one.how))
            for one in reading.options
        )
        if not options:
            assert reading.reason is not None
            return 0, -1, -1, False, REASONS.index(reading.reason), ()
        return *options[0], len(options) > 1, -1, options

    def _options(self, raw: pa.StringArray, codes: _Codes, careful: dict[str, _Careful]) -> pa.Table:
        """READING_OPTIONS of the ambiguous texts: each way's valid readings, the first way to a number only."""
        wanted = codes.ambiguous & ~codes.open
        ways = [(how, at, numbers, outcomes, wanted[at]) for how, at, numbers, outcomes in codes.ways]
        rows = np.concatenate([at[mine] for _, at, _, _, mine in ways])
        numbers = np.concatenate([each[mine] for _, _, each, _, mine in ways])
        outcomes = np.concatenate([each[mine] for _, _, _, each, mine in ways])
        hows = np.concatenate([np.full(mine.sum(), how, np.int16) for how, *_, mine in ways])
        # Ways stand in the plan's order; a stable sort keeps it.
        order = np.lexsort((numbers, rows))
        again = np.zeros(len(order), bool)
        again[1:] = (rows[order][1:] == rows[order][:-1]) & (numbers[order][1:] == numbers[order][:-1])
        first = np.sort(order[~again])
        first = first[np.argsort(rows[first], kind="stable")]
        rows, numbers, outcomes, hows = rows[first], numbers[first], outcomes[first], hows[first]
        ranks = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
        found = self._option_rows(raw.take(pa.array(rows)), ranks, numbers, outcomes, hows)
        if not careful:
            return found
        listed = [(text, rank, *one) for text, each in careful.items() for rank, one in enumerate(each[5], 1)]
        texts, *columns = zip(*listed, strict=True)
        ranks, numbers, outcomes, hows = (np.array(column) for column in columns)
        return pa.concat_tables([found, self._option_rows(pa.array(texts), ranks, numbers, outcomes, hows)])

    def _option_rows(
        self, texts: pa.StringArray, ranks: Places, numbers: NDArray[np.int64], outcomes: Codes, hows: Codes
    ) -> pa.Table:
        e164 = pc.binary_join_element_wise("+", pa.array(numbers, pa.int64()).cast(pa.string()), "")
        kinds, regions = self._kinds_and_regions()
        words = (_dictionary(outcomes, kinds), _dictionary(outcomes, regions), _dictionary(hows, list(self._hows)))
        columns = [texts, pa.array(ranks, pa.int64()), e164, *(each.cast(pa.string()) for each in words)]
        return pa.table(columns, names=list(READING_OPTIONS.names))

    def _kinds_and_regions(self) -> tuple[list[str], list[str]]:
        return [kind for kind, _region in self._outcomes], [region for _kind, region in self._outcomes]

    def _as_arrow(self, codes: _Codes, options: pa.Table) -> ReadColumn:
        unread = codes.outcomes < 0
        kinds, regions = self._kinds_and_regions()
        return ReadColumn(
            e164=pa.array(codes.numbers, mask=unread),
            kind=_dictionary(codes.outcomes, kinds),
            region=_dictionary(codes.outcomes, regions),
            how=_dictionary(codes.hows, list(self._hows)),
            ambiguous=pa.array(codes.ambiguous),
            reason=_dictionary(codes.reasons, list(REASONS)),
            options=options,
        )


def _dictionary(codes: Codes, words: list[str]) -> pa.DictionaryArray:
    """Codes as a dictionary of their distinct words; -1 as null."""
    distinct = list(dict.fromkeys(words))
    place = {word: index for index, word in enumerate(distinct)}
    indices = np.array([place[word] for word in words], np.int32)[codes]
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=codes < 0), pa.array(distinct, pa.string()))


def _starts(digits: NDArray[np.int64], lengths: Places, prefix: str) -> Flags:
    """Which digits begin with a prefix and go on behind it."""
    longer = lengths > len(prefix)
    head = digits // _TENS[np.maximum(lengths - len(prefix), 0)]
    found: Flags = longer & (head == int(prefix))
    return found


def _after_british_code(digits: NDArray[np.int64], lengths: Places) -> Flags:
    return _starts(digits, lengths, "1410") | _starts(digits, lengths, "14700")


def _give_reasons(dialled: DialledColumn, codes: _Codes) -> None:
    """Why digits make no number, for those that make none: the same words as `parse` has for it."""
    at = np.flatnonzero((codes.outcomes < 0) & ~codes.open)
    plus, digits, lengths = dialled.plus[at], dialled.digits[at], dialled.lengths[at]
    zero = digits < _TENS[lengths - 1]
    prefix = np.where(zero, 1, 0)
    prefix[zero & (digits < _TENS[np.maximum(lengths - 2, 0)]) & (lengths >= 2)] = 2
    prefix[(lengths >= 3) & (digits // _TENS[np.maximum(lengths - 3, 0)] == 11)] = 3
    names = np.select(
        [
            lengths < np.where(plus, 5, 3),
            ~plus & (lengths < _SHORTEST),
            lengths - np.where(plus, 0, prefix) > _LONGEST_E164,
        ],
        [REASONS.index("too_short"), REASONS.index("short_code"), REASONS.index("too_long")],
        REASONS.index("invalid"),
    )
    codes.reasons[at] = names


def _takes_trunk_off_plainly(home: HomeNetwork, numbers: NumberPlan) -> bool:
    """Whether dialling the trunk prefix means just the number behind it.

    phonenumbers takes a prefix off in several ways, and sometimes not at all. It is plain where the prefix is a
    literal one, and where no number of the calling code begins with it.
    """
    if not home.trunk:
        return True
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(
        phonenumbers.region_code_for_country_code(int(home.calling_code))
    )
    if metadata is None or metadata.national_prefix_for_parsing is None:
        return False
    prefixes = metadata.national_prefix_for_parsing.split("|")
    if [one for one in prefixes if not one.isdigit() or one.startswith(home.trunk)] != [home.trunk]:
        return False
    if metadata.national_prefix_transform_rule:
        return False
    prefix = home.calling_code + home.trunk
    for rest in range(MOST_DIGITS - len(prefix) + 1):
        low, high = int(prefix) * 10**rest, (int(prefix) + 1) * 10**rest - 1
        first, last = np.searchsorted(numbers.starts, [low, high], side="right") - 1
        if (numbers.outcome_codes[first : last + 1] >= 0).any():
            return False
    return True


def _drama_ranges() -> list[tuple[int, int, str]]:
    """First and last number and kind of Ofcom's drama numbers that phonenumbers calls invalid."""
    return [(int(f"44{numbers[0]}"), int(f"44{numbers[-1]}"), kind) for numbers, kind in DRAMA]
