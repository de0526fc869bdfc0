"""Whole columns are read as each text alone is, whatever the text and the dial plan; and usual texts need no care."""

import random
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from number_texts import PLANS, WAYS, compare, fuzz, junk, make_text
from plan_fuzz import examples as numbers_of_the_library
from plan_fuzz import some_digits
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.plan import number_plan
from ringback.numbers.reader import NumberReader
from tiers import examples

READERS = [(ColumnReader(plan), NumberReader(plan)) for plan in PLANS]

national = st.one_of(
    st.integers(0, 999).map(lambda n: f"7700900{n:03}"),
    st.integers(0, 999).map(lambda n: f"2079460{n:03}"),
    st.integers(0, 99).map(lambda n: f"21255501{n:02}"),
    st.integers(0, 99).map(lambda n: f"30455501{n:02}"),
    st.text("0123456789", max_size=17),
)
prefix = st.sampled_from(
    ["", "0", "00", "1", "44", "+44", "0044", "01144", "+1", "001", "+", "+440", "1410", "14700", "39", "+39"]
)
digits = st.tuples(prefix, national).map("".join)
separator = st.sampled_from([" ", "-", "/", ".", "\u00a0", "\u200b", "", "  ", "("])


@st.composite
def spaced(draw):
    text = draw(digits)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(separator) + text[place:]
    return text


def full_width(text):
    return "".join(chr(ord(mark) + 0xFEE0) if mark in "+0123456789" else mark for mark in text)


wrapping = st.sampled_from(
    [
        "{}", "sip:{}@pbx.example;user=phone", "sip:{}", "sips:{}@h", "tel:{}", "tel:{};ext=7", '"A Name" <{}>',
        "<sip:{}@h>", '"B" <{}', "{}>", "*67{}", "#31#{}", "*31#{}", "{}.0", "{}.00", "{},0", "{}.5", "{} ext 12",
        "{}E+11", "({})", "={}",
        "*67sip:{}@h", "<{}><{}>", "sip:a<{}>", " {} ", "{}@h",
    ]
)  # fmt: skip
texts = st.one_of(
    st.tuples(wrapping, spaced()).map(lambda pair: pair[0].replace("{}", pair[1])),
    spaced().map(full_width),
    national.map(lambda number: f"+44 (0){number}"),
    national.map(lambda number: f"+44(0){number}"),
    national.map(lambda number: f"+49 (0) {number}"),
    st.sampled_from(
        ["", "anonymous", "restricted", "4.47701E+11", "+", "00", "0", ".", "..0", ".0", "+.0", "<>", "sip:@", "*67"]
    ),
    st.text(max_size=12),
    st.text("0123456789+ .-()<>@:;*#sipte\u00a0\u200b\uff10\uff0b", max_size=16),
)


def alone(reader, text):
    found = reader.read(text)
    return found.e164, found.kind, found.region, found.how, found.ambiguous, found.reason


def rows_of(found):
    e164 = [None if number is None else f"+{number}" for number in found.e164.to_pylist()]
    columns = (found.kind, found.region, found.how, found.ambiguous, found.reason)
    return list(zip(e164, *(column.to_pylist() for column in columns), strict=True))


def assert_alike(raws, readers):
    columns, each = readers
    found = columns.read(pa.array(raws, pa.string()))
    assert rows_of(found) == [alone(each, raw) for raw in raws]
    # The number alone, where no other may be meant.
    certain = [None if ambiguous else e164 for e164, _kind, _region, _how, ambiguous, _reason in rows_of(found)]
    numbers = columns.read_certain(pa.array(raws, pa.string())).to_pylist()
    assert [number and f"+{number}" for number in numbers] == certain
    options = {
        (raw, rank, option.e164, option.kind, option.region, option.how)
        for raw in raws
        if each.read(raw).ambiguous
        for rank, option in enumerate(each.read(raw).options, 1)
    }
    assert {tuple(row.values()) for row in found.options.to_pylist()} == options


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(texts, min_size=1, max_size=30), st.sampled_from(range(len(PLANS))))
def test_a_column_is_read_as_each_text_alone(raws, plan):
    assert_alike(raws, READERS[plan])


