"""Whether a case is as it was left: its exhibits, their register, its runs and its audit log."""

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
    """Re-hash every exhibit; a run does this first.

    Raises:
        RingbackError: `exhibit_missing`, `exhibit_unreadable` or `exhibit_altered`, for the first that fails.
    """
    for exhibit in exhibits:
        check_exhibit(exhibit, case_file.case.path, progress)


def find_run_damage(case_file: CaseFile, store: RunStore) -> list[str]:
    """What of a run is not as it was left: names of tables, and "manifest" when it is not the one in the log."""
    told = case_file.log.find_last("run_finished", run=store.folder.name)
    altered = told is not None and told.get("manifest") != store.manifest_digest()
    return [*store.find_damage(), *(["manifest"] if altered else [])]


# How what the mark tells begins: of a case that was restored it is no fault.
NOT_THE_NEWEST = "records: not the newest"


def find_differences(
    case_file: CaseFile, *, head: str | None = None, progress: Callable[[int], None] = lambda _n: None
) -> list[str]:
    """Everything in the case that is not as it was left: exhibits, their register, and the audit log. In words.

    Args:
        case_file: The case.
        head: A head of the audit log that was written down elsewhere.
        progress: Called with the bytes hashed since the last call: those of the exhibits, and `bytes_of_runs`.
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
    """What the records lack of what this machine has seen of them; nothing where it does not hold the case's keys."""
    if not case_file.mark.is_kept_here:
        return []
    try:
        return [f"{NOT_THE_NEWEST}: {one}" for one in case_file.find_lacking()]
    except RingbackError as error:
        return [f"{NOT_THE_NEWEST}, as far as anybody can tell: {error}"]


def bytes_of_runs(case_file: CaseFile) -> int:
    """Bytes of the tables that finished runs saved: what `find_differences` hashes beside the exhibits."""
    folders = [case_file.case.runs_dir / run_id for run_id in _logged_runs(case_file.log.entries())]
    return sum(saved.bytes for one in folders if one.exists() for saved in RunStore(one).tables.values())


def _logged_runs(entries: list[AuditEntry]) -> dict[str, dict[str, Any]]:
    """What the audit log tells of the end of each run."""
    ends = [entry.read_facts() for entry in entries if entry.what == "run_finished"]
    return {str(facts.get("run")): facts for facts in ends}


def _run_differences(case_file: CaseFile, entries: list[AuditEntry], progress: Callable[[int], None]) -> list[str]:
    """Finished runs whose tables or manifest are not what the audit log says the run left."""
    found = []
    logged = _logged_runs(entries)
    current = case_file.case.find_current_run()
    for run_id, facts in logged.items():
        folder = case_file.case.runs_dir / run_id
        if not folder.exists():
            # An older run can be made again; the one that counts has to be there.
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
    """Where the register of exhibits does not say what the audit log says was registered."""
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
