"""A backup that is made while a sender works: moved, restored and verified, and what it knows is true."""

import shutil
import time
from collections import Counter

import pytest
from sqlalchemy import select

from alerting.sending_case import (
    add_approved_batch,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    provider_template,
    reopen,
)
from fast_clock import FastClock
from ringback.case.integrity import NOT_THE_NEWEST
from ringback.case.registration import register
from ringback.records.alert_tables import alerts
from ringback.records.exhibits import list_exhibits
from soak.children import FINISHED, kill, start_sender
from soak.lane import a_provider
from soak.runs import Place

FACTOR = 10
ALERTS = 400
# The batch that tests make is not planned from people who were called: nothing else may differ.
LEFT_OUT = ["batch B-001: its routes are not those that were counted when it was planned"]


@pytest.fixture
def clock():
    return FastClock(FACTOR)


@pytest.fixture
def standin(clock):
    with a_provider(clock, provider_template()) as made:
        yield made


def states(case_file):
    with case_file.records.connect() as connection:
        return Counter(connection.scalars(select(alerts.c.state)))


def accepted(case_file):
    with case_file.records.connect() as connection:
        chosen = select(alerts.c.provider_reference).where(alerts.c.state == "accepted")
        return set(connection.scalars(chosen))


@pytest.mark.slow
def test_backups_of_a_sending_case_are_whole_and_say_what_was_true(ringback, keys, tmp_path, clock, standin):
    case_file = make_sending_case(tmp_path / "case", keys, clock=clock)
    (tmp_path / "numbers.csv").write_text("number,use\n020 7946 0998,help line\n")
    register(case_file, tmp_path / "numbers.csv", why="test")
    issued = add_approved_batch(
        case_file, made_up_numbers(ALERTS), sender=notify_facts(standin, case_file), per_second=8
    )
    facts = notify_facts(standin, case_file)
    place = Place(tmp_path / "case", keys, "B-001", standin.api_key, facts, FACTOR, clock.base, clock.started)
    child, made = start_sender(place), []
    try:
        while states(case_file)["accepted"] < 20:
            assert child.exitcode is None
            time.sleep(0.02)
        for at in range(4):
            before = accepted(case_file)
            done = ringback("case", "backup", tmp_path / "case", tmp_path / f"backup-{at}", "--json")
            assert done.code == 0, done.err
            assert child.exitcode is None, "the sender ended before the backup was made"
            made.append((done.json, before, accepted(case_file)))
        child.join(120)
        assert child.exitcode == FINISHED
    finally:
        kill(child)
        case_file.records.dispose()
    # The sender lost nothing by it.
    counts = Counter(len(found) for ours, found in standin.accepted_by_reference().items() if ours in issued)
    assert counts == {1: ALERTS}
    (tmp_path / "other disk").mkdir()
    for at, (told, before, after) in enumerate(made):
        shutil.move(tmp_path / f"backup-{at}", tmp_path / "other disk" / f"backup-{at}")
        restored = tmp_path / f"restored-{at}"
        done = ringback("case", "restore", tmp_path / "other disk" / f"backup-{at}", restored, "--json")
        assert done.json["differences"] == LEFT_OUT, done.out
        verified = ringback("verify", restored, "--head", told["audit_head"], "--json").json["differences"]
        newer = [one for one in verified if one.startswith(NOT_THE_NEWEST)]
        assert newer, "this machine has seen what was sent since"
        assert [one for one in verified if one not in newer] == LEFT_OUT
        check_restored(restored, keys, clock, before, after)


def check_restored(folder, keys, clock, before, after):
    """What the restored records call accepted was accepted when the backup was made, and none of it is forgotten."""
    found = reopen(folder, keys, clock=clock)
    assert before <= accepted(found) <= after
    assert sum(states(found).values()) == ALERTS
    assert [one.name for one in list_exhibits(found.records)] == ["numbers.csv"]
    found.close()
    assert sorted(path.name for path in folder.glob("records*")) == ["records.sqlite"]
