"""Bringing the public's reports from an inbox into the records: each once, through crashes, and none dropped.

As with the inbox's log, the case's audit log says how far the reports were collected, in the transaction that stores
them; the inbox is emptied afterwards. What cannot be opened or read is kept beside the case as it came, and told:

    CASE/reports-aside/<inbox>-<number>.age
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ringback.case.backup_files import REPORTS_ASIDE
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.files.atomic import temp_path
from ringback.files.disk import unwritable
from ringback.files.durable import fsync_folder, make_folder, write_file
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.sent_reports import SealedRow, empty_sent, read_sent
from ringback.publishing.inbox.uploads import read_uploads
from ringback.publishing.report_keys import CannotOpen, ReportKeys, load_report_keys
from ringback.publishing.sealed_reports import SentReport, unpack_report
from ringback.publishing.uploads.cleaning import Cleaned, check_cleaner, clean_file
from ringback.publishing.uploads.kept_files import ReportFile, keep_files, report_key
from ringback.records.db import writing
from ringback.records.report_status import has_status_digest
from ringback.records.reports import add_reports
from ringback.records.staff import Transaction
from ringback.victim_reports import status_codes
from ringback.victim_reports.answers import says_nothing
from ringback.victim_reports.content import find_faults
from ringback.victim_reports.intake import PUBLIC, TAKEN, Incoming, seal_reports, show_faults

COLLECTED = "reports_collected"
ASIDE = REPORTS_ASIDE.rstrip("/")
# Each may be 160 KB.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Aside:
    """A report that could not be taken: its file in the case, and why."""

    file: str
    problem: str


@dataclass(slots=True)
class CollectedReports:
    """What one collection brought in.

    Attributes:
        reports: The ids of the reports that were taken.
        confirmed: Those that began with a text of ours; each is tied to its number.
        unconfirmed: Those whose reference is none of ours, or whose digits are others.
        aside: What could not be taken.
        files: How many files came with the reports.
        refused: The report and the reason, of each file that could not be cleaned.
    """

    reports: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    files: int = 0
    refused: list[str] = field(default_factory=list)

    def add(self, more: "CollectedReports") -> None:
        """Add what another turn brought in."""
        self.reports += more.reports
        self.confirmed += more.confirmed
        self.unconfirmed += more.unconfirmed
        self.aside += more.aside
        self.files += more.files
        self.refused += more.refused


def collect_reports(case_file: CaseFile, inbox: Inbox, *, why: str, member: str = "") -> CollectedReports:
    """Bring in every report that was sent and that the case has not.

    Args:
        case_file: The case.
        inbox: The inbox.
        why: Why, for the audit log.
        member: Who collects.

    Raises:
        RingbackError: `records_rolled_back`, `mark_missing`, `report_key_missing`, `uploads_missing`, or
            `inbox_of_another_time` where
            the inbox ends before what the case has collected of it.
    """
    case_file.check_newest()
    name, found = inbox.id, CollectedReports()
    keys: ReportKeys | None = None
    while True:
        until = _collected_until(case_file, name)
        if until < inbox.collected_reports:
            raise RingbackError("inbox_of_another_time", inbox=name)
        rows = read_sent(inbox.engine, after=until, most=_AT_ONCE)
        if not rows:
            break
        keys = keys or load_report_keys(case_file.settings.keys_dir, case_file.case.settings.id)
        # The slow part, while others can write. No more than one report with files at a time is in memory.
        opened = _open_some(rows, keys, inbox)
        last, turn = opened[-1].row.seq, CollectedReports()
        with writing(case_file.records).begin() as connection:
            if _collected_until(case_file, name) != until:
                # Somebody else collects, too.
                continue
            for one in opened:
                facts = _take(case_file, connection, one, inbox=name, turn=turn)
                if facts is not None:
                    case_file.log.add_within(connection, TAKEN, why=why, facts=facts, who=member)
            told = {
                "inbox": name, "from": opened[0].row.seq, "until": last, "rows": len(opened), "reports": turn.reports,
                "began_with_our_text": turn.confirmed, "reference_not_confirmed": turn.unconfirmed,
                "files": turn.files, "files_refused": turn.refused,
                "aside": {one.file: one.problem for one in turn.aside},
            }  # fmt: skip
            entry = case_file.log.add_within(connection, COLLECTED, why=why, facts=told, who=member)
        case_file.log.note_head(entry)
        found.add(turn)
        empty_sent(inbox.engine, until=last)
    # What an earlier collection stored and did not come to delete.
    empty_sent(inbox.engine, until=until)
    return found


@dataclass(frozen=True, slots=True)
class _Opened:
    """A row of the inbox, opened: the report with its files, or the problem."""

    row: SealedRow
    report: SentReport | None
    files: tuple[ReportFile, ...] = ()
    problem: str = ""


def _open_some(rows: Sequence[SealedRow], keys: ReportKeys, inbox: Inbox) -> list[_Opened]:
    """Open rows up to the first that has files, that one included."""
    opened: list[_Opened] = []
    for row in rows:
        try:
            report = _open(row, keys)
        except (CannotOpen, ValueError) as error:
            opened.append(_Opened(row, None, problem=str(error)))
            continue
        opened.append(_Opened(row, report, _clean(report, keys, inbox)))
        if report.files:
            break
    return opened


def _clean(report: SentReport, keys: ReportKeys, inbox: Inbox) -> tuple[ReportFile, ...]:
    """The files of a report, each cleaned in a process of its own, or refused with the reason."""
    if not report.files:
        return ()
    check_cleaner()
    sealed = read_uploads(inbox.engine, [one.id for one in report.files])
    cleaned = []
    for one in report.files:
        try:
            found = clean_file(keys.open(sealed[one.id])) if one.id in sealed else Cleaned(refused="it did not arrive")
        except CannotOpen as error:
            found = Cleaned(refused=str(error))
        cleaned.append(ReportFile(one.name, found))
    return tuple(cleaned)


def _take(
    case_file: CaseFile, connection: Transaction, one: _Opened, *, inbox: str, turn: CollectedReports
) -> dict[str, object] | None:
    """Store one report, and say what the log tells of it. Put aside, it is None."""
    if one.report is None:
        turn.aside.append(_put_aside(case_file.case.path, one.row, inbox, one.problem))
        return None
    report, ring = one.report, case_file.keys()
    digests = status_codes.status_digests(ring, report.status_code)
    incoming = Incoming(report.content, report.sent_at)
    (new,) = seal_reports(
        connection, ring, case_file.dial_plan(), [incoming], way=PUBLIC, who="", status_digest=digests[0]
    )
    if has_status_digest(connection, digests):
        # Two of 20 to the power of 12 codes are the same: the later report is kept, and its code shows the earlier one.
        new = replace(new, status_digest=None)
    add_reports(connection, [new])
    turn.reports.append(new.id)
    if report.content.reference:
        (turn.confirmed if new.check_digest else turn.unconfirmed).append(new.id)
    facts: dict[str, object] = {
        "report": new.id, "way": new.way, "kind": new.kind, "losses": len(new.losses),
        "began_with_our_text": new.check_digest is not None,
    }  # fmt: skip
    if one.files:
        folder = f"{inbox}-{one.row.seq}"
        key = report_key(ring, new.key_sealed, report=new.id)
        keep_files(case_file.case.path, folder, one.files, key=key, report=new.id)
        refused = [file.cleaned.refused for file in one.files if file.cleaned.refused]
        facts |= {"files": folder, "files_kept": len(one.files) - len(refused), "files_refused": refused}
        turn.files += len(one.files)
        turn.refused += [f"{new.id}: {reason}" for reason in refused]
    return facts


def _open(row: SealedRow, keys: ReportKeys) -> SentReport:
    report = unpack_report(keys.open(row.sealed))
    if faults := find_faults(report.content):
        raise ValueError(show_faults(faults))
    if says_nothing(report.content):
        raise ValueError("it says nothing")
    return report


def _put_aside(case: Path, row: SealedRow, inbox: str, problem: str) -> Aside:
    """Keep what came, sealed as it is. Done again after an interruption, it is the same file."""
    path = case / ASIDE / f"{inbox}-{row.seq}.age"
    part = temp_path(path)
    try:
        make_folder(path.parent)
        write_file(part, row.sealed)
        part.replace(path)
        fsync_folder(path.parent)
    except OSError as error:
        raise unwritable(path.absolute(), error) from error
    finally:
        part.unlink(missing_ok=True)
    return Aside(f"{ASIDE}/{path.name}", problem)


def _collected_until(case_file: CaseFile, inbox: str) -> int:
    found = case_file.log.find_last(COLLECTED, inbox=inbox)
    return int(found["until"]) if found else 0
