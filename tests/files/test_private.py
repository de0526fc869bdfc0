"""What others can get at is refused, with its mode and the command that closes it; links are never followed."""

import os
import stat

import pytest

from ringback.errors import RingbackError
from ringback.files.private import check_private, check_unlinked, open_plain, read_private, write_plain

# Every mode that lets the group or others in, and one who can do what.
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
def test_a_file_that_others_can_get_at_is_named_with_its_mode_and_what_to_type(file, mode):
    file.chmod(mode)
    for error in (caught(check_private, [file]), caught(read_private, file)):
        assert error.code == "files_open"
        assert f"{file} has mode {mode:04o}" in str(error)
        assert f"chmod 600 '{file}'" in error.next_step


@pytest.mark.parametrize("mode", OPEN_FOLDERS)
def test_so_is_a_folder(tmp_path, mode):
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(mode)
    error = caught(check_private, [folder])
    assert (error.code, f"chmod 700 {folder}" in error.next_step) == ("files_open", True)
    assert f"mode {mode:04o}" in str(error)


def test_all_that_is_open_is_told_at_once_and_what_is_typed_closes_it(tmp_path, file):
    folder = tmp_path / "it's a folder"
    folder.mkdir(mode=0o755)
    file.chmod(0o644)
    error = caught(check_private, [folder, file])
    commands = error.next_step.split("make them yours alone: ")[1].split(";")[0]
    assert os.system(commands) == 0
    check_private([folder, file])
    assert read_private(file) == "k1 00"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_what_is_its_owners_alone_passes(file, mode):
    file.chmod(mode)
    check_private([file, file.parent / "not there"])
    assert read_private(file) == "k1 00"


def make_foreign(path, monkeypatch):
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        mine = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: mine + 1)


def test_what_belongs_to_somebody_else_is_refused_whatever_its_mode(file, monkeypatch):
    make_foreign(file, monkeypatch)
    for error in (caught(check_private, [file]), caught(read_private, file)):
        assert error.code == "files_foreign"
        assert str(file) in str(error)
        assert "chown" in error.next_step


def test_what_is_the_administrators_of_the_machine_is_not_somebody_elses(file, monkeypatch):
    if file.stat().st_uid != 0:
        pytest.skip("needs a file of root's")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    check_private([file])


def test_a_link_is_read_by_nobody_and_written_through_by_nobody(tmp_path, file):
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


def test_a_link_to_nowhere_makes_nothing(tmp_path):
    link, elsewhere = tmp_path / "link", tmp_path / "elsewhere"
    link.symlink_to(elsewhere)
    for error in (caught(write_plain, link, "x"), caught(open_plain, link, os.O_RDWR | os.O_CREAT)):
        assert error.code == "file_linked"
    assert not elsewhere.exists()


def test_what_is_made_is_its_owners_alone(tmp_path):
    os.close(open_plain(tmp_path / "new", os.O_RDWR | os.O_CREAT))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_a_text_is_written_over_a_longer_one(file):
    write_plain(file, "é")
    assert file.read_text(encoding="utf-8") == "é"
