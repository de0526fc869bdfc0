"""A proposal: which tables have a role, which columns serve its fields, how sure that is, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ringback.schema_matching.scoring import Choice, percent

ROLES = ("calls", "accounts", "payments", "subjects", "site_numbers")
# Fields that are left out without asking where they are unsure: no person and no result depends on them.
_MAY_BE_LEFT_OUT = ("call_id", "leg", "disposition", "created_at", "payment_id", "bitcoin", "area", "use")
A_PERSON = "a person said so"
# Fields whose columns may need settings in case.toml beside their names.
_WRITTEN_IN_A_WAY = ("duration", "disposition")


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """A column for a field.

    Attributes:
        field: Field of the raw table.
        column: The column, or None if no column fits.
        confidence: How sure that is, from 0 to 1.
        evidence: Why, in words.
        required: Whether the role is of no use without it.
        others: Other possible columns, most likely first, each with its evidence.
    """

    field: str
    column: str | None
    confidence: float
    evidence: tuple[str, ...] = ()
    required: bool = False
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def is_sure(self, threshold: float) -> bool:
        """Whether it can be taken without asking."""
        return self.column is not None and self.confidence >= threshold

    def is_open(self, threshold: float) -> bool:
        """Whether somebody should be asked about it."""
        if self.required:
            return not self.is_sure(threshold)
        return self.column is not None and not self.is_sure(threshold) and self.field not in _MAY_BE_LEFT_OUT

    def answered(self, column: str | None) -> "FieldProposal":
        """The proposal with a person's answer."""
        return replace(self, column=column, confidence=1.0 if column else 0.0, evidence=(A_PERSON,))


@dataclass(frozen=True, slots=True)
class RoleProposal:
    """Tables for a role.

    Attributes:
        role: A role of the mapping.
        tables: Seized tables that have the same columns.
        columns: All their columns, without quarantined ones.
        confidence: How sure it is that they have the role.
        evidence: Why, in words.
        fields: The columns for its fields.
        formats: Column to the format of its times, where case.toml has to name it.
        quarantine: Columns that may only be counted.
        rows: How many rows were read.
        settings: Column to settings of case.toml that say how its values are written.
    """

    role: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    fields: tuple[FieldProposal, ...]
    formats: dict[str, str] = field(default_factory=dict)
    quarantine: tuple[str, ...] = ()
    rows: int = 0
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def is_sure(self, threshold: float) -> bool:
        """Whether the tables and all required fields can be taken without asking."""
        return self.confidence >= threshold and all(one.is_sure(threshold) for one in self.fields if one.required)

    def open_fields(self, threshold: float) -> tuple[FieldProposal, ...]:
        """The fields that somebody should be asked about."""
        return tuple(one for one in self.fields if one.is_open(threshold))

    def settled(self, threshold: float) -> "RoleProposal":
        """The proposal without the fields that are unsure."""
        return replace(
            self,
            fields=tuple(one if one.is_sure(threshold) else replace(one, column=None) for one in self.fields),
        )

    @property
    def time_format(self) -> str | None:
        """The format of its times, where case.toml has to name it."""
        times = [one.column for one in self.fields if one.field.endswith("_at") and one.column]
        return next((self.formats[name] for name in times if name in self.formats), None)

    @property
    def chosen_settings(self) -> dict[str, object]:
        """Settings for the chosen columns, such as the unit of talk times and the words for answered."""
        return {
            name: value
            for one in self.fields
            if one.column is not None and one.field in _WRITTEN_IN_A_WAY
            for name, value in self.settings.get(one.column, {}).items()
            if value is not None
        }

    @property
    def asked_settings(self) -> tuple[str, ...]:
        """Settings of the chosen columns that somebody has to be asked for."""
        chosen = [one.column for one in self.fields if one.column is not None and one.field in _WRITTEN_IN_A_WAY]
        return tuple(
            name for column in chosen for name, value in self.settings.get(column, {}).items() if value is None
        )

    def with_settings(self, told: Mapping[str, object]) -> "RoleProposal":
        """The proposal with a person's answers about settings of the chosen columns."""
        chosen = {one.column for one in self.fields if one.column is not None and one.field in _WRITTEN_IN_A_WAY}
        return replace(
            self,
            settings={
                column: {name: told.get(name, value) for name, value in given.items()} if column in chosen else given
                for column, given in self.settings.items()
            },
        )

    def as_dict(self) -> dict[str, object]:
        """The proposal as plain values."""
        return {
            "role": self.role,
            "tables": list(self.tables),
            "confidence": self.confidence,
            "evidence": list(self.evidence),
            "rows_looked_at": self.rows,
            "time_format": self.time_format,
            **self.chosen_settings,
            "quarantine": list(self.quarantine),
            "fields": [
                {
                    "field": one.field,
                    "column": one.column,
                    "confidence": one.confidence,
                    "required": one.required,
                    "evidence": list(one.evidence),
                    "others": [name for name, _why in one.others],
                }
                for one in self.fields
            ],
        }


