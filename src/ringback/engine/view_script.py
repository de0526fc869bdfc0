"""The tables of a run as SQL for DuckDB alone: an expert without ringback sees the same tables, defined ones too."""

import ibis
from ibis.expr.types import Table as Expression

from ringback.engine.base import DefinedTables
from ringback.engine.duckdb_sql import duckdb_sql
from ringback.engine.store import RunStore
from ringback.schemas.table import Table

SCRIPT_NAME = "tables.sql"
_HEAD = """-- Every table of this run, as views for DuckDB. Give in this folder:  duckdb -init tables.sql
-- Other runs have files of the same names, so give it here and nowhere else. The tables hold full phone numbers.
-- Tables that no file holds are defined as the run defined them.
SET TimeZone = 'UTC';
"""


class ViewScript(DefinedTables):
    """Takes definitions as an engine does, and writes them down.

    Args:
        store: The run's tables, all of them saved.
    """

    def __init__(self, store: RunStore) -> None:
        super().__init__()
        self._store = store

    def table(self, schema: Table) -> Expression:
        """A table, saved or defined, by its name: a definition over another stays as short as it was written."""
        return ibis.table(schema.types(), name=schema.name)

    def text(self) -> str:
        """The script: saved tables first, then the defined ones in the order of their definition."""
        names = sorted({one.partition(".")[0] for one in self._store.tables})
        views = [f'CREATE OR REPLACE VIEW "{name}" AS FROM read_parquet([{self._files(name)}]);' for name in names]
        views += [
            f'CREATE OR REPLACE VIEW "{name}" AS {duckdb_sql(one, readable=True)};'
            for name, one in self._defined.items()
        ]
        return _HEAD + "\n".join(views) + "\n"

    def _files(self, name: str) -> str:
        return ", ".join(f"'{path.name}'" for path in self._store.parts(name))
