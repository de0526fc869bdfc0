"""The figures that the public may read: a few of the run's figures, and two breakdowns of them, with their pictures.

They are those of `figures.json` of the case's newest complete run, each rounded down by the rule of `suppression`. No
exact count goes into a release: whoever steals a bundle learns no more than a reader of the page.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ringback import schemas as t
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.publishing.bundle_files import KNOWN, PICTURES
from ringback.publishing.suppression import STEP, round_down, round_total
from ringback.reporting.charts import ranked
from ringback.reporting.drawing import NARROW, WIDE, Chart
from ringback.reporting.time_bars import calls_over_time
from ringback.reporting.wording import say_times

if TYPE_CHECKING:
    from ringback.results.results import Results

# Each counts a part of the one before it, but for the last. Money and single times are never shown.
PUBLIC = (
    "calls_total",
    "uk_calls",
    "uk_calls_over_minute",
    "uk_people_over_minute",
    "numbers_to_alert",
    "peak_uk_people_per_minute",
    "accounts_total",
)
_APART = "accounts_total"
CALLS_OVER_TIME, ORGANISATIONS_SHOWN = "calls-over-time", "organisations-shown"
SIZES = {"wide": WIDE, "narrow": NARROW}
"""Each picture in two sizes, for wide screens and for phones: the name of the size, and its width in pixels."""
# With a longer life of the site than this, calls are counted by the month. It is not chosen by what was counted.
_MOST_DAYS = 62
_MOST_BARS = 12
# Periods hold days and no times, so any zone would do.
_ZONE = "Europe/London"
# Publishing must go on without a run: people have to be able to check their texts.
_NO_FIGURES = ("run_none", "run_damaged", "run_other_version", "run_unreconciled")


def figure_files(case_file: CaseFile) -> dict[str, bytes]:
    """What the public may know of the newest complete run: known.json, and the pictures.

    Without a run that can be trusted, known.json holds `no_figures` alone: the code of the error that says why.

    Args:
        case_file: The case.
    """
    # Imported here: it brings the engine, and the command that serves a bundle has no use for that.
    from ringback.results.results import open_results

    try:
        with open_results(case_file) as results:
            known = _read(results)
    except RingbackError as error:
        if error.code not in _NO_FIGURES:
            raise
        return {KNOWN: _as_json({"no_figures": error.code})}
    return {KNOWN: _as_json(known)} | picture_files(known)


def picture_files(known: Mapping[str, Any]) -> dict[str, bytes]:
    """The pictures of what known.json says, and of nothing else, by path inside a release."""
    charts = [_chart_over_time(known["calls_over_time"]), _chart_of_organisations(known["organisations"])]
    return {
        f"{PICTURES}/{chart.key}-{size}.svg": chart.svg(width).encode()
        for chart in charts
        if chart is not None
        for size, width in SIZES.items()
    }


def choose_figures(figures: Iterable[Mapping[str, Any]], *, most: int) -> list[dict[str, Any]]:
    """The public ones among the entries of figures.json, rounded down; `at_least` is None where nothing is known.

    Args:
        figures: The entries.
        most: All calls, as they are shown. No count of calls or people is shown above it, or it would tell more.
    """
    found = {one["key"]: one for one in figures}

    def shown(key: str) -> int | None:
        value = found[key]["value"]
        return None if value is None else round_down(value) if key == _APART else min(round_down(value), most)

    return [
        {
            "key": key,
            "at_least": shown(key),
            "definition": found[key]["definition"],
            "period": say_times(found[key]["period"], _ZONE),
            "rule": found[key]["rule"],
        }
        for key in PUBLIC
        if key in found
    ]


def count_over_time(days: Mapping[date, int], *, first: date, last: date) -> dict[str, Any]:
    """Calls by the day, or by the month where the life of the site is long, with their total, all as they may be shown.

    It begins and ends with a row of at least ten calls: that a first call was on a certain day would tell of one call.

    Args:
        days: Calls by day.
        first: First day of the life of the site.
        last: Its last day.

    Returns:
        by: "day" or "month"; rows: first day and calls of each; total.
    """
    by = "day" if (last - first).days < _MOST_DAYS else "month"
    counted: Counter[date] = Counter()
    for day, calls in days.items():
        counted[day if by == "day" else day.replace(day=1)] += calls
    every = list(_starts(min([first, *days]), max([last, *days]), by=by))
    shown = [(start, round_down(counted[start])) for start in every]
    busy = [place for place, (_start, calls) in enumerate(shown) if calls]
    rows = shown[busy[0] : busy[-1] + 1] if busy else []
    total = round_total(sum(days.values()), [calls for _start, calls in rows], of=len(every))
    return {"by": by, "rows": [[start.isoformat(), calls] for start, calls in rows], "total": total}


def count_organisations(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls by the organisation whose number was shown, most first; those with fewer than ten are left out.

    No total of them is shown anywhere, so none is pooled: what is left out stays unknown.
    """
    shown = [{"organisation": one["organisation"], "at_least": round_down(one["calls"])} for one in entries]
    return sorted((one for one in shown if one["at_least"]), key=lambda one: (-one["at_least"], one["organisation"]))


def _read(results: "Results") -> dict[str, Any]:
    told = results.as_dict()
    values = {one["key"]: one["value"] for one in told["figures"]}
    first, last = _life(results.store.facts["period"])
    days = {date.fromisoformat(row["day"]): row["calls"] for row in results.engine.dicts(t.CALLS_BY_DAY)}
    over_time = count_over_time(days, first=first, last=last)
    return {
        "run": told["run"],
        "run_at": results.store.facts["finished_at"],
        "outdated": results.is_outdated,
        "step": STEP,
        "figures": choose_figures(told["figures"], most=over_time["total"]),
        "calls_over_time": over_time,
        "organisations": count_organisations(values["organisations_imitated"]),
    }


def _life(period: str) -> tuple[date, date]:
    """First and last day of a run's period, as the run wrote it.

    >>> _life("2020-12-01 to 2022-11-24 (Europe/London)")
    (datetime.date(2020, 12, 1), datetime.date(2022, 11, 24))
    """
    first, _to, last = period.partition(" (")[0].partition(" to ")
    return date.fromisoformat(first), date.fromisoformat(last)


def _starts(first: date, last: date, *, by: str) -> Iterable[date]:
    if by == "day":
        yield from (first + timedelta(number) for number in range((last - first).days + 1))
        return
    begin, end = (day.year * 12 + day.month - 1 for day in (first, last))
    yield from (date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1))


def _chart_over_time(told: Mapping[str, Any]) -> Chart | None:
    rows: Sequence[tuple[date, int]] = [(date.fromisoformat(start), calls) for start, calls in told["rows"]]
    return calls_over_time(CALLS_OVER_TIME, rows, by=told["by"], least=STEP) if rows else None


def _chart_of_organisations(told: Sequence[Mapping[str, Any]]) -> Chart | None:
    rows = [(one["organisation"], one["at_least"]) for one in told[:_MOST_BARS]]
    title = "Calls that showed a number of these organisations"
    return ranked(ORGANISATIONS_SHOWN, title, rows) if rows else None


def _as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
