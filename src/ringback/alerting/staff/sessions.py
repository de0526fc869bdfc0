"""Sessions: logging in, and checking that the person of a session has the right to do what is asked.

The holder keeps the session's token, outside the case; the records keep its hash. Failed log-ins delay the next one
from the same source but never lock the account: a lock would let anybody shut an approver out on the day.
"""

import os
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ringback.alerting.staff.audited_accounts import AuditedAccounts, auditing_refusals, changing_staff, reading_staff
from ringback.alerting.staff.credentials import (
    COST,
    SESSION_FOR,
    PasswordCost,
    find_totp_step,
    new_token,
    number_about,
    token_hash,
    totp_about,
)
from ringback.alerting.staff.log_in_throttle import LogInThrottle, load_throttle, save_failure, save_success
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number
from ringback.records import staff
from ringback.records.staff import StaffRecord, StaffSession


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who has logged in and may do what was asked."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class LogIn:
    """A session that has begun. Its token goes to its holder alone."""

    member: StaffMember
    ends_at: datetime
    token: str


def is_staffed(case_file: CaseFile) -> bool:
    """Whether the case has, or ever had, staff."""
    with case_file.records.connect() as connection:
        return staff.has_staff(connection)


def acting(case_file: CaseFile, right: str, *, token: str | None = None, command: str = "") -> StaffMember:
    """The person who asks, after a check of log-in and right. A refusal is logged.

    Args:
        case_file: The case.
        right: One of `roles.RIGHTS`.
        token: The session's token; None for the one in the session file.
        command: The command, for the log.

    Raises:
        RingbackError: `staff_none`, `staff_login_needed`, `staff_right_missing` or `staff_altered`.
    """
    token = token or find_token(case_file)
    with auditing_refusals(case_file, right=right, command=command, token=token), reading_staff(case_file) as accounts:
        record, _session = accounts.member(token, right)
    return StaffMember(record.name, record.role)


def log_in(
    case_file: CaseFile, name: str, *, password: str, code: str, cost: PasswordCost = COST, source: str = ""
) -> LogIn:
    """Begin a session of eight hours. All wrong log-ins get the same answer for the same work, and are logged.

    Args:
        case_file: The case.
        name: The account's name.
        password: The password.
        code: The one-time code.
        cost: The cost of a password hash.
        source: Where the log-in is tried. Failures delay the same source for the same name. Stored only as a keyed
            digest.

    Raises:
        RingbackError: `staff_login_failed`, `staff_none` or `staff_altered`.
    """
    with auditing_refusals(case_file, right="", command="staff login"), reading_staff(case_file) as accounts:
        if not staff.has_staff(accounts.connection):
            raise RingbackError("staff_none", path=case_file.case.path)
        seen = accounts.find(name)
        begun_at = accounts.now
    fits = cost.verify(seen.password_hash if seen else None, password)
    token = new_token()
    with changing_staff(case_file) as accounts:
        record = accounts.find(name)
        # The password was checked against the hash read before. The account must still hold that hash.
        fits = fits and record is not None and seen is not None and record.password_hash == seen.password_hash
        # All unknown names share one row in the records: people type passwords there by mistake.
        throttle = load_throttle(accounts.connection, accounts.ring, name if record else "", source)
        ends_at = _decide_log_in(accounts, record, throttle, fits=fits, code=code, token=token, begun_at=begun_at)
    if record is None or ends_at is None:
        raise RingbackError("staff_login_failed")
    return LogIn(StaffMember(record.name, record.role), ends_at, token)


def _decide_log_in(
    accounts: AuditedAccounts,
    record: StaffRecord | None,
    throttle: LogInThrottle,
    *,
    fits: bool,
    code: str,
    token: str,
    begun_at: datetime,
) -> datetime | None:
    """Record the log-in or its failure. Returns the end of the session; None for a failure."""
    sealed = record.totp_sealed if record and record.status == "active" else None
    secret = accounts.ring.unseal(sealed, about=totp_about(record.name)) if record and sealed else None
    after = record.totp_last_step if record else None
    step = find_totp_step(secret, code, now=accounts.now, after=after)
    too_soon = throttle.is_too_soon(begun_at)
    if record is None or too_soon or not fits or step is None:
        _note_failure(accounts, record, throttle, too_soon=too_soon, fits=fits)
        return None
    session = StaffSession(token_hash(token), record.name, accounts.now, accounts.now + SESSION_FOR)
    staff.add_session(accounts.connection, session)
    staff.save_log_in_state(accounts.connection, record.name, failures=0, next_try_at=None, totp_last_step=step)
    save_success(accounts.connection, throttle, now=accounts.now)
    facts = {"role": record.role, "status": record.status, "ends_at": session.ends_at.isoformat()}
    digest = accounts.session_digest(session.token_hash)
    accounts.note("staff_logged_in", who=record.name, why="logged in", name=record.name, session=digest, **facts)
    return session.ends_at


