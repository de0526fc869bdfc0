"""Masking never lets more than two digits out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.numbers.masking import mask_number, mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+44 7700 900123", "+••••••••••23"),
        ("07700900123", "•••••••••23"),
        ("\uff0b\uff14\uff14 7700 900123", "+••••••••••23"),
        ("٠٧٧٠٠٩٠٠١٢٣", "•••••••••23"),
        ("999", "•••"),
        ("+159", "••••"),
        ("12345", "•••45"),
        ("", ""),
    ],
)
def test_all_but_the_last_two_digits_go(text, masked):
    assert mask_number(text) == masked


@given(st.text())
def test_no_text_shows_more_than_two_digits(text):
    masked = mask_number(text)
    assert set(masked) <= set("+•0123456789")
    assert sum(character.isdigit() for character in masked) <= 2


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("called +447700900123.", "called +••••••••••23."),
        ("07700 900123, 020 7946 0123", "•••••••••23, •••••••••23"),
        ("to (020) 7946-0123 at once", "to (•••••••••23 at once"),
        ("zero\u200b07700\u200b900123", "zero\u200b•••••••••23"),
        ("sip:+447700900123@example.org", "sip:+••••••••••23@example.org"),
        ("row 123456 of 999", "row 123456 of 999"),
        ("nothing here", "nothing here"),
    ],
)
def test_numbers_inside_a_line_are_masked(text, masked):
    assert mask_text(text) == masked
