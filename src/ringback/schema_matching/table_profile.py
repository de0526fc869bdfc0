"""A seized table as the scoring sees it: its columns, the quarantined ones, and its joins with other tables."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback.numbers.reader import NumberReader
from ringback.schema_matching import value_patterns
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.name_hints import table_hints
from ringback.schema_matching.quarantine import Secret, find_reason
from ringback.schema_matching.sampling import TableSample

# Fewer values than this are no evidence for a join.
_FEWEST_KEYS = 3
_LIKE_A_VALUE = 5  # digits in a column's name that make it look like a value


@dataclass(frozen=True, slots=True)
class Join:
    """A column whose values are keys of another table.

    Attributes:
        column: The column that refers.
        table: The table referred to.
        key: Its column, unique there.
        share: Share of the referring values that are keys there.
        reach: Share of the keys' range that the referring values span, for whole numbers; 1 for texts.
    """

    column: Column
    table: "SeizedTable"
    key: Column
    share: float
    reach: float


@dataclass(slots=True)
class SeizedTable:
    """One table of the seizure, sampled.

    Attributes:
        sample: The sample.
        columns: The columns that may be looked at.
        quarantined: The other columns: name to the reason.
        joins: Joins of its columns with other tables.
    """

    sample: TableSample
    columns: list[Column]
    quarantined: dict[str, Secret] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    hints: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name, in the form that the mapping uses."""
        return self.sample.table

    @property
    def has_no_header(self) -> bool:
        """Whether the names of its columns look like values: the file has no header."""
        return any(_is_value(name) for name in self.sample.columns)

    def joins_of(self, column: Column) -> list[Join]:
        """The joins of a column."""
        return [join for join in self.joins if join.column is column]


def open_tables(samples: Sequence[TableSample], reader: NumberReader) -> list[SeizedTable]:
    """The tables of a seizure with their columns. Secrets are set aside before anything else looks at them.

    Args:
        samples: A sample of each table.
        reader: Reads numbers by the case's dial plan.
    """
    tables = [
        SeizedTable(
            sample,
            [Column(sample, position, reader) for position in range(len(sample.columns))],
            hints=table_hints(sample.table),
        )
        for sample in samples
        if sample.rows
    ]
    for table in tables:
        table.joins = [join for other in tables if other is not table for join in _joins(table, other)]
    keys = Counter(id(join.column) for table in tables for join in table.joins)
    keys.update(id(join.key) for table in tables for join in table.joins if join.share >= 0.9)
    for table in tables:
        for column in table.columns:
            reason = find_reason(column, is_key=keys[id(column)] > 0)
            if reason:
                table.quarantined[column.name] = reason
    for table in tables:
        table.columns = [one for one in table.columns if one.name not in table.quarantined]
        table.joins = [
            join
            for join in table.joins
            if join.column.name not in table.quarantined and join.key.name not in join.table.quarantined
        ]
    return tables


def _joins(table: SeizedTable, other: SeizedTable) -> list[Join]:
    keys = [column for column in other.columns if column.is_unique and not column.is_blob]
    found = []
    for column in table.columns:
        # Judged by the sketch, which covers all rows read. A column without repeated values refers to no other table.
        if not column.filled or column.different < _FEWEST_KEYS or column.is_blob:
            continue
        if column.variety > 0.9 and len(column.filled) > 50:
            continue
        for key in keys:
            if (column.whole is None) != (key.whole is None):
                continue
            share, compared = column.sketch.share_in(key.sketch)
            if compared >= _FEWEST_KEYS and share >= 0.6:
                found.append(Join(column, other, key, share, _reach(column, key)))
    return found


def _reach(column: Column, key: Column) -> float:
    if not column.whole or not key.whole:
        return 1.0
    lowest, highest = min(key.whole), max(key.whole)
    if highest == lowest:
        return 0.0
    inside = [one for one in column.whole if lowest <= one <= highest]
    return (max(inside) - min(inside)) / (highest - lowest) if inside else 0.0


def _is_value(name: str) -> bool:
    digits = sum(one.isdigit() for one in name)
    return (digits >= _LIKE_A_VALUE and digits > 0.6 * len(name.strip())) or value_patterns.read_iso(name) is not None
