"""The guard of the clock: no batch is approved or sent at a time that lies before what the audit log has seen.

A clock set back would open windows that are over, and hide the order in which things happened. A refusal is logged
with the wrong time itself, so the guard looks at the latest time of all entries, not at the last entry. Where a clock
once ran ahead, a person says that it is right now: that is logged with a seal, and what was seen before it counts no
more.
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

# A clock may be corrected by this much without anybody having tampered with it.
TOLERANCE = timedelta(seconds=5)
CONFIRMED = "clock_confirmed"
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class ConfirmedClock:
    """A clock that somebody says is right: its time, and the later one that the log had seen."""

    now: datetime
    seen: datetime


def check_clock(case_file: CaseFile, *, now: datetime | None = None) -> None:
    """Refuse a time that lies before what the audit log has seen.

    Args:
        case_file: The case.
        now: The time, where it is not the case's clock that counts.

    Raises:
        RingbackError: `clock_went_back`.
    """
    now = now or case_file.clock.now()
    with case_file.records.connect() as connection:
        seen = _find_seen(case_file, connection).at
    if seen is not None and now < seen - TOLERANCE:
        raise RingbackError("clock_went_back", now=f"{now:{_FORM}}", seen=f"{seen:{_FORM}}")


def check_log_clock(case_file: CaseFile) -> None:
    """The same by the machine's own clock, with which the log dates its entries.

    Raises:
        RingbackError: `clock_went_back`.
    """
    check_clock(case_file, now=SystemClock().now())


def confirm_clock(case_file: CaseFile, *, member: str, why: str) -> ConfirmedClock:
    """Write down that the clock is right now, although the log has seen a later time.

    Args:
        case_file: The case.
        member: Who says so, logged in and with the right to.
        why: Why, for the audit log.

    Raises:
        RingbackError: `clock_fits` when the log has seen no later time.
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
    """The latest time since the clock was last confirmed."""
    confirmed = next((one for one in list_entries(connection, CONFIRMED) if _is_sealed(case_file, one)), None)
    return find_latest(connection, after=confirmed.seq - 1 if confirmed else 0)


def _is_sealed(case_file: CaseFile, entry: AuditEntry) -> bool:
    """Whether the entry was made with the case's key, in this very place of the log."""
    told = entry.read_facts()
    text = _sealed_text(entry.seq, {name: told.get(name) for name in ("now", "seen")})
    return told.get("seal") in case_file.keys().keyed(f"audit {CONFIRMED}", text)


def _sealed_text(number: int, facts: Mapping[str, object]) -> str:
    return json.dumps([number, facts], sort_keys=True)
