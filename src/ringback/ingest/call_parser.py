"""Reads the texts of seized call rows: times to UTC, talk times to seconds, numbers to E.164."""

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringback.engine.parquet import TableWriter
from ringback.engine.store import RunStore, part_name
from ringback.ingest.dictionary_columns import coded, filled, matches
from ringback.ingest.duplicate_keys import duplicate_keys
from ringback.ingest.known_answers import DecidedTooSoonError, KnownAnswers
from ringback.ingest.organisation_lookup import OrganisationColumn
from ringback.ingest.talk_times import AnswerTimes, Endings, said_answered, with_country_codes
from ringback.ingest.timestamps import TimestampReader, read_talk_seconds
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.organisations import organisation_numbers
from ringback.schemas import ANSWERED, ANSWERS_OF, FEW_VALUES, ORIGIN, PARSED_CALLS, SEEN_OPTIONS

# More rows than one exhibit can have.
_MOST_ROWS = 10**12
_CARRIED = (*(column.name for column in ORIGIN), "call_id", "account", "disposition")


class CallTexts:
    """Reads the texts of call rows as they come from the exhibits.

    Args:
        numbers: Reads number texts.
        timestamps: Reads texts of times.
        first_at: First moment of the site's life (aware).
        until_at: First moment after it (aware).
        answered: Dispositions of calls that somebody answered, in capitals.
    """

    def __init__(
        self,
        numbers: ColumnReader,
        timestamps: TimestampReader,
        *,
        first_at: datetime,
        until_at: datetime,
        answered: frozenset[str] = frozenset(ANSWERED),
    ) -> None:
        self._numbers, self._timestamps = numbers, timestamps
        self._first_at, self._until_at, self._answered = first_at, until_at, answered
        self._organisations = OrganisationColumn(organisation_numbers())

    @contextmanager
    def saving(self, store: RunStore, exhibit: str, known: KnownAnswers | None = None) -> Iterator["CallWriter"]:
        """Save one exhibit's parts of PARSED_CALLS and SEEN_OPTIONS: both appear on leaving.

        Args:
            store: The run's tables.
            exhibit: Reference of the exhibit, such as EX-001.
            known: What is known of its answers.

        Raises:
            DecidedTooSoonError: On leaving; nothing was saved. The exhibit has to be read again, with the same `known`.
        """
        with ExitStack() as stack:
            options, calls = (
                stack.enter_context(TableWriter(stack.enter_context(store.writing(part_name(table, exhibit))), table))
                for table in (SEEN_OPTIONS, PARSED_CALLS)
            )
            known = known or KnownAnswers()
            yield stack.enter_context(CallWriter(self, calls, options, known, first_row=first_row(exhibit)))

    def look(self, rows: pa.Table, known: KnownAnswers) -> None:
        """Only find out whether anything is known of the answers of rows of RAW_CALLS."""
        times = AnswerTimes.read(_one_array(rows["answered_at"]), _one_array(rows["ended_at"]), self._timestamps)
        known.learn(_answer_tables(rows), times)

    def read(
        self, rows: pa.Table, row_id: int, endings: Endings | None = None, known: KnownAnswers | None = None
    ) -> tuple[pa.Table, pa.Table]:
        """Rows of RAW_CALLS as rows of PARSED_CALLS, in their order; and SEEN_OPTIONS of the ambiguous ones.

        Args:
            rows: RAW_CALLS.
            row_id: The row_id of the first of them; the others follow.
            endings: Counts how the calls ended, and which way they went.
            known: What is known of answers, and learns from these rows.
        """
        known = known or KnownAnswers()
        given = {name: _one_array(rows[name]) for name in rows.column_names}
        given |= {name: coded(given[name]) for name in FEW_VALUES}
        started_at, started_reading = self._timestamps.read(given["started_at"])
        raw = with_country_codes(filled(given["called_number"]), given["country_code"])
        called = self._numbers.read(raw)
        said = said_answered(given["disposition"], self._answered)
        talked = given["duration"]
        times = AnswerTimes.read(given["answered_at"], given["ended_at"], self._timestamps)
        tables = _answer_tables(rows)
        known.learn(tables, times)
        seconds = known.decide(tables, read_talk_seconds(talked.dictionary).take(talked.indices), times, said)
        # A call that nobody answered has no talk time, even where its column does not say so.
        silent = pc.and_(seconds.is_null(), pc.invert(said)).fill_null(False)
        seconds = pc.if_else(silent, 0.0, seconds)
        leg = read_legs(given["leg"])
        inbound = _is(given["direction"], "inbound")
        if endings is not None:
            endings.count(given["disposition"], given["direction"], seconds)
            endings.count_legs(leg)
            endings.count_times(seconds, started_at, times)
        presentation = self._numbers.read_certain(filled(given["presentation_number"]))
        made = {
            "row_id": pa.array(np.arange(row_id, row_id + rows.num_rows)),
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
            "needs_review": pc.or_(
                inbound, unclear(called.ambiguous, leg, started_at, first_at=self._first_at, until_at=self._until_at)
            ),
            "duplicate_key": duplicate_keys(given["call_id"], leg, given["account"], started_at),
        }
        columns = {name: given[name] for name in _CARRIED} | made
        return pa.table({name: columns[name] for name in PARSED_CALLS.names}), called.options


