"""The one way to write tables as Parquet files, from Arrow tables of their schemas."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ringback.schemas.table import Table

ARROW_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp('UTC')": pa.timestamp("us", "UTC"),
    "decimal(18,2)": pa.decimal128(18, 2),
}
# Texts that are nearly all different: a dictionary of them would save nothing.
_MANY_VALUES = ("call_id", "called_raw", "raw", "e164", "payment_id", "paid_at")
# Whole numbers and timestamps that mostly go up a little from row to row.
_CLIMBING = ("row_id", "origin_row", "origin_byte", "started_at")
# Long, similar texts compress to a fifth. Other columns shrink by half at most, which costs more than it saves.
_WORTH_PACKING = ("call_id", "raw", "payment_id", "paid_at")
# Columns that have a value in every row of every table: their files hold no null markers to write and read.
_NEVER_NULL = (
    "exhibit",
    "row_id",
    "called_raw",
    "called_ambiguous",
    "connected",
    "inbound",
    "needs_review",
    "duplicate_key",
)
_ROW_GROUP = 64 * 1024


def arrow_schema(table: Table) -> pa.Schema:
    """The table's columns as Arrow fields."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in table.columns])


class TableWriter:
    """Writes batches of a table's rows; small ones are gathered into row groups that are quick to read.

    Args:
        path: The new file.
        table: Its schema.
    """

    def __init__(self, path: Path, table: Table) -> None:
        # A dictionary is written as it comes; from plain texts it would have to be built again, text by text.
        fields = [
            pa.field(
                field.name,
                pa.dictionary(pa.int32(), field.type)
                if pa.types.is_string(field.type) and field.name not in _MANY_VALUES
                else field.type,
                nullable=field.name not in _NEVER_NULL,
            )
            for field in arrow_schema(table)
        ]
        self._schema = pa.schema(fields)
        # Numbers need no dictionary: making one takes three times as long as writing the plain numbers.
        few = [field.name for field in fields if pa.types.is_dictionary(field.type)]
        climbing = [
            field.name for field in fields if field.name in _CLIMBING and not pa.types.is_dictionary(field.type)
        ]
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            # Several times less work than zstd, for a third more bytes.
            compression={field.name: "snappy" if field.name in _WORTH_PACKING else "none" for field in fields},
            use_dictionary=few,
            column_encoding=dict.fromkeys(climbing, "DELTA_BINARY_PACKED"),
            write_statistics=False,
            store_schema=False,
        )
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def write_table(self, rows: pa.Table) -> None:
        """Add rows, whose texts may be dictionaries."""
        self._waiting.append(rows.cast(self._schema))
        self._rows += rows.num_rows
        if self._rows >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting).unify_dictionaries().combine_chunks()
            self._writer.write_table(whole, row_group_size=2 * _ROW_GROUP)
        self._waiting, self._rows = [], 0
