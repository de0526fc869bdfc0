"""Readings: dirty inputs by what they must come out as, and what must hold for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback import schemas
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import REASONS, read_number
from tiers import examples

PLAN = DialPlan()
MOBILE = "+447700900123"
LONDON = "+442079460123"
NEW_YORK = "+12125550123"


@pytest.mark.parametrize(
    ("raw", "e164", "how"),
    [
        ("+44 7700 900123", MOBILE, "plus"),
        ("+44 (0)7700 900123", MOBILE, "plus"),
        ("+4407700900123", MOBILE, "plus"),
        ("07700900123", MOBILE, "trunk:GB"),
        ("07700.900.123", MOBILE, "trunk:GB"),
        ("07700\u00a0900123", MOBILE, "trunk:GB"),
        ("07700\u200b900123", MOBILE, "trunk:GB"),
        ("\uff10\uff17\uff17\uff10\uff10900123", MOBILE, "trunk:GB"),
        ("00447700900123", MOBILE, "00"),
        ("0044 (0)7700 900123", MOBILE, "00"),
        ("011 44 7700 900123", MOBILE, "011"),
        ("447700900123", MOBILE, "bare-international"),
        ("44 (0)7700 900123", MOBILE, "bare-international"),
        ("7700900123", MOBILE, "bare-national:GB"),
        ("7700900123.0", MOBILE, "bare-national:GB"),
        ("4.47700900123E+11", MOBILE, "bare-international"),
        ("sip:+447700900123@192.0.2.1;user=phone", MOBILE, "plus"),
        ("tel:07700900123;phone-context=+44", MOBILE, "plus"),
        ('"A Name" <+447700900123>', MOBILE, "plus"),
        ("07700900123 ext 12", MOBILE, "trunk:GB"),
        ("*6707700900123", MOBILE, "trunk:GB"),
        ("#31#07700900123", MOBILE, "trunk:GB"),
        ("141 07700 900123", MOBILE, "trunk:GB"),
        ("1470 07700 900123", MOBILE, "trunk:GB"),
        ("141 0044 7700 900123", MOBILE, "00"),
        ("(020) 7946 0123", LONDON, "trunk:GB"),
        ("+44 (0)20 7946 0123", LONDON, "plus"),
        ("0121 496 0123", "+441214960123", "trunk:GB"),
        ("01632 960123", "+441632960123", "trunk:GB"),
        ("+1 (212) 555-0123", NEW_YORK, "plus"),
        ("1-212-555-0123", NEW_YORK, "bare-international"),
        ("212.555.0123", NEW_YORK, "bare-national:US"),
        ("0012125550123", NEW_YORK, "00"),
        ("011 1 212 555 0123", NEW_YORK, "011"),
        ("1410" + "5550123", "+1410" + "5550123", "bare-international"),  # Baltimore, not 141 and a zero
    ],
)
def test_each_raw_form_is_read(raw, e164, how):
    reading = read_number(raw, PLAN)
    assert (reading.e164, reading.how, reading.ambiguous, reading.reason) == (e164, how, False, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "empty"),
        ("", "empty"),
        ("Restricted", "withheld"),
        ("4.47701E+11", "eaten_by_spreadsheet"),
        ("0800-RINGBACK", "not_a_number"),
        ("12", "too_short"),
        ("+4420", "too_short"),
        ("112", "short_code"),
        ("159", "short_code"),
        ("999", "short_code"),
        ("118" + "500", "short_code"),
        ("0077009001230000000", "too_long"),
        ("+44770090012300000", "too_long"),
        ("0999" + "5550123", "invalid"),
        ("+999" + "5550123", "invalid"),
        ("5550123", "invalid"),
    ],
)
def test_what_cannot_be_read_says_why(raw, reason):
    reading = read_number(raw, PLAN)
    assert (reading.reason, reading.options, reading.ambiguous) == (reason, (), False)
    assert (reading.e164, reading.kind, reading.region, reading.how) == (None, None, None, None)


@pytest.mark.parametrize("area", ["304", "330"])
def test_ten_bare_digits_of_two_countries_are_ambiguous(area):
    digits = area + "5550123"
    reading = read_number(digits, PLAN)
    assert reading.ambiguous
    assert [(option.how, option.e164) for option in reading.options] == [
        ("bare-national:GB", "+44" + digits),
        ("bare-national:US", "+1" + digits),
    ]
    assert not read_number("+1" + digits, PLAN).ambiguous
    assert not read_number("0" + digits, PLAN).ambiguous


def test_home_regions_decide_which_reading_comes_first():
    digits = "304" + "5550123"
    assert read_number(digits, DialPlan(("US", "GB"))).how == "bare-national:US"
    only = read_number(digits, DialPlan(("US",)))
    assert (only.e164, only.ambiguous) == ("+1" + digits, False)


def test_a_british_code_and_baltimore_are_both_told():
    reading = read_number("141" + "0845" + "4640", PLAN)
    assert [option.how for option in reading.options] == ["trunk:GB", "bare-international"]
    assert read_number("14107700900123", DialPlan(("US",))).e164 is None


def test_regions_of_one_calling_code_give_one_option():
    reading = read_number("2125550123", DialPlan(("CA", "US")))
    assert [option.how for option in reading.options] == ["bare-national:CA"]


def test_without_bare_international_the_american_one_is_a_trunk_prefix():
    plan = DialPlan(bare_international=False)
    assert read_number("12125550123", plan).how == "trunk:US"
    assert read_number("447700900123", plan).reason == "invalid"


def test_011_is_no_prefix_where_north_america_is_not_home():
    assert read_number("011447700900123", DialPlan(("GB",))).reason == "invalid"
    assert read_number("0114 496 0123", PLAN).e164 == "+441144960123"  # Sheffield stays Sheffield


def test_a_trunk_prefix_is_never_taken_off_twice():
    assert read_number("0" + "07700900123", PLAN).reason == "invalid"


@pytest.mark.parametrize(("area", "region"), [("1534", "JE"), ("1481", "GG"), ("1624", "IM")])
def test_crown_dependencies_keep_their_region(area, region):
    readings = [read_number(f"0{area}{number:06}", PLAN) for number in range(250000, 900000, 10000)]
    assert {reading.region for reading in readings if reading.e164} == {region}


def test_a_zero_in_brackets_stays_where_numbers_begin_with_it():
    rome = "6" + "5550" + "0123"
    assert read_number(f"+39 (0){rome}", PLAN).e164 == f"+390{rome}"
    madrid = "91" + "555" + "0123"
    assert read_number(f"+34 (0){madrid}", PLAN).e164 == f"+34{madrid}"


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("7700900000", "mobile"),
        ("7700900999", "mobile"),
        ("1632960000", "landline"),
        ("1632960999", "landline"),
    ],
)
def test_drama_numbers_are_numbers_only_when_allowed(digits, kind):
    for raw in ("+44" + digits, "0" + digits, digits):
        allowed = read_number(raw, PLAN)
        assert (allowed.e164, allowed.kind, allowed.region) == ("+44" + digits, kind, "GB")
        assert read_number(raw, DialPlan(allow_drama=False)).reason == "invalid"


@pytest.mark.parametrize("beside", [7700900000 - 1, 7700900999 + 1, 1632960000 - 1, 1632960999 + 1])
def test_numbers_beside_the_drama_ranges_follow_phonenumbers(beside):
    for plan in (PLAN, DialPlan(allow_drama=False)):
        assert read_number(f"+44{beside}", plan) == read_number(f"+44{beside}", DialPlan(allow_drama=False))


NOISE = " \u00a0\u2003\u200b\u200e\u202c\ufeff-\u2010\u2013\u2014/"
FORMS = (
    "+447700900123",
    "07700900123",
    "00447700900123",
    "447700900123",
    "7700900123",
    "3045550123",
    "12125550123",
    "2125550123",
    "011442079460123",
    "159",
    "",
)


@given(data=st.data(), form=st.sampled_from(FORMS))
@settings(max_examples=examples(300), deadline=None)
def test_noise_never_changes_a_reading(data, form):
    noisy = data.draw(st.text(NOISE, max_size=2))
    for character in form:
        wide = data.draw(st.booleans())
        noisy += chr(ord(character) + 0xFEE0) if wide else character
        noisy += data.draw(st.text(NOISE, max_size=2))
    expected, found = read_number(form, PLAN), read_number(noisy, PLAN)
    assert (found.options, found.reason) == (expected.options, expected.reason)


dialled = st.builds(
    str.__add__,
    st.sampled_from(["+", "+44", "+1", "+39", "00", "011", "0", "07", "1", "44", "141", "1470", "*67", ""]),
    st.text("0123456789", max_size=16),
)


@given(raw=st.one_of(dialled, st.text(), st.text("0123456789+() -.eE#*x@<>;:=sip", max_size=30)))
@settings(max_examples=examples(1500), deadline=None)
def test_any_text_gives_known_words_and_reads_the_same_again(raw):
    reading = read_number(raw, PLAN)
    assert (reading.reason is None) == bool(reading.options)
    assert reading.reason is None or reading.reason in REASONS
    assert len({option.e164 for option in reading.options}) == len(reading.options)
    order = [PLAN.hows.index(option.how) for option in reading.options]
    assert order == sorted(order)
    for option in reading.options:
        assert option.kind in schemas.KINDS
        again = read_number(option.e164, PLAN)
        assert (again.e164, again.kind, again.region) == (option.e164, option.kind, option.region)
        assert (again.how, again.ambiguous) == ("plus", False)


@given(raw=st.text(st.characters()))
@settings(max_examples=examples(300), deadline=None)
def test_no_character_raises(raw):
    assert read_number(raw, PLAN).raw == raw
