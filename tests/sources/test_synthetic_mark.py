"""The mark of a synthetic seizure is found in any usual encoding, compressed or not, and in any column."""

import gzip
import io
import zipfile

import pytest

from ringback.schemas import SYNTHETIC_MARK
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import holds_synthetic_mark, read_exhibit
from ringback.sources.mapping import make_mapping
from ringback.sources.reading_tally import ReadingTally

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-16")
HEADER = "call_id,leg,account,started_at,presentation_number,called_number,duration_s,disposition,note,captured_digits"
COLUMNS = HEADER.split(",")


def zipped(data):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "nothing")
        archive.writestr("calls.csv", data)
    return held.getvalue()


def calls(column=None, value=""):
    row = {"call_id": "1", "account": "fox", "started_at": "2021-07-01 12:00:00", "duration_s": "61"}
    row |= {"called_number": "07700 900123"} | ({} if column is None else {column: value})
    return f"{HEADER}\n" + ",".join(row.get(name, "") for name in COLUMNS) + "\n"


def read(path, **options):
    tally = ReadingTally()
    seized = SeizedFile("E1", "calls.csv", path, "csv", options)
    rows = sum(len(table) for _role, table in read_exhibit(seized, make_mapping("ringback", {}, toml=""), tally=tally))
    assert rows == tally.rows["calls"] > 0
    return tally


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped], ids=["plain", "gzip", "zip"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_marked_file_is_seen_on_entry(tmp_path, encoding, pack):
    path = tmp_path / "calls.csv"
    path.write_bytes(pack(calls("note", f"{SYNTHETIC_MARK}1").encode(encoding)))
    assert holds_synthetic_mark(path, "csv")
    path.write_bytes(pack(calls("note", "SYNTHETIC 1").encode(encoding)))
    assert not holds_synthetic_mark(path, "csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_mark_across_two_pieces_is_seen(tmp_path, encoding):
    mark = SYNTHETIC_MARK.encode(encoding)
    path = tmp_path / "calls.csv"
    for before in range(1, len(mark)):
        path.write_bytes(b"-" * ((1 << 20) - before) + mark)
        assert holds_synthetic_mark(path, "csv")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_mark_counts_in_every_column(tmp_path, column):
    path = tmp_path / "calls.csv"
    path.write_text(calls(column, f"{SYNTHETIC_MARK}1"))
    assert read(path).synthetic


def test_a_mark_counts_in_an_encoding_that_only_reading_knows(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_bytes(calls("note", f"{SYNTHETIC_MARK}1").encode("utf-32-le"))
    assert not holds_synthetic_mark(path, "csv")
    assert read(path, encoding="utf-32-le").synthetic


def test_two_values_do_not_make_a_mark(tmp_path):
    path = tmp_path / "calls.csv"
    first, second = calls("note", "SYNTHETIC"), calls("note", "-1")
    path.write_text(first + second.partition("\n")[2])
    assert not read(path).synthetic
    path.write_text(first.replace("note", "remark") + second.partition("\n")[2])
    assert not read(path).synthetic
