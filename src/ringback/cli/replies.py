"""ringback alerts replies, poll: what came back from people and from the provider."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from ringback.alerting.batches.open_sender import open_batch_sender
from ringback.alerting.inbound.receipts import Polled, can_be_polled, count_unheard, poll
from ringback.alerting.inbound.replies import OpenReply, ShownReply, open_reply, show_replies
from ringback.alerting.senders.base import Sender
from ringback.case.case_file import CaseFile
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.session import acting_for
from ringback.cli.terminal import (
    end_with_findings,
    err,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
)
from ringback.records.batches import list_batches
from ringback.records.receipts import has_unheard


class KindName(StrEnum):
    """What a reply asks for: `inbound.reply_classifier.KINDS`."""

    stop = "stop"
    check = "check"
    not_me = "not_me"
    other = "other"


def replies(
    case: CaseArgument,
    kind: Annotated[KindName | None, typer.Option("--kind", help="Only texts of this kind.")] = None,
    show: Annotated[
        int | None, typer.Option("--show", metavar="ID", help="One text in full, with its number. It is logged.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")] = "to answer it",
    as_json: JsonOption = False,
) -> None:
    """List the texts that people sent us, numbers masked; or show one in full."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        if show is None:
            acting_for(case_file, "status", command="alerts replies")
            _print_list(show_replies(case_file, kind=kind), as_json=as_json)
        else:
            member = acting_for(case_file, "replies", command="alerts replies --show")
            _print_one(open_reply(case_file, show, member=member.name, why=why), as_json=as_json)
        print_head(case_file)


def _print_list(found: Sequence[ShownReply], *, as_json: bool) -> None:
    counts = {name.value: sum(1 for one in found if one.kind == name) for name in KindName}
    if as_json:
        print_json({"counts": counts, "replies": [asdict(one) for one in found]})
        return
    for one in found:
        follows = f"suppression {one.suppression}" if one.suppression else ""
        handled = f"handled by {one.handled_by}" if one.handled_at else ""
        told = "  ".join(part for part in (follows, handled) if part)
        out.print(
            f"{one.id:>6}  {one.received_at:%Y-%m-%d %H:%M} UTC  {one.kind:<7} {one.number}  {told}", markup=False
        )
    out.print(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))


def _print_one(found: OpenReply, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
        return
    out.print(f"reply {found.id}, {found.received_at:%Y-%m-%d %H:%M} UTC, {found.kind}", markup=False)
    out.print(f"from {found.number}", markup=False)
    # What a stranger wrote must not steer the terminal.
    out.print("".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in found.text), markup=False)


def poll_provider(
    case: CaseArgument,
    batch: Annotated[str | None, typer.Argument(help="The batch; else all that can be asked about.")] = None,
    per_second: Annotated[float, typer.Option(help="Questions a second at most.", min=0.1, max=50.0)] = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Ask the provider about texts whose receipts never came, as long as it remembers them.

    Those of the last 45 minutes are left out: their receipts may still come by themselves.

    Exit code 1: it does not know some of them any more, or did not answer.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "send", command="alerts poll").name
        asked = _batches(case_file, batch, member)
        polled = {name: _poll(case_file, name, sender, per_second) for name, sender in asked}
        if as_json:
            print_json({"batches": {name: asdict(one) for name, one in polled.items()}})
        if not asked and not as_json:
            out.print("there is nothing to ask about")
        for name, one in polled.items():
            if not as_json:
                out.print(
                    f"{name}: {one.asked:,} asked about, {one.heard:,} with news, {one.same:,} as before,"
                    f" {one.lost:,} not known any more, {one.unanswered:,} without an answer",
                    markup=False,
                )
            if one.gave_up:
                err.print(f"{name}: the provider does not answer; try again later", markup=False)
        print_head(case_file)
        end_with_findings(found=any(one.lost or one.gave_up for one in polled.values()))


def _batches(case_file: CaseFile, batch: str | None, member: str) -> list[tuple[str, Sender]]:
    if batch is not None:
        return [(batch, _sender(case_file, batch, member))]
    now = case_file.clock.now()
    with case_file.records.connect() as connection:
        ids = [one.id for one in list_batches(connection)]
    with case_file.records.connect() as connection:
        silent = [one for one in ids if has_unheard(connection, one)]
    asked = [(one, sender) for one in silent if can_be_polled(sender := _sender(case_file, one, member))]
    return [(one, sender) for one, sender in asked if count_unheard(case_file, sender, now=now, batch=one)]


def _sender(case_file: CaseFile, batch: str, member: str) -> Sender:
    return open_batch_sender(case_file, batch, member=member, what="poll")[1]


def _poll(case_file: CaseFile, batch: str, sender: Sender, per_second: float) -> Polled:
    now = case_file.clock.now()
    total = count_unheard(case_file, sender, now=now, batch=batch)
    with BarProgress().step(f"Asking about {batch}", total) as advance:
        return poll(case_file, sender, now=now, batch=batch, per_second=per_second, progress=advance)
