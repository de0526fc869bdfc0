"""Pictures: the finding in words, the data in full, every label inside; a sentence where there is nothing."""

import re
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from reporting.content import ORGANISATIONS, REGIONS, make_content
from ringback.reporting import charts
from ringback.reporting.drawing import NARROW, WIDE
from ringback.reporting.funnel import FunnelStep

SVG = "{http://www.w3.org/2000/svg}"
NOON = datetime(2022, 3, 14, 12)  # noqa: DTZ001 - local to the case


def _all_charts():
    content = make_content()
    return [
        charts.funnel(content.funnel),
        charts.calls_by_day(content.calls_by_day),
        charts.peak_minutes(content.peak_minutes, time_zone="Europe/London"),
        charts.calls_by_region([{"region": region, "calls": calls} for region, calls in REGIONS]),
        charts.organisations([{"organisation": name, "calls": calls} for name, calls in ORGANISATIONS]),
        charts.account_shares(content.account_shares),
    ]


CHARTS = _all_charts()


def _texts(svg):
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def _bar_lengths(svg):
    """Lengths of lying bars, in drawing order: `M0,4h120v17h-120Z`."""
    paths = [node.get("d", "") for node in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    return [float(found[1]) for path in paths if (found := re.match(r"M0,[\d.]+h([\d.]+)v(?:17|19)h", path))]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_picture_is_well_formed_and_says_its_finding(chart, width):
    root = ElementTree.fromstring(chart.svg(width))
    assert root.get("role") == "img"
    assert root.get("aria-label") == f"{chart.title}. {chart.finding}"
    assert root.find(f"{SVG}title").text == root.get("aria-label")
    assert float(root.get("width")) == pytest.approx(width, abs=1)
    assert not [node for node in root.iter() if node.get("id")], "ids would clash between pictures of one page"
    assert not any(text.endswith("…") for text in _texts(chart.svg(width))), "a label was cut"


@pytest.mark.parametrize(
    "chart",
    [
        charts.funnel([]),
        charts.funnel([FunnelStep("read", "Readable rows", "rows", 0, 0, [])]),
        charts.calls_by_day([]),
        charts.calls_by_day([(date(2022, 1, 1), 0, 0)]),
        charts.peak_minutes([], time_zone="UTC"),
        charts.calls_by_region([]),
        charts.organisations([]),
        charts.account_shares([]),
        charts.account_shares([(1.0, 0.0)]),
    ],
    ids=lambda chart: chart.key,
)
def test_nothing_to_show_is_a_sentence(chart):
    assert chart.svg() == ""
    assert not chart.rows
    assert re.fullmatch(r"(There|No) .+\.", chart.finding)


def test_funnel_bars_grow_with_the_square_root():
    steps = [
        FunnelStep("read", "Readable rows", "rows", 1_000_000, 250_000, [("torn", 750_000)]),
        FunnelStep("uk", "To the UK", "calls", 250_000, 10_000, [("abroad", 240_000)]),
    ]
    chart = charts.funnel(steps)
    assert chart.finding == (
        "1,000,000 seized rows come down to 10,000 calls; most fall out at “Readable rows” (750,000 of 1,000,000)."
    )
    for width in (WIDE, NARROW):
        seized, readable, uk = _bar_lengths(chart.svg(width))
        assert readable / seized == pytest.approx(0.5, abs=0.02)
        assert uk / seized == pytest.approx(0.1, abs=0.02)
        assert {"1,000,000 rows", "250,000 rows (25.0%)", "10,000 calls (4.0%)"} <= set(_texts(chart.svg(width)))


def test_funnel_that_ends_with_nobody_is_drawn():
    chart = charts.funnel([FunnelStep("read", "Readable rows", "rows", 5, 0, [("torn", 5)])])
    assert "come down to 0 rows" in chart.finding
    assert "0 rows (0.0%)" in _texts(chart.svg())


def test_regions_are_named_topped_and_the_unplaced_come_last():
    chart = next(chart for chart in CHARTS if chart.key == "calls-by-region")
    assert chart.finding == (
        "10,000,000 calls to 15 countries: 40.0% went to the United States, 35.0% went to the United Kingdom,"
        " 1.6% could not be placed for certain."
    )
    names = [text for text in _texts(chart.svg(NARROW)) if "(" not in text or text.startswith("Others")]
    assert names[0] == "United States"
    assert names[-3:] == ["Others (3)", "More than one reading", "Could not be read"]
    assert len(names) == 15
    assert "120,000 (1.2%)" in _texts(chart.svg())
    assert len(chart.rows) == len(REGIONS)
    assert ("ZZ", "20,000", "0.2%") in chart.rows


def test_hostile_names_stay_text():
    name = "</svg><script>alert('1')</script> & \"Co\""
    chart = charts.organisations([{"organisation": name, "calls": 3}])
    assert "<script" not in chart.svg()
    assert name in ElementTree.fromstring(chart.svg()).get("aria-label")


def test_days_without_calls_are_drawn_as_none():
    days = [(date(2022, 1, 1), 10, 4), (date(2022, 1, 5), 20, 8)]
    bucket, points = charts._buckets(days)
    assert bucket == "day"
    assert points == [
        (date(2022, 1, 1), 10, 4),
        *((date(2022, 1, n), 0, 0) for n in (2, 3, 4)),
        (date(2022, 1, 5), 20, 8),
    ]
    assert charts.calls_by_day(days).finding == (
        "30 calls on 2 days, 12 of them to the UK (40.0%). The busiest day was 5 January 2022, with 20."
    )


def test_many_years_are_drawn_by_month_and_nothing_is_lost():
    days = [(date(2018, 12, 31), 1, 1), (date(2022, 2, 1), 5, 2), (date(2022, 2, 28), 7, 3)]
    bucket, points = charts._buckets(days)
    assert bucket == "month"
    assert points[0] == (date(2018, 12, 1), 1, 1)
    assert points[-1] == (date(2022, 2, 1), 12, 5)
    assert len(points) == 39
    assert charts.calls_by_day(days).title == "Calls a month"


def test_one_day_and_one_minute_can_be_drawn():
    assert _texts(charts.calls_by_day([(date(2022, 1, 1), 1, 0)]).svg())
    chart = charts.peak_minutes([(NOON, 1)], time_zone="UTC")
    assert chart.finding == "At the peak, at 12:00 on 14 March 2022, 1 person in the UK was being called in one minute."
    assert "1 person at 12:00" in _texts(chart.svg(NARROW))


@pytest.mark.parametrize("place", [0, 5, 30, 55, 60])
def test_peak_is_labelled_inside_the_picture(place):
    minutes = [(NOON + timedelta(minutes=n), 9 if n == place else 2) for n in range(61)]
    svg = charts.peak_minutes(minutes, time_zone="UTC").svg(NARROW)
    label = next(node for node in ElementTree.fromstring(svg).iter(f"{SVG}text") if "9 people" in (node.text or ""))
    x = float(re.search(r"translate\(([\d.]+)", label.get("transform"))[1])
    length = len(label.text) * 7
    left = {"start": x, "middle": x - length / 2, "end": x - length}[label.get("text-anchor")]
    assert left >= 0
    assert left + length <= NARROW - 20


def test_first_of_equal_minutes_is_the_peak():
    minutes = [(NOON + timedelta(minutes=n), 5) for n in (3, 1, 2)]
    assert "at 12:01" in charts.peak_minutes(minutes, time_zone="UTC").finding


def test_concentration_states_only_given_points():
    chart = charts.account_shares([(0.25, 0.8), (0.5, 0.9), (1.0, 1.0)])
    assert chart.finding == (
        "The busiest 25% of accounts made 80% of the calls; half of all calls came from the busiest 25%."
    )
    assert chart.rows == [("25%", "80%"), ("50%", "90%"), ("100%", "100%")]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 9, 10, 99, 1_000, 29_990, 10_000_000])
