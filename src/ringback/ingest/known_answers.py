"""Whether anything is known of answers: a fact of a seized table, found out while its rows come in batches."""

import pyarrow as pa
import pyarrow.compute as pc

from ringback.ingest.dictionary_columns import matches
from ringback.ingest.talk_times import AnswerTimes, talk_seconds
from ringback.sources.answer_tables import AnswerTables


class DecidedTooSoonError(Exception):
    """Talk times were decided before it was known that their table tells of answers: the exhibit is read again."""


class KnownAnswers:
    """Of which tables of an exhibit anything is known of answers: those with an answer and an end in some row.

    What was found out stays when the exhibit is read again, so the second reading knows it from the start. One name for
    each table is all that is remembered, however many rows it has.

    Attributes:
        tables: Tells the tables of an archive apart.
    """

    def __init__(self) -> None:
        self.tables = AnswerTables()
        self._answers: set[str] = set()
        self._ends: set[str] = set()
        self._unsure: set[str] = set()

    @property
    def again(self) -> bool:
        """Whether rows were decided wrongly, so that the exhibit has to be read once more."""
        return self.tables.again or not self._unsure.isdisjoint(self._answers & self._ends)

    def begin(self) -> None:
        """Begin to read the exhibit, for the first time or once more."""
        if self.tables.again:
            # What was found out was told of the wrong tables.
            self._answers, self._ends = set(), set()
        self.tables.begin()
        self._unsure = set()

    def learn(self, tables: pa.DictionaryArray, times: AnswerTimes) -> None:
        """Look at the times of a batch of rows.

        Args:
            tables: The table of each row.
            times: Their times.
        """
        self._answers |= _names(tables, times.answers)
        self._ends |= _names(tables, times.ends)

    def decide(
        self, tables: pa.DictionaryArray, seconds: pa.DoubleArray, times: AnswerTimes, said: pa.BooleanArray
    ) -> pa.DoubleArray:
        """The talk times of a batch: by its times where anything is known of answers, else what `seconds` says.

        Args:
            tables: As for `learn`.
            seconds, times, said: As for `talk_seconds`.
        """
        known = matches(tables, lambda names: _among(names, self._answers & self._ends))
        unsure = pc.invert(pc.or_(known, matches(tables, lambda names: _among(names, self._unsure))))
        if not (pc.any(known).as_py() or pc.any(unsure).as_py()):
            return seconds
        timed = talk_seconds(seconds, times, said)
        # Only rows for which it matters: a table whose first calls were busy, with a duration of nought, is read once.
        differs = pc.coalesce(pc.not_equal(timed, seconds), pc.xor(timed.is_valid(), seconds.is_valid()))
        self._unsure |= _names(tables, pc.and_(unsure, differs))
        return pc.if_else(known, timed, seconds)


def _among(names: pa.StringArray, known: set[str]) -> pa.BooleanArray:
    return pa.array([name in known for name in names.to_pylist()], pa.bool_())


def _names(tables: pa.DictionaryArray, rows: pa.BooleanArray) -> set[str]:
    """The tables of these rows."""
    if not pc.any(rows).as_py():
        return set()
    found = tables.indices.filter(rows).unique()
    return set(tables.dictionary.take(found).to_pylist())
