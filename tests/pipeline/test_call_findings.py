"""Alarms about how calls were read: the notes of one exhibit in, words out."""

import pytest

from literal_run import note
from ringback.pipeline.call_findings import find_reading_alarms
from ringback.schemas import ANSWERED

CALLS = {"calls": 100}
TIMES = {"table": "calls", "column": "billsec", "unit": "seconds", "unclear": 0, "contrary": 0, "doubt": ""}


def alarms(told=False, **facts):
    return find_reading_alarms(note(rows=CALLS, seen=CALLS, **facts), answered=frozenset(ANSWERED), told=told)


def test_nothing_wrong_is_no_alarm():
    quiet = {"dispositions": [["ANSWERED", 60, 0], ["BUSY", 0, 40]], "legs": [["a", 5], ["b", 95]]}
    assert alarms(talk_times=[TIMES], directions=[["outbound", 100]], **quiet) == []


def test_no_call_at_all_is_an_alarm():
    (told,) = find_reading_alarms(note(), answered=frozenset(ANSWERED), told=False)
    assert told.startswith("no exhibit holds a call")


def test_an_exhibit_that_was_set_aside_is_not_spoken_of():
    assert alarms(set_aside="another case's", legs=[["x", 5]]) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"empty": [["calls", "calls"]]}, "by its name, calls holds calls, but no row of it could be read"),
        ({"one_table": True}, "nothing in it could be read"),
        (
            {"rejected": {"calls": {"field_count": 7, "bad_json": 3}}},
            "10 of 100 rows of calls could not be read (3 bad",
        ),
        ({"talk_times": [TIMES | {"doubt": "too_long"}]}, "half of the calls are longer than two hours"),
        ({"talk_times": [TIMES | {"doubt": "too_short"}]}, "no call lasts four minutes"),
        ({"talk_times": [TIMES | {"doubt": "no_seconds"}]}, "none has any seconds"),
        ({"talk_times": [TIMES | {"unclear": 1200}]}, "in 1,200 values a point or comma may stand before a fraction"),
        ({"talk_times": [TIMES | {"contrary": 3}]}, "are written in two ways: in 3 values"),
        ({"dispositions": [["gelungen", 9, 0]]}, "that are not known, and count as not answered: 'gelungen' (9)"),
        (
            {"dispositions": [["BUSY", 6, 4]]},
            "6 of 10 calls that nobody answered have a talk time; the talk time seems",
        ),
        ({"other_endings": [["cdr", "cause", [["BUSY", 9, 0]]]]}, "by cdr.cause, which the mapping leaves out, 9 of 9"),
        ({"directions": [["sideways", 2], ["outbound", 98]]}, "directions that are not known were taken as calls by"),
        ({"directions": [["inbound", 51], ["outbound", 49]]}, "51 of 100 calls are inbound and were left out"),
        ({"other_directions": [["cdr", "way", 3]]}, "by cdr.way, which the mapping leaves out, 3 calls are inbound"),
        ({"call_tables": ["incoming_calls"]}, "by its name, incoming_calls holds inbound calls"),
        ({"times": {"ended": 60, "too_long": 3}}, "3 of 60 talk times are longer than their whole call, from start"),
        ({"times": {"answers": 60, "at_start": 3}}, "3 of 60 answers are at the start of the call"),
        ({"legs": [["b", 95], ["c", 5]]}, "legs that are neither a nor b were taken as calls to people: 'c' (5)"),
    ],
)
def test_what_makes_calls_doubtful_is_told_of_its_exhibit(facts, words):
    (told,) = alarms(**facts)
    assert told.startswith("exhibit EX-001: ")
    assert words in told


@pytest.mark.parametrize(
    "facts",
    [
        {"rejected": {"calls": {"field_count": 9}}},
        {"rejected": {"calls": {"repeated_header": 50}}},
        {"dispositions": [["BUSY", 2, 0]]},
        {"dispositions": [["BUSY", 4, 6]]},
        {"directions": [["inbound", 50], ["outbound", 50]]},
        {"call_tables": ["incoming_calls"], "directions": [["inbound", 1], ["outbound", 99]]},
        {"times": {"ended": 61, "too_long": 3}},
        {"times": {"answers": 60, "at_start": 3}, "dispositions": [["ANSWERED", 60, 0]]},
    ],
)
def test_a_few_odd_rows_are_no_alarm(facts):
    assert alarms(**facts) == []


def test_words_named_in_case_toml_make_every_other_word_a_known_one():
    assert alarms(told=True, dispositions=[["gelungen", 9, 0]]) == []


def test_a_table_like_one_that_was_read_is_missed_when_it_is_passed_over():
    alike = {"tables": ["calls"], "passed_over": ["calls_2020"], "shapes": {"calls": "ab", "calls_2020": "ab"}}
    (told,) = alarms(**alike)
    assert "calls_2020 has the same columns as a table that was read" in told
    assert alarms(**alike | {"shapes": {"calls": "ab", "calls_2020": "cd"}}) == []
