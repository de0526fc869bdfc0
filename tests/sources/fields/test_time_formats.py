"""Times: in a given format, and in digits alone where only one format is possible."""

import datetime as dt
import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.sources.fields.time_formats import guess_time_format, to_iso, to_iso_column
from sources.whole_exhibits import read_whole
from tiers import examples

MOMENT = 1_635_643_800
# From September 2001 to May 2033. Outside, ten digits are not guessed to be an epoch.
SECONDS = st.integers(10**9, 2 * 10**9 - 1)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("1635643800", "epoch", "2021-10-31T01:30:00Z"),
        ("1635643800.5", "epoch", "2021-10-31T01:30:00.500000Z"),
        ("1635643800123", "epoch_ms", "2021-10-31T01:30:00.123000Z"),
        ("1635643800123456", "epoch_us", "2021-10-31T01:30:00.123456Z"),
        ("-1", "epoch", "1969-12-31T23:59:59Z"),
        ("", "epoch", None),
        (None, "epoch", None),
        ("soon", "epoch", "soon"),
        ("9" * 400, "epoch", "9" * 400),
        ("nan", "epoch", "nan"),
        ("inf", "epoch_ms", "inf"),
        ("\u0661\u0662", "epoch", "1970-01-01T00:00:12Z"),
        ("31/10/2021 01:30:00", "%d/%m/%Y %H:%M:%S", "2021-10-31 01:30:00"),
        ("2021-10-31T01:30:00+0200", "%Y-%m-%dT%H:%M:%S%z", "2021-10-30T23:30:00Z"),
        ("20211031013000", "%Y%m%d%H%M%S", "2021-10-31 01:30:00"),
    ],
)
def test_a_time_in_a_format(text, form, expected):
    assert to_iso(text, form) == expected


@pytest.mark.parametrize(
    ("texts", "column", "expected"),
    [
        (["1635643800", None, "", "1625140800"], "", "epoch"),
        (["1635643800.25"], "", "epoch"),
        ([" 1635643800 "], "", "epoch"),
        (["1635643800123"], "", "epoch_ms"),
        (["1635643800123456"], "", "epoch_us"),
        (["20211031013000"], "", "%Y%m%d%H%M%S"),
        # These could all be 2015-10-31 12:00, or 1999-01-01, written without a century or with hundredths.
        (["1510311200", "1510311201"], "", None),
        (["1510311200"], "start_epoch", "epoch"),
        (["1999010112000000"], "", None),
        (["1510311200", "1635643800"], "", "epoch"),
        # Later than is likely.
        (["2107011200"], "", None),
        (["0999999999"], "", None),
        (["20211331013000"], "", None),
        (["20211031013000.5"], "", None),
        # One value of another form is enough.
        (["1635643800", "2021-10-31 01:30:00"], "", None),
        (["1635643800", "1635643800123"], "", None),
        (["1635643800", "-"], "", None),
        (["07700900123"], "", None),
        ([], "", None),
        ([None, ""], "", None),
    ],
)
def test_the_format_of_digits_is_guessed_only_where_it_is_certain(texts, column, expected):
    assert guess_time_format(texts, column=column) == expected


UNITS = st.sampled_from([("epoch", 1), ("epoch_ms", 1000), ("epoch_us", 10**6)])


@given(st.lists(SECONDS, min_size=1, max_size=50), UNITS)
def test_a_guess_is_never_wrong_about_an_epoch(seconds, unit):
    form, factor = unit
    guess = guess_time_format([str(second * factor) for second in seconds])
    assert guess in (form, None)


@given(st.lists(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)), min_size=1, max_size=20))  # noqa: DTZ001
def test_a_date_written_in_digits_is_never_taken_for_an_epoch(timestamps):
    for written in ("%y%m%d%H%M", "%y%m%d%H%M%S", "%Y%m%d%H%M"):
        assert guess_time_format([timestamp.strftime(written) for timestamp in timestamps]) is None
    assert guess_time_format([timestamp.strftime("%Y%m%d%H%M%S") for timestamp in timestamps]) == "%Y%m%d%H%M%S"
    assert (
        guess_time_format([f"{timestamp:%Y%m%d%H%M%S}{timestamp.microsecond // 10000:02d}" for timestamp in timestamps])
        is None
    )


def _csv(path, *times):
    rows = "".join(f"a,{time},07700 900123,5\n" for time in times)
    path.write_text("account,started_at,called_number,duration\n" + rows)
    return path


def test_a_table_of_digits_is_read_without_a_setting(tmp_path):
    found = read_whole(_csv(tmp_path / "calls.csv", "1635643800", "", "1635643801"))
    assert found.values("started_at") == [("2021-10-31T01:30:00Z",), (None,), ("2021-10-31T01:30:01Z",)]


