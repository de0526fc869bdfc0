"""Dialled digits to E.164, kind, region and how it was read, by a dial plan; or a reason."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.phonenumberutil import _number_type_helper

from ringback.numbers.dialplan import DialPlan, HomeNetwork, home_networks, international_prefixes
from ringback.numbers.text import Dialled, clean_number

REASONS = (
    "empty",
    "withheld",
    "eaten_by_spreadsheet",
    "not_a_number",
    "too_short",
    "short_code",
    "too_long",
    "invalid",
)
_KINDS = {
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile_or_landline",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
# The same kinds as phonenumbers' metadata name them.
_KIND_FIELDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
# Ofcom's drama numbers that phonenumbers calls invalid, as national numbers under 44.
DRAMA = ((range(7700900000, 7700901000), "mobile"), (range(1632960000, 1632961000), "landline"))
# British codes that withhold or release the caller's number for one call; a national or 00 number follows.
_BRITISH_HIDING_CODES = ("141", "1470")
_MEMO_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Option:
    """One acceptable reading: how it was read, E.164, kind (of `schemas.KINDS`) and region."""

    how: str
    e164: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a raw text may mean, in the dial plan's order; or the reason why it means nothing.

    Attributes:
        raw: The text as seized.
        options: Acceptable readings with distinct E.164, the preferred one first.
        reason: One of `REASONS` when there are no options, else None.
    """

    raw: str | None
    options: tuple[Option, ...]
    reason: str | None

    @property
    def e164(self) -> str | None:
        """The preferred reading."""
        return self.options[0].e164 if self.options else None

    @property
    def kind(self) -> str | None:
        """Kind of the preferred reading."""
        return self.options[0].kind if self.options else None

    @property
    def region(self) -> str | None:
        """Region of the preferred reading, 001 for worldwide services."""
        return self.options[0].region if self.options else None

    @property
    def how(self) -> str | None:
        """How the preferred reading came about."""
        return self.options[0].how if self.options else None

    @property
    def ambiguous(self) -> bool:
        """Whether other readings give another number."""
        return len(self.options) > 1


class _Found(NamedTuple):
    """A number that exists: E.164, kind, region."""

    e164: str
    kind: str
    region: str


class _CallingCode(NamedTuple):
    """What the metadata say about every number under one country calling code.

    Attributes:
        code: The calling code, digits.
        prefix: What phonenumbers may strip from the start of a national number, or None.
        literals: The same as plain digits, where it is that simple; else empty.
        lengths: Lengths that a national number can have, in any region of the code.
        kinds: Matches every national number that is of some kind in some region of the code, and others.
        regions: Regions in phonenumbers' order, each with leading digits where these alone decide.
    """

    code: str
    prefix: re.Pattern[str] | None
    literals: tuple[str, ...]
    lengths: frozenset[int]
    kinds: re.Pattern[str]
    regions: tuple[tuple[str, re.Pattern[str] | None, phonenumbers.PhoneMetadata], ...]


def read_number(raw: str | None, plan: DialPlan) -> Reading:
    """A raw text is read in every way that the dial plan allows; readings with the same result are one.

    Args:
        raw: Text as seized.
        plan: How bare digits are read.

    Returns:
        The readings in the plan's order, or a reason.

    >>> reading = read_number("07700 900123", DialPlan())
    >>> reading.e164, reading.how, reading.ambiguous
    ('+447700900123', 'trunk:GB', False)
    >>> read_number("withheld", DialPlan()).reason
    'withheld'
    """
    return _reader(plan).read(raw)


