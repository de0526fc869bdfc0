"""Any bytes give rows, rejected rows or an error of ours: never another error, a hang or a flood.

RINGBACK_FUZZ_EXAMPLES=5000 runs it long.
"""

import gzip
import io
import os
import sqlite3
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.errors import RingbackError
from ringback.sources.archives.limits import Limits
from ringback.sources.exhibit_reader import detect_format
from ringback.sources.options import FORMATS
from sources.delimited.test_cdr import CALLS, asterisk_line, freeswitch_line
from sources.json.test_freeswitch import record
from sources.test_workbook import COLUMNS, ROWS, ods, xls, xlsx
from sources.whole_exhibits import read_whole
from tiers import examples

EXAMPLES = int(os.environ.get("RINGBACK_FUZZ_EXAMPLES", "20"))
SECONDS = 10
LIMITS = Limits(ratio=50, size=50_000_000, members=200)
CSV = b"account,started_at,called_number,duration\n" + b'user7,2021-07-01 12:00:00,"07700 900123",65\n' * 20
JSONL = (
    b'{"account": "a", "started_at": "2021-07-01 12:00:00", "called_number": "07700900123", "duration": {"a": [1]}}\n'
)


def _database(folder, *, wal=False):
    """A database, and its log."""
    path = folder / f"seed-{wal}.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA page_size = 512")
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE calls (account TEXT, started_at, called_number, duration REAL)")
    connection.execute("CREATE TABLE keyed (k PRIMARY KEY, v) WITHOUT ROWID")
    connection.execute("CREATE INDEX by_account ON calls (account)")
    connection.execute("CREATE VIEW seen AS SELECT * FROM calls")
    for n in range(60):
        connection.execute("INSERT INTO calls VALUES (?, ?, ?, ?)", (f"u{n}", 1625140800 + n, "x" * (n * 20), n / 7))
        connection.execute("INSERT INTO keyed VALUES (?, ?)", (n, b"\0" * n))
    found = path.read_bytes(), (path.with_name(path.name + "-wal").read_bytes() if wal else b"")
    connection.close()
    return found


def _parquet():
    target = io.BytesIO()
    columns = {name: [f"{name} {n}" for n in range(30)] for name in COLUMNS}
    pq.write_table(pa.table(columns | {"n": range(30)}), target, row_group_size=10)
    return target.getvalue()


def _tar(members):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def _zip(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


class ValidFile(NamedTuple):
    """How a valid file is made, in a folder that it may use; the preset that reads it, and the ending of its name."""

    make: Callable[[Path], bytes]
    preset: str = "ringback"
    ending: str = ""


# A file of every kind. It is changed at random, and read as every format.
FILES = {
    "csv": ValidFile(lambda _folder: CSV),
    "jsonl": ValidFile(lambda _folder: JSONL * 5),
    "parquet": ValidFile(lambda _folder: _parquet()),
    "sqlite": ValidFile(lambda folder: _database(folder)[0], ending="db"),
    "wal": ValidFile(lambda folder: _database(folder, wal=True)[0], ending="db"),
    "asterisk": ValidFile(
        lambda _folder: "".join(asterisk_line(*call, extras=("uniqueid", "userfield")) for call in CALLS * 4).encode(),
        preset="asterisk",
        ending="csv",
    ),
    "freeswitch_csv": ValidFile(
        lambda _folder: "".join(freeswitch_line("sql", *call[:5], "NORMAL_CLEARING") for call in CALLS).encode(),
        preset="freeswitch",
    ),
    "freeswitch_json": ValidFile(
        lambda _folder: "".join(record(n, newer=n % 2 == 0) for n in range(4)).encode(), preset="freeswitch"
    ),
    "xlsx": ValidFile(lambda folder: xlsx(folder / "a.xlsx", {"calls": [COLUMNS, *ROWS], "more": ROWS}).read_bytes()),
    "xls": ValidFile(lambda folder: xls(folder / "a.xls", {"calls": [COLUMNS, *ROWS]}).read_bytes()),
    "ods": ValidFile(lambda folder: ods(folder / "a.ods", {"calls": [COLUMNS, *ROWS]}).read_bytes()),
}
# Archives, each of text files and of binary files.
ARCHIVES = {
    "tar": lambda texts, binaries: _tar(texts | binaries),
    "tar.gz": lambda texts, _binaries: gzip.compress(_tar(texts)),
    "tar.zst": lambda texts, _binaries: zstandard.ZstdCompressor().compress(_tar(texts)),
    "zip": lambda texts, binaries: _zip(texts | binaries),
    "nested.zip": lambda texts, binaries: _zip(
        {"inner.zip": _zip(texts), "inner.tar.gz": gzip.compress(_tar(binaries)), "a.csv.gz": gzip.compress(CSV)}
    ),
}
KINDS = (*FILES, *ARCHIVES)
# Formats whose valid files, and what is done to them, are in a test of their own.
ELSEWHERE = {
    "json": "json/test_document.py",
    "mysqldump": "sqldump/test_mysql_any.py",
    "pgdump": "sqldump/test_hostile.py",
    "sqlscript": "sqldump/test_insert_scripts.py",
    "sqlite_journal": "test_sqlite.py",
}


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """The content of a valid file of every kind, and `log`: that of the database `wal`."""
    folder = tmp_path_factory.mktemp("seeds")
    plain = {kind: file.make(folder) for kind, file in FILES.items()}
    plain["wal"], log = _database(folder, wal=True)
    texts = {f"logs/{'n' * 120}/calls_{name}.x": plain[name] for name in ("csv", "jsonl", "freeswitch_json")}
    binaries = {
        "panel.db": plain["wal"],
        "panel.db-wal": log,
        "calls.parquet": plain["parquet"],
        "photo.jpg": b"\xff\xd8\xff",
    }
    return plain | {"log": log} | {kind: make(texts, binaries) for kind, make in ARCHIVES.items()}


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("flip", "set", "cut", "drop", "repeat", "insert", "swap")),
        st.floats(0, 1),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=6,
)


