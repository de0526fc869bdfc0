"""A case in hand: its folder, its records and its audit log; what is done to a case before and after a run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from ringback.case import FIRST_DAY, LAST_DAY, Case, create_case, open_case
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.keys import CaseKey, create_key, load_key
from ringback.records.audit import AuditEntry, AuditLog
from ringback.records.db import create_records, open_records
from ringback.records.exhibits import Exhibit, add_exhibit, check_exhibit, find_strangers, list_exhibits
from ringback.settings import Settings
from ringback.sources.options import FORMATS
from ringback.sources.reading import detect_format, holds_synthetic_mark


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An open case with its records."""

    case: Case
    records: Engine
    log: AuditLog
    settings: Settings

    @property
    def exhibits(self) -> list[Exhibit]:
        """Its exhibits, in the order of their references."""
        return list_exhibits(self.records)

    @property
    def is_synthetic(self) -> bool:
        """Whether its records are made up: said by the first audit entry or by the content of any exhibit.

        There is no way back: neither source is a line that somebody could edit unseen.
        """
        entries = self.log.entries()
        said_first = bool(entries) and '"synthetic": true' in entries[0].facts
        seen = any(exhibit.synthetic for exhibit in self.exhibits)
        logged = any(
            entry.what in ("exhibit_added", "run_finished") and '"synthetic": true' in entry.facts for entry in entries
        )
        return said_first or seen or logged

    def key(self) -> CaseKey:
        """The newest secret key of the case.

        Raises:
            RingbackError: `key_missing`.
        """
        return load_key(self.settings.keys_dir, self.case.settings.id)


def new_case(
    path: Path,
    *,
    settings: Settings,
    name: str,
    synthetic: bool = False,
    time_zone: str = "Europe/London",
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
    preset: str = "ringback",
) -> CaseFile:
    """Make a case: folder, key, records and the first audit entry.

    Raises:
        RingbackError: `case_exists` or `case_setting_bad`.
    """
    case = create_case(path, name=name, time_zone=time_zone, first_day=first_day, last_day=last_day, preset=preset)
    create_key(settings.keys_dir, case.settings.id)
    records = create_records(case.records)
    log = AuditLog(records, case.path)
    facts = {"case": case.settings.id, "name": name, "synthetic": synthetic}
    log.add("case_created", why="a new case", facts=facts)
    return CaseFile(case, records, log, settings)


def open_case_file(path: Path, *, settings: Settings) -> CaseFile:
    """Open a case with its records.

    Raises:
        RingbackError: `case_missing`, `case_newer` or `case_setting_bad`.
    """
    case = open_case(path)
    records = open_records(case.records)
    return CaseFile(case, records, AuditLog(records, case.path), settings)


def register(
    case_file: CaseFile,
    source: Path,
    *,
    in_place: bool = False,
    format_: str | None = None,
    why: str = "seized",
    progress: Callable[[int], None] = lambda _n: None,
) -> Exhibit:
    """Take one file in as an exhibit.

    Raises:
        RingbackError: `exhibit_unreadable`, `exhibit_known` or `source_unknown`.
    """
    if not source.is_file():
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=source, problem="there is no such file")
    known = format_ or detect_format(source)
    if known not in FORMATS:
        raise RingbackError(
            "source_unknown", exhibit="(new)", path=source, problem=f"{known} is none of {', '.join(FORMATS)}"
        )
    exhibit = add_exhibit(
        case_file.records,
        case_file.case.path,
        source=source,
        in_place=in_place,
        format_=known,
        synthetic=holds_synthetic_mark(source, known),
        progress=progress,
    )
    facts = {
        "exhibit": exhibit.ref,
        "name": exhibit.name,
        "sha256": exhibit.sha256,
        "bytes": exhibit.bytes,
        "in_place": in_place,
        "synthetic": exhibit.synthetic,
    }
    case_file.log.add("exhibit_added", why=why, facts=facts)
    return exhibit


def check_exhibits(case_file: CaseFile, progress: Callable[[int], None] = lambda _n: None) -> None:
    """Re-hash every exhibit; a run does this first.

    Raises:
        RingbackError: `exhibit_missing`, `exhibit_unreadable` or `exhibit_altered`, for the first that fails.
    """
    for exhibit in case_file.exhibits:
        check_exhibit(exhibit, case_file.case.path, progress)


def find_differences(
    case_file: CaseFile, *, head: str | None = None, progress: Callable[[int], None] = lambda _n: None
) -> list[str]:
    """Everything in the case that is not as it was left: exhibits, their register, and the audit log. In words.

    Args:
        case_file: The case.
        head: A head of the audit log that was written down elsewhere.
        progress: Called with the bytes hashed since the last call.
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
    found += _run_differences(case_file, entries)
    return found + case_file.log.find_faults(head=head)


def _run_differences(case_file: CaseFile, entries: list[AuditEntry]) -> list[str]:
    """Finished runs whose tables or manifest are not what the audit log says the run left."""
    found = []
    ends = [entry.read_facts() for entry in entries if entry.what == "run_finished"]
    logged = {str(facts.get("run")): facts for facts in ends}
    for run_id, facts in logged.items():
        folder = case_file.case.runs_dir / run_id
        if not folder.exists():
            found.append(f"run {run_id} is in the audit log but not in runs/")
            continue
        store = RunStore(folder)
        if store.manifest_digest() != facts.get("manifest"):
            found.append(f"run {run_id}: its manifest is not the one the run left")
        found += [f"run {run_id}: table {name} is not what the run saved" for name in store.find_damage()]
    current = case_file.case.find_current_run()
    if current is not None and current not in logged:
        found.append(f"run {current} counts as current, but the audit log does not tell of its end")
    return found


def _register_differences(exhibits: list[Exhibit], entries: list[AuditEntry]) -> list[str]:
    """Where the register of exhibits does not say what the audit log says was registered."""
    logged = " ".join(entry.facts for entry in entries if entry.what == "exhibit_added")
    registered = {exhibit.sha256 for exhibit in exhibits}
    found = [
        f"exhibit {exhibit.ref}: its registered hash is not the one in the audit log"
        for exhibit in exhibits
        if f'"sha256": "{exhibit.sha256}"' not in logged
    ]
    added = sum(1 for entry in entries if entry.what == "exhibit_added")
    if added > len(registered):
        found.append(f"the audit log tells of {added} exhibits, the register holds {len(registered)}")
    return found
