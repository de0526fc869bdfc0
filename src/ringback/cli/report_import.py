"""ringback report import: the export of a national centre becomes reports."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.report_group import report_app
from ringback.cli.session import acting_for
from ringback.cli.terminal import end_with_findings, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.numbers.masking import mask_numbers
from ringback.victim_reports.imports.columns import (
    ChosenColumns,
    ColumnMapping,
    check_decimal,
    read_column_options,
    read_mapping_file,
)
from ringback.victim_reports.imports.export_file import open_export
from ringback.victim_reports.imports.importing import ImportResult, find_columns, import_export

_SHOWN = 20


@report_app.command("import", epilog='Example: ringback report import op-case export.csv --accept --why "monthly"')
def import_reports(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The export: CSV, JSON or Excel.", metavar="FILE", readable=False)],
    accept: Annotated[bool, typer.Option("--accept", help="Import it; else it is only tried.")] = False,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="The column of a field; nothing behind = for none.",
                                       metavar="FIELD=COLUMN")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A TOML file with [columns]; --column wins.", metavar="FILE",
                                  readable=False)
    ] = None,
    decimal: Annotated[str, typer.Option("--decimal", help="The mark before pence, a point or a comma.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log; needed with --accept.")] = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Import an export of reports: without --accept, only say which column is what, and what would become of each row.

    Rows in = imported + known + rejected. Interrupted, the same command goes on; no row is imported twice.
    Exit code 1: some rows were rejected, or the file is damaged.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "report", command="report import")
        chosen = ChosenColumns(read_column_options(column or []), check_decimal(decimal))
        if mapping is not None:
            chosen = chosen.over(read_mapping_file(_read(mapping)))
        export = open_export(file, case_file.limits())
        found = find_columns(export, chosen)
        with BarProgress(quiet=as_json).step("Importing reports" if accept else "Trying the import", None) as advance:
            done = import_export(case_file, export, found, who=member.name, why=why, trial=not accept, progress=advance)
        if as_json:
            print_json(_facts(export.sha256, found, done, accept=accept))
        else:
            _print(found, done, accept=accept)
        print_head(case_file)
        end_with_findings(found=bool(done.rejected_rows or done.damage))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RingbackError("report_columns_bad", problem=f"{path.absolute()}: {say_problem(error)}") from error


def _facts(sha256: str, found: ColumnMapping, done: ImportResult, *, accept: bool) -> dict[str, object]:
    return {
        "import": done.import_id, "sha256": sha256, "trial": not accept, "columns": dict(found.columns),
        "unclear": {name: list(many) for name, many in found.unclear.items()},
        "not_taken": list(found.not_taken), "decimal": found.decimal, "rows": done.rows, "imported": done.imported,
        "known": done.known, "rejected": done.rejected_rows, "rejections": [asdict(one) for one in done.rejected],
        "unread_numbers": dict(done.unread_numbers), "bad_encoding": done.bad_encoding, "damage": done.damage,
    }  # fmt: skip


def _print(found: ColumnMapping, done: ImportResult, *, accept: bool) -> None:
    for name, taken in found.columns.items():
        _say(f"{name:<17} {taken}")
    for name, many in found.unclear.items():
        _say(f"{name:<17} unclear: {' or '.join(many)}; set it with --column")
    if found.not_taken:
        _say(f"{'not taken':<17} {', '.join(found.not_taken)}")
    imported = f"{done.imported:,} imported" if accept else f"{done.imported:,} to import"
    rows = "row" if done.rows == 1 else "rows"
    _say(f"{done.rows:,} {rows}: {imported}, {done.known:,} known already, {done.rejected_rows:,} rejected")
    for name, count in done.unread_numbers.items():
        rows = "row" if count == 1 else "rows"
        _say(f"{count:,} {rows}: {name} cannot be read as a number, and is kept as it stands")
    if done.bad_encoding:
        _say(f"{done.bad_encoding:,} values hold bytes that are no text")
    for one in done.damage:
        _say(f"damaged: {one}")
    for row in done.rejected[:_SHOWN]:
        _say(f"{row.table}, row {row.row}: {f'{row.field}: ' if row.field else ''}{row.reason}")
    if len(done.rejected) > _SHOWN:
        _say(f"and {len(done.rejected) - _SHOWN:,} more; --json lists them all")
    if not accept:
        _say('nothing is stored yet; if this is right: the same with --accept --why "..."')


def _say(line: str) -> None:
    # Names of columns and tables come from the export. Without a header, a number may stand as one.
    out.print(mask_numbers(line), markup=False)
