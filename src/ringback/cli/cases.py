"""ringback case, exhibit, verify, audit: the case folder and what is in it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ringback.alerting.verification import find_alert_differences
from ringback.case import FIRST_DAY, LAST_DAY
from ringback.casework import bytes_of_runs, find_differences, new_case, register, upgrade_case
from ringback.cli.bars import BarProgress
from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.terminal import (
    end_with_findings,
    open_for,
    out,
    print_head,
    print_json,
    print_warning,
    reporting_errors,
    settings,
)
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.records.exhibits import Exhibit
from ringback.records.tables import RECORDS_FORMAT
from ringback.sources.folders import MOST_FILES, find_files, find_left_behind
from ringback.sources.mapping import PRESETS
from ringback.sources.options import FORMATS
from ringback.sources.parts import in_order

case_app = typer.Typer(help="Make a case folder, or look at one.", no_args_is_help=True)
exhibit_app = typer.Typer(help="Take seized files in as exhibits, or list them.", no_args_is_help=True)

DayOption = datetime | None
_DAY = ["%Y-%m-%d"]


@case_app.command("new", epilog='Example: ringback case new op-case --name "Operation Example" --first-day 2020-12-01')
def case_new(
    case: CaseArgument,
    name: Annotated[str, typer.Option(help="Name of the case, as the report shows it.")],
    time_zone: Annotated[str, typer.Option(help="Time zone of seized times that name none.")] = "Europe/London",
    first_day: Annotated[DayOption, typer.Option(help="First day of the site's life.", formats=_DAY)] = None,
    last_day: Annotated[DayOption, typer.Option(help="Last day of the site's life.", formats=_DAY)] = None,
    preset: Annotated[str, typer.Option(help=f"Mapping preset: {', '.join(PRESETS)}.")] = "ringback",
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Made-up records. There is no way back.")] = False,
    records: Annotated[
        str,
        typer.Option(help="Keep the records in this empty PostgreSQL database: postgresql+psycopg://user@host/name"),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a case folder with its settings, key and audit log."""
    with reporting_errors(as_json=as_json):
        made = new_case(
            case,
            settings=settings(),
            name=name,
            time_zone=time_zone,
            first_day=first_day.date() if first_day else FIRST_DAY,
            last_day=last_day.date() if last_day else LAST_DAY,
            preset=preset,
            synthetic=synthetic,
            records_url=records,
        )
        if as_json:
            print_json({"case": str(case), "id": made.case.settings.id, "synthetic": synthetic})
        else:
            out.print(f"made case {case}; its settings are in {made.case.toml}")
            out.print(f"next: ringback exhibit add {case} FILE...")
        print_head(made)


