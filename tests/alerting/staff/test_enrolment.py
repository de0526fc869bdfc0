"""An enrolment code works for one account, once."""

import pyotp
import pytest
from sqlalchemy import update

from ringback.alerting.staff.accounts import (
    add_member,
    confirm_change,
    init_staff,
)
from ringback.alerting.staff.credentials import check_name, check_password, enrolment_hash
from ringback.alerting.staff.enrolment import begin_enrolment, finish_enrolment
from ringback.records.alert_tables import staff
from staff_members import (
    ADMINISTRATORS,
    CHEAP,
    PASSWORD,
    altering,
    enrol,
    enrolled_secret,
    entries,
    refused,
    staff_lines,
)

FIRST, SECOND = ADMINISTRATORS
DRAMA = "07700 900123"


def test_an_enrolment_code_works_once(staff_case):
    first, second = init_staff(staff_case, "alice", "bob")
    enrol(staff_case, "alice", first.enrolment_code.lower().replace("-", " "))
    refused("staff_enrolment_refused", enrol, staff_case, "alice", first.enrolment_code)
    refused("staff_enrolment_refused", enrol, staff_case, "alice", second.enrolment_code)
    assert len(entries(staff_case, "refused")) == 2


def test_of_two_who_began_with_one_code_one_is_enrolled(staff_case):
    made = init_staff(staff_case, "alice", "bob")[0]
    begun = [
        begin_enrolment(staff_case, "alice", code=made.enrolment_code, password=PASSWORD, cost=CHEAP) for _ in range(2)
    ]
    codes = [pyotp.TOTP(one.secret).at(staff_case.clock.now()) for one in begun]
    finish_enrolment(staff_case, begun[0], totp_code=codes[0])
    refused("staff_enrolment_refused", finish_enrolment, staff_case, begun[1], totp_code=codes[1])
    assert enrolled_secret(staff_case, "alice") == begun[0].secret


def test_an_enrolment_code_is_for_one_name_and_seven_days(staff_case):
    first, second = init_staff(staff_case, "alice", "bob")
    refused("staff_enrolment_refused", enrol, staff_case, "alice", second.enrolment_code)
    refused("staff_enrolment_refused", enrol, staff_case, "nobody", first.enrolment_code)
    staff_case.clock.sleep(7 * 86400 - 1)
    enrol(staff_case, "alice", first.enrolment_code)
    staff_case.clock.sleep(1)
    refused("staff_enrolment_refused", enrol, staff_case, "bob", second.enrolment_code)


def test_nothing_is_kept_until_a_code_fits(staff_case):
    made = init_staff(staff_case, "alice", "bob")[0]
    begun = begin_enrolment(staff_case, "alice", code=made.enrolment_code, password=PASSWORD, cost=CHEAP)
    refused("staff_code_wrong", finish_enrolment, staff_case, begun, totp_code="000000x")
    assert staff_lines(staff_case)["alice"].status == "invited"
    enrol(staff_case, "alice", made.enrolment_code)


def test_an_enrolment_code_put_in_by_sql_does_not_enrol(staff_case, tokens):
    add_member(staff_case, "carol", role="approver", token=tokens[FIRST])
    confirm_change(staff_case, "carol", token=tokens[SECOND])
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == "carol").values(enrol_hash=enrolment_hash("ABCD")))
    refused("staff_altered", enrol, staff_case, "carol", "ABCD")


@pytest.mark.parametrize("password", ["short", "elevenchars", "my name is Alice", "aaaaaaaaaaaaaaa"])
def test_weak_passwords_are_not_taken(password):
    refused("staff_password_weak", check_password, password, name="alice")
    check_password("zwölf Zeichen", name="alice")


@pytest.mark.parametrize("name", ["a", "j.smith-2_x", "9lives", "x" * 40])
def test_names_that_are_taken(name):
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "-rf",
        "_x",
        "a b",
        "a/b",
        "../x",
        "x" * 41,
        "al\u0456ce",
        "ali\u200dce",
        "a\n",
        "a'",
        "%s",
        "07700900123",
    ],
)
def test_bad_names_are_refused_without_being_repeated(staff_case, name):
    error = refused("staff_name_bad", init_staff, staff_case, "alice", name)
    assert error.facts == {}
