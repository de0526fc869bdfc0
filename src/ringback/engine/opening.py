"""Which engine makes a run: DuckDB in this process, unless the settings ask for Spark."""

from ringback.engine.base import Engine
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore
from ringback.settings import Settings


def open_engine(store: RunStore, machine: Settings) -> Engine:
    """The engine that the settings ask for, over the tables of a run.

    Raises:
        RingbackError: `spark_missing` or `spark_failed`.
    """
    if machine.engine != "spark":
        return DuckDBEngine(store, memory_limit=machine.memory_limit, threads=machine.workers)
    # Only who asks for Spark needs it installed.
    from ringback.engine.spark import SparkEngine

    return SparkEngine(
        store, master=machine.spark_master or f"local[{machine.workers}]", memory_limit=machine.memory_limit
    )
