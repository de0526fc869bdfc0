"""No administrator alone makes an approver or an administrator, or removes the last two."""

import pyotp
import pytest
from sqlalchemy import update

from ringback.alerting.staff.accounts import (
    add_member,
    change_role,
    confirm_change,
    disable_member,
    init_staff,
    refuse_change,
    reset_member,
)
from ringback.alerting.staff.sessions import acting, get_number, store_number
from ringback.records.alert_tables import staff
from staff_members import (
    ADMINISTRATORS,
    altering,
    attempt,
    enrol,
    enrolled_secret,
    entries,
    make_staff,
    refused,
    staff_lines,
)

FIRST, SECOND = ADMINISTRATORS
DRAMA = "07700 900123"


@pytest.mark.parametrize("second", ["alice", "Alice"])
def test_one_person_is_not_two_administrators(staff_case, second):
    refused("staff_names_same", init_staff, staff_case, "alice", second)


def test_staff_are_made_from_nothing_once(staff_case, tokens):
    refused("staff_exists", init_staff, staff_case, "eve", "mallory")
    assert entries(staff_case, "refused")[-1].read_facts()["command"] == "staff init"


@pytest.mark.parametrize("name", ["alice", "bob", "vera"])
def test_only_administrators_make_accounts(staff_case, tokens, name):
    refused("staff_right_missing", add_member, staff_case, "carol", role="viewer", token=tokens[name])
    refused("staff_right_missing", confirm_change, staff_case, name, token=tokens[name])
    refused("staff_right_missing", change_role, staff_case, name, role="approver", token=tokens[name])
    assert "carol" not in staff_lines(staff_case)


@pytest.mark.parametrize("role", ["approver", "administrator"])
def test_one_administrator_alone_makes_no_approver(staff_case, tokens, role):
    made = add_member(staff_case, "carol", role=role, token=tokens[FIRST])
    assert (made.status, made.waits, made.enrolment_code) == ("proposed", True, None)
    refused("staff_second_needed", confirm_change, staff_case, "carol", token=tokens[FIRST])
    refused("staff_change_waits", reset_member, staff_case, "carol", token=tokens[FIRST])
    refused("staff_change_waits", change_role, staff_case, "carol", role="viewer", token=tokens[FIRST])
    confirmed = confirm_change(staff_case, "carol", token=tokens[SECOND])
    assert (confirmed.status, confirmed.waits) == ("invited", False)
    assert entries(staff_case, "staff_confirmed")[-1].read_facts()["asked_by"] == FIRST


@pytest.mark.parametrize(
    "ask",
    [
        lambda case, token: change_role(case, "vera", role="approver", token=token),
        lambda case, token: change_role(case, "bob", role="viewer", token=token),
        lambda case, token: change_role(case, "vera", role="administrator", token=token),
        lambda case, token: reset_member(case, "bob", token=token),
    ],
)
def test_a_guarded_change_waits_for_a_second_administrator(staff_case, tokens, ask):
    before = {name: (line.role, line.status) for name, line in staff_lines(staff_case).items()}
    name = ask(staff_case, tokens[FIRST]).name
    assert {each: (line.role, line.status) for each, line in staff_lines(staff_case).items()} == before
    refused("staff_second_needed", confirm_change, staff_case, name, token=tokens[FIRST])
    confirm_change(staff_case, name, token=tokens[SECOND])
    line = staff_lines(staff_case)[name]
    assert (line.role, line.status) != before[name]
    assert line.waits_for == ""
    refused("staff_change_none", confirm_change, staff_case, name, token=tokens[SECOND])


def test_nobody_confirms_a_change_of_themselves(staff_case, tokens):
    tokens |= make_staff(staff_case, {"third": "administrator"})
    change_role(staff_case, "third", role="approver", token=tokens[FIRST])
    refused("staff_second_needed", confirm_change, staff_case, "third", token=tokens["third"])
    confirm_change(staff_case, "third", token=tokens[SECOND])
    assert staff_lines(staff_case)["third"].role == "approver"


def test_a_request_whose_asker_is_no_administrator_any_more_cannot_be_confirmed(staff_case, tokens):
    tokens |= make_staff(staff_case, {"third": "administrator"})
    change_role(staff_case, "vera", role="approver", token=tokens["third"])
    disable_member(staff_case, "third", token=tokens[FIRST])
    refused("staff_second_needed", confirm_change, staff_case, "vera", token=tokens[SECOND])


