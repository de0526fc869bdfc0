"""ringback publish, collect: what goes to the public host, and what comes back from it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.session import acting_for
from ringback.cli.terminal import err, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import EXIT_FINDINGS, RingbackError
from ringback.publishing.bundle_files import INBOX, open_release
from ringback.publishing.collection import collect as collect_inbox
from ringback.publishing.contacts import say_missing
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.publishing.overview import Overview, read_overview
from ringback.publishing.preparation import Publication, prepare, show_campaigns, show_contacts
from ringback.publishing.release import publish as publish_release
from ringback.publishing.report_collection import CollectedReports, collect_reports
from ringback.publishing.sign_files import SIGN_FILES, tell_sign_files
from ringback.publishing.suppression import STEP
from ringback.reporting.wording import counted

BundleArgument = Annotated[
    Path,
    typer.Argument(help="The bundle: the folder that the public host serves from.", metavar="BUNDLE", readable=False),
]
InboxOption = Annotated[
    str, typer.Option(help="Address of a PostgreSQL database for the inbox; else inbox.sqlite in the bundle.")
]


def publish(
    case: CaseArgument,
    bundle: BundleArgument,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")],
    approve: Annotated[
        str, typer.Option(help="Approve the prepared publication with this hash, and publish it.", metavar="HASH")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Publish what the public host may know: one person prepares it, another one approves it by its hash."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "approve" if approve else "publish", command="publish")
        if approve:
            done = publish_release(case_file, bundle, typed_hash=approve, member=member.name, why=why)
            if as_json:
                print_json(
                    {"release": done.release, "hash": done.hash, "alerts": done.alerts, "batches": list(done.batches),
                     "public_key": done.public_key, "shown": asdict(done.shown)}
                )  # fmt: skip
            else:
                out.print(f"published {done.release} in {bundle}: {_texts(done.alerts)} can be checked", markup=False)
                _show(done.shown)
                out.print(f"public key of the case: {done.public_key}", markup=False)
                out.print(f"serve it: ringback serve public {bundle}", markup=False)
        else:
            found = prepare(case_file, member=member.name, why=why, progress=BarProgress(quiet=as_json))
            if as_json:
                print_json(
                    {"publication": found.id, "hash": found.hash, "alerts": found.alerts,
                     "batches": dict(found.batches), "files": sorted(found.files), "contacts": show_contacts(found),
                     "shown": asdict(read_overview(found.files)),
                     "scam_check": tell_sign_files(found.files)}
                )  # fmt: skip
            else:
                out.print(f"{found.id}: {_texts(found.alerts)} can be checked once it is published", markup=False)
                for one in show_campaigns(found):
                    out.print(
                        f"\n{one.campaign}, {one.phase.replace('_', ' ')}: as from {one.sender_name}", markup=False
                    )
                    out.print(f"  {one.text}", markup=False)
                for name, contact in show_contacts(found).items():
                    out.print(f"contact for {name}: {contact}", markup=False)
                for missing in say_missing(show_contacts(found)):
                    err.print(f"note: {missing}", markup=False)
                out.print()
                _show(read_overview(found.files))
                out.print(f"\n{_tell_scam_check(found, bundle)}", markup=False)
                out.print(f"\nhash {found.hash}", markup=False)
                command = f'ringback publish {case} {bundle} --approve {found.hash[:12]} --why "..."'
                out.print(f"somebody else approves it: {command}", markup=False)
        print_head(case_file)


def collect(
    case: CaseArgument,
    bundle: BundleArgument,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")] = "collecting what people asked",
    inbox: InboxOption = "",
    as_json: JsonOption = False,
) -> None:
    """Bring in what the inbox of the public host holds, each row once. Interrupted, it goes on where it was."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "publish", command="collect")
        opened = Inbox(open_inbox(inbox or bundle / INBOX))
        # Reports first: if one of the two fails, it is not that one.
        reports = collect_reports(case_file, opened, why=why, member=member.name)
        found = collect_inbox(case_file, opened, why=why, member=member.name)
        if as_json:
            aside = [{"file": one.file, "problem": one.problem} for one in reports.aside]
            told = {
                "reports": reports.reports, "reference_not_confirmed": reports.unconfirmed, "files": reports.files,
                "files_refused": reports.refused, "aside": aside,
            }  # fmt: skip
            print_json({"rows": found.rows, "checks": found.checks, "until": found.until} | told)
        else:
            _tell_reports(reports)
            out.print(f"collected {found.rows:,} {'row' if found.rows == 1 else 'rows'}")
            for answer, count in found.checks.items():
                out.print(f"  {answer.replace('_', ' ')}: {count:,}")
            if not found.rows and not reports.reports and not reports.aside:
                err.print("nothing new was there")
        print_head(case_file)
        if reports.aside:
            raise typer.Exit(EXIT_FINDINGS)


def _tell_reports(found: CollectedReports) -> None:
    count = len(found.reports)
    if count:
        ids = found.reports[0] if count == 1 else f"{found.reports[0]} to {found.reports[-1]}"
        out.print(f"collected {count:,} {'report' if count == 1 else 'reports'}: {ids}", markup=False)
        out.print(f"  began with a text of ours, and tied to its number: {len(found.confirmed):,}")
    if found.files:
        out.print(f"  files that came with them: {found.files:,}, refused {len(found.refused):,}", markup=False)
    for refused in found.refused:
        err.print(f"file refused, {refused}", markup=False)
    if found.unconfirmed:
        err.print(f"reference not confirmed: {', '.join(found.unconfirmed)}", markup=False)
    for one in found.aside:
        err.print(f"NOT TAKEN, kept as it came in {one.file}: {one.problem}", style="red", markup=False)


def _tell_scam_check(found: Publication, bundle: Path) -> str:
    """What messages would be judged by, and whether it is something else than now."""
    told = tell_sign_files(found.files)
    now: Mapping[str, object] = {}
    with suppress(RingbackError):
        now = open_release(bundle).manifest.get("scam_check", {})
    others = [word for word in SIGN_FILES if told[word] != now.get(word)] or ["other files"]
    change = "It is the first that the bundle gets."
    if now:
        same = told["digest"] == now.get("digest")
        change = (
            "It is the same that the bundle has now."
            if same
            else f"It differs from what the bundle has now: {', '.join(others)}."
        )
    return f"check for scams: {told['files']} files, digest {str(told['digest'])[:12]}. {change}"


def _texts(count: int) -> str:
    return f"{count:,} {'text' if count == 1 else 'texts'}"


def _show(shown: Overview) -> None:
    """Show what people will read beside the texts: whoever approves agrees to it."""
    if shown.no_figures:
        out.print(f"public figures: none ({shown.no_figures})", markup=False)
    elif shown.run:
        out.print(f"public figures, of run {shown.run}, rounded down to {STEP}s:", markup=False)
        for key, count in shown.figures.items():
            said = "not known" if count is None else f"{count:,}" if count else f"fewer than {STEP}"
            out.print(f"  {said:>14}  {key}", markup=False)
        out.print(f"  {shown.organisations_shown:>14,}  organisations whose numbers were shown", markup=False)
        if shown.outdated:
            out.print("  the case has changed since this run: run it again for newer figures", markup=False)
    between = f", {shown.first} to {shown.last}" if shown.timeline else ""
    entries = counted(shown.timeline, "entry", "entries")
    out.print(f"time line: {entries}{between}; read each: none may name a victim", markup=False)
    out.print(f"numbers of organisations to compare: {shown.numbers:,}", markup=False)
