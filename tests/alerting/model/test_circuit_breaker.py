"""Doubts in a row are an outage: pauses grow, and these doubts do not count against alerts."""

from ringback.alerting.model.circuit_breaker import DOUBTS_IN_A_ROW, FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker


def test_four_doubts_are_no_outage_and_five_are():
    breaker = Breaker()
    for number in range(DOUBTS_IN_A_ROW - 1):
        assert breaker.note_doubt(number, 1) == []
    assert not breaker.is_open
    assert breaker.note_doubt(9, 1) == [(0, 1), (1, 1), (2, 1), (3, 1), (9, 1)]
    assert breaker.is_open


def test_later_doubts_in_an_outage_are_returned_one_by_one():
    breaker = Breaker([(number, 1) for number in range(5)])
    assert breaker.note_doubt(7, 2) == [(7, 2)]


def test_one_sure_answer_ends_it():
    breaker = Breaker([(number, 1) for number in range(9)], pauses=4)
    breaker.note_sure()
    assert not breaker.is_open
    assert breaker.next_pause() == FIRST_PAUSE_S


def test_pauses_double_up_to_five_minutes():
    breaker = Breaker()
    assert [breaker.next_pause() for _ in range(6)] == [30.0, 60.0, 120.0, 240.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
