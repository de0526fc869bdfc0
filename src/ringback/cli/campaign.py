"""ringback alerts page, check: what the public may know of a batch, and whether one text is genuine."""

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from ringback.alerting.verification.alert_check import GENUINE, LATER, Answer, check_alert, in_words
from ringback.alerting.verification.campaign_page import FACTS, PAGE, write_page
from ringback.cli.options import BatchArgument, CaseArgument, JsonOption
from ringback.cli.session import acting_for
from ringback.cli.terminal import end_with_findings, err, open_for, out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.records.audit import operating_user

# Seconds: a shorter wait goes unnoticed, and is not mentioned.
_NOTICED_S = 1.0


def page(
    case: CaseArgument,
    batch: BatchArgument,
    folder: Annotated[
        Path, typer.Option("--out", help="Folder to write to; a page that is there is replaced.", readable=False)
    ],
    as_json: JsonOption = False,
) -> None:
    """Write the public campaign page of an approved batch: index.html, and the same facts as campaign.json."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "page", command="alerts page")
        facts = write_page(case_file, batch, folder, member=member.name)
        if as_json:
            print_json({"page": str(folder / PAGE), "facts": str(folder / FACTS), "sent": facts.sent})
        else:
            texts = "text" if facts.sent == 1 else "texts"
            out.print(f"wrote {folder / PAGE} and {FACTS}: {facts.sent:,} {texts} sent so far", markup=False)
            out.print("the count is as of now: write the page again while texts are being sent")
        print_head(case_file)


def check(
    case: CaseArgument,
    source: Annotated[
        str | None,
        typer.Option(help="Who asks, such as the caller's own reference; else you. Each asker is slowed."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the answer, or only say when to ask again.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Say whether a text is genuine. Reads "REFERENCE LAST4" (the digits that end the number) from standard input."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "check", command="alerts check")
        reference_text, last_four = _read_question()
        answer = check_alert(
            case_file,
            case_file.keys(),
            reference_text=reference_text,
            last_four=last_four,
            source=source or operating_user(),
            clock=case_file.clock,
            patient=wait,
            who=member.name,
            on_wait=_tell_wait,
        )
        _print_answer(answer, as_json=as_json)
        print_head(case_file)
        end_with_findings(found=answer.kind != GENUINE)


def _read_question() -> tuple[str, str]:
    """The first line that is not empty. It is no argument of the command, because others can see those."""
    if sys.stdin.isatty():
        err.print("reference and last four digits, in one line:")
    line = next((line for line in sys.stdin if line.strip()), "")
    *reference, last_four = line.split() or [""]
    if not reference:
        raise RingbackError("check_input_missing")
    return " ".join(reference), last_four


def _tell_wait(seconds: float) -> None:
    if seconds >= _NOTICED_S:
        err.print(f"there are other questions about this reference: the answer comes in {in_words(seconds)}")


def _print_answer(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        again = {"ask_again_in_s": math.ceil(answer.wait_s)} if answer.kind == LATER else {}
        print_json({"answer": answer.kind, "lines": answer.lines, "waited_s": math.ceil(answer.waited_s), **again})
        return
    for line in answer.lines:
        out.print(line, markup=False)
