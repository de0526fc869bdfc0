"""Ties reports to calls as docs/explanation/how-reports-are-tied-to-calls.md says it, in plain Python, pair by pair.

Written from that page alone, and with the points and windows that stand in its tables: where the page and the program
say different things, a test fails.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "how-reports-are-tied-to-calls.md"
LONDON = ZoneInfo("Europe/London")
PARTS_OF_DAY = {"morning": range(5, 12), "afternoon": range(12, 17), "evening": range(17, 22)}
BANDS = ["under_1", "minutes_1_5", "minutes_5_15", "minutes_15_60", "over_60"]


def _cells():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


POINTS = {cells[1]: int(cells[2]) for cells in _cells() if len(cells) == 4 and cells[2].lstrip("-").isdigit()}
WINDOWS = {
    cells[0]: (int(cells[1]), int(cells[2]))
    for cells in _cells()
    if len(cells) == 3 and cells[1].isdigit() and cells[2].isdigit()
}


@dataclass
class Pair:
    """One report and one call that it may be about: the reasons, by part."""

    report: str
    call: dict
    reasons: dict = field(default_factory=dict)

    @property
    def call_points(self):
        return sum(POINTS[code] for part, code in self.reasons.items() if code and part != "number")

    @property
    def number_points(self):
        return POINTS[self.reasons["number"]]


def tie(reports, calls, last_day):
    """What comes of every report: {report: (outcome, reason, number, points, next points, calls)} and all pairs.

    Args:
        reports: Rows of REPORTS.
        calls: Rows of CALLS, numbers without a plus.
        last_day: Last day of the site's life.
    """
    outcomes, pairs = {}, []
    for report in reports:
        mine = list(_pairs(report, calls, last_day))
        numbers = {}
        for pair in mine:
            numbers.setdefault(pair.call["called_number"], []).append(pair)
        points = {
            number: max(pair.call_points for pair in found) + found[0].number_points
            for number, found in numbers.items()
        }
        kept = {
            number: value
            for number, value in points.items()
            if value >= 7 or numbers[number][0].reasons["number"] in ("text", "number_exact", "number_exact_other")
        }
        ranked = sorted(kept, key=lambda number: (-kept[number], number))
        pairs += [(pair, ranked.index(number) + 1, kept[number]) for number in ranked for pair in numbers[number]]
        outcomes[report["report"]] = _outcome(report, ranked, kept, numbers)
    return outcomes, pairs


def _outcome(report, ranked, kept, numbers):
    best = ranked[0] if ranked else None
    points = kept.get(best)
    after = kept[ranked[1]] if len(ranked) > 1 else None
    count = len(numbers[best]) if ranked else 0
    if report["number_digest"] is not None:
        number = best if best is not None else int(report["called_number"])
        return "certain", "text", number, POINTS["text"] if points is None else points, after, count
    if report["called_number"] is None and report["one_short"] is None:
        return "for_a_person", "no_number", None, None, None, 0
    if best is None:
        return "not_in_the_calls", "no_call", None, None, None, 0
    reason = "agrees"
    if points < 13:
        reason = "weak"
    if after is not None and points - after < 10:
        reason = "ambiguous"
    if numbers[best][0].call["own"] is not None:
        reason = "own_number"
    return "likely" if reason == "agrees" else "for_a_person", reason, best, points, after, count


def _pairs(report, calls, last_day):
    for call in calls:
        number = call["called_number"]
        how = None
        if report["number_digest"] is not None:
            how = "text" if number is not None and int(report["called_number"]) == number else None
        elif report["called_number"] is not None and number is not None:
            how = _slip(report["called_number"][1:], str(number))
        elif report["one_short"] is not None and number is not None:
            how = "digit_missing" if _is_one_more(str(report["one_short"]), str(number)) else None
        if how and how != "text" and report["whose"] not in ("own", None):
            how += "_other"
        if how:
            reasons = {"number": how}
            reasons["day"] = _day(report, call, last_day)
            reasons["time"] = _time(report, call)
            reasons["shown"] = _shown(report, call)
            reasons["organisation"] = None if reasons["shown"] == "shown_same" else _organisation(report, call)
            reasons["talk"] = _talk(report, call)
            yield Pair(report["report"], call, reasons)


def _is_one_more(short, called):
    """Whether taking one digit behind the 7 out of a UK mobile makes the one that was typed."""
    return called.startswith("447") and any(
        called[:place] + called[place + 1 :] == short for place in range(3, len(called))
    )


def _slip(typed, called):
    if typed == called:
        return "number_exact"
    if len(typed) != len(called) or len(typed) < 10:
        return None
    at = [place for place in range(len(typed)) if typed[place] != called[place]]
    if at[0] < len(typed) - 9:
        return None
    if len(at) == 1:
        return "digit_wrong"
    swapped = len(at) == 2 and at[1] == at[0] + 1 and typed[at[0]] == called[at[1]] and typed[at[1]] == called[at[0]]
    return "digits_swapped" if swapped else None


def _local(call):
    return call["started_at"].astimezone(LONDON)


def _day(report, call, last_day):
    day = _local(call).date()
    told, code = report["called_on"], None
    if told is not None:
        sure = report["called_on_sure"] or "unsure"
        near, window = WINDOWS[sure]
        off = (told - day).days
        end = _day_start(last_day + timedelta(days=1))
        is_old = call["started_at"] < end - timedelta(days=3 * 365)
        if (off < 0 and not is_old) or (off > 0 and is_old):
            window *= 2
        if off == 0 and f"{sure}_same" in POINTS:
            code = f"{sure}_same"
        elif abs(off) <= near:
            code = f"{sure}_near"
        elif abs(off) <= window:
            code = f"{sure}_window"
        else:
            code = f"{sure}_outside"
    if report["statement_on"] is not None:
        after = (report["statement_on"] - day).days
        other = "statement_days" if 0 <= after <= 2 else "statement_week" if 3 <= after <= 7 else None
        if other and (code is None or POINTS[other] > POINTS[code]):
            code = other
    return code


def _day_start(day):
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def _second(call):
    return int((call["started_at"] - _day_start(_local(call).date())).total_seconds() // 1)


def _time(report, call):
    second = _second(call)
    if report["called_at"] is not None:
        apart = abs(report["called_at"] - second)
        apart = min(apart, 86_400 - apart)
        return "time_same" if apart <= 3_600 else "time_near" if apart <= 10_800 else "time_other"
    part = report["part_of_day"]
    hours = PARTS_OF_DAY.get(part, [22, 23, 0, 1, 2, 3, 4] if part == "night" else None)
    if hours is None:
        return None
    begins, ends = hours[0] * 3_600, (hours[-1] + 1) * 3_600
    if second // 3_600 % 24 in hours:
        return "part_same"
    before, past = (begins - second) % 86_400, (second - ends) % 86_400
    return "part_edge" if before <= 3_600 or past < 3_600 else "part_other"


def _shown(report, call):
    if report["shown_number"] is None or call["presentation_number"] is None:
        return None
    return "shown_same" if int(report["shown_number"]) == call["presentation_number"] else "shown_other"


def _organisation(report, call):
    if report["claimed"] is None:
        return None
    if call["organisation"] is None:
        return "organisation_none"
    return "organisation_same" if call["organisation"] == report["claimed"] else "organisation_other"


def _talk(report, call):
    seconds = call["duration_s"]
    if seconds is None:
        return None
    if not call["connected"]:
        return "talk_not_answered"
    if report["talk_time"] not in BANDS:
        return "talk_answered"
    band = sum(seconds >= first for first in (60, 300, 900, 3_600))
    told = BANDS.index(report["talk_time"])
    if band == told:
        return f"talk_{BANDS[band]}"
    return "talk_next" if abs(band - told) == 1 else "talk_other"
