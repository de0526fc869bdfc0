"""The texts of seized call rows, read: times to UTC, talk times to seconds, numbers to E.164."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringback.engine.parquet import TableWriter
from ringback.engine.store import RunStore, part_name
from ringback.ingest.dictionary_columns import coded, filled, matches
from ringback.ingest.duplicate_keys import duplicate_keys_of
from ringback.ingest.organisation_lookup import OrganisationColumn
from ringback.ingest.running_counts import COUNTS, MERGED, CallCounter
from ringback.ingest.talk_times import Endings, said_answered, talk_seconds, with_country_codes
from ringback.ingest.timestamps import TimestampReader, read_talk_seconds
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.organisations import organisation_numbers
from ringback.schemas import (
    ANSWERED,
    CALLED_LEGS,
    FEW_VALUES,
    LONG_ROWS,
    ORIGIN,
    READ_CALLS,
    SEEN_OPTIONS,
    UNCLEAR_CALLS,
)
from ringback.schemas.table import Table

# More rows than one exhibit can have.
_MOST_ROWS = 10**12
# Counts of so many batches are merged: with more there is little left to gain.
_MERGED_BATCHES = 16
# What is saved of an exhibit's calls.
SAVED = (SEEN_OPTIONS, UNCLEAR_CALLS, LONG_ROWS, CALLED_LEGS, *COUNTS, READ_CALLS)
_CARRIED = (*(column.name for column in ORIGIN), "call_id", "account", "disposition")


class CallTexts:
    """Reads the texts of call rows as they come from the exhibits.

    Args:
        numbers: Reads number texts.
        timestamps: Reads texts of times.
        counter: Counts what was read.
        long_over_s: Talk time in seconds above which a call is a long one, by the region of its number.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).
        answered: Dispositions of calls that somebody answered, in capitals.
    """

    def __init__(
        self,
        numbers: ColumnReader,
        timestamps: TimestampReader,
        counter: CallCounter,
        *,
        long_over_s: Mapping[str, int],
        first_at: datetime,
        until_at: datetime,
        answered: frozenset[str] = frozenset(ANSWERED),
    ) -> None:
        self._numbers, self._timestamps, self._counter, self._long_over_s = numbers, timestamps, counter, long_over_s
        self._first_at, self._until_at, self._answered = first_at, until_at, answered
        self._organisations = OrganisationColumn(organisation_numbers())

    @contextmanager
    def saving(self, store: RunStore, exhibit: str) -> Iterator["CallWriter"]:
        """Save the tables of one exhibit's calls, `SAVED`: all appear on leaving.

        Args:
            store: The run's tables.
            exhibit: Reference of the exhibit, such as EX-001.
        """
        with ExitStack() as stack:
            writers = {}
            for table in SAVED:
                path = stack.enter_context(store.writing(part_name(table, exhibit)))
                writers[table] = stack.enter_context(TableWriter(path, table))
            yield stack.enter_context(CallWriter(self, writers, self._counter, first_place=first_place(exhibit)))

    def read(self, rows: pa.Table, place: int, endings: Endings | None = None) -> dict[Table, pa.Table]:
        """Rows of RAW_CALLS as rows of READ_CALLS, in their order, and what else is saved of them.

        Args:
            rows: RAW_CALLS.
            place: The place of the first of them; the others follow.
            endings: Counts how the calls ended, and which way they went.

        Returns:
            Each table of `SAVED`.
        """
        given = {name: _one_array(rows[name]) for name in rows.column_names}
        given |= {name: coded(given[name]) for name in FEW_VALUES}
        started_at, started_reading = self._timestamps.read(given["started_at"])
        raw = with_country_codes(filled(given["called_number"]), given["country_code"])
        called = self._numbers.read(raw)
        said = said_answered(given["disposition"], self._answered)
        talked = given["duration"]
        seconds = talk_seconds(
            read_talk_seconds(talked.dictionary).take(talked.indices),
            given["answered_at"],
            given["ended_at"],
            said,
            self._timestamps,
        )
        # Who did not answer did not talk, whatever is missing.
        silent = pc.and_(seconds.is_null(), pc.invert(said)).fill_null(False)
        seconds = pc.if_else(silent, 0.0, seconds)
        leg = read_legs(given["leg"])
        inbound = _is(given["direction"], "inbound")
        if endings is not None:
            endings.count(given["disposition"], given["direction"], seconds)
            endings.count_legs(leg)
            endings.count_times(seconds, started_at, given["answered_at"], given["ended_at"], self._timestamps)
        presentation = self._numbers.read_certain(filled(given["presentation_number"]))
        made = {
            "place": pa.array(np.arange(place, place + rows.num_rows)),
            "started_at": started_at,
            "started_reading": started_reading,
            "leg": leg,
            "duration_s": seconds,
            "connected": read_connected(seconds, said),
            "presentation_number": presentation,
            "organisation": self._organisations.read(presentation),
            "called_raw": raw,
            "called_number": called.e164,
            "called_kind": called.kind,
            "called_region": called.region,
            "called_how": called.how,
            "called_ambiguous": called.ambiguous,
            "called_reason": called.reason,
            "inbound": inbound,
            "plain": pc.and_not(
                read_plain(called.ambiguous, leg, started_at, first_at=self._first_at, until_at=self._until_at), inbound
            ),
            "look": duplicate_keys_of(given["call_id"], leg, given["account"], started_at),
        }
        columns = {name: given[name] for name in _CARRIED} | made
        calls = pa.table({name: columns[name] for name in READ_CALLS.names})
        long_ = read_long(seconds, called.region, self._long_over_s)
        return {
            READ_CALLS: calls,
            UNCLEAR_CALLS: calls.filter(pc.invert(made["plain"])),
            LONG_ROWS: calls.select(LONG_ROWS.names).filter(pc.and_(pc.and_(made["plain"], made["connected"]), long_)),
            CALLED_LEGS: calls.select(CALLED_LEGS.names).filter(
                pc.and_(pc.and_not(_is(leg, "b"), inbound), given["call_id"].is_valid())
            ),
            SEEN_OPTIONS: called.options,
            **self._counter.count(columns),
        }


class CallWriter:
    """Takes the rows of RAW_CALLS of one exhibit; `CallTexts.saving` gives it.

    While rows are read and written, the next ones are taken out of the exhibit: both are work that runs beside other
    Python code. What goes wrong is raised by the next call, or on leaving.
    """

    def __init__(
        self, texts: CallTexts, writers: Mapping[Table, TableWriter], counter: CallCounter, *, first_place: int
    ) -> None:
        self._texts, self._writers, self._counter = texts, writers, counter
        self._merged: dict[Table, list[pa.Table]] = {table: [] for table in MERGED}
        self.endings = Endings()
        self._place = first_place
        self._worker = ThreadPoolExecutor(1, "call-texts")
        self._writing: Future[None] | None = None

    def __enter__(self) -> "CallWriter":
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        self._worker.shutdown(wait=True)
        if kind is None:
            self._finish()
            self._write_merged(least=1)

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
        found = self._texts.read(rows, self._place, self.endings)
        self._place += rows.num_rows
        for table, writer in self._writers.items():
            if table in self._merged:
                self._merged[table].append(found[table])
            else:
                writer.write_table(found[table])
        self._write_merged(least=_MERGED_BATCHES)

    def _write_merged(self, *, least: int) -> None:
        for table, counts in self._merged.items():
            if len(counts) >= least:
                self._writers[table].write_table(self._counter.merge(table, counts))
                counts.clear()


def first_place(exhibit: str) -> int:
    """The place of an exhibit's first call: whatever was read before it, and in which process.

    >>> first_place("EX-002")
    2000000000000
    """
    return int(exhibit.rpartition("-")[2]) * _MOST_ROWS


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array: as it is where it is one, which `combine_chunks` would copy."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _is(texts: pa.DictionaryArray, word: str) -> pa.BooleanArray:
    return matches(texts, lambda words: pc.equal(words, word))


def read_legs(texts: pa.DictionaryArray) -> pa.DictionaryArray:
    """Legs in small letters, without blanks around them; `a` and `b` in whatever way a leg is called.

    >>> read_legs(pa.array([" B ", "A-Leg", "leg b", "other"]).dictionary_encode()).to_pylist()
    ['b', 'a', 'b', 'other']
    """
    words = [_plain_leg(text) for text in texts.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(texts.indices, pa.array(words, pa.string()))


def _plain_leg(text: str) -> str:
    plain = re.sub(r"[^a-z]", "", text.lower())
    return {"aleg": "a", "lega": "a", "bleg": "b", "legb": "b"}.get(plain, text.strip().lower())


def read_plain(
    ambiguous: pa.BooleanArray,
    legs: pa.DictionaryArray,
    started_at: pa.TimestampArray,
    *,
    first_at: datetime,
    until_at: datetime,
) -> pa.BooleanArray:
    """Whether nothing in a row asks for a second look: one reading, in the life of the site, no leg to the account.

    >>> from datetime import UTC
    >>> timestamps = pa.array([datetime(2021, 8, 2, tzinfo=UTC)] * 2 + [None], pa.timestamp("us", "UTC"))
    >>> first_at, until_at = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    >>> legs = pa.array(["b", "a", "b"]).dictionary_encode()
    >>> read_plain(pa.array([False] * 3), legs, timestamps, first_at=first_at, until_at=until_at).to_pylist()
    [True, False, False]
    """
    first, until = (int(timestamp.timestamp()) * 1_000_000 for timestamp in (first_at, until_at))
    timestamps = started_at.cast(pa.int64())
    within = pc.and_(pc.greater_equal(timestamps, first), pc.less(timestamps, until)).fill_null(False)
    return pc.and_not(within, pc.or_(ambiguous, _is(legs, "a")))


def read_long(seconds: pa.DoubleArray, regions: pa.DictionaryArray, over_s: Mapping[str, int]) -> pa.BooleanArray:
    """Whether a talk time is longer than is asked in the region of the called number.

    >>> regions = pa.array(["GB", "GB", "GB", None, "US"]).dictionary_encode()
    >>> read_long(pa.array([61.0, 60.0, None, 61.0, 61.0]), regions, {"GB": 60}).to_pylist()
    [True, False, False, False, False]
    """
    by_region = (
        pc.and_(pc.greater(seconds, float(least)).fill_null(False), _is(regions, region))
        for region, least in over_s.items()
    )
    return reduce(pc.or_, by_region)


def read_connected(seconds: pa.DoubleArray, said: pa.BooleanArray) -> pa.BooleanArray:
    """Whether somebody answered: talk time above nought, and a disposition that says so, or none.

    >>> read_connected(pa.array([61.0, 61.0, 61.0]), pa.array([True, False, None])).to_pylist()
    [True, False, True]
    """
    return pc.and_(pc.greater(seconds, 0.0).fill_null(False), said.fill_null(True))
