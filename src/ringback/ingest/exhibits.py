"""Exhibits in, raw tables out: what could be read, what could not, and what may not be looked at."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pyarrow as pa

from ringback import schemas as t
from ringback.case.case_file import CaseFile
from ringback.engine.parquet import TableWriter, arrow_schema
from ringback.engine.store import RunStore, part_name
from ringback.errors import RingbackError
from ringback.ingest.call_notes import call_notes
from ringback.ingest.call_parser import CallTexts, CallWriter
from ringback.ingest.known_answers import DecidedTooSoonError, KnownAnswers
from ringback.progress import Progress, current_watcher
from ringback.records.exhibits import Exhibit
from ringback.schemas.table import Table
from ringback.sources.archives.detect import SIDECARS
from ringback.sources.archives.sidecars import find_database, find_logs
from ringback.sources.base import Rejection
from ringback.sources.exhibit_file import OtherFile, SeizedFile
from ringback.sources.exhibit_reader import read_exhibit
from ringback.sources.mapping import SeizureMapping
from ringback.sources.reading_tally import ReadingTally

# Errors that are not the fault of the exhibit that is being read.
_NOT_THE_EXHIBIT = ("disk_full", "output_unwritable", "memory_short")


def read_exhibits(
    case_file: CaseFile,
    exhibits: Sequence[Exhibit],
    store: RunStore,
    *,
    mapping: SeizureMapping,
    call_texts: CallTexts,
    progress: Progress,
) -> None:
    """Read every exhibit into tables of its own, including the texts of its calls, and note the result of each.

    A damaged exhibit gives what can be read of it; the damage is noted and reported, and the run goes on. An exhibit
    that cannot be read at all stops the run, but only after the others were read: what was read stays, and the
    next run with the same settings uses it again.

    Raises:
        RingbackError: The error of the one exhibit that failed, `exhibits_failed` for several, or
            `mapping_nothing_found` where none has calls.
    """
    errors: list[RingbackError] = []
    left, label = [(one, KnownAnswers()) for one in exhibits], "Reading exhibits"
    while left:
        again = []
        with progress.step(label, sum(one.bytes for one, _known in left)) as advance:
            for one, known in left:
                if one.ref in store.facts.get("reading", {}):
                    advance(one.bytes)
                    continue
                try:
                    seized = seized_file(case_file, one, exhibits)
                    _read_exhibit(
                        seized, one, store, mapping=mapping, call_texts=call_texts, known=known, advance=advance
                    )
                except DecidedTooSoonError:
                    why = "its calls without an answer came before the first answer"
                    current_watcher().note(f"exhibit {one.ref} will be read once more: {why}")
                    again.append((one, known))
                except RingbackError as error:
                    # Not the exhibit's fault: the next one would fare no better.
                    if error.code in _NOT_THE_EXHIBIT:
                        raise
                    errors.append(error)
        left, label = again, "Reading exhibits again"
    if len(errors) == 1:
        raise errors[0]
    if errors:
        problems = "; ".join(str(error) for error in errors)
        raise RingbackError("exhibits_failed", count=len(errors), problems=problems)
    notes = store.facts.get("reading", {}).values()
    if not any("calls" in note["roles"] for note in notes):
        tables = sorted({table for note in notes for table in note["tables"]})
        raise RingbackError("mapping_nothing_found", tables=", ".join(tables) or "none")
    synthetic = case_file.is_synthetic or any(note["synthetic"] for note in notes)
    store.note(synthetic=synthetic)


def _read_exhibit(
    seized: SeizedFile,
    exhibit: Exhibit,
    store: RunStore,
    *,
    mapping: SeizureMapping,
    call_texts: CallTexts,
    known: KnownAnswers,
    advance: Callable[[int], None],
) -> None:
    """Read one exhibit; its tables and its note appear together or not at all.

    Raises:
        DecidedTooSoonError: Nothing was saved; the exhibit has to be read again, with the same `known`.
    """
    known.begin()
    with ExitStack() as stack:
        unread = stack.enter_context(_raw_writer(store, t.UNREAD_ROWS, seized.exhibit))
        tally = ReadingTally(hand_over=lambda many: unread.write_table(_unread_rows(seized.exhibit, many)))
        writers: dict[str, TableWriter | CallWriter] = {
            role: stack.enter_context(_raw_writer(store, table, seized.exhibit))
            for role, table in t.RAW_TABLES.items()
            if table is not t.RAW_CALLS
        }
        calls = writers["calls"] = stack.enter_context(call_texts.saving(store, seized.exhibit, known))
        set_aside = bool(seized.options.get("set_aside"))
        read = read_exhibit(seized, mapping, tally=tally, progress=advance, answer_tables=known.tables)
        for role, rows in iter(()) if set_aside else read:
            writers[role].write_table(rows)
        unread.write_table(_unread_rows(seized.exhibit, tally.rejections))
    held = [(seized.exhibit, table, name, count) for (table, name), count in tally.quarantined.items()]
    store.save_rows(part_name(t.QUARANTINE, seized.exhibit), _rows(t.QUARANTINE, held))
    note = _note(exhibit, seized, tally, mapping) | call_notes(tally, mapping, calls.endings)
    notes = store.facts.get("reading", {}) | {seized.exhibit: note}
    store.note(reading=notes)


def seized_file(case_file: CaseFile, exhibit: Exhibit, exhibits: Sequence[Exhibit]) -> SeizedFile:
    """An exhibit as the readers see it, with what case.toml says of it, and which others belong to it."""
    case = case_file.case
    sections = case.settings.exhibits
    options = sections.get(exhibit.ref, {})
    logs = find_logs(exhibit, exhibits, sections) if exhibit.format == "sqlite" else {}
    return SeizedFile(
        exhibit.ref,
        exhibit.name,
        exhibit.file(case.path),
        str(options.get("format", exhibit.format)),
        options,
        limits=case_file.limits(),
        beside={ending: log.file(case.path) for ending, log in logs.items()},
        read_with=(find_database(exhibit, exhibits, sections) or "") if exhibit.format in SIDECARS else "",
        others=[
            OtherFile(one.ref, one.name, one.file(case.path), one.format)
            for one in exhibits
            if one.format in ("mysqldump", "archive") and one.ref != exhibit.ref and _may_define(one.ref, sections)
        ],
    )


def _may_define(ref: str, sections: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an exhibit is read on its own, so that its definitions of tables count."""
    section = sections.get(ref, {})
    return not section.get("set_aside") and not section.get("part_of")


