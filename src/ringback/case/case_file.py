"""An open case: its folder, its records and its audit log."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from ringback.case.folder import FIRST_DAY, LAST_DAY, OWN_NAMES, Case, create_case, open_case
from ringback.clock import Clock, SystemClock
from ringback.errors import RingbackError
from ringback.files.private import check_private, check_unlinked
from ringback.keys import CaseKey, KeyRing, create_key, load_keys
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import mask_numbers
from ringback.records.audit import HEAD_FILE, AuditEntry, AuditLog
from ringback.records.closing import close, close_all
from ringback.records.db import check_empty, connect_records, create_records, open_records, read_format, upgrade_records
from ringback.records.exhibits import Exhibit, list_exhibits
from ringback.records.leases import read_all_claims
from ringback.records.marks import BatchMark, Mark, MarkFacts, find_lacking
from ringback.records.tables import RECORDS_FORMAT
from ringback.settings import Settings
from ringback.sources.archives.limits import Limits
from ringback.sources.archives.split_files import SplitFile, join_split_files
from ringback.sources.mapping import make_mapping

_MADE = ("case.toml", "audit.head", "records.sqlite", "records.sqlite-wal", "records.sqlite-shm")


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
        """The exhibits, in the order of their references."""
        return list_exhibits(self.records)

    @property
    def is_synthetic(self) -> bool:
        """Whether the case is synthetic, according to the log, any exhibit's content, or the mark.

        There is no way back: nobody can edit any of these unseen, and the mark lies outside the case.
        """
        facts = self.mark.read()
        if facts is not None and facts.synthetic:
            return True
        logged = any(entry.tells_synthetic for entry in self.log.entries())
        return logged or any(exhibit.synthetic for exhibit in self.exhibits)

    @property
    def mark(self) -> Mark:
        """The mark: how far this machine has seen the records come."""
        return find_mark(self.case, self.settings)

    def find_lacking(self) -> list[str]:
        """What the records lack compared with the mark on this machine, in words; empty if they are the newest.

        Raises:
            RingbackError: `mark_missing`.
        """
        facts = self.mark.read()
        if facts is None:
            raise RingbackError("mark_missing", path=self.mark.path)
        return self.compare(facts)

    def compare(self, facts: MarkFacts) -> list[str]:
        """What the records lack compared with a mark, in words."""
        with self.records.connect() as connection:
            claims = {one.batch: (one.fence, one.claims) for one in read_all_claims(connection)}
        return find_lacking(facts, hash_at=self.log.hash_at, claims=claims)

    def check_newest(self) -> None:
        """Refuse records that are not the newest (a restored backup, or a copy). For planning, approving and sending.

        Raises:
            RingbackError: `records_rolled_back` or `mark_missing`.
        """
        if lacking := self.find_lacking():
            raise RingbackError("records_rolled_back", what="; ".join(lacking))

    def close(self) -> None:
        """Close the records, so that their file is complete by itself. They reopen on their next use."""
        close([self.records])

    def limits(self) -> Limits:
        """The limits for unpacking an exhibit."""
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
    """Make a case: folder, key, records and the first audit entry. If it fails, nothing is left behind.

    Raises:
        RingbackError: `case_exists`, `case_setting_bad`, `key_unwritable`, `disk_full` or `output_unwritable`.
    """
    make_mapping(preset, {}, toml=path / "case.toml")
    # Files that existed before are never removed, above all records whose case.toml was lost.
    began = [place for place in (path, *path.absolute().parents) if not place.exists()]
    new = [path / name for name in _MADE if not (path / name).exists()]
    keys: list[Path] = []

    def before(case_id: str) -> None:
        # By now every setting has been checked, including the address.
        if records_url:
            check_empty(records_url)
        keys.append(create_key(settings.keys_dir, case_id))

    try:
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
        entry = log.add("case_created", why="a new case", facts=facts)
        mark = find_mark(case, settings)
        mark.replace(MarkFacts(entry.seq, entry.hash, synthetic))
    except BaseException:
        # The key is made after every step that can be refused. From then on, what is there is ours.
        if keys:
            key = keys[0]
            _unmake(
                [key, key.with_suffix(".mark"), key.with_suffix(".mark-lock"), *new],
                [path / "exhibits", path / "runs", path / "out", *began],
            )
        raise
    return CaseFile(case, records, AuditLog(records, case.path, mark), settings)


def _unmake(made: Sequence[Path], folders: Sequence[Path]) -> None:
    """Remove the files of an unfinished case, and the folders that are then empty."""
    close_all()
    for place in made:
        with suppress(OSError):
            place.unlink(missing_ok=True)
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def open_case_file(path: Path, *, settings: Settings) -> CaseFile:
    """Open a case with its records.

    Raises:
        RingbackError: `case_missing`, `case_newer`, `case_setting_bad`, `records_older` or `records_foreign`;
            `files_open`, `files_foreign` or `file_linked` for what is not its owner's alone.
    """
    case = open_case(path)
    check_places(case, settings)
    records = open_records(case.records, case_path=path)
    # A backup may lack empty folders, and a reader may not have the right to make them.
    with suppress(RingbackError):
        case.make_folders()
    join_dumps(case, list_exhibits(records))
    log = AuditLog(records, case.path, find_mark(case, settings))
    if case.settings.records_url and log.entries()[0].read_facts().get("case") != case.settings.id:
        raise RingbackError("records_foreign", path=path)
    return CaseFile(case, records, log, settings)


def check_places(case: Case, settings: Settings) -> None:
    """Check that case folder, records and keys are for their owner alone, and that no file there is a link.

    Raises:
        RingbackError: `file_linked`, `files_foreign` or `files_open`.
    """
    # The files that SQLite keeps beside the records need not exist.
    ends = ("", "-wal", "-shm", "-journal")
    records = [Path(f"{case.records}{end}") for end in ends] if isinstance(case.records, Path) else []
    check_unlinked([*(case.path / name for name in (*OWN_NAMES, HEAD_FILE)), *records])
    keys = [settings.keys_dir, settings.keys_dir / f"{case.settings.id}.keys"]
    check_private([case.path, *records, *keys])


def upgrade_case(path: Path, *, settings: Settings) -> tuple[CaseFile, int]:
    """Upgrade a case's records to this program's format. Returns the case and the old format.

    Raises:
        RingbackError: `case_missing`, `case_newer` or `case_setting_bad`, and as `check_places`.
    """
    case = open_case(path)
    check_places(case, settings)
    if isinstance(case.records, Path) and not case.records.exists():
        raise RingbackError("case_missing", path=path.absolute(), problem=f"its {case.records.name} is not there")
    records = connect_records(case.records)
    found = read_format(records)
    if found > RECORDS_FORMAT:
        raise RingbackError("case_newer", path=path, found=found, known=RECORDS_FORMAT)
    if found < RECORDS_FORMAT:
        upgrade_records(records)
        facts = {"from": found, "to": RECORDS_FORMAT}
        mark = find_mark(case, settings)
        entry = AuditLog(records, case.path, mark).add("records_upgraded", why="a newer program", facts=facts)
        if mark.is_kept_here and mark.read() is None:
            mark.replace(read_mark_facts(records, entry))
    return open_case_file(path, settings=settings), found


def find_mark(case: Case, settings: Settings) -> Mark:
    """The mark of a case, beside its keys."""
    return Mark(settings.keys_dir, case.settings.id)


def read_mark_facts(records: Engine, entry: AuditEntry, *, synthetic: bool = False) -> MarkFacts:
    """The facts for a mark of the current records, with this newest audit entry."""
    with records.connect() as connection:
        batches = {
            one.batch: BatchMark(one.fence, one.claims, one.last_claim.isoformat())
            for one in read_all_claims(connection)
        }
    return MarkFacts(entry.seq, entry.hash, synthetic, batches)


def join_dumps(case: Case, exhibits: Sequence[Exhibit]) -> None:
    """Record in the settings of a case which exhibits are split files of one dump."""
    files = {one.ref: SplitFile(one.ref, one.name, one.file(case.path), one.bytes) for one in exhibits}
    join_split_files(case.settings.exhibits, files)
