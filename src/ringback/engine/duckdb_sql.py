"""Expressions as DuckDB's SQL: Ibis's own compiler, corrected where its SQL is slow or rounds."""
# ruff: noqa: N802 - Ibis names the methods

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr.types import Table as Expression


class PlainDuckDBCompiler(DuckDBCompiler):
    """Ibis's compiler for DuckDB, in which the seconds of a moment are whole ones, and asked of no calendar."""

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: sge.Expr) -> sge.Expr:
        """Whole seconds since 1970, cut off as on Spark: Ibis's way rounds half a second up to the next."""
        return self.cast(self.f.floor(self.f.anon.epoch_us(arg) / 1_000_000), dt.int64)

    def visit_ArrayDistinct(self, op: ops.ArrayDistinct, *, arg: sge.Expr) -> sge.Expr:
        """The different values of a list, null left out, which is all that lists made by `collect` can hold."""
        return self.f.list_distinct(arg)


_COMPILER = PlainDuckDBCompiler()


def duckdb_sql(expression: Expression, *, readable: bool = False) -> str:
    """The expression as a query for DuckDB, with whole numbers as BIGINT: DuckDB sums them as HUGEINT.

    >>> import ibis
    >>> print(duckdb_sql(ibis.table({"raw": "string"}, name="texts").limit(1)))
    SELECT "raw" FROM (SELECT * FROM "texts" AS "t0" LIMIT 1)

    Args:
        expression: A table expression.
        readable: Put queries into one where they can be: shorter to read, and a quarter longer to make.
    """
    ibis.options.sql.fuse_selects = readable
    query = _COMPILER.to_sqlglot(expression).sql(dialect=_COMPILER.dialect)
    columns = ", ".join(
        f'CAST("{name}" AS BIGINT) AS "{name}"' if type_.is_integer() else f'"{name}"'
        for name, type_ in expression.schema().items()
    )
    return f"SELECT {columns} FROM ({query})"  # noqa: S608 - names and query are ours
