"""Enrolment: an invited person takes over an account with enrolment code, password and one-time codes.

Nothing is stored until the person has given a one-time code that fits the secret. Then everything is stored at once,
and the enrolment code is used up. The secret is shown only to this person, and only once.
"""

from dataclasses import dataclass, field, replace

from ringback.alerting.staff.audited_accounts import AuditedAccounts, auditing_refusals, changing_staff, reading_staff
from ringback.alerting.staff.credentials import (
    COST,
    PasswordCost,
    check_password,
    enrolment_hash,
    find_totp_step,
    new_totp_secret,
    same,
    totp_about,
    totp_uri,
)
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.staff import StaffRecord


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment that has begun: what its person must see once, and what is stored on confirmation."""

    name: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    code_hash: str = field(repr=False)
    password_hash: str = field(repr=False)


def begin_enrolment(
    case_file: CaseFile, name: str, *, code: str, password: str, cost: PasswordCost = COST
) -> Enrolment:
    """Check the enrolment code and the password, and make a secret for one-time codes. Nothing is stored yet.

    Raises:
        RingbackError: `staff_enrolment_refused` (logged), `staff_password_weak`, `staff_altered`.
    """
    code_hash = enrolment_hash(code)
    with auditing_refusals(case_file, right="", command="staff enrol"), reading_staff(case_file) as accounts:
        _get_invited(accounts, name, code_hash)
    check_password(password, name=name)
    secret = new_totp_secret()
    uri = totp_uri(secret, name=name, case_id=case_file.case.settings.id)
    return Enrolment(name, secret, uri, code_hash, cost.hash(password))


def finish_enrolment(case_file: CaseFile, enrolment: Enrolment, *, totp_code: str) -> None:
    """Make the account active if the one-time code fits the secret.

    Raises:
        RingbackError: `staff_code_wrong`, `staff_enrolment_refused` (logged), `staff_altered`.
    """
    with auditing_refusals(case_file, right="", command="staff enrol"), changing_staff(case_file) as accounts:
        record = _get_invited(accounts, enrolment.name, enrolment.code_hash)
        step = find_totp_step(enrolment.secret, totp_code, now=accounts.now, after=None)
        if step is None:
            raise RingbackError("staff_code_wrong")
        active = replace(
            record,
            status="active",
            password_hash=enrolment.password_hash,
            totp_sealed=accounts.ring.seal(enrolment.secret, about=totp_about(record.name)),
            totp_last_step=step,
            enrol_hash=None,
            enrol_until=None,
            failures=0,
            next_try_at=None,
        )
        accounts.save(active, "staff_enrolled", who=record.name, why="enrolled")


def _get_invited(accounts: AuditedAccounts, name: str, code_hash: str) -> StaffRecord:
    record = accounts.find(name)
    invited = record is not None and record.status == "invited"
    in_time = record is not None and record.enrol_until is not None and accounts.now < record.enrol_until
    fits = same(record.enrol_hash if record else None, code_hash)
    if record is None or not (invited and in_time and fits):
        raise RingbackError("staff_enrolment_refused")
    return record
