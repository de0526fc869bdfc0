"""Ibis, loaded when the first expression is built: a run whose SQL is remembered builds none, and starts quicker."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis
    from ibis import Column, Table
else:

    class Table:
        """Stands for Ibis's table in annotations."""

    class Column:
        """Stands for Ibis's column in annotations."""

    class _Ibis:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever stands under the name
            return getattr(import_module("ibis"), name)

    ibis = _Ibis()

__all__ = ["Column", "Table", "ibis"]
