"""The throttle: the waits of a person, the waits of an attacker, and that nobody is ever locked out."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_attacks import START, Desk, fewest_days, guess_all, recipient_waits
from ringback.alerting.model.throttle import RULES

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


def answered_after(desk, source, now):
    """Ask, wait and ask again, as a patient source does; returns the time of the answer."""
    wait = desk.ask(source, now)
    if wait:
        assert desk.ask(source, now + wait / 2) > timedelta(0), "it is answered before its slot"
        assert not desk.ask(source, now + wait)
    return now + wait


def test_three_typing_mistakes_cost_seconds():
    desk, now = Desk(), START
    for _try in range(4):
        now = answered_after(desk, "recipient", now)
    assert now - START == 6 * SECOND


def test_later_answers_are_ten_minutes_apart():
    desk, now = Desk(), START
    for _try in range(4):
        now = answered_after(desk, "recipient", now)
    fifth = answered_after(desk, "recipient", now)
    sixth = answered_after(desk, "recipient", fifth)
    assert (fifth - now, sixth - fifth) == (0 * MINUTE, 10 * MINUTE)


def test_from_one_source_all_guesses_take_over_sixty_nine_days():
    assert fewest_days(1) == pytest.approx(69.41, abs=0.01)


def test_from_a_thousand_sources_all_guesses_take_over_forty_one_days():
    assert fewest_days(1000) == pytest.approx(41.71, abs=0.01)


@pytest.mark.parametrize(("sources", "first"), [(1, 2 * SECOND), (1000, 2000 * SECOND)])
def test_a_recipient_waits_two_seconds_for_each_source_that_stands_before(sources, first):
    waits = recipient_waits(sources, mistakes=3)
    assert waits[0] == first
    assert max(waits) == first + 2 * SECOND


def test_a_thousand_sources_delay_the_quick_lane_by_little_more_than_two_hours():
    _now, desk = guess_all(1000, until=START + 3 * HOUR)
    assert answered_after(desk, "recipient", START + 3 * HOUR) == START + 3 * HOUR


def test_after_a_thousand_sources_a_fifth_answer_takes_under_seven_days():
    assert 6 * DAY < recipient_waits(1000, mistakes=5)[4] < 7 * DAY


def test_however_many_sources_there_are_nobody_waits_longer_than_the_longest():
    desk = Desk()
    waits = [desk.ask(number, START) for number in range(30_000)]
    assert max(waits) == RULES.quick.longest == 6 * HOUR
    assert desk.ask("recipient", START) == 6 * HOUR
    assert not desk.ask("recipient", START + 6 * HOUR)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2000)), max_size=60))
def test_strangers_never_move_a_recipient_out_of_the_quick_lane(questions):
    desk, now = Desk(), START
    for source, seconds in questions:
        now += seconds * SECOND
        desk.ask(source, now)
    first = answered_after(desk, "recipient", now)
    # At most one slot of each of the six strangers stands before.
    assert first - now <= 12 * SECOND
    assert desk.slots["own", "recipient"].asked == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 900)), max_size=80))
def test_no_order_of_questions_gives_more_answers_than_the_lanes_have(questions):
    desk, now, answers = Desk(), START, 0
    for source, seconds in questions:
        now += seconds * SECOND
        answers += not desk.ask(source, now)
    # The most that any attack gets: four quick answers for each source, and one slow answer every ten minutes.
    assert answers <= 6 * RULES.quick_answers + (now - START) // RULES.slow.gap + 1


def test_a_booked_slot_is_kept_and_booked_once():
    desk = Desk()
    desk.ask("first", START)
    waits = [desk.ask("second", START) for _time in range(5)]
    assert waits == [2 * SECOND] * 5
    assert desk.ask("third", START) == 4 * SECOND
    assert not desk.ask("second", START + 3 * DAY)


def test_a_shared_address_asks_about_a_hundred_references_at_once_and_then_one_a_second():
    desk, waits = Desk(), []
    for reference in range(200):
        about = Desk(desk.rules, {("over all", "shared"): desk.slots.get(("over all", "shared"))})
        waits.append(about.ask("shared", START))
        desk.slots["over all", "shared"] = about.slots["over all", "shared"]
        assert reference > 99 or not waits[-1]
    assert waits[100:103] == [1 * SECOND, 2 * SECOND, 3 * SECOND]
    assert max(waits) == MINUTE


def test_a_source_is_forgotten_after_ninety_days():
    desk, now = Desk(), START
    for _try in range(6):
        now = answered_after(desk, "recipient", now)
    assert desk.ask("recipient", now + 89 * DAY) == timedelta(0)
    assert desk.slots["own", "recipient"].asked == 7
    desk.ask("recipient", now + 180 * DAY)
    assert desk.slots["own", "recipient"].asked == 1
