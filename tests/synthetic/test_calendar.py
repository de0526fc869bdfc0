"""London's clocks as written out in the generator, against the system's time-zone data."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from ringback.synthetic import calendar

LONDON = ZoneInfo("Europe/London")


def timestamps():
    start, end = calendar.BEFORE_SITE_FROM, calendar.timestamp(2022, 12, 31)
    return np.arange(start, end, 1_799, dtype=np.int64)


def test_local_texts_are_what_the_clock_showed():
    found = calendar.local_texts(timestamps())
    for at, text in zip(timestamps().tolist(), found, strict=True):
        assert text == datetime.fromtimestamp(at, LONDON).strftime("%Y-%m-%d %H:%M:%S")


def test_a_repeated_hour_is_read_as_its_first_pass_and_all_else_as_it_was():
    read = calendar.as_first_pass(timestamps())
    for at, back, text in zip(timestamps().tolist(), read.tolist(), calendar.local_texts(timestamps()), strict=True):
        local = datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=0)
        assert back == int(local.astimezone(UTC).timestamp())
        second = datetime.fromtimestamp(at, LONDON).fold == 1
        assert (back != at) == second


def test_calling_follows_the_working_day_and_grows():
    rhythm = calendar.calling_rhythm()
    at = rhythm.timestamp(np.linspace(0, 1, 200_000, endpoint=False))
    assert at.min() >= calendar.CALLS_FROM
    assert at.max() < calendar.CALLS_UNTIL
    local = at + calendar.london_offset(at)
    hours = np.bincount(local % 86_400 // 3_600, minlength=24)
    assert hours[10] > 20 * hours[3]
    weekdays = np.bincount((local // 86_400 + 3) % 7, minlength=7)
    assert weekdays[0] > 2 * weekdays[6]
    middle = (calendar.CALLS_FROM + calendar.CALLS_UNTIL) // 2
    assert (at >= middle).sum() > 1.2 * (at < middle).sum()
