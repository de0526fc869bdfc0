"""Workbooks written by the usual libraries: every cell is the text that a person sees, and each sheet is a table."""

import datetime as dt
import zipfile
from pathlib import Path

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest
import xlwt

from ringback.errors import RingbackError
from ringback.sources.workbook import read_workbook
from sources.whole_exhibits import read_whole

COLUMNS = ["account", "started_at", "called_number", "duration"]
NOON = dt.datetime(2021, 7, 1, 12)  # noqa: DTZ001
ROWS = [
    ["user7", NOON, 447700900123, 65],
    ["user7", NOON.replace(hour=0), "07700 900124", dt.timedelta(minutes=1, seconds=5)],
    ["8", NOON.replace(second=1), 7700900125.0, 0.5],
]
EXPECTED = [
    ("user7", "2021-07-01 12:00:00", "447700900123", "65"),
    ("user7", "2021-07-01 00:00:00", "07700 900124", "65"),
    ("8", "2021-07-01 12:00:01", "7700900125", "0.5"),
]


def xlsx(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def xls(path, sheets):
    book = xlwt.Workbook()
    timestamp = xlwt.easyxf(num_format_str="YYYY-MM-DD hh:mm:ss")
    length = xlwt.easyxf(num_format_str="[h]:mm:ss")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, dt.datetime):
                    sheet.write(at, column, value, timestamp)
                elif isinstance(value, dt.timedelta):
                    sheet.write(at, column, value / dt.timedelta(days=1), length)
                elif value is not None:
                    sheet.write(at, column, value)
    book.save(str(path))
    return path


def ods(path, sheets):
    book = odf.opendocument.OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = odf.table.Table(name=name)
        for row in rows:
            line = odf.table.TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_cell(value):
    if isinstance(value, dt.datetime):
        return odf.table.TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return odf.table.TableCell(
            valuetype="time", timevalue=f"PT{seconds // 3600:02d}H{seconds // 60 % 60:02d}M{seconds % 60:02d}S"
        )
    if isinstance(value, int | float):
        return odf.table.TableCell(valuetype="float", value=str(value))
    cell = odf.table.TableCell(valuetype="string")
    if value is not None:
        cell.addElement(odf.text.P(text=value))
    return cell


WRITERS = {"xlsx": xlsx, "xls": xls, "ods": ods}
FIELDS = ("account", "started_at", "called_number", "duration")


@pytest.mark.parametrize("kind", WRITERS)
def test_what_the_libraries_write_is_read_without_a_difference(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"calls.{kind}", {"Sheet1": [COLUMNS, *ROWS]})
    found = read_whole(path)
    assert found.format == "excel"
    assert [tuple(row) for row in found.values(*FIELDS)] == EXPECTED
    assert [row["origin_row"] for row in found.calls] == [1, 2, 3]
    assert found.tally.rejections == []


@pytest.mark.parametrize("name", ["odd.bin", "calls.csv"])
def test_a_workbook_is_recognised_by_its_content(tmp_path, name):
    for kind, write in WRITERS.items():
        written = write(tmp_path / f"a.{kind}", {"calls": [COLUMNS, *ROWS]})
        found = read_whole(written.rename(tmp_path / name))
        assert (found.format, len(found.calls)) == ("excel", 3)


def _cells(tmp_path, *values):
    path = xlsx(tmp_path / "a.xlsx", {"t": [["c"], *[[value] for value in values]]})
    rejected = []
    batches = list(read_workbook(path, table="t", exhibit="E", reject=rejected.append))
    assert rejected == []
    return [row[0] for batch in batches for row in batch.rows]


def test_cells_are_what_a_person_sees(tmp_path):
    values = [
        447700900123, 0.1 + 0.2, -5, 1e-7, 123456789012345, True, "", "07700 900123", " kept ", "L\u00e9on \U0001f600",
        dt.date(2021, 7, 1), dt.time(9, 30), dt.timedelta(hours=30, seconds=5), dt.timedelta(milliseconds=65_250),
        "line\nbreak",
    ]  # fmt: skip
    assert _cells(tmp_path, *values) == [
        "447700900123", "0.3", "-5", "1e-07", "123456789012345", "true", "07700 900123", " kept ",
        "L\u00e9on \U0001f600",
        "2021-07-01", "09:30:00", "30:00:05", "65.25", "line\nbreak",
    ]  # fmt: skip


def test_a_bare_date_in_a_column_of_timestamps_gets_its_midnight_back(tmp_path):
    assert _cells(tmp_path, NOON, NOON.replace(hour=0)) == ["2021-07-01 12:00:00", "2021-07-01 00:00:00"]
    assert _cells(tmp_path, dt.date(2021, 7, 1)) == ["2021-07-01"]


