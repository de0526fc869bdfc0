"""A reading with a plus is phonenumbers' own: validity, E.164, kind and region, for every calling code.

So is a reading of whole columns, in whatever way the number is written.
"""

import random
from collections import Counter

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from number_texts import judge
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import NumberReader

PLAN = DialPlan(allow_drama=False)
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


def by_phonenumbers(text, region=None):
    """What phonenumbers' public functions say, or None when the number is not valid."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kind = KINDS[phonenumbers.number_type(number)]
    return e164, kind, phonenumbers.region_code_for_number(number)


def examples():
    """Every example number of every region and kind, and of the worldwide services."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield number
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            yield number


def variations(number, rng):
    """Digits near an example: other endings, lengths and prefixes."""
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    code = str(number.country_code)
    national = e164[len(code) :]
    yield e164
    for _ in range(3):
        kept = rng.randrange(len(national))
        ending = "".join(rng.choice("0123456789") for _ in national[kept:])
        yield code + national[:kept] + ending
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        number.country_code, phonenumbers.region_code_for_country_code(number.country_code)
    )
    for prefix in ("0", "8", "00", metadata.national_prefix or "1"):
        yield code + prefix + national
    yield e164[:-1]
    yield e164 + rng.choice("0123456789")


def read_with_plus(reader, digits):
    reading = reader.read("+" + digits)
    assert reading.reason is not None or reading.how == "plus"
    return (reading.e164, reading.kind, reading.region) if reading.e164 else None


def test_variations_of_every_example_number_agree():
    rng = random.Random(20221124)
    reader = NumberReader(PLAN)
    numbers = {digits for number in examples() for digits in variations(number, rng)}
    expected = {digits: by_phonenumbers("+" + digits) for digits in numbers}
    # plain counts, so that a fault never prints a number that may be somebody's
    assert sum(read_with_plus(reader, digits) != expected[digits] for digits in sorted(numbers)) == 0
    assert len(numbers) > 9000
    assert sum(value is not None for value in expected.values()) > 4000


def test_random_digits_under_every_calling_code_agree():
    rng = random.Random(20221125)
    reader = NumberReader(PLAN)
    codes = [str(code) for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)] + ["0", "210", "999"]
    assert len(codes) > 200
    differing = 0
    for code in codes:
        for _ in range(15):
            digits = code + "".join(rng.choice("0123456789") for _ in range(rng.randrange(0, 16)))
            differing += read_with_plus(reader, digits) != by_phonenumbers("+" + digits)
    assert differing == 0


@pytest.mark.parametrize("region", ["GB", "US", "IT", "DE", "FR", "IE", "RU", "BR", "AR", "HU", "JE"])
def test_national_spellings_agree_with_phonenumbers_at_home(region):
    """Whatever reading at home accepts, phonenumbers reads alike when told the region."""
    rng = random.Random(20221126)
    reader = NumberReader(DialPlan((region,), bare_international=False, allow_drama=False))
    code = phonenumbers.country_code_for_region(region)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    found = 0
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        national = phonenumbers.national_significant_number(number)
        for spelled in {national, trunk + national}:
            for _ in range(5):
                digits = spelled[:-3] + f"{rng.randrange(1000):03}"
                reading = reader.read(digits)
                if reading.e164 and reading.how != "00":
                    assert (reading.e164, reading.kind, reading.region) == by_phonenumbers(f"+{code}{digits}"), (
                        "differs"
                    )
                    assert reading.how in {f"trunk:{region}", f"bare-national:{region}"}
                    if reading.how.startswith("bare-national"):
                        assert reading.e164 == f"+{code}{digits}", "something was stripped"
                    found += 1
    assert found > 5


@pytest.mark.parametrize("seed", range(2))
def test_columns_in_every_way_of_writing_agree(seed):
    """What a million texts are made of, in `python -m number_texts`."""
    counts = Counter()
    assert len(judge(6_000, 20261201 + seed, counts=counts)) == 0
    assert counts["judged"] > 3_500
    assert counts["numbers"] > 1_500
