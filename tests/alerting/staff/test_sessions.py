"""Logging in and acting: allowed actions work, all others are refused and logged."""

import threading
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from ringback.alerting.staff import sessions
from ringback.alerting.staff.accounts import (
    add_member,
    change_role,
    confirm_change,
    disable_member,
    init_staff,
)
from ringback.alerting.staff.sessions import acting, get_number, keep_token, log_out, store_number
from ringback.errors import RingbackError
from ringback.records.alert_tables import staff
from staff_members import (
    ADMINISTRATORS,
    CHEAP,
    PASSWORD,
    altering,
    attempt,
    enrol,
    enrolled_secret,
    entries,
    forget_step,
    make_staff,
    make_staff_case,
    one_time_code,
    refused,
    sign_in,
    staff_lines,
)

FIRST, SECOND = ADMINISTRATORS
DRAMA = "07700 900123"


def test_a_member_acts_with_the_rights_of_the_role_alone(staff_case, tokens):
    assert acting(staff_case, "plan", token=tokens["alice"]) == sessions.StaffMember("alice", "planner")
    refused("staff_right_missing", acting, staff_case, "approve", token=tokens["alice"], command="alerts approve")
    (entry,) = entries(staff_case, "refused")
    assert entry.who == "alice"
    facts = entry.read_facts()
    assert (facts["right"], facts["name"], facts["command"]) == ("approve", "alice", "alerts approve")


def test_without_staff_or_session_nobody_acts(staff_case):
    refused("staff_none", acting, staff_case, "status", token="x")
    make_staff(staff_case)
    for token in (None, "x"):
        refused("staff_login_needed", acting, staff_case, "status", token=token)
    assert len(entries(staff_case, "refused")) == 3


def test_the_session_file_serves_when_no_token_is_given(staff_case, tokens):
    path = keep_token(staff_case, tokens["alice"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.is_relative_to(staff_case.case.path)
    assert acting(staff_case, "plan").name == "alice"
    assert acting(staff_case, "status", token=tokens["vera"]).name == "vera"


def test_a_session_ends_after_eight_hours_and_not_before(staff_case, tokens):
    staff_case.clock.sleep(8 * 3600 - 1)
    assert acting(staff_case, "plan", token=tokens["alice"])
    staff_case.clock.sleep(1)
    refused("staff_login_needed", acting, staff_case, "plan", token=tokens["alice"])


def test_setting_the_clock_back_does_not_revive_a_session(staff_case, tokens):
    staff_case.clock.moment -= timedelta(seconds=1)
    refused("staff_login_needed", acting, staff_case, "plan", token=tokens["alice"])


def test_logging_out_ends_the_session_and_the_file(staff_case, tokens):
    path = keep_token(staff_case, tokens["alice"])
    assert log_out(staff_case) == "alice"
    assert not path.exists()
    refused("staff_login_needed", acting, staff_case, "plan", token=tokens["alice"])
    refused("staff_login_needed", log_out, staff_case, token=tokens["alice"])


def test_a_one_time_code_counts_once(staff_case, tokens):
    code = one_time_code(staff_case, "alice")
    forget_step(staff_case, "alice")
    attempt(staff_case, code=code)
    refused("staff_login_failed", attempt, staff_case, code=code)


def test_a_code_counts_one_step_either_way_and_an_older_one_never_after_a_newer(staff_case, tokens):
    secret = pyotp.TOTP(enrolled_secret(staff_case, "alice"))
    staff_case.clock.sleep(300)
    for late in (-60, 60):
        refused(
            "staff_login_failed", attempt, staff_case, code=secret.at(staff_case.clock.now() + timedelta(seconds=late))
        )
        staff_case.clock.sleep(60)
    moment = staff_case.clock.now()
    attempt(staff_case, code=secret.at(moment + timedelta(seconds=30)))
    refused("staff_login_failed", attempt, staff_case, code=secret.at(moment))


def test_the_code_that_confirmed_the_enrolment_cannot_log_in(staff_case):
    made = init_staff(staff_case, "alice", "bob")[0]
    enrol(staff_case, "alice", made.enrolment_code)
    refused("staff_login_failed", attempt, staff_case)


@pytest.mark.parametrize(
    "wrong", [{"name": "nobody", "code": "123456"}, {"password": "not the password"}, {"code": "12345"}, {"code": "é"}]
)
def test_all_wrong_log_ins_get_the_same_answer(staff_case, tokens, wrong):
    forget_step(staff_case, "alice")
    error = refused("staff_login_failed", attempt, staff_case, **wrong)
    assert error.facts == {}


def test_an_unknown_name_is_not_written_down(staff_case, tokens):
    refused("staff_login_failed", attempt, staff_case, "my-password-by-mistake", code="123456")
    assert all("mistake" not in entry.facts for entry in staff_case.log.entries())
    assert entries(staff_case, "staff_login_failed")[-1].read_facts()["name"] == ""


@pytest.mark.parametrize("name", ["alice", "nobody", "invited", "gone"])
def test_the_same_work_is_done_for_every_name(staff_case, tokens, name, monkeypatch):
    add_member(staff_case, "invited", role="viewer", token=tokens[FIRST])
    make_staff(staff_case, {"gone": "viewer"})
    disable_member(staff_case, "gone", token=tokens[FIRST])
    costs = []
    real = type(CHEAP._hasher()).verify

    def counting(hasher, kept, password):
        costs.append(kept.split("$")[1:4])
        return real(hasher, kept, password)

    monkeypatch.setattr("argon2.PasswordHasher.verify", counting)
    refused("staff_login_failed", attempt, staff_case, name, password="wrong", code="123456")
    assert costs == [["argon2id", "v=19", "m=8,t=1,p=1"]]


def test_failed_log_ins_slow_the_next_one_and_never_lock(staff_case, tokens):
    waits = []
    for _ in range(9):
        refused("staff_login_failed", attempt, staff_case, password="wrong")
        with staff_case.records.connect() as connection:
            next_try_at = connection.scalar(select(staff.c.next_try_at).where(staff.c.name == "alice"))
        waits.append((next_try_at - staff_case.clock.now()).seconds)
        staff_case.clock.moment = next_try_at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    forget_step(staff_case, "alice")
    attempt(staff_case)
    refused("staff_login_failed", attempt, staff_case, password="wrong")
    staff_case.clock.sleep(1)
    forget_step(staff_case, "alice")
    attempt(staff_case)


def test_even_the_right_password_has_to_wait_and_trying_early_lengthens_nothing(staff_case, tokens):
    refused("staff_login_failed", attempt, staff_case, password="wrong")
    staff_case.clock.sleep(0.5)
    forget_step(staff_case, "alice")
    for _ in range(5):
        refused("staff_login_failed", attempt, staff_case)
    assert [entry.read_facts()["too_soon"] for entry in entries(staff_case, "staff_login_failed")] == [False] + [
        True
    ] * 5
    staff_case.clock.sleep(0.5)
    attempt(staff_case)


def test_a_clock_set_back_locks_nobody_out(staff_case, tokens):
    staff_case.clock.sleep(3600)
    refused("staff_login_failed", attempt, staff_case, password="wrong")
    staff_case.clock.moment -= timedelta(hours=1)
    forget_step(staff_case, "alice")
    attempt(staff_case)


def test_of_many_log_ins_with_one_code_at_once_one_succeeds(staff_case, tokens):
    forget_step(staff_case, "alice")
    code = one_time_code(staff_case, "alice")
    start, outcomes = threading.Barrier(6), []

    def go():
        start.wait()
        try:
            outcomes.append(attempt(staff_case, code=code).token)
        except RingbackError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("staff_login_failed") == 5
    assert staff_case.log.find_faults() == []


def test_no_secret_stands_in_records_or_log(staff_case, tmp_path):
    made = init_staff(staff_case, "alice", "bob")[0]
    secret = enrol(staff_case, "alice", made.enrolment_code)
    token = sign_in(staff_case, "alice")
    staff_case.records.dispose()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "prepared" / "case").rglob("*") if path.is_file())
    assert b"alice" in kept
    for one in (made.enrolment_code, made.enrolment_code.replace("-", ""), secret, token, PASSWORD):
        assert one.encode() not in kept


