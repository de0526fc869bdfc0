"""No phone number leaves in a page: what is masked, what is refused, and what is no phone number at all."""

import pytest

from ringback.reporting.masking import assert_no_numbers, mask_numbers

DRAMA = "07700900123"
HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
SMUGGLED = {
    "plain": f"<p>{DRAMA}</p>",
    "international": "<p>+447700900123</p>",
    "spaced": "<p>07700 900 123</p>",
    "dashed": "<p>020-7946-0123</p>",
    "bracketed": "<p>+1 (212) 555-0123</p>",
    "dotted": "<p>01632.960.123</p>",
    "narrow spaces": "<p>07700\u202f900\u202f123</p>",
    "long dashes": "<p>07700\u2013900\u2013123</p>",
    "no-width characters": "<p>0770\u200b0900\u00ad123</p>",
    "entities": "<p>&#48;7700&nbsp;900&#49;23</p>",
    "parted by elements": "<p>07700<b>900</b><span>123</span></p>",
    "parted by a break": "<p>07700<br>900123</p>",
    "other digits": "<p>٠٧٧٠٠٩٠٠١٢٣</p>",
    "in a file name": f"<td>cdr_{DRAMA}.csv</td>",
    "after a date": f"<td>2022-11-24 {DRAMA}</td>",
    "read out": f'<svg role="img" aria-label="{DRAMA}"></svg>',
    "picture text": f"<svg><text>{DRAMA}</text></svg>",
    "title": f"<title>{DRAMA}</title>",
    "link": f'<a href="#a-{DRAMA}">one</a>',
    "card label": f'<td data-label="{DRAMA}">1</td>',
}
HARMLESS = {
    "thousands": "<p>10,000,000 calls, 3,500,000 of them to the UK; £3,200,150.50</p>",
    "hash": f"<code>{HASH}</code>",
    "ISO times": "<p>2022-11-24T10:15:03Z 2022-11-25 2022-11-26 10:15:03.123456+01:00</p>",
    "days": "<p>24/11/2022 25/11/2022</p>",
    "stamp": "<td>panel-20220905101500.sql</td>",
    "eight digits": "<p>20221124</p>",
    "cells": "<table><tr><td>07700</td><td>900123</td></tr></table>",
    "drawing": '<svg viewBox="0 0 123456789 1"><path d="M1234567890,1"></path><text>1</text></svg>',
    "style": "<style>a { width: 1234567890px }</style>",
}


@pytest.mark.parametrize("html", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_number_in_anything_readable_is_refused(html):
    with pytest.raises(ValueError, match="looks like a phone number") as refused:
        assert_no_numbers(html)
    # The error itself must not hand out the number.
    assert "900" not in str(refused.value)
    assert "7946" not in str(refused.value)


@pytest.mark.parametrize("html", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_no_number_passes(html):
    assert_no_numbers(html)


def test_only_the_whole_identifier_is_allowed():
    assert_no_numbers("<code>1667639400123</code>", allowed=["1667639400123"])
    with pytest.raises(ValueError):
        assert_no_numbers("<code>16676394001234</code>", allowed=["1667639400123"])
    with pytest.raises(ValueError):
        assert_no_numbers(f"<p>{DRAMA}</p>", allowed=["", "7"])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (DRAMA, "*********23"),
        ("+44 7700 900123", "+** **** ****23"),
        (f"export of {DRAMA}.csv", "export of *********23.csv"),
        ("0770\u200b0900123", "*********23"),
        ("cash\u202eking", "cashking"),
        ("user12345678", "user12345678"),
        (HASH, HASH),
        ("panel-20220905101500.sql", "panel-20220905101500.sql"),
        (f"{HASH} {DRAMA}", f"{HASH} *********23"),
    ],
)
def test_masking_keeps_two_digits_and_everything_else(text, masked):
    assert mask_numbers(text) == masked
    assert mask_numbers(masked) == masked
    assert_no_numbers(f"<p>{masked}</p>")
