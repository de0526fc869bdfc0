"""The headline figures and the counts behind the report's pictures."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ringback import schemas as t
from ringback.engine.time_zones import day_start, local_days
from ringback.stages.call_tally import call_tally
from ringback.stages.figures import (
    FIGURES,
    account_figures,
    call_figures,
    calls_by_day,
    calls_by_organisation,
    calls_by_region,
    first_and_last_call,
    long_call_figures,
    payment_figures,
    peak_minute,
    people_by_minute,
)
from ringback.stages.rules import A_MINUTE
from stages.literal_tables import START, arrow, call, unbound, unread_call

UK_2, UK_3 = "+447700900002", "+447700900003"
MINUTE = timedelta(minutes=1)


def over_calls(run, stage, *rows):
    return run(stage(*unbound(t.CALLS)), {t.CALLS: rows})


def over_tally(run, stage, *rows):
    return run(stage(call_tally(*unbound(t.CALLS), rule=A_MINUTE)), {t.CALLS: rows})


def find_peak(run, *minutes):
    return run(peak_minute(*unbound(t.PEOPLE_BY_MINUTE)), {t.PEOPLE_BY_MINUTE: minutes})


def count_days(run, *moments, zone="Europe/London", first="2021-03-01", last="2021-11-30"):
    start, end = day_start(zone, date.fromisoformat(first)), day_start(zone, date.fromisoformat(last))
    rows = [call(row, started_at=datetime.fromisoformat(text)) for row, text in enumerate(moments)]
    days = local_days(zone, start, end)
    return {row["day"]: row["calls"] for row in by_day(run, days, *rows)}


def by_day(run, days, *rows):
    """CALLS_BY_DAY of calls."""
    tables = {t.CALLS: rows, t.LOCAL_DAYS: days.to_pylist()}
    return run(calls_by_day(*unbound(*tables)), tables)


def test_every_figure_about_calls_at_once(run):
    rows = [
        call(1),
        call(2, started_at=START + MINUTE, account="bob"),
        call(3, called_number=UK_2, duration_s=60.0),
        call(4, called_number=UK_3, own="site"),
        call(5, called_number="+12125550101", called_region="US", called_kind="mobile_or_landline"),
        unread_call(6, connected=False, duration_s=None, account=None, called_ambiguous=True),
        call(7, called_number="+442079460001", called_kind="landline", started_at=START - MINUTE),
    ]
    assert over_tally(run, call_figures, *rows) == [
        {
            "calls_total": 7,
            "calls_connected": 6,
            "uk_calls": 5,
        }
    ]
    long_figures = run(long_call_figures(*unbound(t.LONG_CALLS)), {t.LONG_CALLS: rows})
    assert long_figures == [{"uk_calls_over_minute": 3, "uk_people_over_minute": 2}]


def test_accounts_with_calls_are_counted(run):
    rows = [{"account": "ann", "calls": 3}, {"account": "bob", "calls": 0}, {"account": "eve", "calls": 1}]
    assert run(account_figures(*unbound(t.ACCOUNTS)), {t.ACCOUNTS: rows}) == [{"accounts_active": 2}]


def test_figures_of_no_calls_are_nought_or_none(run):
    (found,) = over_tally(run, call_figures)
    assert found == dict.fromkeys(found, 0)
    (found,) = run(first_and_last_call(*unbound(t.CALLS_BY_DAY)), {t.CALLS_BY_DAY: []})
    assert found == {"first_call_at": None, "last_call_at": None}
    (found,) = run(long_call_figures(*unbound(t.LONG_CALLS)), {t.LONG_CALLS: []})
    assert found == dict.fromkeys(found, 0)


def test_figures_of_no_payments_are_nought_or_none(run):
    expression = payment_figures(*unbound(t.PAYMENT_ROWS))
    assert run(expression, {t.PAYMENT_ROWS: []}) == [{"payments": 0, "revenue_gbp": None}]


def test_pictures_of_no_calls_are_empty(run):
    for stage in (calls_by_region, calls_by_organisation):
        assert over_tally(run, stage) == []
    assert over_calls(run, people_by_minute) == []
    assert count_days(run) == {}
    assert find_peak(run) == []


def test_people_by_minute_counts_a_number_once_a_minute(run):
    rows = [
        call(1),
        call(2, started_at=START + timedelta(seconds=59.9)),
        call(3, called_number=UK_2),
        call(4, started_at=START + MINUTE),
    ]
    assert [tuple(row.values()) for row in over_calls(run, people_by_minute, *rows)] == [
        (START, 2),
        (START + MINUTE, 1),
    ]


def test_a_minute_lasts_to_its_last_microsecond(run):
    almost = START + MINUTE - timedelta(microseconds=1)
    assert over_calls(run, people_by_minute, call(1, started_at=almost)) == [{"minute": START, "people": 1}]


def test_people_by_minute_leaves_out_ones_own_and_numbers_abroad_or_unread(run):
    rows = [
        call(1),
        call(2, called_number=UK_2, own="organisation"),
        call(3, called_number="+12125550101", called_region="US"),
        unread_call(4),
    ]
    assert [row["people"] for row in over_calls(run, people_by_minute, *rows)] == [1]


def test_people_by_minute_counts_calls_that_nobody_answered(run):
    assert len(over_calls(run, people_by_minute, call(1, connected=False, duration_s=0.0))) == 1


def test_the_peak_is_the_minute_of_the_most_people(run):
    rows = [{"minute": START, "people": 2}, {"minute": START + MINUTE, "people": 3}]
    assert find_peak(run, *rows) == [rows[1]]


def test_the_peak_of_several_equal_minutes_is_the_earliest(run):
    rows = [{"minute": START + count * MINUTE, "people": 3} for count in (2, 1, 3)]
    assert find_peak(run, *rows) == [{"minute": START + MINUTE, "people": 3}]


def test_regions_stand_by_calls_with_ambiguous_and_unreadable_beside_them(run):
    rows = [
        call(1),
        call(2),
        unread_call(3, called_ambiguous=True),
        unread_call(4),
        call(5, called_region=None),
        call(6, called_region="US"),
    ]
    assert [tuple(row.values()) for row in over_tally(run, calls_by_region, *rows)] == [
        ("GB", 2),
        ("US", 1),
        ("ambiguous", 1),
        ("unknown", 1),
        ("unreadable", 1),
    ]


def test_organisations_stand_by_calls_that_showed_them_to_people(run):
    rows = [
        call(1, organisation="The Tax Office"),
        call(2, organisation="B Bank"),
        call(3, organisation="A Bank"),
        call(4, organisation="A Bank", own="account"),
        call(5, organisation="The Tax Office"),
        unread_call(6, organisation="B Bank"),
        call(7),
    ]
    assert [tuple(row.values()) for row in over_tally(run, calls_by_organisation, *rows)] == [
        ("B Bank", 2),
        ("The Tax Office", 2),
        ("A Bank", 1),
    ]


def test_a_late_call_in_summer_belongs_to_the_next_local_day(run):
    assert count_days(run, "2021-08-02T22:59:59Z", "2021-08-02T23:30:00Z") == {"2021-08-02": 1, "2021-08-03": 1}


def test_a_late_call_in_winter_belongs_to_its_own_day(run):
    assert count_days(run, "2021-11-02T23:30:00Z") == {"2021-11-02": 1}


def test_days_across_the_clock_changes_hold_every_call(run):
    spring = count_days(run, "2021-03-28T00:30:00Z", "2021-03-28T01:30:00Z", "2021-03-28T23:00:00Z")
    assert spring == {"2021-03-28": 2, "2021-03-29": 1}
    autumn = ["2021-10-30T23:00:00Z", "2021-10-31T00:30:00Z", "2021-10-31T01:30:00Z", "2021-10-31T23:59:59Z"]
    assert count_days(run, *autumn, "2021-11-01T00:00:00Z") == {"2021-10-31": 4, "2021-11-01": 1}


def test_days_in_a_zone_off_the_hour_are_right(run):
    moment = datetime(2021, 8, 2, 18, 29, 59, tzinfo=UTC)
    assert moment.astimezone(ZoneInfo("Asia/Kolkata")).day == 2
    texts = [moment.isoformat(), (moment + timedelta(seconds=1)).isoformat()]
    assert count_days(run, *texts, zone="Asia/Kolkata") == {"2021-08-02": 1, "2021-08-03": 1}


def test_days_in_a_zone_off_the_half_hour_are_right(run):
    texts = ["2021-08-02T18:14:59Z", "2021-08-02T18:15:00Z"]
    assert count_days(run, *texts, zone="Asia/Kathmandu") == {"2021-08-02": 1, "2021-08-03": 1}


def test_a_day_counts_its_uk_calls_apart_and_tells_its_first_and_last(run):
    days = arrow(
        t.LOCAL_DAYS,
        [{"day": "2021-08-02", "from_at": START.replace(hour=0), "until_at": START.replace(hour=23)}],
    )
    rows = [call(1), call(2, called_region="US", started_at=START + MINUTE), unread_call(3)]
    assert by_day(run, days, *rows) == [
        {"day": "2021-08-02", "calls": 3, "uk_calls": 1, "first_at": START, "last_at": START + MINUTE}
    ]


def test_a_tally_counts_calls_with_the_same_answers_once(run):
    rows = [call(1), call(2, called_number=UK_2), call(3, own="site"), call(4, duration_s=60.0), unread_call(5)]
    found = run(call_tally(*unbound(t.CALLS), rule=A_MINUTE), {t.CALLS: rows})
    asked = ("called_region", "own", "read", "talked", "over_threshold", "calls")
    assert sorted(str(tuple(row[name] for name in asked)) for row in found) == [
        "('GB', 'site', True, True, True, 1)",
        "('GB', None, True, True, False, 1)",
        "('GB', None, True, True, True, 2)",
        "(None, None, False, True, True, 1)",
    ]


def test_every_figure_has_a_unit_and_a_definition():
    assert len(FIGURES) == 16
    for kind in FIGURES.values():
        assert kind.unit
        assert kind.definition
        assert kind.counted in {"calls", "accounts", "payments", "minutes", "subjects"}
