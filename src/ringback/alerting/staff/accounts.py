"""Staff accounts and their roles. Administrators make and change them.

If somebody is, or would become, an approver or an administrator, a second administrator must confirm the change. The
second administrator is neither the one who asked nor the person concerned. Only disabling takes effect at once: it can
only take rights away, and waiting would leave them with somebody who should not have them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ringback.alerting.model.roles import GUARDED_ROLES, ROLES
from ringback.alerting.staff.audited_accounts import AuditedAccounts, auditing_refusals, changing_staff
from ringback.alerting.staff.credentials import ENROL_FOR, check_name, enrolment_hash, new_enrolment_code
from ringback.alerting.staff.sessions import find_token
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records import staff
from ringback.records.audit import operating_user
from ringback.records.staff import StaffRecord

_ADMINISTRATORS = 2


@dataclass(frozen=True, slots=True)
class AccountChange:
    """The result of a request to change an account.

    Attributes:
        name: The account's name.
        role: Its role now.
        status: proposed, invited, active or disabled.
        waits: Whether a second administrator must confirm.
        enrolment_code: The code to hand to the person, shown once; None if none was made.
    """

    name: str
    role: str
    status: str
    waits: bool = False
    enrolment_code: str | None = None


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One account, for a list. `altered` says that the account does not match the audit log."""

    name: str
    role: str
    status: str
    waits_for: str
    asked_by: str
    has_number: bool
    altered: bool


def init_staff(case_file: CaseFile, first: str, second: str) -> list[AccountChange]:
    """Make the first two administrators of a case that has no staff; each gets an enrolment code.

    Raises:
        RingbackError: `staff_exists`, `staff_names_same` or `staff_name_bad`.
    """
    for name in (first, second):
        check_name(name)
    if first.casefold() == second.casefold():
        raise RingbackError("staff_names_same")
    who = operating_user()
    made = []
    with auditing_refusals(case_file, right="staff", command="staff init"), changing_staff(case_file) as accounts:
        if staff.has_staff(accounts.connection):
            raise RingbackError("staff_exists", path=case_file.case.path)
        for name in (first, second):
            record = StaffRecord(name, "administrator", "invited", added_at=accounts.now, added_by=who)
            invited, code = _invited(accounts, record)
            accounts.add(invited, "staff_init", who=who, why="first administrators")
            made.append(_outcome(invited, code=code))
    return made


def add_member(case_file: CaseFile, name: str, *, role: str, token: str | None = None) -> AccountChange:
    """Add an account: invited, or proposed if a second administrator must confirm.

    Raises:
        RingbackError: `staff_name_bad`, `staff_role_unknown`, `staff_known`, or as `sessions.acting`.
    """
    check_name(name)
    _check_role(role)
    with _administering(case_file, token, "staff add", about=name) as (accounts, asker):
        taken = {one.name.casefold() for one in staff.list_staff(accounts.connection)}
        if name.casefold() in taken:
            raise RingbackError("staff_known", name=name)
        record = StaffRecord(name, role, "invited", added_at=accounts.now, added_by=asker)
        if role in GUARDED_ROLES:
            proposed = _asking(replace(record, status="proposed"), {"do": "add"}, asker)
            accounts.add(proposed, "staff_added", who=asker, why=f"proposed as {role}")
            return _outcome(proposed)
        invited, code = _invited(accounts, record)
        accounts.add(invited, "staff_added", who=asker, why=f"invited as {role}")
        return _outcome(invited, code=code)


def change_role(case_file: CaseFile, name: str, *, role: str, token: str | None = None) -> AccountChange:
    """Give an account another role, at once or after a second administrator confirms.

    Raises:
        RingbackError: `staff_role_unknown`, `staff_unknown`, `staff_change_waits`, `staff_change_impossible`,
            `staff_last_administrators`, or as `sessions.acting`.
    """
    _check_role(role)
    with _administering(case_file, token, "staff change", about=name) as (accounts, asker):
        record = _get_unasked(accounts, name)
        if record.status == "disabled":
            raise RingbackError("staff_change_impossible", name=name, problem="the account is disabled; reset it first")
        if record.role == role:
            raise RingbackError("staff_change_impossible", name=name, problem=f"the role is {role} already")
        _check_administrators_stay(accounts, record, role=role)
        if {role, record.role} & GUARDED_ROLES:
            return _ask(accounts, record, {"do": "change", "role": role}, asker)
        changed = replace(record, role=role)
        accounts.save(changed, "staff_changed", who=asker, why=f"{record.role} becomes {role}")
        return _outcome(changed)


