"""ringback alerts preview, approve, rehearse, list: batches before they are sent."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ringback.alerting.batches.approval import approve as approve_batch
from ringback.alerting.batches.open_sender import open_batch_sender
from ringback.alerting.batches.planning import Planned
from ringback.alerting.batches.preview import list_as_dicts, preview_batch
from ringback.alerting.batches.rehearsal import plan_rehearsal
from ringback.alerting.batches.rehearsal_confirmation import LEAST_WORDS, Confirmed, confirm_rehearsal
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.model import states
from ringback.alerting.senders.registry import must_be_read_on_phones
from ringback.case.case_file import CaseFile
from ringback.cli.batch_preview import print_preview
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption, WhyOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import end_with_findings, err, open_for, out, print_head, print_json, reporting_errors
from ringback.records.batches import list_batches

_FIRST_WORDS = f"type the first words of the text as it stands on the phone, {LEAST_WORDS} at least"
_LONGEST_TYPED = 2000


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
        str | None, typer.Option(help="A type of the provider's key other than the batch's: team or live.")
    ] = None,
    why: WhyOption = "rehearsal",
    as_json: JsonOption = False,
) -> None:
    """Send a batch's text to named members of staff, by the batch's own sender, now.

    If a phone may show more than the provider tells, it then asks for the first words of the text on a phone; without a
    terminal, give them to `ringback alerts rehearsed`. Exit code 1 when not every text was accepted, or the provider
    sent something else.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "rehearse", command="alerts rehearse")
        planned = plan_rehearsal(case_file, batch, to, member=member.name, why=why, key_type=key_type)
        ended = _send_rehearsal(case_file, planned, member=member.name)
        accepted, whole = ended["alerts"].get("accepted", 0), ended["end"] == states.FINISHED
        to_confirm = whole and accepted > 0 and must_be_read_on_phones(planned.content.sender)
        if as_json:
            print_json(ended | {"to_confirm": to_confirm})
        else:
            counts = ", ".join(f"{count} {state}" for state, count in ended["alerts"].items())
            out.print(f"{planned.batch.id} to {', '.join(to)}: {counts or 'nothing was sent'}", markup=False)
            if not whole:
                out.print(f"{ended['end']}: {ended['why']}", markup=False)
            out.print("compare the text on each phone with the preview, letter by letter")
            if to_confirm:
                _ask_for_first_words(case_file, case, batch, member=member.name)
        print_head(case_file)
        end_with_findings(found=not whole or accepted != planned.content.texts)


def rehearsed(
    case: CaseArgument,
    batch: BatchArgument,
    first_words: Annotated[
        str | None, typer.Option(help="The first five words, or more, as they stand on the phone.", metavar="WORDS")
    ] = None,
    why: WhyOption = "read on a phone",
    as_json: JsonOption = False,
) -> None:
    """Confirm a rehearsal: type the first words of the text as it stands on a phone.

    Without --first-words they are asked for, or read from standard input.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "rehearse", command="alerts rehearsed")
        words = _read_words() if first_words is None else first_words
        given = confirm_rehearsal(case_file, batch, words, member=member.name, why=why)
        if as_json:
            print_json(asdict(given))
        else:
            _print_confirmed(given)
        print_head(case_file)


def _read_words() -> str:
    return str(typer.prompt(_FIRST_WORDS, err=True)) if sys.stdin.isatty() else sys.stdin.readline(_LONGEST_TYPED)


def _ask_for_first_words(case_file: CaseFile, case: Path, batch: str, *, member: str) -> None:
    words = ""
    if sys.stdin.isatty():
        words = str(typer.prompt(f"{_FIRST_WORDS} (only Enter: later)", default="", show_default=False, err=True))
    if words.strip():
        _print_confirmed(confirm_rehearsal(case_file, batch, words, member=member))
    else:
        out.print(f"{_FIRST_WORDS}:", markup=False)
        out.print(f'ringback alerts rehearsed {case} {batch} --first-words "..."', markup=False)


def _print_confirmed(given: Confirmed) -> None:
    out.print(
        f"the phone shows {given.rehearsal} as {given.batch} was planned: audit entry {given.entry}", markup=False
    )


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
