"""The channel router: everybody gets one route with a reason, and only UK mobiles of others are texted."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model.router import (
    CHANNELS,
    OVERRULED,
    REASONS,
    Candidate,
    Route,
    count_routes,
    overrule,
    reason_words,
    route,
)
from ringback.schemas import KINDS
from ringback.stages.own_numbers import OWNERS
from ringback.stages.rules import A_MINUTE, RULES, Rule

MOBILE = Candidate("+447700900001", "mobile", "GB")
candidates = st.builds(
    Candidate,
    called_number=st.just("+447700900001"),
    kind=st.sampled_from([*KINDS, None]),
    region=st.sampled_from(["GB", "JE", "GG", "IM", "US", "FR", "001", None]),
    own=st.sampled_from([None, *OWNERS]),
)


def routed(kind="mobile", region="GB", own=None, *, suppressed=False):
    found = route(Candidate("+447700900001", kind, region, own), A_MINUTE, suppressed=suppressed)
    return found.channel, found.reason


@pytest.mark.parametrize(
    ("kind", "channel", "reason"),
    [
        ("mobile", "text", "uk_mobile"),
        ("landline", "outreach", "landline"),
        ("mobile_or_landline", "outreach", "mobile_or_landline"),
        ("voip", "outreach", "voip"),
        ("personal", "none", "personal"),
        ("pager", "none", "pager"),
        ("premium", "none", "premium"),
        ("toll_free", "none", "toll_free"),
        ("shared_cost", "none", "shared_cost"),
        ("uan", "none", "uan"),
        ("voicemail", "none", "voicemail"),
        ("unknown", "none", "unknown"),
        (None, "none", "unknown"),
    ],
)
def test_a_uk_number_is_routed_by_its_kind(kind, channel, reason):
    assert routed(kind) == (channel, reason)


@pytest.mark.parametrize("kind", ["mobile", "landline", "personal"])
@pytest.mark.parametrize(
    ("region", "reason"),
    [
        ("JE", "crown_dependency"),
        ("GG", "crown_dependency"),
        ("IM", "crown_dependency"),
        ("US", "abroad"),
        (None, "abroad"),
        ("001", "no_country"),
    ],
)
def test_a_number_from_elsewhere_is_referred_whatever_its_kind(kind, region, reason):
    assert routed(kind, region) == ("referral", reason)


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("region", ["GB", "JE", "US"])
def test_an_own_number_is_routed_nowhere(owner, region):
    assert routed(region=region, own=owner) == ("none", f"own_number_of_{owner}")


@given(candidates)
def test_a_suppression_wins_over_everything(candidate):
    assert route(candidate, A_MINUTE, suppressed=True) == Route("none", "suppressed")


@given(candidates, st.booleans())
def test_everybody_gets_a_known_channel_and_a_reason_of_it_in_words(candidate, suppressed):
    found = route(candidate, A_MINUTE, suppressed=suppressed)
    assert found.channel in CHANNELS
    assert REASONS[found.channel][found.reason] == reason_words(found.reason)


@given(candidates, st.booleans())
def test_only_mobiles_of_others_at_home_are_texted(candidate, suppressed):
    found = route(candidate, A_MINUTE, suppressed=suppressed)
    is_victim = (candidate.kind, candidate.region, candidate.own) == ("mobile", "GB", None)
    assert (found.channel == "text") is (is_victim and not suppressed)


def test_no_rule_can_make_a_landline_a_text():
    reckless = Rule("reckless", 1, over_s=0, kinds=("mobile", "landline", "personal"))
    assert route(dataclasses.replace(MOBILE, kind="landline"), reckless).channel == "outreach"
    assert route(dataclasses.replace(MOBILE, kind="personal"), reckless).channel == "none"


def test_a_rule_without_mobiles_texts_nobody():
    assert route(MOBILE, Rule("landlines", 1, over_s=60, kinds=("landline",))).reason == "rule_excludes_kind"


def test_the_home_region_is_the_rules_region():
    irish = Rule("irish", 1, over_s=60, region="IE")
    assert route(MOBILE, irish) == Route("referral", "abroad")


def test_every_rule_there_is_texts_mobiles():
    assert {route(MOBILE, rule).channel for rule in RULES.values()} == {"text"}


def test_a_reason_stands_under_one_channel():
    reasons = [reason for every in REASONS.values() for reason in every]
    assert len(reasons) == len(set(reasons))
    assert set(OVERRULED) <= set(REASONS["none"])


@pytest.mark.parametrize(
    ("already", "drama", "reason"),
    [(False, False, "uk_mobile"), (True, False, "already_alerted"), (False, True, "drama_number"),
     (True, True, "drama_number")],
)  # fmt: skip
def test_a_text_can_be_overruled(already, drama, reason):
    assert overrule(Route("text", "uk_mobile"), already_alerted=already, drama=drama).reason == reason


@given(candidates)
def test_only_a_text_can_be_overruled(candidate):
    found = route(candidate, A_MINUTE, suppressed=True)
    assert overrule(found, already_alerted=True, drama=True) == found


def test_routes_are_counted_by_channel_and_reason_and_no_channel_is_left_out():
    routes = [Route("none", "pager"), Route("text", "uk_mobile"), Route("none", "uan"), Route("none", "uan")]
    counted = count_routes(routes)
    assert counted == {"text": {"uk_mobile": 1}, "outreach": {}, "referral": {}, "none": {"uan": 2, "pager": 1}}
    assert list(counted["none"]) == ["uan", "pager"]
