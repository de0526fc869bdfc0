"""Importing an export: every row ends as imported, already known, or rejected with its reason.

Rows are stored in transactions of some hundred, each with its audit entry. A row is known by the file's hash, its
table and its number. So an import that was killed goes on where it was, and a file that is given twice brings nothing
in. A later export that holds older reports too brings in those that are new, or say something else.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.db import writing
from ringback.records.report_imports import ReportImport, add_import, find_import
from ringback.records.reports import add_reports, find_by_centre, known_rows
from ringback.records.staff import Transaction
from ringback.text.printable import printable
from ringback.victim_reports.days import UK
from ringback.victim_reports.digests import centre_digests, content_digests
from ringback.victim_reports.faults import FAULT_WORDS
from ringback.victim_reports.imports.columns import ChosenColumns, ColumnMapping, propose_columns
from ringback.victim_reports.imports.export_file import ExportFile, ExportReading, ExportRow, UnreadRow, read_rows
from ringback.victim_reports.imports.row_reader import ReadRow, RowFault, read_row
from ringback.victim_reports.intake import IMPORT, Incoming, find_report_faults, seal_reports
from ringback.victim_reports.money import find_decimal_mark
from ringback.victim_reports.questions import Known
from ringback.victim_reports.reasons import check_why

STARTED, CHUNK_DONE, FINISHED = "report_import_started", "reports_imported", "report_import_finished"
_CHUNK_ROWS = 500
# Parts of a report's content to the field of an import that they come from.
_FIELD_OF = {
    "losses": "loss", "called_number_typed": "called_number", "shown_number_typed": "shown_number",
    "reporter.name": "name", "reporter.number": "contact_number", "reporter.email": "email",
    "reporter.postcode": "postcode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: its table, its number from 1, the field (`''` for the whole row), and why, in words."""

    table: str
    row: int
    field: str
    reason: str


@dataclass(slots=True)
class ImportResult:
    """The result. Rows = imported + known + rejected, always.

    Attributes:
        rows: Rows of the file.
        imported: Rows that are reports now; in a trial, those that would be.
        known: Rows that were imported before, from this file or from an earlier export of the same centre.
        rejected: The others, with each of their faults.
        rejected_rows: How many rows that are.
        unread_numbers: Field to rows whose number could not be read, and is kept as typed.
        damage: Places where the file is damaged, in words. Rows may be missing there.
        bad_encoding: Values that hold bytes which are no text.
        import_id: Its id; "" in a trial of a file that was never imported.
    """

    rows: int = 0
    imported: int = 0
    known: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    rejected_rows: int = 0
    unread_numbers: Counter[str] = field(default_factory=Counter)
    damage: list[str] = field(default_factory=list)
    bad_encoding: int = 0
    import_id: str = ""

    def check(self) -> None:
        """Check that every row is accounted for.

        Raises:
            RingbackError: `report_import_unreconciled`.
        """
        told = self.imported + self.known + self.rejected_rows
        if told != self.rows:
            raise RingbackError("report_import_unreconciled", rows=self.rows, told=told)


def find_columns(export: ExportFile, chosen: ChosenColumns) -> ColumnMapping:
    """Propose the columns, after a reading of the whole file, which also shows the mark before pence.

    Raises:
        RingbackError: as `propose_columns` and `read_rows`.
    """
    reading = ExportReading()
    sums: dict[str, list[str]] = {}
    for row in read_rows(export, reading):
        for name, value in row.values.items():
            # Only short values that hold a digit can be sums.
            if len(value) < 20 and any(map(str.isdigit, value)):
                sums.setdefault(name, []).append(value)
    if not reading.columns:
        raise RingbackError("report_export_unreadable", path=export.path, problem="it holds no rows that can be read")
    found = propose_columns(tuple(reading.columns), chosen)
    money = [one for name in ("loss", "loss_returned") for one in sums.get(found.columns.get(name, ""), ())]
    decimal = found.decimal or find_decimal_mark(money)
    return ColumnMapping(found.columns, found.unclear, found.not_taken, decimal)


