"""Patterns over digits: the automaton and the ways of a prefix against Python's own matching."""

import random
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_fuzz import all_metadata, changed, matching, some_digits
from ringback.numbers.plan.digit_automaton import DEAD, DigitAutomaton, NotCompiledError, parse_pattern
from ringback.numbers.plan.national_prefixes import PrefixFollower, prefix_ways

CHARACTERS = st.sampled_from(["0", "1", "2", "[12]", "[^1]", "[0-35]", r"\d", "."])
PATTERNS = st.recursive(
    CHARACTERS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "{2}", "{0,2}", "{1,3}"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        inner.map(lambda part: f"({part})?"),
    ),
    max_leaves=6,
)


@given(st.lists(PATTERNS, min_size=1, max_size=3), PATTERNS, st.text("0123", max_size=6))
def test_the_automaton_takes_what_python_takes(patterns, beginning, digits):
    if re.fullmatch(beginning, ""):
        beginning = "1" + beginning
    automaton = DigitAutomaton(patterns, [beginning])
    state = automaton.run(digits)
    expected = [re.fullmatch(pattern, digits) is not None for pattern in patterns]
    expected.append(re.match(beginning, digits) is not None)
    assert automaton.accepted(state) == sum(1 << bit for bit, taken in enumerate(expected) if taken)
    assert bool(automaton.lengths_ahead(state) & 1) == any(expected[:-1])
    if state == DEAD:
        assert not any(expected)


@given(st.lists(PATTERNS, min_size=1, max_size=2), st.text("0123", max_size=3), st.text("0123", max_size=3))
def test_no_length_ahead_is_forgotten(patterns, digits, more):
    automaton = DigitAutomaton(patterns)
    if any(re.fullmatch(pattern, digits + more) for pattern in patterns):
        assert automaton.lengths_ahead(automaton.run(digits)) >> len(more) & 1


@pytest.mark.parametrize("pattern", ["(?=1)2", "1*", "1+", "(?!1)2", r"(1)\1", "^1", r"\b1", "(", r"[\s1]", "1{30}"])
def test_what_is_not_plain_digits_is_refused(pattern):
    with pytest.raises(NotCompiledError):
        DigitAutomaton([pattern])


@pytest.mark.parametrize(("pattern", "rule"), [("0(1)?", r"\1x"), ("0", r"\1"), ("0$1", None), ("0(?=1)", None)])
def test_a_prefix_that_is_not_simple_is_refused(pattern, rule):
    with pytest.raises(NotCompiledError):
        prefix_ways(pattern, rule)


def prefixes():
    found = set()
    for _, metadata in all_metadata():
        if metadata.national_prefix_for_parsing:
            found.add((metadata.national_prefix_for_parsing, metadata.national_prefix_transform_rule))
    return sorted(found, key=str)


def by_python(pattern, rule, digits):
    """What is left of a number when its prefix was taken off or rewritten, as phonenumbers does it."""
    match = re.match(pattern, digits)
    if match is None:
        return digits
    if not rule or match.groups()[-1] is None:
        return digits[match.end() :]
    return re.sub(pattern, rule, digits, count=1)


@pytest.mark.parametrize(("pattern", "rule"), prefixes())
def test_prefixes_are_followed_as_python_matches_them(pattern, rule):
    rng = random.Random(pattern)
    tree = parse_pattern(pattern)
    ways = prefix_ways(pattern, rule)
    for _ in range(300):
        digits = matching(rng, tree) + some_digits(rng, rng.randint(0, 9))
        if rng.random() < 0.3:
            digits = changed(rng, digits)
        expected = by_python(pattern, rule, digits)
        # an automaton that takes just the expected rest says whether that is what comes out
        automaton = DigitAutomaton([expected])
        follower = PrefixFollower(ways, automaton)
        at = follower.start(len(digits))
        for digit in digits:
            at = follower.next_ids(at)[int(digit)]
        stripped = follower.end(at)
        if stripped is None:
            assert expected == digits
        else:
            assert automaton.accepted(stripped.state) == 1
            assert len(digits) - stripped.shorter == len(expected)


def test_the_metadata_have_prefixes_of_every_sort():
    patterns = [pattern for pattern, _ in prefixes()]
    assert len(patterns) > 20
    assert any("$" in pattern for pattern in patterns)
    assert any(rule for _, rule in prefixes())
    assert phonenumbers.PhoneMetadata.metadata_for_region("GB").national_prefix_for_parsing in patterns