def _note_failure(
    accounts: AuditedAccounts, record: StaffRecord | None, throttle: LogInThrottle, *, too_soon: bool, fits: bool
) -> None:
    # A try that came too soon was not checked, so it must not lengthen the wait either.
    if not too_soon:
        own = save_failure(accounts.connection, throttle, now=accounts.now, fits=fits)
        # The account shows the state of the source that failed last.
        staff.save_log_in_state(
            accounts.connection,
            record.name if record else "",
            failures=own.asked,
            next_try_at=own.next_at,
            totp_last_step=record.totp_last_step if record else None,
        )
    # An unknown name stays out of the log: people type passwords there by mistake.
    facts = {"name": record.name if record else "", "too_soon": too_soon, "source": throttle.source_digest}
    accounts.note("staff_login_failed", who="", why="a log-in was refused", **facts)


def log_out(case_file: CaseFile, *, token: str | None = None) -> str:
    """End a session and remove the session file. Returns the name of its person.

    Raises:
        RingbackError: `staff_login_needed`.
    """
    kept = find_token(case_file)
    token = token or kept
    with changing_staff(case_file) as accounts:
        session = staff.find_session(accounts.connection, token_hash(token)) if token else None
        if session is not None:
            staff.end_session(accounts.connection, session.token_hash)
            digest = accounts.session_digest(session.token_hash)
            accounts.note("staff_logged_out", who=session.name, why="logged out", name=session.name, session=digest)
    if token == kept:
        _session_file(case_file).unlink(missing_ok=True)
    if session is None:
        raise RingbackError("staff_login_needed")
    return session.name


def store_number(case_file: CaseFile, raw: str, *, token: str | None = None) -> StaffMember:
    """Store the logged-in person's mobile number for rehearsals, sealed and as a keyed digest.

    Raises:
        RingbackError: `staff_number_bad`, `staff_none`, `staff_login_needed` or `staff_altered`.
    """
    token = token or find_token(case_file)
    found = read_number(raw, DialPlan(home_regions=("GB",))).options
    if len(found) != 1 or (found[0].kind, found[0].region) != ("mobile", "GB"):
        raise RingbackError("staff_number_bad")
    e164 = found[0].e164
    refusals = auditing_refusals(case_file, right="", command="staff number", token=token)
    with refusals, changing_staff(case_file) as accounts:
        record, _session = accounts.holder(token)
        sealed = accounts.ring.seal(e164, about=number_about(record.name))
        digest = accounts.ring.newest.digest(e164)
        changed = replace(record, number_digest=digest, number_sealed=sealed)
        why = "own number for rehearsals"
        accounts.save(changed, "staff_number_stored", who=record.name, why=why, number=digest)
    return StaffMember(record.name, record.role)


def get_number(case_file: CaseFile, name: str) -> str:
    """The mobile number that a person stored for rehearsals, E.164.

    Raises:
        RingbackError: `staff_unknown`, `staff_altered`, `sealed_unreadable`, or `staff_number_missing` if there is none
            or the account is not active.
    """
    with reading_staff(case_file) as accounts:
        record = accounts.get(name)
        if record.number_sealed is None or record.status != "active":
            raise RingbackError("staff_number_missing", name=name)
        return accounts.ring.unseal(record.number_sealed, about=number_about(name))


def keep_token(case_file: CaseFile, token: str) -> Path:
    """Write a session's token to a file beside the case's key, readable by its owner alone.

    Raises:
        RingbackError: `output_unwritable`.
    """
    path = _session_file(case_file)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(token + "\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RingbackError("output_unwritable", path=path, problem=error.strerror) from error
    return path


def find_token(case_file: CaseFile) -> str | None:
    """The token in the session file; None if there is none that we can read."""
    try:
        return _session_file(case_file).read_text().strip() or None
    except (OSError, ValueError):
        return None


def _session_file(case_file: CaseFile) -> Path:
    return case_file.settings.keys_dir / f"{case_file.case.settings.id}.session"
