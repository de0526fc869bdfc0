"""The staff accounts and the audit log, read and changed together in one transaction.

Every change of an account adds an audit entry with the role, the status and a keyed digest of the whole account. An
account is valid only while it matches its last entry, so an edit of the table by SQL makes it invalid.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from ringback.alerting.model.roles import has_right, roles_with
from ringback.alerting.staff.credentials import token_hash
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records import staff
from ringback.records.audit import AuditEntry
from ringback.records.db import writing
from ringback.records.staff import ACCOUNT_ENTRIES, StaffRecord, StaffSession, Transaction

_PURPOSE = "staff"
# Refusals because of the person who asks, not because of a mistake in the request.
REFUSALS = frozenset(
    {
        "staff_altered",
        "staff_enrolment_refused",
        "staff_last_administrators",
        "staff_login_needed",
        "staff_none",
        "staff_exists",
        "staff_right_missing",
        "staff_second_needed",
    }
)


class AuditedAccounts:
    """The accounts within one transaction.

    Args:
        case_file: The case.
        connection: The transaction.
        now: The time of everything in the transaction.
    """

    def __init__(self, case_file: CaseFile, connection: Transaction, now: datetime) -> None:
        self.case_file = case_file
        self.connection = connection
        self.now = now
        self.ring: KeyRing = case_file.keys()
        self.last_entry: AuditEntry | None = None

    def find(self, name: str) -> StaffRecord | None:
        """The account of this name, after a check against the audit log; None if there is none.

        Raises:
            RingbackError: `staff_altered`.
        """
        record = staff.find_staff(self.connection, name)
        if record is None and self._last_entry(name) is None:
            return None
        if record is None or not self.is_intact(record):
            raise RingbackError("staff_altered", name=name)
        return record

    def _last_entry(self, name: str) -> AuditEntry | None:
        return staff.find_last_entry(self.connection, ACCOUNT_ENTRIES, name=name)

    def get(self, name: str) -> StaffRecord:
        """The account of this name.

        Raises:
            RingbackError: `staff_unknown` or `staff_altered`.
        """
        record = self.find(name)
        if record is None:
            raise RingbackError("staff_unknown", name=name)
        return record

    def is_intact(self, record: StaffRecord) -> bool:
        """Whether an account matches the last audit entry about it."""
        entry = self._last_entry(record.name)
        told = entry.read_facts() if entry else {}
        known = self.ring.keyed(_PURPOSE, record.guarded_text())
        return (
            entry is not None
            and entry.computed_hash() == entry.hash
            and (told.get("role"), told.get("status")) == (record.role, record.status)
            and told.get("record") in known
        )

    def records(self) -> list[StaffRecord]:
        """All accounts, after a check of each against the audit log.

        Raises:
            RingbackError: `staff_altered`.
        """
        return [self.get(record.name) for record in staff.list_staff(self.connection)]

    def administrators(self) -> list[str]:
        """The names of those who can log in as administrators."""
        return [one.name for one in self.records() if (one.role, one.status) == ("administrator", "active")]

    def add(self, record: StaffRecord, what: str, *, who: str, why: str, **facts: object) -> None:
        """Add an account and its audit entry."""
        staff.add_staff(self.connection, record)
        self._log_change(record, what, who=who, why=why, **facts)

    def save(self, record: StaffRecord, what: str, *, who: str, why: str, **facts: object) -> None:
        """Change an account and add the audit entry of the change."""
        staff.save_staff(self.connection, record)
        self._log_change(record, what, who=who, why=why, **facts)

    def _log_change(self, record: StaffRecord, what: str, *, who: str, why: str, **facts: object) -> None:
        told = {"name": record.name, "role": record.role, "status": record.status}
        digest = self.ring.newest.keyed(_PURPOSE, record.guarded_text())
        self.note(what, who=who, why=why, **(told | {"record": digest} | facts))

    def note(self, what: str, *, who: str, why: str, **facts: object) -> None:
        """Add an audit entry to the transaction."""
        self.last_entry = self.case_file.log.add_within(self.connection, what, why=why, facts=facts, who=who)

    def session_digest(self, hash_: str) -> str:
        """The digest of a session for the audit log, as proof of the log-in."""
        return self.ring.newest.keyed("staff-session", hash_)

    def _is_logged_session(self, session: StaffSession) -> bool:
        """Whether the log has this log-in, with the same end, and no later entry that ended the session."""
        begun = self._find_entry("staff_logged_in", session)
        if begun is None or begun.computed_hash() != begun.hash:
            return False
        enrolled = staff.find_last_entry(self.connection, ("staff_enrolled",), name=session.name)
        return (
            begun.read_facts().get("ends_at") == session.ends_at.isoformat()
            and enrolled is not None
            and enrolled.seq < begun.seq
            and self._find_entry("staff_logged_out", session) is None
        )

    def _find_entry(self, what: str, session: StaffSession) -> AuditEntry | None:
        digests = self.ring.keyed("staff-session", session.token_hash)
        found = (
            staff.find_last_entry(self.connection, (what,), name=session.name, session=digest) for digest in digests
        )
        return next((entry for entry in found if entry is not None), None)

    def member(self, token: str | None, right: str) -> tuple[StaffRecord, StaffSession]:
        """The person whose session this is, after a check of the right.

        Raises:
            RingbackError: `staff_none`, `staff_login_needed`, `staff_right_missing` or `staff_altered`.
        """
        record, session = self.holder(token)
        if not has_right(record.role, right):
            roles = ", ".join(roles_with(right)) or "nobody"
            raise RingbackError("staff_right_missing", name=record.name, role=record.role, right=right, roles=roles)
        return record, session

    def holder(self, token: str | None) -> tuple[StaffRecord, StaffSession]:
        """The person whose session this is.

        Raises:
            RingbackError: `staff_none`, `staff_login_needed` or `staff_altered`.
        """
        if not staff.has_staff(self.connection):
            raise RingbackError("staff_none", path=self.case_file.case.path)
        session = staff.find_session(self.connection, token_hash(token)) if token else None
        # A session from the future: the clock was set back, so the session's age is unknown.
        if session is None or not session.started_at <= self.now < session.ends_at:
            raise RingbackError("staff_login_needed")
        record = self.get(session.name)
        if record.status != "active":
            raise RingbackError("staff_login_needed")
        if not self._is_logged_session(session):
            raise RingbackError("staff_altered", name=record.name)
        return record, session


@contextmanager
def reading_staff(case_file: CaseFile) -> Iterator[AuditedAccounts]:
    """The accounts, to read."""
    with case_file.records.connect() as connection:
        yield AuditedAccounts(case_file, connection, case_file.clock.now())


@contextmanager
def changing_staff(case_file: CaseFile) -> Iterator[AuditedAccounts]:
    """The accounts, to change. All changes and their audit entries are made, or none."""
    with writing(case_file.records).begin() as connection:
        accounts = AuditedAccounts(case_file, connection, case_file.clock.now())
        yield accounts
    if accounts.last_entry is not None:
        case_file.log.note_head(accounts.last_entry)


@contextmanager
def auditing_refusals(
    case_file: CaseFile, *, right: str, command: str = "", token: str | None = None, about: str = ""
) -> Iterator[None]:
    """Log a refusal because of the person who asks. The refused transaction has ended by then.

    Args:
        case_file: The case.
        right: The right that the command needs.
        command: The command that was refused.
        token: The session token of the person who asked.
        about: The account that it was about.
    """
    try:
        yield
    except RingbackError as error:
        if error.code in REFUSALS:
            name = _name_of(case_file, token)
            facts = {"code": error.code, "right": right, "name": name, "command": command, "about": about}
            case_file.log.add("refused", why=command or right, facts=facts, who=name)
        raise


def _name_of(case_file: CaseFile, token: str | None) -> str:
    """The name behind a session token, current or ended, for the log; '' if there is none."""
    with case_file.records.connect() as connection:
        session = staff.find_session(connection, token_hash(token)) if token else None
    return session.name if session else ""
