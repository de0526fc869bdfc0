"""What stands in the cache folder is trusted only where nobody else could have written it."""

import os

import pytest

from ringback.files.cache_files import read_own, write_own


def test_what_was_written_is_read_and_is_its_owners_alone(tmp_path):
    file = tmp_path / "cache" / "made"
    write_own(file, b"one")
    write_own(file, b"two")
    assert read_own(file) == b"two"
    assert [file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777] == [0o600, 0o700]
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_may_write_is_not_read(tmp_path, mode):
    file = tmp_path / "made"
    write_own(file, b"one")
    file.chmod(mode)
    assert read_own(file) is None


def test_what_is_somebody_elses_is_not_read(tmp_path, monkeypatch):
    file = tmp_path / "made"
    write_own(file, b"one")
    monkeypatch.setattr("ringback.files.cache_files.os.geteuid", lambda: os.getuid() + 1)
    assert read_own(file) is None


def test_neither_a_link_nor_a_folder_nor_a_pipe_is_read(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"one")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert [read_own(tmp_path / name) for name in ("link", "folder", "pipe", "nothing")] == [None] * 4


def test_where_nothing_can_be_written_nothing_is_left(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    write_own(tmp_path / "file" / "made", b"one")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ringback.files.cache_files.Path.replace", full)
    write_own(tmp_path / "cache" / "made", b"one")
    assert list((tmp_path / "cache").iterdir()) == []
