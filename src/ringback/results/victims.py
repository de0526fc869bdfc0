"""Answers about people: the list of victims, and why one number is or is not on it. Every answer is logged first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import ringback
from ringback import schemas as t
from ringback.case.case_file import CaseFile
from ringback.case.integrity import find_run_damage
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_number, mask_numbers
from ringback.numbers.reader import read_number
from ringback.pipeline.fingerprint import fingerprint
from ringback.pipeline.knowledge import as_far_as_known
from ringback.pipeline.steps import VIEWS, define_views
from ringback.records.audit import AuditEntry
from ringback.reporting.figures import plain_value
from ringback.reporting.funnel import reason_label
from ringback.results.list_files import ListAbout, check_list, write_list
from ringback.results.results import Results
from ringback.stages.call_tally import asked
from ringback.stages.calls import decided_rows
from ringback.stages.funnel import call_outcome
from ringback.stages.rules import Rule
from ringback.stages.victims import victims

ORIGIN_COLUMNS = ("first_exhibit", "first_table", "first_row")


@contextmanager
def open_results(case_file: CaseFile, *, checked: RunStore | None = None) -> Iterator[Results]:
    """The results of the run that counts.

    Args:
        case_file: The case.
        checked: The tables of a run that this process has just made or checked; they are not hashed once more.

    Raises:
        RingbackError: `run_none`, `run_damaged` when a table is not what the run saved, or `run_other_version` when
            an earlier version of the program made it and saved other tables.
    """
    store = RunStore(case_file.case.get_current_run())
    if checked is None or checked.folder != store.folder:
        damaged = find_run_damage(case_file, store) if store.is_finished else ["manifest"]
    else:
        damaged = []
    if damaged:
        raise RingbackError("run_damaged", table=", ".join(damaged), run=store.folder.name)
    settings = case_file.settings
    with DuckDBEngine(store, memory_limit=settings.memory_limit, threads=settings.workers) as engine:
        define_views(engine)
        views = {step.table for step in VIEWS}
        if any(not store.part_names(one.name) for one in t.TABLES if one not in views):
            raise RingbackError("run_other_version", run=store.folder.name, path=case_file.case.path)
        outdated = store.folder.name != fingerprint(case_file, case_file.dial_plan(), case_file.exhibits)
        yield Results(case_file, store, engine, outdated)


def find_victims(results: Results, rule: Rule) -> pa.Table:
    """The victims under a rule, which need not be the one the run alerted by. Returns VICTIMS."""
    engine = results.engine
    if rule.key == results.store.facts["rule"]:
        return engine.rows(lambda m: m.victims.order_by("called_number"))
    return engine.rows(lambda m, rule: victims(m.calls, m.account_subjects, rule=rule), rule)


def count_victims(results: Results, rule: Rule, *, why: str) -> int:
    """How many victims there are under a rule. The look is logged."""
    count = int(find_victims(results, rule).num_rows)
    facts = {"run": results.store.folder.name, "rule": rule.key, "numbers": count}
    results.case_file.log.add("victims_counted", why=why, facts=facts)
    return count


def write_victims(
    results: Results, path: Path, *, rule: Rule, format_: str, why: str, origin: bool = True, who: str = ""
) -> int:
    """Write the list of victims, readable by its owner alone; returns how many. The disclosure is logged first.

    Args:
        results: The results of a run.
        path: Where to; must not exist.
        rule: Who counts as a victim.
        format_: One of `list_files.LIST_FORMATS`.
        why: Why the list is needed.
        origin: Whether to say in which exhibit and row the first call stood.
        who: The staff member who asks; '' for the operating system's user.

    Raises:
        RingbackError: `output_exists`, `output_unwritable`, `list_too_long` or `disk_full`.
    """
    found = find_victims(results, rule)
    check_list(path, format_, found.num_rows)
    if not origin:
        found = found.drop_columns(list(ORIGIN_COLUMNS))
    facts = {
        "run": results.store.folder.name,
        "rule": rule.key,
        "numbers": found.num_rows,
        "file": mask_numbers(path.name),
    }
    entry = results.case_file.log.add("victims_listed", why=why, facts=facts, who=who)
    write_list(path, found, format_, _about(results, rule, entry, numbers=found.num_rows))
    return int(found.num_rows)


def _about(results: Results, rule: Rule, entry: AuditEntry, *, numbers: int) -> ListAbout:
    """What a workbook says of the list in it."""
    settings = results.case_file.case.settings
    facts: dict[str, object] = {f"READ THIS FIRST ({at})": alarm for at, alarm in enumerate(results.alarms, 1)}
    facts |= {
        "case": mask_numbers(settings.name),
        "case id": settings.id,
        "synthetic": "yes: made-up records" if results.is_synthetic else "no",
        "run": results.store.folder.name,
        "run is outdated": "yes: the case has changed since" if results.is_outdated else "no",
        "rule": rule.key,
        "who counts": as_far_as_known(rule.words, results.gaps),
        "numbers": numbers,
        "written at (UTC)": entry.at,
        "written by": entry.who,
        "why": entry.why,
        "audit entry": entry.seq,
        "audit head": entry.hash,
        "ringback": ringback.__version__,
    }
    return ListAbout(results.store.facts["time_zone"], {name: _masked(value) for name, value in facts.items()})


def _masked(value: object) -> object:
    return mask_numbers(value) if isinstance(value, str) and " " in value else value


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
    """A call as it is shown: its outcome in words, and no number in what the site wrote."""
    words = {"account": mask_numbers(call["account"] or ""), "origin_table": mask_numbers(call["origin_table"])}
    kept = {name: value for name, value in call.items() if name not in ("rejected", "step", "reason")}
    return kept | words | {"outcome": _outcome(call) or "meets the rule's threshold"}


def _outcome(call: dict[str, Any]) -> str:
    """Why a seized row is no call, or where the call fell out, in words; '' where it meets the rule's threshold."""
    if call["rejected"]:
        return reason_label("", call["rejected"])
    return reason_label(call["step"], call["reason"]) if call["step"] else ""


def _possible_calls(results: Results, e164: str) -> int:
    """Seized rows whose number stayed ambiguous and may have been this one."""
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
