"""Talk times in all the ways in which panels write them: a column has one unit and one decimal mark."""

import pyarrow as pa
import pytest

from ringback.sources.fields.duration_units import unit_of_name
from ringback.sources.fields.durations import TalkTimes, doubt_of_unit, read_spelled, to_seconds_column


def read(*texts, column="duration", unit=None, mark=None):
    return to_seconds_column(pa.array(texts, pa.string()), TalkTimes.of(column, unit=unit, mark=mark)).to_pylist()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("74s (1m 14s)", "74"),
        ("1054s (17m 34s)", "1054"),
        ("0s", "0"),
        ("01m14s", "74"),
        ("1h 2m 3s", "3723"),
        ("2h", "7200"),
        ("1 min 14 sec", "74"),
        ("1 Min. 14 Sek.", "74"),
        ("74 seconds", "74"),
        ("74.5 s", "74.5"),
        ("0:01:14", "74"),
        ("00:01:14.250", "74.25"),
        ("0 days 00:01:14", "74"),
        ("1 day, 0:00:01", "86401"),
        ("PT1M14S", "74"),
        ("PT74.500S", "74.5"),
        ("1'14\"", "74"),
    ],
)
def test_texts_that_say_their_units_are_read_in_any_column(text, seconds):
    assert read(text) == [seconds]
    assert read(text, unit="minutes") == [seconds]


@pytest.mark.parametrize(
    "text", ["soon", "1m14", "", "s", "PT", "-74", "+74", "1:2:3", "74s 12m", "12 apples", "0:61:00"]
)
def test_what_is_no_talk_time_stays_as_it_is(text):
    assert read(text) == [text]
    assert read_spelled(text) is None


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("talk_duration_minutes", "minutes"),
        ("Dauer (min)", "minutes"),
        ("billed_mins", "minutes"),
        ("TalkMinutes", "minutes"),
        ("duration_ms", "milliseconds"),
        ("durationMs", "milliseconds"),
        ("billmsec", "milliseconds"),
        ("flow_billusec", "microseconds"),
        ("usage_ns", "nanoseconds"),
        ("talk_seconds", "seconds"),
        ("billsec", "seconds"),
        ("length_in_sec", "seconds"),
        ("talk_hours", "hours"),
        ("duration", None),
        ("usage", None),
        ("min_duration", None),
        ("min", None),
        ("billing", None),
        ("items", None),
        ("", None),
    ],
)
def test_a_column_says_its_unit_by_its_name_or_not_at_all(column, unit):
    assert unit_of_name(column) == unit


@pytest.mark.parametrize(
    ("unit", "text", "seconds"),
    [
        ("minutes", "1.25", "75"),
        ("minutes", "2", "120"),
        ("milliseconds", "60001", "60.001"),
        ("microseconds", "74000000", "74"),
        ("nanoseconds", "74000000000", "74"),
        ("hours", "0.5", "1800"),
        ("mm:ss", "1:14", "74"),
        ("mm:ss", "75:00", "4500"),
        ("hh:mm", "1:14", "4440"),
    ],
)
def test_a_unit_that_is_named_is_kept_to(unit, text, seconds):
    assert read(text, unit=unit) == [seconds]


def test_two_numbers_with_a_colon_are_read_only_where_somebody_says_what_they_are():
    assert read("1:14", "0:50") == ["1:14", "0:50"]


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["74", "1,234", "850"], ["74", "1234", "850"]),
        (["74", "1.234", "850"], ["74", "1234", "850"]),
        (["1,234,567", "12"], ["1234567", "12"]),
        (["1.234,5", "74,25"], ["1234.5", "74.25"]),
        (["1,234.5", "74.25"], ["1234.5", "74.25"]),
        (["1 234", "74"], ["1234", "74"]),
        (["1'234", "74"], ["1234", "74"]),
        (["74.5", "61.250", "1.234"], ["74.5", "61.25", "1.234"]),
        (["0.123", "1.234", "61.000"], ["0.123", "1.234", "61"]),
        (["450.123", "61.250", "1.234"], ["450.123", "61.25", "1.234"]),
        (["1234", "1.234"], ["1234", "1.234"]),
        (["12,5", "1,234"], ["12.5", "1.234"]),
    ],
)
def test_thousands_are_told_from_fractions_by_the_whole_column(texts, seconds):
    assert read(*texts) == seconds
    assert read(*reversed(texts)) == list(reversed(seconds))


def test_ambiguous_values_are_left_out_and_counted():
    times = TalkTimes.of("duration", unit=None, mark=None)
    assert times.read(["1.234", "0", "61.250"]) == [None, "0", None]
    assert times.unclear == 2


@pytest.mark.parametrize(("mark", "seconds"), [(".", "1.234"), (",", "1234")])
def test_a_decimal_mark_that_is_named_settles_it(mark, seconds):
    times = TalkTimes.of("duration", unit=None, mark=mark)
    assert times.read(["1.234", "0"]) == [seconds, "0"]
    assert times.unclear == 0


def test_a_column_that_is_written_in_two_ways_is_reported():
    times = TalkTimes.of("duration", unit=None, mark=None)
    assert times.read(["850", "1.234"]) == ["850", "1234"]
    times.read(["74.5"])
    assert times.read(["2.345"]) == ["2.345"]
    assert times.contrary == 2


def test_what_was_learnt_from_a_batch_holds_for_the_next_one():
    times = TalkTimes.of("duration", unit=None, mark=None)
    to_seconds_column(pa.array(["850", "74"]), times)
    assert to_seconds_column(pa.array(["1.234"]), times).to_pylist() == ["1234"]


@pytest.mark.parametrize(
    ("column", "values", "doubt"),
    [
        ("duration", [74_000 + n for n in range(30)], "too_long"),
        ("duration", [n % 4 + 1 for n in range(30)] + list(range(5, 25)), "too_short"),
        ("duration", [n % 4 + 1 for n in range(30)] + list(range(5, 250)), None),
        ("duration", [n % 40 + 1.25 for n in range(80)], "too_short"),
        ("talk_minutes", [n % 4 + 1 for n in range(30)], None),
        ("duration", list(range(61, 100)), None),
        ("duration_ms", [74_000 + n for n in range(30)], None),
        ("talk_seconds", [1.5 + n / 100 for n in range(30)], None),
        ("duration", [1.5 + n / 100 for n in range(30)], "too_short"),
        ("duration", [74_000 + n for n in range(5)], None),
    ],
)
def test_an_unlikely_unit_is_doubted(column, values, doubt):
    times = TalkTimes.of(column, unit=None, mark=None)
    to_seconds_column(pa.array([str(value) for value in values]), times)
    assert doubt_of_unit(times) == doubt


def test_a_dictionary_stays_one_and_nulls_stay_null():
    coded = pa.array(["01m14s", None, "74", "01m14s"]).dictionary_encode()
    found = to_seconds_column(coded, TalkTimes())
    assert pa.types.is_dictionary(found.type)
    assert found.to_pylist() == ["74", None, "74", "74"]
