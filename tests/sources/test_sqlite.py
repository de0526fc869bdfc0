"""SQLite: every value as SQLite prints it, rows that are only in the log, damage, and an untouched original."""

import hashlib
import random
import shutil
import sqlite3
import subprocess
import sys

import pytest

from ringback.errors import RingbackError
from ringback.sources.sqlite import read_sqlite
from sources.whole_exhibits import read_whole

COLUMNS = "(id INTEGER PRIMARY KEY, account TEXT, started_at TEXT, called_number TEXT, duration REAL)"
ROW = "('user7', '2021-07-01 12:00:00', '07700 900123', 65.0)"


def _read(path, **options):
    rejected, over = [], []
    batches = list(read_sqlite(path, exhibit="EX-001", reject=rejected.append, pass_over=over.append, **options))
    tables = {}
    for batch in batches:
        tables.setdefault(batch.table, []).extend(zip(batch.row_numbers, batch.rows, strict=True))
    return tables, rejected, over


def _make(path, *statements):
    connection = sqlite3.connect(path, isolation_level=None)
    for one in statements:
        connection.execute(one)
    connection.close()
    return path


def _state(folder):
    """Everything in a folder that reading could change."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.iterdir())
    }


@pytest.fixture
def in_log(tmp_path):
    """A database with one row, and two more rows that are only in its write-ahead log, as a running panel leaves it."""
    live = tmp_path / "live"
    live.mkdir()
    connection = sqlite3.connect(live / "panel.db", isolation_level=None)
    for one in ("PRAGMA journal_mode = WAL", f"CREATE TABLE calls {COLUMNS}"):
        connection.execute(one)
    insert = f"INSERT INTO calls (account, started_at, called_number, duration) VALUES {ROW}"
    connection.execute(insert)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(2):
        connection.execute(insert)
    seized = tmp_path / "seized"
    seized.mkdir()
    for name in ("panel.db", "panel.db-wal"):
        shutil.copyfile(live / name, seized / name)
    connection.close()
    return seized


def test_rows_that_are_only_in_the_log_are_read_and_nothing_is_touched(in_log):
    before, entries = _state(in_log), sorted(in_log.iterdir())
    alone = read_whole(in_log / "panel.db")
    assert (alone.format, len(alone.calls)) == ("sqlite", 1)
    both = read_whole(in_log / "panel.db", beside={"-wal": in_log / "panel.db-wal"})
    assert [row["origin_row"] for row in both.calls] == [1, 2, 3]
    assert both.tally.rejections == []
    assert _state(in_log) == before
    assert sorted(in_log.iterdir()) == entries


def test_a_read_only_folder_is_no_hindrance_and_the_private_copies_go(in_log, tmp_path, monkeypatch):
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    in_log.chmod(0o500)
    batches = read_sqlite(in_log / "panel.db", exhibit="E", reject=print, beside={"-wal": in_log / "panel.db-wal"})
    next(batches)
    assert [path.stat().st_mode & 0o777 for path in private.iterdir()] == [0o700]
    batches.close()
    assert list(private.iterdir()) == []
    (tmp_path / "no.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 200)
    with pytest.raises(RingbackError):
        _read(tmp_path / "no.db")
    assert list(private.iterdir()) == []
    in_log.chmod(0o700)


def test_an_unfinished_transaction_is_rolled_back_by_the_journal(tmp_path):
    # A process that dies inside a transaction that was too large for its cache leaves a hot journal.
    script = f"""
import os, sqlite3
c = sqlite3.connect("panel.db", isolation_level=None)
c.execute("CREATE TABLE calls {COLUMNS}")
c.execute("INSERT INTO calls (account, started_at, called_number, duration) VALUES {ROW}")
c.execute("PRAGMA cache_size = 1")
c.execute("BEGIN")
c.execute("UPDATE calls SET account = 'x'")
for n in range(5000):
    c.execute("INSERT INTO calls (account) VALUES ('never committed')")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert (tmp_path / "panel.db-journal").stat().st_size > 512
    before = _state(tmp_path)
    tables, rejected, _ = _read(tmp_path / "panel.db", beside={"-journal": tmp_path / "panel.db-journal"})
    assert [row[1] for _n, row in tables["calls"]] == ["user7"]
    assert rejected == []
    assert _state(tmp_path) == before


