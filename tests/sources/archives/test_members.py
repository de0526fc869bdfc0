"""Archives: every member is read by its own format, tricks and bombs are refused, private files are removed."""

import bz2
import gzip
import io
import json
import lzma
import os
import sqlite3
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from ringback.errors import RingbackError
from ringback.sources.archives.limits import Limits
from ringback.sources.archives.members import clean_name
from ringback.sources.archives.tar import read_tar
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import detect_format, holds_synthetic_mark, read_exhibit
from ringback.sources.reading_tally import ReadingTally
from sources.whole_exhibits import read_whole

HEADER = "account,started_at,called_number,duration\n"
CALLS = HEADER + "".join(f"user{n},2021-07-01 12:00:00,07700 900{n:03d},65\n" for n in range(5))


def _database(rows=1):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE calls (account, started_at, called_number, duration)")
    for n in range(rows):
        connection.execute("INSERT INTO calls VALUES (?, '2021-07-01 12:00:00', '07700 900200', 65)", (f"db{n}",))
    connection.commit()
    return connection.serialize()


def _parquet():
    target = io.BytesIO()
    columns = {"account": "pq", "started_at": "2021-07-01 12:00:00", "called_number": "07700 900300", "duration": "65"}
    pq.write_table(pa.table({name: [value] for name, value in columns.items()}), target)
    return target.getvalue()


