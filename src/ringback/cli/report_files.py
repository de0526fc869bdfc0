"""ringback report files: the pictures that came with a report."""

from pathlib import Path
from typing import Annotated

import typer

from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.report_group import report_app
from ringback.cli.session import acting_for
from ringback.cli.terminal import open_for, out, print_head, print_json, reporting_errors
from ringback.files.durable import make_folder, write_file
from ringback.publishing.uploads.kept_files import show_files
from ringback.victim_reports.reasons import check_why


@report_app.command("files", epilog='Example: ringback report files op-case R-0001 pictures --why "to read the bill"')
def report_files(
    case: CaseArgument,
    report: Annotated[str, typer.Argument(help="The report, such as R-0001.", metavar="REPORT")],
    folder: Annotated[Path, typer.Argument(help="A new folder for the pictures.", metavar="FOLDER", readable=False)],
    why: Annotated[str, typer.Option("--why", help="Why, for the audit log.")],
    as_json: JsonOption = False,
) -> None:
    """Write the pictures that came with a report into a folder, for its owner alone. Logged."""
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        member = acting_for(case_file, "report", command="report files")
        check_why(why)
        found = show_files(case_file, report, member=member.name, why=why)
        told = []
        for number, one in enumerate(found, 1):
            written = []
            for place, (kind, data) in enumerate(one.cleaned.pictures, 1):
                path = folder / f"{number}-{place}.{kind}"
                make_folder(folder)
                write_file(path, data)
                written.append(str(path))
            told.append({"name": one.name, "pictures": written, "refused": one.cleaned.refused})
        if as_json:
            print_json({"files": told})
        elif not told:
            out.print("no files came with this report")
        else:
            for line in told:
                became = f"refused: {line['refused']}" if line["refused"] else ", ".join(map(str, line["pictures"]))
                out.print(f"{line['name']}: {became}", markup=False)
        print_head(case_file)
