"""Temporary files of the server: what is in them can be read back, and by nobody else."""

import io

import pytest
import waitress.buffers

from ringback.web.kernel.sealed_temp import SealedTempFile
from ringback.web.kernel.server import seal_temp_files


def test_what_is_written_is_read_from_any_place():
    file = SealedTempFile()
    whole = bytes(range(256)) * 100
    for start in range(0, len(whole), 777):
        file.seek(0, 2)
        file.write(whole[start : start + 777])
    for start, count in ((0, -1), (1, 5), (15, 17), (16, 16), (777, 1000), (25_599, 9), (25_600, 1)):
        file.seek(start)
        assert file.read(count) == (whole[start:] if count < 0 else whole[start : start + count])


def test_nothing_that_was_written_is_in_the_file():
    held = io.BytesIO()
    file = SealedTempFile(lambda: held)
    file.write(b"account 12345678 " * 100)
    assert b"account" not in held.getvalue()
    assert len({held.getvalue()[at : at + 17] for at in range(0, 1700, 17)}) == 100


def test_no_place_is_written_twice():
    file = SealedTempFile()
    file.write(b"one")
    file.seek(0)
    with pytest.raises(ValueError, match="at its end"):
        file.write(b"two")


def test_the_servers_buffers_use_them():
    seal_temp_files()
    buffer = waitress.buffers.OverflowableBuffer(1000)
    whole = bytes(range(256)) * 40
    for start in range(0, len(whole), 999):
        buffer.append(whole[start : start + 999])
    assert isinstance(buffer.getfile(), SealedTempFile)
    assert buffer.get(5000, skip=True) == whole[:5000]
    assert buffer.get() == whole[5000:]
