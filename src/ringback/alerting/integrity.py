"""Integrity of staff, batches, alerts and suppressions: their differences from the audit log, in words.

A case without staff and batches has none. Without the case's key nothing can be compared, and the result says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringback.alerting.batches.approval import (
    ALERTS,
    APPROVED,
    HALTED,
    PLANNED,
    REHEARSAL_PLANNED,
    REPLACED,
    STOPPED,
    check_approval,
    find_last_turn,
    find_planner,
    read_content,
)
from ringback.alerting.delivery.recheck import Tampered, open_alert
from ringback.alerting.model import states
from ringback.alerting.staff.accounts import list_staff
from ringback.alerting.suppressions import find_suppression_differences
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.alert_consistency import count_ended_unsent, count_impossible, count_parked_untried, read_sealed
from ringback.records.audit import AuditEntry
from ringback.records.batches import Batch, count_routes, list_batches, read_list
from ringback.records.staff import ACCOUNT_ENTRIES, Transaction
from ringback.records.suppressions import list_suppressions

# The states that a batch can have after each kind of audit entry.
_STATES_AFTER = {
    PLANNED: (states.PLANNED,),
    REHEARSAL_PLANNED: (states.APPROVED, states.FINISHED),
    APPROVED: (states.APPROVED, states.FINISHED),
    STOPPED: (states.STOPPED,),
    HALTED: (states.HALTED,),
    REPLACED: (states.FINISHED,),
}
_FINISHED = "batch_finished"
_UNSENT = {states.SUPPRESSED: "alerts_suppressed", states.REJECTED: "alerts_refused"}


def find_alert_differences(case_file: CaseFile) -> list[str]:
    """All differences in staff, batches, alerts and suppressions. They contain no phone number."""
    entries = case_file.log.entries()
    with case_file.records.connect() as connection:
        batches, suppressed = list_batches(connection), list_suppressions(connection)
    planned = [entry for entry in entries if entry.what in (PLANNED, REHEARSAL_PLANNED)]
    told_staff = [entry for entry in entries if entry.what in ACCOUNT_ENTRIES]
    found = [*find_suppression_differences(suppressed, entries), *_missing_batches(batches, planned)]
    if not (batches or told_staff):
        return found
    try:
        case_file.keys()
    except RingbackError:
        return [*found, "staff and batches cannot be compared: the case's key cannot be read"]
    found += _staff_differences(case_file, told_staff)
    for batch in batches:
        found += _BatchCheck(case_file, batch, entries).differences()
    return found


def _staff_differences(case_file: CaseFile, told: Sequence[AuditEntry]) -> Iterator[str]:
    lines = list_staff(case_file)
    for line in lines:
        if line.altered:
            yield f"staff: the account {line.name} is not what the audit log says of it"
    known = {line.name for line in lines}
    for name in sorted({str(entry.read_facts().get("name")) for entry in told} - known):
        yield f"staff: the account {name} is in the audit log, but not in the records"


def _parked_by(entry: AuditEntry, batch: str) -> int:
    parked = entry.read_facts().get("parked")
    return int(parked.get(batch) or 0) if isinstance(parked, dict) else 0


def _missing_batches(batches: Sequence[Batch], planned: Sequence[AuditEntry]) -> Iterator[str]:
    known = {batch.id for batch in batches}
    for entry in planned:
        name = entry.read_facts().get("batch")
        if name not in known:
            yield f"batch {name} is in the audit log, but not in the records"


@dataclass(frozen=True, slots=True)
class _BatchCheck:
    """One batch, compared with its entries in the audit log."""

    case_file: CaseFile
    batch: Batch
    entries: list[AuditEntry]

    def differences(self) -> list[str]:
        """All differences of this batch."""
        with self.case_file.records.connect() as connection:
            return [
                *self._content(connection),
                *self._words(self._approval()),
                *self._words(self._alerts(connection)),
                *self._words(self._parked(connection)),
                *self._words(self._sealed(connection)),
            ]

    def _words(self, faults: Iterator[str]) -> Iterator[str]:
        return (f"batch {self.batch.id}: {fault}" for fault in faults)

    def _entries_of(self, *kinds: str) -> list[AuditEntry]:
        return [one for one in self.entries if one.what in kinds and one.read_facts().get("batch") == self.batch.id]

    def _content(self, connection: Transaction) -> Iterator[str]:
        try:
            content = read_content(connection, self.batch)
        except RingbackError as error:
            yield str(error)
            return
        routed = {name: reasons for name, reasons in content.channels.items() if reasons}
        if self.batch.kind == ALERTS and count_routes(connection, self.batch.id) != routed:
            yield f"batch {self.batch.id}: its routes are not those that were counted when it was planned"

    def _approval(self) -> Iterator[str]:
        batch = self.batch
        planner = find_planner(self.case_file, batch, self.entries)
        if not planner or planner != batch.planned_by:
            yield "the audit log does not say that it was planned like this"
        last = find_last_turn(self.entries, batch.id)
        if last is None:
            return
        if batch.state not in _STATES_AFTER[last.what]:
            yield f"it is {batch.state}, but the last word of the audit log on it is {last.what}"
        if (batch.approval_entry is not None) != (last.what in (APPROVED, REHEARSAL_PLANNED)):
            yield "it names an approval that does not count any more, or none where there is one"
        approvals = self._entries_of(APPROVED)
        if batch.kind != ALERTS:
            yield from self._rehearsed_numbers()
        elif approvals:
            yield from self._one_approval(approvals[-1], last, planner)
        elif batch.approved_by:
            yield "it names an approver, but the audit log tells of no approval"

    def _one_approval(self, entry: AuditEntry, last: AuditEntry, planner: str) -> Iterator[str]:
        if entry is last and self.batch.approval_entry not in (None, entry.seq):
            yield "its audit entry is not the last word on this batch"
        try:
            check_approval(self.case_file, self.batch, entry, planner)
        except RingbackError as error:
            yield str(error)

    def _rehearsed_numbers(self) -> Iterator[str]:
        """Check that a rehearsal went only to numbers that staff had stored. They may have changed since."""
        stored = {one.read_facts().get("number") for one in self.entries if one.what == "staff_number_stored"}
        with self.case_file.records.connect() as connection:
            numbers = {number for _place, number, _check, _reference in read_list(connection, self.batch.id)}
        if strangers := len(numbers - stored):
            yield f"{strangers:,} of its texts are for numbers that no member of staff ever stored"

    def _alerts(self, connection: Transaction) -> Iterator[str]:
        finished = self._entries_of(_FINISHED)
        last = find_last_turn(self.entries, self.batch.id)
        sent = bool(finished) and last is not None and finished[-1].seq > last.seq
        is_finished = self.batch.state == states.FINISHED
        if last is not None and last.what in (APPROVED, REHEARSAL_PLANNED) and is_finished != sent:
            yield f"it is {self.batch.state}, but the audit log {'says' if sent else 'does not say'} that it was sent"
        against = {one.read_facts().get("alert") for one in self._entries_of("accepted_against_record")}
        impossible = count_impossible(
            connection,
            self.batch.id,
            approved=bool(self._entries_of(APPROVED, REHEARSAL_PLANNED)),
            ended=sent,
            told=[alert for alert in against if isinstance(alert, int)],
        )
        for words, count in impossible.items():
            yield f"alerts {words}: {count:,}"
        ended = count_ended_unsent(connection, self.batch.id)
        for state, what in _UNSENT.items():
            told = sum(int(one.read_facts().get("alerts") or 0) for one in self._entries_of(what))
            if ended.get(state, 0) > told:
                yield f"{ended[state]:,} alerts ended as {state} unsent, but the audit log tells of {told:,}"

    def _parked(self, connection: Transaction) -> Iterator[str]:
        """Check parked alerts that were never tried: only reconciling restored records makes them."""
        told = sum(_parked_by(one, self.batch.id) for one in self.entries if one.what == "records_reconciled")
        against = self._entries_of("accepted_against_record", "alert_accepted_twice")
        if (untried := count_parked_untried(connection, self.batch.id)) > told + len(against):
            yield f"{untried:,} alerts were put before a person untried, but the audit log tells of {told:,}"

    def _sealed(self, connection: Transaction) -> Iterator[str]:
        """Find alerts whose sealed number was altered, or belongs to another alert."""
        ring, altered = self.case_file.keys(), 0
        for row in read_sealed(connection, self.batch.id):
            try:
                open_alert(ring, row)
            except (RingbackError, Tampered):
                altered += 1
        if altered:
            yield f"alerts whose encrypted number is not the one that was planned: {altered:,}"
