"""The last part of the demo: reports come in as another centre's export, and are tied to calls.

Some of the made-up reporters began with the text that warned them. Its reference is drawn when the batch is planned,
long after the seizure was made. So it is filled in here, from what the demo wrote into its outbox.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from ringback.case.case_file import CaseFile
from ringback.cli.demo_batch import PLANNER
from ringback.cli.match_records import reports_of_case
from ringback.errors import RingbackError
from ringback.files.output import write_private
from ringback.pipeline.matching import RECORDS, Matching, match_reports, open_matches
from ringback.records.reports import list_reports
from ringback.results.matches import MatchList, read_matches
from ringback.stages.match_rule import OUTCOMES
from ringback.synthetic.report_comparison import FoundReports, ReportComparison, compare_reports
from ringback.synthetic.report_files import COLUMNS, FILE_NAME, FOLDER
from ringback.victim_reports.imports.columns import ChosenColumns
from ringback.victim_reports.imports.export_file import open_export
from ringback.victim_reports.imports.importing import find_columns, import_export

_WHY = "the demo"


def take_reports(case_file: CaseFile, seizure: Path, export: Path, *, batch: str) -> ReportComparison:
    """Import the reports of a synthetic seizure, tie them to calls, and compare that with the truth.

    Args:
        case_file: The synthetic case, whose batch was sent.
        seizure: The folder that `ringback synth` wrote.
        export: Where the export goes, with references filled in.
        batch: The batch that was sent into a file.

    Raises:
        RingbackError: `synthetic_only` for any other case, or what a step refuses.
    """
    if not case_file.is_synthetic:
        raise RingbackError("synthetic_only")
    _write_export(seizure, export, _references(case_file.case.out_dir / f"outbox-{batch}.jsonl"))
    opened = open_export(export, case_file.limits())
    import_export(case_file, opened, find_columns(opened, ChosenColumns()), who=PLANNER, why=_WHY)
    inputs = reports_of_case(case_file, member=PLANNER, why=_WHY)
    return compare_found(case_file, read_matches(match_reports(case_file, inputs, why=_WHY)), seizure)


def find_last_matches(case_file: CaseFile) -> MatchList | None:
    """The matches that were made last of the case's own reports; None if there are none."""
    last = case_file.log.find_last("reports_matched", source=RECORDS)
    folder = case_file.case.matches_dir / str((last or {}).get("matches"))
    if last is None or not folder.is_dir():
        return None
    return read_matches(Matching(folder.name, folder, open_matches(case_file, folder.name), unchanged=True))


def compare_found(case_file: CaseFile, found: MatchList, seizure: Path) -> ReportComparison:
    """Compare matches with the truth of the seizure whose export was imported."""
    with case_file.records.connect() as connection:
        rows = {one.id: one.source_row for one in list_reports(connection) if one.source_row is not None}
    outcomes = {
        rows[report]: (str(one["outcome"]), one["called_number"])
        for report, one in found.outcomes.items()
        if report in rows
    }
    figures = {one["key"]: one["value"] for one in found.read_figures()}
    lost = (figures["loss_reported"] or [{}])[0]
    return compare_reports(seizure, FoundReports(outcomes, lost.get("mean"), lost.get("largest")))


def comparison_lines(found: ReportComparison) -> list[str]:
    """What came of the reports, and how that compares with the truth, in three lines."""
    counts = ", ".join(f"{found.outcomes.get(one, 0):,} {one.replace('_', ' ')}" for one in OUTCOMES)
    tied, right = found.tied
    return [
        f"{found.reports[0]:,} reports: {counts}",
        f"loss reported: mean {_pounds(found.mean[0])}, largest {_pounds(found.largest[0])}",
        f"against the truth: {right:,} of {tied:,} are tied to the number they are about; reports, those with our text"
        f" and losses are {'equal' if _is_equal(found) else 'not equal'}",
    ]


def kind_lines(found: ReportComparison) -> list[str]:
    """How well reports were tied, by how their number is told: a heading, and a line each."""
    heads = f"{'how the number is told':<24}{'reports':>9}{'tied':>9}{'precision':>11}{'recall':>9}"
    return [heads] + [
        f"{kind:<24}{one.reports:>9,}{one.tied:>9,}{_share(one.precision):>11}{_share(one.recall):>9}"
        for kind, one in found.kinds.items()
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _is_equal(found: ReportComparison) -> bool:
    pairs = (found.reports, found.with_text, found.mean, found.largest)
    return all(one == true for one, true in pairs)


def _pounds(value: float | None) -> str:
    return "unknown" if value is None else f"£{value:,.2f}".removesuffix(".00")


def _references(outbox: Path) -> Mapping[str, str]:
    """The number of each text, E.164, to its reference."""
    with outbox.open(encoding="utf-8") as file:
        texts = [json.loads(line) for line in file]
    return {one["to"]: one["alert_reference"] for one in texts}


def _write_export(seizure: Path, export: Path, references: Mapping[str, str]) -> None:
    """Write the export as the centre would have it: those who were texted read their reference off their phone."""
    with (seizure / "truth" / FILE_NAME).open(newline="", encoding="utf-8") as file:
        numbers = {row["crime_reference"]: row["about"] for row in csv.DictReader(file)}
    with (seizure / FOLDER / FILE_NAME).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        number = numbers[row["crime_reference"]]
        if row["has_our_text"] == "yes" and number in references:
            row |= {"alert_reference": references[number], "alert_last_four": number[-4:]}
    write_private(export, _as_csv(rows))


def _as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
