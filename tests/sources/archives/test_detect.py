"""Formats: by content, then by name, through any compression."""

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringback.sources.archives.detect import tell_format


def zipped(*members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x", b"", None),
        ("empty.csv", b"", None),
        ("blank.csv", b" \n\n", None),
        ("x", b"a,b\n1,2\n", "csv"),
        ("x", b"a;b\r\n", "csv"),
        ("x", b"a\x1fb\n", "csv"),
        ("x", "\ufeffa\tb\n".encode("utf-16"), "csv"),
        ("x", b"name,town\nJos\xe9,L\xe9on\n", "csv"),
        ("x", b"a,b\n\x00\x00,\x00\n", "csv"),
        ("numbers.txt", b"number\n07700900123\n", "csv"),
        ("numbers", b"number\n07700900123\n", None),
        ("calls.csv", b"account,number\n" + b"\x00" * 600 + b"user7,07700900123\n", "csv"),
        ("numbers.txt", b"number\n" + b"\x00" * 600 + b"07700900123\n", None),
        ("x", b'{"id": 1}\n', "jsonl"),
        ("x", b'\xef\xbb\xbf{"id": 1}\n', "jsonl"),
        ("x.csv", b'[\n{"id": 1},\n', "json"),
        ("x", b'[{"id": 1}]', "json"),
        ("x", b"-- MySQL dump 10.13\n--\n", "mysqldump"),
        ("x", b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", "mysqldump"),
        ("x", b"/*!40101 SET NAMES utf8 */;\n", "mysqldump"),
        ("x", b"INSERT INTO `cdr` VALUES (1,2);\n", "mysqldump"),
        ("x", b"\n-- notes\nCREATE TABLE `cdr` (\n", "mysqldump"),
        ("x.sql", b"-- PostgreSQL database dump\nCREATE TABLE a (\n", "pgdump"),
        ("x", b"SET client_encoding = 'UTF8';\nCOPY public.a (b) FROM stdin;\n1\n", "pgdump"),
        ("x", b"PAR1\x15\x04", "parquet"),
        ("damaged.parquet", b"\x00" * 500, "parquet"),
        ("x.csv", b"SQLite format 3\x00" + b"\x00" * 500, "sqlite"),
        ("photo", bytes(range(256)) * 20, None),
        ("page.html", b"<!DOCTYPE html><p>a, b", None),
    ],
)
def test_formats_are_detected_by_content_then_by_name(tmp_path: Path, name, content, expected):
    path = tmp_path / name
    path.write_bytes(content)
    assert tell_format(path) == expected
    if content:
        packed = tmp_path / f"{name}.gz"
        packed.write_bytes(gzip.compress(content))
        assert tell_format(packed) == expected


def test_a_real_parquet_file_is_recognised(tmp_path: Path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "odd.csv")
    assert tell_format(tmp_path / "odd.csv") == "parquet"


def test_a_zip_of_one_file_has_its_format_and_one_of_several_is_an_archive(tmp_path: Path):
    path = tmp_path / "a.zip"
    for members, expected in (
        ([], None),
        ([("a", b'{"a": 1}\n')], "jsonl"),
        ([("a", b"a,b\n"), ("b", b'{"a": 1}\n')], "archive"),
    ):
        path.write_bytes(zipped(*members))
        assert tell_format(path) == expected


def test_an_encrypted_zip_is_refused(tmp_path: Path):
    path = tmp_path / "a.zip"
    whole = bytearray(zipped(("a.csv", b"a,b\n")))
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="encrypted"):
        tell_format(path)


def test_a_cut_archive_still_tells_its_format(tmp_path: Path):
    text = b"".join(b"%d,town %d\n" % (number, number * 7919 % 1000) for number in range(20_000))
    for ending, whole in ((".gz", gzip.compress(text)), (".zip", zipped(("calls.csv", text)))):
        path = tmp_path / f"calls.csv{ending}"
        path.write_bytes(whole[: len(whole) // 2])
        assert tell_format(path) == "csv"
