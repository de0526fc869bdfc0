"""After records were put back, and after an outage: what a person types, and what is printed."""

import shutil
from datetime import timedelta

import pytest

from cli.alert_case import DRAMA
from parked_alerts import park


def put_back(case):
    """Keep the records as they are now; returns what puts them back."""
    kept = case.path.parent / "kept.sqlite"
    shutil.copyfile(case.path / "records.sqlite", kept)

    def restore():
        case.close()
        for path in case.path.glob("records.sqlite-*"):
            path.unlink()
        shutil.copyfile(kept, case.path / "records.sqlite")

    return restore


@pytest.mark.slow
def test_from_a_restored_backup_nothing_is_planned_approved_or_sent_before_it_is_reconciled(drama_case):
    case = drama_case
    case.approved()
    restore = put_back(case)
    assert case.alerts("olga", "send", "B-001").json["end"] == "finished"
    restore()
    for name, words in (("olga", ("send", "B-001")), ("bob", ("approve", "B-001", "0" * 12, "--why", "x"))):
        done = case.run(name, "alerts", *words)
        assert done.code == 2
        assert "these records of the case are not the newest" in " ".join(done.err.split())
        assert "ringback alerts reconcile CASE --why TEXT" in " ".join(done.err.split())
    assert case.plan("alice").json["error"] == "records_rolled_back"
    assert case.run("vera", "verify").code == 1

    assert case.alerts("alice", "reconcile", "--why", "I may not").json["error"] == "staff_right_missing"
    done = case.run("bob", "alerts", "reconcile", "--why", "the disk broke")
    said = " ".join(done.out.split())
    assert done.code == 1, done.err
    assert f"B-001: {len(DRAMA)} texts that the provider has were not in these records; they are now" in said
    assert "numbers never to contact (import them again before anything is sent)" in said
    assert case.alerts("olga", "send", "B-001").json["error"] == "batch_not_approved"
    assert case.approve().code == 0
    assert case.alerts("olga", "send", "B-001").json["end"] == "finished"
    assert len(case.sent()) == len(set(case.sent())) == len(DRAMA)
    assert [one["who"] for one in case.log("reconcile_started", "records_reconciled")] == ["bob", "bob"]
    again = case.run("bob", "alerts", "reconcile", "--why", "again")
    assert (again.code, "there is nothing to do" in again.out) == (0, True)


def test_without_the_mark_it_is_the_same_command(drama_case):
    case = drama_case
    case.approved()
    case.open().mark.path.unlink()
    assert case.alerts("olga", "send", "B-001").json["error"] == "mark_missing"
    done = case.alerts("bob", "reconcile", "--why", "a new machine")
    assert (done.code, done.json["lacking"], done.json["settled"]) == (0, ["the mark is missing"], {"B-001": 0})
    assert case.approve().code == 0
    assert case.alerts("olga", "send", "B-001").json["end"] == "finished"
    assert len(case.sent()) == len(DRAMA)


def test_parked_alerts_come_back_by_command_with_a_new_approval(drama_case):
    case = drama_case
    case.approved()
    park(case.open(), 2, ago=timedelta(minutes=10))
    done = case.run("olga", "alerts", "send", "B-001")
    assert done.code == 1
    assert "B-001 is not finished: 2 alerts only a person can settle" in done.out
    assert case.alerts("olga", "status", "B-001").json[0]["state"] == "approved"

    assert case.alerts("vera", "retry-parked", "B-001", "--why", "I may not").json["error"] == "staff_right_missing"
    done = case.run("olga", "alerts", "retry-parked", "B-001", "--why", "it was down")
    said = " ".join(done.out.split())
    assert done.code == 0, done.err
    assert "B-001: 2 parked alerts that the provider is not known to have" in said
    assert "2 it surely has not: they wait again" in said
    assert "B-001 is stopped; somebody approves it again" in said
    assert case.alerts("olga", "send", "B-001").json["error"] == "batch_not_approved"
    assert case.approve().code == 0
    assert case.alerts("olga", "send", "B-001").json["end"] == "finished"
    assert len(case.sent()) == len(set(case.sent())) == len(DRAMA)
    assert case.run("vera", "verify", "--json").json["differences"] == []
