"""Completes a preset: columns of its tables that matter and that the preset does not name."""

from ringback.schema_matching.call_tables import CallsReading
from ringback.schema_matching.proposal import FieldProposal, RoleProposal
from ringback.schema_matching.scoring import SUREST
from ringback.sources.mapping import TableMapping, project

_BY_NAME = ("the preset's own name",)
# Fields that can show that a row is no call, or how long people talked.
_NEIGHBOURS = ("disposition", "answered_at", "ended_at", "direction", "country_code")
_SURE = 0.9


def complete_preset(reading: CallsReading, mapping: TableMapping) -> RoleProposal | None:
    """A proposal with the preset's columns and further ones; None where the preset leaves out nothing that matters.

    Args:
        reading: The table, read as calls.
        mapping: The preset's mapping of it.
    """
    table = reading.table
    columns = table.sample.columns
    projection = project(mapping, exhibit=table.sample.exhibit, table=table.name, columns=columns)
    usual = {
        name: columns[position]
        for name, position in zip(projection.fields, projection.positions, strict=True)
        if position >= 0
    }
    beside = {
        name: column.name
        for name in _NEIGHBOURS
        if (choice := reading.choices.get(name)) is not None
        and (column := choice.column) is not None
        and name not in usual
        and choice.confidence >= _SURE
    }
    doubt = _doubt_of_talk(reading, usual)
    forms = reading.settings.get(usual.get("duration", ""), {})
    if not beside and not doubt and not forms:
        return None
    timed = {"answered_at", "ended_at"} <= beside.keys() | usual.keys()
    fields = [FieldProposal(name, column, SUREST, _BY_NAME, name in mapping.required) for name, column in usual.items()]
    if doubt:
        fields = [one for one in fields if one.field != "duration"]
        if not timed:
            fields.append(FieldProposal("duration", usual.get("duration"), 0.5, (doubt,), required=True))
    fields += [
        FieldProposal(name, column, reading.choices[name].confidence, tuple(_reasons(reading, name)))
        for name, column in beside.items()
        if doubt or name not in ("answered_at", "ended_at")
    ]
    return RoleProposal(
        "calls",
        (table.name,),
        tuple(column.name for column in table.columns),
        SUREST,
        ("the preset reads it, but not all columns that matter",),
        tuple(fields),
        quarantine=tuple(table.quarantined),
        rows=table.sample.seen,
        settings=reading.settings,
    )


def _doubt_of_talk(reading: CallsReading, usual: dict[str, str]) -> str:
    """Why the preset's column of talk times does not hold them, in words; "" where nothing shows that."""
    if {"answered_at", "ended_at"} <= usual.keys():
        return ""  # the run takes the time between them, whatever the column says
    for column in reading.table.columns:
        if column.name == usual.get("duration") and (doubt := column.talk_form.doubt):
            return doubt
    for one in reading.no_talk:
        if one.column.name == usual.get("duration"):
            return "; ".join(one.reasons)
    return ""


def _reasons(reading: CallsReading, name: str) -> list[str]:
    best = reading.choices[name].best
    return best.reasons if best is not None else []
