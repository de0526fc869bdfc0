"""The compiled number plan against phonenumbers' public functions, on strings made up from a seed.

    PYTHONPATH=tests .venv/bin/python -m plan_fuzz --strings 1000000 --seed 7

`fuzz` is what tests and longer runs call. Numbers that disagree may be somebody's: they are shown in full only by
`--show`.
"""

import argparse
import random
import re._constants as regex
import re._parser as parser
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberType

from ringback.numbers.masking import mask_number
from ringback.numbers.plan import LONGEST, NO_NUMBER, TRUNK_DIGIT, UNSURE, NumberPlan, number_plan
from ringback.numbers.plan import lookup_kernels as lookup

KINDS = {
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
DESCRIPTIONS = (
    "general_desc",
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
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What phonenumbers says about a string, and what the plan says: (e164, kind, region) or None."""

    digits: str
    by_phonenumbers: tuple[str, str, str] | None
    by_plan: tuple[str, str, str] | None

    def __str__(self):
        masked = mask_number("+" + self.digits)
        return f"{masked}: phonenumbers {self._end(self.by_phonenumbers)}, plan {self._end(self.by_plan)}"

    @staticmethod
    def _end(answer):
        return "no number" if answer is None else f"{mask_number(answer[0])}, {answer[1]}, {answer[2]}"


def fuzz(strings, seed, *, plan=None, counts=None):
    """Compare the plan with phonenumbers on made-up strings.

    Args:
        strings: How many.
        seed: Of the random numbers; the same seed makes the same strings.
        plan: The plan to judge; this process's own if not given.
        counts: A Counter that is told how many strings were numbers, not, numbers behind a trunk digit, or unsure.

    Returns:
        The disagreements, empty when there are none. A string on which the plan is unsure agrees.
    """
    plan = plan or number_plan()
    rng = random.Random(seed)
    found = []
    while strings > 0:
        batch = sorted(make_string(rng, plan) for _ in range(min(strings, BATCH)))  # sorted: patterns stay cached
        strings -= len(batch)
        found += compare(batch, plan, counts)
    return found


def compare(batch, plan, counts=None):
    """The disagreements on these strings of 1 to 18 digits without a leading zero."""
    codes = lookup.look_up(
        plan, np.array([int(digits) for digits in batch]), np.array([len(d) for d in batch], np.int8)
    )
    found = []
    for digits, code in zip(batch, codes.tolist(), strict=True):
        if counts is not None:
            counts[{UNSURE: "unsure", NO_NUMBER: "none", TRUNK_DIGIT: "trunk"}.get(code, "number")] += 1
        if code != plan.find(digits):
            found.append(Disagreement(digits, None, ("+", "find", "differs from look_up")))
        if code == UNSURE:
            continue
        expected = by_phonenumbers(digits)
        number, outcome = digits, code
        if code == TRUNK_DIGIT:
            number = without_trunk_digit(digits)
            outcome = plan.find(number)
            if outcome < 0:
                continue  # as unsure as any other: whoever looks numbers up asks phonenumbers then
        says = ("+" + number, *plan.outcomes[outcome]) if outcome >= 0 else None
        if says != expected:
            found.append(Disagreement(digits, expected, says))
    return found


def without_trunk_digit(digits):
    """Digits without the one behind their calling code."""
    code = next(str(code) for code in CODES if digits.startswith(str(code)))
    return code + digits[len(code) + 1 :]


def by_phonenumbers(digits):
    """What phonenumbers' public functions make of a plus and these digits: (e164, kind, region) or None."""
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164, KINDS[phonenumbers.number_type(number)], phonenumbers.region_code_for_number(number)


def make_string(rng, plan: NumberPlan):
    """A string of 1 to 18 digits without a leading zero, by one of the ways below."""
    while True:
        digits = rng.choice(WAYS)(rng, plan)[:LONGEST]
        if digits and digits[0] != "0":
            return digits


def near_edge(rng, plan):
    """A number at, beside or between the edges of an interval."""
    place = rng.randrange(1, len(plan.starts) - 1)
    first, last = int(plan.starts[place]), int(plan.starts[place + 1]) - 1
    number = rng.choice((first - 1, first, first + 1, last, last + 1, rng.randint(first, last)))
    return str(number)


def random_digits(rng, _plan):
    return some_digits(rng, rng.randint(1, LONGEST))


def random_under_code(rng, _plan):
    code = str(rng.choice(CODES))
    return code + some_digits(rng, rng.randint(0, LONGEST - len(code)))


def changed_example(rng, _plan):
    """An example number with other digits in places, a digit more or less, or another ending."""
    code, national = rng.choice(examples())
    return code + changed(rng, national)


def by_pattern(rng, _plan):
    """A number that a pattern of the metadata takes, or nearly takes."""
    code, patterns = rng.choice(patterns_by_code())
    national = matching(rng, parser.parse(rng.choice(patterns)))
    return code + (national if rng.random() < 0.6 else changed(rng, national))


def behind_prefix(rng, _plan):
    """A national number behind something that phonenumbers may take off or rewrite."""
    code, prefix = rng.choice(prefixes())
    if rng.random() < 0.5:
        national = rng.choice([national for other, national in examples() if other == code])
    else:
        national = matching(rng, parser.parse(rng.choice(dict(patterns_by_code())[code])))
    if rng.random() < 0.3:
        national = changed(rng, national)
    return code + matching(rng, parser.parse(prefix)) + national


def with_zeros(rng, _plan):
    """Leading zeros, as Italian numbers have them, before a national number of any country."""
    code, national = rng.choice(examples())
    return code + "0" * rng.randint(1, 5) + (national if rng.random() < 0.7 else national.lstrip("0"))


WAYS = (
    *(near_edge,) * 4,
    random_digits,
    *(random_under_code,) * 2,
    *(changed_example,) * 2,
    *(by_pattern,) * 4,
    *(behind_prefix,) * 2,
    with_zeros,
)


def some_digits(rng, length):
    return "".join(rng.choices("0123456789", k=length))


def changed(rng, national):
    """One or two small changes to a national number."""
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(national) + 1)
        national = rng.choice(
            (
                national[:at] + rng.choice("0123456789") + national[at + 1 :],
                national[:at] + some_digits(rng, len(national) - at),
                national[:at] + national[at + 1 :],
                national[:at] + rng.choice("0123456789") + national[at:],
            )
        )
    return national


def matching(rng, tree):
    """Digits that a pattern of the metadata takes."""
    text = ""
    for operator, argument in tree:
        if operator is regex.LITERAL:
            text += chr(argument)
        elif operator is regex.IN:
            text += rng.choice(members(tuple(argument)))
        elif operator is regex.BRANCH:
            text += matching(rng, rng.choice(argument[1]))
        elif operator is regex.SUBPATTERN:
            text += matching(rng, argument[3])
        elif operator in (regex.MAX_REPEAT, regex.MIN_REPEAT):
            low, high, inside = argument
            text += "".join(matching(rng, inside) for _ in range(rng.randint(low, min(high, LONGEST))))
        elif operator is not regex.AT:
            raise NotImplementedError(f"no digits are made for {operator}")
    return text


@cache
def members(choices):
    taken = []
    for kind, value in choices:
        if kind is regex.LITERAL:
            taken.append(chr(value))
        elif kind is regex.RANGE:
            taken += [chr(code) for code in range(value[0], value[1] + 1)]
        elif kind is regex.CATEGORY and value is regex.CATEGORY_DIGIT:
            taken += "0123456789"
        else:
            raise NotImplementedError(f"no digits are made for {kind}")
    return taken


def all_metadata():
    lookup = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    for code in CODES:
        for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
            metadata = lookup(code, region)
            if metadata is not None:
                yield str(code), metadata


@lru_cache(maxsize=1)
def examples():
    """(calling code, national number) of every example of every kind and region."""
    found = []
    for code, metadata in all_metadata():
        for field in DESCRIPTIONS:
            description = getattr(metadata, field)
            if description is not None and description.example_number:
                found.append((code, description.example_number))
    return sorted(set(found))


@lru_cache(maxsize=1)
def patterns_by_code():
    """Each calling code with all patterns of all its regions."""
    found = {}
    for code, metadata in all_metadata():
        patterns = found.setdefault(code, set())
        for field in DESCRIPTIONS:
            description = getattr(metadata, field)
            if description is not None and description.national_number_pattern:
                patterns.add(description.national_number_pattern)
        if metadata.leading_digits:
            patterns.add(metadata.leading_digits)
    return [(code, sorted(patterns)) for code, patterns in sorted(found.items())]


@lru_cache(maxsize=1)
def prefixes():
    """(calling code, pattern of what may be taken off), and zeros and ones that mean nothing to the country."""
    found = set()
    for code, metadata in all_metadata():
        found.add((code, metadata.national_prefix_for_parsing or "0"))
        found.add((code, "[018]"))
    return sorted(found)


def main(words=None):
    options = argparse.ArgumentParser(prog="python -m plan_fuzz", description=__doc__.splitlines()[0])
    options.add_argument("--strings", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", action="store_true", help="show strings that disagree in full")
    chosen = options.parse_args(words)
    counts = Counter()
    started = time.process_time()
    found = fuzz(chosen.strings, chosen.seed, counts=counts)
    spent = time.process_time() - started
    for disagreement in found[:20]:
        print(repr(disagreement) if chosen.show else disagreement)
    print(
        f"{len(found):,} disagreements in {chosen.strings:,} strings with seed {chosen.seed} and phonenumbers"
        f" {phonenumbers.__version__}: {counts['number']:,} numbers, {counts['none']:,} none,"
        f" {counts['trunk']:,} behind a trunk digit, {counts['unsure']:,} unsure; {spent:,.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
