"""Failed log-ins delay their own source only. Nobody can keep another person out, and guessing stays slow."""

import os
import pty
import sys
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from ringback.alerting.staff.log_in_throttle import FREE_FITTING, find_source
from ringback.errors import RingbackError
from ringback.records.alert_tables import check_slots
from staff_members import PASSWORD, attempt, entries, forget_step, one_time_code

HERE, THERE = "desk/1000/pts/1", "cellar/1000/pts/7"


def fails(case_file, **options):
    with pytest.raises(RingbackError) as caught:
        attempt(case_file, **options)
    return caught.value.code == "staff_login_failed"


def succeeds(case_file, **options):
    forget_step(case_file, "alice")
    return bool(attempt(case_file, **options).token)


def wrong_code(case_file):
    right = one_time_code(case_file, "alice")
    return f"{(int(right) + 1) % 1_000_000:06}"


def was_too_soon(case_file):
    return [entry.read_facts()["too_soon"] for entry in entries(case_file, "staff_login_failed")]


@pytest.mark.parametrize("password", ["a wrong one, each time", PASSWORD])
def test_failures_every_second_at_one_source_delay_no_other_source(staff_case, tokens, password):
    """A past fault: with one wrong log-in a second elsewhere, the person never got in."""
    assert succeeds(staff_case, source=HERE)
    for _ in range(120):
        assert fails(staff_case, password=password, code=wrong_code(staff_case), source=THERE)
        staff_case.clock.sleep(1)
    assert succeeds(staff_case, source=HERE)


def test_wrong_passwords_elsewhere_do_not_delay_a_person_at_a_new_source(staff_case, tokens):
    for second in range(120):
        assert fails(staff_case, password="wrong", source=f"made up {second}")
        staff_case.clock.sleep(1)
    assert succeeds(staff_case, source="a new laptop")


def test_the_same_source_waits_longer_and_longer(staff_case, tokens):
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        assert fails(staff_case, password="wrong", source=THERE)
        staff_case.clock.sleep(wait - 0.5)
        forget_step(staff_case, "alice")
        assert fails(staff_case, source=THERE)
        assert was_too_soon(staff_case)[-1]
        staff_case.clock.sleep(0.5)
    assert succeeds(staff_case, source=THERE)


def test_one_source_waits_separately_for_each_name(staff_case, tokens):
    assert fails(staff_case, password="wrong", source=HERE)
    forget_step(staff_case, "bob")
    assert attempt(staff_case, "bob", source=HERE).token


@pytest.mark.parametrize("minutes", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_an_attacker_with_the_password_and_many_sources_can_try_few_codes(staff_case, tokens, minutes):
    """Each checked try is a chance of three in a million. An hour allows the free tries and one a minute."""
    for second in range(60 * minutes):
        assert fails(staff_case, code="000000" if one_time_code(staff_case, "alice") != "000000" else "000001",
                     source=f"made up {second}")  # fmt: skip
        staff_case.clock.sleep(1)
    weighed = was_too_soon(staff_case).count(False)
    assert FREE_FITTING + minutes - 5 <= weighed <= FREE_FITTING + minutes + 1


def test_meanwhile_the_person_gets_in_from_a_known_source(staff_case, tokens):
    assert succeeds(staff_case, source=HERE)
    for second in range(200):
        assert fails(staff_case, code=wrong_code(staff_case), source=f"made up {second}")
        staff_case.clock.sleep(1)
    assert succeeds(staff_case, source=HERE)


def test_a_minute_after_the_attack_the_person_gets_in_from_any_source(staff_case, tokens):
    for second in range(200):
        assert fails(staff_case, code=wrong_code(staff_case), source=f"made up {second}")
        staff_case.clock.sleep(1)
    staff_case.clock.sleep(60)
    assert succeeds(staff_case, source="a new laptop")


def test_a_clock_set_back_locks_no_source_out(staff_case, tokens):
    staff_case.clock.sleep(7200)
    for second in range(FREE_FITTING + 1):
        assert fails(staff_case, code=wrong_code(staff_case), source=f"made up {second}")
    assert fails(staff_case, password="wrong", source=HERE)
    staff_case.clock.sleep(-7200)
    staff_case.clock.moment = staff_case.clock.start
    assert succeeds(staff_case, source=HERE)


def test_neither_names_nor_sources_are_in_plain_text_in_the_records(staff_case, tokens):
    assert fails(staff_case, password="wrong", source=HERE)
    assert fails_unknown(staff_case)
    with staff_case.records.connect() as connection:
        kept = str(connection.execute(select(check_slots)).all())
    assert "alice" not in kept
    assert "desk" not in kept
    last = entries(staff_case, "staff_login_failed")[0].read_facts()
    assert last["source"].startswith("k1:")
    assert "desk" not in str(last)


def fails_unknown(case_file):
    with pytest.raises(RingbackError):
        attempt(case_file, "nobody", code="123456", source=HERE)
    return True


def test_the_log_does_not_show_whether_a_failed_log_in_had_the_right_password(staff_case, tokens):
    assert fails(staff_case, password="wrong", code=wrong_code(staff_case), source="one")
    assert fails(staff_case, code=wrong_code(staff_case), source="two")
    told = [entry.read_facts() for entry in entries(staff_case, "staff_login_failed")]
    assert [one | {"source": ""} for one in told] == [{"name": "alice", "source": "", "too_soon": False}] * 2


@contextmanager
def at_terminal(monkeypatch):
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield os.ttyname(stream.fileno())
    os.close(ours)


def test_a_source_is_machine_account_and_terminal(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    without = find_source()
    assert without == find_source()
    assert without.endswith(f"session {os.getsid(0)}")
    with at_terminal(monkeypatch) as terminal:
        assert find_source().endswith(f"/{os.getuid()}/{terminal}")
