"""One country calling code: its national numbers of one length as runs of numbers with the same outcome."""

from collections.abc import Sequence
from typing import NamedTuple

import phonenumbers

from ringback.numbers.plan.digit_automaton import START, DigitAutomaton, NotCompiledError
from ringback.numbers.plan.national_prefixes import PrefixFollower, prefix_ways

NO_NUMBER = -1
UNSURE = -2
# phonenumbers takes off the one digit behind the calling code; the number without it is in the plan.
TRUNK_DIGIT = -3

Outcome = tuple[str, str]
# (first national number, outcome) of each run, outcomes by index; a run ends where the next begins.
Runs = tuple[tuple[int, int], ...]

_SHORTEST_NATIONAL = 2
_LONGEST_NATIONAL = 17
_ALL_LENGTHS = (1 << (_LONGEST_NATIONAL + 1)) - 1
# In the order in which phonenumbers asks; landline and mobile come last, and are asked together.
_KINDS_FIRST = (
    ("premium_rate", "premium"),
    ("toll_free", "toll_free"),
    ("shared_cost", "shared_cost"),
    ("voip", "voip"),
    ("personal_number", "personal"),
    ("pager", "pager"),
    ("uan", "uan"),
    ("voicemail", "voicemail"),
)
_NO_RUNS: Runs = ((0, NO_NUMBER),)
_UNSURE_RUNS: Runs = ((0, UNSURE),)


class _Description(NamedTuple):
    """The bit of a pattern, and the lengths at which it counts, as bits."""

    bit: int
    lengths: int

    def fits(self, accepted: int, length: int) -> bool:
        return bool(accepted & self.bit and self.lengths >> length & 1)


_NEVER = _Description(0, 0)


class _Region(NamedTuple):
    name: str
    leading: int  # the bit of its leading digits: numbers with them belong to it alone; 0 where it has none
    general: _Description
    kinds: tuple[tuple[_Description, str], ...]
    landline: _Description
    mobile: _Description
    mobile_like_landline: bool


class CallingCode:
    """All that phonenumbers does with a number in international form under one calling code.

    Args:
        code: The calling code.
        outcomes: Known outcomes by index; new ones are added.

    Raises:
        NotCompiledError: The metadata use something that this module does not know.
    """

    def __init__(self, code: int, outcomes: dict[Outcome, int]) -> None:
        self._outcomes = outcomes
        names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
        lookup = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
        known = [(name, each) for name in names if (each := lookup(code, name)) is not None]
        patterns, beginnings = _patterns(known, alone=len(names) == 1)
        self._automaton = DigitAutomaton(patterns, beginnings)
        bits = {pattern: 1 << place for place, pattern in enumerate(patterns)}
        leading = {pattern: 1 << place for place, pattern in enumerate(beginnings, start=len(patterns))}
        self._regions = [_region(name, each, bits, {} if len(names) == 1 else leading) for name, each in known]
        main = known[0][1] if known and known[0][0] == names[0] else None  # parsing goes by the main region
        ways = prefix_ways(main.national_prefix_for_parsing, main.national_prefix_transform_rule) if main else ()
        general = main.general_desc if main else None
        self._general = bits.get(general.national_number_pattern or "", 0) if general else 0
        self._possible = _length_bits(general.possible_length) if general else 0
        self._local = _length_bits(general.possible_length_local_only) if general else 0
        if ways and not self._possible:
            raise NotCompiledError("a prefix without possible lengths")
        self._prefix = PrefixFollower(ways, self._automaton)
        self._longest = max((each.general.lengths.bit_length() - 1 for each in self._regions), default=0)
        self._longest_taken_off = max((way.shorter for way in ways), default=0)
        self._length = 0
        self._known_runs: dict[tuple[int, int, int], Runs] = {}
        self._known_ends: dict[tuple[int, int], int] = {}

    @property
    def longest(self) -> int:
        """Digits of the longest national number, with all that phonenumbers would take off it."""
        return self._longest + max(self._longest_taken_off, 0)

    def runs(self, length: int) -> Runs:
        """The runs of all national numbers of this length; the first begins at 0."""
        if length < _SHORTEST_NATIONAL:
            return _NO_RUNS
        self._length = length
        self._known_runs.clear()
        return self._runs(START, self._prefix.start(length), length)

    def _runs(self, state: int, prefix: int, left: int) -> Runs:
        """The runs of all numbers that `left` more digits can complete."""
        if left == 0:
            return ((0, self._end(state, prefix)),)
        if not self._automaton.lengths_ahead(state) >> left & 1:
            if not self._prefix.lengths_ahead(prefix) >> left & 1:
                return _NO_RUNS
            if self._prefix.lengths_ahead_of_long(prefix) >> left & 1:
                return _UNSURE_RUNS
        key = (state, prefix, left)
        known = self._known_runs.get(key)
        if known is None:
            known = self._known_runs[key] = self._make_runs(state, prefix, left)
        return known

    def _make_runs(self, state: int, prefix: int, left: int) -> Runs:
        runs: list[tuple[int, int]] = []
        latest: int | None = None
        width = 10 ** (left - 1)
        nexts = zip(self._automaton.next_states(state), self._prefix.next_ids(prefix), strict=True)
        for start, (after, moved) in zip(range(0, 10 * width, width), nexts, strict=True):
            for first, outcome in self._runs(after, moved, left - 1):
                if outcome != latest:
                    runs.append((start + first, outcome))
                    latest = outcome
        return tuple(runs)

    def _end(self, state: int, prefix: int) -> int:
        """The outcome of a whole number."""
        as_given = self._outcome(state, self._length)
        stripped = self._prefix.end(prefix)
        if stripped is None:
            return as_given
        if self._takes_general(state) and not self._takes_general(stripped.state):
            return as_given
        length = self._length - stripped.shorter
        if not self._is_long_enough(length):
            return as_given
        if self._outcome(stripped.state, length) == NO_NUMBER:
            return NO_NUMBER
        return TRUNK_DIGIT if stripped.digit_alone else UNSURE

    def _takes_general(self, state: int) -> bool:
        return bool(self._automaton.accepted(state) & self._general)

    def _is_long_enough(self, length: int) -> bool:
        """Whether phonenumbers takes a prefix off when a number of this length remains."""
        if length < 0 or self._local >> length & 1:
            return False
        return bool(self._possible >> length & 1) or length >= self._possible.bit_length()

    def _outcome(self, state: int, length: int) -> int:
        key = (state, length)
        known = self._known_ends.get(key)
        if known is None:
            known = self._known_ends[key] = self._find_outcome(self._automaton.accepted(state), length)
        return known

    def _find_outcome(self, accepted: int, length: int) -> int:
        if not _SHORTEST_NATIONAL <= length <= _LONGEST_NATIONAL:
            return NO_NUMBER
        for region in self._regions:
            if region.leading and not accepted & region.leading:
                continue
            kind = _kind(region, accepted, length)
            if kind is not None:
                return self._outcomes.setdefault((kind, region.name), len(self._outcomes))
            if region.leading:
                return NO_NUMBER
        return NO_NUMBER


