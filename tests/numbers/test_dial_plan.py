"""The dial plan and its validation."""

import pickle

import pytest

from ringback.numbers.dial_plan import DialPlan, HomeNetwork, home_networks, international_prefixes


def test_a_mapping_and_back_is_the_same_plan():
    plan = DialPlan.from_mapping({"home_regions": ["US", "GB"], "allow_drama": False})
    assert plan == DialPlan(("US", "GB"), True, False)
    assert DialPlan.from_mapping(plan.as_dict()) == plan
    assert list(plan.as_dict()) == ["home_regions", "bare_international", "allow_drama"]
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_an_empty_mapping_is_the_default_plan():
    assert DialPlan.from_mapping({}) == DialPlan()


def test_all_faults_are_told_at_once():
    mapping = {"home_regions": ["UK", "GB", "GB", "001"], "bare_international": 1, "allow_dramas": True}
    with pytest.raises(ValueError) as caught:
        DialPlan.from_mapping(mapping)
    faults = caught.value.args[0]
    assert [field for field, _ in faults] == ["home_regions"] * 3 + ["bare_international", "allow_dramas"]
    assert "the United Kingdom is GB" in faults[0][1]
    assert "named twice" in faults[1][1]
    assert "'001'" in faults[2][1]


@pytest.mark.parametrize("regions", ["GB", 7, None, [1], []])
def test_regions_that_are_no_list_of_regions(regions):
    with pytest.raises(ValueError) as caught:
        DialPlan.from_mapping({"home_regions": regions})
    assert [field for field, _ in caught.value.args[0]] == ["home_regions"]


def test_a_plan_made_directly_is_checked_too():
    with pytest.raises(ValueError):
        DialPlan(("XX",))


def test_networks_come_from_the_metadata():
    plan = DialPlan(("GB", "US", "IT"))
    assert home_networks(plan) == (
        HomeNetwork("GB", "44", "0"),
        HomeNetwork("US", "1", "1"),
        HomeNetwork("IT", "39", ""),
    )


@pytest.mark.parametrize(
    ("regions", "prefixes"),
    [(("GB",), ("00",)), (("GB", "US"), ("00", "011")), (("CA",), ("00", "011")), (("FR", "DE"), ("00",))],
)
def test_011_opens_a_number_only_where_north_america_is_home(regions, prefixes):
    assert international_prefixes(DialPlan(regions)) == prefixes


def test_ways_of_reading_are_in_order():
    assert DialPlan(("US", "GB")).hows == (
        "plus",
        "00",
        "011",
        "trunk:US",
        "trunk:GB",
        "bare-international",
        "bare-national:US",
        "bare-national:GB",
    )
