"""The seizure as a whole: quotas, determinism, the recoverable truth against a small reader."""

import ast
import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import ringback.synthetic
from ringback.errors import RingbackError
from ringback.schemas import SYNTHETIC_MARK
from ringback.synthetic.mess import CAUSES
from ringback.synthetic.seizure import make_seizure
from ringback.synthetic.truth import RULES
from synthetic.oracle import Oracle
from tiers import first_quick


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def truth(folder, name):
    return json.loads((folder / "truth" / name).read_text("utf-8"))


def numbers(folder, name):
    with (folder / "truth" / name).open(newline="") as file:
        return [row["called_number"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "mysqldump"])
def test_the_same_seed_makes_the_same_bytes(tmp_path, form):
    for name in ("one", "two"):
        make_seizure(tmp_path / name, calls=2_000, seed=5, format=form)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_makes_other_rows(tmp_path):
    make_seizure(tmp_path / "one", calls=1_000, seed=5)
    make_seizure(tmp_path / "two", calls=1_000, seed=6)
    assert (tmp_path / "one" / "calls.csv").read_bytes() != (tmp_path / "two" / "calls.csv").read_bytes()


def test_the_truth_is_the_same_in_every_format(tmp_path):
    found = []
    for form in ("csv", "jsonl", "parquet", "mysqldump"):
        make_seizure(tmp_path / form, calls=3_000, seed=9, format=form)
        found.append(digests(tmp_path / form / "truth") | {"subjects": (tmp_path / form / "subjects.csv").read_bytes()})
    assert found.count(found[0]) == 4


@pytest.mark.parametrize(
    ("calls", "seed"), [(1_000, 1), (1_000, 2), (4_321, 3), (20_000, 3), (20_000, 4), (100_000, 7)]
)
def test_the_actual_truth_meets_every_quota_exactly(tmp_path, calls, seed):
    make_seizure(tmp_path / "s", calls=calls, seed=seed)
    figures = truth(tmp_path / "s", "figures_actual.json")
    regions = {row["region"]: row["calls"] for row in figures["calls_by_region"]}
    assert figures["calls_total"] == sum(regions.values()) == calls
    assert figures["uk_calls"] == regions["GB"] == round(0.35 * calls)
    assert regions["US"] == round(0.40 * calls)
    assert figures["uk_calls_over_minute"] == round(0.035 * calls)
    assert figures["uk_people_over_minute"] == round(0.02 * calls)
    assert figures["numbers_to_alert"] == round(0.007 * calls) == len(numbers(tmp_path / "s", "victims_actual.csv"))
    assert figures["accounts_total"] == round(59_000 * calls / 10_000_000)
    assert "ambiguous" not in regions
    assert "unreadable" not in regions
    holds = truth(tmp_path / "s", "holds.json")
    assert holds["scale"] == calls / 10_000_000
    failing = [name for name, each in holds["calibrations"].items() if not each["holds"]]
    assert failing == ["peak_uk_people_per_minute"]


@pytest.mark.parametrize(
    ("calls", "seed"), first_quick([(1_000, 1), (1_000, 8), (5_000, 2), (20_000, 3), (20_000, 11)], 3)
)
def test_the_recoverable_truth_is_what_a_reader_of_the_files_finds(tmp_path, calls, seed):
    folder = tmp_path / "s"
    make_seizure(folder, calls=calls, seed=seed)
    oracle = Oracle(folder)
    assert oracle.figures() == truth(folder, "figures_recoverable.json")
    assert oracle.victims(60) == numbers(folder, "victims_recoverable.csv")
    assert oracle.victims(300) == numbers(folder, "victims_recoverable_over_five_minutes.csv")
    rows = pq.read_table(folder / "truth" / "rows.parquet").to_pylist()
    assert len(rows) == len(oracle.rows)
    for found, row in zip(oracle.rows, rows, strict=True):
        assert found["row"] == row["row"]
        assert found["called"] == row["recoverable_called"]
        assert (found["ambiguous"], found["settled"]) == (row["ambiguous"], row["settled"])
        if found["rejected"] == "bad_time" or row["cause"] == "clock_reset":
            assert row["recoverable_started_at"] is None
        else:
            assert found["utc"] == row["recoverable_started_at"]
        expected = {"other_leg": "other_leg", "duplicate": "duplicate"}.get(found["rejected"])
        assert expected is None or expected == row["kind"]


def test_the_actual_figures_follow_from_the_true_rows(small):
    """The truth's own rows, without duplicates and extra legs, add up to the actual figures."""
    rows = pq.read_table(small / "truth" / "rows.parquet").to_pylist()
    figures = truth(small, "figures_actual.json")
    calls = [row for row in rows if row["kind"] in ("call", "own", "organisation")]
    assert len(calls) == figures["calls_total"]
    assert len({row["call"] for row in calls}) == len(calls)
    assert min(row["actual_started_at"] for row in calls).strftime("%Y-%m-%dT%H:%M:%SZ") == figures["first_call_at"]
    assert len({row["actual_account"] for row in calls}) == figures["accounts_active"]