@case_app.command("upgrade", epilog="Example: ringback case upgrade op-case")
def case_upgrade(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Bring the records of a case, made by an older ringback, up to date. Make a backup of the folder first."""
    with reporting_errors(as_json=as_json):
        upgraded, before = upgrade_case(case, settings=settings())
        if as_json:
            print_json({"case": str(case), "from": before, "to": RECORDS_FORMAT})
        elif before == RECORDS_FORMAT:
            out.print(f"the records of {case} are up to date (format {RECORDS_FORMAT})")
        else:
            out.print(f"the records of {case} are upgraded from format {before} to {RECORDS_FORMAT}")
        print_head(upgraded)


@case_app.command("show", epilog="Example: ringback case show op-case --json")
def case_show(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Show a case's settings, exhibits and current run."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        chosen = case_file.case.settings
        facts = {
            "name": chosen.name,
            "id": chosen.id,
            "synthetic": case_file.is_synthetic,
            "time_zone": chosen.time_zone,
            "first_day": str(chosen.first_day),
            "last_day": str(chosen.last_day),
            "alert_rule": chosen.alert_rule,
            "preset": chosen.preset,
            "exhibits": len(case_file.exhibits),
            "current_run": case_file.case.find_current_run(),
            "audit_head": case_file.log.head(),
        }
        if as_json:
            print_json(facts)
        else:
            for label, value in facts.items():
                out.print(f"{label.replace('_', ' '):<14} {value}", markup=False)
        print_head(case_file)


@exhibit_app.command("add", epilog="Example: ringback exhibit add op-case calls.csv.gz accounts.csv subjects.csv")
def exhibit_add(
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(help="The seized files, or folders of them.")],
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Register large files where they are, without a copy.")
    ] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join(FORMATS)}; else seen from the content."),
    ] = None,
    why: WhyOption = "seized",
    as_json: JsonOption = False,
) -> None:
    """Hash files and take them in, as read-only copies or in place."""
    going_on = f"what was told above is an exhibit already; add the rest with: ringback exhibit add {case} FILE..."
    with reporting_errors(as_json=as_json, go_on=going_on):
        case_file = open_for(case)
        added = []
        for path, name in in_order([found for one in files for found in _files_of(one)]):
            # A copy is hashed, made, and hashed again.
            total = (path.stat().st_size if path.is_file() else 0) * (1 if in_place else 3)
            try:
                with BarProgress(quiet=as_json).step(f"Hashing {path.name}", total) as advance:
                    exhibit = register(
                        case_file, path, in_place=in_place, format_=format_, why=why, name=name, progress=advance
                    )
            except RingbackError as error:
                if not name or error.code not in ("source_unknown", "exhibit_known", "split_part_missing"):
                    raise
                _tell_skipped(path, str(error))
                continue
            added.append(exhibit)
            if not as_json:
                _print_exhibit(exhibit)
                if before := case_file.case.settings.exhibits.get(exhibit.ref, {}).get("continues"):
                    out.print(f"        continues {before}: read as one dump", markup=False)
        if not added:
            raise RingbackError("folder_empty", path=", ".join(map(str, files)))
        for path in find_left_behind(files):
            print_warning(f"{path.name} lies beside its database and may hold its newest rows: add it too")
        if as_json:
            print_json([_exhibit_facts(one) for one in added])
        print_head(case_file)


def _files_of(path: Path) -> list[tuple[Path, str]]:
    """A file, or each file of a folder with the name that it has from there."""
    if not path.is_dir():
        return [(path, "")]
    found = find_files(path, skip=_tell_skipped)
    if len(found) > MOST_FILES:
        name = path.resolve().name
        raise RingbackError("folder_too_full", path=path, name=name, count=len(found), limit=MOST_FILES)
    return [(one, str(one.relative_to(path.resolve().parent if path.is_absolute() else path.parent))) for one in found]


def _tell_skipped(path: Path, why: str) -> None:
    print_warning(f"passed over {mask_numbers(str(path))}: {mask_numbers(why)}")


@exhibit_app.command("list", epilog="Example: ringback exhibit list op-case")
def exhibit_list(case: CaseArgument, as_json: JsonOption = False) -> None:
    """List the exhibits of a case with their hashes."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        exhibits = case_file.exhibits
        print_head(case_file)
        if as_json:
            print_json([_exhibit_facts(one) for one in exhibits])
            return
        for one in exhibits:
            _print_exhibit(one)


def _print_exhibit(exhibit: Exhibit) -> None:
    out.print(f"{exhibit.ref}  {exhibit.format:<9} {exhibit.bytes:>13,} bytes  {exhibit.name}", markup=False)
    out.print(f"        SHA-256 {exhibit.sha256}")


def _exhibit_facts(exhibit: Exhibit) -> dict[str, object]:
    names = (
        "ref",
        "name",
        "path",
        "in_place",
        "format",
        "bytes",
        "sha256",
        "synthetic",
        "added_at",
        "added_by",
    )
    return {name: getattr(exhibit, name) for name in names}


def verify(
    case: CaseArgument,
    head: Annotated[str | None, typer.Option(help="A head of the audit log that was written down elsewhere.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-hash every exhibit, check the audit log, runs, staff and batches, and say everything that differs."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        total = sum(one.bytes for one in case_file.exhibits) + bytes_of_runs(case_file)
        with BarProgress(quiet=as_json).step("Checking the case", total) as advance:
            found = find_differences(case_file, head=head, progress=advance)
        found += find_alert_differences(case_file)
        entries = len(case_file.log.entries())
        now = case_file.log.head()
        if as_json:
            print_json({"differences": found, "exhibits": len(case_file.exhibits), "entries": entries, "head": now})
        else:
            for one in found:
                out.print(f"- {one}", markup=False)
            exhibits = len(case_file.exhibits)
            plural = "difference" if len(found) == 1 else "differences"
            verdict = f"{len(found)} {plural}" if found else "nothing differs"
            out.print(f"{verdict}: {exhibits} exhibits and {entries} audit entries checked")
            if head is None:
                out.print("checked without --head: a chain recomputed to its end cannot be told apart this way")
        print_head(case_file)
        end_with_findings(found=bool(found))


def audit(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Show the audit log: who did what, when and why."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        entries = case_file.log.entries()
        if as_json:
            print_json([{name: getattr(one, name) for name in type(one).__slots__} for one in entries])
        else:
            for one in entries:
                out.print(f"{one.seq:>5}  {one.at}  {one.who:<10} {one.what:<18} {one.why}", markup=False)
                out.print(f"       {one.facts}", markup=False, style="dim")
        print_head(case_file)
