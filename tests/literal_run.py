"""A run of literal tables, in a case of its own: rows as a test writes them down, saved where a run saves them."""

from contextlib import contextmanager

from ringback.case.case_file import new_case
from ringback.engine.duckdb import DuckDBEngine
from ringback.engine.store import RunStore
from ringback.results.results import Results
from ringback.settings import Settings
from stages.literal_tables import arrow

# What a run notes of its case beside its tables.
FACTS = {"rule": "over-a-minute@1", "synthetic": False, "time_zone": "Europe/London", "period": "2021", "reading": {}}
# What reading one exhibit comes to where there is nothing to tell: nothing in it, and nothing wrong with it.
NOTE = {
    "name": "calls.csv",
    "bytes": 100,
    "sha256": "00",
    "set_aside": "",
    "one_table": False,
    **{name: {} for name in ("rows", "seen", "rejected", "bad_encoding", "unread_files", "shapes", "times")},
    **{
        name: []
        for name in (
            "tables", "passed_over", "damage", "remarks", "beside", "empty", "call_tables", "talk_times",
            "dispositions", "other_endings", "directions", "other_directions", "legs",
        )
    },
}  # fmt: skip


@contextmanager
def literal_run(folder, tables, **facts):
    """Results of a run that saved these tables: {schema: rows}; facts as keywords, over FACTS."""
    settings = Settings(keys_dir=folder / "keys")
    case_file = new_case(folder / "case", settings=settings, name="Test")
    store = RunStore(case_file.case.runs_dir / "run")
    for schema, rows in tables.items():
        store.save_rows(schema.name, arrow(schema, rows))
    store.note(**(FACTS | facts))
    with DuckDBEngine(store, memory_limit="1GB", threads=1) as engine:
        yield Results(case_file, store, engine)
    case_file.records.dispose()


def note(exhibit="EX-001", **facts):
    """The notes of a run with one exhibit."""
    return {exhibit: NOTE | {"exhibit": exhibit} | facts}
