"""Dialled digits to E.164, kind, region and how they were read, by a dial plan; or the reason why not."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from ringback.numbers.cleaning import Dialled, clean_number
from ringback.numbers.dial_plan import DialPlan, HomeNetwork, home_networks, international_prefixes
from ringback.numbers.plan import TRUNK_DIGIT, UNSURE, number_plan

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
# Ofcom's drama numbers that phonenumbers calls invalid, as national numbers under 44.
DRAMA = ((range(7700900000, 7700901000), "mobile"), (range(1632960000, 1632961000), "landline"))
# 44 alone, and with the prefixes that phonenumbers takes off after it.
_BRITISH_PREFIXES = ("44", "440", "44180020")
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
class ParsedNumber:
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


def read_number(raw: str | None, plan: DialPlan) -> ParsedNumber:
    """Read a raw text in every way that the dial plan allows; of ways with the same result the first counts.

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


def numbers_looked_up(raw: str | None, plan: DialPlan) -> dict[str, bool]:
    """The numbers that were looked up for a text, as digits without a plus; and whether each is one that was found.

    >>> numbers_looked_up("020 7946 0123", DialPlan())
    {'4402079460123': False, '442079460123': True, '102079460123': False}
    """
    reader = NumberReader(plan)
    reader.read(raw)
    numbers: dict[str, bool] = {}
    for digits, found in reader._found.items():
        numbers.setdefault(digits, False)
        if found:
            numbers[found.e164[1:]] = True
    return numbers


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

    def read(self, raw: str | None) -> ParsedNumber:
        """The reading of one raw text; see `read_number`."""
        dialled = clean_number(raw)
        known = self._readings.get(dialled)
        if known is None:
            if len(self._readings) >= _MEMO_LIMIT:
                self._readings.clear()
                self._found.clear()
            known = self._readings[dialled] = self._read(dialled)
        return ParsedNumber(raw, *known)

    def _read(self, dialled: Dialled) -> tuple[tuple[Option, ...], str | None]:
        if dialled.reason:
            return (), dialled.reason
        # phonenumbers takes the bracketed zero off where the country dials one, and keeps it where it is part of
        # the number (Italy). Where that gives no number, the zero was a habit of the writer, and is dropped.
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
            return ()  # a short code: no country code makes it somebody's number
        options: dict[str, Option] = {}
        for how, found in self._candidates(digits):
            if found and found.e164 not in options:
                options[found.e164] = Option(how, *found)
        return tuple(options.values())

    def _candidates(self, digits: str) -> list[tuple[str, _Found | None]]:
        """Every way of reading digits without a plus, in the plan's order."""
        # Read in addition to the whole digits, never instead: 1410 may be Baltimore (1 410), or 141 and a zero.
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
        """How digits are read at home (`trunk` where its prefix came off, else `bare-national`), and the number."""
        bare = f"bare-national:{home.region}"
        if not digits:
            return bare, None
        found = self._find(home.calling_code + digits)
        if not found or found.e164 == f"+{home.calling_code}{digits}":
            return bare, found
        if not home.trunk or not digits.startswith(home.trunk):
            return bare, None
        if home.trunk == home.calling_code and self._plan.bare_international:
            return bare, None  # North America: 1 is trunk and calling code; bare-international reads it
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
    plan = number_plan()
    outcome = plan.find(digits)
    if outcome >= 0:
        return _Found("+" + digits, *plan.outcomes[outcome])
    found = _ask(digits) if outcome in (UNSURE, TRUNK_DIGIT) else None
    return found or (_drama(digits) if allow_drama else None)


def _ask(digits: str) -> _Found | None:
    """The number that phonenumbers itself finds; it may take digits off or rewrite them."""
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    plan = number_plan()
    outcome = plan.find(e164[1:])
    if outcome >= 0:
        return _Found(e164, *plan.outcomes[outcome])
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number(number):
        return None
    return _Found(e164, _KINDS[phonenumbers.number_type(number)], region)


def _drama(digits: str) -> _Found | None:
    for prefix in _BRITISH_PREFIXES:
        national = digits.removeprefix(prefix)
        if digits.startswith(prefix) and len(national) == 10:
            for numbers, kind in DRAMA:
                if int(national) in numbers:
                    return _Found("+44" + national, kind, "GB")
    return None
