"""Matches: which number a report is tied to, one kind of error at a time, and what is left to a person."""

from datetime import date, timedelta

import pytest

from report_snapshots import report
from ringback.schemas.reports import REPORTS
from ringback.stages.match_candidates import number_keys
from ringback.stages.match_rule import REASONS
from stages.literal_tables import START, unbound
from stages.match_tables import NUMBER, OTHER, adjusted, parsed, tie

TOLD = {"called_on": date(2021, 8, 2), "called_on_sure": "exact", "talk_time": "minutes_1_5"}


def outcome(run, told, rows=None, **given):
    """Outcome, reason and number of one report."""
    _matches, outcomes = tie(run, [told], [parsed()] if rows is None else rows, **given)
    one = outcomes[told["report"]]
    return one["outcome"], one["reason"], one["called_number"]


def reasons(run, told, row=None):
    """The codes of a report against one call, part by part, without those of which nothing is known."""
    (match,), _outcomes = tie(run, [report(called_number=NUMBER, **told)], [row or parsed()])
    parts = ("day", "time", "organisation", "shown", "talk")
    for part in ("number", *parts):
        code = match[f"{part}_reason"]
        assert match[f"{part}_points"] == (REASONS[code].points if code else 0)
    assert match["points"] == match["number_points"] + match["call_points"]
    return {part: match[f"{part}_reason"] for part in parts if match[f"{part}_reason"]}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (NUMBER, "number_exact"),
        ("+447700900002", "digit_wrong"),
        ("+447700900010", "digits_swapped"),
        (NUMBER.replace("90000", "90800"), "digit_wrong"),
        (NUMBER.replace("700900", "700090"), "digits_swapped"),
        (NUMBER.replace("44770", "44170"), None),  # nobody errs in the digit that says it is a mobile
        ("+447700900013", None),  # two digits wrong
    ],
)
def test_a_number_is_found_with_one_slip_and_not_with_two(run, typed, reason):
    found, outcomes = tie(run, [report(called_number=typed, **TOLD)], [parsed()])
    assert [one["number_reason"] for one in found] == ([reason] if reason else [])
    assert outcomes["R-0001"]["outcome"] == ("likely" if reason else "not_in_the_calls")


# NUMBER without one of its digits.
@pytest.mark.parametrize("short", [44770090000, 44770900001, 44700900001, 44770090001])
@pytest.mark.parametrize(("whose", "reason"), [("own", "digit_missing"), ("relative", "digit_missing_other")])
def test_a_mobile_with_one_digit_missing_is_found(run, short, whose, reason):
    found, outcomes = tie(run, [report(one_short=short, whose=whose, **TOLD)], [parsed()])
    assert [(one["number_reason"], one["number_points"]) for one in found] == [(reason, REASONS[reason].points)]
    assert (outcomes["R-0001"]["outcome"], outcomes["R-0001"]["called_number"]) == ("likely", NUMBER)


def test_a_mobile_with_one_digit_missing_may_be_82_numbers_each_looked_up_once(run):
    keys = number_keys(*unbound(REPORTS))
    found = run(keys, {REPORTS: [report(one_short=44770090000)]})
    assert len(found) == len({one["key"] for one in found}) == 82
    assert {one["number_reason"] for one in found} == {"digit_missing"}
    for number in (str(one["key"]) for one in found):
        assert len(number) == 12
        assert number.startswith("447")
        assert "44770090000" in {number[:place] + number[place + 1 :] for place in range(3, 12)}


def test_a_digit_missing_and_another_one_wrong_is_not_found(run):
    told = report(one_short=44770090012, **TOLD)
    assert outcome(run, told, [parsed(called_number="+447700900993")]) == ("not_in_the_calls", "no_call", None)


def test_a_digit_missing_ties_nothing_where_too_little_agrees(run):
    assert outcome(run, report(one_short=44770090000), [parsed()]) == ("not_in_the_calls", "no_call", None)


def test_of_two_numbers_with_one_digit_more_that_agree_equally_well_neither_is_tied(run):
    rows = [parsed(1), parsed(2, called_number="+447700900002")]
    assert outcome(run, report(one_short=44770090000, **TOLD), rows)[:2] == ("for_a_person", "ambiguous")


def test_a_number_that_was_read_counts_and_not_one_that_lacks_a_digit(run):
    told = report(called_number=OTHER[:-2] + "77", one_short=44770090000, **TOLD)
    assert outcome(run, told, [parsed()]) == ("not_in_the_calls", "no_call", None)


def test_a_short_number_is_looked_up_as_it_is(run):
    short = NUMBER[:9]
    rows = [parsed(1, called_number=short), parsed(2, called_number=f"{short[:-1]}1")]
    found, _outcomes = tie(run, [report(called_number=short, **TOLD)], rows)
    assert [one["number_reason"] for one in found] == ["number_exact"]


