"""NUL bytes that are padding are left out, however the pieces are cut. NUL bytes inside rows are reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.sources.encodings.padding import LOST_BYTES, NulBytes, without_padding

LOST = bytes(LOST_BYTES)


def plain(data, cut):
    found = NulBytes()
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    return b"".join(without_padding(pieces, found)), found


@pytest.mark.parametrize("cut", [1, 2, 7, 300, 10_000])
@pytest.mark.parametrize(
    ("data", "expected", "stray", "gaps"),
    [
        (b"a\nb\n" + bytes(999), b"a\nb\n", 0, 0),
        (bytes(999) + b"a\nb\n", b"a\nb\n", 0, 0),
        (b"a\n" + bytes(999) + b"b\n", b"a\nb\n", 0, 0),
        (b"a" + bytes(999) + b"\r\nb" + bytes(5) + b"\n", b"a\r\nb\n", 0, 0),
        (b"a\nb" + bytes(9), b"a\nb", 0, 0),
        (b"a\0b\n\0c\n", b"a\0b\nc\n", 1, 0),
        (b"a" + LOST[1:] + b"b\n", b"a" + LOST[1:] + b"b\n", LOST_BYTES - 1, 0),
        (b"a" + LOST + b"b\n", b"a\0\n\0b\n", 0, 1),
        (b"a" + LOST * 3 + b"b\nc" + LOST + b"d", b"a\0\n\0b\nc\0\n\0d", 0, 2),
        (bytes(999), b"", 0, 0),
        (b"", b"", 0, 0),
    ],
)
def test_padding_is_left_out_and_nul_bytes_inside_rows_are_counted(cut, data, expected, stray, gaps):
    text, found = plain(data, cut)
    assert (text, found.stray, found.gaps) == (expected, stray, gaps)
    assert bool(found.detail) == found.seen == bool(stray or gaps)


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\0", bytes(3), LOST]), max_size=30).map(b"".join),
    st.integers(1, 40),
)
def test_the_result_does_not_depend_on_how_pieces_are_cut(data, cut):
    assert plain(data, cut) == plain(data, max(1, len(data)))
    # Only NUL bytes are ever left out, and only the line ends for lost blocks are added.
    told, found = plain(data, cut)
    kept = told.replace(b"\0", b"")
    assert len(kept) == len(data.replace(b"\0", b"")) + found.gaps
    assert kept.replace(b"\n", b"") == data.replace(b"\0", b"").replace(b"\n", b"")