def test_a_number_is_kept_sealed_and_with_its_digest(staff_case, tokens):
    store_number(staff_case, f" {DRAMA}\n", token=tokens["alice"])
    assert get_number(staff_case, "alice") == "+447700900123"
    digest = staff_case.key().digest("+447700900123")
    assert entries(staff_case, "staff_number_stored")[-1].read_facts()["number"] == digest
    assert all("900123" not in entry.facts + entry.why for entry in staff_case.log.entries())
    assert staff_lines(staff_case)["alice"].has_number


@pytest.mark.parametrize("raw", ["", "020 7946 0123", "999", "+1 202 555 0123", "07700 900123 07700 900124"])
def test_only_uk_mobiles_are_stored(staff_case, tokens, raw):
    error = refused("staff_number_bad", store_number, staff_case, raw, token=tokens["alice"])
    assert error.facts == {}


def test_one_persons_number_cannot_be_put_in_anothers_place(staff_case, tokens):
    store_number(staff_case, DRAMA, token=tokens["alice"])
    refused("staff_number_missing", get_number, staff_case, "bob")
    with altering(staff_case) as connection:
        sealed = select(staff.c.number_sealed).where(staff.c.name == "alice").scalar_subquery()
        connection.execute(update(staff).where(staff.c.name == "bob").values(number_sealed=sealed))
    refused("staff_altered", get_number, staff_case, "bob")


def test_the_same_on_postgresql(tmp_path, postgres):
    staff_case = make_staff_case(tmp_path, records_url=postgres.new_database().replace(":@", "@"))
    tokens = make_staff(staff_case, {"bob": "approver"})
    assert acting(staff_case, "approve", token=tokens["bob"]).name == "bob"
    change_role(staff_case, "bob", role="viewer", token=tokens[FIRST])
    refused("staff_second_needed", confirm_change, staff_case, "bob", token=tokens[FIRST])
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == "bob").values(role="administrator"))
    refused("staff_altered", acting, staff_case, "staff", token=tokens["bob"])
    assert staff_case.log.find_faults() == []
    staff_case.records.dispose()
