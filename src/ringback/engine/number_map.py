"""Every distinct raw number text of a run, read once."""

from collections.abc import Callable

import ibis

from ringback.engine.base import Engine
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.number_map import read_numbers
from ringback.schemas import (
    RAW_ACCOUNTS,
    RAW_CALLS,
    RAW_SITE_NUMBERS,
    RAW_SUBJECTS,
    READING_OPTIONS,
    READINGS,
)

_NUMBER_COLUMNS = (
    (RAW_CALLS, "called_number"),
    (RAW_CALLS, "presentation_number"),
    (RAW_ACCOUNTS, "contact_number"),
    (RAW_SUBJECTS, "contact_number"),
    (RAW_SITE_NUMBERS, "number"),
)


def distinct_numbers(engine: Engine) -> list[str]:
    """Every distinct raw number text of the run's raw tables, sorted; '' stands for none."""
    parts = []
    for schema, name in _NUMBER_COLUMNS:
        table = engine.table(schema)
        parts.append(table.select(raw=table[name].fill_null("")))
    found = engine.rows(ibis.union(*parts).distinct().order_by("raw"))
    texts: list[str] = found.column("raw").to_pylist()
    return texts


def save_readings(
    engine: Engine,
    raws: list[str],
    *,
    plan: DialPlan,
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Read every text and save READINGS and READING_OPTIONS; `progress` gets the texts read since the last call."""
    readings, options = read_numbers(raws, plan=plan, workers=workers, progress=progress)
    engine.store.save_rows(READING_OPTIONS.name, options)
    engine.store.save_rows(READINGS.name, readings)
