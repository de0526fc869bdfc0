"""A case in hand: its folder, its records and its audit log; what is done to a case before and after a run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ringback.case import FIRST_DAY, LAST_DAY, Case, create_case, open_case
from ringback.clock import Clock, SystemClock
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing, create_key, load_keys
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.masking import mask_numbers
from ringback.records.audit import AuditEntry, AuditLog
from ringback.records.db import check_empty, connect_records, create_records, open_records, read_format, upgrade_records
from ringback.records.exhibits import Exhibit, add_exhibit, check_exhibit, find_strangers, list_exhibits
from ringback.records.tables import RECORDS_FORMAT
from ringback.settings import Settings
from ringback.sources.limits import Limits
from ringback.sources.mapping import make_mapping
from ringback.sources.options import FORMATS
from ringback.sources.parts import SPLIT_FORMATS, ExhibitPart, find_part, join_parts
from ringback.sources.reading import detect_format, holds_synthetic_mark
from ringback.sources.sniffing import tell_format


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An open case with its records."""

    case: Case
    records: Engine
    log: AuditLog
    settings: Settings
    clock: Clock = field(default_factory=SystemClock)

    @property
    def exhibits(self) -> list[Exhibit]:
        """Its exhibits, in the order of their references."""
        return list_exhibits(self.records)

    @property
    def is_synthetic(self) -> bool:
        """Whether its records are made up: said by the log's first entry, or by any exhibit's content.

        There is no way back: neither source is a line that somebody could edit unseen.
        """
        telling = ("case_created", "exhibit_added", "run_finished")
        logged = any(
            entry.what in telling and entry.read_facts().get("synthetic") is True for entry in self.log.entries()
        )
        return logged or any(exhibit.synthetic for exhibit in self.exhibits)

    def limits(self) -> Limits:
        """How much may come out of a packed exhibit."""
        chosen = self.settings
        return Limits(chosen.unpack_ratio, chosen.unpack_bytes, chosen.unpack_files)

    def key(self) -> CaseKey:
        """The newest secret key of the case.

        Raises:
            RingbackError: `key_missing`.
        """
        return self.keys().newest

    def keys(self) -> KeyRing:
        """All secret keys of the case.

        Raises:
            RingbackError: `key_missing`.
        """
        return load_keys(self.settings.keys_dir, self.case.settings.id)

    def dial_plan(self) -> DialPlan:
        """The case's dial plan.

        Raises:
            RingbackError: `case_setting_bad`.
        """
        try:
            return DialPlan.from_mapping(self.case.settings.dial_plan)
        except ValueError as error:
            faults: list[tuple[str, str]] = error.args[0]
            problem = "; ".join(f"{name}: {what}" for name, what in faults)
            raise RingbackError("case_setting_bad", path=self.case.toml, field="dial_plan", problem=problem) from error


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
    records_url: str = "",
) -> CaseFile:
    """Make a case: folder, key, records and the first audit entry.

    Raises:
        RingbackError: `case_exists` or `case_setting_bad`.
    """
    make_mapping(preset, {}, toml=path / "case.toml")

    def before(case_id: str) -> None:
        # By now every setting has been looked at, the address among them.
        if records_url:
            check_empty(records_url)
        create_key(settings.keys_dir, case_id)

    case = create_case(
        path,
        name=name,
        time_zone=time_zone,
        first_day=first_day,
        last_day=last_day,
        preset=preset,
        records_url=records_url,
        before=before,
    )
    records = create_records(case.records)
    log = AuditLog(records, case.path)
    facts = {"case": case.settings.id, "name": mask_numbers(name), "synthetic": synthetic}
    log.add("case_created", why="a new case", facts=facts)
    return CaseFile(case, records, log, settings)


