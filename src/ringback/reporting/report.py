"""The report that a detective opens: one HTML page that needs nothing else and shows no phone number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment

from ringback.numbers.masking import mask_numbers
from ringback.reporting import charts
from ringback.reporting.charts import Chart
from ringback.reporting.drawing import NARROW, WIDE
from ringback.reporting.figures import MAY_BE_UNKNOWN, NOT_KNOWN
from ringback.reporting.funnel import FunnelStep
from ringback.reporting.masking import assert_no_numbers
from ringback.reporting.page_templates import page_environment
from ringback.reporting.template_memory import TemplateMemory
from ringback.reporting.wording import counted, say_moment, say_size, say_times, say_value, share
from ringback.settings import cache_dir

__all__ = ["FunnelStep", "ReportContent", "render_report"]
# The labels of figures. A figure without one is shown under its key.
LABELS = {
    "calls_total": "Calls",
    "calls_connected": "Calls that were answered",
    "uk_calls": "Calls to the UK",
    "uk_calls_over_minute": "UK calls over a minute",
    "uk_people_over_minute": "UK people called for over a minute",
    "numbers_to_alert": "People to warn",
    "accounts_total": "Accounts",
    "accounts_active": "Accounts that made a call",
    "revenue_gbp": "Paid to the site",
    "first_call_at": "First call",
    "last_call_at": "Last call",
    "peak_uk_people_per_minute": "UK people called in the busiest minute",
    "peak_minute": "Busiest minute",
    "calls_by_region": "Calls by country",
    "organisations_imitated": "Organisations imitated",
    "subjects_by_status_and_area": "Subjects by status and area",
}
# Breakdowns have a section of their own: the table of figures shows their first entries and points there.
_SECTIONS = {
    "calls_by_region": "calls-by-region",
    "organisations_imitated": "organisations",
    "subjects_by_status_and_area": "subjects",
}
_FIRST_ENTRIES = 3
_STATUSES = ("convicted", "charged", "arrested", "identified", "unidentified")


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything the report shows; the renderer computes no figure and reads no clock.

    Attributes:
        case_name: Name of the case.
        synthetic: Whether the records are made up.
        run_id: The run that the figures come from.
        made_at: When the report was made (aware).
        time_zone: Time zone of the case, such as Europe/London; all times are shown in it.
        ringback_version: Version of the program.
        rule: Name and version of the rule, such as over-a-minute@1.
        rule_words: The rule in plain English.
        figures: Entries of figures.json: key, value, unit, definition, period, rule, rows.
        funnel: Steps in order.
        calls_by_day: Day, calls, UK calls.
        peak_minutes: Minutes around the peak (local, naive), and people called in each.
        account_shares: Cumulative shares of accounts (busiest first) and of calls, 0 to 1.
        busiest_accounts: account, subject, status, calls, uk_people_over_minute, paid_gbp.
        exhibits: exhibit, name, bytes, sha256, rows, rejected, damage (texts).
        findings: Damage and warnings, in plain words.
        gaps: What no exhibit says about who is a victim and who is not, in plain words.
        audit_head: Head of the audit log when the report was made.
    """

    case_name: str
    synthetic: bool
    run_id: str
    made_at: datetime
    time_zone: str
    ringback_version: str
    rule: str
    rule_words: str
    figures: list[dict[str, Any]]
    funnel: list[FunnelStep]
    calls_by_day: list[tuple[date, int, int]]
    peak_minutes: list[tuple[datetime, int]]
    account_shares: list[tuple[float, float]]
    busiest_accounts: list[dict[str, Any]]
    exhibits: list[dict[str, Any]]
    findings: list[str]
    audit_head: str
    gaps: Sequence[str] = ()


def render_report(content: ReportContent) -> str:
    """Make the report: one self-contained HTML page without a phone number in it.

    Texts that come out of the seizure (logins, names of files) are masked where they look like a phone
    number. Anything else that looks like one is a fault, so no page is made.

    Args:
        content: What to show.

    Returns:
        The page; it asks nothing of the network and runs no script.

    Raises:
        ValueError: When the page would show what looks like a phone number.
    """
    html = _environment().get_template("report.html.j2").render(_view(content))
    assert_no_numbers(html, allowed=(content.run_id, content.audit_head))
    return html


