"""ringback verify: whether a case is as it was left."""

from typing import Annotated

import typer

from ringback.alerting.integrity import find_alert_differences
from ringback.case.case_file import CaseFile
from ringback.case.integrity import bytes_of_runs, find_differences
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import (
    end_with_findings,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
)
from ringback.pipeline.matching import find_match_differences
from ringback.victim_reports.integrity import find_report_differences


def _say_what_it_was_held_against(case_file: CaseFile) -> None:
    facts = case_file.mark.read()
    if facts is None:
        out.print("checked without --head: this cannot show whether the chain was recomputed to its end")
    else:
        out.print(
            f"checked without --head, against entry {facts.seq:,} in the folder of keys: whoever can write to that"
            " folder too can still recompute the chain to its end"
        )


def verify(
    case: CaseArgument,
    head: Annotated[str | None, typer.Option(help="A head of the audit log that was written down elsewhere.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Re-hash every exhibit, check log, runs, staff, batches, reports and matches, and tell all that differs."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        total = sum(one.bytes for one in case_file.exhibits) + bytes_of_runs(case_file)
        with BarProgress(quiet=as_json).step("Checking the case", total) as advance:
            found = find_differences(case_file, head=head, progress=advance)
        found += find_alert_differences(case_file)
        found += find_report_differences(case_file)
        found += find_match_differences(case_file)
        entries = len(case_file.log.entries())
        now = case_file.log.head()
        if as_json:
            print_json({"differences": found, "exhibits": len(case_file.exhibits), "entries": entries, "head": now})
        else:
            for one in found:
                out.print(f"- {one}", markup=False)
            exhibits = len(case_file.exhibits)
            plural = "difference" if len(found) == 1 else "differences"
            verdict = f"{len(found)} {plural}" if found else "nothing differs"
            out.print(f"{verdict}: {exhibits} exhibits and {entries} audit entries checked")
            if head is None:
                _say_what_it_was_held_against(case_file)
        print_head(case_file)
        end_with_findings(found=bool(found))