def test_a_report_with_our_text_is_tied_for_certain_and_to_no_other_number(run):
    near = f"{NUMBER[:-1]}2"
    told = report(number_digest="k1:ab", called_number=NUMBER)
    rows = [parsed(1), parsed(2, called_number=near), parsed(3)]
    found, outcomes = tie(run, [told], rows)
    assert {one["called_number"] for one in found} == {int(NUMBER)}
    one = outcomes["R-0001"]
    assert (one["outcome"], one["called_number"], one["score"], one["calls"]) == ("certain", NUMBER, 1.0, 2)


def test_a_report_with_our_text_stays_certain_where_no_call_to_its_number_is_left(run):
    told = report(number_digest="k1:ab", called_number=NUMBER)
    assert outcome(run, told, []) == ("certain", "text", NUMBER)


def test_a_relatives_phone_is_the_number_typed(run):
    told = report(called_number=NUMBER, whose="relative", **TOLD)
    found, outcomes = tie(run, [told], [parsed()])
    assert found[0]["number_reason"] == "number_exact_other"
    assert outcomes["R-0001"]["outcome"] == "likely"


def test_a_report_without_a_number_is_for_a_person(run):
    assert outcome(run, report(**TOLD)) == ("for_a_person", "no_number", None)


def test_somebody_whom_the_site_never_called_is_not_in_the_calls(run):
    assert outcome(run, report(called_number=OTHER[:-2] + "77", **TOLD)) == ("not_in_the_calls", "no_call", None)


def test_of_two_numbers_that_agree_equally_well_neither_is_tied(run):
    rows = [parsed(1, called_number="+447700900002"), parsed(2, called_number="+447700900003")]
    found, outcomes = tie(run, [report(called_number=NUMBER, **TOLD)], rows)
    assert outcomes["R-0001"]["reason"] == "ambiguous"
    assert outcomes["R-0001"]["outcome"] == "for_a_person"
    assert sorted(one["rank"] for one in found) == [1, 2]


def test_the_number_itself_wins_over_one_like_it(run):
    rows = [parsed(1), parsed(2, called_number="+447700900003")]
    assert outcome(run, report(called_number=NUMBER, **TOLD), rows) == ("likely", "agrees", NUMBER)


def test_a_number_like_it_alone_is_not_enough(run):
    rows = [parsed(1, called_number="+447700900003")]
    assert outcome(run, report(called_number=NUMBER), rows)[0] == "not_in_the_calls"


def test_the_very_number_whose_calls_do_not_agree_is_for_a_person(run):
    told = report(called_number=NUMBER, claimed="HMRC", **(TOLD | {"called_on": date(2022, 6, 1)}))
    rows = [parsed(duration_s=4000.0, organisation="Barclays")]
    assert outcome(run, told, rows) == ("for_a_person", "weak", NUMBER)


@pytest.mark.parametrize("own", ["account", "subject", "site", "organisation"])
def test_a_number_of_somebody_in_the_case_is_never_tied_by_itself(run, own):
    told = report(called_number=NUMBER, **TOLD)
    rows = [parsed()]
    assert outcome(run, told, rows, adjusted_rows=[adjusted(own=own)]) == ("for_a_person", "own_number", NUMBER)


def test_a_row_that_is_no_call_is_not_matched(run):
    told = report(called_number=NUMBER, **TOLD)
    again = [adjusted(rejected="duplicate")]
    assert outcome(run, told, [parsed()], adjusted_rows=again) == ("not_in_the_calls", "no_call", None)
    review = [parsed() | {"needs_review": True}]
    assert outcome(run, told, review) == ("not_in_the_calls", "no_call", None)
    settled = [adjusted() | {"needs_review": True}]
    assert outcome(run, told, review, adjusted_rows=settled) == ("likely", "agrees", NUMBER)


def test_the_best_call_of_a_number_counts_and_of_equals_the_first(run):
    rows = [
        parsed(1, started_at=START + timedelta(days=90)),
        parsed(2, started_at=START + timedelta(hours=2)),
        parsed(3),
    ]
    found, _outcomes = tie(run, [report(called_number=NUMBER, **TOLD)], rows)
    assert [(one["origin_row"], one["is_best_call"]) for one in found] == [(3, True), (2, False), (1, False)]
    assert len({one["points"] for one in found}) == 1