@cache
def _environment() -> Environment:
    return page_environment("ringback.reporting", bytecode_cache=TemplateMemory(cache_dir()))


def _view(content: ReportContent) -> dict[str, Any]:
    """All that the template shows, in words."""
    values = {figure["key"]: figure["value"] for figure in content.figures}
    calls = _count(values, "calls_total") or 0
    return {
        "case_name": mask_numbers(content.case_name),
        "synthetic": content.synthetic,
        "headline": _headline(_count(values, "numbers_to_alert"), all_known=not content.gaps),
        "summary": _summary(values, content.time_zone),
        "findings": [mask_numbers(say_times(finding, content.time_zone)) for finding in content.findings],
        "headlines": _headline_figures(values),
        "funnel": charts.funnel(content.funnel),
        "steps": [_step_view(step) for step in content.funnel],
        "charts": _charts(content, values),
        "concentration": charts.account_shares(content.account_shares),
        "accounts": [_account_view(account, calls) for account in content.busiest_accounts],
        "subjects": _subjects_view(values.get("subjects_by_status_and_area") or []),
        "figures": [_figure_view(figure, content.time_zone) for figure in content.figures],
        "exhibits": [_exhibit_view(exhibit, content.time_zone) for exhibit in content.exhibits],
        "rule": content.rule,
        "rule_words": content.rule_words.rstrip(".") + ".",
        "run_id": content.run_id,
        "made_at": say_moment(content.made_at, content.time_zone),
        "time_zone": content.time_zone,
        "version": content.ringback_version,
        "audit_head": content.audit_head,
        "WIDE": WIDE,
        "NARROW": NARROW,
    }


def _count(values: Mapping[str, Any], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) else None


def _headline(to_warn: int | None, *, all_known: bool) -> str:
    if to_warn is None or (not to_warn and not all_known):
        return "How many people to warn is not known"
    if not to_warn:
        return "Nobody to warn"
    said = f"{counted(to_warn, 'person', 'people')} to warn"
    return said if all_known else f"{said}, as far as is known"


def _summary(values: Mapping[str, Any], zone: str) -> str:
    """Say when the calls were made, and how bad it got."""
    first, last = values.get("first_call_at"), values.get("last_call_at")
    if not first or not last:
        return "The exhibits hold no call that could be dated."
    said = f"Calls were made from {say_value(first, zone=zone)} to {say_value(last, zone=zone)}."
    peak = _count(values, "peak_uk_people_per_minute")
    if peak and values.get("peak_minute"):
        people = "1 person in the UK was" if peak == 1 else f"{peak:,} people in the UK were"
        said += f" In the busiest minute, {say_value(values['peak_minute'], zone=zone)}, {people} being called."
    return said


