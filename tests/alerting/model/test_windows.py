"""Windows: typed in local time, kept in UTC, without quiet hours, and long enough."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.model.batch_content import BatchContent, Window
from ringback.alerting.model.windows import (
    capacity,
    check_capacity,
    cut_quiet,
    expected_end,
    in_words,
    is_quieter,
    next_open,
    open_window,
    parse_quiet,
    parse_windows,
    rate_now,
    seconds_left,
)
from ringback.errors import RingbackError

LONDON = "Europe/London"
NOW = datetime(2022, 11, 23, 12, 34, 56, 789, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(day, hour, minute=0, *, month=11, year=2022):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def parse(*texts, now=NOW, zone=LONDON):
    return [(one.first_at, one.until_at) for one in parse_windows(texts, now=now, zone=zone)]


def content(windows, *, texts=0, pace="even", per_second=10.0, daily_limit=250_000):
    return BatchContent(
        "B-001", "alerts", "c", "r", "over-a-minute@1", "", texts, {}, {}, {}, tuple(windows),
        pace=pace, per_second=per_second, daily_limit=daily_limit,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("2022-11-24 09:00-19:00", at(24, 9), at(24, 19)),
        ("2022-11-24  9.30 - 19:00", at(24, 9, 30), at(24, 19)),
        ("2022-11-24 09:00 to 24:00", at(24, 9), at(25, 0)),
        ("today 13:00-20:00", at(23, 13), at(23, 20)),
        ("Tomorrow 09:00-19:00", at(24, 9), at(24, 19)),
        ("now+2h", at(23, 12, 34) + timedelta(seconds=56), at(23, 14, 34) + timedelta(seconds=56)),
        ("now + 90m", at(23, 12, 34) + timedelta(seconds=56), at(23, 14, 4) + timedelta(seconds=56)),
    ],
)
def test_windows_are_typed_as_people_say_them(text, first, until):
    assert parse(text) == [(first, until)]


def test_in_summer_local_time_is_an_hour_ahead():
    assert parse("2023-07-01 09:00-19:00") == [(at(1, 8, month=7, year=2023), at(1, 18, month=7, year=2023))]


def test_a_window_two_years_ahead_may_be_planned():
    assert parse("2024-11-23 09:00-19:00") == [(at(23, 9, year=2024), at(23, 19, year=2024))]


@pytest.mark.parametrize("zone", [LONDON, "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("year", [1, 2000, 9999])
def test_no_day_and_no_clock_causes_an_internal_error(year, zone):
    now = datetime(year, 12, 31, 12, tzinfo=UTC)
    for text in (
        f"{one}-{end}" for one in ("0001", "1999", "2001", "9999") for end in ("01-01 00:00-01:00", "12-31 22:00-24:00")
    ):
        with contextlib.suppress(RingbackError):
            parse(text, now=now, zone=zone)
    for text in ("today 23:00-24:00", "tomorrow 09:00-19:00", "now+30h"):
        with contextlib.suppress(RingbackError):
            parse(text, now=now, zone=zone)


def test_today_is_the_local_day():
    late = datetime(2023, 7, 1, 23, 30, tzinfo=UTC)
    assert parse("today 09:00-19:00", now=late) == [(at(2, 8, month=7, year=2023), at(2, 18, month=7, year=2023))]


def test_a_window_over_the_night_on_which_clocks_go_back_has_an_hour_more():
    ((first, until),) = parse("2023-10-29 00:30-03:30")
    assert until - first == 4 * HOUR


def test_a_time_that_comes_twice_is_its_first_pass():
    assert parse("2023-10-29 01:15-01:45") == [(at(29, 0, 15, month=10, year=2023), at(29, 0, 45, month=10, year=2023))]


@pytest.mark.parametrize("text", ["2023-03-26 01:30-09:00", "2023-03-26 00:30-01:00"])
def test_a_time_that_the_clocks_skip_is_refused(text):
    with pytest.raises(RingbackError, match="clocks go forward"):
        parse(text)


def test_a_window_over_the_hour_that_is_skipped_is_an_hour_shorter():
    ((first, until),) = parse("2023-03-26 00:30-03:30")
    assert until - first == 2 * HOUR


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["soon"], '"soon": is not a window'),
        (["2022-11-24 09:00"], "is not a window"),
        (["2022-11-31 09:00-10:00"], "there is no day 2022-11-31"),
        (["2022-11-24 24:30-24:40"], "no time after 24:00"),
        (["2022-11-24 25:00-26:00"], "is not a window"),
        (["2022-11-24 19:00-09:00"], "ends before it begins"),
        (["2022-11-24 19:00-19:00"], "ends before it begins"),
        (["2022-11-23 09:00-12:00"], "is over"),
        (["9999-12-31 09:00-24:00"], "more than two years ahead"),
        (["9999-12-31 22:00-23:00"], "more than two years ahead"),
        (["2222-11-24 09:00-19:00"], "more than two years ahead"),
        (["2024-11-25 09:00-19:00"], "more than two years ahead"),
        (["0001-01-01 00:00-01:00"], "before the year 2000"),
        (["1999-12-31 09:00-19:00"], "before the year 2000"),
        (["2022-11-24 09:00-19:00", "9999-12-31 23:00-24:00"], "9999-12-31 23:00-24:00"),
        (["now+0h"], "ends before it begins"),
        (["now+999h"], "is longer than 31 days"),
        (["2022-11-24 09:00-12:00", "2022-11-24 11:00-13:00"], "overlap"),
        ([], "none was given"),
    ],
)
def test_an_impossible_window_is_refused(texts, problem):
    with pytest.raises(RingbackError, match=problem) as caught:
        parse(*texts)
    assert caught.value.code == "windows_bad"


def test_all_faults_are_reported_at_once():
    with pytest.raises(RingbackError, match=r"soon.*2022-11-20.*overlap"):
        parse("soon", "2022-11-20 09:00-10:00", "2022-11-24 09:00-12:00", "2022-11-24 11:00-13:00")


def test_windows_are_put_in_order_and_may_touch():
    found = parse("2022-11-25 09:00-10:00", "2022-11-24 10:00-11:00", "2022-11-24 09:00-10:00")
    assert found == sorted(found)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [("20:00-09:00", ("20:00", "09:00")), ("9.30 to 17:00", ("09:30", "17:00")), (" None ", ("", ""))],
)
def test_quiet_hours_are_typed(text, found):
    assert parse_quiet(text) == found


@pytest.mark.parametrize("text", ["", "20:00", "20:00-20:00", "24:00-09:00", "late"])
def test_impossible_quiet_hours_are_refused(text):
    with pytest.raises(RingbackError):
        parse_quiet(text)


@pytest.mark.parametrize(
    ("begin", "end", "quieter"),
    [("20:00", "09:00", True), ("19:00", "10:00", True), ("20:01", "09:00", False), ("20:00", "08:59", False),
     ("", "", False), ("00:00", "23:59", False), ("10:00", "09:59", True), ("09:00", "20:00", False)],
)  # fmt: skip
def test_whether_quiet_hours_cover_the_usual_ones(begin, end, quieter):
    assert is_quieter(begin, end) is quieter


def cut(window, *, quiet=("20:00", "09:00")):
    left, gone = cut_quiet([window], quiet_from=quiet[0], quiet_until=quiet[1], zone=LONDON)
    return list(left), list(gone)


def test_quiet_hours_over_midnight_are_cut_out():
    left, gone = cut(Window(at(24, 6), at(25, 22)))
    assert left == [Window(at(24, 9), at(24, 20)), Window(at(25, 9), at(25, 20))]
    assert gone == [Window(at(24, 6), at(24, 9)), Window(at(24, 20), at(25, 9)), Window(at(25, 20), at(25, 22))]


def test_quiet_hours_within_a_day_are_cut_out():
    left, gone = cut(Window(at(24, 9), at(24, 19)), quiet=("12:00", "13:00"))
    assert left == [Window(at(24, 9), at(24, 12)), Window(at(24, 13), at(24, 19))]
    assert gone == [Window(at(24, 12), at(24, 13))]


def test_quiet_hours_follow_local_time_in_summer():
    left, _gone = cut(Window(at(1, 0, month=7), at(2, 0, month=7)))
    assert left == [Window(at(1, 8, month=7), at(1, 19, month=7))]


def test_a_window_inside_the_quiet_hours_is_gone():
    assert cut(Window(at(24, 21), at(25, 3)))[0] == []


def test_without_quiet_hours_nothing_is_cut():
    assert cut(Window(at(24, 0), at(25, 0)), quiet=("", "")) == ([Window(at(24, 0), at(25, 0))], [])


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_with_its_second_pass():
    night = Window(at(28, 23, month=10, year=2023), at(29, 6, month=10, year=2023))
    left, _gone = cut(night, quiet=("22:00", "01:30"))
    assert left[0].first_at == at(29, 1, 30, month=10, year=2023)


moments = st.integers(0, 20_000).map(lambda minutes: datetime(2023, 3, 20, tzinfo=UTC) + timedelta(minutes=minutes))
clock_times = st.integers(0, 1439).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")


@given(moments, st.integers(1, 4000), clock_times, clock_times, moments)
def test_every_minute_of_a_window_is_left_or_cut_and_no_quiet_one_is_left(first, minutes, begin, end, moment):
    if begin == end:
        return
    window = Window(first, first + timedelta(minutes=minutes))
    left, gone = cut(window, quiet=(begin, end))
    inside = window.first_at <= moment < window.until_at
    assert inside == (bool(open_window(left, moment)) != bool(open_window(gone, moment)))
    local = moment.astimezone(ZoneInfo(LONDON))
    clock = f"{local:%H:%M}"
    quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if open_window(left, moment):
        assert not quiet
    total = sum((one.until_at - one.first_at for one in [*left, *gone]), timedelta())
    assert total == window.until_at - window.first_at


TWO_DAYS = [Window(at(24, 9), at(24, 19)), Window(at(25, 9), at(25, 19))]


@pytest.mark.parametrize(
    ("now", "is_open", "opens", "hours"),
    [
        (at(24, 8), False, at(24, 9), 20),
        (at(24, 9), True, at(24, 9), 20),
        (at(24, 12), True, at(24, 12), 17),
        (at(24, 19), False, at(25, 9), 10),
        (at(25, 18), True, at(25, 18), 1),
        (at(25, 19), False, None, 0),
    ],
)
def test_the_open_and_the_next_window_at_a_time(now, is_open, opens, hours):
    assert bool(open_window(TWO_DAYS, now)) is is_open
    assert next_open(TWO_DAYS, now) == opens
    assert seconds_left(TWO_DAYS, now) == hours * 3600


def test_the_even_pace_spreads_the_remaining_texts_over_the_remaining_windows():
    # 20 hours less a reserve of five minutes.
    rate = rate_now(content(TWO_DAYS), left=71_700, now=at(24, 8))
    assert rate == pytest.approx(71_700 / (20 * 3600 - 300))
    assert rate_now(content(TWO_DAYS), left=100, now=at(25, 18, 59)) == pytest.approx(100 / 54)


def test_the_even_pace_never_exceeds_the_most_that_is_allowed():
    assert rate_now(content(TWO_DAYS), left=10**9, now=at(24, 8)) == 10.0


def test_the_fast_pace_is_the_most_that_is_allowed():
    assert rate_now(content(TWO_DAYS, pace="fast"), left=1, now=at(24, 8)) == 10.0


@pytest.mark.parametrize("pace", ["even", "fast"])
def test_nothing_is_sent_when_windows_are_over_or_nothing_is_left(pace):
    assert rate_now(content(TWO_DAYS, pace=pace), left=5, now=at(25, 19)) == 0
    assert rate_now(content(TWO_DAYS, pace=pace), left=0, now=at(24, 9)) == 0


@given(st.integers(1, 50_000), st.integers(0, 40_000))
def test_an_even_spread_always_ends_within_the_windows(texts, begin_s):
    """Sent at the target rate, minute by minute, every text leaves before the end."""
    now = at(24, 8) + timedelta(seconds=begin_s)
    plan = content([Window(at(24, 9), at(24, 19))])
    left = float(texts)
    if capacity(plan.windows, now, per_second=9.0, daily_limit=10**9) < texts:
        return
    while open_window(plan.windows, now) or next_open(plan.windows, now):
        if open_window(plan.windows, now):
            left -= min(left, 60 * rate_now(plan, left=max(1, round(left)), now=now)) if left >= 0.5 else 0
        now += timedelta(minutes=1)
    assert left < 1


def test_how_many_texts_fit():
    assert capacity(TWO_DAYS, at(24, 8), per_second=10, daily_limit=10**9) == 720_000
    assert capacity(TWO_DAYS, at(24, 18), per_second=10, daily_limit=10**9) == 396_000
    assert capacity(TWO_DAYS, at(24, 8), per_second=10, daily_limit=250_000) == 500_000


def test_the_daily_limit_counts_days_of_utc_over_all_windows_of_the_day():
    windows = [Window(at(24, 9), at(24, 10)), Window(at(24, 11), at(24, 12)), Window(at(24, 23), at(25, 1))]
    assert capacity(windows, at(24, 8), per_second=1, daily_limit=5000) == 5000 + 3600


def test_windows_that_are_too_short_say_how_much_is_missing():
    with pytest.raises(RingbackError, match=r"36,000 of 72,000 texts fit.*1\.0 hours more") as caught:
        check_capacity([Window(at(24, 9), at(24, 10))], at(24, 8), texts=72_000, per_second=10, daily_limit=10**6)
    assert caught.value.code == "windows_short"
    check_capacity([Window(at(24, 9), at(24, 10))], at(24, 8), texts=36_000, per_second=10, daily_limit=10**6)


def test_a_shortage_under_an_hour_is_given_in_minutes():
    with pytest.raises(RingbackError, match="3 minutes more"):
        check_capacity([Window(at(24, 9), at(24, 10))], at(24, 8), texts=37_800, per_second=10, daily_limit=10**6)


def test_the_expected_end():
    fast = content(TWO_DAYS, texts=400_000, pace="fast")
    assert expected_end(fast, at(24, 8)) == at(25, 9) + timedelta(seconds=15_000)
    even = content(TWO_DAYS, texts=1000)
    assert at(25, 18, 50) < expected_end(even, at(24, 8)) <= at(25, 19)
    assert expected_end(content(TWO_DAYS, texts=10**9), at(24, 8)) is None
    assert expected_end(content(TWO_DAYS), at(24, 8)) == at(24, 9)


def test_windows_in_words():
    assert in_words(TWO_DAYS[0], LONDON) == "Thursday 24 November 2022, 09:00 to 19:00 GMT"
    night = Window(at(29, 0, month=10, year=2023), at(29, 3, month=10, year=2023))
    assert in_words(night, LONDON) == "Sunday 29 October 2023, 01:00 BST to 03:00 GMT"
