"""ringback case, audit: the case folder, and what was done to it."""

from datetime import datetime
from typing import Annotated

import typer

from ringback.alerting.batches.clock_guard import confirm_clock
from ringback.case.case_file import new_case, upgrade_case
from ringback.case.folder import FIRST_DAY, LAST_DAY
from ringback.cli.backups import backup_app
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.session import acting_if_staffed
from ringback.cli.terminal import (
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
    settings,
)
from ringback.records.tables import RECORDS_FORMAT
from ringback.sources.mapping import PRESETS

case_app = typer.Typer(help="Make a case folder, or look at one.", no_args_is_help=True)

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
    """Upgrade the records of a case that an older ringback made. Make a backup of the folder first."""
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


@case_app.command(
    "clock", epilog='Example: ringback case clock op-case --why "its battery was flat; set right at 9:20"'
)
def case_clock(
    case: CaseArgument,
    why: Annotated[str, typer.Option(help="Why the log has seen a later time, for the audit log.")],
    as_json: JsonOption = False,
) -> None:
    """Confirm that the clock is right now: it ran ahead before, and batches are refused because of that."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_if_staffed(case_file, "staff", command="case clock")
        found = confirm_clock(case_file, member=member, why=why)
        if as_json:
            print_json({"now": found.now.isoformat(), "seen": found.seen.isoformat()})
        else:
            now, seen = (f"{one:%Y-%m-%d %H:%M:%S} UTC" for one in (found.now, found.seen))
            out.print(f"the clock says {now}; the later time in the log, {seen}, no longer counts", markup=False)
        print_head(case_file)


case_app.registered_commands += backup_app.registered_commands


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
