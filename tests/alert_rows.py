"""Cases with batches and alerts put straight into their records, for tests that begin where planning has ended."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

from sqlalchemy import insert, select

from ringback.case.case_file import CaseFile, new_case
from ringback.records.alert_tables import alarms, alerts, attempts, batches
from ringback.records.audit import AuditLog
from ringback.records.db import writing
from ringback.records.marks import MarkFacts
from ringback.settings import Settings
from still_clock import StillClock

NOON = datetime(2022, 11, 24, 12, 0, tzinfo=UTC)


class NotedClock(StillClock):
    """Stands still, and notes how long it was asked to wait."""

    def __init__(self):
        super().__init__(NOON)
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        super().sleep(seconds)


def make_case_file(tmp_path, engine=None):
    """A synthetic case; with `engine`, its records are those of that database."""
    made = new_case(tmp_path / "case", settings=Settings(keys_dir=tmp_path / "keys"), name="Test", synthetic=True)
    if engine is None:
        return CaseFile(made.case, made.records, made.log, made.settings, NotedClock())
    made.records.dispose()
    log = AuditLog(engine, made.case.path)
    entry = log.add("case_created", why="a new case", facts={"case": made.case.settings.id, "synthetic": True})
    made.mark.replace(MarkFacts(entry.seq, entry.hash, True))
    return CaseFile(made.case, engine, log, made.settings, NotedClock())


def number_of(place):
    """A drama number for each place of a list."""
    return f"+447700900{place:03d}"


def reference_of(place, batch="B-001"):
    """What our provider references look like."""
    return f"rb-{int.from_bytes(batch.encode()) % 16**12:012x}{place:08x}"


def add_batch(case_file, batch="B-001", state="approved"):
    with writing(case_file.records).begin() as connection:
        connection.execute(
            insert(batches).values(
                id=batch, kind="alerts", state=state, content="{}", hash="0" * 64, planned_by="pat", planned_at=NOON
            )
        )


def add_alert(case_file, place=1, *, state="claimed", batch="B-001", outcomes=(None,), claimed_at=NOON, **columns):
    """One alert with an attempt for each outcome (None has not ended); returns its id."""
    keys = case_file.keys()
    reference = reference_of(place, batch)
    sealed = keys.seal(json.dumps([number_of(place), "REFERENCE"]), about=f"alert:{reference}")
    values = {
        "batch": batch,
        "place": place,
        "number_digest": keys.newest.digest(number_of(place)),
        "check_digest": f"check-{batch}-{place}",
        "sealed": None if state in ("accepted", "rejected") else sealed,
        "provider_reference": reference,
        "state": state,
        "attempt": len(outcomes),
        "claimed_at": claimed_at,
        "fence": 1,
    }
    with writing(case_file.records).begin() as connection:
        alert = connection.execute(insert(alerts).values(**{**values, **columns})).inserted_primary_key[0]
        for attempt, outcome in enumerate(outcomes, 1):
            connection.execute(
                insert(attempts).values(
                    alert=alert,
                    attempt=attempt,
                    fence=1,
                    claimed_at=claimed_at,
                    outcome=outcome,
                    ended_at=claimed_at if outcome else None,
                )
            )
    return alert


def alert_row(case_file, alert):
    with case_file.records.connect() as connection:
        found = connection.execute(select(alerts).where(alerts.c.id == alert)).one()
    return SimpleNamespace(**found._mapping)


def rows_of(case_file, table):
    with case_file.records.connect() as connection:
        return [
            SimpleNamespace(**row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def alarm_names(case_file):
    return [alarm.what for alarm in rows_of(case_file, alarms)]
