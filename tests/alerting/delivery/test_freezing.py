"""Two senders on one batch. The working one is frozen past its lease at each step, then continued.

Real processes, a real provider's stand-in, and a clock that runs 30 times as fast.
"""

import os
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from alerting.sending_case import (
    add_approved_batch,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    provider_template,
)
from fast_clock import FastClock
from ringback.records.alert_tables import alerts, attempts, leases
from soak.children import FINISHED, kill, start_sender
from soak.lane import a_provider
from soak.runs import Place
from tiers import first_quick

FACTOR = 30
ALERTS = 16
# The lease lasts 45 s and the provider takes tokens for 30 s; both are over after this.
FROZEN_S = 60.0
POINTS = (
    "lease taken", "before the turn", "in the turn", "end of the turn", "after the turn", "claimed",
    "before the socket", "connected", "request written", "after the answer",
)  # fmt: skip


@pytest.fixture(scope="module")
def clock():
    return FastClock(FACTOR)


@pytest.fixture(scope="module")
def standin(clock):
    with a_provider(clock, provider_template()) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def case_file(request, tmp_path, clock, standin):
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else ""
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    case_file = make_sending_case(tmp_path / "case", keys, clock=clock, records_url=url)
    add_approved_batch(case_file, made_up_numbers(ALERTS), sender=notify_facts(standin, case_file), per_second=4)
    yield case_file
    case_file.records.dispose()


@pytest.fixture
def place(case_file, tmp_path, clock, standin):
    facts = notify_facts(standin, case_file)
    return Place(
        tmp_path / "case", tmp_path / "keys", "B-001", standin.api_key, facts, FACTOR, clock.base, clock.started
    )


def wait_until_frozen(child):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            return
        time.sleep(0.005)
    raise AssertionError("the sender never came to that point")


def find_fence(case_file):
    with case_file.records.connect() as connection:
        return connection.scalar(select(leases.c.fence)) or 0


def wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.01)


@pytest.mark.parametrize("point", first_quick(POINTS, 1))
def test_a_frozen_sender_hands_nothing_over_after_its_lease(point, place, case_file, standin, clock):
    first = start_sender(place, freeze_at=(point, 0 if point == "lease taken" else 3))
    second = None
    try:
        wait_until_frozen(first)
        second = start_sender(place)
        time.sleep(clock.machine_seconds(FROZEN_S))
        # Usually the other has taken over by now, but not if the frozen one holds the database's write lock.
        continued = clock.now()
        os.kill(first.pid, signal.SIGCONT)
        second.join(60)
        first.join(60)
        assert {first.exitcode, second.exitcode} == {FINISHED}
    finally:
        for child in (first, second):
            if child is not None:
                kill(child)
    check(case_file, standin, continued)


def check(case_file, standin, continued):
    with case_file.records.connect() as connection:
        rows = {row.provider_reference: row for row in connection.execute(select(alerts)).all()}
        tries = connection.execute(select(attempts)).all()
    fences = {(one.alert, int(one.claimed_at.timestamp())): one.fence for one in tries}
    accepted = {ours: found for ours, found in standin.accepted_by_reference().items() if ours in rows}
    assert {row.state for row in rows.values()} == {"accepted"}
    assert {len(accepted[ours]) for ours in rows} == {1}
    for ours, (found,) in accepted.items():
        fence = fences[rows[ours].id, int(found["iat"])]
        late = datetime.fromisoformat(found["accepted_at"]) > continued
        assert not (late and fence == 1), f"{ours} was accepted from the frozen sender"


@pytest.mark.slow
def test_the_second_sender_waits_while_the_first_works(place, case_file, standin):
    first = start_sender(place)
    wait_for(lambda: find_fence(case_file) == 1)
    second = start_sender(place)
    first.join(60)
    second.join(60)
    with case_file.records.connect() as connection:
        assert set(connection.scalars(select(attempts.c.fence))) == {1}
    accepted = standin.accepted_by_reference()
    with case_file.records.connect() as connection:
        for ours in connection.scalars(select(alerts.c.provider_reference)):
            assert len(accepted[ours]) == 1


@pytest.mark.slow
def test_the_provider_refuses_a_token_dated_at_an_old_claim(place, case_file, clock):
    """Frozen between its own last check and the socket: there only the token's date protects us."""
    first = start_sender(place, freeze_at=("connected", 3))
    try:
        wait_until_frozen(first)
        time.sleep(clock.machine_seconds(FROZEN_S))
        os.kill(first.pid, signal.SIGCONT)
        first.join(60)
    finally:
        kill(first)
    with case_file.records.connect() as connection:
        outcomes = list(connection.scalars(select(attempts.c.outcome)))
        state = connection.execute(select(alerts.c.state)).scalars().all()
    # One claim ended with the provider's 403 (or its connection had gone); the batch did not.
    assert set(outcomes) & {"stale", "not_accepted"}
    assert set(state) == {"accepted"}
