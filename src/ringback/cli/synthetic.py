"""ringback synth, truth, demo: a made-up seizure, and how well the main job does on it."""

import json
import shutil
import sys
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ringback.case.case_file import CaseFile, new_case
from ringback.case.registration import register
from ringback.cli import runs
from ringback.cli.demo_batch import warn_people
from ringback.cli.demo_reports import compare_found, comparison_lines, find_last_matches, kind_lines, take_reports
from ringback.cli.options import CaseArgument, JsonOption
from ringback.cli.progress_bars import BarProgress
from ringback.cli.terminal import (
    end_with_findings,
    err,
    open_for,
    out,
    print_head,
    print_json,
    reporting_errors,
    settings,
)
from ringback.errors import RingbackError
from ringback.files.disk import unwritable
from ringback.publishing.bundle_files import PUBLIC_KEY
from ringback.results.results import Results, open_results
from ringback.results.victims import find_victims
from ringback.synthetic.comparison import Comparison, compare
from ringback.synthetic.seizure import make_seizure

# So that a demo can go on to ringback alerts plan. Nothing of a synthetic case is ever sent.
_DEMO_ALERTS = """
[alerts]
force = "Example Police"
website = "the Example Police website"
sender_name = "ExamplePol"
check_place = "the Example Police website, on the page about this text"
takes_replies = false
price_per_part = "0.0197"

[publishing]
security_contact = "security@police.example"
privacy_contact = "data.protection@police.example"
accessibility_contact = "web@police.example"
"""


# The export of another centre that the demo imports, beside seizure and case.
EXPORT = "reports.csv"
# When each step begins and ends, in percent of the whole time, measured at 300,000 calls as CSV.
_SHARES = {"people": (0, 7), "calls": (7, 20), "rows": (20, 80), "truth": (80, 100)}


class SeizureFormat(StrEnum):
    """Formats in which a seizure can be written."""

    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"
    mysqldump = "mysqldump"


CallsOption = Annotated[int, typer.Option("--calls", help="How many calls the site carried, from 1,000.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Same seed, same seizure.")]
FormatOption = Annotated[SeizureFormat, typer.Option("--format", help="Format of the seized tables.")]
SeizureArgument = Annotated[
    Path, typer.Argument(help="The folder that ringback synth wrote.", metavar="SEIZURE", readable=False)
]


def synth(
    folder: Annotated[Path, typer.Argument(help="New folder for the seizure.", metavar="DIR", readable=False)],
    calls: CallsOption = 100_000,
    seed: SeedOption = 1,
    format_: FormatOption = SeizureFormat.csv,
    as_json: JsonOption = False,
) -> None:
    """Make a synthetic seizure: made-up records, as messy as real ones, with their known truth in truth/."""
    with reporting_errors(as_json=as_json, go_on=f"delete {folder} and give the same command again"):
        summary = make(folder, calls=calls, seed=seed, format_=format_.value, quiet=as_json)
        if as_json:
            print_json(summary)
        else:
            for key, value in summary.items():
                out.print(f"{key.replace('_', ' '):<28} {value}", markup=False)


def make(folder: Path, *, calls: int, seed: int, format_: str, quiet: bool = False) -> dict[str, Any]:
    """Make a seizure, and show how far it is."""
    with BarProgress(quiet=quiet).step("Making the seizure", 100) as advance:
        shown = 0

        def tell(step: str, done: int, total: int) -> None:
            nonlocal shown
            begins, ends = _SHARES[step]
            now = begins + (ends - begins) * done // max(total, 1)
            advance(max(0, now - shown))
            shown = max(shown, now)

        try:
            return make_seizure(folder, calls=calls, seed=seed, format=format_, progress=tell)
        except OSError as error:
            raise unwritable(folder.absolute(), error) from error


def truth(case: CaseArgument, seizure: SeizureArgument, as_json: JsonOption = False) -> None:
    """Compare a synthetic case's victims and figures with the truth of its seizure; its reports too, once tied.

    Exit code 0: everything recoverable was found, and nothing else. 1: something differs.
    """
    with reporting_errors(as_json=as_json):
        case_file = open_for(case)
        with open_results(case_file) as results:
            found = compare_with_truth(results, seizure)
        matches = find_last_matches(case_file)
        reports = compare_found(case_file, matches, seizure) if matches else None
        print_head(case_file)
        if as_json:
            names = (*Comparison.__slots__, "precision", "recall", "is_exact")
            print_json({name: getattr(found, name) for name in names} | {"reports": reports and asdict(reports)})
        else:
            print_comparison(found)
            for line in [*comparison_lines(reports), *kind_lines(reports)] if reports else ():
                out.print(line, markup=False)
        end_with_findings(found=not found.is_exact)


def compare_with_truth(results: Results, seizure: Path) -> Comparison:
    """Compare the results of a synthetic case with its truth, under the rule of the run."""
    if not results.is_synthetic:
        raise RingbackError("truth_not_synthetic", path=results.case_file.case.path)
    rule = results.rule
    results.case_file.log.add("truth_compared", why="synthetic", facts={"run": results.store.folder.name})
    flagged = results.engine.rows(
        lambda m: m.adjusted_rows.filter(m.adjusted_rows.called_ambiguous).select("origin_row")
    )
    return compare(
        seizure,
        rule=rule.key,
        victims=find_victims(results, rule).column("called_number").to_pylist(),
        figures={figure["key"]: figure["value"] for figure in results.figures},
        ambiguous_rows=flagged.column("origin_row").to_pylist(),
    )


