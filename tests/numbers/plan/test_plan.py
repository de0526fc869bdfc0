"""The compiled number plan says what phonenumbers says, for every calling code, or that it is unsure."""

from collections import Counter

import numpy as np
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_fuzz import CODES, KINDS, compare, examples, fuzz
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.plan import LONGEST, NO_NUMBER, UNSURE, NumberPlan, compiler, lookup_kernels, number_plan
from ringback.numbers.plan.compiler import compile_plan
from ringback.numbers.plan.digit_automaton import NotCompiledError
from ringback.numbers.reader import read_number

DRAMA = range(447700900000, 447700901000), range(441632960000, 441632961000)


@pytest.fixture(scope="module")
def plan():
    return number_plan()


def look_up(plan, numbers):
    numbers = np.array([int(number) for number in numbers], np.int64)
    return lookup_kernels.look_up(plan, numbers, np.array([len(str(number)) for number in numbers], np.int8))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_million_strings_agree(plan, seed):
    counts = Counter()
    # the masked form, so that a failure never prints a number that may be somebody's
    assert [str(disagreement) for disagreement in fuzz(50_000, 20221124 + seed, plan=plan, counts=counts)] == []
    assert counts["number"] > 12_000
    assert counts["none"] > 12_000
    assert counts["trunk"] > 500
    assert 0 < counts["unsure"] < 7_000


def test_a_wrong_interval_would_be_found(plan):
    codes = plan.outcome_codes.copy()
    british = [place for place, code in enumerate(codes) if code >= 0 and plan.outcomes[code][1] == "GB"]
    codes[british] = NO_NUMBER
    wrong = NumberPlan(plan.starts, codes, plan.outcomes)
    found = fuzz(2_000, 1, plan=wrong)
    assert found
    assert {disagreement.by_phonenumbers[2] for disagreement in found} == {"GB"}
    assert {disagreement.by_plan for disagreement in found} == {None}
    assert all(disagreement.digits not in str(disagreement) for disagreement in found)


@settings(deadline=None)  # the first call may compile
@given(st.sampled_from(CODES), st.text("0123456789", max_size=15))
def test_any_digits_behind_any_calling_code_agree(code, rest):
    assert [str(disagreement) for disagreement in compare([f"{code}{rest}"], number_plan())] == []


@settings(deadline=None)
@given(st.integers(1, 10**LONGEST - 1))
def test_any_digits_agree(number):
    assert [str(disagreement) for disagreement in compare([str(number)], number_plan())] == []


def test_every_example_number_is_found_or_unsure_for_a_prefix(plan):
    batch = sorted({code + national for code, national in examples()})
    assert [str(disagreement) for disagreement in compare(batch, plan)] == []
    codes = look_up(plan, batch)
    assert (codes >= 0).mean() > 0.99


def test_every_calling_code_is_compiled(plan):
    found = {phonenumbers.parse("+" + str(start)).country_code for start in plan.starts[valid(plan)].tolist()}
    # a code without any valid number has no metadata to speak of; there was none when this was written
    assert found == set(CODES)
    assert len(found) >= 215


def test_worldwide_services_have_the_world_as_their_region(plan):
    codes = [plan.outcomes[code] for code in look_up(plan, [80012345678, 979123456789])]
    assert codes == [("toll_free", "001"), ("premium", "001")]
    regions = {region for _, region in plan.outcomes}
    assert regions <= {*phonenumbers.SUPPORTED_REGIONS, "001"}
    # phonenumbers gives every number of Western Sahara to Morocco, whose leading digits come first
    assert len(phonenumbers.SUPPORTED_REGIONS - regions) <= 1
    assert {kind for kind, _ in plan.outcomes} <= set(KINDS.values())


def test_the_drama_allowance_is_not_in_the_plan(plan):
    for numbers in DRAMA:
        assert set(look_up(plan, numbers).tolist()) == {NO_NUMBER}
    reading = read_number("07700 900123", DialPlan())
    assert (reading.e164, reading.kind) == ("+447700900123", "mobile")
    assert read_number("07700 900123", DialPlan(home_regions=("GB",), allow_drama=False)).e164 is None


