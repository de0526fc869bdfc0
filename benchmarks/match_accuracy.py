"""How well reports are tied to numbers, on synthetic reports; writes benchmarks/results/match_accuracy.json.

    .venv/bin/python benchmarks/match_accuracy.py [CALLS ...]
    .venv/bin/python benchmarks/match_accuracy.py CASE SEIZURE

The second form takes a case that was run already, and the seizure that it was made from. Its results are added.

For each size a seizure is made, and a case from it is run; its reports become a snapshot, those with our text under the
number that it went to. What the matching ties is compared with what each report is really about, by kind of error in
the number. Precision: of the reports that were tied, how many to the right number. Recall: of the reports about a call
that can be recovered from the seizure, how many were tied to the right number. Reports that are left to a person count
as not tied.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from report_snapshots import read_export, rows_of, write_snapshot  # noqa: E402
from ringback.case.case_file import open_case_file  # noqa: E402
from ringback.cli.synthetic import case_from_seizure  # noqa: E402
from ringback.pipeline.matching import MatchInputs, match_reports  # noqa: E402
from ringback.pipeline.run import run  # noqa: E402
from ringback.settings import load_settings  # noqa: E402
from ringback.synthetic.seizure import make_seizure  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "match_accuracy.json"
SIZES, SEEDS = (100_000, 1_000_000), (1, 2, 3)
TIED = ("certain", "likely")


def main():
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if len(sys.argv) == 3 and Path(sys.argv[1]).is_dir():
        case_file = open_case_file(Path(sys.argv[1]), settings=load_settings())
        with tempfile.TemporaryDirectory() as folder:
            kinds = compare(case_file, Path(sys.argv[2]), Path(folder) / "snapshot.parquet")
        reports = sum(kinds[name]["reports"] for name in ("with_our_text", "without_our_text"))
        found[f"a case with {reports:,} reports"] = kinds
        show(f"a case with {reports:,} reports", kinds)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        return
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    for calls in sizes:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["RINGBACK_KEYS"] = str(Path(folder) / "keys")
                name = f"{calls:,} calls, seed {seed}"
                found[name] = measure(Path(folder), calls=calls, seed=seed)
            show(name, found[name])
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


def measure(folder, *, calls, seed):
    """Precision and recall of one seizure, by kind of error."""
    return compare(make_case(folder, calls=calls, seed=seed), folder / "seizure", folder / "snapshot.parquet")


def make_case(folder, *, calls, seed):
    """A seizure in a folder, and a case from it that has been run; keys are where RINGBACK_KEYS says."""
    make_seizure(folder / "seizure", calls=calls, seed=seed, format="parquet")
    case_file = case_from_seizure(folder / "seizure", folder / "case")
    run(case_file)
    return case_file


def compare(case_file, seizure, snapshot):
    """Match the reports of a seizure, and compare with their truth."""
    rows, truth = read_export(seizure, case_file.key().digest)
    made = match_reports(case_file, MatchInputs(write_snapshot(snapshot, rows)), why="accuracy")
    outcomes = rows_of(made.folder / "report_outcomes.parquet")
    return tally(outcomes, truth)


def tally(outcomes, truth):
    """Precision and recall by kind, with and without our text, and what came of those this site never called."""
    kinds = {}
    for one in outcomes:
        really = truth[one["report"]]
        called = really["called_by_the_site"] == "yes"
        kind = really["number_told"] if called else "not_called"
        names = [kind, "with_our_text" if kind == "not_asked" else "without_our_text"]
        tied = one["outcome"] in TIED
        right = tied and called and one["called_number"] == really["about"]
        for name in names:
            row = kinds.setdefault(name, dict.fromkeys(("reports", "recoverable", "tied", "right", "for_a_person"), 0))
            row["reports"] += 1
            row["recoverable"] += really["recoverable"] == "yes"
            row["tied"] += tied
            row["right"] += right
            row["for_a_person"] += one["outcome"] == "for_a_person"
    for row in kinds.values():
        row["precision"] = round(row["right"] / row["tied"], 4) if row["tied"] else None
        row["recall"] = round(row["right"] / row["recoverable"], 4) if row["recoverable"] else None
    return dict(sorted(kinds.items()))


def show(name, kinds):
    print(f"\n{name}")
    print(f"{'':<26}{'reports':>8}{'tied':>8}{'right':>8}{'person':>8}{'precision':>11}{'recall':>8}")
    for kind, row in kinds.items():
        print(
            f"{kind:<26}{row['reports']:>8,}{row['tied']:>8,}{row['right']:>8,}{row['for_a_person']:>8,}"
            f"{row['precision'] if row['precision'] is not None else '-':>11}"
            f"{row['recall'] if row['recall'] is not None else '-':>8}"
        )


if __name__ == "__main__":
    main()