def print_comparison(found: Comparison) -> None:
    """Show how the results compare with the truth."""
    out.print(
        f"against the recoverable truth: precision {found.precision:.4f}, recall {found.recall:.4f}"
        f" ({found.right:,} of {found.recoverable:,} victims); {found.figures - len(found.differing)} of"
        f" {found.figures} figures equal; {found.ambiguous:,} ambiguous rows,"
        f" {found.unflagged:,} of them flagged wrongly"
    )
    for key, (value, true) in found.differing.items():
        out.print(f"  {key}: found {value}, true {true}", markup=False)
    out.print(f"against what really happened ({found.actual:,} victims), by cause:")
    table = Table(box=None, show_header=False)
    for direction, causes in found.gap.items():
        for cause, count in causes.items():
            table.add_row(direction.replace("_", " "), cause.replace("_", " "), f"{count:,}")
    out.print(table)


def demo(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder for the seizure and the case; a demo in it is replaced.",
            metavar="DIR",
            readable=False,
        ),
    ],
    calls: CallsOption = 100_000,
    seed: SeedOption = 1,
    format_: FormatOption = SeizureFormat.csv,
    batch: Annotated[
        bool, typer.Option("--batch/--no-batch", help="Warn the people found, into a file, and take reports; or not.")
    ] = True,
) -> None:
    """Make a synthetic seizure and its case, warn the people found, into a file, and tie reports to the calls."""
    with reporting_errors():
        _clear(folder)
        seizure, case_path = folder / "seizure", folder / "case"
        err.print(f"[bold]1.[/] a synthetic seizure of {calls:,} calls (made-up records) in {seizure}")
        make(seizure, calls=calls, seed=seed, format_=format_.value)
        err.print(f"[bold]2.[/] a case in {case_path}, with its exhibits")
        case_from_seizure(seizure, case_path)
        with (case_path / "case.toml").open("a", encoding="utf-8") as toml:
            toml.write(_DEMO_ALERTS)
    err.print("[bold]3.[/] ringback run: who was called?")
    runs.run(case_path)
    with reporting_errors(), open_results(open_for(case_path)) as results:
        out.print()
        found = compare_with_truth(results, seizure)
        print_comparison(found)
        out.print(f"\nopen {(case_path / 'out' / 'report.html').resolve()} in a browser", markup=False)
        if not batch:
            end_with_findings(found=not found.is_exact)
            return
    err.print("\n[bold]4.[/] a batch: planned, approved by somebody else, published, and sent to a file")
    with reporting_errors():
        bundle = folder / "bundle"
        case_file = open_for(case_path)
        warned = warn_people(case_file, bundle)
        out.print(f"{warned.batch}: {warned.texts:,} texts written to a file; nobody was texted", markup=False)
        out.print(f"is a text from us? {_this_command()} serve public {bundle}", markup=False)
        out.print(f"  there, check {warned.reference} with the last four digits {warned.last_four}", markup=False)
        err.print("\n[bold]5.[/] reports come in: the export of another centre is imported, and tied to calls")
        reports = take_reports(case_file, seizure, folder / EXPORT, batch=warned.batch)
        for line in comparison_lines(reports):
            out.print(line, markup=False)
        end_with_findings(found=not (found.is_exact and reports.is_exact))


def _this_command() -> str:
    """How ringback was begun here: as a command of its own, or by the environment that the Makefile makes."""
    beside = Path(sys.executable).with_name("ringback")
    try:
        return str(beside.relative_to(Path.cwd())) if beside.exists() else "ringback"
    except ValueError:
        return "ringback"


def case_from_seizure(seizure: Path, case_path: Path) -> CaseFile:
    """Make a synthetic case with every file of a seizure, except its truth, as an exhibit."""
    life = json.loads((seizure / "case_settings.json").read_text(encoding="utf-8"))
    case_file = new_case(
        case_path,
        settings=settings(),
        name="Synthetic seizure",
        time_zone=life["time_zone"],
        first_day=date.fromisoformat(life["first_day"]),
        last_day=date.fromisoformat(life["last_day"]),
        preset="ringback",
        synthetic=True,
    )
    for path in sorted(seizure.iterdir()):
        if path.is_file() and path.name != "case_settings.json":
            register(case_file, path, why="synthetic seizure")
    return case_file


def _clear(folder: Path) -> None:
    """Remove an earlier demo, with its case's key and mark, and nothing else.

    Raises:
        RingbackError: `output_exists` where there is anything else, a real case above all.
    """
    seizure, case_path, bundle, export = (folder / name for name in ("seizure", "case", "bundle", EXPORT))
    if seizure.exists() and not (seizure / "case_settings.json").exists():
        raise RingbackError("output_exists", path=seizure)
    if bundle.exists() and not (case_path.exists() and (bundle / PUBLIC_KEY).exists()):
        raise RingbackError("output_exists", path=bundle)
    if export.exists() and not (case_path.exists() and seizure.exists()):
        raise RingbackError("output_exists", path=export)
    if case_path.exists():
        if not (case_path / "case.toml").exists() or not open_for(case_path).is_synthetic:
            raise RingbackError("output_exists", path=case_path)
        old = open_for(case_path)
        for ending in ("keys", "mark", "mark-lock", "reports"):
            (old.settings.keys_dir / f"{old.case.settings.id}.{ending}").unlink(missing_ok=True)
        shutil.rmtree(case_path)
    for one in (seizure, bundle):
        if one.exists():
            shutil.rmtree(one)
    export.unlink(missing_ok=True)
