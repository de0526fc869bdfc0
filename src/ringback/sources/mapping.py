"""The mapping: which seized table has which role, and which column serves which field. Presets, and case.toml.

A mapping has one entry per role (calls, accounts, payments, subjects, site_numbers): the names that the table may
have, and for each field the names that its column may have. Columns of codes, PINs, passwords, cards and recordings
are quarantined: counted, never read into a table.
"""

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from ringback.case_settings import CALL_SETTINGS
from ringback.errors import RingbackError
from ringback.schemas import ANSWERED, ORIGIN, RAW_TABLES
from ringback.sources.fields.directions import INBOUND
from ringback.sources.fields.duration_units import DECIMAL_MARKS, UNITS

_ORIGIN_NAMES = {column.name for column in ORIGIN}
# Names of columns that nobody may search or read (product rule 10). The dot is from names of nested fields, which are
# joined with dots.
_QUARANTINED = re.compile(
    r"(^|[_.])(otp|pin|tpin|cvv|cvc|passw(or)?d|passcode|pass|secret|digits|dtmf|card(_?(no|num|number))?|pan|recording"
    r"|record(ing)?_?(file|url|path)|audio|voicefile)($|[_.])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """The mapping of one role.

    Attributes:
        role: calls, accounts, payments, subjects or site_numbers.
        tables: Patterns of table names, lower case, `*` allowed.
        columns: Field of the raw table to the names its column may have, in order of preference.
        required: Fields without which the table is of no use.
        time_format: strptime format of its times, "epoch", "epoch_ms" or "epoch_us"; None for ISO 8601, and for times
            whose digits show their format.
        quarantine: Columns to quarantine in addition to those known by name.
        duration_unit: One of `durations.UNITS`; None where the column's name and values show it.
        decimal_mark: The mark before the fraction in talk times; None where the values show it.
        answered: Dispositions of calls that somebody answered, in capitals; None for `schemas.ANSWERED`.
        inbound: Directions of calls to an account, in small letters; None for `directions.INBOUND`.
    """

    role: str
    tables: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    time_format: str | None = None
    quarantine: tuple[str, ...] = ()
    duration_unit: str | None = None
    decimal_mark: str | None = None
    answered: tuple[str, ...] | None = None
    inbound: tuple[str, ...] | None = None

    @property
    def answered_words(self) -> frozenset[str]:
        """Dispositions of calls that somebody answered, in capitals."""
        return frozenset(ANSWERED if self.answered is None else self.answered)

    @property
    def inbound_words(self) -> frozenset[str]:
        """Directions of calls to an account, in small letters."""
        return INBOUND if self.inbound is None else frozenset(self.inbound)

    def accepts_table(self, table: str) -> bool:
        """Whether a seized table of this name has the role. A database name before a dot is ignored."""
        name = table.casefold()
        return any(fnmatchcase(one, pattern) for one in (name, name.rpartition(".")[2]) for pattern in self.tables)

    def is_quarantined(self, column: str) -> bool:
        """Whether the values of a seized column may only be counted."""
        taken = {name.casefold() for names in self.columns.values() for name in names}
        if column.casefold() in {name.casefold() for name in self.quarantine}:
            return True
        return column.casefold() not in taken and speaks_of_secrets(column)


def speaks_of_secrets(column: str) -> bool:
    """Whether a column's name alone shows that its values may only be counted.

    >>> speaks_of_secrets("captured_digits"), speaks_of_secrets("called_number")
    (True, False)
    """
    return bool(_QUARANTINED.search(column))


def _own_names(role: str, **other: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    names = [name for name in RAW_TABLES[role].names if name not in _ORIGIN_NAMES]
    return {name: other.get(name, (name,)) for name in names}


_REQUIRED = {
    "calls": ("account", "started_at", "called_number", "duration"),
    "accounts": ("account",),
    "payments": ("account", "gbp"),
    "subjects": ("account", "subject", "status"),
    "site_numbers": ("number",),
}
# Fields that can show that a row is no call to a person. They are read under any of these names, even where the mapping
# of case.toml does not name them: without them, people whom nobody called would count as victims.
_NEIGHBOURS = {
    "direction": ("direction", "call_direction", "calldirection"),
    "country_code": (
        "phone_code",
        "phonecode",
        "country_code",
        "countrycode",
        "dial_code",
        "calling_code",
        "isd_code",
        "isd",
    ),
}
_RINGBACK = {
    role: TableMapping(
        role=role,
        tables=(role, f"{role}[-_.]*"),
        columns=_own_names(role, duration=("duration_s", "duration"), **_NEIGHBOURS if role == "calls" else {}),
        required=_REQUIRED[role],
    )
    for role in RAW_TABLES
}
# The documented Asterisk `cdr` table, and the columns of its Master.csv. Talk time is billsec: duration includes the
# ringing.
_ASTERISK_CALLS = TableMapping(
    role="calls",
    tables=("cdr", "cdr[-_.]*"),
    columns={
        "call_id": ("linkedid", "uniqueid"),
        "leg": ("leg",),
        "account": ("accountcode",),
        "started_at": ("calldate", "start"),
        "presentation_number": ("src",),
        "called_number": ("dst",),
        "duration": ("billsec",),
        "disposition": ("disposition",),
        **_NEIGHBOURS,
    },
    required=_REQUIRED["calls"],
)
# FreeSWITCH: CSV by the templates that it comes with, and JSON with dotted names. Talk time is billsec. A call without
# billsec was not answered, even if its hangup cause says so. An epoch is in UTC; a stamp is the server's local time.
_PROFILE = "callflow.0.caller_profile"
_FREESWITCH_CALLS = TableMapping(
    role="calls",
    tables=("cdr", "cdr[-_.]*", "json_cdr", "json_cdr[-_.]*"),
    columns={
        "call_id": ("variables.call_uuid", "call_uuid", "uuid", "variables.uuid", f"{_PROFILE}.uuid"),
        "leg": ("leg",),
        "account": ("accountcode", "variables.accountcode"),
        "started_at": ("start_epoch", "variables.start_epoch", "start_stamp", "variables.start_stamp"),
        "presentation_number": ("caller_id_number", f"{_PROFILE}.caller_id_number", "variables.caller_id_number"),
        "called_number": ("destination_number", f"{_PROFILE}.destination_number", "variables.destination_number"),
        "duration": ("billsec", "variables.billsec"),
    },
    required=_REQUIRED["calls"],
)
PRESETS: dict[str, dict[str, TableMapping]] = {
    "ringback": _RINGBACK,
    "asterisk": {**_RINGBACK, "calls": _ASTERISK_CALLS},
    "freeswitch": {**_RINGBACK, "calls": _FREESWITCH_CALLS},
}


@dataclass(frozen=True, slots=True)
class SeizureMapping:
    """The mapping of a case: one `TableMapping` per role."""

    roles: dict[str, TableMapping] = field(default_factory=lambda: dict(_RINGBACK))

    def find_role(self, table: str) -> TableMapping | None:
        """The role of a seized table, or None where the mapping does not name the table."""
        for mapping in self.roles.values():
            if mapping.accepts_table(table):
                return mapping
        return None


def make_mapping(preset: str, tables: AnyMapping[str, AnyMapping[str, Any]], *, toml: object) -> SeizureMapping:
    """The preset, with the changes of the `[tables.*]` sections of case.toml.

    Raises:
        RingbackError: `mapping_unknown_preset`, or `case_setting_bad` naming every bad line.
    """
    if preset not in PRESETS:
        raise RingbackError("mapping_unknown_preset", preset=preset, known=", ".join(sorted(PRESETS)))
    roles = dict(PRESETS[preset])
    faults: list[str] = []
    for role, section in tables.items():
        if role not in roles:
            faults.append(f"[tables.{role}]: there is no such role; there are {', '.join(roles)}")
            continue
        faults += _section_faults(role, section)
        if not faults:
            roles[role] = _overrule(roles[role], section)
    if faults:
        raise RingbackError("case_setting_bad", path=toml, field="tables", problem="; ".join(faults))
    return SeizureMapping(roles)


def _section_faults(role: str, section: AnyMapping[str, Any]) -> list[str]:
    faults = []
    fields = {name for name in RAW_TABLES[role].names if name not in _ORIGIN_NAMES}
    for key, value in section.items():
        if key == "table":
            if not (value and isinstance(value, str)) and not _is_list_of_names(value):
                faults.append(f"[tables.{role}] table must be the name of a table, or a list of names")
        elif key == "time_format":
            # Imported only where a format is given: the import is slow, and other commands need not pay for it.
            from ringback.sources.fields.time_format_check import find_format_fault

            fault = find_format_fault(value) if isinstance(value, str) else "must be a text"
            faults += [f"[tables.{role}] {key} {fault}"] if fault else []
        elif key == "columns":
            unknown = set(value) - fields if isinstance(value, dict) else {"columns"}
            faults += [f"[tables.{role}] columns has no field {name}" for name in sorted(unknown)]
            faults += [
                f"[tables.{role}] columns: {name} must be the name of a column, or a list of names"
                for name, column in (value.items() if isinstance(value, dict) else ())
                if not _is_names(column)
            ]
        elif key == "quarantine":
            if not _is_list_of_names(value):
                faults.append(f"[tables.{role}] quarantine must be a list of column names")
        elif key in CALL_SETTINGS and role == "calls":
            faults += _call_setting_faults(key, value)
        else:
            faults.append(f"[tables.{role}] has no setting {key}")
    return faults


def _call_setting_faults(key: str, value: object) -> list[str]:
    if key in ("answered", "inbound"):
        return [] if _is_list_of_names(value) else [f"[tables.calls] {key} must be a list of words"]
    known = UNITS if key == "duration_unit" else DECIMAL_MARKS
    return [] if value in known else [f"[tables.calls] {key} must be one of {' '.join(known)}"]


def _is_names(column: object) -> bool:
    return isinstance(column, str) or _is_list_of_names(column)


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _overrule(mapping: TableMapping, section: AnyMapping[str, Any]) -> TableMapping:
    named = {
        name: (column,) if isinstance(column, str) else tuple(column)
        for name, column in section.get("columns", {}).items()
    }
    # An empty list means that no table has this role, or that no column serves this field.
    tables = section.get("table", list(mapping.tables))
    answered, inbound = section.get("answered"), section.get("inbound")
    return replace(
        mapping,
        tables=tuple(name.casefold() for name in ([tables] if isinstance(tables, str) else tables)),
        columns={**mapping.columns, **named},
        required=_required(mapping, named),
        time_format=section.get("time_format", mapping.time_format),
        quarantine=tuple(section.get("quarantine", ())),
        duration_unit=section.get("duration_unit", mapping.duration_unit),
        decimal_mark=section.get("decimal_mark", mapping.decimal_mark),
        answered=mapping.answered if answered is None else tuple(word.strip().upper() for word in answered),
        inbound=mapping.inbound if inbound is None else tuple(word.strip().lower() for word in inbound),
    )


def _required(mapping: TableMapping, named: AnyMapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The required fields: those that the role needs, and those that case.toml names.

    The talk time is not required where the times of answer and end give it.
    """
    chosen = {name for name, columns in named.items() if columns}
    timed = {"answered_at", "ended_at"} <= chosen and "duration" not in chosen
    needed = [name for name in mapping.required if not (timed and name == "duration")]
    return tuple(dict.fromkeys((*needed, *(name for name in named if name in chosen))))


@dataclass(frozen=True, slots=True)
class Projection:
    """Where fields are in a seized table: `fields[i]` is its column at `positions[i]`; -1 for none."""

    role: str
    fields: tuple[str, ...]
    positions: tuple[int, ...]
    quarantined: tuple[int, ...]


def project(mapping: TableMapping, *, exhibit: str, table: str, columns: Sequence[str]) -> Projection:
    """Find the mapping's columns among those of a seized table, ignoring case.

    Raises:
        RingbackError: `mapping_column_missing` for a required field that no column serves.
    """
    place = {name.casefold(): index for index, name in reversed(list(enumerate(columns)))}

    def find(field: str) -> int:
        wanted = mapping.columns.get(field, ())
        return next((place[one.casefold()] for one in wanted if one.casefold() in place), -1)

    # The time from the answer to the end is talk time too.
    timed = mapping.role == "calls" and find("answered_at") >= 0 and find("ended_at") >= 0
    fields, positions = [], []
    for name in RAW_TABLES[mapping.role].names:
        if name in _ORIGIN_NAMES:
            continue
        wanted, position = mapping.columns.get(name, ()), find(name)
        if position < 0 and name in mapping.required and not (timed and name == "duration"):
            raise RingbackError(
                "mapping_column_missing",
                exhibit=exhibit,
                table=table,
                column=" or ".join(wanted),
                field=name,
                columns=", ".join(columns),
                role=mapping.role,
            )
        fields.append(name)
        positions.append(position)
    quarantined = [index for index, name in enumerate(columns) if mapping.is_quarantined(name)]
    return Projection(mapping.role, tuple(fields), tuple(positions), tuple(quarantined))
