"""Sums, days, times and numbers as people write them; what can be read in two ways is asked again."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.numbers.dial_plan import DialPlan
from ringback.victim_reports.content import LARGEST_LOSS_PENCE
from ringback.victim_reports.days import read_day, read_moment, read_time
from ringback.victim_reports.faults import FAULT_WORDS, AnswerFault
from ringback.victim_reports.money import find_decimal_mark, read_pence, says_nothing_lost, show_pence
from ringback.victim_reports.phone_numbers import read_called_number, read_typed_number

TODAY = date(2022, 11, 24)  # a Thursday


def fault(function, *given, **named):
    with pytest.raises(AnswerFault) as error:
        function(*given, **named)
    assert error.value.code in FAULT_WORDS
    return error.value.code


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1200", 120000), ("£1,200.50", 120050), ("1,200.5", 120050), ("£ 1 200", 120000), ("1.200,50", 120050),
        ("1'200.00", 120000), ("12,50", 1250), ("3m", 300_000_000), ("£1.25 million", 125_000_000), ("10K", 1_000_000),
        ("1.5 grand", 150_000), ("500 GBP", 50_000), ("GBP500", 50_000), ("20 quid", 2000),
        ("£43,000,000", 4_300_000_000),
        ("1,234,567.89", 123_456_789), ("0.01", 1), ("1,200", 120_000), ("1200.", 120_000), ("5 pounds", 500),
    ],
)  # fmt: skip
def test_a_sum_as_people_write_it(text, pence):
    assert read_pence(text) == pence


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.200", "unclear_sum"), ("12.345", "unclear_sum"), ("$5", "not_sterling"), ("5 EUR", "not_sterling"),
        ("0.5 btc", "not_sterling"), ("-5", "not_positive"), ("(500)", "not_positive"), ("0", "not_positive"),
        ("100,000,000.01", "too_large"), ("lots", "unreadable_sum"), ("1,23,456", "unreadable_sum"),
        ("1,2345", "unreadable_sum"), ("1.2.3,4,5", "unreadable_sum"), ("12 34", "unreadable_sum"),
        ("07700 900123", "unreadable_sum"), ("£", "unreadable_sum"), ("1e5", "unreadable_sum"),
        ("٣m", "unreadable_sum"),
    ],
)  # fmt: skip
def test_a_sum_that_cannot_be_taken_says_why(text, code):
    assert fault(read_pence, text) == code


@given(st.integers(1, LARGEST_LOSS_PENCE))
def test_a_sum_that_is_shown_is_read_back(pence):
    assert read_pence(show_pence(pence)) == pence


@given(st.text(max_size=30))
def test_any_text_is_a_sum_or_a_fault(text):
    try:
        assert 0 < read_pence(text) <= LARGEST_LOSS_PENCE
    except AnswerFault as found:
        known = found.code in FAULT_WORDS
    else:
        known = True
    assert known


def test_a_column_shows_its_mark_before_pence():
    assert find_decimal_mark(["1.200", "7,50"]) == ","
    assert find_decimal_mark(["1,200", "7.50"]) == "."
    assert find_decimal_mark(["7,50", "7.50"]) is None
    assert read_pence("1.200", decimal=",") == 120_000
    assert fault(read_pence, "1,200", decimal=",") == "unclear_sum"


def test_no_loss_is_said_in_many_ways():
    assert all(map(says_nothing_lost, ("0", "£0.00", "none", "Nil", "nothing.", "0,00", "£0")))
    assert not any(map(says_nothing_lost, ("£5", "0.50", "noon", "")))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/4/22", date(2022, 4, 3)), ("03.04.2022", date(2022, 4, 3)), ("3-4-2022", date(2022, 4, 3)),
        ("2022-04-03", date(2022, 4, 3)), ("3rd April 2022", date(2022, 4, 3)), ("3 Apr", date(2022, 4, 3)),
        ("April 3rd, 2022", date(2022, 4, 3)), ("3 Dec", date(2021, 12, 3)), ("Sunday 3 April 2022", date(2022, 4, 3)),
        ("3-Apr-22", date(2022, 4, 3)), ("the day", None), ("today", TODAY), ("Yesterday", date(2022, 11, 23)),
        ("last Tuesday", date(2022, 11, 22)), ("thursday", date(2022, 11, 17)), ("29/2", date(2020, 2, 29)),
        ("20220403", date(2022, 4, 3)), ("2nd of Sept", date(2022, 9, 2)), ("11/24/2022", None), ("31/6/2022", None),
        ("24", None), ("13/13/13", None),
    ],
)  # fmt: skip
def test_a_day_as_people_in_the_uk_write_it(text, day):
    if day is None:
        assert fault(read_day, text, today=TODAY) == "unreadable_day"
    else:
        assert read_day(text, today=TODAY) == day


def test_a_day_to_come_or_of_another_age_is_asked_again():
    assert fault(read_day, "25/11/2022", today=TODAY) == "future_day"
    assert fault(read_day, "25/11/1922", today=TODAY) == "early_day"


@given(
    st.dates(date(1990, 1, 1), TODAY), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%a %d %b %Y", "%d.%m.%y"])
)
def test_every_day_is_read_in_every_form(day, form):
    text = day.strftime(form)
    if form == "%d.%m.%y" and day.year < 2000:
        assert fault(read_day, text, today=TODAY) == "future_day"
    else:
        assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:30", time(14, 30)), ("2.30pm", time(14, 30)), ("2pm", time(14)), ("12am", time(0)), ("12 pm", time(12)),
        ("about 10 a.m.", time(10)), ("noon", time(12)), ("0:05", time(0, 5)), ("14h30", time(14, 30)), ("25:00", None),
        ("9", None), ("morning", None), ("13:60", None), ("14:30am", None),
    ],
)  # fmt: skip
def test_a_time_of_day_as_people_write_it(text, at):
    if at is None:
        assert fault(read_time, text) == "unreadable_time"
    else:
        assert read_time(text) == at


def test_a_day_with_a_time_as_databases_write_it():
    assert read_moment("20/11/2022 10:15", today=TODAY) == (date(2022, 11, 20), time(10, 15))
    assert read_moment("2022-07-24T22:15:00Z", today=TODAY) == (date(2022, 7, 24), time(23, 15))
    assert read_moment("2022-11-20 00:00:00", today=TODAY) == (date(2022, 11, 20), None)
    assert read_moment("20 Nov 2022 at 2.30pm", today=TODAY) == (date(2022, 11, 20), time(14, 30))
    assert fault(read_moment, "20/11/2022 10:75", today=TODAY) == "unreadable_time"


@pytest.mark.parametrize("function", [read_day, read_moment])
@given(text=st.text(max_size=30))
def test_any_text_is_a_day_or_a_fault(function, text):
    try:
        assert function(text, today=TODAY)
    except AnswerFault as found:
        known = found.code in FAULT_WORDS
    else:
        known = True
    assert known


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("07700 900123", "+447700900123"), ("7700900123", "+447700900123"), ("2079460123", "+442079460123"),
        ("+44 (0)20 7946 0123", "+442079460123"), ("00 44 7700 900123", "+447700900123"), ("0123", ""),
        ("my mobile", ""),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_here_dial_it(typed, e164):
    found = read_typed_number(typed, DialPlan())
    assert (found.e164, found.typed) == (e164, typed)
    assert bool(found.fault) == (not e164)


def test_a_withheld_number_is_told_and_no_fault():
    found = read_typed_number("withheld", DialPlan())
    assert (found.e164, found.fault) == ("", "")


@pytest.mark.parametrize(
    "typed",
    [
        "07700 90012", "0770090012", "(07700) 90-012", "+44 7700 90012", "+44770090012", "+44 (0)7700 90012",
        "0044 7700 90012", "00 44 (0)7700 90012",
    ],
)  # fmt: skip
def test_a_mobile_with_one_digit_missing_is_no_fault_where_it_was_called(typed):
    found = read_called_number(typed, DialPlan())
    assert (found.typed, found.e164, found.fault, found.one_short) == (typed, "", "", 44770090012)
    assert read_typed_number(typed, DialPlan()).fault == "unreadable_number"


@pytest.mark.parametrize(
    "typed",
    [
        "07700 9001", "07700 9001234", "7700 90012", "447700 90012", "+07700 90012", "020 7946 012", "+44 1632 96012",
        "07700 9001x", "0123", "my mobile",
    ],
)  # fmt: skip
def test_whatever_else_cannot_be_read_stays_a_fault(typed):
    found = read_called_number(typed, DialPlan())
    assert (found.fault, found.one_short) == ("unreadable_number", None)


@pytest.mark.parametrize("typed", ["07700 900123", "020 7946 0123", "withheld", "+1 202 555 0123"])
def test_a_number_that_can_be_read_lacks_no_digit(typed):
    assert read_called_number(typed, DialPlan()) == read_typed_number(typed, DialPlan())


def test_a_number_without_its_country_is_no_uk_mobile_where_home_is_elsewhere():
    plan = DialPlan(home_regions=("US", "GB"))
    assert read_called_number("07700 90012", plan).fault == "unreadable_number"
    assert read_called_number("+44 7700 90012", plan).one_short == 44770090012


@given(st.one_of(st.text(max_size=20), st.from_regex(r"(0|\+44|0044|\+44 \(0\))7[0-9 ]{6,12}", fullmatch=True)))
def test_any_text_is_a_number_a_fault_or_lacks_a_digit_and_never_two_of_these(typed):
    found = read_called_number(typed, DialPlan())
    assert [bool(found.e164), bool(found.fault), found.one_short is not None].count(True) <= 1
    if found.one_short is not None:
        digits = "".join(char for char in typed if char.isdigit())
        assert str(found.one_short)[2:] == digits[-9:]
        assert 44_700_000_000 <= found.one_short <= 44_799_999_999
