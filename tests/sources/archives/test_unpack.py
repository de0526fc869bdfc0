"""Opening: decompression by content, damage only after everything readable, progress."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
import zstandard

from ringback.sources.archives.unpack import list_members, open_unpacked
from ringback.sources.streams import EarlyEnd

TEXT = b"".join(b"%d,town %d\n" % (number, number * 7919 % 1000) for number in range(2000))


def _zipped(*members, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def _zstd(data):
    return zstandard.ZstdCompressor().compress(data)


COMPRESSIONS = {
    "plain": (lambda data: data, ""),
    "gzip": (gzip.compress, ".gz"),
    "zstd": (_zstd, ".zst"),
    "zip": (lambda data: _zipped(("calls.csv", data)), ".zip"),
    "stored": (lambda data: _zipped(("calls.csv", data), method=zipfile.ZIP_STORED), ".zip"),
}


def _read(path, **options):
    """Everything that could be decompressed, and whether the archive broke off."""
    pieces = []
    with open_unpacked(path, **options) as (stream, _name):
        try:
            while piece := stream.read(1000):
                pieces.append(piece)
        except EOFError:
            return b"".join(pieces), True
    return b"".join(pieces), False


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_unpacks_by_content_whatever_the_name(tmp_path: Path, compression):
    pack, ending = COMPRESSIONS[compression]
    for name in (f"calls.csv{ending}", f"CALLS.CSV{ending.upper()}", "odd.bin"):
        path = tmp_path / name
        path.write_bytes(pack(TEXT))
        with open_unpacked(path) as (stream, inner):
            assert stream.read() == TEXT
        if "zip" not in ending:
            assert inner == name[: len(name) - len(ending)] if name != "odd.bin" else inner == "odd.bin"
        else:
            assert inner == "calls.csv"
        assert path.read_bytes() == pack(TEXT) or ending == ".zip"


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_progress_adds_up_to_the_packed_bytes(tmp_path: Path, compression):
    pack, ending = COMPRESSIONS[compression]
    path = tmp_path / f"calls.csv{ending}"
    path.write_bytes(pack(TEXT * 50))
    told = []
    assert _read(path, progress=told.append) == (TEXT * 50, False)
    overhead = 300 if "zip" in ending else 0
    assert path.stat().st_size - overhead <= sum(told) <= path.stat().st_size


@pytest.mark.parametrize("compression", ["gzip", "zstd", "zip", "stored"])
def test_an_archive_cut_at_any_byte_gives_a_prefix_and_says_so(tmp_path: Path, compression):
    pack, ending = COMPRESSIONS[compression]
    whole = pack(TEXT[:600])
    path = tmp_path / f"calls.csv{ending}"
    for size in range(1, len(whole)):
        path.write_bytes(whole[:size])
        data, torn = _read(path)
        assert TEXT[:600].startswith(data)
        assert torn, f"cut at {size} of {len(whole)} went unnoticed"


def test_most_of_a_cut_archive_is_still_read(tmp_path: Path):
    for compression in ("gzip", "zip", "stored"):
        pack, ending = COMPRESSIONS[compression]
        path = tmp_path / f"calls.csv{ending}"
        whole = pack(TEXT)
        path.write_bytes(whole[: len(whole) // 2])
        data, torn = _read(path)
        assert torn
        assert len(data) > len(TEXT) * 0.3


@pytest.mark.parametrize("compression", ["gzip", "zip", "stored"])
def test_a_flipped_byte_is_noticed_at_the_latest_by_the_checksum(tmp_path: Path, compression):
    pack, ending = COMPRESSIONS[compression]
    whole = bytearray(pack(TEXT))
    whole[len(whole) // 2] ^= 0x10
    path = tmp_path / f"calls.csv{ending}"
    path.write_bytes(whole)
    data, torn = _read(path)
    assert torn
    assert data[: len(TEXT) // 4] == TEXT[: len(TEXT) // 4]


def test_several_gzip_members_and_zstd_frames_are_one_stream(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"") + gzip.compress(b"two\n") + b"\0" * 600)
    assert _read(path) == (b"one\ntwo\n", False)
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    path.write_bytes(skippable + _zstd(b"one\n") + skippable + _zstd(b"two\n"))
    assert _read(path) == (b"one\ntwo\n", False)


def test_rubbish_after_a_gzip_member_is_damage(tmp_path: Path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\n") + b"rubbish")
    assert _read(path) == (b"one\n", True)


def test_each_file_of_a_zip_is_read_and_junk_passed_over(tmp_path: Path):
    path = tmp_path / "seized.zip"
    path.write_bytes(
        _zipped(
            ("dump/", b""),
            ("dump/calls.csv", b"a\n"),
            ("__MACOSX/dump/._calls.csv", b"x"),
            ("dump/.DS_Store", b"x"),
            ("users.csv", b"b\n"),
        )
    )
    assert list_members(path) == ["dump/calls.csv", "users.csv"]
    assert _read(path, member="users.csv") == (b"b\n", False)
    with pytest.raises(ValueError, match="holds 2 files"), open_unpacked(path):
        pass
    with pytest.raises(ValueError, match="no file named x"), open_unpacked(path, member="x"):
        pass


def test_members_of_one_name_are_read_apart(tmp_path: Path):
    path = tmp_path / "a.zip"
    with pytest.warns(UserWarning, match="Duplicate"):
        path.write_bytes(_zipped(("a.csv", b"1\n"), ("a.csv", b"2\n")))
    assert [_read(path, member=name)[0] for name in list_members(path)] == [b"1\n", b"2\n"]


def test_a_zip_without_its_directory_still_gives_its_files(tmp_path: Path):
    whole = _zipped(("a.csv", b"1\n" * 500), ("b.csv", TEXT))
    path = tmp_path / "a.zip"
    path.write_bytes(whole[: whole.index(b"PK\x01\x02")])
    assert list_members(path) == ["a.csv", "b.csv"]
    assert _read(path, member="a.csv") == (b"1\n" * 500, False)
    assert _read(path, member="b.csv") == (TEXT, True)


def test_an_encrypted_member_and_an_unknown_method_are_refused(tmp_path: Path):
    whole = bytearray(_zipped(("a.csv", b"1\n")))
    directory = whole.index(b"PK\x01\x02")
    path = tmp_path / "a.zip"
    whole[directory + 8] |= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="encrypted"), open_unpacked(path):
        pass
    whole[directory + 8] ^= 1
    whole[directory + 10] = 98
    path.write_bytes(whole)
    with pytest.raises(ValueError, match=r"method \(98\)"), open_unpacked(path):
        pass


def test_an_empty_zip_has_no_members(tmp_path: Path):
    path = tmp_path / "a.zip"
    path.write_bytes(_zipped())
    assert list_members(path) == []


def test_lines_can_be_iterated_up_to_the_damage(tmp_path: Path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(TEXT, mtime=0)[:-4])
    lines = []
    with open_unpacked(path) as (stream, _), pytest.raises(EOFError):
        lines.extend(iter(stream.readline, b""))
    with open_unpacked(path) as (stream, _):
        end = EarlyEnd.of(stream)
        assert io.BufferedReader(end).read() == TEXT
        assert end.torn == "the compressed data end early"


def test_a_name_of_thousands_of_characters_is_told_in_short(tmp_path: Path):
    data = bytearray(_zipped(("n" * 7000, TEXT)))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    path = tmp_path / "calls.zip"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="encrypted inside the zip") as error, open_unpacked(path) as stream:
        stream.read()
    assert len(str(error.value)) < 300