def _kind(region: _Region, accepted: int, length: int) -> str | None:
    if not region.general.fits(accepted, length):
        return None
    for description, kind in region.kinds:
        if description.fits(accepted, length):
            return kind
    mobile = region.mobile.fits(accepted, length)
    if region.landline.fits(accepted, length):
        return "mobile_or_landline" if region.mobile_like_landline or mobile else "landline"
    return "mobile" if mobile and not region.mobile_like_landline else None


def _descriptions(metadata: phonenumbers.PhoneMetadata) -> list[phonenumbers.PhoneNumberDesc]:
    fields = ("general_desc", *(field for field, _ in _KINDS_FIRST), "fixed_line", "mobile")
    return [each for field in fields if (each := getattr(metadata, field)) is not None]


def _patterns(known: Sequence[tuple[str, phonenumbers.PhoneMetadata]], *, alone: bool) -> tuple[list[str], list[str]]:
    """All patterns of the regions, and all leading digits, each once."""
    descriptions = [description for _, each in known for description in _descriptions(each)]
    whole = dict.fromkeys(each.national_number_pattern for each in descriptions if each.national_number_pattern)
    leading = dict.fromkeys(each.leading_digits for _, each in known if each.leading_digits is not None and not alone)
    return list(whole), list(leading)


def _region(name: str, metadata: phonenumbers.PhoneMetadata, bits: dict[str, int], leading: dict[str, int]) -> _Region:
    def described(field: str) -> _Description:
        description = getattr(metadata, field)
        if description is None or not description.national_number_pattern:
            return _NEVER
        lengths = _length_bits(description.possible_length) if description.possible_length else _ALL_LENGTHS
        return _Description(bits[description.national_number_pattern], lengths)

    return _Region(
        name,
        leading.get(metadata.leading_digits, 0) if metadata.leading_digits is not None else 0,
        described("general_desc"),
        tuple((described(field), kind) for field, kind in _KINDS_FIRST),
        described("fixed_line"),
        described("mobile"),
        bool(metadata.same_mobile_and_fixed_line_pattern),
    )


def _length_bits(lengths: Sequence[int]) -> int:
    return sum(1 << length for length in set(lengths) if length > 0)
