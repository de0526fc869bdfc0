"""Samples of databases, PostgreSQL dumps, and archives with one file for each call."""

import io
import json
import sqlite3
import tarfile

import pytest

from ringback.schema_matching import sampling
from ringback.schema_matching.sampling import take_samples
from ringback.sources.exhibit_file import SeizedFile


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(sampling, "MANY_ROWS", 2_000)
    monkeypatch.setattr(sampling, "MOST_ROWS", 4_000)


def test_much_of_a_big_database_is_passed_over_and_later_tables_are_seen(tmp_path, small_limits):
    path = tmp_path / "panel.db"
    connection = sqlite3.connect(path)
    for table, rows in (("a_big", 200_000), ("z_last", 5)):
        connection.execute(f"CREATE TABLE {table} (n)")
        connection.executemany(f"INSERT INTO {table} VALUES (?)", ((n,) for n in range(rows)))
    connection.commit()
    connection.close()
    one, other = take_samples(SeizedFile("EX-001", "panel.db", path, "sqlite"))
    assert (one.table, one.passed_over, other.table, other.seen) == ("a_big", True, "z_last", 5)
    assert one.seen < 150_000


def test_much_of_a_big_copy_is_passed_over_and_later_tables_are_seen(tmp_path, small_limits):
    path = tmp_path / "x.sql"
    lines = ["--\n-- PostgreSQL database dump\n--\n"]
    for table, rows in (("a_big", 1_000_000), ("z_last", 5)):
        lines.append(f"COPY public.{table} (n) FROM stdin;\n")
        lines += [f"{n}\n" for n in range(rows)]
        lines.append("\\.\n")
    path.write_text("".join(lines) + "--\n-- PostgreSQL database dump complete\n--\n")
    one, other = take_samples(SeizedFile("EX-001", "x.sql", path, "pgdump"))
    assert (one.table, one.passed_over, other.table, other.seen) == ("a_big", True, "z_last", 5)
    assert one.seen < 500_000


def test_an_archive_with_a_file_for_each_call_is_one_table(tmp_path):
    path = tmp_path / "json_cdr.tar"
    with tarfile.open(path, "w") as archive:
        for n in range(300):
            data = json.dumps({"variables": {"uuid": f"call-{n}", "billsec": str(n)}, "callflow": []}).encode()
            entry = tarfile.TarInfo(f"a_{n}.cdr.json")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    (sample,) = take_samples(SeizedFile("EX-001", "json_cdr.tar", path, "archive"))
    assert (sample.table, sample.seen) == ("json_cdr", 300)
