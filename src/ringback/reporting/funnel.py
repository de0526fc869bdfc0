"""The funnel as people read it, and the proof that it adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.errors import RingbackError

LABELS = {
    "read": "Rows of call tables that could be read",
    "calls": "Calls, each once, in the life of the site",
    "readable": "Called number read for certain",
    "connected": "Answered",
    "uk": "To a UK number",
    "people": "To a person (own numbers counted apart)",
    "over_threshold": "Longer than the rule's threshold",
    "distinct": "Distinct numbers",
    "textable": "UK mobiles, which can be texted",
    "attributed": "Called by an account tied to an identified subject",
}
REASONS = {
    "bad_time": "no readable time",
    "outside_period": "outside the life of the site",
    "other_leg": "second leg of a call that is there already",
    "inbound": "call that reached an account, and was not made by it",
    "duplicate": "repetition of a row that is there already",
    "ambiguous": "more than one reading of the number is possible",
    "empty": "no called number",
    "withheld": "called number withheld",
    "eaten_by_spreadsheet": "digits lost in a spreadsheet",
    "invalid": "no valid number",
    "not_a_number": "not a number",
    "too_short": "too short",
    "too_long": "too many digits",
    "short_code": "a short code",
    "talk_time_unknown": "talk time unknown",
    "not_answered": "not answered",
    "abroad": "number abroad (partner referral)",
    "crown_dependency": "Crown Dependency (partner referral)",
    "own_number_of_account": "an account's own number",
    "own_number_of_subject": "a subject's own number",
    "own_number_of_site": "the site's own number",
    "own_number_of_organisation": "an organisation's own number",
    "further_call_to_the_same_number": "a further call to a number counted once",
    "landline": "landline (outreach list, never a text)",
    "no_identified_subject": "no account tied to an identified subject",
    "field_count": "wrong number of fields",
    "torn_last_row": "torn last row",
    "repeated_header": "the header once more",
    "other_header": "a header with other columns",
    "type_line": "the types of the columns",
    "ruled_line": "dashes below the header",
    "nul_bytes": "broken off by NUL bytes",
    "line_too_long": "line too long to be a row",
    "object_too_long": "object too long to be a row",
    "torn_statement": "torn statement",
    "bad_json": "not valid JSON",
    "lost_to_damage": "lost in a damaged part of the exhibit",
}
# "too_short" has two meanings: of a number, and of a call.
_STEP_REASONS = {("over_threshold", "too_short"): "not longer than the threshold"}


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step: what came in, what was kept, and what fell out for which reason."""

    step: str
    label: str
    unit: str
    rows_in: int
    kept: int
    fell_out: list[tuple[str, int]] = field(default_factory=list)


def reason_label(step: str, reason: str) -> str:
    """A reason in words; an unknown one is shown as its code, without underscores."""
    return _STEP_REASONS.get((step, reason), REASONS.get(reason, reason.replace("_", " ")))


def build_funnel(
    rows: Iterable[Mapping[str, Any]], *, rows_seen: int, rows_read: int, unread: Mapping[str, int]
) -> list[FunnelStep]:
    """The steps in order, after checking that every one adds up.

    Args:
        rows: FUNNEL, ordered.
        rows_seen: Rows of call tables in the exhibits.
        rows_read: Rows that the readers kept.
        unread: Rows that they rejected, by reason.

    Raises:
        RingbackError: `run_unreconciled` for the first step whose rows in are not kept plus fallen out.
    """
    first = [(reason_label("read", reason), count) for reason, count in sorted(unread.items())]
    steps = [FunnelStep("read", LABELS["read"], "rows", rows_seen, rows_read, first)]
    kept: dict[str, int] = {}
    units: dict[str, str] = {}
    outcomes: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        units[row["step"]] = row["unit"]
        if row["outcome"] == "kept":
            kept[row["step"]] = row["count"]
        elif row["count"]:
            label = reason_label(row["step"], row["outcome"])
            outcomes.setdefault(row["step"], []).append((label, row["count"]))
    for step, count in kept.items():
        before = steps[-1].kept
        steps.append(FunnelStep(step, LABELS[step], units[step], before, count, outcomes.get(step, [])))
    for one in steps:
        fell_out = sum(count for _label, count in one.fell_out)
        if one.rows_in != one.kept + fell_out:
            raise RingbackError(
                "run_unreconciled", step=one.step, rows_in=one.rows_in, kept=one.kept, fell_out=fell_out
            )
    return steps


def funnel_as_dicts(steps: Iterable[FunnelStep]) -> list[dict[str, Any]]:
    """The steps for JSON."""
    return [
        {
            "step": one.step,
            "label": one.label,
            "unit": one.unit,
            "in": one.rows_in,
            "kept": one.kept,
            "fell_out": [{"reason": reason, "count": count} for reason, count in one.fell_out],
        }
        for one in steps
    ]
