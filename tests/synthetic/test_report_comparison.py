"""Matches of synthetic reports against their truth: how many are right, by how the number is told."""

import csv

from ringback.synthetic.report_comparison import FoundReports, KindComparison, compare_reports
from ringback.synthetic.report_files import TRUTH_COLUMNS

NUMBER, OTHER = "+447700900123", "+447700900124"


def really(told, *, called="yes", recoverable="yes", who="alerted"):
    return {
        "crime_reference": "N1", "who": who, "number_told": told, "about": NUMBER, "called_by_the_site": called,
        "recoverable": recoverable, "days_off": "", "loss_pence": "100",
    }  # fmt: skip


def compare(folder, truth, outcomes):
    (folder / "truth").mkdir()
    with (folder / "truth" / "reports.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, TRUTH_COLUMNS)
        writer.writeheader()
        writer.writerows(truth)
    return compare_reports(folder, FoundReports(dict(enumerate(outcomes, start=1)), 1.0, 1.0))


def test_precision_and_recall_are_those_of_each_kind_of_error(tmp_path):
    truth = [
        *[really("digit_missing")] * 3, really("digit_missing", recoverable="no"), really("exact"), really("none"),
        really("digit_missing", called="no", recoverable="no"),
    ]  # fmt: skip
    outcomes = [
        ("likely", NUMBER), ("likely", OTHER), ("for_a_person", NUMBER), ("not_in_the_calls", None), ("likely", NUMBER),
        ("for_a_person", None), ("likely", NUMBER),
    ]  # fmt: skip
    found = compare(tmp_path, truth, outcomes)
    assert found.kinds == {
        "digit_missing": KindComparison(4, 3, 2, 1, 0.5, 0.3333),
        "exact": KindComparison(1, 1, 1, 1, 1.0, 1.0),
        "none": KindComparison(1, 1, 0, 0, None, 0.0),
        "not_called": KindComparison(1, 0, 1, 0, 0.0, None),
    }
    assert found.tied == (4, 2)