@pytest.mark.parametrize("seed", range(3))
def test_texts_in_every_way_are_read_as_each_alone(seed):
    """What a million texts are made of, in `python -m number_texts`; plain counts, so that no number is printed."""
    counts = Counter()
    assert len(fuzz(3_000, 20261201 + seed, counts=counts)) == 0
    assert counts["open"] < counts["texts"] * 0.15


def test_a_wrong_reading_would_be_found():
    rng, plan = random.Random(1), number_plan()
    texts = [make_text(rng, plan) for _ in range(500)]
    assert compare(texts, ColumnReader(DialPlan(("GB",))), NumberReader(DialPlan(("US",))))


def british(rng):
    drama = rng.choice(("7700900", "2079460", "1214960", "1632960"))
    return "44", drama + some_digits(rng, 3)


def american(rng):
    return "1", "212555" + some_digits(rng, 4)


@pytest.mark.parametrize("draw", [british, american, lambda rng: rng.choice(ABROAD)], ids=["GB", "US", "abroad"])
@pytest.mark.parametrize("way", [way for way in WAYS if way is not junk], ids=lambda way: way.__name__)
def test_no_clean_text_is_left_open_in_any_way(way, draw):
    rng = random.Random(7)
    columns, each = ColumnReader(DialPlan()), NumberReader(DialPlan())
    texts = [way(rng, *draw(rng)) for _ in range(200)]
    assert compare(texts, columns, each) == []
    assert columns.asked == 0


# Of countries whose prefixes are as simple as most, and whose numbers begin no other number at home.
ABROAD = [one for one in numbers_of_the_library() if one[0] in {"33", "34", "39", "49", "31", "353", "48", "234", "91"}]


def test_nearly_no_junk_is_left_open():
    rng = random.Random(7)
    columns, each = ColumnReader(DialPlan()), NumberReader(DialPlan())
    texts = [junk(rng, *draw(rng)) for draw in (british, american) for _ in range(2_000)]
    assert compare(texts, columns, each) == []
    assert columns.asked < 0.05 * len(set(texts))


@pytest.mark.parametrize(
    "text",
    [
        "+44(0)20 7946 0123",
        "+4402079460123",
        "+1 (212) 555-0123",
        "\t07700 900123\n",
        "+447700900123 ext. 12",
        "07700900123x5",
        "sip:+447700900123@192.0.2.1:5060;user=phone",
        '"A Name" <sip:07700900123@h>',
        '="07700900123"',
        "Number withheld",
        "4.47701E+11",
        "4.47700900123E+11",
        "44770090012344770090012",
        "\u202a07700 900123\u202c",
        "07700\u2013900\u2013123",
        "1-800-FLOWERS",
        "07700900123?",
    ],
)
def test_the_loop_knows(text):
    columns = ColumnReader(DialPlan())
    assert compare([text], columns, NumberReader(DialPlan())) == []
    assert columns.asked == 0


@pytest.mark.parametrize(
    "text",
    [
        "sip:7700900123;phone-context=+44@h",
        "sip:%2B447700900123@h",
        "\u0660\u0667\u0667\u0660\u0660",
        "7" * 121,
        "1410" + "5550123",
    ],
)
def test_what_is_unusual_is_read_with_care(text):
    columns = ColumnReader(DialPlan())
    assert compare([text], columns, NumberReader(DialPlan())) == []
    assert columns.asked == 1


def test_a_slice_of_a_column_is_read_like_any_other():
    columns, each = READERS[0]
    raws = ["07700 900123", "", "+44 20 7946 0001", "sip:+447700900124@h", "withheld"]
    whole = pa.array(["x" * 50, *raws, "07700 900199"], pa.string())
    assert rows_of(columns.read(whole.slice(1, len(raws)))) == [alone(each, raw) for raw in raws]


def test_an_empty_column_is_read():
    found = READERS[0][0].read(pa.array([], pa.string()))
    assert rows_of(found) == []
    assert found.options.num_rows == 0
