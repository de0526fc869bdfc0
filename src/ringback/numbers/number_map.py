"""Many raw texts to two tables: what each means, and what else the ambiguous ones may mean."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import phonenumbers
import pyarrow as pa

from ringback import schemas
from ringback.errors import RingbackError
from ringback.numbers.dialplan import DialPlan
from ringback.numbers.parse import NumberReader
from ringback.numbers.workers import deaf_to_ctrl_c, tie_to_parent
from ringback.table import Table

# Readings change when this changes: it belongs in every fingerprint of them.
METADATA_VERSION: str = phonenumbers.__version__

_CHUNK_ROWS = 20_000
# A worker takes seconds to start: fewer chunks than this are done sooner without.
_CHUNKS_WORTH_WORKERS = 4
_ARROW_TYPES = {"string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_()}
_Tables = tuple[pa.Table, pa.Table]


def _ignore(_more_done: int) -> None:
    pass


def read_numbers(
    raws: Sequence[str], *, plan: DialPlan, workers: int = 1, progress: Callable[[int], None] = _ignore
) -> _Tables:
    """Each distinct raw text is read once; the result depends on the texts and the plan alone.

    Args:
        raws: Texts as seized, in any order; repeated ones count once, at their first place.
        plan: How bare digits are read.
        workers: Processes to use; 1 stays in this one.
        progress: Told, in this process, how many more distinct texts are done.

    Raises:
        RingbackError: `worker_ended` when the system ended one of the processes.

    Returns:
        `schemas.READINGS`, one row per distinct raw text, and `schemas.READING_OPTIONS`, one row per
        acceptable reading of each ambiguous one; both in the order of the texts.

    >>> readings, options = read_numbers(["07700 900123", ""], plan=DialPlan())
    >>> readings["how"].to_pylist(), readings["reason"].to_pylist(), options.num_rows
    (['trunk:GB', None], [None, 'empty'], 0)
    """
    distinct = list(dict.fromkeys(raws))
    chunks = [distinct[start : start + _CHUNK_ROWS] for start in range(0, len(distinct), _CHUNK_ROWS)]
    readings = [_empty(schemas.READINGS)]
    options = [_empty(schemas.READING_OPTIONS)]
    for chunk_readings, chunk_options in _read_chunks(chunks, plan, workers):
        readings.append(chunk_readings)
        options.append(chunk_options)
        progress(chunk_readings.num_rows)
    return pa.concat_tables(readings), pa.concat_tables(options)


def _read_chunks(chunks: list[list[str]], plan: DialPlan, workers: int) -> Iterator[_Tables]:
    if workers <= 1 or len(chunks) <= _CHUNKS_WORTH_WORKERS:
        reader = NumberReader(plan)
        yield from (_read_chunk(chunk, reader) for chunk in chunks)
        return
    # Spawned, not forked: a fork would break the threads that the caller may have (Arrow, a progress bar).
    with ProcessPoolExecutor(
        max_workers=min(workers, len(chunks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=tie_to_parent,
    ) as pool:
        with deaf_to_ctrl_c():
            read = pool.map(_read_alone, chunks, [plan] * len(chunks))
        try:
            yield from read
        except BrokenProcessPool as error:
            raise RingbackError("worker_ended") from error


def _read_alone(chunk: list[str], plan: DialPlan) -> _Tables:
    return _read_chunk(chunk, NumberReader(plan))


def _read_chunk(chunk: list[str], reader: NumberReader) -> _Tables:
    readings: list[tuple[object, ...]] = []
    options: list[tuple[object, ...]] = []
    for raw in chunk:
        reading = reader.read(raw)
        if not reading.options:
            readings.append((raw, None, None, None, None, False, reading.reason))
            continue
        first = reading.options[0]
        readings.append((raw, first.e164, first.kind, first.region, first.how, reading.ambiguous, None))
        if reading.ambiguous:
            options += [
                (raw, rank, option.e164, option.kind, option.region, option.how)
                for rank, option in enumerate(reading.options, start=1)
            ]
    return _table(schemas.READINGS, readings), _table(schemas.READING_OPTIONS, options)


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in table.columns])


def _empty(table: Table) -> pa.Table:
    return _schema(table).empty_table()


def _table(table: Table, rows: list[tuple[object, ...]]) -> pa.Table:
    if not rows:
        return _empty(table)
    schema = _schema(table)
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