@dataclass(frozen=True, slots=True)
class TableReport:
    """A summary of one table with any role or none.

    Attributes:
        exhibit: Reference of the exhibit.
        table: Its name.
        rows: How many rows were read.
        passed_over: Whether it has more rows than that.
        sampled: How many rows were sampled, so that their values were looked at.
        columns: How many columns it has.
        quarantined: Columns that may only be counted: name, reason, sampled rows with a value.
        has_no_header: Whether its first line seems to be data, not a header.
        no_calls: Why it is no table of calls, in words; "" if it is one, or has another role.
    """

    exhibit: str
    table: str
    rows: int
    passed_over: bool
    sampled: int
    columns: int
    quarantined: tuple[tuple[str, str, int], ...]
    has_no_header: bool
    no_calls: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """All proposals for a case.

    Attributes:
        roles: One proposal for each role that a table seems to have, in the order of the roles.
        settled: Roles that need no proposal: role to the reason.
        problems: What has to be solved first, in words.
        tables: A report on every table.
        misfits: Roles whose usual table names fit a table that lacks their columns.
    """

    roles: tuple[RoleProposal, ...]
    settled: dict[str, str]
    problems: tuple[str, ...]
    tables: tuple[TableReport, ...]
    misfits: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, role: str) -> RoleProposal | None:
        """The proposal for a role."""
        return next((one for one in self.roles if one.role == role), None)

    def sure(self, threshold: float) -> tuple[RoleProposal, ...]:
        """Proposals that can be taken without asking; none while it is not known which tables are the calls."""
        chosen = tuple(one.settled(threshold) for one in self.roles if one.is_sure(threshold))
        return chosen if "calls" in self.settled or any(one.role == "calls" for one in chosen) else ()

    def unsure(self, threshold: float) -> tuple[str, ...]:
        """Open questions, in words."""
        found = list(self.problems)
        if "calls" not in self.settled and self.find("calls") is None:
            found.append("calls: no table looks like calls")
            found += [f"{one.table} is no table of calls: {one.no_calls}" for one in self.tables if one.no_calls]
        for one in self.roles:
            if one.confidence < threshold:
                found.append(f"{one.role}: {', '.join(one.tables)}? ({percent(one.confidence)} sure)")
            else:
                found += [
                    f"{one.role}.{each.field}: {each.column or 'no column'}? ({percent(each.confidence)} sure)"
                    for each in one.open_fields(threshold)
                ]
        return tuple(found)


def field_proposals(choices: Iterable[Choice], required: Iterable[str]) -> tuple[FieldProposal, ...]:
    """Choices as proposals: only names and words, no values."""
    needed = frozenset(required)
    return tuple(
        FieldProposal(
            choice.field,
            choice.column.name if choice.column else None,
            choice.confidence,
            tuple(choice.best.reasons) if choice.best else ("no column could be it",),
            choice.field in needed,
            tuple((one.column.name, tuple(one.reasons)) for one in choice.others),
        )
        for choice in choices
    )
