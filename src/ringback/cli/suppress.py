"""ringback suppress: numbers never to contact."""

import sys
from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ringback.alerting.suppressions import decode_list, import_list, read_list, undo_number
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.session import acting_for, acting_if_staffed
from ringback.cli.terminal import (
    end_with_findings,
    err,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
)
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.records.suppressions import list_suppressions

suppress_app = typer.Typer(help="Numbers never to contact.", no_args_is_help=True)
_SHOWN = 20


class SourceName(StrEnum):
    """Where a suppression came from: `records.suppressions.SOURCES`."""

    import_ = "import"
    reply = "reply"
    staff = "staff"


@suppress_app.command("import", epilog='Example: ringback suppress import op-case list.csv --reason "safeguarding"')
def suppress_import(
    case: CaseArgument,
    file: Annotated[
        Path, typer.Argument(help="The list; - for standard input.", metavar="FILE", allow_dash=True, readable=False)
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, for rows that give no reason of their own.")],
    as_json: JsonOption = False,
) -> None:
    """Suppress the numbers of a list: one a line, or a CSV with a column number (and, if you like, reason).

    They win over every list of victims, also while a batch is being sent. Rows that cannot be read are named by
    row number, and the rest is kept. Exit code 0: done. 1: done, but some rows could not be read.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        who = acting_if_staffed(case_file, "suppress", command="suppress import")
        rows = read_list(decode_list(_read(file)))
        done = import_list(case_file, rows, plan=case_file.dial_plan(), reason=reason, who=who)
        if as_json:
            unreadable = [{"row": row, "reason": why} for row, why in done.unreadable]
            print_json(asdict(done) | {"unreadable": unreadable})
        else:
            out.print(f"{done.rows:,} rows: {done.added:,} suppressed now, {done.known:,} were already", markup=False)
            if done.ambiguous:
                out.print(f"{done.ambiguous:,} rows have more than one reading: each reading is suppressed")
            for row, why in done.unreadable[:_SHOWN]:
                out.print(f"row {row} cannot be read: {why}", markup=False)
            if len(done.unreadable) > _SHOWN:
                out.print(f"and {len(done.unreadable) - _SHOWN:,} more rows; --json lists them all")
        print_head(case_file)
        end_with_findings(found=bool(done.unreadable))


@suppress_app.command("undo", epilog='Example: ringback suppress undo op-case --why "asked in person" < number.txt')
def suppress_undo(
    case: CaseArgument,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")],
    source: Annotated[
        SourceName | None, typer.Option("--source", help="Undo only what came from there: import, reply or staff.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Undo the suppression of one number, read from standard input. It stays in the records as undone."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "undo_suppression", command="suppress undo")
        if sys.stdin.isatty():
            err.print("type the number, then Enter", style="dim")
        raw = sys.stdin.readline().strip()
        if not raw:
            raise RingbackError("number_missing", command=f"ringback suppress undo {case} --why TEXT")
        chosen = source.value if source else None
        undone = undo_number(case_file, raw, plan=case_file.dial_plan(), why=why, who=member.name, source=chosen)
        if as_json:
            print_json({"undone": [one.id for one in undone]})
        else:
            for one in undone:
                out.print(f"undone: suppression {one.id} ({one.source}: {one.reason})", markup=False)
        print_head(case_file)


@suppress_app.command("list", epilog="Example: ringback suppress list op-case --json")
def suppress_list(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Count the suppressions by reason and source; with --json, also each one. No numbers are shown."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        acting_if_staffed(case_file, "status", command="suppress list")
        with case_file.records.connect() as connection:
            found = list_suppressions(connection)
        counts = Counter((one.source, one.reason) for one in found if one.undone_at is None)
        undone = sum(one.undone_at is not None for one in found)
        if as_json:
            shown = [asdict(one) for one in found]
            for one in shown:
                del one["number_digest"]
            told = [{"source": kind, "reason": why, "numbers": count} for (kind, why), count in sorted(counts.items())]
            print_json({"active": told, "undone": undone, "suppressions": shown})
        else:
            for (kind, why), count in sorted(counts.items()):
                out.print(f"{count:>8,}  {kind:<7} {why}", markup=False)
            out.print(f"{sum(counts.values()):,} active, {undone:,} undone")
        print_head(case_file)


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise RingbackError("suppressions_unreadable", problem=f"{file.absolute()}: {say_problem(error)}") from error
