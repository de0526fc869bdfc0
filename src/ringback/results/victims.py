"""The list of victims: counted, and written to a file. Each answer is logged first."""

from pathlib import Path

import pyarrow as pa

import ringback
from ringback.numbers.masking import mask_numbers
from ringback.pipeline.knowledge import as_far_as_known
from ringback.records.audit import AuditEntry
from ringback.results.list_files import ListAbout, check_list, write_list
from ringback.results.results import Results
from ringback.stages.rules import Rule
from ringback.stages.victims import victims

ORIGIN_COLUMNS = ("first_exhibit", "first_table", "first_row")


def find_victims(results: Results, rule: Rule) -> pa.Table:
    """The victims under a rule, which need not be the rule of the run. Returns VICTIMS."""
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
    """What a workbook says about its list."""
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