def disable_member(case_file: CaseFile, name: str, *, token: str | None = None) -> AccountChange:
    """Disable an account at once, whatever its role. Its sessions end, and its waiting change is dropped.

    Raises:
        RingbackError: `staff_unknown`, `staff_change_impossible`, `staff_last_administrators`, or as `sessions.acting`.
    """
    with _administering(case_file, token, "staff disable", about=name) as (accounts, asker):
        record = accounts.get(name)
        if record.status == "disabled":
            raise RingbackError("staff_change_impossible", name=name, problem="it is disabled already")
        _check_administrators_stay(accounts, record, role=None)
        staff.end_sessions(accounts.connection, name)
        disabled = replace(_without_credentials(record), status="disabled", pending=None, pending_by=None)
        accounts.save(disabled, "staff_disabled", who=asker, why=f"disabled as {record.role}")
        return _outcome(disabled)


def reset_member(case_file: CaseFile, name: str, *, token: str | None = None) -> AccountChange:
    """Invite somebody anew, with a new enrolment code. Password, secret and sessions end.

    Raises:
        RingbackError: `staff_unknown`, `staff_change_waits`, `staff_last_administrators`, or as `sessions.acting`.
    """
    with _administering(case_file, token, "staff reset", about=name) as (accounts, asker):
        record = _get_unasked(accounts, name)
        if record.role in GUARDED_ROLES:
            _check_administrators_stay(accounts, record, role=None)
            return _ask(accounts, record, {"do": "reset"}, asker)
        return _reset(accounts, record, "staff_reset", who=asker, why=f"reset as {record.role}")


def confirm_change(case_file: CaseFile, name: str, *, token: str | None = None) -> AccountChange:
    """Confirm and carry out a change that another administrator asked for.

    Raises:
        RingbackError: `staff_unknown`, `staff_change_none`, `staff_second_needed`, `staff_last_administrators`, or as
            `sessions.acting`.
    """
    with _administering(case_file, token, "staff confirm", about=name) as (accounts, confirmer):
        record = accounts.get(name)
        asked = _get_pending(record)
        _check_second(accounts, record, confirmer)
        done = replace(record, pending=None, pending_by=None, confirmed_by=confirmer)
        why = f"asked for by {record.pending_by}: {_shown(asked)}"
        if asked["do"] == "change":
            _check_administrators_stay(accounts, record, role=asked["role"])
            changed = replace(done, role=asked["role"])
            accounts.save(changed, "staff_confirmed", who=confirmer, why=why, asked_by=record.pending_by)
            return _outcome(changed)
        if asked["do"] == "reset":
            _check_administrators_stay(accounts, record, role=None)
        return _reset(accounts, done, "staff_confirmed", who=confirmer, why=why, asked_by=record.pending_by)


def refuse_change(case_file: CaseFile, name: str, *, token: str | None = None) -> AccountChange:
    """Withdraw or refuse a waiting change. A proposed account becomes disabled and stays in the list.

    Raises:
        RingbackError: `staff_unknown`, `staff_change_none`, or as `sessions.acting`.
    """
    with _administering(case_file, token, "staff refuse", about=name) as (accounts, refuser):
        record = accounts.get(name)
        asked = _get_pending(record)
        status = "disabled" if record.status == "proposed" else record.status
        kept = replace(record, pending=None, pending_by=None, status=status)
        why = f"asked for by {record.pending_by}: {_shown(asked)}"
        accounts.save(kept, "staff_refused", who=refuser, why=why, asked_by=record.pending_by)
        return _outcome(kept)


def list_staff(case_file: CaseFile) -> list[StaffLine]:
    """All accounts, by name."""
    lines = []
    with case_file.records.connect() as connection:
        accounts = AuditedAccounts(case_file, connection, case_file.clock.now())
        for record in staff.list_staff(connection):
            waits_for = _shown(_read_pending(record)) if record.pending else ""
            lines.append(
                StaffLine(
                    name=record.name,
                    role=record.role,
                    status=record.status,
                    waits_for=waits_for,
                    asked_by=record.pending_by or "",
                    has_number=record.number_sealed is not None,
                    altered=not accounts.is_intact(record),
                )
            )
    return lines