def test_errors_are_empty_and_merged_cells_hold_their_value_once(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b"])
    sheet.append(["merged", None])
    sheet.append([None, 1])
    sheet.merge_cells("A2:B2")
    sheet["A3"].value, sheet["A3"].data_type = "#REF!", "e"
    book.save(tmp_path / "a.xlsx")
    (batch,) = read_workbook(tmp_path / "a.xlsx", table="t", exhibit="E", reject=print)
    assert (batch.table, batch.rows) == ("t", [["merged", None], [None, "1"]])


def test_sheets_are_tables_and_a_sheet_that_nobody_named_has_the_files_name(tmp_path):
    one = xlsx(tmp_path / "calls.xlsx", {"Sheet1": [COLUMNS, *ROWS], "Sheet2": [], "Tabelle3": [[None, ""]]})
    assert len(read_whole(one).calls) == 3
    several = {"calls": [COLUMNS, *ROWS], "accounts": [["account"], ["user7"]], "Notes": [["hello"], ["you"]]}
    found = read_whole(xlsx(tmp_path / "panel.xlsx", several))
    assert {role: len(rows) for role, rows in found.rows.items()} == {"calls": 3, "accounts": 1}
    assert found.tally.passed_over == {"Notes"}


def test_a_sheet_without_a_header_goes_on_where_the_last_one_ended(tmp_path):
    path = xlsx(tmp_path / "calls.xlsx", {"calls": [COLUMNS, *ROWS], "Sheet2": ROWS, "Sheet3": ROWS[:1]})
    found = read_whole(path)
    assert found.values(*FIELDS) == EXPECTED + EXPECTED + EXPECTED[:1]
    assert [row["origin_row"] for row in found.calls] == list(range(1, 8))
    bare = xlsx(tmp_path / "bare.xlsx", {"calls": ROWS, "other": ROWS})
    assert read_whole(bare, header=COLUMNS, tables={"calls": {"table": "*"}}).values(*FIELDS) == EXPECTED * 2
    batches = list(read_workbook(bare, table="t", exhibit="E", reject=print))
    assert batches[0].columns == ("column_1", "column_2", "column_3", "column_4")


def test_empty_rows_and_columns_around_a_table_do_not_matter(tmp_path):
    rows = [[], [None, None], [None, *COLUMNS], [], [None, *ROWS[0]], [None, None, None, None, None], [None, *ROWS[2]]]
    found = read_whole(xlsx(tmp_path / "calls.xlsx", {"calls": rows}))
    assert found.values(*FIELDS) == [EXPECTED[0], EXPECTED[2]]


def test_hidden_sheets_are_read(tmp_path):
    book = openpyxl.load_workbook(xlsx(tmp_path / "a.xlsx", {"shown": [["a"]], "calls": [COLUMNS, *ROWS]}))
    book["calls"].sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    assert len(read_whole(tmp_path / "a.xlsx").calls) == 3


def test_a_sheet_that_claims_to_be_huge_does_not_take_the_memory(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"calls": [COLUMNS, *ROWS]})
    book = openpyxl.load_workbook(path)
    book["calls"]["XFD1048576"] = "far away"
    book.save(path)
    with pytest.raises(RingbackError) as caught:
        list(read_workbook(path, table="t", exhibit="EX-001", reject=print, memory=2 * 1024**3))
    assert caught.value.code == "workbook_unreadable"
    assert "MiB" in str(caught.value)


def test_a_damaged_or_protected_workbook_is_an_error_that_says_so(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx", {"calls": [COLUMNS, *ROWS]}).read_bytes()
    for content in (whole[:2000], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), b"", b"text"):
        path = tmp_path / "b.xlsx"
        path.write_bytes(content)
        with pytest.raises(RingbackError, match=r"EX-001.*cannot be read as a workbook") as caught:
            list(read_workbook(path, table="t", exhibit="EX-001", reject=print))
        assert caught.value.code == "workbook_unreadable"


def test_a_damaged_sheet_costs_that_sheet(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"calls": [COLUMNS, *ROWS], "broken": [["a"], ["b"]]})
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:-60] + b"<<<&" if name.endswith("sheet2.xml") else data)
    found = read_whole(broken)
    assert len(found.calls) == 3
    assert [(one.table, one.reason, one.damage) for one in found.tally.rejections] == [("broken", "torn_file", True)]


def test_nothing_is_left_running(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"t": [["n"], *[[n] for n in range(20_000)]]})
    batches = read_workbook(path, table="t", exhibit="E", reject=print)
    next(batches)
    batches.close()
    children = Path("/proc/self/task").glob("*/children")
    assert not any(
        "sheetprinter" in Path(f"/proc/{pid}/cmdline").read_text()
        for one in children
        for pid in one.read_text().split()
    )
