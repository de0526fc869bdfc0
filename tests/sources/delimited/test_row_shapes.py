"""Which rows with fewer or more fields than the header are accepted."""

import pytest

from ringback.sources.base import Reach
from ringback.sources.delimited.row_shapes import ANY_SURPLUS, RowShapes, find_surplus
from ringback.sources.encodings.long_lines import PLACE


def shapes(**changes):
    return RowShapes(**{"width": 6, "named": 6, "reach": Reach(3, 4), **changes})


@pytest.mark.parametrize(
    ("known", "sizes"),
    [
        # Fields after the last column that is read do not matter.
        ({}, {5, 6}),
        ({"settled": True}, {3, 4, 5, 6}),
        ({"reach": Reach(3, 6)}, {6}),
        ({"reach": Reach(3, 6), "named": 4}, {4, 5, 6}),
        ({"reach": Reach(6, 6), "settled": True}, {6}),
        ({"surplus": 1}, {5, 6, 7}),
        ({"surplus": 2}, {5, 6, 8}),
        ({"surplus": ANY_SURPLUS}, {5, 6, 7, 8, 9}),
        ({"strict": True, "surplus": 1, "settled": True}, {6}),
    ],
)
def test_rows_with_these_numbers_of_fields_fit(known, sizes):
    rows = [["x"] * min(has, 6) + [""] * (has - 6) for has in range(10)]
    assert {len(row) for row in rows if shapes(**known).fit(row) is not None} == sizes
    assert all(len(row) == 6 for row in map(shapes(**known).fit, rows) if row is not None)


def test_rows_with_filled_surplus_fields_nul_bytes_or_a_long_line_do_not_fit():
    for row in (["x"] * 7, [*["x"] * 4, "\0"], [PLACE]):
        assert shapes(surplus=ANY_SURPLUS, settled=True, reach=Reach(1, 1)).fit(row) is None
    assert not shapes(reach=Reach(1, 6)).may_wait([PLACE])


@pytest.mark.parametrize(
    ("numbers", "settled"),
    [
        ([2, 3], True),
        ([5], False),
        ([1, 2000], True),
        ([1, 2001], False),
        ([1, 2001, 2999], True),
        ([1, 5000, 9000], False),
    ],
)
def test_short_rows_are_taken_once_there_are_enough(numbers, settled):
    told = shapes()
    assert (True in [told.settles(number) for number in numbers]) == settled
    again = shapes()
    assert again.settles_with(numbers) == settled
    assert again.waiting == (0 if not settled else again.waiting)


@pytest.mark.parametrize(
    ("known", "cut"),
    [
        ({}, {0, 1, 2, 3, 4, 5}),
        ({"widest": 4}, {0, 1, 2, 3}),
        ({"named": 5}, {0, 1, 2, 3, 4}),
        ({"surplus": 1}, {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_a_last_row_with_fewer_fields_than_others_is_cut_off(known, cut):
    assert {has for has in range(8) if shapes(**known).is_cut(has)} == cut


@pytest.mark.parametrize(
    ("rows", "surplus"),
    [
        (["1,2,", "3,4,"], 1),
        (["1,2,,", "3,4,,"], 2),
        (["1,2,", "3,4", "5,6,"], ANY_SURPLUS),
        (["1,2,", "3,,", "5,6,"], 1),
        # The last column may be empty: then rows like that may be shifted.
        (["1,2,", "3,", "5,6,"], 0),
        (["1,2,3"] * 5, 0),
        (["1,2,3"] * 5 + ["1,2,"] * 5, 0),
        (["1", "2"], 0),
        ([], 0),
    ],
)
def test_surplus_fields_are_found_in_the_first_rows(rows, surplus):
    assert find_surplus([row.split(",") for row in rows], 2) == surplus
