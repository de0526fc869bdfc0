"""Masking never lets more than two digits out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.numbers.masking import mask_number


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
