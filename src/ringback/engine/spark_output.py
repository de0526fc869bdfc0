"""Merges the many files that a cluster writes into the one file of a table: in order, a group of rows at a time."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# The size of DuckDB's row groups, so that files of both engines are read alike.
GROUP_ROWS = 122_880
_PART = re.compile(r"part-(\d+)-.*\.parquet")


def merge_parts(folder: Path, path: Path, *, schema: pa.Schema) -> int:
    """Write the rows of all part files into one file, the parts by their number; returns how many rows it wrote.

    Memory holds at most one group of rows and one row group of a part.

    Args:
        folder: Where the parts are.
        path: The file to write.
        schema: What the columns are cast to; a value that does not fit is an error.

    Raises:
        OSError: It cannot be written.
        pyarrow.ArrowInvalid: A value does not fit the schema.
    """
    rows = waiting_rows = 0
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in find_parts(folder):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(batch_size=GROUP_ROWS):
                    waiting.append(batch)
                    waiting_rows += batch.num_rows
                    if waiting_rows >= GROUP_ROWS:
                        rows += _write(writer, waiting, schema)
                        waiting, waiting_rows = [], 0
        if waiting:
            rows += _write(writer, waiting, schema)
    return rows


def find_parts(folder: Path) -> list[Path]:
    """The part files of a folder, in the order of their numbers, which is the order of their rows."""
    numbered = [(int(found[1]), path) for path in folder.iterdir() if (found := _PART.fullmatch(path.name))]
    return [path for _number, path in sorted(numbered)]


def _write(writer: pq.ParquetWriter, batches: list[pa.RecordBatch], schema: pa.Schema) -> int:
    table = pa.Table.from_batches(batches).cast(schema)
    writer.write_table(table, row_group_size=GROUP_ROWS)
    return int(table.num_rows)
