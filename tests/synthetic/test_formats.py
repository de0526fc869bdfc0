"""Every format holds the same rows, read back by usual libraries (and by a tiny reader for the dump)."""

import csv
import json

import pyarrow.parquet as pq
import pytest

from ringback.synthetic.dump import DumpOutput
from ringback.synthetic.formats import repair
from ringback.synthetic.seizure import make_seizure
from ringback.synthetic.tables import SEIZED, SITE_NUMBERS

FORMS = ("csv", "jsonl", "parquet", "mysqldump")


@pytest.fixture(scope="module")
def seizures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    for form in FORMS:
        make_seizure(folder / form, calls=3_000, seed=4, format=form)
    return folder


def text(path):
    return path.read_bytes().decode("utf-8", "surrogateescape")


def from_csv(folder, table):
    lines = text(folder / f"{table.name}.csv").splitlines(keepends=True)
    rows = list(csv.reader(lines))
    assert tuple(rows[0]) == table.columns
    return [tuple(value or None for value in row) for row in rows[1:]]


def from_jsonl(folder, table):
    rows = [json.loads(line) for line in text(folder / f"{table.name}.jsonl").split("\n")[:-1]]
    assert all(tuple(row) == table.columns for row in rows)
    return [tuple(row.values()) for row in rows]


def from_parquet(folder, table):
    read = pq.read_table(folder / f"{table.name}.parquet")
    assert tuple(read.column_names) == table.columns
    return list(zip(*(column.to_pylist() for column in read.columns), strict=True))


UNESCAPED = {"0": "\0", "n": "\n", "r": "\r", "Z": "\x1a"}


def values(line):
    """Split the VALUES of one INSERT, character by character."""
    rows, row, at = [], [], line.index("(")
    while line[at] != ";":
        if line[at] in "(,":
            at += 1
        elif line[at] == ")":
            rows.append(tuple(row))
            row, at = [], at + 1
        elif line[at] == "'":
            value, at = [], at + 1
            while line[at] != "'":
                if line[at] == "\\":
                    at += 1
                    value.append(UNESCAPED.get(line[at], line[at]))
                else:
                    value.append(line[at])
                at += 1
            row.append("".join(value))
            at += 1
        else:
            end = min(line.index(",", at) if "," in line[at:] else len(line), line.index(")", at))
            row.append(None if line[at:end] == "NULL" else line[at:end])
            at = end
    return rows


def from_mysqldump(folder, table):
    start = f"INSERT INTO `{table.name}` VALUES "
    lines = [line for line in text(folder / "seizure.sql").split("\n") if line.startswith(start)]
    assert lines
    return [row for line in lines for row in values(line)]


def same(rows):
    """Rows in a form that all formats can hold: no empty text, no wrong encoding."""
    return [tuple(repair(value) or None for value in row) for row in rows]


@pytest.mark.parametrize("table", SEIZED, ids=lambda table: table.name)
def test_all_formats_hold_the_same_rows(seizures, table):
    found = {
        "csv": from_csv(seizures / "csv", table),
        "jsonl": from_jsonl(seizures / "jsonl", table),
        "parquet": from_parquet(seizures / "parquet", table),
        "mysqldump": from_mysqldump(seizures / "mysqldump", table),
    }
    assert found["jsonl"] == found["mysqldump"]
    assert len(found["csv"]) >= (3_000 if table.name == "calls" else 1)
    for form in FORMS:
        assert same(found[form]) == same(found["csv"]), form


def test_null_and_empty_text_differ_where_the_format_can_tell(seizures):
    numbers = {row[5] for row in from_jsonl(seizures / "jsonl", SEIZED[1])}
    assert {None, ""} <= numbers


@pytest.mark.parametrize(
    ("form", "name"), [("csv", "calls.csv"), ("jsonl", "calls.jsonl"), ("mysqldump", "seizure.sql")]
)
def test_text_formats_hold_wrongly_encoded_bytes_in_notes_alone(seizures, form, name):
    data = (seizures / form / name).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    table = SEIZED[1]
    rows = {"csv": from_csv, "jsonl": from_jsonl, "mysqldump": from_mysqldump}[form](seizures / form, table)
    for row in rows:
        for column, value in zip(table.columns, row, strict=True):
            assert column == "note" or value is None or repair(value) == value


def test_a_dump_has_what_a_dump_has(seizures):
    lines = text(seizures / "mysqldump" / "seizure.sql").split("\n")
    assert lines[0].startswith("-- MySQL dump")
    assert lines[-2].startswith("-- Dump completed on ")
    assert "DELIMITER ;;" in lines
    assert [line for line in lines if line.startswith("LOCK TABLES")] == [
        f"LOCK TABLES `{table.name}` WRITE;" for table in SEIZED
    ]


def test_inserts_of_a_dump_break_after_about_a_megabyte(tmp_path):
    output = DumpOutput(tmp_path)
    output.begin(SITE_NUMBERS)
    output.write([['it\'s \\ "quoted"\n\r\0\x1a' * 5] * 40_000, ["x"] * 40_000])
    output.end()
    output.close()
    lines = [line for line in text(tmp_path / "seizure.sql").split("\n") if line.startswith("INSERT")]
    assert len(lines) > 3
    assert all(1_000_000 < len(line) < 1_100_000 for line in lines[:-1])
    rows = [row for line in lines for row in values(line)]
    assert rows == [('it\'s \\ "quoted"\n\r\0\x1a' * 5, "x")] * 40_000


def test_captured_digits_are_codes_on_few_rows(seizures):
    codes = [row[9] for row in from_jsonl(seizures / "jsonl", SEIZED[1])]
    held = [code for code in codes if code is not None]
    assert 2 <= len(held) < len(codes) / 50
    assert all(len(code) == 6 and code.isdigit() for code in held)
