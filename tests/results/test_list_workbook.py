"""A workbook is one that Excel can open, and nothing in it is taken for what it is not."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from ringback.errors import RingbackError
from ringback.results import list_files, list_workbook
from ringback.results.list_files import ListAbout, check_list, choose_format, write_list
from ringback.results.list_workbook import write_workbook

NASTY = [
    "=1+1",
    "+447700900123",
    "-2+3",
    "@SUM(A1)",
    "{=A1}",
    '=HYPERLINK("https://example.org")',
    "https://example.org/x",
    "mailto:a@example.org",
    "0044",
    "1e5",
    "_x0041_",
    "tab\there",
    "two\nlines",
    "bell\x07",
    "<b>&amp;",
    " spaces ",
    "💷",
    "",
]


def made(table, tmp_path, *, zone="Europe/London", facts=None):
    file = io.BytesIO()
    write_workbook(file, table, time_zone=zone, facts=facts or {}, beside=tmp_path)
    assert list(tmp_path.iterdir()) == []
    return file


def cells(file, sheet="list"):
    return list(openpyxl.load_workbook(file)[sheet].iter_rows())


def test_texts_are_texts_and_never_formulas_links_or_numbers(tmp_path):
    file = made(pa.table({"text": NASTY}), tmp_path)
    found = [row[0] for row in cells(file)[1:]]
    assert {cell.data_type for cell in found if cell.value is not None} == {"s"}
    assert {cell.hyperlink for cell in found} == {None}
    shown = [cell.value or "" for cell in found]
    assert shown[:10] == NASTY[:10]
    # Excel shows _x0041_ for it; unescaped, it would show A.
    assert shown[10] == "_x005F_x0041_"
    assert shown[14:] == NASTY[14:]
    with zipfile.ZipFile(file) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
        assert not any("Rels" in name or "externalLink" in name for name in packed.namelist())


def test_times_stand_in_the_cases_zone_and_in_utc_as_times(tmp_path):
    summer, winter = datetime(2021, 7, 1, 12, 0, 1, tzinfo=UTC), datetime(2021, 10, 31, 1, 30, tzinfo=UTC)
    old = datetime(1890, 1, 1, tzinfo=UTC)
    table = pa.table({"first_at": pa.array([summer, winter, old, None], pa.timestamp("us", "UTC"))})
    header, *rows = cells(made(table, tmp_path))
    assert [cell.value for cell in header] == ["first_at (Europe/London)", "first_at (UTC)"]
    assert [str(cell.value) for cell in rows[0]] == ["2021-07-01 13:00:01", "2021-07-01 12:00:01"]
    # The hour that came twice is told apart by UTC.
    assert [str(cell.value) for cell in rows[1]] == ["2021-10-31 01:30:00", "2021-10-31 01:30:00"]
    assert rows[0][0].is_date
    assert rows[2][1].value == "1890-01-01T00:00:00+00:00"
    assert [cell.value for row in rows[3:] for cell in row] == []


def test_numbers_are_numbers_and_the_header_stays_and_filters(tmp_path):
    table = pa.table({"calls": [3, None], "paid": [Decimal("12.50"), Decimal(0)], "longest_s": [61.5, 3.0]})
    file = made(table, tmp_path)
    sheet = openpyxl.load_workbook(file)["list"]
    assert [cell.value for cell in sheet[2]] == [3, 12.5, 61.5]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C3")


def test_the_second_sheet_says_what_the_first_is(tmp_path):
    file = made(pa.table({"a": ["x"]}), tmp_path, facts={"rule": "=over@1", "numbers": 22, "audit head": "0" * 64})
    found = {row[0].value: row[1] for row in cells(file, "about")}
    assert {name: cell.value for name, cell in found.items()} == {
        "rule": "=over@1",
        "numbers": 22,
        "audit head": "0" * 64,
    }
    assert found["rule"].data_type == "s"


def test_an_empty_list_is_a_workbook_too(tmp_path):
    assert [
        [cell.value for cell in row] for row in cells(made(pa.table({"a": pa.array([], pa.string())}), tmp_path))
    ] == [["a"]]


def test_a_text_that_no_cell_holds_is_cut_and_says_so(tmp_path):
    found = cells(made(pa.table({"a": ["x" * 40_000]}), tmp_path))[1][0].value
    assert len(found) == 32_767
    assert found.endswith("the CSV has all of it)")


def test_what_is_written_before_it_is_packed_lies_in_a_private_folder_beside_it(tmp_path, monkeypatch):
    seen = []
    usual = list_workbook._write_facts

    def look(*words):
        for folder in tmp_path.iterdir():
            seen.extend(folder.stat().st_mode & 0o777 for _one in [0])
        usual(*words)

    monkeypatch.setattr(list_workbook, "_write_facts", look)
    made(pa.table({"a": ["x"]}), tmp_path)
    assert seen == [0o700]


def test_a_list_longer_than_a_sheet_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    assert list_workbook.MOST_ROWS == 1_048_575
    check_list(tmp_path / "list.xlsx", "xlsx", 1_048_575)
    with pytest.raises(RingbackError) as caught:
        check_list(tmp_path / "list.xlsx", "xlsx", 1_048_576)
    assert caught.value.code == "list_too_long"
    assert "CSV or Parquet" in caught.value.next_step
    check_list(tmp_path / "list.csv", "csv", 5_000_000)


@pytest.mark.slow
def test_many_rows_do_not_have_to_fit_into_memory(tmp_path):
    count = 60_000
    table = pa.table({"number": [f"+44{7_400_000_000 + at}" for at in range(count)], "calls": list(range(count))})
    write_list(tmp_path / "list.xlsx", table, "xlsx", ListAbout("Europe/London"))
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx", read_only=True)["list"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == count + 1
    assert rows[-1] == (f"+44{7_400_000_000 + count - 1}", count - 1)
    assert (tmp_path / "list.xlsx").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["list.xlsx"]


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("a.csv", None, "csv"),
        ("a.JSON", None, "json"),
        ("a.b.parquet", None, "parquet"),
        ("a.xlsx", "xlsx", "xlsx"),
        ("a", "json", "json"),
        ("a", None, None),
        ("a.xls", None, None),
        ("a.xlsx", "csv", None),
        ("a.csv", "xlsx", None),
        ("a.txt", "csv", None),
        ("a.csv.gz", None, None),
        ("a.ods", None, None),
    ],
)
def test_a_list_is_what_its_ending_says(name, asked, expected):
    if expected:
        assert choose_format(Path(name), asked) == expected
        return
    with pytest.raises(RingbackError) as caught:
        choose_format(Path(name), asked)
    assert caught.value.code == "list_format_unknown"
    assert all(f".{one}" in str(caught.value) for one in list_files.LIST_FORMATS)
