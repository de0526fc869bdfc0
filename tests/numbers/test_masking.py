"""Masking never lets more than two digits out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.numbers.masking import mask_number, mask_numbers


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


@pytest.mark.parametrize("end", [".keys", ".notify-live", ".provider", ".session"])
def test_the_name_of_a_cases_key_file_is_no_number(end):
    assert mask_numbers(f"chmod 600 keys/0940248273ed412a{end}") == f"chmod 600 keys/0940248273ed412a{end}"


@pytest.mark.parametrize(
    "text", ["0940248273ed412a", "07700900123abcdef.keys", "0770090012345678.keys", "07700900123.keys"]
)
def test_what_only_looks_like_one_is_masked(text):
    assert "******" in mask_numbers(text)
