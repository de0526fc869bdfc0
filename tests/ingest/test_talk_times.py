"""From the answer to the end people talk; and what stands beside a number says which country it is in."""

import pyarrow as pa
import pytest

from ringback.engine.time_zones import zone_offsets
from ringback.ingest.known_answers import KnownAnswers
from ringback.ingest.talk_times import AnswerTimes, Endings, said_answered, with_country_codes
from ringback.ingest.timestamps import TimestampReader

MOMENTS = TimestampReader(zone_offsets("Europe/London"))


def talk(*rows, words=None):
    """Talk times of the (duration, answered, ended) rows of a table, times of day of one summer's day."""
    seconds, answered, ended = zip(*rows, strict=True)
    texts = [
        pa.array([one and (f"2021-07-01 {one}" if len(one) == 8 else one) for one in column], pa.string())
        for column in (answered, ended)
    ]
    said = pa.array(words or [None] * len(rows), pa.bool_())
    known, tables = KnownAnswers(), pa.array(["calls"] * len(rows)).dictionary_encode()
    times = AnswerTimes.read(*texts, MOMENTS)
    known.learn(tables, times)
    return known.decide(tables, pa.array(seconds, pa.float64()), times, said).to_pylist()


def test_talk_time_is_from_the_answer_to_the_end_whatever_the_duration_counts():
    assert talk((70.0, "10:00:20", "10:01:10"), (None, "10:00:20", "10:01:21")) == [50.0, 61.0]


@pytest.mark.parametrize("none", [None, "0000-00-00 00:00:00", "1970-01-01 00:00:00", "0"])
def test_a_call_without_an_answer_has_no_talk_time(none):
    assert talk((23.0, none, "10:00:23"), (70.0, "10:00:20", "10:01:10")) == [0.0, 50.0]


def test_a_disposition_that_says_answered_keeps_the_duration_where_no_answer_is_told():
    rows = ((74.0, None, "10:01:14"), (23.0, None, "10:00:23"), (70.0, "10:00:20", "10:01:10"))
    assert talk(*rows, words=[True, False, True]) == [74.0, 0.0, 50.0]


def test_where_nothing_is_known_of_answers_durations_stay():
    assert talk((74.0, None, "10:01:14"), (0.0, None, "10:00:23")) == [74.0, 0.0]
    assert talk((74.0, "10:00:00", None)) == [74.0]
    assert talk((74.0, "soon", "10:01:14")) == [74.0]
    assert talk((74.0, "10:00:20", "1970-01-01 00:00:00")) == [74.0]


def test_an_end_before_the_answer_or_missing_leaves_the_talk_time_unknown():
    assert talk((None, "10:00:20", "10:00:10"), (74.0, "10:00:20", None), (5.0, "10:00:20", "10:00:25")) == [
        None,
        None,
        5.0,
    ]


@pytest.mark.parametrize(
    ("number", "beside", "whole"),
    [
        ("74000 90012", "91", "+9174000 90012"),
        ("07700 900123", "44", "+447700 900123"),
        ("7700900123", "+44", "+447700900123"),
        ("7700900123", "0044", "+447700900123"),
        ("7700900123", "gb", "+447700900123"),
        ("447700900123", "44", "+447700900123"),
        ("9198123 45678", "91", "+9198123 45678"),
        ("9198123456", "91", "+919198123456"),
        ("+447700900123", "91", "+447700900123"),
        ("00447700900123", "91", "00447700900123"),
        ("(0161) 4960123", "44", "+44(0161) 4960123"),
        ("07700 900123", "mobile", "07700 900123"),
        ("07700 900123", None, "07700 900123"),
        ("anonymous", "44", "anonymous"),
        ("", "44", ""),
    ],
)
def test_a_code_beside_a_number_goes_in_front_of_it_where_it_has_none(number, beside, whole):
    found = with_country_codes(pa.array([number]), pa.array([beside], pa.string()).dictionary_encode())
    assert found.to_pylist() == [whole]


def test_endings_are_counted_by_word_and_by_whether_anybody_talked():
    endings = Endings()
    words = pa.array(["ANSWERED", "BUSY", "BUSY", None]).dictionary_encode()
    ways = pa.array(["inbound", "out", "out", None]).dictionary_encode()
    endings.count(words, ways, pa.array([74.0, 0.0, 3.0, 9.0]))
    endings.count(words, ways, pa.array([None, 0.0, 0.0, 9.0], pa.float64()))
    assert dict(endings.dispositions) == {
        ("ANSWERED", True): 1,
        ("ANSWERED", False): 1,
        ("BUSY", True): 1,
        ("BUSY", False): 3,
    }
    assert dict(endings.directions) == {"inbound": 2, "out": 4}


def test_words_for_answered_are_those_that_are_named():
    words = pa.array(["Completed", "ANSWERED", None]).dictionary_encode()
    assert said_answered(words, frozenset({"COMPLETED"})).to_pylist() == [True, False, None]