def test_labels_of_counts_are_whole_and_reach_over_the_highest(most):
    svg = charts.calls_by_day([(date(2022, 1, 1), most, 0), (date(2022, 1, 2), 0, 0)]).svg()
    counts = [int(text.replace(",", "")) for text in _texts(svg) if text.replace(",", "").isdigit()]
    assert counts == sorted(set(counts))
    assert counts[0] == 0
    assert counts[-1] >= most
    assert 2 <= len(counts) <= 8


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_area_is_as_high_as_its_counts(width):
    days = [(date(2022, 1, 1), 10, 5), (date(2022, 1, 2), 20, 0), (date(2022, 1, 3), 0, 0)]
    root = ElementTree.fromstring(charts.calls_by_day(days).svg(width))
    high = 260 if width == WIDE else 200
    paths = [node.get("d") for node in root.iter(f"{SVG}path") if node.get("d", "").endswith("Z")]
    every, uk = (re.findall(r"([\d.]+),([\d.]+)", path) for path in paths if path.count("L") == 4)
    assert [float(y) for _x, y in every] == [high / 2, 0, high, high, high]
    assert [float(y) for _x, y in uk] == [high * 3 / 4, high, high, high, high]
    assert [x for x, _y in every] == [x for x, _y in uk]
    middle, end = float(every[1][0]), float(every[2][0])
    assert middle == pytest.approx(end / 2)


@pytest.mark.parametrize("shares", [[(1.0, 1.0)], [(n / 10, n / 10) for n in range(1, 11)], [(0.001, 1.0), (1.0, 1.0)]])
def test_concentration_label_stays_inside(shares):
    for width, height in ((WIDE, 280), (NARROW, 220)):
        svg = charts.account_shares(shares).svg(width)
        label = next(
            node for node in ElementTree.fromstring(svg).iter(f"{SVG}text") if node.get("font-weight") == "bold"
        )
        x, y = map(float, re.search(r"translate\(([\d.]+),(-?[\d.]+)", label.get("transform")).groups())
        assert y - 12 >= 0
        assert y + 18 <= height
        length = 22 * 7
        assert (x - length if label.get("text-anchor") == "end" else width - 70 - x - length) >= 0