@contextmanager
def _administering(
    case_file: CaseFile, token: str | None, command: str, *, about: str
) -> Iterator[tuple[AuditedAccounts, str]]:
    """The accounts to change, and the name of the asking administrator, checked in the same transaction."""
    token = token or find_token(case_file)
    refusals = auditing_refusals(case_file, right="staff", command=command, token=token, about=about)
    with refusals, changing_staff(case_file) as accounts:
        record, _session = accounts.member(token, "staff")
        yield accounts, record.name


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise RingbackError("staff_role_unknown", role=role, known=", ".join(ROLES))


def _get_unasked(accounts: AuditedAccounts, name: str) -> StaffRecord:
    record = accounts.get(name)
    if record.pending is not None:
        raise RingbackError("staff_change_waits", name=name)
    return record


def _get_pending(record: StaffRecord) -> dict[str, Any]:
    if record.pending is None:
        raise RingbackError("staff_change_none", name=record.name)
    return _read_pending(record)


def _read_pending(record: StaffRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.pending or "{}")
    return found


def _check_second(accounts: AuditedAccounts, record: StaffRecord, confirmer: str) -> None:
    if confirmer == record.pending_by:
        raise RingbackError("staff_second_needed", name=confirmer, problem="it was this administrator who asked for it")
    if confirmer == record.name:
        raise RingbackError("staff_second_needed", name=confirmer, problem="it is a change of their own account")
    if record.pending_by not in accounts.administrators():
        raise RingbackError(
            "staff_second_needed", name=confirmer, problem="the asker is no longer an administrator: ask anew"
        )


def _check_administrators_stay(accounts: AuditedAccounts, record: StaffRecord, *, role: str | None) -> None:
    """Check that two people who can log in as administrators would be left."""
    if (record.role, record.status) != ("administrator", "active") or role == "administrator":
        return
    if len(set(accounts.administrators()) - {record.name}) < _ADMINISTRATORS:
        raise RingbackError("staff_last_administrators", name=record.name)


def _asking(record: StaffRecord, asked: dict[str, Any], asker: str) -> StaffRecord:
    return replace(record, pending=json.dumps(asked, sort_keys=True), pending_by=asker)


def _ask(accounts: AuditedAccounts, record: StaffRecord, asked: dict[str, Any], asker: str) -> AccountChange:
    waiting = _asking(record, asked, asker)
    accounts.save(waiting, "staff_asked", who=asker, why=_shown(asked), asked=_shown(asked))
    return _outcome(waiting)


def _shown(asked: dict[str, Any]) -> str:
    return " ".join(str(asked[part]) for part in ("do", "role") if part in asked)


def _reset(
    accounts: AuditedAccounts, record: StaffRecord, what: str, *, who: str, why: str, asked_by: str | None = None
) -> AccountChange:
    staff.end_sessions(accounts.connection, record.name)
    invited, code = _invited(accounts, _without_credentials(record))
    facts = {"asked_by": asked_by} if asked_by else {}
    accounts.save(invited, what, who=who, why=why, **facts)
    return _outcome(invited, code=code)


def _invited(accounts: AuditedAccounts, record: StaffRecord) -> tuple[StaffRecord, str]:
    """The account with a new enrolment code, and the code itself, which is stored nowhere."""
    code = new_enrolment_code()
    invited = replace(record, status="invited", enrol_hash=enrolment_hash(code), enrol_until=accounts.now + ENROL_FOR)
    return invited, code


def _without_credentials(record: StaffRecord) -> StaffRecord:
    # The stored number goes too: the next person to enrol may not be the owner of that phone.
    return replace(
        record,
        password_hash=None,
        totp_sealed=None,
        enrol_hash=None,
        enrol_until=None,
        number_digest=None,
        number_sealed=None,
    )


def _outcome(record: StaffRecord, *, code: str | None = None) -> AccountChange:
    waits = record.pending is not None
    return AccountChange(record.name, record.role, record.status, waits=waits, enrolment_code=code)
