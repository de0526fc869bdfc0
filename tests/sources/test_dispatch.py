"""A format without a reader is a fault that is told, and never read by the reader of another."""

import io

import pytest

from ringback.sources import dispatch
from ringback.sources.archives.detect import FILE_FORMATS, SIDECARS
from ringback.sources.archives.members import Part
from ringback.sources.base import want_all
from ringback.sources.options import FORMATS


def read(format_, **held):
    return dispatch.read_part(
        Part("", format_, **held), exhibit="EX-001", table="calls", options={}, reject=lambda _bad: None,
        wanted=want_all, pass_over=lambda _name: None,
    )  # fmt: skip


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in FILE_FORMATS and form != "archive"])
def test_every_format_that_is_read_from_a_stream_has_a_reader(form):
    read(form, stream=io.BytesIO())


@pytest.mark.parametrize("form", [*sorted(FILE_FORMATS), *SIDECARS])
def test_every_format_that_is_read_from_a_file_has_a_reader(form, tmp_path):
    read(form, path=tmp_path / "calls")


def test_a_format_without_a_reader_is_told(tmp_path):
    with pytest.raises(LookupError, match="fixed_width"):
        read("fixed_width", stream=io.BytesIO(b"a,b\n1,2\n"))
    with pytest.raises(LookupError, match="fixed_width"):
        read("fixed_width", path=tmp_path / "calls")


def test_a_utf8_format_without_a_branch_is_told(monkeypatch):
    monkeypatch.setattr(dispatch, "_UTF8_FORMATS", dispatch._UTF8_FORMATS | {"fixed_width"})
    with pytest.raises(LookupError, match="fixed_width"):
        read("fixed_width", stream=io.BytesIO(b'{"a": 1}\n'))