@pytest.mark.parametrize(
    ("sure", "off", "reason"),
    [
        ("exact", 0, "exact_same"), ("exact", 1, "exact_near"), ("exact", 7, "exact_window"),
        ("exact", 8, "exact_outside"), ("exact", -14, "exact_window"), ("exact", -15, "exact_outside"),
        ("few_days", 3, "few_days_near"), ("few_days", -20, "few_days_window"), ("month", 0, "month_near"),
        ("month", 63, "month_outside"), ("month", -124, "month_window"), ("unsure", 45, "unsure_near"),
        ("unsure", -240, "unsure_window"), ("unsure", 121, "unsure_outside"),
    ],
)  # fmt: skip
def test_a_recent_day_is_told_too_early_rather_than_too_late(run, sure, off, reason):
    told = {"called_on": date(2021, 8, 2) + timedelta(days=off), "called_on_sure": sure}
    assert reasons(run, told)["day"] == reason


def test_the_statement_counts_where_it_agrees_better_than_the_day_told(run):
    far = {"called_on": date(2021, 9, 20), "called_on_sure": "exact"}
    assert reasons(run, far | {"statement_on": date(2021, 8, 4)})["day"] == "statement_days"
    assert reasons(run, far | {"statement_on": date(2021, 8, 9)})["day"] == "statement_week"
    assert reasons(run, far | {"statement_on": date(2021, 8, 10)})["day"] == "exact_outside"
    assert reasons(run, {"statement_on": date(2021, 8, 1)}) == {"talk": "talk_answered"}
    assert reasons(run, TOLD | {"statement_on": date(2021, 8, 4)})["day"] == "exact_same"


def test_days_and_times_are_those_of_the_case_and_not_of_utc(run):
    late = parsed(started_at=START.replace(hour=23, minute=30))
    told = {"called_on": date(2021, 8, 3), "called_on_sure": "exact", "called_at": 30 * 60}
    assert reasons(run, told, late) == {"day": "exact_same", "time": "time_same", "talk": "talk_answered"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"called_at": 36_000 + 3_600}, "time_same"),
        ({"called_at": 36_000 - 3_601}, "time_near"),
        ({"called_at": 36_000 + 10_801}, "time_other"),
        ({"part_of_day": "morning"}, "part_same"),
        ({"part_of_day": "afternoon"}, "part_other"),
        ({"part_of_day": "night", "called_at": 36_000}, "time_same"),
    ],
)
def test_the_time_of_day_is_compared_or_else_its_part(run, told, reason):
    assert reasons(run, told)["time"] == reason


def test_times_are_near_over_midnight_and_parts_fray_at_their_edges(run):
    night = parsed(started_at=START.replace(hour=22, minute=50))
    assert reasons(run, {"called_at": 1_200}, night)["time"] == "time_same"
    assert reasons(run, {"part_of_day": "night"}, night)["time"] == "part_same"
    assert reasons(run, {"part_of_day": "evening"}, night)["time"] == "part_other"
    noon = parsed(started_at=START.replace(hour=11, minute=10))
    assert reasons(run, {"part_of_day": "morning"}, noon)["time"] == "part_edge"


def test_the_organisation_claimed_is_compared_with_the_one_that_was_shown(run):
    told = {"claimed": "HMRC"}
    assert reasons(run, told, parsed(organisation="HMRC"))["organisation"] == "organisation_same"
    assert reasons(run, told, parsed(organisation="TSB"))["organisation"] == "organisation_other"
    assert reasons(run, told)["organisation"] == "organisation_none"
    assert "organisation" not in reasons(run, {}, parsed(organisation="TSB"))


def test_where_the_very_number_was_shown_its_organisation_says_no_more(run):
    told = {"claimed": "HMRC", "shown_number": "+442079460000"}
    shown = parsed(organisation="HMRC", presentation_number="+442079460000")
    other = parsed(organisation="HMRC", presentation_number="+442079460001")
    assert {"shown": "shown_same"}.items() <= reasons(run, told, shown).items()
    assert "organisation" not in reasons(run, told, shown)
    assert reasons(run, told, other) | {"talk": ""} == {
        "shown": "shown_other", "organisation": "organisation_same", "talk": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "seconds", "connected", "reason"),
    [
        ("minutes_1_5", 60.0, True, "talk_minutes_1_5"), ("minutes_1_5", 59.9, True, "talk_next"),
        ("over_60", 3_600.0, True, "talk_over_60"), ("over_60", 61.0, True, "talk_other"),
        ("unknown", 61.0, True, "talk_answered"), ("unknown", 0.0, False, "talk_not_answered"),
        ("over_60", None, False, None),
    ],
)  # fmt: skip
def test_talk_times_are_compared_in_bands(run, told, seconds, connected, reason):
    row = parsed(duration_s=seconds, connected=connected)
    assert reasons(run, {"talk_time": told}, row).get("talk") == reason


def test_a_call_without_a_number_matches_nothing(run):
    row = parsed() | {"called_number": None}
    assert outcome(run, report(called_number=NUMBER, **TOLD), [row])[0] == "not_in_the_calls"