def test_british_and_american_numbers_are_hardly_ever_unsure(plan):
    rng = np.random.default_rng(1)
    for low, high in ((447 * 10**9, 448 * 10**9), (441 * 10**9, 443 * 10**9), (12 * 10**9, 2 * 10**10)):
        codes = look_up(plan, rng.integers(low, high, 20_000))
        assert (codes == UNSURE).sum() == 0
        assert (codes >= 0).mean() > 0.1


def test_intervals_are_as_wide_as_they_can_be(plan):
    starts, codes = plan.starts[1:-1], plan.outcome_codes[1:-1]
    lengths = np.array([len(str(start)) for start in starts.tolist()])
    assert (np.diff(plan.starts[1:]) > 0).all()
    assert starts[0] == 1
    assert plan.starts[-1] == 10**LONGEST
    assert ((codes[1:] != codes[:-1]) | (lengths[1:] != lengths[:-1])).all()
    assert set(lengths.tolist()) == set(range(1, LONGEST + 1)), "each length has intervals of its own"


def test_looking_up_many_is_searching_for_each(plan):
    edges = plan.starts[1:]
    numbers = np.unique(np.concatenate((edges - 1, edges, edges + 1)))
    numbers = numbers[(numbers > 0) & (numbers < 10**LONGEST)]
    lengths = np.array([len(str(number)) for number in numbers.tolist()], np.int8)
    plain = plan.outcome_codes[np.searchsorted(plan.starts, numbers, side="right") - 1]
    assert (lookup_kernels.look_up(plan, numbers, lengths) == plain).all()
    assert [plan.find(str(number)) for number in numbers[::50].tolist()] == plain[::50].tolist()


def test_what_is_no_number_of_this_length_is_unsure(plan):
    numbers = np.array([0, -1, 442079460123, 442079460123, 10**18, 2**63 - 1, -(2**63), 44207946])
    lengths = np.array([1, 1, 11, 13, 19, 19, 19, 9], np.int8)
    assert lookup_kernels.look_up(plan, numbers, lengths).tolist() == [UNSURE] * 8
    assert [plan.find(digits) for digits in ("", "0442079460123", "1" * 19, "4x", "٤٤")] == [UNSURE] * 5
    assert lookup_kernels.look_up(plan, np.array([], np.int64), np.array([], np.int8)).tolist() == []


def test_an_interval_explains_itself(plan):
    interval = plan.explain("442079460123")
    assert (interval.kind, interval.region, interval.unsure) == ("landline", "GB", None)
    assert interval.first <= "442079460123" <= interval.last
    assert interval.size == int(interval.last) - int(interval.first) + 1
    assert "taken off" in plan.explain("4402079460123").unsure
    assert "18 digits" in plan.explain("0442079460123").unsure
    nothing = plan.explain("447700900123")
    assert (nothing.kind, nothing.region, nothing.unsure) == (None, None, None)


def test_what_cannot_be_compiled_is_unsure(monkeypatch):
    class British(compiler.CallingCode):
        def __init__(self, code, outcomes):
            if code == 44:
                raise NotCompiledError("a pattern that looks ahead")
            super().__init__(code, outcomes)

    monkeypatch.setattr(compiler, "CallingCode", British)
    monkeypatch.setattr(phonenumbers, "COUNTRY_CODE_TO_REGION_CODE", {44: ("GB",), 45: ("DK",)})
    plan = compile_plan()
    codes = look_up(plan, [442079460123, 44, 4532123456, 46123456789])
    assert codes.tolist()[:2] == [UNSURE, UNSURE]
    assert plan.outcomes[codes[2]] == ("mobile_or_landline", "DK")
    assert codes[3] == NO_NUMBER


def valid(plan):
    return plan.outcome_codes >= 0
