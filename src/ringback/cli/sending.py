"""ringback alerts send, stop, status: what happens to an approved batch."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from ringback.alerting.batches.open_sender import open_batch_sender
from ringback.alerting.delivery.observer import Observer
from ringback.alerting.delivery.sender_loop import Sent, send_batch
from ringback.alerting.delivery.status import BatchStatus, read_status
from ringback.alerting.delivery.stop import stop_batch
from ringback.alerting.model import states
from ringback.case.case_file import CaseFile
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import end_with_findings, err, open_for, out, print_head, print_json, reporting_errors

# Seconds between an order to stop and the count of requests in flight.
_STOP_S = 1.0
_ENDS = {
    "finished": "finished",
    "parked": "is not finished",
    "settled": "doubts settled; nothing was sent",
    "stopped": "stopped: going on needs a new approval",
    "halted": "halted: nobody goes on before it is approved again",
    "windows_over": "its windows are over",
    "interrupted": "ended when asked to",
}


class _Bar(Observer):
    """A bar on standard error, with what the sender waits for above it."""

    def __init__(self, bars: Progress, task: TaskID) -> None:
        self._bars, self._task = bars, task

    def note(self, text: str) -> None:
        err.print(text, markup=False)

    def counts(self, counts: Mapping[str, int], *, left_s: float | None) -> None:
        done = sum(counts.get(state, 0) for state in states.ENDED)
        left = f"about {_duration(left_s)} left" if left_s and counts.get(states.WAITING) else ""
        doubts = counts.get(states.IN_DOUBT, 0)
        text = left + (f", {doubts:,} in doubt" if doubts else "")
        self._bars.update(self._task, completed=done, left=text)


def send(
    case: CaseArgument,
    batch: BatchArgument,
    settle: Annotated[
        bool, typer.Option("--settle", help="Only ask the provider about alerts in doubt; send nothing.")
    ] = False,
    unpublished_why: Annotated[
        str, typer.Option(help="Why to send it although the last published bundle lacks it, for the audit log.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Send an approved batch, or go on with it. Ctrl-C ends gently; the same command goes on from there.

    Exit code 1 when it did not finish, or when alerts were rejected or need a person.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "send", command="alerts send")
        content, sender = open_batch_sender(case_file, batch, member=member.name, what="send")
        with _ending_gently() as until, _bar(batch, content.texts) as bar:
            sent = send_batch(
                case_file,
                batch,
                member=member.name,
                sender=sender,
                observer=bar,
                until=until,
                settle_only=settle,
                unpublished_why=unpublished_why,
            )
        _tell(case_file, batch, sent, as_json=as_json)
        print_head(case_file)
        unsettled = sent.counts.get(states.REJECTED) or sent.counts.get(states.NEEDS_HUMAN)
        end_with_findings(found=sent.end not in ("finished", "settled") or bool(unsettled))


@contextmanager
def _ending_gently() -> Iterator[threading.Event]:
    """An event that Ctrl-C or a request to end sets; a second one ends at once, and loses nothing either."""
    until = threading.Event()

    def end(number: int, _frame: object) -> None:
        until.set()
        err.print("ending: what is in flight is written down first")
        signal.signal(number, signal.default_int_handler)

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield until
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _bar(batch: str, total: int) -> Iterator[_Bar]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=err) as bars:
        yield _Bar(bars, bars.add_task(f"Sending {batch}", total=total, left=""))


def _tell(case_file: CaseFile, batch: str, sent: Sent, *, as_json: bool) -> None:
    if as_json:
        print_json({"batch": batch, "end": sent.end, "why": sent.why, "alerts": sent.counts})
        return
    out.print(f"{batch} {_ENDS[sent.end]}" + (f": {sent.why}" if sent.why else ""), markup=False)
    _print_counts(sent.counts)
    outbox = case_file.case.out_dir / f"outbox-{batch}.jsonl"
    if outbox.exists():
        out.print(f"what would have been sent is in {outbox}, readable by you alone", markup=False)


def _print_counts(counts: Mapping[str, int]) -> None:
    for state in states.ALERT_STATES:
        if counts.get(state):
            out.print(f"  {counts[state]:>9,}  {state.replace('_', ' ')}")


def stop(
    case: CaseArgument,
    batch: BatchArgument,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")],
    as_json: JsonOption = False,
) -> None:
    """Stop a batch, whoever is sending it: no request starts later than a second from now."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "stop", command="alerts stop")
        stop_batch(case_file, batch, member=member.name, why=why)
        case_file.clock.sleep(_STOP_S)
        status = read_status(case_file, batch)
        if as_json:
            print_json({"batch": batch, "state": status.state, "in_flight": status.in_flight, "alerts": status.alerts})
        else:
            out.print(f"{batch} is stopped; going on needs a new approval")
            out.print(f"{status.in_flight:,} in flight: requests that had started and cannot be called back")
            _print_counts(status.alerts)
        print_head(case_file)


def status(
    case: CaseArgument,
    batch: Annotated[str | None, typer.Argument(help="The batch; without it, all.", metavar="BATCH")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how batches stand: alerts in each state, deliveries, doubts, alarms. Exit code 1 when a person must look."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        acting_for(case_file, "status", command="alerts status")
        found = [read_status(case_file, one) for one in ([batch] if batch else _all_batches(case_file))]
        if as_json:
            print_json([one.as_dict() for one in found])
        else:
            for one in found:
                _print_status(one)
            if not found:
                out.print("no batch is planned; plan one with: ringback alerts plan")
        print_head(case_file)
        end_with_findings(found=any(one.needs_a_look for one in found))


def _all_batches(case_file: CaseFile) -> list[str]:
    from ringback.records.batches import list_batches

    with case_file.records.connect() as connection:
        return [one.id for one in list_batches(connection)]


def _print_status(status: BatchStatus) -> None:
    out.print(f"{status.batch}  {status.state}" + (f": {status.why}" if status.why else ""), style="bold", markup=False)
    sending = f"being sent by {status.holder}" if status.holder else "nobody is sending it"
    out.print(f"  {status.texts:,} texts by {status.sender}; {sending}; {status.in_flight:,} in flight", markup=False)
    if status.left_s is not None:
        out.print(f"  {status.waiting_for or f'about {_duration(status.left_s)} left'}")
    _print_counts(status.alerts)
    for state, reasons in status.reasons.items():
        for reason, count in reasons.items():
            out.print(f"             {state.replace('_', ' ')}: {count:,} because {reason}", markup=False)
    for delivery, count in status.deliveries.items():
        share = f"{status.rates[delivery]:.1%}"
        out.print(f"  {count:>9,}  {delivery or 'no receipt yet'} ({share} of those accepted)", markup=False)
    tries = ", ".join(f"{count:,} {name or 'not ended'}" for name, count in sorted(status.attempts.items()))
    if tries:
        out.print(f"  attempts: {tries}", markup=False)
    if status.replies:
        out.print(f"  replies: {', '.join(f'{count:,} {kind}' for kind, count in status.replies.items())}")
    for alarm in status.alarms:
        out.print(f"  ALARM {alarm}", style="red", markup=False)


def _duration(seconds: float | None) -> str:
    seconds = int(seconds or 0)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds % 60:02} s"
