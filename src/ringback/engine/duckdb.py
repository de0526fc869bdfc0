"""Runs stages on DuckDB: Ibis compiles queries that are not remembered, DuckDB itself runs the SQL."""

import errno
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from ringback.engine.base import NamedTables
from ringback.engine.compiling import DuckDBQueries
from ringback.engine.queries import Query
from ringback.engine.store import RunStore
from ringback.errors import RingbackError
from ringback.files.disk import disk_full, unwritable
from ringback.progress import current_watcher
from ringback.schemas.table import Table
from ringback.settings import read_size

# Memory that the process needs besides DuckDB: Python, its libraries, compiled code, and results handed over.
RESERVED_BYTES = 520_000_000
# DuckDB divides a table among threads by this many rows: on a smaller table more threads only hinder each other.
_ROWS_A_THREAD = 122_880
# Seconds between two looks at the progress of a query.
_LOOK_EVERY_S = 0.5
_NO_ROOM = re.compile("no space left|disk quota exceeded|file too large|could not write all bytes", re.IGNORECASE)


class DuckDBEngine(NamedTables):
    """One in-memory DuckDB over the Parquet tables of a run.

    Args:
        store: The run's tables.
        memory_limit: What the process may use, roughly, such as "4GB". DuckDB gets what the rest of the process
            leaves of it, and spills into the run's folder beyond that.
        threads: Threads at most.
        beside: The tables of another run, which are read where `store` has none of that name, and never written.
    """

    def __init__(self, store: RunStore, *, memory_limit: str, threads: int, beside: RunStore | None = None) -> None:
        super().__init__()
        self.store = store
        self._beside = beside
        self._memory_limit = memory_limit
        self._spill = store.folder / ".spill"
        rows = sum(saved.rows for one in (store, beside) if one for saved in one.tables.values())
        whole = read_size(memory_limit)
        mebibytes = max(whole - RESERVED_BYTES, whole // 2) // 2**20
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{mebibytes}MiB",
                "threads": min(threads, 1 + rows // _ROWS_A_THREAD),
                "temp_directory": str(self._spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        # Without its progress bar DuckDB does not measure the progress of a query.
        self._connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        # Stages join big tables with small ones, the small one last, and DuckDB keeps the last one in memory. Where it
        # may choose, it guesses how many rows a join gives, and a wrong guess keeps ten million rows in memory.
        self._connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        # The views that DuckDB has: their names and definitions.
        self._views: dict[str, str] = {}
        self._queries = DuckDBQueries(self)

    @property
    def name(self) -> str:
        """The engine with its version."""
        return f"duckdb {duckdb.__version__}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self._connection.close()
        self._queries.keep()

    def save(self, schema: Table, query: Query, *given: object) -> None:
        """Run a query and save its rows as the table of that schema.

        Raises:
            RingbackError: `disk_full`, `output_unwritable` or `memory_short`.
        """
        compiled = self._queries.fitted(schema, query, given)
        # Rows that no stage sorted may come in any order: to keep the order of millions costs time and memory.
        self._connection.execute(f"SET preserve_insertion_order = {str(compiled.ordered).lower()}")
        self._show(compiled.uses)
        with self.store.writing(schema.name) as part, self._explained(self.store.path(schema.name)), self._watched():
            how = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION snappy"
            self._connection.execute(f"COPY ({compiled.sql}) TO '{_quoted(part)}' ({how})")

    def rows(self, query: Query, *given: object) -> pa.Table:
        """Run a query and return its rows.

        Raises:
            RingbackError: `disk_full` or `memory_short`.
        """
        compiled = self._queries.plain(query, given)
        self._show(compiled.uses)
        with self._explained(self._spill):
            return self._connection.execute(compiled.sql).to_arrow_table()

    def dicts(self, query: Query, *given: object) -> list[dict[str, Any]]:
        """Run a query and return its rows as dictionaries."""
        found: list[dict[str, Any]] = self.rows(query, *given).to_pylist()
        return found

    def _show(self, names: Iterable[str]) -> None:
        """Make a view of each table: a saved one over all its parts, a defined one with the views of what it reads."""
        for name in names:
            if name in self._defined:
                view = self._queries.view(*self._defined[name])
                self._show(view.uses)
                self._show_as(name, f"AS {view.sql}")
            else:
                # The largest part comes first: DuckDB guesses from the first file how many rows each file has.
                store = self._beside if self._beside and not self.store.part_names(name) else self.store
                parts = sorted(store.part_names(name), key=lambda part: -store.tables[part].rows)
                paths = ", ".join(f"'{_quoted(store.path(part))}'" for part in parts)
                # A table that is not saved gets no view: DuckDB reports that it is missing.
                self._show_as(name, f"AS FROM read_parquet([{paths}])" if parts else "")

    def _show_as(self, name: str, content: str) -> None:
        if self._views.get(name, "") != content:
            self._connection.execute(f'CREATE OR REPLACE VIEW "{name}" {content}')
            self._views[name] = content

    @contextmanager
    def _explained(self, path: Path) -> Iterator[None]:
        """Raise DuckDB's errors about the disk and memory as RingbackErrors; `path` is what was being written."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            # DuckDB reports a lack of room for spilling as too little memory.
            if "max_temp_directory_size" in str(error):
                raise disk_full(self._spill, "there is no room for what does not fit into memory") from error
            raise RingbackError("memory_short", limit=self._memory_limit, problem=_first_line(error)) from error
        except duckdb.IOException as error:
            at = self._spill if self._spill.name in str(error) else path
            if _NO_ROOM.search(str(error)):
                raise unwritable(at, OSError(_errno(error), _first_line(error))) from error
            raise RingbackError("output_unwritable", path=at, problem=_first_line(error)) from error
        except MemoryError as error:
            raise RingbackError("memory_short", limit=self._memory_limit, problem="Python has none left") from error
        except (duckdb.InterruptException, RuntimeError) as error:
            # DuckDB turns Ctrl-C into these.
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from error
            raise

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Report the progress of the query to the watcher, as DuckDB measures it."""
        watcher, ended = current_watcher(), threading.Event()

        def look() -> None:
            while not ended.wait(_LOOK_EVERY_S):
                percent = self._connection.query_progress()
                if percent > 0:
                    watcher.within(percent / 100)

        thread = threading.Thread(target=look, name="query progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _errno(error: duckdb.IOException) -> int:
    """The number of the error, from its words: DuckDB gives no number."""
    text = str(error).lower()
    return errno.EDQUOT if "quota" in text else errno.EFBIG if "too large" in text else errno.ENOSPC


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
