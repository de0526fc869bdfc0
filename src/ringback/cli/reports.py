"""ringback report: reports from the public, taken by telephone, imported, read and decided on."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ringback.case.case_file import CaseFile
from ringback.cli import report_files, report_import  # noqa: F401 - they add `files` and `import` to the group
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.report_group import report_app
from ringback.cli.report_interview import Interview, question_facts
from ringback.cli.report_lines import content_lines, list_line, listed_facts, sum_facts
from ringback.cli.session import acting_for
from ringback.cli.terminal import open_for as open_case
from ringback.cli.terminal import out, print_head, print_json, reporting_errors
from ringback.errors import RingbackError
from ringback.files.disk import say_problem
from ringback.records.report_losses import CONFIRMED, ESTIMATED, Money, list_losses, total_losses
from ringback.records.reports import get_report
from ringback.victim_reports import casework, duplicates
from ringback.victim_reports.answers import read_answers
from ringback.victim_reports.content import ReportContent
from ringback.victim_reports.days import UK
from ringback.victim_reports.erasure import erase
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.intake import TELEPHONE, show_faults, take_report
from ringback.victim_reports.money import read_pence, show_pence
from ringback.victim_reports.questions import Known

ReportArgument = Annotated[str, typer.Argument(help="The report, such as R-0001.", metavar="REPORT")]
WhyNeeded = Annotated[str, typer.Option("--why", help="Why, for the audit log.")]
_RIGHT = "report"


@report_app.command("add", epilog="Example: ringback report add op-case")
def report_add(
    case: CaseArgument,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="A JSON file of answers; - for standard input. Else they are asked for.",
                     metavar="FILE", allow_dash=True, readable=False),
    ] = None,
    why: WhyNeeded = "somebody rang to report",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Take a report by telephone: asks the questions one after the other, and prints a status code for the caller."""
    with reporting_errors(as_json=as_json, go_on="nothing was stored; begin again"):
        case_file = open_case(case)
        member = acting_for(case_file, _RIGHT, command="report add")
        known = Known(case_file.clock.now().astimezone(UK).date(), case_file.dial_plan())
        if answers is not None:
            content, faults = read_answers(_read_json(answers), known)
            if faults:
                raise RingbackError("report_faulty", faults=show_faults(faults))
        else:
            content = Interview(case_file, known).ask()
        _store(case_file, content, member.name, why, as_json=as_json)


def _store(case_file: CaseFile, content: ReportContent, member: str, why: str, *, as_json: bool) -> None:
    taken = take_report(case_file, content, way=TELEPHONE, who=member, why=why)
    if as_json:
        print_json({"report": taken.id, "status_code": taken.status_code})
    else:
        out.print(f"{taken.id} is stored", markup=False)
        out.print(f"status code for the caller, shown this once: {taken.status_code}", markup=False)
    print_head(case_file)


def _read_json(path: Path) -> dict[str, object]:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        told = json.loads(data)
    except OSError as error:
        raise RingbackError("report_answers_unreadable", path=path.absolute(), problem=say_problem(error)) from error
    except ValueError as error:
        raise RingbackError("report_answers_unreadable", path=path, problem="it is no JSON") from error
    if not isinstance(told, dict):
        raise RingbackError("report_answers_unreadable", path=path, problem="it is no JSON object")
    return told


@report_app.command("questions", epilog="Example: ringback report questions --json")
def report_questions(as_json: JsonOption = False) -> None:
    """List the questions of a report, with their keys for --answers."""
    facts = question_facts()
    if as_json:
        print_json(facts)
        return
    for one in facts:
        out.print(f"{one['key']:<18} {one['text']}", markup=False)
        for key, words in one["choices"].items():
            out.print(f"{'':<18}   {key}: {words}", markup=False)