class CallWriter:
    """Takes the rows of RAW_CALLS of one exhibit; `CallTexts.saving` makes it.

    A thread reads and writes rows while the next ones are taken out of the exhibit: both kinds of work can run beside
    other Python code. An error in the thread is raised by the next call, or on leaving.
    """

    def __init__(
        self, texts: CallTexts, calls: TableWriter, options: TableWriter, known: KnownAnswers, *, first_row: int
    ) -> None:
        self._texts, self._calls, self._options, self._known = texts, calls, options, known
        self.endings = Endings()
        self._row_id = first_row
        self._worker = ThreadPoolExecutor(1, "call-texts")
        self._writing: Future[None] | None = None

    def __enter__(self) -> "CallWriter":
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        self._worker.shutdown(wait=True)
        if kind is None:
            self._finish()
            if self._known.again:
                raise DecidedTooSoonError

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
        if self._known.again:
            # Nothing of this reading is kept, but what it still finds out is needed for the next one.
            self._texts.look(rows, self._known)
            return
        calls, options = self._texts.read(rows, self._row_id, self.endings, self._known)
        self._row_id += rows.num_rows
        self._options.write_table(options)
        self._calls.write_table(calls)


def first_row(exhibit: str) -> int:
    """The row_id of an exhibit's first call: it does not depend on what was read before, or in which process.

    >>> first_row("EX-002")
    2000000000000
    """
    return int(exhibit.rpartition("-")[2]) * _MOST_ROWS


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array; a single chunk is not copied, as `combine_chunks` would do."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _answer_tables(rows: pa.Table) -> pa.DictionaryArray:
    """For each row of RAW_CALLS, the table of which it is asked whether anything is known of answers."""
    return coded(_one_array(rows[ANSWERS_OF if ANSWERS_OF in rows.column_names else "origin_table"]))


def _is(texts: pa.DictionaryArray, word: str) -> pa.BooleanArray:
    return matches(texts, lambda words: pc.equal(words, word))


def read_legs(texts: pa.DictionaryArray) -> pa.DictionaryArray:
    """Legs in lower case, without blanks around them; the usual names of the two legs become `a` and `b`.

    >>> read_legs(pa.array([" B ", "A-Leg", "leg b", "other"]).dictionary_encode()).to_pylist()
    ['b', 'a', 'b', 'other']
    """
    words = [_plain_leg(text) for text in texts.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(texts.indices, pa.array(words, pa.string()))


def _plain_leg(text: str) -> str:
    plain = re.sub(r"[^a-z]", "", text.lower())
    return {"aleg": "a", "lega": "a", "bleg": "b", "legb": "b"}.get(plain, text.strip().lower())


def unclear(
    ambiguous: pa.BooleanArray,
    legs: pa.DictionaryArray,
    started_at: pa.TimestampArray,
    *,
    first_at: datetime,
    until_at: datetime,
) -> pa.BooleanArray:
    """Whether it is unclear that a row is a call, or to whom: ambiguous, outside the site's life, or the account's leg.

    >>> from datetime import UTC
    >>> timestamps = pa.array([datetime(2021, 8, 2, tzinfo=UTC)] * 2 + [None], pa.timestamp("us", "UTC"))
    >>> first_at, until_at = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    >>> legs = pa.array(["b", "a", "b"]).dictionary_encode()
    >>> unclear(pa.array([False] * 3), legs, timestamps, first_at=first_at, until_at=until_at).to_pylist()
    [False, True, True]
    """
    first, until = (int(timestamp.timestamp()) * 1_000_000 for timestamp in (first_at, until_at))
    timestamps = started_at.cast(pa.int64())
    within = pc.and_(pc.greater_equal(timestamps, first), pc.less(timestamps, until)).fill_null(False)
    return pc.or_(pc.invert(within), pc.or_(ambiguous, _is(legs, "a")))


def read_connected(seconds: pa.DoubleArray, said: pa.BooleanArray) -> pa.BooleanArray:
    """Whether somebody answered: the talk time is above zero, and the disposition says so or is missing.

    >>> read_connected(pa.array([61.0, 61.0, 61.0]), pa.array([True, False, None])).to_pylist()
    [True, False, True]
    """
    return pc.and_(pc.greater(seconds, 0.0).fill_null(False), said.fill_null(True))
