"""Integrity of reports: their differences from the audit log, in words, without anything of what they say."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.audit import AuditEntry
from ringback.records.report_decisions import MATCH, Decision, list_decisions
from ringback.records.report_losses import BASES, REPORTED, LossRow, list_losses
from ringback.records.reports import STATUSES, Report, list_reports
from ringback.victim_reports.casework import LOSS_SET, MATCH_DECIDED, STATUS_SET
from ringback.victim_reports.duplicates import DECIDED
from ringback.victim_reports.erasure import ERASED
from ringback.victim_reports.imports.importing import CHUNK_DONE
from ringback.victim_reports.intake import IMPORT, TAKEN
from ringback.victim_reports.sealing import open_content
from ringback.victim_reports.snapshot import FOLDER, FROZEN, read_snapshot


def find_report_differences(case_file: CaseFile) -> list[str]:
    """All differences in reports, their losses and the decisions about them."""
    entries = case_file.log.entries()
    with case_file.records.connect() as connection:
        found = list_reports(connection)
        losses = {one.id: list_losses(connection, one.id) for one in found}
        decisions = list_decisions(connection)
    if not found and not any(one.what in (TAKEN, CHUNK_DONE) for one in entries):
        return []
    differences = [*_rows(found, entries), *_statuses(found, entries), *_erasures(found, entries)]
    differences += _losses(losses, entries)
    differences += _decisions(decisions, entries)
    differences += _snapshots(case_file, entries)
    try:
        differences += _seals(found, losses, case_file.keys())
    except RingbackError:
        differences.append("reports cannot be opened to be compared: the case's key cannot be read")
    return differences


def _told(entries: Sequence[AuditEntry], *kinds: str) -> Iterator[dict[str, object]]:
    return (one.read_facts() for one in entries if one.what in kinds)


def _rows(found: Sequence[Report], entries: Sequence[AuditEntry]) -> Iterator[str]:
    taken = {str(one.get("report")) for one in _told(entries, TAKEN)}
    here = {one.id for one in found if one.way != IMPORT}
    for id_ in sorted(taken - here):
        yield f"report {id_} is in the audit log, but not in the records"
    for id_ in sorted(here - taken):
        yield f"report {id_} is in the records, but the audit log does not tell of it"
    imported = sum(int(str(one.get("imported") or 0)) for one in _told(entries, CHUNK_DONE))
    rows = sum(one.way == IMPORT for one in found)
    if rows != imported:
        yield f"{rows:,} imported reports are in the records, and the audit log tells of {imported:,}"


def _statuses(found: Sequence[Report], entries: Sequence[AuditEntry]) -> Iterator[str]:
    last = {str(one.get("report")): str(one.get("status")) for one in _told(entries, STATUS_SET)}
    for one in found:
        if one.status != last.get(one.id, STATUSES[0]):
            yield f"report {one.id} is {one.status}, but the audit log says {last.get(one.id, STATUSES[0])}"


def _erasures(found: Sequence[Report], entries: Sequence[AuditEntry]) -> Iterator[str]:
    told = {str(one.get("report")) for one in _told(entries, ERASED)}
    for one in found:
        erased = one.sealed is None or one.key_sealed is None or one.erased_at is not None
        if erased and one.id not in told:
            yield f"report {one.id} lost what it said, but the audit log does not say who erased it"
        elif one.id in told and not erased:
            yield f"report {one.id} was erased, but is there again"


def _losses(losses: dict[str, list[LossRow]], entries: Sequence[AuditEntry]) -> Iterator[str]:
    told: dict[str, list[tuple[str, int]]] = {}
    for one in _told(entries, LOSS_SET):
        sums = [(basis, int(str(one[f"{basis}_pence"]))) for basis in BASES if f"{basis}_pence" in one]
        told.setdefault(str(one.get("report")), []).extend(sums)
    for report, rows in losses.items():
        here = sorted((row.basis, row.pence) for row in rows if row.basis != REPORTED)
        if here != sorted(told.get(report, [])):
            yield f"the losses of report {report} are not those that the audit log tells of"


def _decisions(decisions: Sequence[Decision], entries: Sequence[AuditEntry]) -> Iterator[str]:
    told = sum(1 for _one in _told(entries, STATUS_SET, MATCH_DECIDED, DECIDED))
    if len(decisions) != told:
        yield f"{len(decisions):,} decisions about reports are in the records, and the audit log tells of {told:,}"
    matches = Counter((one.report, one.about, one.run, one.decision) for one in decisions if one.what == MATCH)
    logged = Counter(
        (str(one.get("report")), str(one.get("about")), str(one.get("run")), str(one.get("decided")))
        for one in _told(entries, MATCH_DECIDED)
    )
    for report in sorted({report for report, *_rest in (matches - logged) + (logged - matches)}):
        yield f"what was decided about the match of report {report} is not what the audit log tells of"


def _snapshots(case_file: CaseFile, entries: Sequence[AuditEntry]) -> Iterator[str]:
    told = {str(one.get("hash")) for one in _told(entries, FROZEN)}
    for folder in sorted((case_file.case.path / FOLDER).glob("[0-9a-f]*")):
        try:
            found = read_snapshot(case_file, folder.name)
        except RingbackError:
            yield f"{FOLDER}/{folder.name} is not what was frozen"
            continue
        if found.hash not in told:
            yield f"{FOLDER}/{folder.name} is in the case, but the audit log does not tell of it"


def _seals(found: Sequence[Report], losses: dict[str, list[LossRow]], keys: KeyRing) -> Iterator[str]:
    for one in found:
        if one.sealed is None or one.key_sealed is None:
            continue
        try:
            content = open_content(one.sealed, one.key_sealed, keys, report=one.id)
        except RingbackError:
            yield f"what report {one.id} says was altered, and cannot be opened"
            continue
        reported = sorted(row.pence for row in losses[one.id] if row.basis == REPORTED)
        if reported != sorted(loss.pence for loss in content.losses):
            yield f"the reported losses of report {one.id} are not those that it tells of"
