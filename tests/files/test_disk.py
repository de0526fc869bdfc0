"""Errors for files that could not be written."""

import errno
import os

import pytest

from ringback.files.disk import unwritable


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_is_a_full_disk_with_what_is_free_and_needed(tmp_path, number):
    error = unwritable(tmp_path / "gone" / "calls.parquet", OSError(number, os.strerror(number)), needed=2_500_000)
    assert error.code == "disk_full"
    assert str(tmp_path / "gone" / "calls.parquet") in str(error)
    assert " free and 2.5 MB needed)" in str(error)
    # The nearest existing folder: its disk is the one to make room on.
    assert f"the disk that holds {tmp_path}," in error.next_step
    assert error.retryable


def test_other_problems_are_reported_in_words(tmp_path):
    error = unwritable(tmp_path, OSError(errno.EROFS, "Read-only file system"))
    assert (error.code, str(error)) == ("output_unwritable", f"{tmp_path} cannot be written: its disk can only be read")


def test_an_error_without_words_of_the_system_keeps_its_own(tmp_path):
    assert "the server went away" in str(unwritable(tmp_path, OSError("the server went away")))
