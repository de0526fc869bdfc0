"""Expressions as DuckDB's SQL: Ibis's own compiler, corrected where its SQL is slow or rounds."""
# ruff: noqa: N802 - Ibis names the methods

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr.types import Table as Expression

from ringback.engine.sql_memory import Compiled


class PlainDuckDBCompiler(DuckDBCompiler):
    """Ibis's compiler for DuckDB, corrected where its SQL is slow or rounds."""

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: sge.Expr) -> sge.Expr:
        """Whole seconds since 1970, cut off as on Spark, without a calendar: Ibis's way rounds half a second up."""
        return self.cast(self.f.floor(self.f.anon.epoch_us(arg) / 1_000_000), dt.int64)

    def visit_JoinLink(
        self, op: ops.JoinLink, *, how: str, table: sge.Expr, predicates: Sequence[sge.Expr]
    ) -> sge.Join:
        """A join; where a null key matches nothing, the second side is first filtered to rows that have a key.

        That changes no result. But only where the second side has a filter does DuckDB tell the scan of the first side
        which keys are wanted. Of millions of rows it then reads in full only those that match.
        """
        keys = [key for one in op.predicates if (key := _key_of(one, op.table)) is not None]
        if how in ("inner", "semi") and keys:
            present = [sge.Not(this=sge.Is(this=sg.column(key, quoted=True), expression=sge.Null())) for key in keys]
            table = sg.select(sge.Star()).from_(table).where(*present).subquery(table.alias_or_name)
        link: sge.Join = super().visit_JoinLink(op, how=how, table=table, predicates=predicates)
        return link

    def visit_ArrayDistinct(self, op: ops.ArrayDistinct, *, arg: sge.Expr) -> sge.Expr:
        """The different values of a list, without null: lists made by `collect` never hold one."""
        return self.f.list_distinct(arg)


def _key_of(predicate: ops.Value, table: ops.Relation) -> str | None:
    """The column by which a predicate joins a table: the one that it sets equal to something else; None without one."""
    if not isinstance(predicate, ops.Equals):
        return None
    fields = [side for side in (predicate.left, predicate.right) if isinstance(side, ops.Field) and side.rel == table]
    return fields[0].name if len(fields) == 1 else None


_COMPILER = PlainDuckDBCompiler()


def duckdb_sql(expression: Expression, *, readable: bool = False) -> str:
    """The expression as a query for DuckDB, with whole numbers as BIGINT: DuckDB sums them as HUGEINT.

    >>> import ibis
    >>> print(duckdb_sql(ibis.table({"raw": "string"}, name="texts").limit(1)))
    SELECT "raw" FROM (SELECT * FROM "texts" AS "t0" LIMIT 1)

    Args:
        expression: A table expression.
        readable: Merge nested queries where possible: shorter to read, but a quarter slower to make.
    """
    ibis.options.sql.fuse_selects = readable
    query = _COMPILER.to_sqlglot(expression).sql(dialect=_COMPILER.dialect)
    columns = ", ".join(
        f'CAST("{name}" AS BIGINT) AS "{name}"' if type_.is_integer() else f'"{name}"'
        for name, type_ in expression.schema().items()
    )
    return f"SELECT {columns} FROM ({query})"  # noqa: S608 - names and query are ours


def compile_query(expression: Expression, shape: Callable[[Expression], Expression], *, readable: bool) -> Compiled:
    """An expression as SQL, with what is needed to run it.

    Args:
        expression: What a stage made.
        shape: Gives it the columns that are wanted.
        readable: As for `duckdb_sql`.
    """
    return Compiled(
        duckdb_sql(shape(expression), readable=readable),
        ordered=isinstance(expression.op(), ops.Sort),
        uses=tuple(sorted({one.name for one in expression.op().find(ops.UnboundTable)})),
    )
