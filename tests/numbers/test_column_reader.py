"""Whole columns are read as each text alone is, whatever the text and the dial plan."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import NumberReader

PLANS = [
    DialPlan(),
    DialPlan(("US",)),
    DialPlan(("US", "GB"), bare_international=False),
    DialPlan(("GB", "IE"), allow_drama=False),
    DialPlan(("IT", "DE")),
    DialPlan(("AU", "ES"), bare_international=False),
]
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


@settings(max_examples=400, deadline=None)
@given(st.lists(texts, min_size=1, max_size=30), st.sampled_from(range(len(PLANS))))
def test_a_column_is_read_as_each_text_alone(raws, plan):
    assert_alike(raws, READERS[plan])


@pytest.mark.parametrize("readers", READERS, ids=[str(plan.home_regions) for plan in PLANS])
def test_usual_forms_need_no_care(readers):
    forms = [
        "07700 900{}",
        "+44 7700 900{}",
        "00447700900{}",
        "sip:+447700900{}@pbx",
        "#31#07700900{}",
        "447700900{}.0",
        "212-555-0{}",
    ]
    raws = [form.format(number) for number in range(100, 200) for form in forms]
    assert_alike(raws, readers)


def test_a_slice_of_a_column_is_read_like_any_other():
    columns, each = READERS[0]
    raws = ["07700 900123", "", "+44 20 7946 0001", "sip:+447700900124@h", "withheld"]
    whole = pa.array(["x" * 50, *raws, "07700 900199"], pa.string())
    assert rows_of(columns.read(whole.slice(1, len(raws)))) == [alone(each, raw) for raw in raws]


def test_an_empty_column_is_read():
    found = READERS[0][0].read(pa.array([], pa.string()))
    assert rows_of(found) == []
    assert found.options.num_rows == 0
