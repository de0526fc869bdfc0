"""What a reader of the results must know first: alarms, which may mean that people are missing, and notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringback.engine.duckdb import DuckDBEngine
from ringback.pipeline.call_findings import ALARMING_SHARE, find_reading_alarms
from ringback.pipeline.knowledge import Gap
from ringback.schemas import ANSWERED
from ringback.stages import findings as counts
from ringback.stages.subjects import STATUSES

_MOST_NAMES = 40
# This many answered calls without a long one are no accident; this share of unread own numbers, no typing error.
_MANY_ANSWERED = 50
_UNREAD_OWN_SHARE = 0.02
# Notes on columns that were read because they stand beside the numbers, by field.
_BESIDE = {
    "direction": "the direction of calls was read from {column}; inbound calls are no calls to people",
    "country_code": "the countries of the numbers called were read from {column}",
}
# Signs that a setting is wrong, as `unread_calls` counts them.
_SIGNS = {
    "no_number": (
        "called numbers that are no numbers under the dial plan; see the reasons in the funnel, and check the mapping"
        " and [dial_plan] in case.toml"
    ),
    "ambiguous": "called numbers with more than one reading; check [dial_plan] in case.toml",
    "untimed": (
        "talk times that could not be read; if they are in a unit or form of their own, say so in case.toml:"
        " [tables.calls] duration_unit"
    ),
    "not_answered": "talk time, but a disposition that does not say answered",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """Alarms end a run with exit code 1; notes do not."""

    alarms: list[str]
    notes: list[str]


def find_findings(engine: DuckDBEngine, gaps: Sequence[Gap]) -> Findings:
    """Everything to know about a run before its figures are used, in words.

    Args:
        engine: The run's tables.
        gaps: What no exhibit says about who is a victim and who is not.
    """
    notes: list[str] = []
    facts = engine.store.facts
    # Gaps come first: until it is known who is not a victim, nobody should decide whom to warn.
    alarms = [gap.words for gap in gaps]
    for note in facts["reading"].values():
        alarms += note["damage"]
        if note["set_aside"]:
            notes.append(f"exhibit {note['exhibit']} was set aside and not read: {note['set_aside']}")
        if note["passed_over"]:
            notes.append(
                f"exhibit {note['exhibit']}: tables that the mapping does not name were passed over:"
                f" {_listed(note['passed_over'])}"
            )
        notes += [
            f"exhibit {note['exhibit']}: {_BESIDE[name].format(column=f'{table}.{column}')}"
            for table, name, column in note["beside"]
        ]
        notes += [
            f"exhibit {note['exhibit']}: {count:,} of its files were passed over ({what}), such as {first}"
            for what, (count, first) in note.get("unread_files", {}).items()
        ]
        notes += [
            f"exhibit {note['exhibit']}: {count:,} values of {field} hold bytes that are no text in its encoding;"
            " name the encoding in case.toml if they matter"
            for field, count in note["bad_encoding"].items()
        ]
        notes += [f"exhibit {note['exhibit']}, {remark}" for remark in note.get("remarks", ())]
    answered = facts.get("answered")
    alarms += find_reading_alarms(facts["reading"], answered=frozenset(answered or ANSWERED), told=answered is not None)
    alarms += _unread_times(engine) + _unread_calls(engine) + _nobody_talked_long(engine)
    alarms += _unread_own_numbers(engine) + _unattributable(engine)
    return Findings(alarms, notes + _clock_changes(engine))


def _listed(names: list[str]) -> str:
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {rest:,} more" if rest > 0 else "")


def _unread_times(engine: DuckDBEngine) -> list[str]:
    return [
        f"exhibit {one['exhibit']}: {one['bad']:,} of {one['rows']:,} call rows have no readable time; if its times are"
        " written in a form of their own, name it in case.toml: [tables.calls] time_format"
        for one in engine.dicts(lambda m: counts.unread_times(m.call_tally, m.rejected_rows))
        if one["bad"] >= ALARMING_SHARE * one["rows"]
    ]


def _unread_calls(engine: DuckDBEngine) -> list[str]:
    """Signs that so many calls of an exhibit share that a setting is more likely wrong than the calls."""
    return [
        f"exhibit {one['exhibit']}: {one[sign]:,} of {one['calls']:,} calls have {words}"
        for one in engine.dicts(lambda m: counts.unread_calls(m.call_tally))
        for sign, words in _SIGNS.items()
        if one[sign] >= ALARMING_SHARE * one["calls"]
    ]


def _unattributable(engine: DuckDBEngine) -> list[str]:
    """Why no account can be tied to an identified subject, if that is so, and statuses that are not known."""
    if not engine.store.rows("raw_subjects"):
        return []
    found = [
        f"subjects have a status that counts as not identified: {one['status']} (known: {', '.join(STATUSES)})"
        for one in engine.dicts(lambda m: counts.unknown_statuses(m.raw_subjects, STATUSES))
    ]
    found += _accounts_written_otherwise(engine)
    if not engine.dicts(lambda m: counts.identified_callers(m.account_subjects, m.accounts)):
        found.append("no account of an identified subject made a call: check that accounts are written alike")
    return found


def _nobody_talked_long(engine: DuckDBEngine) -> list[str]:
    """An alarm if many people answered and none talked for long: a wrong unit is likelier than a strange panel."""
    counted = engine.dicts(lambda m: counts.answered_calls(m.call_tally))[0]
    if counted["calls"] < _MANY_ANSWERED or counted["over"]:
        return []
    return [
        f"{counted['calls']:,} calls were answered, and none is longer than the rule's threshold; look at the column of"
        " talk times and at its unit: [tables.calls] duration_unit in case.toml"
    ]


def _unread_own_numbers(engine: DuckDBEngine) -> list[str]:
    """An alarm if own numbers could not be read: the people who have them may then be listed."""
    counted = engine.dicts(lambda m: counts.unread_numbers(m.readings))[0]
    bad, every = counted["bad"], counted["every"]
    if not bad or bad < _UNREAD_OWN_SHARE * every:
        return []
    return [
        f"{bad:,} of {every:,} numbers of account holders, subjects and the site could not be read, so whoever has"
        " them may be listed; look at contact_number, and split cells that hold two numbers"
    ]


def _accounts_written_otherwise(engine: DuckDBEngine) -> list[str]:
    """An alarm if accounts of calls match a subject's but for capital letters, leading noughts or a trailing `.0`."""
    subjects = {one["account"] for one in engine.dicts(lambda m: m.account_subjects.select("account"))}
    plain = {_plain_account(one) for one in subjects}
    made = {one["account"] for one in engine.dicts(lambda m: counts.calling_accounts(m.accounts))}
    alike = [one for one in made - subjects if one and _plain_account(one) in plain]
    if not alike:
        return []
    return [
        f"{len(alike):,} accounts that made calls are written almost like those of subjects, and so are not tied to"
        " them (capital letters, leading noughts, a trailing .0): write them alike, or add them to subjects.csv"
    ]


def _plain_account(text: str) -> str:
    return text.strip().casefold().removesuffix(".0").lstrip("0")


def _clock_changes(engine: DuckDBEngine) -> list[str]:
    counted = engine.dicts(lambda m: counts.calls_by_reading_of_start(m.call_tally))
    found = {one["started_reading"]: one["calls"] for one in counted}
    words = {
        "repeated": "started in an hour that the clock change made happen twice; they were read as its first pass",
        "skipped": "started in an hour that the clock change left out; they were read by the offset before it",
    }
    return [f"{found[reading]:,} calls {text}" for reading, text in words.items() if found.get(reading)]
