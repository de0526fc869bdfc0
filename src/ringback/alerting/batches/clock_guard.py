"""The clock guard: no batch is approved or sent while the clock is behind the latest time in the audit log.

A clock set back would reopen windows that are over, and hide the order of events. A refusal is itself logged with the
wrong time, so the guard compares with the latest time of all entries, not with the last entry's. If a clock once ran
ahead, a person confirms that it is right now. The confirmation is logged with a seal, and earlier times count no more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ringback.case.case_file import CaseFile
from ringback.clock import SystemClock
from ringback.errors import RingbackError
from ringback.records.audit import AuditEntry
from ringback.records.clock_marks import Seen, bring_back, find_latest, last_number, list_entries
from ringback.records.db import writing
from ringback.records.staff import Transaction

# An ordinary correction of a clock may be this large.
TOLERANCE = timedelta(seconds=5)
CONFIRMED = "clock_confirmed"
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class ConfirmedClock:
    """A clock that somebody confirmed: its time, and the later time in the log."""

    now: datetime
    seen: datetime


def check_clock(case_file: CaseFile, *, now: datetime | None = None) -> None:
    """Refuse a time before the latest one in the audit log.

    Args:
        case_file: The case.
        now: The time to check; None for that of the case's clock.

    Raises:
        RingbackError: `clock_went_back`.
    """
    now = now or case_file.clock.now()
    with case_file.records.connect() as connection:
        seen = _find_seen(case_file, connection).at
    if seen is not None and now < seen - TOLERANCE:
        raise RingbackError("clock_went_back", now=f"{now:{_FORM}}", seen=f"{seen:{_FORM}}")


def check_log_clock(case_file: CaseFile) -> None:
    """The same check with the machine's own clock, which dates the log's entries.

    Raises:
        RingbackError: `clock_went_back`.
    """
    check_clock(case_file, now=SystemClock().now())


def confirm_clock(case_file: CaseFile, *, member: str, why: str) -> ConfirmedClock:
    """Record that the clock is right now, although the log holds a later time.

    Args:
        case_file: The case.
        member: Who says so, logged in and with the right to.
        why: Why, for the audit log.

    Raises:
        RingbackError: `clock_fits` when the log holds no later time.
    """
    now = SystemClock().now()
    with writing(case_file.records).begin() as connection:
        seen = _find_seen(case_file, connection).at
        if seen is None or now >= seen - TOLERANCE:
            raise RingbackError("clock_fits", now=f"{now:{_FORM}}")
        bring_back(connection, now)
        facts = {"now": f"{now:{_FORM}}", "seen": f"{seen:{_FORM}}"}
        number = last_number(connection) + 1
        seal = case_file.keys().newest.keyed(f"audit {CONFIRMED}", _sealed_text(number, facts))
        entry = case_file.log.add_within(connection, CONFIRMED, why=why, facts=facts | {"seal": seal}, who=member)
    case_file.log.note_head(entry)
    return ConfirmedClock(now, seen)


def _find_seen(case_file: CaseFile, connection: Transaction) -> Seen:
    """The latest time in the log since the clock was last confirmed."""
    confirmed = next((one for one in list_entries(connection, CONFIRMED) if _is_sealed(case_file, one)), None)
    return find_latest(connection, after=confirmed.seq - 1 if confirmed else 0)


def _is_sealed(case_file: CaseFile, entry: AuditEntry) -> bool:
    """Whether the entry was made with the case's key, for its own place in the log."""
    told = entry.read_facts()
    text = _sealed_text(entry.seq, {name: told.get(name) for name in ("now", "seen")})
    return told.get("seal") in case_file.keys().keyed(f"audit {CONFIRMED}", text)


def _sealed_text(number: int, facts: Mapping[str, object]) -> str:
    return json.dumps([number, facts], sort_keys=True)
