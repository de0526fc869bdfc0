"""A table: its name, its grain, and its columns with their types and meanings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, type and meaning (with its unit, if it has one)."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: name, grain (what one row stands for) and columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    def types(self) -> dict[str, str]:
        """Column name to type, in order: what `ibis.table` takes as a schema."""
        return {column.name: column.type for column in self.columns}


def columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    """Columns from (name, type, meaning)."""
    return tuple(Column(*row) for row in rows)
