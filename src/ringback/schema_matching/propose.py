"""Proposes a mapping from samples of every table, given what case.toml and the preset say already."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import NumberReader
from ringback.schema_matching.account_columns import (
    account_likeness,
    accounts_confidence,
    choose_account_fields,
)
from ringback.schema_matching.call_tables import CallsReading, read_as_calls, rings_holders
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.number_columns import describe
from ringback.schema_matching.payment_tables import REQUIRED as PAYMENTS_REQUIRED
from ringback.schema_matching.payment_tables import read_as_payments
from ringback.schema_matching.preset_tables import complete_preset
from ringback.schema_matching.proposal import Proposals, RoleProposal, TableReport, field_proposals
from ringback.schema_matching.sampling import TableSample
from ringback.schema_matching.scoring import Candidate, Choice, choose
from ringback.schema_matching.table_profile import Join, SeizedTable, open_tables
from ringback.sources.mapping import SeizureMapping, project

# A table with less confidence than this is not mentioned.
_WORTH_ASKING = 0.3
# The site's own numbers are taken off the list of people to warn, so a person always has to confirm them.
_ALWAYS_ASKED = 0.85


def propose(
    samples: Sequence[TableSample], *, mapping: SeizureMapping, named: Collection[str], plan: DialPlan
) -> Proposals:
    """Propose a mapping.

    Args:
        samples: A sample of every table of every exhibit.
        mapping: The present mapping, by case.toml and its preset.
        named: Roles that case.toml names itself: they stay as they are.
        plan: How bare digits are read.
    """
    tables = open_tables(samples, NumberReader(plan))
    _leave_out_subjects(tables, mapping)
    readable = [table for table in tables if not table.has_no_header]
    settled = dict.fromkeys(named, "case.toml names it")
    completed: list[RoleProposal] = []
    misfits: dict[str, tuple[str, ...]] = {}
    taken: set[int] = set()
    for role in mapping.roles:
        of_role = [table for table in readable if (found := mapping.find_role(table.name)) and found.role == role]
        fitting = [table for table in of_role if _projected(mapping, role, table) is not None]
        if role in settled:
            taken |= {id(table) for table in of_role}
        elif role == "calls" and len(fitting) == len(of_role) and (one := _completed(of_role, mapping)):
            completed.append(one)
            settled[role] = ""
            taken |= {id(table) for table in of_role}
        elif of_role and len(fitting) == len(of_role):
            settled[role] = f"the preset reads {', '.join(table.name for table in of_role)} as it is"
            taken |= {id(table) for table in of_role if role != "accounts"}
        elif of_role:
            misfits[role] = tuple(table.name for table in of_role if table not in fitting)
    free = [table for table in readable if id(table) not in taken]
    readings = [read_as_calls(table) for table in free] if "calls" not in settled else []
    roles = completed + _roles(free, readings, settled)
    settled = {role: why for role, why in settled.items() if why}
    why_not = {id(one.table): why for one in readings if (why := _why_not(one, roles))}
    reports = tuple(_report(table, why_not.get(id(table), "")) for table in tables)
    problems = [
        f"{table.sample.exhibit}, {len(table.sample.columns)} columns: its first line looks like values, not names;"
        f" give the names in case.toml: [exhibits.{table.sample.exhibit}] header = [...]"
        for table in tables
        if table.has_no_header
    ]
    return Proposals(tuple(roles), settled, tuple(problems), reports, misfits)


def _completed(tables: Sequence[SeizedTable], mapping: SeizureMapping) -> RoleProposal | None:
    """A proposal that completes the preset; None where the preset leaves out nothing that matters."""
    for table in tables:
        if (found := complete_preset(read_as_calls(table), mapping.roles["calls"])) is not None:
            alike = [one.name for one in tables if _names(one) == _names(table)]
            return replace(found, tables=tuple(dict.fromkeys(alike)))
    return None


def _leave_out_subjects(tables: Sequence[SeizedTable], mapping: SeizureMapping) -> None:
    """Remove joins with tables of subjects: such a table is keyed by accounts, but is not the table of accounts."""
    subjects = {id(table) for table in tables if (role := mapping.find_role(table.name)) and role.role == "subjects"}
    for table in tables:
        table.joins = [join for join in table.joins if id(join.table) not in subjects]


def _why_not(reading: CallsReading, roles: Sequence[RoleProposal]) -> str:
    """Why a table was not proposed as calls, in words; "" if it was, or if it has another role."""
    name = reading.table.name
    if any(name in one.tables for one in roles):
        return ""
    return (
        "; ".join(reading.reasons) if reading.missing else f"too little speaks for calls: {'; '.join(reading.reasons)}"
    )


def _roles(free: list[SeizedTable], readings: Sequence[CallsReading], settled: dict[str, str]) -> list[RoleProposal]:
    roles: list[RoleProposal] = []
    reading = _best_reading(readings)
    if reading is not None:
        roles.append(_calls(reading, free))
        join = reading.account.join
        if join is not None and "accounts" not in settled:
            roles.append(_accounts(reading, join))
        if join is not None and "payments" not in settled:
            roles += _payments(reading, join, free)
    if "site_numbers" not in settled:
        roles += _site_numbers(free, reading)
    return roles


def _best_reading(found: Sequence[CallsReading]) -> CallsReading | None:
    readings = sorted(
        (one for one in found if one.confidence >= _WORTH_ASKING),
        key=lambda one: (-round(one.sureness, 2), -one.confidence, -one.table.sample.seen),
    )
    if not readings:
        return None
    best = readings[0]
    rivals = [one for one in readings[1:] if one.sureness >= 0.5 and _names(one.table) != _names(best.table)]
    if rivals:
        names = ", ".join(one.table.name for one in rivals)
        best = replace(
            best,
            confidence=min(best.confidence, 0.6),
            reasons=[*best.reasons, f"but {names} could be the calls too, or calls beside them"],
        )
    return best


def _calls(reading: CallsReading, free: list[SeizedTable]) -> RoleProposal:
    table = reading.table
    alike = [one for one in free if one is table or (_names(one) == _names(table) and not rings_holders(one, reading))]
    choices = reading.choices
    start = choices["started_at"].column
    return RoleProposal(
        "calls",
        tuple(dict.fromkeys(one.name for one in alike)),
        tuple(column.name for column in table.columns),
        reading.confidence,
        tuple(reading.reasons),
        field_proposals(choices.values(), reading.required),
        _formats([start, *(choices[name].column for name in ("answered_at", "ended_at") if name in choices)]),
        tuple(table.quarantined),
        sum(one.sample.seen for one in alike),
        reading.settings,
    )


def _accounts(reading: CallsReading, join: Join) -> RoleProposal:
    called = reading.choices["called_number"].column
    numbers = frozenset(number for number in called.phones.e164 if number) if called else frozenset()
    table, key = join.table, join.key
    key_choice = Candidate(key, 10.0)
    key_choice.reasons.append(f"{reading.table.name}.{join.column.name} refers to it")
    confidence = accounts_confidence(join, reading.account.choice)
    fields = [Choice("account", key_choice, confidence), *choose_account_fields(key, table, numbers)]
    created = fields[1].column
    return RoleProposal(
        "accounts",
        (table.name,),
        tuple(column.name for column in table.columns),
        confidence,
        tuple(account_likeness(table)[1]),
        field_proposals(fields, ("account",)),
        _formats([created]),
        tuple(table.quarantined),
        table.sample.seen,
    )


def _payments(reading: CallsReading, join: Join, free: list[SeizedTable]) -> list[RoleProposal]:
    found = []
    for table in free:
        if table is reading.table or table is join.table:
            continue
        choices, confidence, reasons = read_as_payments(table, join.table, join.key)
        if confidence >= 0.5 and choices["account"].column is not None:
            found.append(
                RoleProposal(
                    "payments",
                    (table.name,),
                    tuple(column.name for column in table.columns),
                    confidence,
                    tuple(reasons),
                    field_proposals(choices.values(), PAYMENTS_REQUIRED),
                    {},
                    tuple(table.quarantined),
                    table.sample.seen,
                )
            )
    found.sort(key=lambda one: -one.confidence)
    if len(found) > 1 and found[1].confidence >= 0.8:
        found[0] = replace(
            found[0],
            confidence=min(found[0].confidence, 0.6),
            evidence=(*found[0].evidence, f"but {found[1].tables[0]} could be payments too"),
        )
    return found[:1]


def _site_numbers(free: list[SeizedTable], reading: CallsReading | None) -> list[RoleProposal]:
    """A table whose name says that it holds the site's own numbers. Values cannot show that: targets look the same."""
    called = reading.choices["called_number"].column if reading else None
    people = {number for number in called.phones.e164 if number} if called else set()
    for table in free:
        phones = [column for column in table.columns if column.is_phone and column.phones.variety >= 0.9]
        if "site_numbers" not in table.hints or len(phones) != 1 or reading is None or table is reading.table:
            continue
        one = Candidate(phones[0])
        one.note(6.0, describe(phones[0]))
        numbers = {number for number in phones[0].phones.e164 if number}
        if len(numbers & people) > 0.3 * len(numbers):
            one.note(-6.0, "many of them were called: perhaps people")
        return [
            RoleProposal(
                "site_numbers",
                (table.name,),
                tuple(column.name for column in table.columns),
                _ALWAYS_ASKED,
                ("the table's name speaks of the site's own numbers; people on such a list are never warned",),
                field_proposals([choose("number", [one])], ("number",)),
                {},
                tuple(table.quarantined),
                table.sample.seen,
            )
        ]
    return []


def _names(table: SeizedTable) -> tuple[str, ...]:
    return tuple(name.casefold() for name in table.sample.columns)


def _formats(columns: Iterable[Column | None]) -> dict[str, str]:
    return {one.name: one.timestamps.time_format for one in columns if one is not None and one.timestamps.time_format}


def _projected(mapping: SeizureMapping, role: str, table: SeizedTable) -> object | None:
    try:
        return project(
            mapping.roles[role], exhibit=table.sample.exhibit, table=table.name, columns=table.sample.columns
        )
    except RingbackError:
        return None


def _report(table: SeizedTable, no_calls: str) -> TableReport:
    sample = table.sample
    held = tuple(
        (name, reason, sum(value is not None for value in sample.values(sample.columns.index(name))))
        for name, reason in table.quarantined.items()
    )
    return TableReport(
        sample.exhibit,
        sample.table,
        sample.seen,
        sample.passed_over,
        len(sample.rows),
        len(sample.columns),
        held,
        table.has_no_header,
        no_calls,
    )