def import_export(
    case_file: CaseFile,
    export: ExportFile,
    mapping: ColumnMapping,
    *,
    who: str,
    why: str,
    trial: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> ImportResult:
    """Import an export, or go on with one that was interrupted.

    Args:
        case_file: The case.
        export: The file.
        mapping: Its columns.
        who: The member of staff who imports.
        why: Why, for the audit log.
        trial: Whether to store nothing.
        progress: Called with the rows done since the last call.

    Raises:
        RingbackError: `why_missing`, `report_import_unreconciled`, `report_export_changed`, `key_missing`, and as
            `read_rows`.
    """
    if not trial:
        check_why(why)
    loop = _Importing(case_file, export, mapping, who, why, trial=trial)
    loop.begin()
    reading = ExportReading()
    rows = read_rows(export, reading, mapped=set(mapping.columns.values()))
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        loop.take(chunk)
        progress(len(chunk))
    export.check_unchanged()
    return loop.end(reading)


class _Importing:
    """One import: takes chunks of rows, and counts what becomes of each."""

    def __init__(
        self, case_file: CaseFile, export: ExportFile, mapping: ColumnMapping, who: str, why: str, *, trial: bool
    ) -> None:
        self._case, self._export, self._mapping, self._who, self._why = case_file, export, mapping, who, why
        self._trial = trial
        self._ring, self._plan = case_file.keys(), case_file.dial_plan()
        self._now = case_file.clock.now()
        self._known = Known(self._now.astimezone(UK).date(), self._plan)
        self._result = ImportResult()

    def begin(self) -> None:
        """Note the import, or find that it was begun before."""
        with self._case.records.connect() as connection:
            found = find_import(connection, self._export.sha256)
        if not self._trial:
            found = self._note_start()
        self._result.import_id = found.id if found else ""

    def _note_start(self) -> ReportImport:
        export = self._export
        with writing(self._case.records).begin() as connection:
            name = mask_numbers(printable(export.path.name))
            found = find_import(connection, export.sha256) or add_import(
                connection, name=name, sha256=export.sha256, size=export.bytes, now=self._now, by=self._who
            )
            facts = {
                "import": found.id, "name": name, "sha256": export.sha256, "bytes": export.bytes,
                "columns": dict(self._mapping.columns), "decimal": self._mapping.decimal or "",
            }  # fmt: skip
            entry = self._case.log.add_within(connection, STARTED, why=self._why, facts=facts, who=self._who)
        self._case.log.note_head(entry)
        return found

    def take(self, chunk: list[ExportRow]) -> None:
        """Take some rows, in one transaction."""
        if self._trial:
            with self._case.records.connect() as connection:
                self._result.imported += len(list(self._incoming(connection, chunk)))
            return
        with writing(self._case.records).begin() as connection:
            before = self._result.known
            incoming = list(self._incoming(connection, chunk))
            added = seal_reports(connection, self._ring, self._plan, incoming, way=IMPORT, who=self._who)
            add_reports(connection, added)
            facts = {
                "import": self._result.import_id, "from": [chunk[0].place, chunk[0].row],
                "until": [chunk[-1].place, chunk[-1].row], "imported": len(added),
                "known": self._result.known - before,
            }  # fmt: skip
            entry = self._case.log.add_within(connection, CHUNK_DONE, why=self._why, facts=facts, who=self._who)
        self._case.log.note_head(entry)
        self._result.imported += len(added)

    def _incoming(self, connection: Transaction, chunk: list[ExportRow]) -> Iterator[Incoming]:
        """The reports of those rows that are new and can be taken. The others are counted."""
        import_id = self._result.import_id
        numbers = [row.row for row in chunk]
        known = known_rows(connection, import_id, first=min(numbers), last=max(numbers)) if import_id else set()
        for row in chunk:
            if (row.place, row.row) in known:
                self._result.known += 1
                continue
            try:
                found = read_row(self._fields(row), self._known, decimal=self._mapping.decimal)
                if self._is_known_elsewhere(connection, found):
                    self._result.known += 1
                    continue
                if found.content.reference:
                    self._check_reference(connection, found)
            except RowFault as fault:
                self._reject(row, fault)
                continue
            self._result.unread_numbers.update(found.unread_numbers)
            at = (found.received_at or self._now).astimezone(UTC)
            yield Incoming(found.content, min(at, self._now), (import_id, row.place, row.row))

    def _is_known_elsewhere(self, connection: Transaction, found: ReadRow) -> bool:
        """Whether an earlier export had the same report, saying the same. One that was erased is never taken again."""
        digests = centre_digests(self._ring, found.content.centre_reference)
        if not digests:
            return False
        said = content_digests(self._ring, found.content)
        others = find_by_centre(connection, digests, not_of=self._result.import_id)
        return any(one.erased or one.content_digest in said for one in others)

    def _fields(self, row: ExportRow) -> Mapping[str, str]:
        columns = self._mapping.columns
        return {name: row.values[column] for name, column in columns.items() if column in row.values}

    def _check_reference(self, connection: Transaction, found: ReadRow) -> None:
        if faults := find_report_faults(connection, self._ring, found.content):
            raise RowFault(faults)

    def _reject(self, row: ExportRow, fault: RowFault) -> None:
        self._result.rejected_rows += 1
        for name, code in fault.faults:
            field_name = _FIELD_OF.get(name, name.partition(".")[0])
            column = self._mapping.columns.get(_FIELD_OF.get(field_name, field_name), field_name)
            rejected = RejectedRow(_table(row.place), row.row, mask_numbers(column), FAULT_WORDS[code])
            self._result.rejected.append(rejected)

    def end(self, reading: ExportReading) -> ImportResult:
        """Account for the rows that the reader could not read, and note the end.

        Raises:
            RingbackError: `report_import_unreconciled`.
        """
        result = self._result
        result.rows, result.bad_encoding = reading.rows, reading.bad_encoding
        for one in reading.unread:
            if one.row:
                result.rejected_rows += 1
                result.rejected.append(RejectedRow(mask_numbers(one.place), one.row, "", one.detail or one.reason))
            else:
                result.damage.append(_say_damage(one))
        if reading.passed_over:
            result.damage.append(f"{reading.passed_over:,} files inside are no tables, and were not read")
        result.rejected.sort(key=lambda one: (one.table, one.row))
        result.check()
        if not self._trial:
            facts = {
                "import": result.import_id, "rows": result.rows, "imported": result.imported, "known": result.known,
                "rejected": result.rejected_rows,
                "reasons": dict(sorted(Counter(f"{one.field}: {one.reason}" for one in result.rejected).items())),
                "damage": len(result.damage),
            }  # fmt: skip
            self._case.log.add(FINISHED, why=self._why, facts=facts, who=self._who)
        return result


def _table(place: str) -> str:
    return mask_numbers(place.partition(":")[2])


def _say_damage(one: UnreadRow) -> str:
    return f"{mask_numbers(one.place) or 'the file'}: {one.detail or one.reason}"