def changed(data, changes):
    """A valid file with some bytes changed, lost, repeated or moved."""
    for kind, first, second, piece in changes:
        at, until = sorted((int(first * len(data)), int(second * len(data))))
        until = min(until, at + 2000)
        if kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << piece[0] % 8)]) + data[at + 1 :]
        elif kind == "set":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "cut":
            data = data[: max(at, 10)]
        elif kind == "drop":
            data = data[:at] + data[until:]
        elif kind == "repeat":
            data = data[:until] + data[at:until] * 3 + data[until:]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        elif kind == "swap":
            data = data[:at] + data[until : 2 * until - at] + data[at:until] + data[2 * until - at :]
    return data


def _read(path, **options):
    # Time of this process alone: others may be busy meanwhile.
    before = time.process_time()
    try:
        found = read_whole(path, limits=LIMITS, **options)
    except RingbackError as error:
        found = None
        told = f"{error} {error.next_step}"
    assert time.process_time() - before < SECONDS
    if found is None:
        assert len(told) < 2000
        return
    numbers = sum(found.tally.rows.values())
    assert numbers == sum(map(len, found.rows.values()))
    for one in found.tally.rejections:
        assert one.reason
        assert len(one.detail) < 600


LONG = settings(max_examples=examples(EXAMPLES), deadline=None, suppress_health_check=list(HealthCheck))


def test_every_format_has_a_valid_file(seeds, tmp_path):
    told = set()
    for kind, content in seeds.items():
        path = tmp_path / f"calls.{kind}"
        path.write_bytes(content)
        told.add(detect_format(path))
    assert set(FORMATS) - told == set(ELSEWHERE)
    assert [place for place in ELSEWHERE.values() if not (Path(__file__).parent / place).exists()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_file_with_changed_bytes_is_read_or_refused(seeds, tmp_path_factory, kind):
    folder = tmp_path_factory.mktemp("f")
    preset, ending = FILES[kind][1:] if kind in FILES else ("ringback", "")
    path = folder / f"calls.{ending or kind}"
    path.write_bytes(seeds[kind])
    log = folder / "calls.db-wal"
    log.write_bytes(seeds["log"])
    whole = read_whole(path, preset=preset, limits=LIMITS, beside={"-wal": log} if kind == "wal" else None)
    assert whole.calls
    assert whole.tally.rejections == []

    @LONG
    @given(CHANGES, st.none() | CHANGES)
    def check(changes, of_log):
        path.write_bytes(changed(seeds[kind], changes))
        beside = None
        if kind == "wal":
            log.write_bytes(changed(seeds["log"], of_log or []))
            beside = {"-wal": log}
        _read(path, preset=preset, beside=beside)
        _read(path, preset=preset, beside=beside, format_=whole.format)

    check()


@pytest.mark.parametrize("form", FORMATS)
def test_any_bytes_are_read_or_refused_as_any_format(seeds, tmp_path_factory, form):
    path = tmp_path_factory.mktemp("f") / "calls"
    heads = [
        b"",
        b"SQLite format 3\0",
        b"PK\x03\x04",
        b"PAR1",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b'{"variables":{',
    ]

    @LONG
    @given(st.sampled_from(heads), st.binary(max_size=2000))
    def check(head, data):
        path.write_bytes(head + data)
        _read(path, format_=form)
        _read(path)

    check()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", [*KINDS, "log"])
def test_every_file_is_read_or_refused_as_every_format(seeds, tmp_path, kind, form):
    path = tmp_path / "calls"
    path.write_bytes(seeds[kind])
    _read(path, format_=form)
