"""Segments and cost are exactly what a network charges."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.wording.sms_segments import Segments, cost, count_segments, find_outside_gsm

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "per_segment"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 160),
        ("a" * 161, "GSM-7", 161, 2, 153),
        ("a" * 306, "GSM-7", 306, 2, 153),
        ("a" * 307, "GSM-7", 307, 3, 153),
        ("a" * 918, "GSM-7", 918, 6, 153),
        ("€" * 80, "GSM-7", 160, 1, 160),
        ("€" * 81, "GSM-7", 162, 2, 153),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2, 153),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 153),
        ("ŵ" * 70, "UCS-2", 70, 1, 70),
        ("ŵ" * 71, "UCS-2", 71, 2, 67),
        ("ŵ" * 134, "UCS-2", 134, 2, 67),
        ("ŵ" * 135, "UCS-2", 135, 3, 67),
        ("😀" * 35, "UCS-2", 70, 1, 70),
        ("😀" * 67, "UCS-2", 134, 3, 67),
        ("ŵ" * 66 + "😀" + "ŵ" * 65, "UCS-2", 133, 2, 67),
        ("ŵ" * 66 + "😀" + "ŵ" * 66, "UCS-2", 134, 3, 67),
        ("ŵ€", "UCS-2", 2, 1, 70),
    ],
)
def test_segments_at_their_edges(text, encoding, units, count, per_segment):
    assert count_segments(text) == Segments(encoding, units, count, per_segment)


def test_the_alphabet_is_the_127_of_the_standard_and_its_extension():
    assert len(set(BASIC)) == 127  # 128 places, one of which is the escape to the extension
    assert all(count_segments(character) == Segments("GSM-7", 1, 1, 160) for character in BASIC)
    assert all(count_segments(character) == Segments("GSM-7", 2, 1, 160) for character in EXTENSION)


@given(st.characters(exclude_characters=BASIC + EXTENSION))
def test_everything_else_makes_a_text_ucs_2_and_is_named(character):
    assert count_segments("a" + character).encoding == "UCS-2"
    assert find_outside_gsm(f"a{character}b{character}") == [character]


@given(st.text(max_size=400))
def test_segments_hold_the_text_and_no_more_are_counted_than_needed(text):
    size = count_segments(text)
    assert (size.count == 0) == (text == "")
    assert size.units <= size.count * size.per_segment
    # At most one unit of a segment is left empty, by a character that must not be split.
    assert size.count <= 1 or size.units > (size.count - 1) * (size.per_segment - 1)


def test_cost_is_exact_pounds():
    assert cost(Segments("GSM-7", 200, 2, 153), Decimal("0.0197")) == Decimal("0.0394")
    assert cost(3, Decimal("0.1"), texts=3) == Decimal("0.9")