def test_what_case_toml_says_is_not_overruled(tmp_path):
    path = _csv(tmp_path / "calls.csv", "1635643800")
    found = read_whole(path, tables={"calls": {"time_format": "%y%m%d%H%M"}})
    assert found.values("started_at") == [("1635643800",)]


def test_digits_among_iso_times_stay_unchanged(tmp_path):
    times = ("2021-07-01 12:00:00", "2021-07-01T12:00:00+01:00", "1635643800")
    assert [value for (value,) in read_whole(_csv(tmp_path / "calls.csv", *times)).values("started_at")] == list(times)


WRITTEN = st.one_of(
    st.datetimes().map(
        lambda timestamp: f"{timestamp.day:02}/{timestamp.month:02}/{timestamp.year:04} {timestamp:%H:%M:%S}"
    ),
    st.datetimes().map(
        lambda timestamp: f"{timestamp.day}/{timestamp.month}/{timestamp.year} {timestamp:%H:%M}:{timestamp.second}"
    ),
    st.datetimes().map(lambda timestamp: f"{timestamp.year:04}{timestamp:%m%d%H%M%S}"),
    st.tuples(*[st.integers(0, 99)] * 6).map(lambda p: "{:02}/{:02}/20{:02} {:02}:{:02}:{:02}".format(*p)),
    st.integers(-(10**6), 10**18).map(str),
    st.integers(0, 10**12).map(lambda count: f"{count / 100}"),
    st.sampled_from(
        ["", " 1635643800", "1635643800 ", "soon", "0000000001", "\u0661\u0662", "1e9", "31/10/2021  01:30:00"]
    ),
    st.text(max_size=12),
    st.none(),
)
FORMS = [
    "epoch",
    "epoch_ms",
    "epoch_us",
    "%d/%m/%Y %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%m/%d/%y",
    "%d/%m/%Y %H:%M:%S%z",
    "%d/%m",
]


@settings(deadline=None, max_examples=examples(300))
@given(st.lists(WRITTEN, max_size=8), st.sampled_from(FORMS))
def test_a_column_is_converted_like_its_single_times(texts, form):
    assert to_iso_column(pa.array(texts, pa.string()), form).to_pylist() == [to_iso(text, form) for text in texts]


ZONED = {
    ("Thu, 01 Jul 2021 09:11:36 GMT", "%a, %d %b %Y %H:%M:%S %Z"): "2021-07-01T09:11:36Z",
    ("Thu, 01 Jul 2021 09:11:36 UTC", "%a, %d %b %Y %H:%M:%S %Z"): "2021-07-01T09:11:36Z",
    ("14:31:37.268 BST Thu July 01 2021", "%H:%M:%S.%f %Z %a %B %d %Y"): "2021-07-01T13:31:37.268000Z",
    ("2021-07-01 09:11:36 CEST", "%Y-%m-%d %H:%M:%S %Z"): "2021-07-01T07:11:36Z",
    ("01/07/2021 09:11 EST", "%d/%m/%Y %H:%M %Z"): "2021-07-01T14:11:00Z",
    ("2021-07-01 09:11:36 IST", "%Y-%m-%d %H:%M:%S %Z"): "2021-07-01 09:11:36 IST",
    ("2021-07-01 09:11:36 XYZ", "%Y-%m-%d %H:%M:%S %Z"): "2021-07-01 09:11:36 XYZ",
    ("2021-07-01 09:11:36", "%Y-%m-%d %H:%M:%S %Z"): "2021-07-01 09:11:36",
    ("2021-07-01 09:11:36 ", "%Y-%m-%d %H:%M:%S %Z"): "2021-07-01 09:11:36 ",
}


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "America/New_York", "Asia/Kolkata"])
def test_the_name_of_a_zone_means_the_same_on_every_machine(zone):
    program = (
        "import json, sys; from ringback.sources.fields.time_formats import to_iso; "
        "print(json.dumps([to_iso(*one) for one in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(list(ZONED)), env=os.environ | {"TZ": zone},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == list(ZONED.values())


def test_a_column_of_times_with_zones_is_read_as_its_texts_are():
    form = "%Y-%m-%d %H:%M:%S %Z"
    texts = [text for text, one in ZONED if one == form]
    assert to_iso_column(pa.array(texts), form).to_pylist() == [ZONED[text, form] for text in texts]


def test_zeros_among_seconds_since_1970_do_not_hide_the_format():
    assert guess_time_format(["1635643800", "0", "1635643861"]) == "epoch"
    assert guess_time_format(["0", "0"]) is None