def test_a_request_put_in_anothers_name_by_sql_cannot_be_confirmed(staff_case, tokens):
    change_role(staff_case, "vera", role="approver", token=tokens[FIRST])
    with altering(staff_case) as connection:
        connection.execute(update(staff).where(staff.c.name == "vera").values(pending_by=SECOND))
    refused("staff_altered", confirm_change, staff_case, "vera", token=tokens[FIRST])


def test_the_last_two_administrators_stay(staff_case, tokens):
    refused("staff_last_administrators", disable_member, staff_case, FIRST, token=tokens[SECOND])
    refused("staff_last_administrators", change_role, staff_case, FIRST, role="viewer", token=tokens[SECOND])
    refused("staff_last_administrators", reset_member, staff_case, FIRST, token=tokens[SECOND])
    # One who is only invited does not count.
    add_member(staff_case, "third", role="administrator", token=tokens[FIRST])
    confirm_change(staff_case, "third", token=tokens[SECOND])
    refused("staff_last_administrators", disable_member, staff_case, FIRST, token=tokens[SECOND])


def test_two_waiting_changes_cannot_together_remove_the_last_administrators(staff_case, tokens):
    tokens |= make_staff(staff_case, {"third": "administrator"})
    change_role(staff_case, FIRST, role="viewer", token=tokens["third"])
    change_role(staff_case, "third", role="viewer", token=tokens[FIRST])
    confirm_change(staff_case, "third", token=tokens[SECOND])
    refused("staff_second_needed", confirm_change, staff_case, FIRST, token=tokens[SECOND])
    assert {name for name, line in staff_lines(staff_case).items() if line.role == "administrator"} == {FIRST, SECOND}


def test_disabling_takes_effect_at_once_for_an_approver_too(staff_case, tokens):
    disable_member(staff_case, "bob", token=tokens[FIRST])
    refused("staff_login_needed", acting, staff_case, "approve", token=tokens["bob"])
    refused("staff_change_impossible", disable_member, staff_case, "bob", token=tokens[FIRST])
    refused("staff_change_impossible", change_role, staff_case, "bob", role="viewer", token=tokens[FIRST])
    assert reset_member(staff_case, "bob", token=tokens[FIRST]).waits


def test_a_reset_ends_password_codes_number_and_sessions(staff_case, tokens):
    store_number(staff_case, DRAMA, token=tokens["alice"])
    secret = enrolled_secret(staff_case, "alice")
    made = reset_member(staff_case, "alice", token=tokens[FIRST])
    refused("staff_login_needed", acting, staff_case, "plan", token=tokens["alice"])
    refused("staff_login_failed", attempt, staff_case, code=pyotp.TOTP(secret).at(staff_case.clock.now()))
    refused("staff_number_missing", get_number, staff_case, "alice")
    assert enrol(staff_case, "alice", made.enrolment_code) != secret
    refused("staff_login_needed", acting, staff_case, "plan", token=tokens["alice"])


def test_an_unguarded_change_works_at_once_and_within_a_session(staff_case, tokens):
    assert change_role(staff_case, "vera", role="operator", token=tokens[FIRST]).role == "operator"
    assert acting(staff_case, "send", token=tokens["vera"]).role == "operator"


def test_a_refused_proposal_is_kept_disabled_and_a_refused_change_changes_nothing(staff_case, tokens):
    add_member(staff_case, "carol", role="approver", token=tokens[FIRST])
    assert refuse_change(staff_case, "carol", token=tokens[SECOND]).status == "disabled"
    refused("staff_known", add_member, staff_case, "Carol", role="viewer", token=tokens[FIRST])
    change_role(staff_case, "vera", role="approver", token=tokens[FIRST])
    refuse_change(staff_case, "vera", token=tokens[FIRST])
    line = staff_lines(staff_case)["vera"]
    assert (line.role, line.status, line.waits_for) == ("viewer", "active", "")
    refused("staff_change_none", confirm_change, staff_case, "vera", token=tokens[SECOND])


def test_unknown_names_and_roles_are_told(staff_case, tokens):
    refused("staff_unknown", disable_member, staff_case, "nobody", token=tokens[FIRST])
    refused("staff_role_unknown", add_member, staff_case, "carol", role="owner", token=tokens[FIRST])
    refused("staff_known", add_member, staff_case, "ALICE", role="viewer", token=tokens[FIRST])
    refused("staff_change_impossible", change_role, staff_case, "vera", role="viewer", token=tokens[FIRST])