def _workbook():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["account", "started_at", "called_number", "duration"])
    book.active.append(["xl", "2021-07-01 12:00:00", "07700 900400", 65])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _zip(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def _tar(members, **options):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", **options) as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def _everything():
    return {
        "logs/calls.csv": CALLS.encode(),
        "logs/calls.jsonl": json.dumps(
            {"account": "js", "started_at": "2021-07-01 12:00:00", "called_number": "07700 900500", "duration": 65}
        ).encode(),
        "panel/calls.db": _database(),
        "calls.parquet": _parquet(),
        "calls.xlsx": _workbook(),
        "packed/calls.csv.gz": gzip.compress(CALLS.encode()),
        "photo.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 30,
        "__MACOSX/._calls.csv": b"junk",
        "logs/.DS_Store": b"junk",
        "inner.zip": _zip({"calls.csv": CALLS}),
    }


COMPRESSIONS = {
    "a.tar": lambda tar: tar,
    "a.tar.gz": gzip.compress,
    "a.tgz": gzip.compress,
    "a.tar.zst": zstandard.ZstdCompressor().compress,
    "a.tar.bz2": bz2.compress,
    "a.tar.xz": lzma.compress,
}


@pytest.fixture
def private(tmp_path, monkeypatch):
    """The folder in which private files are made. It has to be empty afterwards."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["a.zip", *COMPRESSIONS])
def test_every_member_is_read_by_its_own_format(tmp_path, private, name):
    path = tmp_path / name
    path.write_bytes(_zip(_everything()) if name == "a.zip" else COMPRESSIONS[name](_tar(_everything())))
    told = []
    found = read_whole(path)
    assert found.format == "archive"
    by_place = {}
    for place, account in found.values("origin_table", "account"):
        by_place.setdefault(place, []).append(account)
    five = [f"user{n}" for n in range(5)]
    assert by_place == {
        "logs/calls.csv": five,
        "logs/calls.jsonl": ["js"],
        "panel/calls.db: calls": ["db0"],
        "calls.parquet": ["pq"],
        "calls.xlsx: calls": ["xl"],
        "packed/calls.csv.gz": five,
        "inner.zip/calls.csv": five,
    }
    assert found.tally.rejections == []
    assert found.tally.unread_files == {"in no known format": (1, "photo.jpg")}
    assert told == []


@pytest.mark.parametrize("kind", ["gnu", "pax", "ustar", "v7", "oldgnu", "posix"])
def test_what_the_real_tar_writes_is_read_byte_for_byte(tmp_path, kind):
    source = tmp_path / "source"
    long_folder = source / ("f" * 60) if kind != "v7" else source / "f"
    long_folder.mkdir(parents=True)
    name = ("n" * 90 if kind not in ("v7",) else "n" * 20) + ".csv"
    (long_folder / name).write_text(CALLS)
    (source / "empty.csv").write_text("")
    (source / "link.csv").symlink_to("/etc/passwd")
    os.link(long_folder / name, source / "zz.csv")
    if kind != "v7":
        os.mkfifo(source / "pipe")
    (source / "just512").write_bytes(b"x" * 512)
    subprocess.run(["tar", f"--format={kind}", "-cf", "a.tar", "source"], cwd=tmp_path, check=True, capture_output=True)
    damage, entries = [], {}
    with (tmp_path / "a.tar").open("rb") as stream:
        for entry, content in read_tar(stream, damage=lambda *one: damage.append(one)):
            entries[entry.name] = (entry.kind, content.read())
    with tarfile.open(tmp_path / "a.tar") as known:
        for one in known:
            if one.isfile():
                content = known.extractfile(one)
                assert content is not None
                assert entries[one.name] == ("file", content.read())
    assert damage == []
    kinds = {found for found, _data in entries.values()}
    assert kinds == {"file", "folder", "symbolic link", "hard link", *(["pipe"] if kind != "v7" else [])}


def test_a_sparse_file_is_passed_over_and_the_next_one_read(tmp_path):
    with (tmp_path / "disk.img").open("wb") as file:
        for at in range(40):
            file.seek(at * 1_000_000)
            file.write(b"data")
    (tmp_path / "calls.csv").write_text(CALLS)
    for kind in ("gnu", "posix"):
        command = ["tar", f"--format={kind}", "-S", "-cf", "a.tar", "disk.img", "calls.csv"]
        subprocess.run(command, cwd=tmp_path, check=True)
        found = read_whole(tmp_path / "a.tar")
        assert len(found.calls) == 5
        assert "sparse file" in found.tally.unread_files
        assert found.tally.rejections == []


def test_tars_that_follow_each_other_and_padding_are_read(tmp_path):
    first, second = _tar({"calls_1.csv": CALLS.encode()}), _tar({"calls_2.csv": CALLS.encode()})
    path = tmp_path / "a.tar"
    path.write_bytes(first + second + bytes(10240))
    assert len(read_whole(path).calls) == 10


@pytest.mark.parametrize("compression", ["a.tar", "a.tar.gz"])
def test_a_tar_cut_anywhere_gives_a_prefix_and_says_so(tmp_path, compression):
    whole = COMPRESSIONS[compression](_tar({"calls_1.csv": CALLS.encode(), "calls_2.csv": CALLS.encode()}))
    path = tmp_path / compression
    end = 4 * 512 if compression == "a.tar" else len(whole)
    for size in range(600 if compression == "a.tar" else 150, end - 1, 41):
        path.write_bytes(whole[:size])
        found = read_whole(path, format_="archive")
        accounts = [account for (account,) in found.values("account")]
        assert accounts == ([f"user{n}" for n in range(5)] * 2)[: len(accounts)]
        assert found.reasons, f"cut at {size} went unnoticed"
        assert any(one.damage for one in found.tally.rejections)


def test_a_damaged_head_costs_one_file(tmp_path):
    whole = bytearray(_tar({f"calls_{n}.csv": CALLS.encode() for n in range(3)}))
    second = whole.index(b"calls_1.csv")
    whole[second] ^= 0xFF
    path = tmp_path / "a.tar"
    path.write_bytes(whole)
    found = read_whole(path)
    assert {place for (place,) in found.values("origin_table")} == {"calls_0.csv", "calls_2.csv"}
    assert [(one.reason, one.damage, one.byte) for one in found.tally.rejections] == [("torn_file", True, second)]


NAMES = [
    "/etc/calls.csv",
    "../../calls.csv",
    "..\\..\\calls.csv",
    "C:\\Windows\\calls.csv",
    "a\x1b[2J/calls.csv",
    "./calls.csv",
]


@pytest.mark.parametrize("kind", ["tar", "zip"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_an_archive_is_never_used_as_a_path(tmp_path, private, kind, name):
    inside = tmp_path / "deep" / "deeper"
    inside.mkdir(parents=True)
    path = inside / f"a.{kind}"
    members = {name: CALLS.encode(), name.replace("calls.csv", "calls.db"): _database()}
    path.write_bytes(_tar(members) if kind == "tar" else _zip({**members, "x": b"x"}))
    before = {one for one in tmp_path.rglob("*") if private not in one.parents}
    found = read_whole(path)
    assert len(found.calls) == 6
    assert {one for one in tmp_path.rglob("*") if private not in one.parents} == before
    places = {place for (place,) in found.values("origin_table")}
    assert not any(place.startswith("/") or ".." in place or "\x1b" in place or ":" in place[:2] for place in places)


def test_links_devices_and_pipes_are_named_and_not_followed(tmp_path, private):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
        for number, kind in enumerate(kinds):
            entry = tarfile.TarInfo(f"calls_{number}.csv")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    found = read_whole(path)
    assert found.calls == []
    assert {what: count for what, (count, _name) in found.tally.unread_files.items()} == {
        "symbolic link": 1, "hard link": 1, "device": 2, "pipe": 1,
    }  # fmt: skip
    linked = zipfile.ZipInfo("calls.csv")
    linked.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(linked, "/etc/passwd")
        archive.writestr("b.csv", "a,b\n")
    assert read_whole(tmp_path / "a.zip").tally.unread_files == {"symbolic link": (1, "calls.csv")}


def _refused(path, **limits):
    with pytest.raises(RingbackError) as caught:
        read_whole(path, limits=Limits(**limits))
    assert caught.value.code == "unpack_refused"
    assert "RINGBACK_UNPACK" in caught.value.next_step


@pytest.mark.parametrize("rows", [4_000, pytest.param(40_000, marks=pytest.mark.slow)])
def test_a_bomb_is_refused_and_a_log_that_packs_well_is_not(tmp_path, private, rows):
    log = HEADER + "user1,2021-07-01 12:00:00,07700 900001,65\n" * rows
    for name, data in (
        ("calls.csv.gz", gzip.compress(log.encode())),
        ("calls.csv.zst", zstandard.ZstdCompressor().compress(log.encode())),
        ("calls.csv.bz2", bz2.compress(log.encode())),
        ("calls.csv.xz", lzma.compress(log.encode())),
        ("a.zip", _zip({"calls.csv": log, "b.csv": "a,b\n"})),
        ("a.tar.gz", gzip.compress(_tar({"calls.csv": log.encode()}))),
        ("nested.zip", _zip({"a.zip": _zip({"calls.csv": log}), "b": b""})),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert len(log) > 100 * len(data)
        assert len(read_whole(path).calls) == rows
        assert len(read_whole(path, limits=Limits(ratio=10_000, size=1000)).calls) == rows
        _refused(path, ratio=50, size=25 * rows)


def test_a_database_that_is_a_bomb_is_refused_before_the_disk_is_full(tmp_path, private):
    path = tmp_path / "panel.db.gz"
    path.write_bytes(gzip.compress(b"SQLite format 3\0" + bytes(20_000_000)))
    _refused(path, ratio=100, size=1_000_000)


def test_an_archive_of_too_many_files_is_refused(tmp_path, private):
    path = tmp_path / "a.tar"
    path.write_bytes(_tar({f"{n}.csv": b"a,b\n1,2\n" for n in range(30)}))
    _refused(path, members=20)


def test_archives_in_archives_are_opened_three_deep(tmp_path, private):
    data = CALLS.encode()
    for depth in range(1, 5):
        data = _zip({"calls.zip" if depth > 1 else "calls.csv": data, "other.csv": b"a,b\n"})
        path = tmp_path / f"{depth}.zip"
        path.write_bytes(data)
        found = read_whole(path)
        assert (len(found.calls), found.reasons) == ((5, []) if depth <= 3 else (0, ["nested_too_deep"]))
        assert all(one.damage for one in found.tally.rejections)


def test_a_file_compressed_many_times_comes_to_an_end(tmp_path, private):
    data = CALLS.encode()
    for _ in range(50):
        data = gzip.compress(data)
    (tmp_path / "a.tar").write_bytes(_tar({"calls.csv.gz": data}))
    assert read_whole(tmp_path / "a.tar").reasons == ["nested_too_deep"]


def test_an_encrypted_member_is_rejected_and_the_others_are_read(tmp_path, private):
    whole = bytearray(_zip({"calls_1.csv": CALLS, "calls_2.csv": CALLS}))
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(whole)
    found = read_whole(path)
    assert len(found.calls) == 5
    assert [(one.reason, one.damage) for one in found.tally.rejections] == [("unopened_file", True)]
    assert "password" in found.tally.rejections[0].detail


def test_a_database_finds_its_log_wherever_it_stands_in_the_archive(tmp_path, private):
    connection = sqlite3.connect(tmp_path / "live.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE calls (account, started_at, called_number, duration)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO calls VALUES ('in the log', '2021-07-01 12:00:00', '07700 900200', 65)")
    database, log = (tmp_path / "live.db").read_bytes(), (tmp_path / "live.db-wal").read_bytes()
    connection.close()
    for members in ({"p/live.db": database, "p/live.db-wal": log}, {"p/live.db-wal": log, "p/live.db": database}):
        for name, data in (("a.tar", _tar(members)), ("a.zip", _zip(members))):
            (tmp_path / name).write_bytes(data)
            assert read_whole(tmp_path / name).values("account") == [("in the log",)]
    (tmp_path / "a.tar").write_bytes(_tar({"q/live.db-wal": log, "p/live.db": database}))
    found = read_whole(tmp_path / "a.tar")
    assert (found.calls, found.reasons) == ([], ["log_without_database"])


def test_an_unreadable_member_does_not_end_the_archive(tmp_path, private):
    broken = {
        "broken.db": b"SQLite format 3\0" + b"\xff" * 3000,
        "broken.xlsx": _workbook()[:-300],
        "calls.csv": CALLS.encode(),
    }
    (tmp_path / "a.tar").write_bytes(_tar(broken))
    found = read_whole(tmp_path / "a.tar")
    assert len(found.calls) == 5
    assert found.reasons


def test_a_compressed_file_of_a_format_that_needs_a_file_is_read(tmp_path, private):
    for name, data in (("calls.db", _database()), ("calls.parquet", _parquet()), ("calls.xlsx", _workbook())):
        for ending, pack in (
            (".gz", gzip.compress),
            (".bz2", bz2.compress),
            (".zip", lambda data: _zip({"calls.x": data})),
        ):
            path = tmp_path / (name + ending)
            path.write_bytes(pack(data))
            found = read_whole(path)
            assert len(found.calls) == 1, path.name
            assert found.reasons == []


def test_names_are_cleaned():
    assert [clean_name(name) for name in NAMES] == [
        "etc/calls.csv", "calls.csv", "calls.csv", "Windows/calls.csv", "a[2J/calls.csv", "calls.csv",
    ]  # fmt: skip


def test_an_archive_without_readable_files_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(_zip({}))
    with pytest.raises(RingbackError, match="no format"):
        detect_format(tmp_path / "a.zip")


@pytest.mark.slow
def test_a_file_for_each_call_gives_few_tables(tmp_path, private):
    members = {f"json_cdr/{n}.cdr.json": json.dumps({"account": f"a{n}"}).encode() for n in range(3000)}
    (tmp_path / "a.tar").write_bytes(_tar(members))
    from ringback.sources.mapping import make_mapping

    tables = {"accounts": {"table": "*"}, "calls": {"table": "none"}}
    seized = SeizedFile("EX-001", "a.tar", tmp_path / "a.tar", "archive")
    found = list(read_exhibit(seized, make_mapping("ringback", tables, toml=""), tally=ReadingTally()))
    assert [len(table) for _role, table in found] == [3000]


def test_the_mark_of_a_synthetic_seizure_is_found_inside_archives(tmp_path):
    path = Path(tmp_path) / "a.tar"
    path.write_bytes(_tar({"x.jpg": b"\xff\xd8", "calls.csv": CALLS.encode() + b"SYNTHETIC-1,,,\n"}))
    assert holds_synthetic_mark(path, "archive")
