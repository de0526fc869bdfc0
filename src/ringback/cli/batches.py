"""ringback alerts plan, preview, approve, rehearse, list, outreach: batches before they are sent."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ringback.alert_lists import find_called, write_outreach
from ringback.alerting.approval import approve as approve_batch
from ringback.alerting.choices import DAILY_LIMIT, PER_SECOND, Asked, make_choice
from ringback.alerting.linter import ENGLISH
from ringback.alerting.planning import Planned, plan_batch
from ringback.alerting.previews import list_as_dicts, preview_batch
from ringback.alerting.rehearsing import plan_rehearsal
from ringback.alerting.senders.opening import open_batch_sender
from ringback.alerting.senders.registry import SENDERS
from ringback.alerting.sending import send_batch
from ringback.answers import open_results
from ringback.casework import CaseFile
from ringback.cli.acting import acting_for
from ringback.cli.batch_preview import print_preview
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption, WhyOption
from ringback.cli.terminal import end_with_findings, err, open_for, out, print_head, print_json, reporting_errors
from ringback.cli.translation import TEMPLATE_HELP, read_template
from ringback.records.batches import list_batches
from ringback.stages.rules import get_rule

LANGUAGE_HELP = "Code of the wording's language; any but English needs a reader: ringback alerts translation."


class Pace(StrEnum):
    """How a batch is spread."""

    even = "even"
    fast = "fast"


class ListChannel(StrEnum):
    """Channels whose list is written for people to work through."""

    outreach = "outreach"
    referral = "referral"


def plan(  # noqa: PLR0913, PLR0917 - one argument for each of the command's options
    case: CaseArgument,
    window: Annotated[
        list[str],
        typer.Option(help='When texts may be sent: "2022-11-24 09:00-19:00", "today 13:00-19:00" or "now+2h".'),
    ],
    why: WhyOption,
    rule: Annotated[str | None, typer.Option(help="Who counts as a victim; else the case's own rule.")] = None,
    sender: Annotated[
        str, typer.Option(help="outbox writes to a file, and reaches nobody.", metavar=f"[{'|'.join(SENDERS)}]")
    ] = "outbox",
    pace: Annotated[
        Pace, typer.Option(help="even spreads over the windows; fast goes as fast as allowed.")
    ] = Pace.even,
    per_second: Annotated[float, typer.Option(help="Requests a second at most.")] = PER_SECOND,
    daily_limit: Annotated[int, typer.Option(help="Requests a UTC day at most.")] = DAILY_LIMIT,
    language: Annotated[str, typer.Option(help=LANGUAGE_HELP)] = ENGLISH,
    template: Annotated[Path | None, typer.Option(help=TEMPLATE_HELP)] = None,
    force: Annotated[str | None, typer.Option(help="Who writes; else as case.toml says.")] = None,
    website: Annotated[str | None, typer.Option(help="Where to look, in words; else as case.toml says.")] = None,
    quiet: Annotated[
        str | None, typer.Option(help='Local times between which nothing is sent: "20:00-09:00", or "none".')
    ] = None,
    quiet_why: Annotated[str, typer.Option(help="Why people may be texted in the usual quiet hours.")] = "",
    again: Annotated[
        str, typer.Option(help="Why numbers that hold an alert already are texted once more.", metavar="WHY")
    ] = "",
    replace: Annotated[
        str, typer.Option(help="A batch that this one takes the place of; nobody can send that one any more.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Freeze a batch: who is texted, with what words, when and how fast. Nothing is sent.

    It belongs to the current run. Later changes of the case do not touch it, but suppressions still count.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "plan", command="alerts plan")
        asked = Asked(
            windows=tuple(window),
            sender=sender,
            pace=pace.value,
            per_second=per_second,
            daily_limit=daily_limit,
            language=language,
            template=read_template(template),
            force=force,
            website=website,
            quiet=quiet,
            quiet_why=quiet_why,
        )
        with open_results(case_file) as results:
            chosen = get_rule(rule or case_file.case.settings.alert_rule)
            called = find_called(results, chosen)
        choice = make_choice(case_file, asked, member=member.name)
        planned = plan_batch(
            case_file, called, choice, member=member.name, why=why, again=again.strip(), replaces=replace
        )
        facts = preview_batch(case_file, planned.batch.id, member=member.name)
        if as_json:
            print_json(facts)
        else:
            print_preview(facts)
            out.print(f"\nplanned {planned.batch.id}; somebody else approves it, after:", markup=False)
            out.print(f"  ringback alerts preview {case} {planned.batch.id}", markup=False)
        print_head(case_file)


def preview(case: CaseArgument, batch: BatchArgument, as_json: JsonOption = False) -> None:
    """Show a batch as its approver has to see it: the exact text, who gets it, when, how fast, and what it costs."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "preview", command="alerts preview")
        facts = preview_batch(case_file, batch, member=member.name)
        if as_json:
            print_json(facts)
        else:
            print_preview(facts)
            out.print(
                f"\nto approve it: ringback alerts approve {case} {batch} {facts['type_to_approve']}", markup=False
            )
        print_head(case_file)


