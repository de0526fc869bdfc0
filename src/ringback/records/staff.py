"""Staff accounts and sessions in the records, and the last audit entry about each."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from ringback.records.alert_tables import staff, staff_sessions
from ringback.records.audit import AuditEntry
from ringback.records.tables import audit

# The type of a transaction, for the functions here and their callers.
Transaction = Connection
# Audit entries with the state of an account after a change.
ACCOUNT_ENTRIES = (
    "staff_init",
    "staff_added",
    "staff_asked",
    "staff_confirmed",
    "staff_changed",
    "staff_disabled",
    "staff_reset",
    "staff_refused",
    "staff_enrolled",
    "staff_number_stored",
)


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """One row of the table `staff`."""

    name: str
    role: str
    status: str
    added_at: datetime
    added_by: str
    confirmed_by: str | None = None
    pending: str | None = None
    pending_by: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    totp_sealed: str | None = field(default=None, repr=False)
    totp_last_step: int | None = None
    enrol_hash: str | None = field(default=None, repr=False)
    enrol_until: datetime | None = None
    number_digest: str | None = None
    number_sealed: str | None = field(default=None, repr=False)
    failures: int = 0
    next_try_at: datetime | None = None

    def guarded_text(self) -> str:
        """Canonical text of all fields that only an audited change may alter: all but the log-in counters."""
        counters = {"totp_last_step", "failures", "next_try_at"}
        facts = {name: value for name, value in asdict(self).items() if name not in counters}
        return json.dumps(facts, sort_keys=True, default=datetime.isoformat)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One row of the table `staff_sessions`. The token itself is not in the records."""

    token_hash: str
    name: str
    started_at: datetime
    ends_at: datetime


def find_staff(connection: Connection, name: str) -> StaffRecord | None:
    """The account of this name; None if there is none."""
    row = connection.execute(select(staff).where(staff.c.name == name)).first()
    return StaffRecord(**row._mapping) if row else None


def list_staff(connection: Connection) -> list[StaffRecord]:
    """All accounts, by name."""
    return [StaffRecord(**row._mapping) for row in connection.execute(select(staff).order_by(staff.c.name))]


def has_staff(connection: Connection) -> bool:
    """Whether the case has staff, or had any according to its audit log, so that emptying the table has no effect."""
    rows = connection.scalar(select(func.count()).select_from(staff)) or 0
    told = connection.scalar(select(func.count()).select_from(audit).where(audit.c.what == "staff_init")) or 0
    return rows > 0 or told > 0


def add_staff(connection: Connection, record: StaffRecord) -> None:
    """Add an account."""
    connection.execute(insert(staff).values(**asdict(record)))


def save_staff(connection: Connection, record: StaffRecord) -> None:
    """Overwrite the account of that name. It must have been read in the same transaction."""
    connection.execute(update(staff).where(staff.c.name == record.name).values(**asdict(record)))


def save_log_in_state(
    connection: Connection,
    name: str,
    *,
    failures: int,
    next_try_at: datetime | None,
    totp_last_step: int | None,
) -> None:
    """Store the count of failed log-ins, when the next try counts, and the last step whose code was used."""
    values = {"failures": failures, "next_try_at": next_try_at, "totp_last_step": totp_last_step}
    connection.execute(update(staff).where(staff.c.name == name).values(**values))


def add_session(connection: Connection, session: StaffSession) -> None:
    """Add a session, and delete those that ended before it starts."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.ends_at <= session.started_at))
    connection.execute(insert(staff_sessions).values(**asdict(session)))


def find_session(connection: Connection, token_hash: str) -> StaffSession | None:
    """The session of the token with this hash, ended or not."""
    row = connection.execute(select(staff_sessions).where(staff_sessions.c.token_hash == token_hash)).first()
    return StaffSession(**row._mapping) if row else None


def end_session(connection: Connection, token_hash: str) -> None:
    """Delete one session."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


def end_sessions(connection: Connection, name: str) -> None:
    """Delete all sessions of one person."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.name == name))


def find_last_entry(connection: Connection, kinds: tuple[str, ...], **facts: object) -> AuditEntry | None:
    """The last audit entry of one of these kinds whose facts include these; None if there is none."""
    rows = connection.execute(select(audit).where(audit.c.what.in_(kinds)).order_by(audit.c.seq.desc()))
    for row in rows:
        entry = AuditEntry(**row._mapping)
        told = entry.read_facts()
        if all(told.get(name) == fact for name, fact in facts.items()):
            return entry
    return None
