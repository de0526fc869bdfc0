"""ringback alerts plan, outreach: from the results of a run to a batch, and to the people who are not texted."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ringback.alerting.batches.options import DAILY_LIMIT, PER_SECOND, Asked, make_choice
from ringback.alerting.batches.planning import plan_batch
from ringback.alerting.batches.preview import preview_batch
from ringback.alerting.senders.registry import SENDERS
from ringback.alerting.wording.linter import ENGLISH
from ringback.cli.batch_preview import print_preview
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption, WhyOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import open_for, out, print_head, print_json, reporting_errors
from ringback.cli.translation import TEMPLATE_HELP, read_template
from ringback.results.alert_lists import find_called, write_outreach
from ringback.results.results import open_results
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
    template: Annotated[Path | None, typer.Option(help=TEMPLATE_HELP, readable=False)] = None,
    force: Annotated[str | None, typer.Option(help="Who writes; else as case.toml says.")] = None,
    website: Annotated[str | None, typer.Option(help="Where to look, in words; else as case.toml says.")] = None,
    quiet: Annotated[
        str | None, typer.Option(help='Local times between which nothing is sent: "20:00-09:00", or "none".')
    ] = None,
    quiet_why: Annotated[str, typer.Option(help="Why people may be texted in the usual quiet hours.")] = "",
    again: Annotated[
        str, typer.Option(help="Why numbers that already have an alert are texted once more.", metavar="WHY")
    ] = "",
    replace: Annotated[
        str, typer.Option(help="A batch that this one replaces; nobody can send that one any more.")
    ] = "",
    fit_because: Annotated[
        str,
        typer.Option(help="Why the list may be used although no exhibit says who is no victim; logged.", metavar="WHY"),
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
            case_file,
            called,
            choice,
            member=member.name,
            why=why,
            again=again.strip(),
            replaces=replace,
            fit=fit_because,
        )
        facts = preview_batch(case_file, planned.batch.id, member=member.name)
        if as_json:
            print_json(facts)
        else:
            print_preview(facts)
            out.print(f"\nplanned {planned.batch.id}; somebody else approves it, after:", markup=False)
            out.print(f"  ringback alerts preview {case} {planned.batch.id}", markup=False)
        print_head(case_file)


def outreach(
    case: CaseArgument,
    batch: BatchArgument,
    channel: Annotated[ListChannel, typer.Option(help="outreach: at home, not to be texted; referral: elsewhere.")],
    output: Annotated[
        Path, typer.Option("--out", "-o", help="New file, mode 0600: .csv, .json, .parquet or .xlsx.", readable=False)
    ],
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
