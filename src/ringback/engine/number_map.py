"""Every distinct raw text of a contact number or a number of the site, read once."""

import ibis

from ringback.engine.base import Engine
from ringback.engine.store import part_name
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.number_map import read_numbers
from ringback.schemas import (
    RAW_ACCOUNTS,
    RAW_SITE_NUMBERS,
    RAW_SUBJECTS,
    READING_OPTIONS,
    READINGS,
    SEEN_OPTIONS,
)

_NUMBER_COLUMNS = (
    (RAW_ACCOUNTS, "contact_number"),
    (RAW_SUBJECTS, "contact_number"),
    (RAW_SITE_NUMBERS, "number"),
)


def distinct_numbers(engine: Engine) -> list[str]:
    """Every distinct raw number text of the run's tables but its calls, sorted; '' stands for none."""
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
) -> None:
    """Read every text; save READINGS, and with what the calls gave before, READING_OPTIONS."""
    readings, options = read_numbers(raws, plan=plan)
    engine.store.save_rows(part_name(SEEN_OPTIONS, "contacts"), options)
    engine.store.save_rows(READINGS.name, readings)
    engine.save(READING_OPTIONS, engine.table(SEEN_OPTIONS).distinct().order_by("raw", "rank"))