def test_a_journal_cannot_name_a_file_to_be_deleted(tmp_path):
    script = f"""
import os, sqlite3
c = sqlite3.connect("panel.db", isolation_level=None)
c.execute("CREATE TABLE calls {COLUMNS}")
c.execute("INSERT INTO calls (account) VALUES ('user7')")
c.execute("PRAGMA cache_size = 1")
c.execute("BEGIN")
for n in range(5000):
    c.execute("INSERT INTO calls (account) VALUES ('never committed')")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    name = str(victim).encode()
    # How SQLite itself writes the name of a super-journal: after the records, with a checksum.
    record = b"\0" * 4 + name + len(name).to_bytes(4, "big") + (sum(name) & 0xFFFFFFFF).to_bytes(4, "big")
    record += b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    with (tmp_path / "panel.db-journal").open("ab") as file:
        file.write(record)
    tables, _rejected, _ = _read(tmp_path / "panel.db", beside={"-journal": tmp_path / "panel.db-journal"})
    assert victim.exists()
    assert [row[1] for _n, row in tables["calls"]] == ["user7"]


def test_values_are_what_sqlite_prints(tmp_path):
    values = [
        "447700900123", "-9223372036854775808", "447700900123.0", "0.1", "1e22", "1e100", "-0.5", "'07700 900123'",
        "''", "NULL", "x'00ff'", "zeroblob(3)", "'L\u00e9on'", "cast(x'4cff41' AS TEXT)", "1e999",
    ]  # fmt: skip
    path = _make(tmp_path / "a.db", "CREATE TABLE t (v)", *(f"INSERT INTO t VALUES ({one})" for one in values))
    shell = [row[0] for row in sqlite3.connect(path).execute("SELECT CAST(v AS TEXT) FROM t WHERE rowid < 8")]
    tables, rejected, _ = _read(path)
    read = [row[0] for _n, row in tables["t"]]
    assert read[:7] == shell
    assert read[7:] == ["07700 900123", "", None, b"\x00\xff", b"\0\0\0", "L\u00e9on", "L\udcffA", "Inf"]
    assert rejected == []


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_every_encoding_of_a_database_is_read(tmp_path, encoding):
    path = _make(
        tmp_path / "a.db",
        f"PRAGMA encoding = '{encoding}'",
        "CREATE TABLE t (v)",
        "INSERT INTO t VALUES ('Zo\u00eb \U0001f600')",
    )
    assert _read(path)[0] == {"t": [(1, ["Zo\u00eb \U0001f600"])]}


def test_tables_of_every_kind_and_odd_names(tmp_path):
    path = _make(
        tmp_path / "a.db",
        'CREATE TABLE "odd "" name" ("a "" b", "rowid" TEXT)',
        'INSERT INTO "odd "" name" VALUES (1, \'x\')',
        "CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
        "INSERT INTO keyed VALUES ('b', 2), ('a', 1)",
        "CREATE TABLE gaps (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
        "INSERT INTO gaps VALUES (9, 'nine'), (-4, 'minus four')",
        "CREATE VIEW seen AS SELECT * FROM gaps",
        "CREATE VIRTUAL TABLE words USING fts5(body)",
        "INSERT INTO words VALUES ('hello')",
        "CREATE TABLE made (a INT, b INT AS (hex(zeroblob(100000000))) VIRTUAL)",
        "INSERT INTO made VALUES (1)",
        "CREATE TABLE empty (a)",
    )
    tables, rejected, over = _read(path)
    assert tables['odd " name'] == [(1, ["1", "x"])]
    assert tables["keyed"] == [(1, ["a", "1"]), (2, ["b", "2"])]
    assert tables["gaps"] == [(1, ["-4", "minus four"]), (2, ["9", "nine"])]
    assert tables["made"] == [(1, ["1"])]
    assert "empty" not in tables
    assert "sqlite_sequence" not in tables
    assert sorted(over) == ["seen", "words"]
    assert rejected == []


def test_wanted_is_asked_once_for_each_table(tmp_path):
    path = _make(tmp_path / "a.db", "CREATE TABLE t (a, b)", "CREATE TABLE u (c)", "INSERT INTO u VALUES (1)")
    asked = []
    assert _read(path, wanted=lambda *one: asked.append(one) is not None)[0] == {}
    assert asked == [("t", ("a", "b")), ("u", ("c",))]


def _large(path, rows=20_000):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 1024")
    connection.execute("CREATE TABLE calls (n INTEGER, town TEXT)")
    connection.executemany("INSERT INTO calls VALUES (?, ?)", ((n, f"town {n}") for n in range(rows)))
    connection.commit()
    connection.close()
    return path


def test_rows_before_and_behind_a_damaged_page_are_read(tmp_path):
    path = _large(tmp_path / "a.db")
    data = bytearray(path.read_bytes())
    at = data.index(b"town 10000")
    page = at - at % 1024
    data[page : page + 1024] = b"\xff" * 1024
    path.write_bytes(data)
    tables, rejected, _ = _read(path)
    numbers = [int(row[0]) for _n, row in tables["calls"]]
    assert len(numbers) > 19_900
    assert len(set(numbers)) == len(numbers)
    assert numbers[0] == 0
    assert 19_999 in numbers
    assert [n for n, _row in tables["calls"]] == list(range(1, len(numbers) + 1))
    assert [(one.reason, one.damage, one.table) for one in rejected] == [("torn_file", True, "calls")]
    assert "town" not in rejected[0].detail


@pytest.mark.parametrize("part", [0.05, 0.5, 0.95])
def test_a_database_that_was_cut_gives_what_is_left_of_it(tmp_path, part):
    path = _large(tmp_path / "a.db")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    tables, rejected, _ = _read(path)
    assert rejected
    assert len(tables.get("calls", [])) < 20_000
    if part > 0.9:
        assert len(tables["calls"]) > 15_000


def test_pages_that_point_at_each_other_come_to_an_end(tmp_path):
    path = _large(tmp_path / "a.db")
    data = bytearray(path.read_bytes())
    interior = next(at for at in range(1024, len(data), 1024) if data[at] == 5 and data[at + 3 : at + 5] > b"\0\x08")
    cells = int.from_bytes(data[interior + 3 : interior + 5], "big")
    first = int.from_bytes(data[interior + 12 : interior + 14], "big")
    child = data[interior + first : interior + first + 4]
    for cell in range(cells):
        at = int.from_bytes(data[interior + 12 + 2 * cell : interior + 14 + 2 * cell], "big")
        data[interior + at : interior + at + 4] = child
    path.write_bytes(data)
    tables, rejected, _ = _read(path)
    numbers = [int(row[0]) for _n, row in tables["calls"]]
    assert len(numbers) == len(set(numbers))
    assert any(one.damage for one in rejected)


def test_a_damaged_list_of_tables_does_not_hide_the_good_ones(tmp_path):
    path = _make(tmp_path / "a.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)", "CREATE TABLE broken (b)")
    data = path.read_bytes()
    assert data.count(b"CREATE TABLE broken") == 1
    path.write_bytes(data.replace(b"CREATE TABLE broken (b)", b"CREATE TIBLE broken (b)"))
    tables, rejected, _ = _read(path)
    assert tables["t"] == [(1, ["1"])]
    assert rejected[0].damage


@pytest.mark.parametrize("content", [random.Random(1).randbytes(8192), b"SQLite format 3\0" + bytes(4080), b"text"])
def test_what_is_no_database_or_encrypted_is_an_error_that_says_so(tmp_path, content):
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(RingbackError, match=r"exhibit EX-001 .* encrypted, or no SQLite database") as caught:
        _read(path)
    assert caught.value.code == "sqlite_unreadable"


def test_the_mark_of_a_synthetic_seizure_is_found_in_database_and_log(tmp_path):
    path = _make(tmp_path / "a.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES ('SYNTHETIC-9')")
    from ringback.sources.exhibit_reader import holds_synthetic_mark

    assert holds_synthetic_mark(path, "sqlite")
    assert not holds_synthetic_mark(_make(tmp_path / "b.db", "CREATE TABLE t (a)"), "sqlite")
