"""Integrity of a case: its exhibits, their register, its runs and its audit log are as they were left."""

from collections.abc import Callable, Sequence
from typing import Any

from ringback.case.case_file import CaseFile
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.records.audit import AuditEntry
from ringback.records.exhibits import Exhibit, check_exhibit, find_strangers


def check_exhibits(
    case_file: CaseFile, exhibits: Sequence[Exhibit], progress: Callable[[int], None] = lambda _n: None
) -> None:
    """Re-hash every exhibit. A run does this first.

    Raises:
        RingbackError: `exhibit_missing`, `exhibit_unreadable` or `exhibit_altered`, for the first exhibit that fails.
    """
    for exhibit in exhibits:
        check_exhibit(exhibit, case_file.case.path, progress)


def find_run_damage(case_file: CaseFile, store: RunStore) -> list[str]:
    """The altered parts of a run: names of tables, and "manifest" if it differs from the one in the log."""
    told = case_file.log.find_last("run_finished", run=store.folder.name)
    altered = told is not None and told.get("manifest") != store.manifest_digest()
    return [*store.find_damage(), *(["manifest"] if altered else [])]


# The beginning of findings from the mark. In a restored case they are no faults.
NOT_THE_NEWEST = "records: not the newest"


def find_differences(
    case_file: CaseFile, *, head: str | None = None, progress: Callable[[int], None] = lambda _n: None
) -> list[str]:
    """All differences of the case from how it was left, in words: exhibits, register, runs, audit log, mark.

    Args:
        case_file: The case.
        head: A head of the audit log that was written down elsewhere.
        progress: Called with the bytes hashed since the last call. The total is the exhibits' size plus
            `bytes_of_runs`.
    """
    found: list[str] = []
    entries = case_file.log.entries()
    exhibits = case_file.exhibits
    for exhibit in exhibits:
        try:
            check_exhibit(exhibit, case_file.case.path, progress)
        except RingbackError as error:
            found.append(str(error))
    for path in find_strangers(case_file.records, case_file.case.path):
        found.append(f"{path.relative_to(case_file.case.path)} is in exhibits/ but nobody registered it")
    found += _register_differences(exhibits, entries)
    found += _run_differences(case_file, entries, progress)
    return found + case_file.log.find_faults(head=head) + _mark_differences(case_file)


def _mark_differences(case_file: CaseFile) -> list[str]:
    """What the records lack compared with the mark; empty on a machine without the case's keys."""
    if not case_file.mark.is_kept_here:
        return []
    try:
        return [f"{NOT_THE_NEWEST}: {one}" for one in case_file.find_lacking()]
    except RingbackError as error:
        return [f"{NOT_THE_NEWEST}, as far as anybody can tell: {error}"]


def bytes_of_runs(case_file: CaseFile) -> int:
    """Bytes of the tables of finished runs, which `find_differences` hashes beside the exhibits."""
    folders = [case_file.case.runs_dir / run_id for run_id in _logged_runs(case_file.log.entries())]
    return sum(saved.bytes for one in folders if one.exists() for saved in RunStore(one).tables.values())


def _logged_runs(entries: list[AuditEntry]) -> dict[str, dict[str, Any]]:
    """Run id to the facts that the audit log has about the run's end."""
    ends = [entry.read_facts() for entry in entries if entry.what == "run_finished"]
    return {str(facts.get("run")): facts for facts in ends}


def _run_differences(case_file: CaseFile, entries: list[AuditEntry], progress: Callable[[int], None]) -> list[str]:
    """Differences between finished runs and the audit log: their tables and manifests."""
    found = []
    logged = _logged_runs(entries)
    current = case_file.case.find_current_run()
    for run_id, facts in logged.items():
        folder = case_file.case.runs_dir / run_id
        if not folder.exists():
            # An older run can be made again. The current one must be there.
            if run_id == current:
                found.append(f"run {run_id} counts as current, but is not in runs/")
            continue
        store = RunStore(folder)
        if store.manifest_digest() != facts.get("manifest"):
            found.append(f"run {run_id}: its manifest is not the one the run left")
        found += [f"run {run_id}: table {name} is not what the run saved" for name in store.find_damage(progress)]
    if current is None and logged:
        found.append("the audit log tells of a finished run, but no run counts as current")
    if current is not None and current not in logged:
        found.append(f"run {current} counts as current, but the audit log does not tell of its end")
    return found


def _register_differences(exhibits: list[Exhibit], entries: list[AuditEntry]) -> list[str]:
    """Differences between the register of exhibits and the audit log."""
    logged = [entry.read_facts() for entry in entries if entry.what == "exhibit_added"]
    by_ref = {facts.get("exhibit"): facts for facts in logged}
    found = []
    for exhibit in exhibits:
        told, registered = by_ref.get(exhibit.ref), exhibit.logged_facts()
        if told is None:
            found.append(f"exhibit {exhibit.ref} is in the register, but the audit log does not tell of it")
            continue
        altered = sorted(name for name, value in registered.items() if told.get(name) != value)
        if altered:
            found.append(f"exhibit {exhibit.ref}: the register's {', '.join(altered)} is not what the audit log has")
    gone = sorted(str(ref) for ref in by_ref.keys() - {exhibit.ref for exhibit in exhibits})
    return found + [f"exhibit {ref} is in the audit log, but not in the register" for ref in gone]
