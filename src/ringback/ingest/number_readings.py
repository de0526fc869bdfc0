"""Reads the numbers of accounts, subjects and the site, and saves what the run's ambiguous numbers may mean."""

import pyarrow as pa
import pyarrow.compute as pc

from ringback.engine.base import Engine
from ringback.engine.queries import Tables
from ringback.engine.store import part_name
from ringback.expressions import Table as Expression
from ringback.expressions import ibis
from ringback.numbers.column_reader import ColumnReader
from ringback.schemas import (
    READING_OPTIONS,
    READINGS,
    SEEN_OPTIONS,
)


def save_readings(engine: Engine, numbers: ColumnReader) -> None:
    """Save READINGS of every distinct contact number and number of the site, and READING_OPTIONS of the whole run.

    Args:
        engine: An engine over the run, which has SEEN_OPTIONS of its calls.
        numbers: Reads number texts.
    """
    readings, options = read_texts(engine.rows(_number_texts)["raw"].combine_chunks(), numbers)
    engine.store.save_rows(part_name(SEEN_OPTIONS, "contacts"), options)
    engine.store.save_rows(READINGS.name, readings)
    engine.save(READING_OPTIONS, lambda m: m.seen_options.distinct())


def _number_texts(m: Tables) -> Expression:
    """One row per text that stands for a number of an account, a subject or the site, in order: raw."""
    columns = (m.raw_accounts.contact_number, m.raw_subjects.contact_number, m.raw_site_numbers.number)
    texts = ibis.union(*(column.fill_null("").name("raw").as_table() for column in columns))
    return texts.distinct().order_by("raw")


def read_texts(raw: pa.StringArray, numbers: ColumnReader) -> tuple[pa.Table, pa.Table]:
    """READINGS of distinct texts, in their order, and READING_OPTIONS of the ambiguous ones.

    >>> from ringback.numbers.dial_plan import DialPlan
    >>> readings, options = read_texts(pa.array(["07700 900123", ""]), ColumnReader(DialPlan()))
    >>> readings["e164"].to_pylist(), readings["reason"].to_pylist(), options.num_rows
    (['+447700900123', None], [None, 'empty'], 0)
    """
    found = numbers.read(raw)
    texts = {name: getattr(found, name).cast(pa.string()) for name in ("kind", "region", "how", "reason")}
    e164 = pc.binary_join_element_wise("+", found.e164.cast(pa.string()), "")
    columns = {"raw": raw, "e164": e164, "ambiguous": found.ambiguous} | texts
    return pa.table({name: columns[name] for name in READINGS.names}), found.options
