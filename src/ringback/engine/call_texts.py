"""The texts of seized call rows, read: times to UTC, talk times to seconds, numbers to E.164. Exhibit by exhibit."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ringback.engine.moments import MomentReader, read_talk_seconds
from ringback.engine.parquet import TableWriter
from ringback.engine.store import RunStore, part_name
from ringback.numbers.columns import ColumnReader
from ringback.schemas import ORIGIN, RAW_CALLS, READ_CALLS, SEEN_OPTIONS

_BATCH_ROWS = 128 * 1024
_CARRIED = (*(column.name for column in ORIGIN), "call_id", "leg", "account", "disposition")
# Columns of few different values are carried over without making a text of each.
_FEW_VALUES = ["exhibit", "origin_table", "leg", "account", "disposition", "duration"]


def save_read_calls(
    store: RunStore, *, numbers: ColumnReader, moments: MomentReader, progress: Callable[[int], None]
) -> None:
    """Save READ_CALLS and SEEN_OPTIONS, a part for each exhibit; parts that are there already are taken as they are.

    Args:
        store: The run, with the raw calls of its exhibits.
        numbers: Reads number texts.
        moments: Reads texts of times.
        progress: Gets the rows read since the last call.
    """
    for raw in store.part_names(RAW_CALLS.name):
        _base, _dot, exhibit = raw.partition(".")
        read, seen = part_name(READ_CALLS, exhibit), part_name(SEEN_OPTIONS, exhibit)
        if store.has(read) and store.has(seen):
            progress(store.rows_of(raw))
            continue
        with (
            store.writing(seen) as options_path,
            TableWriter(options_path, SEEN_OPTIONS) as options,
            store.writing(read) as path,
            TableWriter(path, READ_CALLS) as calls,
        ):
            for rows in _batches(store.path(raw)):
                table, found = read_call_texts(rows, numbers=numbers, moments=moments)
                calls.write_table(table)
                options.write_table(found)
                progress(rows.num_rows)


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    file = pq.ParquetFile(path, read_dictionary=_FEW_VALUES)
    yield from file.iter_batches(batch_size=_BATCH_ROWS)


def read_call_texts(rows: pa.RecordBatch, *, numbers: ColumnReader, moments: MomentReader) -> tuple[pa.Table, pa.Table]:
    """Rows of RAW_CALLS as rows of READ_CALLS, in their order; and SEEN_OPTIONS of their ambiguous numbers."""
    started_at, started_reading = moments.read(rows["started_at"])
    raw = rows["called_number"].fill_null("")
    called = numbers.read(raw)
    # Few numbers are shown, and each many times.
    shown_texts = rows["presentation_number"].fill_null("").dictionary_encode()
    shown = numbers.read(shown_texts.dictionary)
    certain = pc.if_else(shown.ambiguous, None, shown.e164)
    made = {
        "started_at": started_at,
        "started_reading": started_reading,
        "duration_s": _seconds(rows["duration"]),
        "called_raw": raw,
        "called_number": called.e164,
        "called_kind": called.kind,
        "called_region": called.region,
        "called_how": called.how,
        "called_ambiguous": called.ambiguous,
        "called_reason": called.reason,
        "presentation_number": certain.take(shown_texts.indices),
    }
    columns = {name: rows[name] for name in _CARRIED} | made
    return pa.table({name: columns[name] for name in READ_CALLS.names}), called.options


def _seconds(texts: pa.DictionaryArray) -> pa.DoubleArray:
    return read_talk_seconds(texts.dictionary).take(texts.indices)
