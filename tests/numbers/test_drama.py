"""Ofcom's numbers for drama: each range's first and last, and the numbers just outside it."""

import pytest

from ringback.numbers.drama import is_drama

RANGES = [
    ("7700900", 3), ("1632960", 3), ("2079460", 3), ("1214960", 3), ("1134960", 3), ("1614960", 3), ("1914980", 3),
    ("2920180", 3), ("2896496", 3), ("3069990", 3), ("8081570", 3), ("9098790", 3),
]  # fmt: skip


@pytest.mark.parametrize(("prefix", "digits"), RANGES)
def test_a_range_begins_and_ends_where_ofcom_says(prefix, digits):
    first, last = int(prefix + "0" * digits), int(prefix + "9" * digits)
    assert is_drama(f"+44{first}")
    assert is_drama(f"+44{last}")
    assert not is_drama(f"+44{first - 1}")
    assert not is_drama(f"+44{last + 1}")


def test_the_same_digits_elsewhere_are_somebodys():
    assert not is_drama("+17700900123")
