"""The table of roles and rights holds what the rules ask of it."""

import pytest

from ringback.alerting.model.roles import GUARDED_ROLES, RIGHTS, ROLES, has_right, roles_with


def test_every_right_belongs_to_somebody_and_every_role_has_known_rights():
    assert all(roles_with(right) for right in RIGHTS)
    assert all(rights <= set(RIGHTS) for rights in ROLES.values())


@pytest.mark.parametrize("right", ["plan", "approve", "send", "rehearse", "outreach", "replies", "look"])
def test_administrators_cannot_plan_approve_send_or_look(right):
    assert not has_right("administrator", right)


def test_only_administrators_manage_staff():
    assert roles_with("staff") == ["administrator"]


def test_only_approvers_approve_and_they_may_all_that_planners_may():
    assert roles_with("approve") == ["approver"]
    assert ROLES["planner"] < ROLES["approver"]


def test_roles_that_lead_to_texts_are_guarded():
    # Approving, and making those who approve.
    assert {*roles_with("approve"), *roles_with("staff")} == GUARDED_ROLES


def test_undoing_a_suppression_takes_a_guarded_role():
    assert set(roles_with("undo_suppression")) <= GUARDED_ROLES


def test_everybody_but_viewers_can_stop():
    assert set(roles_with("stop")) == set(ROLES) - {"viewer"}


@pytest.mark.parametrize(("role", "right"), [("approver", "everything"), ("", "status"), ("Approver", "approve")])
def test_unknown_roles_and_rights_are_refused(role, right):
    assert not has_right(role, right)