class NumberReader:
    """Reads texts by one dial plan and remembers what it has looked up.

    What it remembers only saves time; a reading never depends on what was read before.
    """

    def __init__(self, plan: DialPlan) -> None:
        self._plan = plan
        self._homes = home_networks(plan)
        self._idd = international_prefixes(plan)
        self._british = any(home.calling_code == "44" for home in self._homes)
        self._readings: dict[Dialled, tuple[tuple[Option, ...], str | None]] = {}
        self._found: dict[str, _Found | None] = {}

    def read(self, raw: str | None) -> Reading:
        """The reading of one raw text; see `read_number`."""
        dialled = clean_number(raw)
        known = self._readings.get(dialled)
        if known is None:
            if len(self._readings) >= _MEMO_LIMIT:
                self._readings.clear()
                self._found.clear()
            known = self._readings[dialled] = self._read(dialled)
        return Reading(raw, *known)

    def _read(self, dialled: Dialled) -> tuple[tuple[Option, ...], str | None]:
        if dialled.reason:
            return (), dialled.reason
        # phonenumbers itself takes the zero off where the country dials one. It stays where it is part of the
        # number (Italy); only where that gives nothing was it a habit of the writer, to be dropped.
        options = self._options(dialled.plus, dialled.digits)
        if not options and dialled.without_zero:
            options = self._options(dialled.plus, dialled.without_zero)
        if options:
            return options, None
        return (), _reason(dialled.plus, dialled.without_zero or dialled.digits)

    def _options(self, plus: bool, digits: str) -> tuple[Option, ...]:
        if plus:
            found = self._find(digits)
            return (Option("plus", *found),) if found else ()
        if len(digits) <= 6:
            return ()  # a short code, which no country code makes into somebody's number
        options: dict[str, Option] = {}
        for how, found in self._candidates(digits):
            if found and found.e164 not in options:
                options[found.e164] = Option(how, *found)
        return tuple(options.values())

    def _candidates(self, digits: str) -> list[tuple[str, _Found | None]]:
        """Every way of reading digits without a plus, in the plan's order."""
        # Read beside the whole digits, never instead of them: 1 410 is Baltimore as well as 141 and a zero.
        after_code = self._after_british_code(digits)
        ways = [(idd, self._find(digits[len(idd) :])) for idd in self._idd if digits.startswith(idd)]
        if after_code.startswith("00"):
            ways.append(("00", self._find(after_code[2:])))
        trunk: list[tuple[str, _Found | None]] = []
        national: list[tuple[str, _Found | None]] = []
        for home in self._homes:
            for dialled in (digits, after_code if home.calling_code == "44" else ""):
                how, found = self._at_home(home, dialled)
                (trunk if how.startswith("trunk") else national).append((how, found))
        ways += trunk
        if self._plan.bare_international and not digits.startswith("0"):
            ways.append(("bare-international", self._find(digits)))
        return ways + national

    def _after_british_code(self, digits: str) -> str:
        if self._british:
            for code in _BRITISH_HIDING_CODES:
                if digits.startswith(code + "0"):
                    return digits[len(code) :]
        return ""

    def _at_home(self, home: HomeNetwork, digits: str) -> tuple[str, _Found | None]:
        """Digits as dialled in the home region, by whether that took its trunk prefix off."""
        bare = f"bare-national:{home.region}"
        if not digits:
            return bare, None
        found = self._find(home.calling_code + digits)
        if not found or found.e164 == f"+{home.calling_code}{digits}":
            return bare, found
        if not home.trunk or not digits.startswith(home.trunk):
            return bare, None
        if home.trunk == home.calling_code and self._plan.bare_international:
            return bare, None  # North America: 1 is both, and goes by the name of bare-international
        return f"trunk:{home.region}", found

    def _find(self, digits: str) -> _Found | None:
        """The number that a plus and these digits make, if there is one."""
        if digits not in self._found:
            self._found[digits] = _look_up(digits, allow_drama=self._plan.allow_drama)
        return self._found[digits]


@lru_cache(maxsize=8)
def _reader(plan: DialPlan) -> NumberReader:
    return NumberReader(plan)


def _reason(plus: bool, digits: str) -> str:
    if len(digits) < (5 if plus else 3):
        return "too_short"
    if not plus and len(digits) <= 6:
        return "short_code"
    prefix = "" if plus else next((idd for idd in ("00", "011", "0") if digits.startswith(idd)), "")
    return "too_long" if len(digits) - len(prefix) > 15 else "invalid"


