"""The list of victims as files: what is in them, who may read them, and what the log says of them."""

import csv
import json

import openpyxl
import pyarrow.parquet as pq
import pytest

from case_copies import copy_prepared
from cli.conftest import make_run_case
from cli.test_damage import CALLS, SUBJECTS
from ringback.results import list_files


@pytest.fixture(scope="module")
def run_case(ringback, tmp_path_factory):
    """A case that was run; to be copied."""
    return make_run_case(ringback, tmp_path_factory.mktemp("lists"), {"calls.csv": CALLS, "subjects.csv": SUBJECTS})


@pytest.fixture
def case(run_case, tmp_path, keys):
    return copy_prepared(run_case, tmp_path / "case", keys)


def test_a_workbook_holds_what_the_csv_holds(ringback, case, tmp_path):
    for ending in ("xlsx", "csv", "json", "parquet"):
        done = ringback("victims", case, "--out", tmp_path / f"list.{ending}", "--why", "batch 1", "--json")
        assert done.code == 0, done.err
        assert done.json["format"] == ending
        assert (tmp_path / f"list.{ending}").stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    header, *rows = list(book["list"].iter_rows(values_only=True))
    with (tmp_path / "list.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == len(json.loads((tmp_path / "list.json").read_text())) > 5
    assert pq.read_table(tmp_path / "list.parquet").num_rows == len(expected)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    for name in ("called_number", "rule", "reason", "first_exhibit"):
        assert [one[name] for one in found] == [one[name] for one in expected]
    assert [f"{one['first_at (UTC)']:%Y-%m-%dT%H:%M:%SZ}" for one in found] == [one["first_at"] for one in expected]
    # Calls at 12:00 in London in July.
    assert found[0]["first_at (Europe/London)"].hour == 12
    assert found[0]["first_at (UTC)"].hour == 11


def test_a_workbook_says_under_which_rule_from_which_run_and_how_to_check_it(ringback, case, tmp_path):
    assert ringback("victims", case, "--out", tmp_path / "list.xlsx", "--why", "batch 1").code == 0
    last = ringback("audit", case, "--json").json[-1]
    rows = openpyxl.load_workbook(tmp_path / "list.xlsx")["about"].iter_rows(values_only=True)
    about = dict(rows)
    assert last["what"] == "victims_listed"
    assert about["audit head"] == last["hash"]
    assert (about["audit entry"], about["why"], about["written at (UTC)"]) == (last["seq"], "batch 1", last["at"])
    assert about["rule"] == "over-a-minute@1"
    assert "more than 60 seconds" in about["who counts"]
    assert about["run"] == (case / "current").read_text().strip()
    assert about["numbers"] == json.loads(last["facts"])["numbers"] > 5
    assert ringback("verify", case, "--head", about["audit head"]).code == 0


@pytest.mark.parametrize("name", ["list.xls", "list.txt", "list", "list.ods", "list.xlsm", "list.csv.gz"])
def test_another_ending_is_refused_and_nothing_is_logged(ringback, case, tmp_path, name):
    entries = len(ringback("audit", case, "--json").json)
    done = ringback("victims", case, "--out", tmp_path / name, "--why", "batch 1", "--json")
    assert (done.code, done.json["error"]) == (2, "list_format_unknown")
    assert ".csv, .json, .parquet, .xlsx" in done.json["happened"]
    assert not (tmp_path / name).exists()
    assert len(ringback("audit", case, "--json").json) == entries


def test_a_list_that_no_sheet_holds_is_refused_and_nothing_is_logged(ringback, case, tmp_path, monkeypatch):
    monkeypatch.setattr(list_files, "MOST_ROWS", 3)
    entries = len(ringback("audit", case, "--json").json)
    done = ringback("victims", case, "--out", tmp_path / "list.xlsx", "--why", "batch 1", "--json")
    assert (done.code, done.json["error"]) == (2, "list_too_long")
    assert "CSV or Parquet" in done.json["next_step"]
    assert not (tmp_path / "list.xlsx").exists()
    assert len(ringback("audit", case, "--json").json) == entries


def test_the_list_of_a_channel_is_what_its_ending_says_too(drama_case, tmp_path):
    drama_case.planned()
    words = ("outreach", "B-001", "--channel", "outreach", "--why", "calls", "--out")
    for name, code in (("list.xlsx", 0), ("list.txt", 2), ("list.csv", 0)):
        done = drama_case.alerts("alice", *words, tmp_path / name)
        assert done.code == code, done.err
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    with (tmp_path / "list.csv").open(newline="") as file:
        assert [row[0] for row in book["list"].iter_rows(min_row=2, values_only=True)] == [
            row["number"] for row in csv.DictReader(file)
        ]
    assert dict(book["about"].iter_rows(values_only=True))["channel"] == "outreach"
