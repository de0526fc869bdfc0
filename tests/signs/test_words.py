"""Words of a message: hidden words are read, and every place is a place in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.signs.words import Words


def said(text, **options):
    return [token.word for token in Words(text, **options).tokens]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Your account", ["your", "account"]),
        ("Yоur ассоunt", ["your", "account"]),  # Cyrillic letters
        ("ac\u200bcount", ["account"]),
        ("acc0unt susp3nded", ["account", "suspended"]),
        ("u r g e n t", ["urgent"]),
        ("c a l l  n o w", ["call", "now"]),
        ("suspeneded acccount", ["suspended", "account"]),
        ("susp.ended", ["suspended"]),
        ("pay £1,000 or $5", ["pay", "<money>", "or", "<money>"]),
        ("20 pounds", ["<money>"]),
        ("ring 07700 900123 now", ["ring", "<phone>", "now"]),
        ("see tax-repay.example/x today", ["see", "<url>", "today"]),
        ("see hxxps://a.example", ["see", "<url>"]),
        ("dont be upset.i am", ["dont", "be", "upset", ".", "i", "am"]),
        ("a@b.example wrote", ["<email>", "wrote"]),
        ("at 3pm on 4/5", ["at", "<n>", "on", "<n>"]),
        ("golf b4 2nd", ["golf", "b4", "<n>"]),
        ("pay £20 at ASOS.COM today", ["pay", "<money>", "at", "asoscom", "today"]),
        ("", []),
        ("😀", []),
    ],
)
def test_a_message_is_read_as_its_reader_sees_it(written, read):
    assert said(written) == read


def test_words_that_do_not_count_are_left_out():
    assert said("one two three", silent=((4, 7),)) == ["one", "three"]


@given(st.text(max_size=300))
def test_every_token_stands_in_the_original(text):
    words = Words(text)
    ends = 0
    for place, token in enumerate(words.tokens):
        assert 0 <= token.at < token.until <= len(text)
        assert token.at >= ends
        ends = token.until
        assert words.token_at(words.start_of(place)) == place
