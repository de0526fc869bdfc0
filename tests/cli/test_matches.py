"""ringback matches, as somebody types it: the list, one report, the figures, and what a person decides."""

import json
from datetime import date

import pytest

from cli.conftest import make_run_case
from report_snapshots import report, write_assessments, write_snapshot
from ringback.errors import EXIT_USAGE

# Calls of the case `drama_case`: 1 July 2021 at noon UTC, 90 seconds, to each of 07700 900123 to 900126.
TOLD = {
    "whose": "own",
    "called_on": "01/07/2021",
    "called_on_sure": "exact",
    "talk_time": "minutes_1_5",
    "kind": "crime",
}
FIGURES = ("reports_total", "reports_matched", "reports_for_a_person", "reporters_not_in_the_calls")


def add(case, **changes):
    done = case.run("alice", "report", "add", "--answers", "-", "--json", stdin=json.dumps({**TOLD, **changes}))
    assert done.code == 0, done.err
    return done.json["report"]


@pytest.fixture
def case(drama_case):
    """Three reports: of a number that was called, of one that was not but is like three that were, of a far one."""
    add(drama_case, called_number="07700 900123", losses=["1,200.50"])
    add(drama_case, called_number="07700 900128")
    add(drama_case, called_number="01632 960777")
    return drama_case


def matches(case, *words, name="alice"):
    return case.run(name, "matches", *words)


def outcomes(done):
    return {one["report"]: one["outcome"] for one in done.json["reports"]}


def figures(done):
    return {one["key"]: one["value"] for one in done.json["figures"]}


def status(case, name):
    return {one["report"]: one["status"] for one in case.run("alice", "report", "list", "--json").json["reports"]}[name]


def test_the_reports_of_the_case_are_tied_and_listed_with_masked_numbers(case):
    done = matches(case, "--json")
    assert done.code == 0, done.err
    assert outcomes(done) == {"R-0001": "likely", "R-0002": "for_a_person", "R-0003": "not_in_the_calls"}
    told = matches(case)
    for words in ("tied to its number", "a person has to decide: two numbers agree about equally well", "audit head"):
        assert words in told.out + told.err
    assert "7009001" not in told.out + told.err + done.out
    assert "•••23" in told.out
    assert all(name in told.out for name in ("R-0001", "R-0002", "R-0003"))


def test_the_figures_stand_at_the_end_and_losses_of_three_kinds_are_never_added(case):
    case.run("alice", "report", "losses", "R-0001", "--confirmed", "1000", "--estimated", "300", "--why", "the bank")
    done = matches(case, "--json")
    found = figures(done)
    assert [found[name] for name in FIGURES] == [3, 1, 1, 1]
    assert found["victims_reported_never_alerted"] == found["numbers_reported_never_alerted"] == 1
    sums = {basis: found[f"loss_{basis}"][0]["total"] for basis in ("reported", "confirmed", "estimated")}
    assert sums == {"reported": 1200.5, "confirmed": 1000.0, "estimated": 300.0}
    assert all(one["definition"] and one["period"] for one in done.json["figures"])
    assert done.json["decided"] == {"confirmed": 0, "rejected": 0, "undecided": 1}
    told = matches(case).out
    assert "loss reported: £1,200.50 in all, mean £400.17, median £1,200.50, largest £1,200.50" in told
    assert "loss confirmed: £1,000 in all" in told
    assert "2,200.5" not in told
    assert "1  numbers reported, and never alerted" in told


def test_the_same_reports_are_not_matched_twice_and_a_new_one_is(case):
    first, again = matches(case, "--json").json, matches(case, "--json").json
    assert (first["unchanged"], again["unchanged"]) == (False, True)
    assert again["matches"] == first["matches"]
    add(case, called_number="07700 900126")
    assert matches(case, "--json").json["matches"] != first["matches"]
    assert case.run("alice", "verify").code == 0


def test_one_report_is_shown_with_the_points_and_reasons_of_its_numbers(case):
    done = matches(case, "--report", "R-0002")
    assert "1. +••••••••••23: 20 points" in done.out
    assert "2. +••••••••••24: 20 points" in done.out
    assert "-11  one digit of the number is another" in done.out
    assert " +22  called on the very day, of which the reporter is sure" in done.out
    assert "row 2" in done.out


def test_what_a_person_decides_is_one_row_and_one_entry_and_ties_the_report(case):
    matches(case)
    done = matches(case, "--confirm", "R-0002", "--rank", 2, "--why", "the caller's notes say so", "--json")
    assert done.code == 0, done.err
    ((decision, about),) = [(one["decision"], one["decided_about"]) for one in done.json["reports"]]
    assert (decision, about[-2:]) == ("confirmed", "24")
    assert status(case, "R-0002") == "tied"
    assert matches(case, "--reject", "R-0001", "--why", "another bank").code == 0
    assert status(case, "R-0001") == "received"
    again = matches(case, "--json")
    listed = {one["report"]: one["decision"] for one in again.json["reports"]}
    assert listed == {"R-0001": "rejected", "R-0002": "confirmed", "R-0003": None}
    assert again.json["decided"] == {"confirmed": 1, "rejected": 1, "undecided": 0}
    confirmed, rejected = case.log("report_match_decided")
    assert (confirmed["who"], confirmed["report"], rejected["report"]) == ("alice", "R-0002", "R-0001")
    assert confirmed["about"] != rejected["about"]
    assert ":" in confirmed["about"]
    assert "7009001" not in case.run("alice", "audit", "--json").out
    assert case.run("alice", "verify").code == 0


