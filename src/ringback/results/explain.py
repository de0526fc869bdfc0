"""Why one number is, or is not, on the list of victims: its readings and the calls to it. Each look is logged first."""

from typing import Any

import pyarrow.compute as pc

from ringback import schemas as t
from ringback.numbers.masking import mask_number, mask_numbers
from ringback.numbers.reader import read_number
from ringback.reporting.figures import plain_value
from ringback.reporting.funnel import reason_label
from ringback.results.results import Results
from ringback.results.victims import find_victims
from ringback.stages.call_tally import asked
from ringback.stages.calls import decided_rows
from ringback.stages.funnel import call_outcome
from ringback.stages.rules import Rule


def explain_number(results: Results, raw: str, *, rule: Rule, why: str, who: str = "") -> dict[str, Any]:
    """Why a number is, or is not, among the victims: its reading, every call to it, and where each fell out.

    The look is logged with the number's keyed digest; the number itself comes back masked.

    Args:
        results: The results of a run.
        raw: The number as somebody typed it.
        rule: Who counts as a victim.
        why: Why somebody asks.
        who: The staff member who asks; '' for the operating system's user.

    Raises:
        RingbackError: `key_missing`.
    """
    case_file = results.case_file
    reading = read_number(raw, case_file.dial_plan())
    key = case_file.key()
    asked = [key.digest(option.e164) for option in reading.options] or [key.digest(raw)]
    facts = {"run": results.store.folder.name, "numbers": asked}
    case_file.log.add("number_explained", why=why, facts=facts, who=who)
    answer: dict[str, Any] = {
        "number": mask_number(raw),
        "rule": rule.key,
        "not_known": [gap.words for gap in results.gaps],
        "reason_unread": reading.reason,
        "readings": [
            _explain_reading(results, option.e164, rule)
            | {"how": option.how, "kind": option.kind, "region": option.region}
            for option in reading.options
        ],
    }
    return answer


def _explain_reading(results: Results, e164: str, rule: Rule) -> dict[str, Any]:
    engine = results.engine
    rows = decided_rows(engine.table(t.PARSED_CALLS), engine.table(t.ADJUSTED_ROWS))
    mine = asked(rows.filter(rows.called_number == int(e164.removeprefix("+"))), rule)
    outcome = call_outcome(mine, rule)
    shown = mine.select(
        "started_at", "account", "organisation", "duration_s", "called_kind", "exhibit", "origin_table", "origin_row",
        "rejected", step=outcome.step, reason=outcome.reason,
    ).order_by("started_at", "exhibit", "origin_table", "origin_row")  # fmt: skip
    calls = [plain_value(row) for row in engine.dicts(shown)]
    found = find_victims(results, rule)
    listed = found.filter(pc.equal(found["called_number"], e164)).to_pylist()
    ambiguous = _possible_calls(results, e164)
    verdict = listed[0]["reason"] if listed else _verdict(calls, rule, possible=ambiguous)
    return {
        "number": mask_number(e164),
        "victim": bool(listed),
        "verdict": verdict,
        "calls": [_shown_call(call) for call in calls],
        "possible_calls": ambiguous,
    }


def _shown_call(call: dict[str, Any]) -> dict[str, Any]:
    """A call as it is shown: with its outcome in words, and numbers masked in the texts of the site."""
    words = {"account": mask_numbers(call["account"] or ""), "origin_table": mask_numbers(call["origin_table"])}
    kept = {name: value for name, value in call.items() if name not in ("rejected", "step", "reason")}
    return kept | words | {"outcome": _outcome(call) or "meets the rule's threshold"}


def _outcome(call: dict[str, Any]) -> str:
    """Why a seized row is no call, or where the call fell out, in words; '' where it meets the rule's threshold."""
    if call["rejected"]:
        return reason_label("", call["rejected"])
    return reason_label(call["step"], call["reason"]) if call["step"] else ""


def _possible_calls(results: Results, e164: str) -> int:
    """How many seized rows have a number that stayed ambiguous and may be this one."""
    engine = results.engine
    options, parsed, adjusted = (engine.table(table) for table in (t.READING_OPTIONS, t.PARSED_CALLS, t.ADJUSTED_ROWS))
    texts = options.filter(options.e164 == e164).select(text="raw").distinct()
    rows = parsed.filter(parsed.needs_review)
    rows = rows.semi_join(texts, rows.called_raw == texts.text).select("row_id")
    unclear = adjusted.filter(adjusted.called_ambiguous, adjusted.rejected.isnull())
    return int(engine.rows(unclear.semi_join(rows, "row_id").count().as_table())[0][0].as_py())


def _verdict(calls: list[dict[str, Any]], rule: Rule, *, possible: int) -> str:
    if not calls and not possible:
        return "no seized call to this number could be read"
    if not calls:
        return "only calls whose number has more than one reading may have gone to this number"
    passed = [call for call in calls if not _outcome(call)]
    if not passed:
        reasons = sorted({_outcome(call) for call in calls})
        return "no call meets the rule: " + "; ".join(reasons)
    if not any(call["called_kind"] in rule.kinds for call in passed):
        return f"called long enough, but not a number that can be texted ({passed[0]['called_kind']})"
    return "called long enough, but by " + reason_label("attributed", "no_identified_subject")
