"""Which column of an export serves which field of a report: proposed by name, and set by a person. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringback.errors import RingbackError
from ringback.sources.mapping import speaks_of_secrets
from ringback.text.printable import shortened
from ringback.victim_reports.imports.vocabulary import FIELDS, TELLING, scores
from ringback.victim_reports.money import DecimalMark


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The columns of an export.

    Attributes:
        columns: Field to column.
        unclear: Field to the columns that fit it equally well; none of them is taken until a person names one.
        not_taken: Columns that no field takes, in order.
        decimal: The mark before pence, if a person or the values say so.
    """

    columns: Mapping[str, str]
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_taken: tuple[str, ...] = ()
    decimal: DecimalMark | None = None


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """What a person set: field to column, '' for none; and the mark before pence."""

    columns: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalMark | None = None

    def over(self, other: "ChosenColumns") -> "ChosenColumns":
        """These choices, and those of another where these say nothing."""
        return ChosenColumns({**other.columns, **self.columns}, self.decimal or other.decimal)


def propose_columns(names: Sequence[str], chosen: ChosenColumns) -> ColumnMapping:
    """Find the column of each field. What a person chose counts, and the rest is proposed by the columns' names.

    Raises:
        RingbackError: `report_columns_bad` for a field or column that is not there, a column that is named twice, or
            one of codes, PINs, passwords or cards; `report_columns_missing` if no column says what happened.
    """
    taken = _chosen(names, chosen)
    left = [name for name in names if name not in taken.values() and not _is_secret(name)]
    fits = {name: scores(name) for name in left}
    unclear: dict[str, tuple[str, ...]] = {}
    open_fields = [one for one in FIELDS if one not in chosen.columns]
    while True:
        best = max(
            (fits[name][one] for name in left for one in open_fields if one in fits[name]),
            default=0.0,
        )
        if not best:
            break
        one = next(one for one in open_fields if any(fits[name].get(one) == best for name in left))
        equal = tuple(name for name in left if fits[name].get(one) == best)
        open_fields.remove(one)
        if len(equal) == 1:
            taken[one] = equal[0]
            left.remove(equal[0])
        else:
            unclear[one] = equal
            left = [name for name in left if name not in equal]
    if not any(one in taken for one in TELLING):
        raise RingbackError("report_columns_missing", columns=_listed(names), fields=", ".join(TELLING))
    ordered = {one: taken[one] for one in FIELDS if one in taken}
    not_taken = tuple(name for name in names if name not in ordered.values())
    return ColumnMapping(ordered, unclear, not_taken, chosen.decimal)


def _chosen(names: Sequence[str], chosen: ChosenColumns) -> dict[str, str]:
    places = {name.casefold().strip(): name for name in reversed(names)}
    taken: dict[str, str] = {}
    problems = []
    for one, column in chosen.columns.items():
        found = places.get(column.casefold().strip())
        if one not in FIELDS:
            problems.append(f"there is no field {one}; there are {', '.join(FIELDS)}")
        elif not column:
            continue
        elif found is None:
            problems.append(f"{one}: there is no column {column}; there are {_listed(names)}")
        elif found in taken.values():
            problems.append(f"{one}: the column {column} is named twice")
        elif _is_secret(found):
            problems.append(f"{one}: the column {column} speaks of codes, passwords or cards, which nobody may read")
        else:
            taken[one] = found
    if problems:
        raise RingbackError("report_columns_bad", problem="; ".join(problems))
    return taken


def _is_secret(column: str) -> bool:
    """Whether a column is of codes, PINs, passwords or cards. The last four digits that go with a text are none."""
    return speaks_of_secrets(column) and scores(column).get("last_four", 0.0) < 2.5


def _listed(names: Sequence[str]) -> str:
    return shortened(", ".join(names)) or "none"


def read_mapping_file(data: bytes) -> ChosenColumns:
    """What a mapping file sets: TOML with `decimal`, and a table `[columns]` of field and column.

    Raises:
        RingbackError: `report_columns_bad`.
    """
    try:
        told: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RingbackError("report_columns_bad", problem=f"the mapping file is no TOML: {error}") from error
    columns, decimal = told.pop("columns", {}), told.pop("decimal", None)
    if told:
        raise RingbackError("report_columns_bad", problem=f"the mapping file has no setting {next(iter(told))}")
    if not isinstance(columns, dict) or not all(isinstance(one, str) for one in columns.values()):
        raise RingbackError("report_columns_bad", problem="[columns] must hold texts: the name of a column each")
    return ChosenColumns(columns, check_decimal(decimal))


def read_column_options(options: Sequence[str]) -> dict[str, str]:
    """Field to column, of options such as `loss=Amount lost`.

    Raises:
        RingbackError: `report_columns_bad`.
    """
    found = {}
    for one in options:
        name, equals, column = one.partition("=")
        if not equals:
            raise RingbackError("report_columns_bad", problem="--column is written as FIELD=COLUMN")
        found[name.strip()] = column.strip()
    return found


def check_decimal(decimal: object) -> DecimalMark | None:
    """The mark before pence, as a person gave it.

    Raises:
        RingbackError: `report_columns_bad`.
    """
    if decimal is None or decimal == "":
        return None
    if decimal == ".":
        return "."
    if decimal == ",":
        return ","
    raise RingbackError("report_columns_bad", problem="decimal is a point or a comma")