@report_app.command("list", epilog="Example: ringback report list op-case --status received")
def report_list(
    case: CaseArgument,
    status: Annotated[str | None, typer.Option("--status", help="Only reports with this status.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the reports: when, which way, status, losses, and whether they are tied. Nothing of what they say."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        acting_for(case_file, _RIGHT, command="report list")
        found = casework.list_all(case_file, status=status)
        total = total_losses([one.losses for one in found])
        if as_json:
            print_json({"reports": [listed_facts(one) for one in found], "losses": sum_facts(total)})
        else:
            for one in found:
                out.print(list_line(one), markup=False)
            plural = "report" if len(found) == 1 else "reports"
            out.print(f"{len(found):,} {plural}", markup=False)
            for basis, pence in total.as_dict().items():
                if pence is not None:
                    out.print(f"{basis} loss: {show_pence(pence)}", markup=False)
        print_head(case_file)


@report_app.command("show", epilog='Example: ringback report show op-case R-0001 --why "to ring her back"')
def report_show(case: CaseArgument, report: ReportArgument, why: WhyNeeded, as_json: JsonOption = False) -> None:
    """Show what one report says, with its numbers. The look is logged."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        member = acting_for(case_file, _RIGHT, command="report show")
        found = casework.show_report(case_file, report, member=member.name, why=why)
        if as_json:
            print_json(
                {"report": found.report.id, "way": found.report.way, "status": found.report.status,
                 "received_at": found.report.received_at.isoformat(), "taken_by": found.report.taken_by,
                 "content": found.content.as_dict(), "reference_unknown": found.is_reference_unknown,
                 "files": found.files, "files_refused": list(found.refused),
                 "losses": [{"basis": one.basis, "pence": one.pence, "returned_pence": one.returned_pence,
                             "who": one.who, "at": one.at.isoformat(), "why": one.why,
                             "replaced": one.replaced_at is not None} for one in found.losses],
                 "decisions": [{"what": one.what, "about": one.about, "decision": one.decision, "who": one.who,
                                "at": one.at.isoformat(), "why": one.why} for one in found.decisions]}
            )  # fmt: skip
        else:
            for line in content_lines(found):
                out.print(line, markup=False)
        print_head(case_file)


@report_app.command("status", epilog='Example: ringback report status op-case R-0001 looked_at --why "read it"')
def report_status(
    case: CaseArgument,
    report: ReportArgument,
    status: Annotated[str, typer.Argument(help="received, looked_at, tied, helped or closed.", metavar="STATUS")],
    why: WhyNeeded,
    as_json: JsonOption = False,
) -> None:
    """Set the status of a report."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        member = acting_for(case_file, _RIGHT, command="report status")
        before = casework.change_status(case_file, report, status, member=member.name, why=why)
        if as_json:
            print_json({"report": before.id, "before": before.status, "status": status})
        else:
            out.print(f"{before.id}: {before.status} -> {status}", markup=False)
        print_head(case_file)


@report_app.command("losses", epilog='Example: ringback report losses op-case R-0001 --confirmed 4500 --why "the bank"')
def report_losses(
    case: CaseArgument,
    report: ReportArgument,
    confirmed: Annotated[str | None, typer.Option("--confirmed", help="What is confirmed, in pounds.")] = None,
    estimated: Annotated[str | None, typer.Option("--estimated", help="What is estimated, in pounds.")] = None,
    why: WhyNeeded = "",
    as_json: JsonOption = False,
) -> None:
    """Show the losses of a report; or note what was confirmed or estimated. The three are never added together."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        member = acting_for(case_file, _RIGHT, command="report losses")
        given = {CONFIRMED: confirmed, ESTIMATED: estimated}
        sums = [Money(basis, _read_sum(typed)) for basis, typed in given.items() if typed is not None]
        if sums:
            casework.give_losses(case_file, report, sums, member=member.name, why=why)
        with case_file.records.connect() as connection:
            id_ = get_report(connection, report).id
            rows = list_losses(connection, id_)
        if as_json:
            facts = [{"basis": one.basis, "pence": one.pence, "returned_pence": one.returned_pence, "who": one.who,
                      "at": one.at.isoformat(), "why": one.why, "replaced": one.replaced_at is not None}
                     for one in rows]  # fmt: skip
            print_json({"report": id_, "losses": facts})
        else:
            for one in rows:
                by = f"by {one.who}: {one.why}" if one.who else "by the reporter"
                returned = f", {show_pence(one.returned_pence)} came back" if one.returned_pence else ""
                replaced = "  (replaced)" if one.replaced_at else ""
                out.print(f"{one.basis:<9} {show_pence(one.pence):>14}{returned}  {by}{replaced}", markup=False)
            if not rows:
                out.print(f"{id_} tells of no loss", markup=False)
        print_head(case_file)


def _read_sum(typed: str) -> int:
    try:
        return read_pence(typed)
    except AnswerFault as fault:
        raise RingbackError("report_loss_bad", problem=str(fault)) from fault


@report_app.command("erase", epilog='Example: ringback report erase op-case R-0001 --why "asked for it in writing"')
def report_erase(case: CaseArgument, report: ReportArgument, why: WhyNeeded, as_json: JsonOption = False) -> None:
    """Erase what a report says, for good. Its row and its sums of money stay, to be counted."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        member = acting_for(case_file, "erase", command="report erase")
        found = erase(case_file, report, member=member.name, why=why)
        if as_json:
            print_json({"erased": found.id})
        else:
            out.print(f"{found.id} is erased; copies of the records made before still hold it", markup=False)
        print_head(case_file)


@report_app.command("duplicates", epilog='Example: ringback report duplicates op-case --why "weekly look"')
def report_duplicates(
    case: CaseArgument,
    pair: Annotated[
        list[str] | None, typer.Argument(help="Two reports to decide on; else likely pairs are listed.",
                                         metavar="[REPORT REPORT]")
    ] = None,
    decide: Annotated[str | None, typer.Option("--decide", help="same or different.")] = None,
    why: WhyNeeded = "looking for reports told twice",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List reports that may be one told twice, with reasons; or decide on two. Nothing is ever merged."""
    with reporting_errors(as_json=as_json):
        case_file = open_case(case)
        member = acting_for(case_file, _RIGHT, command="report duplicates")
        if pair or decide:
            if not pair or len(pair) != 2 or decide not in ("same", "different"):
                raise RingbackError("report_pair_needed")
            groups = duplicates.decide(case_file, pair[0], pair[1], same=decide == "same", member=member.name, why=why)
            if as_json:
                print_json({"decided": decide, "groups": groups})
            else:
                out.print(f"{pair[0]} and {pair[1]}: {decide}", markup=False)
        else:
            found = duplicates.find_pairs(case_file, member=member.name, why=why)
            if as_json:
                print_json([{"first": one.first, "second": one.second, "reasons": one.reasons} for one in found])
            else:
                for one in found:
                    out.print(f"{one.first} and {one.second}: {'; '.join(one.reasons)}", markup=False)
                out.print(f"{len(found):,} {'pair' if len(found) == 1 else 'pairs'} to decide on", markup=False)
        print_head(case_file)