def test_a_report_whose_match_is_rejected_after_all_is_tied_no_more(case):
    matches(case)
    matches(case, "--confirm", "R-0001", "--why", "her notes")
    assert status(case, "R-0001") == "tied"
    matches(case, "--reject", "R-0001", "--why", "they were of another call")
    assert status(case, "R-0001") == "looked_at"
    case.run("alice", "report", "status", "R-0001", "helped", "--why", "an arrest")
    matches(case, "--confirm", "R-0001", "--why", "it was that call after all")
    assert status(case, "R-0001") == "helped"
    assert case.run("alice", "verify").code == 0


def test_of_two_numbers_that_were_confirmed_the_later_one_counts(case):
    matches(case)
    for rank in (1, 2):
        matches(case, "--confirm", "R-0002", "--rank", rank, "--why", "x")
    matches(case, "--reject", "R-0002", "--rank", 1, "--why", "not this one")
    (one,) = matches(case, "--report", "R-0002", "--json").json["reports"]
    assert (one["decision"], one["decided_about"][-2:]) == ("confirmed", "24")
    assert status(case, "R-0002") == "tied"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--confirm", "R-0009", "--why", "x"], "match_report_unknown"),
        (["--report", "R-0009"], "match_report_unknown"),
        (["--confirm", "R-0003", "--why", "x"], "match_number_unknown"),
        (["--confirm", "R-0001", "--rank", 9, "--why", "x"], "match_number_unknown"),
        (["--snapshot", "nowhere.parquet"], "file_missing"),
    ],
)
def test_what_cannot_be_decided_or_read_is_refused(case, words, code):
    assert matches(case, "--json").code == 0
    done = matches(case, *words, "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, code)


def test_a_decision_needs_a_reason_and_one_report(case):
    matches(case)
    assert matches(case, "--confirm", "R-0001").code == EXIT_USAGE
    assert matches(case, "--confirm", "R-0001", "--reject", "R-0002", "--why", "x").code == EXIT_USAGE
    assert case.log("report_match_decided") == []


def test_nobody_decides_about_matches_that_were_not_shown(case):
    done = matches(case, "--confirm", "R-0001", "--why", "x", "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "matches_not_shown")
    matches(case)
    case.run("bob", "report", "erase", "R-0003", "--why", "asked for it")
    done = matches(case, "--confirm", "R-0001", "--why", "x", "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "matches_not_shown")


def test_nobody_decides_about_matches_of_an_older_run(case):
    matches(case)
    case.edit_toml('alert = "over-a-minute@1"', 'alert = "over-five-minutes@1"')
    done = case.run("alice", "run")
    assert done.code == 0, done.err
    done = matches(case, "--confirm", "R-0001", "--why", "x", "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "matches_not_shown")


@pytest.mark.parametrize("name", ["vera", "olga", "nobody"])
def test_who_has_no_right_neither_looks_nor_decides(case, name):
    matches(case)
    for words in ([], ["--confirm", "R-0001", "--why", "x"], ["--reject", "R-0001", "--why", "x"]):
        done = matches(case, *words, "--json", name=name)
        assert done.code == EXIT_USAGE
        assert done.json["error"] in ("staff_right_missing", "staff_login_needed")
    assert case.log("report_match_decided") == []


def test_to_look_is_not_enough_to_decide(case, monkeypatch):
    from ringback.alerting.model import roles

    matches(case)
    monkeypatch.setattr(roles, "ROLES", {**roles.ROLES, "viewer": frozenset({"look"})})
    assert matches(case, name="vera").code == 0
    done = matches(case, "--confirm", "R-0001", "--why", "x", "--json", name="vera")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "staff_right_missing")


def test_reports_of_somewhere_else_are_matched_and_nobody_decides_about_them(case, tmp_path):
    row = report("R-0001", called_number="+447700900124", called_on=date(2021, 7, 1), called_on_sure="exact")
    snapshot = write_snapshot(tmp_path / "elsewhere.parquet", [row])
    lost = write_assessments(tmp_path / "lost.parquet", [{"report": "R-0001", "kind": "confirmed", "pence": 900}])
    matches(case)
    matches(case, "--confirm", "R-0001", "--why", "her notes")
    done = matches(case, "--snapshot", snapshot, "--assessments", lost, "--json")
    # The decision is about the R-0001 of this case, and not about theirs.
    assert [(one["outcome"], one["decision"]) for one in done.json["reports"]] == [("likely", None)]
    assert figures(done)["loss_confirmed"][0]["total"] == 9
    done = matches(case, "--snapshot", snapshot, "--reject", "R-0001", "--why", "x", "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "match_of_file")
    # What they were shown last is not what --confirm is about.
    assert matches(case, "--reject", "R-0001", "--why", "x", "--json").json["reports"][0]["number"][-2:] == "23"
    assert matches(case, "--assessments", lost).code == EXIT_USAGE


def test_a_case_without_reports_says_where_they_come_from(ringback, tmp_path):
    calls = "call_id,account,started_at,called_number,duration_s\nC1,fox,2021-08-02 10:00:00,07700 900001,90\n"
    files = {"calls.csv": calls, "subjects.csv": "account,subject,status\nfox,S1,identified\n"}
    done = ringback("matches", make_run_case(ringback, tmp_path, files), "--json")
    assert (done.code, done.json["error"]) == (EXIT_USAGE, "reports_none")
    assert all(words in done.json["next_step"] for words in ("report add", "report import", "collect"))