def _look_up(digits: str, *, allow_drama: bool) -> _Found | None:
    code = _calling_code_of(digits)
    if code is None:
        return None
    rest = digits[len(code.code) :]
    if rest.startswith("0") or (code.prefix is not None and code.prefix.match(rest)):
        if _has_no_length(code, rest):
            return None
        try:
            number = phonenumbers.parse("+" + digits)
        except phonenumbers.NumberParseException:
            return None
        rest = phonenumbers.national_significant_number(number)
    elif len(rest) not in code.lengths:
        return None
    # Without a prefix to strip, parsing would give the rest as it is.
    found = _existing(code, rest) if code.kinds.fullmatch(rest) else None
    return found or (_drama(code, rest) if allow_drama else None)


def _existing(code: _CallingCode, national: str) -> _Found | None:
    """The national number, when phonenumbers calls it valid: it belongs to a region, and has a type there."""
    # region_code_for_number, is_valid_number and number_type each go through the regions; this goes once.
    for region, leading, metadata in code.regions:
        if leading is not None and not leading.match(national):
            continue
        kind = _KINDS.get(_number_type_helper(national, metadata))
        if kind:
            return _Found(f"+{code.code}{national}", kind, region)
        if leading is not None:
            return None
    return None


def _drama(code: _CallingCode, national: str) -> _Found | None:
    if code.code == "44" and len(national) == 10:
        for numbers, kind in DRAMA:
            if int(national) in numbers:
                return _Found("+44" + national, kind, "GB")
    return None


def _has_no_length(code: _CallingCode, rest: str) -> bool:
    """Whether a national number has no possible length, with its prefix or without it."""
    if len(rest) in code.lengths:
        return False
    if code.prefix is None:
        return True
    # A prefix that is a pattern may rewrite the number, so its length says nothing.
    return bool(code.literals) and not any(
        rest.startswith(literal) and len(rest) - len(literal) in code.lengths for literal in code.literals
    )


def _calling_code_of(digits: str) -> _CallingCode | None:
    for length in (1, 2, 3):
        code = _calling_code(digits[:length])
        if code is not None:
            return code
    return None


@lru_cache(maxsize=2000)
def _calling_code(text: str) -> _CallingCode | None:
    if not text or text.startswith("0"):
        return None
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(text))
    if regions is None:
        return None
    lookup = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    known = [(region, each) for region in regions if (each := lookup(int(text), region)) is not None]
    metadata = [each for _, each in known]
    pattern = metadata[0].national_prefix_for_parsing  # parsing goes by the main region, which comes first
    alternatives = tuple(pattern.split("|")) if pattern else ()
    general = [each.general_desc for each in metadata if each.general_desc is not None]
    return _CallingCode(
        code=text,
        prefix=re.compile(pattern) if pattern else None,
        literals=alternatives if all(alternative.isdigit() for alternative in alternatives) else (),
        lengths=frozenset(length for each in general for length in each.possible_length),
        kinds=_kinds_pattern(metadata),
        regions=tuple((region, _leading_digits(each, alone=len(regions) == 1), each) for region, each in known),
    )


def _leading_digits(metadata: phonenumbers.PhoneMetadata, *, alone: bool) -> re.Pattern[str] | None:
    # A region that shares its calling code with no other needs no leading digits to be told apart.
    return None if alone or metadata.leading_digits is None else re.compile(metadata.leading_digits)


def _kinds_pattern(metadata: list[phonenumbers.PhoneMetadata]) -> re.Pattern[str]:
    # One look at this spares asking up to 25 regions in turn about a number that none of them has.
    descriptions = [getattr(each, field, None) for each in metadata for field in _KIND_FIELDS]
    patterns = dict.fromkeys(each.national_number_pattern for each in descriptions if each is not None)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns if pattern))