def _note(exhibit: Exhibit, seized: SeizedFile, tally: ReadingTally, mapping: SeizureMapping) -> dict[str, Any]:
    """The result of reading one exhibit, for the manifest and the report; rejected rows by role and reason."""
    rejected: dict[str, Counter[str]] = {}
    for (table, reason), count in tally.rejected.items():
        role = mapping.find_role(table)
        if role is not None:
            rejected.setdefault(role.role, Counter())[reason] += count
    seen: Counter[str] = Counter()
    for (_part, table), count in tally.seen.items():
        role = mapping.find_role(table)
        if role is not None:
            seen[role.role] += count
    return {
        "exhibit": exhibit.ref,
        "name": exhibit.name,
        "format": seized.format,
        "bytes": exhibit.bytes,
        "sha256": exhibit.sha256,
        "tables": sorted(tally.tables),
        "roles": sorted({role.role for table in tally.tables if (role := mapping.find_role(table))}),
        "passed_over": sorted(tally.passed_over),
        "unread_files": {what: list(told) for what, told in sorted(tally.unread_files.items())},
        "rows": dict(tally.rows),
        "seen": dict(seen),
        "rejected": {role: dict(reasons) for role, reasons in rejected.items()},
        "bad_encoding": {f"{table}.{field}": n for (table, field), n in sorted(tally.bad_encoding.items())},
        "remarks": tally.remarks,
        "set_aside": seized.options.get("set_aside", ""),
        "synthetic": tally.synthetic,
        "damage": [_position(exhibit.ref, bad) for bad in tally.damage] + _more_damage(exhibit.ref, tally),
    }


def _more_damage(exhibit: str, tally: ReadingTally) -> list[str]:
    more = tally.damaged_places - len(tally.damage)
    return [f"exhibit {exhibit}: {more:,} more places are damaged (the table unread_rows names them)"] if more else []


def _unread_rows(exhibit: str, rejections: Sequence[Rejection]) -> pa.Table:
    rows = [(exhibit, bad.table, bad.row, bad.byte, "reading", bad.reason, bad.detail) for bad in rejections]
    return _rows(t.UNREAD_ROWS, rows)


def _position(exhibit: str, bad: Rejection) -> str:
    place = [f"table {bad.table}"] if bad.table else []
    place += [f"row {bad.row}"] if bad.row else []
    place += [f"byte {bad.byte:,}"] if bad.byte is not None else []
    error = RingbackError(
        "source_broken",
        exhibit=exhibit,
        position=", ".join(place) or "its end",
        problem=bad.detail or bad.reason,
    )
    return f"{error} ({error.next_step})"


@contextmanager
def _raw_writer(store: RunStore, table: Table, exhibit: str) -> Iterator[TableWriter]:
    with store.writing(part_name(table, exhibit)) as part, TableWriter(part, table) as writer:
        yield writer


def _rows(table: Table, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    arrays = [pa.array(list(values), field.type) for values, field in zip(columns, arrow_schema(table), strict=True)]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))
