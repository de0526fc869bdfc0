"""Runs stages on Spark, on this machine or many: Ibis compiles the expression, Spark itself runs the SQL."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq

from ringback.engine.base import DefinedTables
from ringback.engine.parquet import arrow_schema
from ringback.engine.queries import Query, build
from ringback.engine.spark_output import merge_parts
from ringback.engine.spark_session import close_session, first_line, open_session
from ringback.engine.spark_sql import spark_columns, spark_sql
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.expressions import Table as Expression
from ringback.numbers.masking import mask_numbers
from ringback.schemas.table import Column, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_GLOB = re.compile(r"([\\*?\[\]{}])")
_DISK = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|Permission denied|Read-only file system"
)


class SparkEngine(DefinedTables):
    """Spark over the Parquet tables of a run.

    Every machine of a cluster has to see the run's folder at the same path. The machines write
    a table there in parts, and this machine then merges the parts into the one file of the table.

    Args:
        store: The run's tables.
        master: Where Spark runs, such as "local[2]" or "spark://host:7077". A Spark that this process runs already
            is used, and left running.
        memory_limit: What Spark may use where it runs on this machine alone, such as "4GB".

    Raises:
        RingbackError: `spark_missing` or `spark_failed`.
    """

    def __init__(self, store: RunStore, *, master: str, memory_limit: str) -> None:
        super().__init__()
        self.store = store
        self._spill = store.folder.resolve() / ".spill"
        self._session, self._started = open_session(master=master, memory_limit=memory_limit, spill=self._spill)
        self._views: set[str] = set()

    @property
    def name(self) -> str:
        """The engine with its version."""
        return f"spark {self._session.version}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        for name in self._views:
            self._session.catalog.dropTempView(name)
        if self._started:
            close_session(self._session)
        shutil.rmtree(self._spill, ignore_errors=True)

    def save(self, schema: Table, query: Query, *given: object) -> None:
        """Run a query and save its rows as the table of that schema: one file, its rows in order.

        Raises:
            RingbackError: `output_unwritable` when the disk is full, or `spark_failed`.
        """
        from pyspark.sql import Observation
        from pyspark.sql.functions import count, lit

        fitted = build(query, self, given).select(*schema.names).cast(schema.types())
        parts = self._spill / schema.name
        written = Observation()
        with self.store.writing(schema.name) as part:
            with self._telling(part):
                frame = self._frame(fitted).observe(written, count(lit(1)).alias("rows"))
                frame.write.mode("overwrite").parquet(f"file://{parts}")
                rows = written.get["rows"]
            # A network folder may show fewer files than other machines wrote there.
            if (merged := merge_parts(parts, part, schema=arrow_schema(schema))) != rows:
                problem = f"it wrote {rows} rows of {schema.name}, and {merged} can be read in {parts}"
                raise RingbackError("spark_failed", problem=problem)
        shutil.rmtree(parts)

    def rows(self, query: Query, *given: object) -> pa.Table:
        """Run a query and return its rows, whole numbers as 64 bits."""
        with self._telling(self.store.folder):
            found = self._frame(build(query, self, given)).toArrow()
        fields = [field.with_type(pa.int64()) if pa.types.is_integer(field.type) else field for field in found.schema]
        return found.cast(pa.schema(fields))

    def dicts(self, query: Query, *given: object) -> list[dict[str, Any]]:
        """Run a query and return its rows as dictionaries."""
        found: list[dict[str, Any]] = self.rows(query, *given).to_pylist()
        return found

    def _frame(self, expression: Expression) -> "DataFrame":
        for table in expression.op().find(ops.UnboundTable):
            self._show(Table(table.name, "", tuple(Column(name, str(t), "") for name, t in table.schema.items())))
        return self._session.sql(spark_sql(expression))

    def _show(self, schema: Table) -> None:
        """Make a view of a saved table, by its name."""
        paths = [_escaped(path.resolve()) for path in self.store.parts(schema.name)]
        if schema.name in self._views or not paths:
            return
        if any(map(_splits_floats, self.store.parts(schema.name))):
            self._session.conf.set("spark.sql.parquet.enableVectorizedReader", "false")
        frame = self._session.read.schema(spark_columns(schema)).parquet(*paths)
        frame.createOrReplaceTempView(schema.name)
        self._views.add(schema.name)

    @contextmanager
    def _telling(self, path: Path) -> Iterator[None]:
        """Report what went wrong in Spark in one line, with phone numbers masked."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError) as error:
            if found := _DISK.search(str(error)):
                raise RingbackError("output_unwritable", path=path, problem=found[0]) from error
            raise RingbackError("spark_failed", problem=mask_numbers(first_line(error))) from error


def _splits_floats(path: Path) -> bool:
    """Whether a file has floats in DuckDB's encoding for many different ones, which Spark's fast reader cannot read."""
    groups = pq.read_metadata(path)
    return any(
        "BYTE_STREAM_SPLIT" in groups.row_group(group).column(column).encodings
        for group in range(groups.num_row_groups)
        for column in range(groups.num_columns)
    )


def _escaped(path: Path) -> str:
    """A path for reading: Hadoop takes brackets and stars for patterns."""
    return "file://" + _GLOB.sub(r"\\\1", str(path))
