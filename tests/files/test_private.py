"""Files that others can get at are refused, with their mode and the closing command. Links are never followed."""

import os
import stat

import pytest

from ringback.errors import RingbackError
from ringback.files.private import check_private, check_unlinked, open_plain, read_private, write_plain

# Every mode that lets the group or others in, and who can do what.
OPEN_FILES = [0o604, 0o640, 0o644, 0o660, 0o666, 0o602, 0o620, 0o601, 0o777, 0o444]
OPEN_FOLDERS = [0o701, 0o705, 0o710, 0o750, 0o755, 0o770, 0o777, 0o1777, 0o2750]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a file"
    path.write_text("k1 00")
    path.chmod(0o600)
    return path


def caught(function, *arguments):
    with pytest.raises(RingbackError) as found:
        function(*arguments)
    return found.value


@pytest.mark.parametrize("mode", OPEN_FILES)
def test_a_file_that_others_can_get_at_is_named_with_its_mode_and_a_command(file, mode):
    file.chmod(mode)
    for error in (caught(check_private, [file]), caught(read_private, file)):
        assert error.code == "files_open"
        assert f"{file} has mode {mode:04o}" in str(error)
        assert f"chmod 600 '{file}'" in error.next_step


@pytest.mark.parametrize("mode", OPEN_FOLDERS)
def test_a_folder_that_others_can_get_at_is_named_too(tmp_path, mode):
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(mode)
    error = caught(check_private, [folder])
    assert (error.code, f"chmod 700 {folder}" in error.next_step) == ("files_open", True)
    assert f"mode {mode:04o}" in str(error)


def test_all_open_files_are_named_at_once_and_the_command_closes_them(tmp_path, file):
    folder = tmp_path / "it's a folder"
    folder.mkdir(mode=0o755)
    file.chmod(0o644)
    error = caught(check_private, [folder, file])
    commands = error.next_step.split("make them yours alone: ")[1].split(";")[0]
    assert os.system(commands) == 0
    check_private([folder, file])
    assert read_private(file) == "k1 00"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_private_file_passes(file, mode):
    file.chmod(mode)
    check_private([file, file.parent / "not there"])
    assert read_private(file) == "k1 00"


def make_foreign(path, monkeypatch):
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        mine = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: mine + 1)


def test_a_file_of_another_user_is_refused_with_any_mode(file, monkeypatch):
    make_foreign(file, monkeypatch)
    for error in (caught(check_private, [file]), caught(read_private, file)):
        assert error.code == "files_foreign"
        assert str(file) in str(error)
        assert "chown" in error.next_step


def test_a_file_of_root_is_accepted(file, monkeypatch):
    if file.stat().st_uid != 0:
        pytest.skip("needs a file of root's")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    check_private([file])


def test_a_link_is_neither_read_nor_written_through(tmp_path, file):
    link = tmp_path / "link"
    link.symlink_to(file)
    for error in (
        caught(read_private, link),
        caught(write_plain, link, "other"),
        caught(open_plain, link, os.O_RDWR | os.O_CREAT),
        caught(check_unlinked, [file, link]),
    ):
        assert (error.code, str(link) in str(error)) == ("file_linked", True)
    assert file.read_text() == "k1 00"


def test_a_dangling_link_creates_no_file(tmp_path):
    link, elsewhere = tmp_path / "link", tmp_path / "elsewhere"
    link.symlink_to(elsewhere)
    for error in (caught(write_plain, link, "x"), caught(open_plain, link, os.O_RDWR | os.O_CREAT)):
        assert error.code == "file_linked"
    assert not elsewhere.exists()


def test_a_new_file_is_private(tmp_path):
    os.close(open_plain(tmp_path / "new", os.O_RDWR | os.O_CREAT))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_a_text_is_written_over_a_longer_one(file):
    write_plain(file, "é")
    assert file.read_text(encoding="utf-8") == "é"