def _headline_figures(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The figures that people ask for first: value, label, and a share or count that helps."""

    def part(key: str, whole: str, words: str) -> str:
        one, all_of = _count(values, key), _count(values, whole)
        return f"{share(one, all_of)} {words}" if one is not None and all_of and one <= all_of else ""

    over, active = _count(values, "uk_calls_over_minute"), _count(values, "accounts_active")
    notes = {
        "numbers_to_alert": part("numbers_to_alert", "uk_people_over_minute", "of those called for over a minute"),
        "uk_people_over_minute": "" if over is None else f"in {counted(over, 'call')}",
        "calls_total": part("calls_connected", "calls_total", "were answered"),
        "uk_calls": part("uk_calls", "calls_total", "of all calls"),
        "accounts_total": "" if active is None else f"{active:,} made a call",
        "revenue_gbp": "at the value on the day" if values.get("revenue_gbp") is not None else "no exhibit says",
    }
    return [
        (_known(values[key], unit="GBP" if key == "revenue_gbp" else ""), LABELS[key], note)
        for key, note in notes.items()
        if key in values
    ]


def _known(value: object, *, unit: str = "", zone: str = "UTC") -> str:
    return NOT_KNOWN if value is None else say_value(value, unit=unit, zone=zone)


def _charts(content: ReportContent, values: Mapping[str, Any]) -> list[Chart]:
    return [
        charts.calls_by_day(content.calls_by_day),
        charts.peak_minutes(content.peak_minutes, time_zone=content.time_zone),
        charts.calls_by_region(values.get("calls_by_region") or []),
        charts.organisations(values.get("organisations_imitated") or []),
    ]


def _step_view(step: FunnelStep) -> dict[str, Any]:
    lost = step.rows_in - step.kept
    return {
        "label": step.label,
        "unit": step.unit,
        "rows_in": f"{step.rows_in:,}",
        "kept": f"{step.kept:,}",
        "kept_share": share(step.kept, step.rows_in),
        "lost": f"{lost:,}",
        "lost_share": share(lost, step.rows_in),
        "reasons": [(why, f"{count:,}", share(count, step.rows_in)) for why, count in step.fell_out if count],
        "unaccounted": f"{lost - sum(count for _, count in step.fell_out):,}",
    }


def _account_view(account: Mapping[str, Any], calls: int) -> dict[str, str]:
    paid = account["paid_gbp"]
    return {
        "account": mask_numbers(str(account["account"])),
        "subject": mask_numbers(str(account["subject"] or "")) or "nobody",
        "status": str(account["status"] or ""),
        "calls": f"{account['calls']:,}",
        "share": share(account["calls"], calls),
        "people": f"{account['uk_people_over_minute']:,}",
        "paid": _known(paid, unit="GBP"),
    }


def _subjects_view(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Areas by status, with totals."""

    def area(entry: Mapping[str, Any]) -> str:
        return mask_numbers(str(entry["area"] or "")) or "not given"

    def rank(status: str) -> tuple[int, str]:
        return (_STATUSES.index(status) if status in _STATUSES else len(_STATUSES), status)

    statuses = sorted({str(entry["status"]) for entry in entries}, key=rank)
    counts = {
        name: [sum(e["subjects"] for e in entries if area(e) == name and str(e["status"]) == s) for s in statuses]
        for name in {area(entry) for entry in entries}
    }
    rows = sorted(counts.items(), key=lambda row: (-sum(row[1]), row[0]))
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    return {
        "statuses": statuses,
        "rows": [(name, [f"{n:,}" for n in row], f"{sum(row):,}") for name, row in rows],
        "totals": [f"{n:,}" for n in totals],
        "total": f"{sum(totals):,}",
    }


def _figure_view(figure: Mapping[str, Any], zone: str) -> dict[str, str]:
    key, value, unit = figure["key"], figure["value"], str(figure["unit"] or "")
    shown, more = value, ""
    if key in _SECTIONS and isinstance(value, list) and len(value) > _FIRST_ENTRIES:
        shown, more = value[:_FIRST_ENTRIES], f"and {len(value) - _FIRST_ENTRIES:,} more"
    said = NOT_KNOWN if value is None and key in MAY_BE_UNKNOWN else say_value(shown, unit=unit, zone=zone)
    countable = isinstance(value, int | float) and not said.startswith("£")
    return {
        "key": key,
        "label": LABELS.get(key, key.replace("_", " ").capitalize()),
        "value": mask_numbers(said) if key in _SECTIONS else said,
        "unit": unit if countable else "",
        "more": more,
        "section": _SECTIONS.get(key, ""),
        "definition": say_times(str(figure["definition"]), zone),
        "period": say_value(figure["period"], zone=zone),
        "rule": str(figure["rule"] or ""),
        "rows": say_value(figure["rows"]),
    }


def _exhibit_view(exhibit: Mapping[str, Any], zone: str) -> dict[str, Any]:
    return {
        "exhibit": str(exhibit["exhibit"]),
        "name": mask_numbers(str(exhibit["name"])),
        "size": say_size(exhibit["bytes"]),
        "sha256": str(exhibit["sha256"]),
        "rows": say_value(exhibit["rows"]),
        "rejected": say_value(exhibit["rejected"]),
        "damage": [mask_numbers(say_times(text, zone)) for text in exhibit["damage"]],
    }
