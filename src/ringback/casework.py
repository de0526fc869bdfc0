"""A case in hand: its folder, its records and its audit log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from ringback.case import FIRST_DAY, LAST_DAY, OWN_NAMES, Case, create_case, open_case
from ringback.clock import Clock, SystemClock
from ringback.errors import RingbackError
from ringback.keys import CaseKey, KeyRing, create_key, load_keys
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.masking import mask_numbers
from ringback.private_files import check_private, check_unlinked
from ringback.records.audit import HEAD_FILE, AuditLog
from ringback.records.db import check_empty, connect_records, create_records, open_records, read_format, upgrade_records
from ringback.records.exhibits import Exhibit, list_exhibits
from ringback.records.tables import RECORDS_FORMAT
from ringback.settings import Settings
from ringback.sources.limits import Limits
from ringback.sources.mapping import make_mapping
from ringback.sources.parts import ExhibitPart, join_parts


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
        RingbackError: `case_missing`, `case_newer`, `case_setting_bad`, `records_older` or `records_foreign`;
            `files_open`, `files_foreign` or `file_linked` for what is not its owner's alone.
    """
    case = open_case(path)
    check_places(case, settings)
    records = open_records(case.records, case_path=path)
    join_dumps(case, list_exhibits(records))
    log = AuditLog(records, case.path)
    if case.settings.records_url and log.entries()[0].read_facts().get("case") != case.settings.id:
        raise RingbackError("records_foreign", path=path)
    return CaseFile(case, records, log, settings)


def check_places(case: Case, settings: Settings) -> None:
    """Case folder, records and keys are their owner's alone, and nothing that the program writes there is a link.

    Raises:
        RingbackError: `file_linked`, `files_foreign` or `files_open`.
    """
    # Those that SQLite keeps beside a file of records need not be there.
    ends = ("", "-wal", "-shm", "-journal")
    records = [Path(f"{case.records}{end}") for end in ends] if isinstance(case.records, Path) else []
    check_unlinked([*(case.path / name for name in (*OWN_NAMES, HEAD_FILE)), *records])
    keys = [settings.keys_dir, settings.keys_dir / f"{case.settings.id}.keys"]
    check_private([case.path, *records, *keys])


def upgrade_case(path: Path, *, settings: Settings) -> tuple[CaseFile, int]:
    """Bring a case's records to this program's format; returns the case and the format they had.

    Raises:
        RingbackError: `case_missing`, `case_newer` or `case_setting_bad`, and as `check_places`.
    """
    case = open_case(path)
    check_places(case, settings)
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


def join_dumps(case: Case, exhibits: Sequence[Exhibit]) -> None:
    """Let the settings of a case know which exhibits are parts of one dump."""
    files = {one.ref: ExhibitPart(one.ref, one.name, one.file(case.path), one.bytes) for one in exhibits}
    join_parts(case.settings.exhibits, files)
