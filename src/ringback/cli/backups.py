"""ringback case backup, restore: keep what must not be lost of a case, and make the case again from it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ringback.cli.options import CaseArgument, JsonOption, WhyOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import (
    end_with_findings,
    err,
    open_for,
    out,
    print_head,
    print_json,
    print_warning,
    reporting_errors,
    settings,
)

if TYPE_CHECKING:
    from ringback.case.backup import Backup
    from ringback.case.restore import Restored

# Its commands belong to the group `case`.
backup_app = typer.Typer()

DestArgument = Annotated[
    Path,
    typer.Argument(
        help="New folder for the backup, outside the case; best on another disk.", metavar="DEST", readable=False
    ),
]
BackupArgument = Annotated[
    Path, typer.Argument(help="The folder that case backup made.", metavar="BACKUP", readable=False)
]
NewCaseArgument = Annotated[Path, typer.Argument(help="New folder for the case.", metavar="NEWCASE", readable=False)]


@backup_app.command("backup", epilog="Example: ringback case backup op-case backups/op-case-monday")
def backup(
    case: CaseArgument,
    dest: DestArgument,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the case's key in too: whoever has the backup can then open it all.")
    ] = False,
    without_runs: Annotated[
        bool, typer.Option("--without-runs", help="Leave out the current run and its report, which can be made again.")
    ] = False,
    without_records: Annotated[
        bool, typer.Option("--without-records", help="Leave out records in PostgreSQL; pg_dump backs those up.")
    ] = False,
    why: WhyOption = "backup",
    as_json: JsonOption = False,
) -> None:
    """Make a backup of a case, while others may work on it: settings, exhibits, records, current run; not the key.

    Exit code 1 when an exhibit is missing or altered: the backup is made all the same.
    """
    with reporting_errors(as_json=as_json):
        from ringback.case.backup import Wanted, make_backup

        case_file = open_for(case)
        if without_records and not case_file.case.settings.records_url:
            raise typer.BadParameter(
                "the records of this case are a file in its folder, and belong in the backup",
                param_hint="--without-records",
            )
        wanted = Wanted(key=with_key, runs=not without_runs, records=not without_records)
        made = make_backup(case_file, dest, wanted=wanted, why=why, progress=BarProgress(quiet=as_json))
        if as_json:
            facts = asdict(made.manifest)
            print_json(
                {"backup": str(dest), "manifest_sha256": made.manifest_sha256, "findings": made.findings} | facts
            )
        else:
            _print_made(made, dest)
        for one in made.findings:
            print_warning(f"READ THIS: {one}")
        if with_key:
            print_warning("the key is in it: this backup opens everything. Keep it as you keep the key")
        print_head(case_file)
        end_with_findings(found=bool(made.findings))


def _print_made(made: "Backup", dest: Path) -> None:
    manifest = made.manifest
    total = sum(one.bytes for one in manifest.files.values())
    out.print(f"backup of case {manifest.case} in {dest}: {len(manifest.files)} files, {total:,} bytes", markup=False)
    out.print(f"as of {manifest.made_at}, audit entry {manifest.audit_seq}", markup=False)
    out.print(f"write down elsewhere: audit head {manifest.audit_head}", markup=False)
    out.print(f"                      SHA-256 of manifest.json {made.manifest_sha256}", markup=False)
    for ref, path in manifest.elsewhere.items():
        out.print(f"NOT in it: exhibit {ref}, registered in place: {path}", markup=False)
    if not manifest.key:
        out.print("NOT in it: the case's key; back that up apart from this", markup=False)
    if not manifest.run:
        out.print("NOT in it: a run; ringback run makes it again", markup=False)
    if manifest.records != "here":
        out.print("NOT in it: the records, which are in PostgreSQL; pg_dump backs them up", markup=False)


@backup_app.command("restore", epilog="Example: ringback case restore backups/op-case-monday op-case")
def restore(
    backup_: BackupArgument,
    new_case: NewCaseArgument,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the key from the backup into the folder of keys, if none is there.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a case folder from a backup. Every file is checked, and then the case, as ringback verify checks it.

    Exit code 1 when the case already had differences when it was backed up.
    """
    with reporting_errors(as_json=as_json):
        from ringback.alerting.integrity import find_alert_differences
        from ringback.case.restore import restore_case

        chosen = settings()
        done = restore_case(
            backup_,
            new_case,
            settings=chosen,
            find_alert_differences=find_alert_differences,
            put_key=with_key,
            progress=BarProgress(quiet=as_json),
        )
        key = chosen.keys_dir / f"{done.manifest.case}.keys"
        if as_json:
            print_json(
                {
                    "case": str(new_case),
                    "id": done.manifest.case,
                    "made_at": done.manifest.made_at,
                    "head": done.manifest.audit_head,
                    "key": str(key),
                    "key_there": done.key_there,
                    "differences": done.differences,
                    "notes": done.notes,
                }
            )
        else:
            _print_restored(done, new_case, key)
        err.print(f"audit head {done.manifest.audit_head}", style="dim")
        end_with_findings(found=bool(done.differences))


def _print_restored(done: "Restored", case: Path, key: Path) -> None:
    manifest = done.manifest
    out.print(f"restored case {manifest.case} to {case}, as it was at {manifest.made_at}", markup=False)
    for one in done.differences:
        out.print(f"- {one}", markup=False)
    for one in done.notes:
        out.print(f"note: {one}", markup=False)
    if not done.differences:
        out.print(f"nothing differs: {len(manifest.files)} files and {manifest.audit_seq} audit entries", markup=False)
    out.print("next:", markup=False)
    if not done.key_there:
        out.print(f"  put the key back, mode 0600: {key}", markup=False)
    if manifest.records != "here":
        out.print(
            "  pg_restore the records into an empty database, and name it in case.toml, [records] url", markup=False
        )
    out.print(f"  ringback verify {case} --head HEX, with a head that was written down", markup=False)
    out.print(
        "  if the case sends alerts: ask the provider what was sent since the backup, before which nothing is sent:"
        " ringback alerts reconcile",
        markup=False,
    )
