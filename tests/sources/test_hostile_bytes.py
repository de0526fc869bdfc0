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
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.errors import RingbackError
from ringback.sources.archives.limits import Limits
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


def _database(*, wal=False):
    folder = Path(os.environ["FUZZ_FOLDER"])
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


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """A valid file of every kind, and archives of all of them."""
    folder = tmp_path_factory.mktemp("seeds")
    os.environ["FUZZ_FOLDER"] = str(folder)
    database, log = _database(wal=True)
    plain = {
        "csv": CSV,
        "jsonl": JSONL * 5,
        "parquet": _parquet(),
        "sqlite": _database()[0],
        "wal": database,
        "asterisk": "".join(asterisk_line(*call, extras=("uniqueid", "userfield")) for call in CALLS * 4).encode(),
        "freeswitch_csv": "".join(freeswitch_line("sql", *call[:5], "NORMAL_CLEARING") for call in CALLS).encode(),
        "freeswitch_json": "".join(record(n, newer=n % 2 == 0) for n in range(4)).encode(),
        "xlsx": xlsx(folder / "a.xlsx", {"calls": [COLUMNS, *ROWS], "more": ROWS}).read_bytes(),
        "xls": xls(folder / "a.xls", {"calls": [COLUMNS, *ROWS]}).read_bytes(),
        "ods": ods(folder / "a.ods", {"calls": [COLUMNS, *ROWS]}).read_bytes(),
    }
    text = {f"logs/{'n' * 120}/calls_{name}.x": plain[name] for name in ("csv", "jsonl", "freeswitch_json")}
    binary = {
        "panel.db": database,
        "panel.db-wal": log,
        "calls.parquet": plain["parquet"],
        "photo.jpg": b"\xff\xd8\xff",
    }
    return plain | {
        "log": log,
        "tar": _tar(text | binary),
        "tar.gz": gzip.compress(_tar(text)),
        "tar.zst": zstandard.ZstdCompressor().compress(_tar(text)),
        "zip": _zip(text | binary),
        "nested": _zip(
            {"inner.zip": _zip(text), "inner.tar.gz": gzip.compress(_tar(binary)), "a.csv.gz": gzip.compress(CSV)}
        ),
    }


KINDS = (
    "csv", "jsonl", "parquet", "sqlite", "wal", "asterisk", "freeswitch_csv", "freeswitch_json", "xlsx", "xls", "ods",
    "tar", "tar.gz", "tar.zst", "zip", "nested",
)  # fmt: skip
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_file_with_changed_bytes_is_read_or_refused(seeds, tmp_path_factory, kind):
    folder = tmp_path_factory.mktemp("f")
    preset = "freeswitch" if "freeswitch" in kind else "asterisk" if kind == "asterisk" else "ringback"
    endings = {"wal": "db", "sqlite": "db", "asterisk": "csv", "nested": "zip"}
    path = folder / f"calls.{endings.get(kind, kind)}"
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
