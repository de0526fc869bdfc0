"""The texts of seized call rows, read: times to UTC, talk times to seconds, numbers to E.164."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc

from ringback.engine.looks import looks_of
from ringback.engine.moments import MomentReader, read_talk_seconds
from ringback.engine.parquet import TableWriter
from ringback.engine.store import RunStore, part_name
from ringback.numbers.columns import ColumnReader
from ringback.schemas import ANSWERED, ORIGIN, READ_CALLS, SEEN_OPTIONS

# Columns of few different values.
_FEW_VALUES = ("exhibit", "origin_table", "leg", "account", "disposition", "duration")
_CARRIED = (*(column.name for column in ORIGIN), "call_id", "account", "disposition")


class CallTexts:
    """Reads the texts of call rows as they come from the exhibits.

    Args:
        numbers: Reads number texts.
        moments: Reads texts of times.
    """

    def __init__(self, numbers: ColumnReader, moments: MomentReader) -> None:
        self._numbers, self._moments = numbers, moments

    @contextmanager
    def saving(self, store: RunStore, exhibit: str) -> Iterator["CallWriter"]:
        """Save READ_CALLS and SEEN_OPTIONS of one exhibit: both appear on leaving."""
        with (
            store.writing(part_name(SEEN_OPTIONS, exhibit)) as options_path,
            TableWriter(options_path, SEEN_OPTIONS) as options,
            store.writing(part_name(READ_CALLS, exhibit)) as path,
            TableWriter(path, READ_CALLS) as calls,
            CallWriter(self, calls, options) as writer,
        ):
            yield writer

    def read(self, rows: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Rows of RAW_CALLS as rows of READ_CALLS, in their order; and SEEN_OPTIONS of their ambiguous numbers."""
        given = {name: rows[name].combine_chunks() for name in rows.column_names}
        given |= {name: _coded(given[name]) for name in _FEW_VALUES}
        started_at, started_reading = self._moments.read(given["started_at"])
        raw = given["called_number"].fill_null("")
        called = self._numbers.read(raw)
        shown = given["presentation_number"]
        shown_as = self._numbers.read(shown.fill_null(""))
        talked = given["duration"]
        seconds = read_talk_seconds(talked.dictionary).take(talked.indices)
        leg = read_legs(given["leg"])
        made = {
            "started_at": started_at,
            "started_reading": started_reading,
            "leg": leg,
            "duration_s": seconds,
            "connected": read_connected(seconds, given["disposition"]),
            "presentation_raw": shown,
            "presentation_number": pc.if_else(shown_as.ambiguous, None, shown_as.e164),
            "called_raw": raw,
            "called_number": called.e164,
            "called_kind": called.kind,
            "called_region": called.region,
            "called_how": called.how,
            "called_ambiguous": called.ambiguous,
            "called_reason": called.reason,
            "look": looks_of(given["call_id"], leg, given["account"], started_at),
        }
        columns = {name: given[name] for name in _CARRIED} | made
        return pa.table({name: columns[name] for name in READ_CALLS.names}), called.options


class CallWriter:
    """Takes the rows of RAW_CALLS of one exhibit; `CallTexts.saving` gives it.

    While rows are read and written, the next ones are taken out of the exhibit: both are work that runs beside other
    Python code. What goes wrong is raised by the next call, or on leaving.
    """

    def __init__(self, texts: CallTexts, calls: TableWriter, options: TableWriter) -> None:
        self._texts, self._calls, self._options = texts, calls, options
        self._worker = ThreadPoolExecutor(1, "call-texts")
        self._writing: Future[None] | None = None

    def __enter__(self) -> "CallWriter":
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        self._worker.shutdown(wait=True)
        if kind is None:
            self._finish()

    def write_table(self, rows: pa.Table) -> None:
        """Read rows and write what was read."""
        # One batch at a time: more would only wait in memory.
        self._finish()
        self._writing = self._worker.submit(self._write, rows)

    def _finish(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, rows: pa.Table) -> None:
        calls, options = self._texts.read(rows)
        self._calls.write_table(calls)
        self._options.write_table(options)


def _coded(texts: pa.Array) -> pa.DictionaryArray:
    return texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()


def read_legs(texts: pa.DictionaryArray) -> pa.DictionaryArray:
    """Legs in small letters, without blanks around them."""
    words = [text.strip().lower() for text in texts.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(texts.indices, pa.array(words, pa.string()))


def read_connected(seconds: pa.DoubleArray, dispositions: pa.DictionaryArray) -> pa.BooleanArray:
    """Whether somebody answered: talk time above nought, and a disposition that says so, or none.

    >>> ends = pa.array(["ANSWERED", "busy", None]).dictionary_encode()
    >>> read_connected(pa.array([61.0, 61.0, 61.0]), ends).to_pylist()
    [True, False, True]
    """
    answered = [text.strip().upper() in ANSWERED for text in dispositions.dictionary.to_pylist()]
    ended = pa.array(answered, pa.bool_()).take(dispositions.indices).fill_null(True)
    return pc.and_(pc.greater(seconds, 0.0).fill_null(False), ended)