def open_case_file(path: Path, *, settings: Settings) -> CaseFile:
    """Open a case with its records.

    Raises:
        RingbackError: `case_missing`, `case_newer`, `case_setting_bad`, `records_older` or `records_foreign`.
    """
    case = open_case(path)
    records = open_records(case.records, case_path=path)
    _join_parts(case, list_exhibits(records))
    log = AuditLog(records, case.path)
    if case.settings.records_url and log.entries()[0].read_facts().get("case") != case.settings.id:
        raise RingbackError("records_foreign", path=path)
    return CaseFile(case, records, log, settings)


def upgrade_case(path: Path, *, settings: Settings) -> tuple[CaseFile, int]:
    """Bring a case's records to this program's format; returns the case and the format they had.

    Raises:
        RingbackError: `case_missing`, `case_newer` or `case_setting_bad`.
    """
    case = open_case(path)
    if isinstance(case.records, Path) and not case.records.exists():
        raise RingbackError("case_missing", path=path)
    records = connect_records(case.records)
    found = read_format(records)
    if found > RECORDS_FORMAT:
        raise RingbackError("case_newer", path=path, found=found, known=RECORDS_FORMAT)
    if found < RECORDS_FORMAT:
        upgrade_records(records)
        facts = {"from": found, "to": RECORDS_FORMAT}
        AuditLog(records, case.path).add("records_upgraded", why="a newer program", facts=facts)
    return open_case_file(path, settings=settings), found


def register(
    case_file: CaseFile,
    source: Path,
    *,
    in_place: bool = False,
    format_: str | None = None,
    why: str = "seized",
    name: str = "",
    progress: Callable[[int], None] = lambda _n: None,
) -> Exhibit:
    """Take one file in as an exhibit; `name` is what it is called, where that is more than its file's name.

    Raises:
        RingbackError: `exhibit_unreadable`, `exhibit_known`, `source_unknown`, `split_part_missing`, `unpack_refused`,
            or an error of the format's own reader.
    """
    if not source.is_file():
        raise RingbackError("exhibit_unreadable", exhibit="(new)", path=source, problem="there is no such file")
    before = _find_previous_part(case_file, source, format_, name=name or source.name)
    known = before.format if before else format_ or detect_format(source)
    if known not in FORMATS:
        raise RingbackError(
            "source_unknown", exhibit="(new)", path=source, problem=f"{known} is none of {', '.join(FORMATS)}"
        )
    added = add_exhibit(
        case_file.records,
        case_file.case.path,
        log=case_file.log,
        source=source,
        in_place=in_place,
        format_=known,
        synthetic=holds_synthetic_mark(source, known, case_file.limits()),
        name=name,
        why=why,
        progress=progress,
    )
    if before:
        case_file.case.continue_exhibit(added.ref, before.ref)
        _join_parts(case_file.case, case_file.exhibits)
    return added


def _join_parts(case: Case, exhibits: Sequence[Exhibit]) -> None:
    files = {one.ref: ExhibitPart(one.ref, one.name, one.file(case.path), one.bytes) for one in exhibits}
    join_parts(case.settings.exhibits, files)


def _find_previous_part(case_file: CaseFile, source: Path, format_: str | None, *, name: str) -> Exhibit | None:
    """The exhibit that a part of a dump continues, by its name; None where the file stands for itself.

    Raises:
        RingbackError: `split_part_missing`.
    """
    part = find_part(name)
    if part is None:
        return None
    dumps = [(find_part(one.name), one) for one in case_file.exhibits if one.format in SPLIT_FORMATS]
    places = {named.place: one for named, one in dumps if named and named.series == part.series}
    before = places.get(part.place - 1)
    if before or format_ or part.previous is None:
        return before
    if places or (".sql." in source.name.casefold() and _may_be_middle(source)):
        raise RingbackError("split_part_missing", path=source, missing=part.previous)
    return None


def _may_be_middle(source: Path) -> bool:
    """Whether a file may be a piece from the middle of a dump: nothing tells it from plain text, or from noise."""
    try:
        return tell_format(source) in (None, "csv", "jsonl")
    except (EOFError, ValueError):
        return False


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
    return found + case_file.log.find_faults(head=head)


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
