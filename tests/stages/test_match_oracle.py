"""Matches against an oracle that was written from the documentation, and what other calls may change."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from report_snapshots import NOTHING
from ringback.stages.match_rule import DAY_WINDOWS, REASONS
from stages.literal_tables import START, run_duckdb
from stages.match_oracle import POINTS, WINDOWS
from stages.match_oracle import tie as tie_plainly
from stages.match_tables import adjusted, parsed, tie

LAST_DAY = date(2022, 11, 25)
BASE = "447700900123"
ORGANISATIONS = [None, "HMRC", "TSB"]
SHOWN = [None, "+442079460000", "+442079460001"]
SLIP = st.tuples(st.sampled_from(["none", "wrong", "swapped", "wrong"]), st.integers(2, 11), st.integers(0, 9))


def slipped(slip):
    """BASE with one digit replaced, or two swapped."""
    how, at, digit = slip
    digits = list(BASE)
    if how == "wrong":
        digits[at] = str(digit)
    if how == "swapped" and at < 11:
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return "+" + "".join(digits)


NUMBERS = SLIP.map(slipped)
# A number without one of its digits: BASE itself, or one that is like it.
SHORT = st.builds(
    lambda number, place: int(number[1:place] + number[place + 1 :]),
    st.one_of(st.just("+" + BASE), NUMBERS.filter(lambda number: number.startswith("+447"))),
    st.integers(4, 12),
)
MOMENTS = st.builds(
    lambda day, second: START + timedelta(days=day, seconds=second),
    st.one_of(st.integers(-10, 10), st.integers(-240, 400)),
    st.integers(-12 * 3600, 12 * 3600),
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "called_number": st.one_of(st.just("+" + BASE), NUMBERS),
            "started_at": MOMENTS,
            "duration_s": st.one_of(st.none(), st.sampled_from([0.0, 59.0, 60.0, 299.0, 300.0, 900.0, 3599.0, 3600.0])),
            "organisation": st.sampled_from(ORGANISATIONS),
            "presentation_number": st.sampled_from(SHOWN),
            "own": st.sampled_from([None, None, None, "subject"]),
        }
    ),
    max_size=8,
)
REPORTS = st.lists(
    st.fixed_dictionaries(
        {
            "number_digest": st.sampled_from([None, None, None, None, "k1:ab"]),
            "called_number": st.one_of(st.none(), st.none(), NUMBERS, NUMBERS),
            "one_short": st.one_of(st.none(), SHORT),
            "whose": st.sampled_from(["own", "relative", "work", "unknown"]),
            "called_on": st.one_of(
                st.none(), st.integers(-260, 400).map(lambda off: START.date() + timedelta(days=off)),
                st.integers(-9, 9).map(lambda off: START.date() + timedelta(days=off)),
            ),
            "called_on_sure": st.sampled_from(sorted(DAY_WINDOWS)),
            "statement_on": st.one_of(
                st.none(), st.integers(-3, 10).map(lambda off: START.date() + timedelta(days=off))
            ),
            "called_at": st.one_of(st.none(), st.integers(0, 86_399)),
            "part_of_day": st.sampled_from(["morning", "afternoon", "evening", "night", "unknown"]),
            "claimed": st.sampled_from(ORGANISATIONS),
            "shown_number": st.sampled_from(SHOWN),
            "talk_time": st.sampled_from(
                ["under_1", "minutes_1_5", "minutes_5_15", "minutes_15_60", "over_60", "unknown"]
            ),
        }
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


def call_rows(calls):
    """Rows of PARSED_CALLS and ADJUSTED_ROWS, and the same as plain calls. Those with an owner were adjusted."""
    # A number has one owner, whichever call it is in.
    owners = {one["called_number"]: one["own"] for one in calls}
    whole = [
        one | {"origin_row": at, "connected": bool(one["duration_s"]), "own": owners[one["called_number"]]}
        for at, one in enumerate(calls, start=1)
    ]
    rows = [parsed(one["origin_row"], **{name: one[name] for name in one if name != "own"}) for one in whole]
    owned = [adjusted(one["origin_row"], **one) for one in whole if one["own"]]
    names = ("called_number", "presentation_number")
    plain = [one | {name: one[name] and int(one[name]) for name in names} for one in whole]
    return rows, owned, plain


def report_rows(reports):
    rows = [NOTHING | {"report": f"R-{at:04d}"} | one for at, one in enumerate(reports)]
    # A snapshot that knows our text knows the number that it went to.
    return [one | ({"called_number": f"+{BASE}"} if one["number_digest"] else {}) for one in rows]


def both(reports, calls):
    """What the stages and the oracle make of the same reports and calls, in the same form."""
    rows, owned, plain = call_rows(calls)
    told = report_rows(reports)
    found, outcomes = tie(run_duckdb, told, rows, adjusted_rows=owned)
    expected, pairs = tie_plainly(told, plain, LAST_DAY)
    ours = {
        (one["report"], one["origin_row"]): (
            one["rank"], one["points"], one["call_points"], one["own"],
            {part: one[f"{part}_reason"] for part in ("number", "day", "time", "shown", "organisation", "talk")},
        )
        for one in found
    }  # fmt: skip
    theirs = {
        (pair.report, pair.call["origin_row"]): (rank, points, pair.call_points, pair.call["own"], pair.reasons)
        for pair, rank, points in pairs
    }
    got = {
        report: (
            one["outcome"], one["reason"], one["called_number"] and int(one["called_number"]), one["points"],
            one["next_points"], one["calls"],
        )
        for report, one in outcomes.items()
    }  # fmt: skip
    return ours, theirs, got, expected


def test_the_page_and_the_program_have_the_same_points_and_windows():
    assert {code: one.points for code, one in REASONS.items()} == POINTS
    assert WINDOWS == DAY_WINDOWS


@given(REPORTS, CALLS)
def test_the_stages_give_what_the_documentation_says(reports, calls):
    ours, theirs, outcomes, expected = both(reports, calls)
    assert ours == theirs
    assert outcomes == expected


@given(REPORTS, CALLS, st.sampled_from(["far", "like"]), MOMENTS)
def test_another_call_changes_no_outcome_except_by_ambiguity(reports, calls, how, moment):
    """A call to a number like none that was reported changes nothing at all. One that nobody answered, to a number that
    is like one, may leave a report to a person; it never takes a tied report away.
    """
    number = "+447700900" + ("555" if how == "far" else "124")
    before = both(reports, calls)[2]
    new = {
        "called_number": number, "started_at": moment, "duration_s": 0.0, "organisation": None,
        "presentation_number": None, "own": None,
    }  # fmt: skip
    after = both(reports, [*calls, new])[2]
    for name, outcome in before.items():
        if how == "far":
            assert after[name] == outcome
        elif outcome[0] in ("certain", "likely") and outcome[2] != int(number):
            assert after[name][:3] == outcome[:3] or after[name][1] == "ambiguous"