def test_every_difference_between_the_readings_has_a_cause(small):
    for row in pq.read_table(small / "truth" / "rows.parquet").to_pylist():
        differs = row["actual_called"] != row["recoverable_called"]
        differs |= row["kind"] != "before_site" and row["actual_started_at"] != row["recoverable_started_at"]
        assert not differs or row["cause"] in CAUSES[1:]


def test_every_kind_of_mess_occurs(small):
    rows = pq.read_table(small / "truth" / "rows.parquet").to_pylist()
    assert {row["cause"] for row in rows} == set(CAUSES)
    kinds = {"call", "duplicate", "other_leg", "before_site", "own", "organisation"}
    assert {row["kind"] for row in rows} == kinds
    assert any(row["settled"] for row in rows)


def test_a_thousand_calls_hold_the_mess_too(tmp_path):
    make_seizure(tmp_path / "s", calls=1_000, seed=1)
    rows = pq.read_table(tmp_path / "s" / "truth" / "rows.parquet").to_pylist()
    causes = Counter(row["cause"] for row in rows)
    unsure = {"ambiguous", "settled_the_wrong_way"}
    assert not [cause for cause in CAUSES if cause not in unsure and causes[cause] < 2]


def test_the_gap_adds_up(small):
    for rule, suffix in zip(RULES, ("", "_over_five_minutes"), strict=True):
        name = "gap.json" if rule == "over-a-minute@1" else "gap_over_five_minutes.json"
        gap = truth(small, name)
        actual = set(numbers(small, f"victims_actual{suffix}.csv"))
        found = set(numbers(small, f"victims_recoverable{suffix}.csv"))
        assert sum(gap["actual_not_recoverable"].values()) == len(actual - found)
        assert sum(gap["recoverable_not_actual"].values()) == len(found - actual)
        assert "none" not in gap["actual_not_recoverable"]
        assert set(gap["recoverable_not_actual"]) <= {"settled_the_wrong_way"}
    assert truth(small, "gap.json")["actual_not_recoverable"]


def test_every_row_says_that_it_is_synthetic(small):
    for name, column in (("calls.csv", "call_id"), ("payments.csv", "payment_id")):
        text = (small / name).read_bytes().decode("utf-8", "replace")
        assert all(row[column].startswith(SYNTHETIC_MARK) for row in csv.DictReader(text.splitlines(keepends=True)))


def test_payments_stay_within_the_prices_and_follow_the_account(small):
    oracle = Oracle(small)
    opened = {row["account"]: row["created_at"] for row in oracle.accounts}
    for row in oracle.payments:
        assert 150 <= float(row["gbp"]) <= 5_000
        assert opened.get(row["account"], "") <= row["paid_at"]
        assert 10_000 < float(row["gbp"]) / float(row["bitcoin"]) < 60_000


def test_the_settings_beside_the_data_hold_no_truth(small):
    settings = json.loads((small / "case_settings.json").read_text("utf-8"))
    assert settings["first_day"] == "2020-12-01"
    assert settings["last_day"] == "2022-11-24"
    assert settings["time_zone"] == "Europe/London"


@pytest.mark.parametrize("wrong", [{"calls": 999}, {"calls": 1_000, "format": "xlsx"}])
def test_an_impossible_seizure_is_refused_with_the_reason(tmp_path, wrong):
    with pytest.raises(RingbackError) as caught:
        make_seizure(tmp_path / "s", seed=1, **wrong)
    assert caught.value.code == "synth_impossible"
    assert caught.value.next_step
    assert not (tmp_path / "s").exists()


def test_a_seizure_is_never_written_over(tmp_path):
    make_seizure(tmp_path / "s", calls=1_000, seed=1)
    before = digests(tmp_path / "s")
    with pytest.raises(RingbackError) as caught:
        make_seizure(tmp_path / "s", calls=1_000, seed=2, format="parquet")
    assert caught.value.code == "output_exists"
    assert digests(tmp_path / "s") == before


def test_progress_ends_at_its_announced_total(tmp_path):
    told = []
    summary = make_seizure(
        tmp_path / "s",
        calls=1_000,
        seed=1,
        progress=lambda step, done, total: told.append((step, done, total)),
    )
    assert ("rows", summary["rows"], summary["rows"]) in told
    assert told[-1] == ("truth", summary["rows"], summary["rows"])


def test_the_generator_never_uses_what_it_is_to_check():
    forbidden = ("ringback.numbers", "ringback.stages", "ringback.engine", "ringback.sources", "phonenumbers")
    modules = sorted(Path(ringback.synthetic.__file__).parent.glob("*.py"))
    assert len(modules) > 10
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
                assert node.level == 0
            assert not [name for name in names if name.startswith(forbidden)], module.name
