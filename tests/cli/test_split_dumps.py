"""Split dumps among other seized forms: in folders, beside archives, and looked at before they are mapped."""

import gzip
import json
import tarfile

import pyarrow.parquet as pq
import pytest

MYSQL = (
    b"-- MySQL dump 10.19\nCREATE TABLE `calls` (`account` text, `started_at` text, `called_number` text, "
    b"`duration` int);\nINSERT INTO `calls` VALUES "
    + b",".join(b"('m%d','2021-07-01 10:00:00','07700 900%03d',%d)" % (n, n % 1000, n) for n in range(2000))
    + b";\n-- Dump completed on 2022-11-24\n"
)
POSTGRES = (
    b"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
    b"CREATE TABLE public.calls (\n    account text,\n    started_at text,\n    called_number text,\n"
    b"    duration integer\n);\n\nCOPY public.calls (account, started_at, called_number, duration) FROM stdin;\n"
    + b"".join(b"p%d\t2021-07-01 10:00:00\t07700 900%03d\t%d\n" % (n, n % 1000, n) for n in range(2000))
    + b"\\.\n\n--\n-- PostgreSQL database dump complete\n--\n"
)


def cut(data, folder, pattern, count=3):
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(data) // count)
    for at in range(count):
        (folder / pattern.format(at)).write_bytes(data[at * size : (at + 1) * size])


@pytest.fixture
def case(ringback, tmp_path):
    folder = tmp_path / "case"
    ringback("case", "new", folder, "--name", "Operation Example")
    return folder


def accounts_read(case):
    run = case / "runs" / (case / "current").read_text().strip()
    return sorted(
        row["account"] for path in sorted(run.glob("parsed_calls*.parquet")) for row in pq.read_table(path).to_pylist()
    )


@pytest.mark.slow
def test_folders_of_split_dumps_are_read_as_one_dump_each(ringback, case, tmp_path):
    seized = tmp_path / "seized"
    # The parts of two dumps have the same names: their folders tell them apart.
    cut(MYSQL, seized / "one", "dump.sql.{:02d}")
    cut(gzip.compress(POSTGRES), seized / "two", "dump.sql.{:02d}")
    done = ringback("exhibit", "add", case, seized, "--json")
    added = json.loads(done.out)
    assert [(one["name"], one["format"]) for one in added] == [
        *((f"seized/one/dump.sql.0{n}", "mysqldump") for n in range(3)),
        *((f"seized/two/dump.sql.0{n}", "pgdump") for n in range(3)),
    ]
    # Standard error has nothing but the log's head: no bar is drawn where a program reads along.
    assert done.err.split()[:2] == ["audit", "head"]
    assert ringback("run", case).code in (0, 1)
    assert accounts_read(case) == sorted(f"{dump}{n}" for dump in "mp" for n in range(2000))
    looked = ringback("map", case, "--again", "--json").json
    assert {one["rows_looked_at"] for one in looked["tables"]} == {2000}


def test_a_part_without_the_one_before_it_is_passed_over_in_a_folder_and_told(ringback, case, tmp_path):
    cut(MYSQL, tmp_path / "seized", "dump.sql.{:02d}")
    (tmp_path / "seized" / "dump.sql.00").unlink()
    (tmp_path / "seized" / "other.csv").write_text("account,name\n1,x\n")
    done = ringback("exhibit", "add", case, tmp_path / "seized", "--json")
    assert [one["name"] for one in json.loads(done.out)] == ["seized/other.csv"]
    assert "dump.sql.00, is not an exhibit" in " ".join(done.err.split())


@pytest.mark.slow
def test_an_archive_whose_name_ends_like_a_part_stands_for_itself(ringback, case, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.sql").write_bytes(MYSQL)
    (tmp_path / "x" / "b.sql").write_bytes(POSTGRES)
    with tarfile.open(tmp_path / "dump.sql.tar", "w") as archive:
        archive.add(tmp_path / "x", arcname="x")
    added = json.loads(ringback("exhibit", "add", case, tmp_path / "dump.sql.tar", "--json").out)
    assert [one["format"] for one in added] == ["archive"]
    assert ringback("run", case).code in (0, 1)
    assert accounts_read(case) == sorted(f"{dump}{n}" for dump in "mp" for n in range(2000))
