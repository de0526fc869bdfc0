"""ringback alerts retry-parked, reconcile: after an outage, and after records were put back."""

from dataclasses import asdict
from typing import Annotated

import typer

from ringback.alerting.batches.open_sender import open_batch_sender
from ringback.alerting.delivery import parked_alerts, reconciliation
from ringback.alerting.delivery.observer import Observer
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption, WhyOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import end_with_findings, err, open_for, out, print_head, print_json, reporting_errors


class _Notes(Observer):
    """What it is doing, on standard error."""

    def note(self, text: str) -> None:
        err.print(text, markup=False)


def retry_parked(case: CaseArgument, batch: BatchArgument, why: WhyOption, as_json: JsonOption = False) -> None:
    """Ask the provider about alerts put before a person; those that it surely does not have wait again.

    If any wait again, the batch is stopped: somebody other than its planner has to approve it before anything goes out.
    Exit code 1 when some stay parked.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "send", command="alerts retry-parked")
        _content, sender = open_batch_sender(case_file, batch, member=member.name, what="retry parked")
        done = parked_alerts.retry_parked(
            case_file, batch, member=member.name, sender=sender, why=why, observer=_Notes()
        )
        if as_json:
            print_json({"batch": batch, **asdict(done)})
        else:
            _tell_retried(str(case), batch, done)
        print_head(case_file)
        end_with_findings(found=bool(done.left or done.twice))


def _tell_retried(case: str, batch: str, done: parked_alerts.Retried) -> None:
    out.print(f"{batch}: {done.parked:,} parked alerts that the provider is not known to have", markup=False)
    out.print(f"  {done.accepted:>9,}  the provider has: accepted now")
    out.print(f"  {done.back:>9,}  it surely has not: they wait again")
    if done.twice:
        out.print(f"  {done.twice:>9,}  it has more than once: see ringback alerts status")
    for why, count in done.left.items():
        out.print(f"  {count:>9,}  stay parked: {why}", markup=False)
    if done.back:
        out.print(
            f"{batch} is stopped; somebody approves it again: ringback alerts preview {case} {batch}", markup=False
        )


def reconcile(
    case: CaseArgument,
    why: WhyOption,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="A batch to go on without, as the error names it; may be given several times."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with records that are not the newest: the provider tells what was sent from newer ones.

    Only for when the newer records are lost. Exit code 1 when it found texts that these records did not know, or put
    alerts before a person.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "approve", command="alerts reconcile")
        done = reconciliation.reconcile(
            case_file, member=member.name, why=why, without=without or (), observer=_Notes()
        )
        if as_json:
            print_json(asdict(done))
        else:
            _tell_reconciled(done)
        print_head(case_file)
        end_with_findings(found=bool(any(done.settled.values()) or any(done.parked.values()) or done.lost))


def _tell_reconciled(done: reconciliation.Reconciled) -> None:
    if not done.lacking:
        out.print("these records are the newest that this machine knows of: there is nothing to do")
        return
    for one in done.lacking:
        out.print(f"- {one}", markup=False)
    for batch, count in done.settled.items():
        out.print(
            f"{batch}: {count:,} texts that the provider has were not in these records; they are now", markup=False
        )
    for batch, count in done.parked.items():
        out.print(f"{batch}: {count:,} alerts are put before a person: nobody can tell if they were sent", markup=False)
    for batch in done.lost:
        out.print(f"{batch}: not in these records; whoever was texted by it may be texted again", markup=False)
    out.print(
        "What else the newer records held is lost: numbers never to contact (import them again before anything is"
        " sent), replies, accounts, exhibits. Batches that may have gone on need a new approval."
    )
