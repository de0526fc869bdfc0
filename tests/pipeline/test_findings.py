"""Findings on literal tables: what an exhibit's notes and the tables about persons tell of a run."""

import pytest

from literal_run import literal_run, note
from ringback import schemas as t
from ringback.pipeline.findings import find_findings
from ringback.pipeline.knowledge import Gap
from stages.literal_tables import tied

# A run of which there is nothing to tell but what a test puts in; there are no calls in it.
EMPTY = {
    schema: []
    for schema in (
        t.CALL_TALLY, t.REJECTED_ROWS, t.READINGS, t.RAW_SUBJECTS, t.ACCOUNT_SUBJECTS, t.ACCOUNTS,
    )
}  # fmt: skip
ANN = {t.ACCOUNTS: [{"account": "ann", "calls": 3}], t.ACCOUNT_SUBJECTS: [tied("ann", "S1")]}


def findings(folder, tables=EMPTY, gaps=(), **facts):
    facts = {"rows": {"calls": 1}} | facts
    with literal_run(folder, EMPTY | tables, reading=note(**facts)) as results:
        return find_findings(results.engine, gaps)


def test_nothing_to_tell_is_told(tmp_path):
    found = findings(tmp_path)
    assert (found.alarms, found.notes) == ([], [])


def test_who_is_no_victim_comes_before_what_is_damaged(tmp_path):
    found = findings(tmp_path, gaps=[Gap("subjects", "no subjects")], damage=["torn"])
    assert found.alarms == ["no subjects", "torn"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"set_aside": "another case's"}, "was set aside and not read: another case's"),
        ({"passed_over": ["logs", "menus"]}, "tables that the mapping does not name were passed over: logs, menus"),
        ({"passed_over": [f"t{n:02}" for n in range(42)]}, "t38, t39 and 2 more"),
        (
            {"beside": [["calls", "direction", "way"]]},
            "the direction of calls was read from calls.way; inbound calls are",
        ),
        ({"beside": [["calls", "country_code", "cc"]]}, "the countries of the numbers called were read from calls.cc"),
        ({"unread_files": {"a picture": [1200, "a.png"]}}, "1,200 of its files were passed over (a picture), such as"),
        ({"bad_encoding": {"calls.account": 3}}, "3 values of calls.account hold bytes that are no text"),
        ({"remarks": ["table calls: odd"]}, "exhibit EX-001, table calls: odd"),
    ],
)
def test_a_note_of_an_exhibit_is_no_alarm(tmp_path, facts, words):
    found = findings(tmp_path, **facts)
    assert found.alarms == []
    (told,) = found.notes
    assert told.startswith("exhibit EX-001")
    assert words in told


def readings(good, bad, reason):
    return {t.READINGS: [{"raw": f"{n}"} for n in range(good)] + [{"raw": "x", "reason": reason}] * bad}


@pytest.mark.parametrize(
    ("good", "bad", "reason", "alarmed"),
    [(98, 2, "invalid", True), (99, 1, "invalid", False), (0, 5, "withheld", False), (0, 0, "", False)],
)
def test_own_numbers_that_could_not_be_read_may_be_listed(tmp_path, good, bad, reason, alarmed):
    found = findings(tmp_path, readings(good, bad, reason))
    words = f"{bad} of {good + bad} numbers of account holders, subjects and the site could not be read"
    assert [told.startswith(words) for told in found.alarms] == [True] * alarmed


def subjects(*statuses):
    return {t.RAW_SUBJECTS: [{"account": "ann", "subject": "S1", "status": status} for status in statuses]}


def test_statuses_that_nobody_knows_are_named_once_each(tmp_path):
    found = findings(tmp_path, ANN | subjects("charged", " Charged ", "geladen", "geladen", None, "bailed"))
    assert [told.partition(" (known")[0].rpartition(": ")[2] for told in found.alarms] == ["bailed", "geladen"]


@pytest.mark.parametrize(
    ("tables", "alarmed"),
    [
        (ANN, False),
        (ANN | {t.ACCOUNTS: [{"account": "ann", "calls": 0}]}, True),
        (ANN | {t.ACCOUNTS: [{"account": "bob", "calls": 3}]}, True),
        (ANN | {t.ACCOUNT_SUBJECTS: [tied("ann", "S1", "unidentified")]}, True),
    ],
)
def test_subjects_whose_accounts_made_no_call_are_written_otherwise(tmp_path, tables, alarmed):
    found = findings(tmp_path, tables | subjects("charged"))
    words = "no account of an identified subject made a call: check that accounts are written alike"
    assert found.alarms == [words] * alarmed


@pytest.mark.parametrize(("account", "alike"), [("ANN", 1), ("00ann", 1), ("ann.0", 1), (" ann ", 1), ("anna", 0)])
def test_accounts_written_almost_alike_are_counted(tmp_path, account, alike):
    made = {t.ACCOUNTS: [{"account": "ann", "calls": 3}, {"account": account, "calls": 1}]}
    found = findings(tmp_path, ANN | made | subjects("charged"))
    assert [told.startswith("1 accounts that made calls are written almost like") for told in found.alarms] == [
        True
    ] * alike
