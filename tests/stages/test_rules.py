"""Rules: named and versioned, never changed once used."""

import pytest

from ringback.errors import RingbackError
from ringback.stages.rules import RULES, get_rule


def test_the_rules_are_what_they_were_when_first_used():
    found = {key: (rule.over_s, rule.kinds, rule.region) for key, rule in RULES.items()}
    assert found == {
        "over-a-minute@1": (60, ("mobile",), "GB"),
        "over-five-minutes@1": (300, ("mobile",), "GB"),
    }


def test_a_rule_is_got_by_name_and_version():
    assert get_rule("over-five-minutes@1").key == "over-five-minutes@1"


def test_an_unknown_rule_says_which_there_are():
    with pytest.raises(RingbackError) as caught:
        get_rule("over-a-minute@2")
    assert caught.value.code == "rule_unknown"
    assert caught.value.facts["known"] == "over-a-minute@1, over-five-minutes@1"


def test_a_rule_in_words_names_its_threshold():
    assert "more than 300 seconds" in get_rule("over-five-minutes@1").words
