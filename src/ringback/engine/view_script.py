"""The tables of a run as SQL for DuckDB alone: an expert without ringback sees the same tables, defined ones too."""

from ringback.engine.base import NamedTables
from ringback.engine.compiling import DuckDBQueries
from ringback.engine.store import RunStore

SCRIPT_NAME = "tables.sql"
_HEAD = """-- Every table of this run, as views for DuckDB. Run in this folder:  duckdb -init tables.sql
-- Other runs have files of the same names, so run it here and nowhere else. The tables hold full phone numbers.
-- Tables that no file holds are defined as the run defined them.
SET TimeZone = 'UTC';
"""


class ViewScript(NamedTables):
    """Takes definitions as an engine does, and writes them as views: one over another refers to it by its name.

    Args:
        store: The run's tables, all of them saved.
    """

    def __init__(self, store: RunStore) -> None:
        super().__init__()
        self._store = store

    def text(self) -> str:
        """The script: saved tables first, then the defined ones in the order of their definition."""
        names = sorted({one.partition(".")[0] for one in self._store.tables})
        views = [f'CREATE OR REPLACE VIEW "{name}" AS FROM read_parquet([{self._files(name)}]);' for name in names]
        queries = DuckDBQueries(self)
        views += [
            f'CREATE OR REPLACE VIEW "{schema.name}" AS {queries.view(schema, query, readable=True).sql};'
            for schema, query in self._defined.values()
        ]
        queries.keep()
        return _HEAD + "\n".join(views) + "\n"

    def _files(self, name: str) -> str:
        return ", ".join(f"'{path.name}'" for path in self._store.parts(name))
