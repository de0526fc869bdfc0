"""Synthetic reports: their count and losses are as published, their slips are known, and the seizure stays as it is."""

import csv
import hashlib
from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from ringback.numbers.dial_plan import DialPlan
from ringback.schemas import SYNTHETIC_MARK
from ringback.synthetic import reports, seizure
from ringback.synthetic.report_files import COLUMNS, TRUTH_COLUMNS
from ringback.synthetic.seizure import make_seizure
from ringback.victim_reports.phone_numbers import read_called_number


def read(folder, *path):
    with folder.joinpath(*path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "reports.csv")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "seizure"
    make_seizure(folder, calls=100_000, seed=5)
    return folder


def called(folder):
    """Every number that the rows of the seizure's truth say was called."""
    import pyarrow.parquet as pq

    return set(pq.read_table(folder / "truth" / "rows.parquet")["actual_called"].to_pylist())


def test_the_export_and_its_truth_have_the_same_reports(made):
    told, truth = read(made, "reports", "reports.csv"), read(made, "truth", "reports.csv")
    assert len(told) == len(truth) == round(4_785 * 100_000 / 10_000_000)
    assert [one["crime_reference"] for one in told] == [one["crime_reference"] for one in truth]
    assert tuple(told[0]) == COLUMNS
    assert tuple(truth[0]) == TRUTH_COLUMNS
    assert all(one["crime_reference"].startswith(SYNTHETIC_MARK) for one in told)


def test_losses_have_the_published_mean_to_the_penny_and_a_long_tail():
    for count in (12, 48, 478, 4_785):
        pence = reports._losses(np.random.default_rng(count), count)
        assert pence.sum() == count * 10_000_00
        assert pence.max() == min(3_000_000_00, round(0.3 * count * 10_000_00))
        assert (pence == 0).sum() > count // 4
        assert (pence >= 0).all()
        if count > 100:
            assert np.median(pence[pence > 0]) < 10_000_00


def test_every_kind_of_reporter_and_of_slip_is_there(made):
    truth = read(made, "truth", "reports.csv")
    assert set(Counter(one["who"] for one in truth)) == {"our_text", "alerted", "never_alerted", "other_scam"}
    assert {one["number_told"] for one in truth} <= {name for name, _share in reports.NUMBER_TOLD} | {"not_asked"}
    numbers = called(made)
    for one in truth:
        assert (one["about"] in numbers) == (one["called_by_the_site"] == "yes") == (one["who"] != "other_scam")


def test_a_slip_is_what_it_is_called(made):
    for told, truth in zip(read(made, "reports", "reports.csv"), read(made, "truth", "reports.csv"), strict=True):
        digits = "".join(char for char in told["number_called"] if char.isdigit())
        typed = digits if told["number_called"].startswith("+") else f"44{digits[1:]}" if digits else ""
        really = truth["about"][1:]
        differ = sum(one != other for one, other in zip(typed, really, strict=False)) if typed else None
        expected = {
            "not_asked": {None}, "none": {None}, "exact": {0}, "relative_exact": {0}, "digit_wrong": {1},
            "digits_swapped": {2}, "digit_missing": set(range(10)), "own_instead_of_relative": set(range(1, 13)),
        }  # fmt: skip
        assert differ in expected[truth["number_told"]]
        assert (told["has_our_text"] == "yes") == (truth["who"] == "our_text")
        assert told["alert_reference"] == ""


def lacks_a_digit(typed, number):
    """Whether digits are those of a UK mobile without one of those behind its 7."""
    return number.startswith("447") and typed in {number[:place] + number[place + 1 :] for place in range(3, 12)}


def test_a_mobile_with_one_digit_missing_can_be_read_as_one(made):
    told, truth = read(made, "reports", "reports.csv"), read(made, "truth", "reports.csv")
    slips = [pair for pair in zip(told, truth, strict=True) if pair[1]["number_told"] == "digit_missing"]
    assert slips
    for one, really in slips:
        typed = read_called_number(one["number_called"], DialPlan())
        assert lacks_a_digit(str(typed.one_short), really["about"][1:])
        assert one["whose_phone"] == "own"


def test_two_in_a_hundred_lack_a_digit_and_only_mobiles_do():
    dealt = Counter(reports._dealt(np.random.default_rng(1), reports.NUMBER_TOLD, 4_785))
    assert dealt["digit_missing"] == 96
    assert sum(share for _name, share in reports.NUMBER_TOLD) == pytest.approx(1)
    assert reports._how_told("alerted", "digit_missing", 447700900123) == "digit_missing"
    assert reports._how_told("alerted", "digit_missing", 442079460123) == "exact"
    rng = np.random.default_rng(1)
    typed = {reports._typed(rng, "digit_missing", 447700900123, stranger=0) for _ in range(200)}
    assert all(lacks_a_digit(str(one), "447700900123") for one in typed)
    assert len(typed) == 7  # each digit but those beside the same digit


def test_only_who_was_warned_has_our_text(made):
    warned = {one["called_number"] for one in read(made, "truth", "victims_recoverable.csv")}
    for one in read(made, "truth", "reports.csv"):
        if one["who"] in ("our_text", "alerted"):
            assert one["about"] in warned
            assert one["recoverable"] == "yes"
        if one["who"] == "never_alerted":
            assert one["about"] not in warned


def test_reports_come_in_after_the_announcement_in_order(made):
    came = [datetime.strptime(one["received_at"], "%d/%m/%Y %H:%M") for one in read(made, "reports", "reports.csv")]  # noqa: DTZ007
    assert came == sorted(came)
    assert came[0] >= datetime(2022, 11, 24, 9)  # noqa: DTZ001


@pytest.mark.parametrize("calls", [1_000, 3_000])
def test_the_seizure_is_the_same_with_and_without_reports(tmp_path, monkeypatch, calls):
    make_seizure(tmp_path / "with", calls=calls, seed=5)
    monkeypatch.setattr(seizure, "write_reports", lambda *_given: None)
    monkeypatch.setattr(seizure, "make_report_truth", lambda *_given, **_named: None)
    make_seizure(tmp_path / "without", calls=calls, seed=5)
    assert digests(tmp_path / "with") == digests(tmp_path / "without")
    assert not (tmp_path / "without" / "reports").exists()


def test_the_same_seed_makes_the_same_reports_in_every_format(tmp_path):
    for form in ("csv", "parquet"):
        make_seizure(tmp_path / form, calls=2_000, seed=5, format=form)
    for path in (("reports", "reports.csv"), ("truth", "reports.csv")):
        assert (tmp_path / "csv").joinpath(*path).read_bytes() == (tmp_path / "parquet").joinpath(*path).read_bytes()