def approve(
    case: CaseArgument,
    batch: BatchArgument,
    hash_: Annotated[
        str, typer.Argument(help="The first 12 characters of the hash that the preview shows.", metavar="HASH")
    ],
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Approve a batch that somebody else planned: exactly what its hash stands for, and nothing else."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "approve", command="alerts approve")
        given = approve_batch(case_file, batch, member=member.name, batch_hash=hash_, why=why)
        if as_json:
            print_json(asdict(given))
        else:
            out.print(f"{batch} is approved: planned by {given.planner}, approved by {given.approver}", markup=False)
            out.print(f"audit entry {given.entry}; to send it: ringback alerts send {case} {batch}", markup=False)
        print_head(case_file)


def rehearse(
    case: CaseArgument,
    batch: BatchArgument,
    to: Annotated[list[str], typer.Option("--to", help="A member of staff who stored a mobile.", metavar="NAME")],
    key_type: Annotated[
        str | None, typer.Option(help="Another type of the provider's key than the batch's: team or live.")
    ] = None,
    why: WhyOption = "rehearsal",
    as_json: JsonOption = False,
) -> None:
    """Send a batch's text to named members of staff, by the batch's own sender, now.

    Exit code 1 when not every text was accepted.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "rehearse", command="alerts rehearse")
        planned = plan_rehearsal(case_file, batch, to, member=member.name, why=why, key_type=key_type)
        ended = _send_rehearsal(case_file, planned, member=member.name)
        if as_json:
            print_json(ended)
        else:
            counts = ", ".join(f"{count} {state}" for state, count in ended["alerts"].items())
            out.print(f"{planned.batch.id} to {', '.join(to)}: {counts or 'nothing was sent'}", markup=False)
            out.print("compare the text on each phone with the preview, letter by letter")
        print_head(case_file)
        end_with_findings(found=ended["alerts"].get("accepted", 0) != planned.content.texts)


def _send_rehearsal(case_file: CaseFile, planned: Planned, *, member: str) -> dict[str, Any]:
    name = planned.batch.id
    err.print(f"rehearsing as {name}: {planned.content.texts} texts", markup=False)
    _content, sender = open_batch_sender(case_file, name, member=member, what="send")
    sent = send_batch(case_file, name, member=member, sender=sender)
    return {"batch": name, "end": sent.end, "why": sent.why, "alerts": dict(sent.counts)}


def list_(case: CaseArgument, as_json: JsonOption = False) -> None:
    """List the batches of a case, rehearsals among them."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        acting_for(case_file, "status", command="alerts list")
        with case_file.records.connect() as connection:
            rows = list_as_dicts(list_batches(connection))
        if as_json:
            print_json(rows)
        elif not rows:
            out.print("no batch was planned yet")
        else:
            table = Table("batch", "state", "texts", "sender", "planned by", "approved by", "hash", box=None)
            table.columns[2].justify = "right"
            for row in rows:
                state = row["state"] + (f": {row['state_why']}" if row["state_why"] else "")
                texts = f"{row['texts']:,}" if row["texts"] is not None else "?"
                who = (row["planned_by"], row["approved_by"] or "")
                table.add_row(row["batch"], state, texts, row["sender"], *who, row["hash"][:12])
            out.print(table)
        print_head(case_file)


def outreach(
    case: CaseArgument,
    batch: BatchArgument,
    channel: Annotated[ListChannel, typer.Option(help="outreach: at home, not to be texted; referral: elsewhere.")],
    output: Annotated[Path, typer.Option("--out", "-o", help="New file, CSV or JSON by its ending, mode 0600.")],
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Write a batch's list of people who were called and are not texted. It is a disclosure, and is logged first."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "outreach", command="alerts outreach")
        written, held_back = write_outreach(case_file, batch, output, channel=channel.value, why=why, who=member.name)
        if as_json:
            print_json({"batch": batch, "channel": channel.value, "numbers": written, "suppressed": held_back,
                        "file": str(output)})  # fmt: skip
        else:
            out.print(f"{written:,} numbers written to {output}, readable by you alone; it is logged", markup=False)
            if held_back:
                out.print(f"{held_back:,} were suppressed after planning, and are not among them")
        print_head(case_file)
