"""Expressions as Spark SQL: Ibis's own compiler, corrected where its SQL means something else on Spark.

Each correction is here and not in the stages, so that a stage says once what it means. What cannot be corrected is
refused, so that a stage which needs it fails in the tests and not in a case.
"""
# ruff: noqa: N802, N815 - Ibis names the methods

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType
from ibis.backends.sql.dialects import PySpark
from ibis.common.exceptions import UnsupportedOperationError
from ibis.expr.types import Table as Expression

from ringback.schemas.table import Table


class RingbackSpark(PySpark):
    """Spark's SQL, with control characters written as numbers where Spark knows no letter for them.

    Spark reads `\\v` and `\\f` in a string as the letters v and f: stripping blanks would strip those letters too.
    """

    UNESCAPED_SEQUENCES = {"\\u0007": "\a", "\\u000b": "\v", "\\u000c": "\f"}  # noqa: RUF012 - as sqlglot asks


class SparkType(PySparkType):
    """Spark's types, with TIMESTAMP_NTZ for a time without a zone: a plain TIMESTAMP is a time in UTC."""

    @classmethod
    def _from_ibis_Timestamp(cls, dtype: dt.Timestamp) -> sge.DataType:
        kind = sge.DataType.Type
        return sge.DataType(this=kind.TIMESTAMPNTZ if dtype.timezone is None else kind.TIMESTAMPTZ)


class SparkCompiler(PySparkCompiler):
    """Ibis's compiler for Spark, corrected to what the same expression means on DuckDB."""

    dialect = RingbackSpark
    type_mapper = SparkType
    # Here Ibis strips spaces alone, where DuckDB strips every kind of blank.
    UNSUPPORTED_OPS = (*PySparkCompiler.UNSUPPORTED_OPS, ops.LStrip, ops.RStrip)

    # The parent asks an option of Ibis's Spark backend whether NaN is null. It is not, and that backend is not loaded.
    visit_Field = SQLGlotCompiler.visit_Field
    visit_IsNull = SQLGlotCompiler.visit_IsNull
    visit_NotNull = SQLGlotCompiler.visit_NotNull

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: object, dtype: dt.DataType) -> sge.Expr | None:
        """A literal, floats as a cast: 0.5 is a decimal in Spark's SQL, and arithmetic with it would be too."""
        if dtype.is_floating():
            return self.cast(repr(float(op.value)), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: sge.Expr, to: dt.DataType) -> sge.Expr:
        """A value as another type, unless Spark would cut off what DuckDB rounds."""
        if op.arg.dtype.is_floating() and to.is_integer():
            raise UnsupportedOperationError("Spark cuts a float off where DuckDB rounds it to an integer: use floor()")
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_RegexExtract(
        self, op: ops.RegexExtract, *, arg: sge.Expr, pattern: sge.Expr, index: sge.Expr
    ) -> sge.Expr:
        """The part of a text that a pattern finds; '' where it finds nothing, as on DuckDB."""
        return self.f.regexp_extract(arg, self._same_pattern(op.pattern), index)

    def visit_RegexSearch(self, op: ops.RegexSearch, *, arg: sge.Expr, pattern: sge.Expr) -> sge.Expr:
        """Whether a pattern is found."""
        return self.f.anon.regexp_like(arg, self._same_pattern(op.pattern))

    def visit_RegexReplace(
        self, op: ops.RegexReplace, *, arg: sge.Expr, pattern: sge.Expr, replacement: sge.Expr
    ) -> sge.Expr:
        """Every place that a pattern finds replaced, by a text that refers to no group."""
        words = op.replacement
        if not isinstance(words, ops.Literal) or set(str(words.value)) & set("\\$"):
            raise UnsupportedOperationError("Spark and DuckDB name the groups of a replacement differently")
        return self.f.regexp_replace(arg, self._same_pattern(op.pattern), replacement)

    def visit_GroupConcat(
        self, op: ops.GroupConcat, *, arg: sge.Expr, sep: sge.Expr, where: sge.Expr, order_by: sge.Expr
    ) -> sge.Expr:
        """Texts joined in order; without an order each run could give another text."""
        if not order_by:
            raise UnsupportedOperationError("joined texts need order_by, or their order is not certain")
        if where is not None:
            arg = self.if_(where, arg, sge.Null())
        return sge.WithinGroup(this=self.f.anon.listagg(arg, sep), expression=sge.Order(expressions=list(order_by)))

    def _same_pattern(self, pattern: ops.Value) -> sge.Expr:
        """The pattern for Java: only a line feed ends a line, and `$` is the end of the text, not of its last line."""
        if not isinstance(pattern, ops.Literal):
            raise UnsupportedOperationError("a pattern has to be a literal: Java reads some patterns differently")
        text = str(pattern.value)
        before = text[:-1]
        if text.endswith("$") and (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            text = before + r"\z"
        return sge.convert("(?d)" + text)


_COMPILER = SparkCompiler()


def spark_sql(expression: Expression) -> str:
    """The expression as a query for Spark.

    >>> import ibis
    >>> print(spark_sql(ibis.table({"raw": "string"}, name="texts").limit(1)))
    SELECT * FROM `texts` AS `t0` LIMIT 1
    """
    return str(_COMPILER.to_sqlglot(expression).sql(dialect=RingbackSpark))


def spark_columns(schema: Table) -> str:
    """A table's columns with Spark's types, as Spark wants a schema.

    >>> from ringback.schemas.table import columns
    >>> spark_columns(Table("", "", columns(("from_local", "timestamp", ""), ("at", "timestamp('UTC')", ""))))
    '`from_local` TIMESTAMP_NTZ, `at` TIMESTAMP'
    """
    return ", ".join(f"`{name}` {SparkType.to_string(dt.dtype(type_))}" for name, type_ in schema.types().items())
