"""How long people talked, how calls ended (`Endings`), and numbers with the code beside them (`with_country_codes`).

Talk time is what a column of talk times says, or the time from the answer to the end.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ringback.ingest.dictionary_columns import codes
from ringback.ingest.timestamps import TimestampReader
from ringback.numbers.country_codes import read_calling_code

_SECOND_US = 1_000_000
# What panels write for the time of the answer where nobody answered: zero dates, first days of epochs, zeros.
_NO_TIMESTAMP = r"^(?:0000-00-00.*|(?:0001|1900|1970)-01-01.*|1899-12-3[01].*|0+(?:\.0+)?)$"
# The times among these lie in the first day of 1970, or before.
_NO_TIMES_UNTIL_US = 2 * 86_400 * _SECOND_US


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """When the calls of a batch were answered and ended, in microseconds since 1970; null where no time could be read.

    Attributes:
        answered, ended: The times.
        nobody: Whether a row tells of no answer, which is more than that its answer could not be read.
    """

    answered: pa.Int64Array
    ended: pa.Int64Array
    nobody: pa.BooleanArray

    @classmethod
    def read(cls, answered_at: pa.StringArray, ended_at: pa.StringArray, timestamps: TimestampReader) -> "AnswerTimes":
        """The times of a batch, from ISO 8601 text; null for none."""
        if answered_at.null_count == len(answered_at):
            nobody = answered_at.is_null()
        else:
            nobody = pc.match_substring_regex(answered_at, _NO_TIMESTAMP).fill_null(True)
        return cls(_microseconds(answered_at, timestamps), _microseconds(ended_at, timestamps), nobody)

    @property
    def answers(self) -> pa.BooleanArray:
        """Which rows have an answer that could be read."""
        return pc.and_(self.answered.is_valid(), pc.invert(self.nobody))

    @property
    def ends(self) -> pa.BooleanArray:
        """Which rows have an end that could be read."""
        return pc.greater(self.ended, _NO_TIMES_UNTIL_US).fill_null(False)


def _microseconds(texts: pa.StringArray, timestamps: TimestampReader) -> pa.Int64Array:
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), pa.int64())
    return timestamps.read(texts)[0].cast(pa.int64())


def talk_seconds(seconds: pa.DoubleArray, times: AnswerTimes, said: pa.BooleanArray) -> pa.DoubleArray:
    """Talk times of a table whose answers are known: from the answer to the end, whatever a column of talk times says.

    A row without an answer time was not answered, so its talk time is 0, unless its disposition says otherwise: then
    the column's talk time stays. Whether a table's answers are known: `known_answers.KnownAnswers`.

    Args:
        seconds: What the column of talk times says; null where unread.
        times: When the calls were answered and ended.
        said: Whether the disposition says that somebody answered; null where there is none.

    >>> from ringback.engine.time_zones import zone_offsets
    >>> day = "2021-07-01 10:00:"
    >>> times = AnswerTimes.read(pa.array([f"{day}20", None, None]), pa.array([f"{day}50", f"{day}23", f"{day}09"]),
    ...     TimestampReader(zone_offsets("UTC")))
    >>> talk_seconds(pa.array([70.0, 23.0, 9.0]), times, pa.array([True, False, None])).to_pylist()
    [30.0, 0.0, 0.0]
    """
    between = pc.divide(pc.subtract(times.ended, times.answered).cast(pa.float64()), float(_SECOND_US))
    between = pc.if_else(pc.less(between, 0.0), None, between)
    unanswered = pc.if_else(said.fill_null(False), seconds, 0.0)
    return pc.if_else(times.nobody, unanswered, between)


def said_answered(dispositions: pa.DictionaryArray, answered: frozenset[str]) -> pa.BooleanArray:
    """Whether a disposition says that somebody answered; null where there is none.

    >>> said_answered(pa.array(["Answered", "busy", None]).dictionary_encode(), frozenset({"ANSWERED"})).to_pylist()
    [True, False, None]
    """
    found = [text.strip().upper() in answered for text in dispositions.dictionary.to_pylist()]
    return pa.array(found, pa.bool_()).take(dispositions.indices)


def with_country_codes(numbers: pa.StringArray, country_codes: pa.DictionaryArray) -> pa.StringArray:
    """Numbers with the calling code from the column beside them in front, where they are written without one.

    A number with a plus, or 00 in front, is complete; so is one that begins with the code and is as long as a number
    with its code. A trunk zero is dropped.

    >>> beside = pa.array(["91", "GB", "+44", None, "?"]).dictionary_encode()
    >>> numbers = pa.array(["9812345678", "07700 900123", "447700900123", "07700 900123", "07700 900123"])
    >>> with_country_codes(numbers, beside).to_pylist()
    ['+919812345678', '+447700 900123', '+447700900123', '07700 900123', '07700 900123']
    """
    if country_codes.null_count == len(country_codes):
        return numbers
    plain = [read_calling_code(text) for text in country_codes.dictionary.to_pylist()]
    beside = pa.array(plain, pa.string()).take(country_codes.indices)
    stripped = pc.utf8_trim_whitespace(numbers)
    whole = pc.or_(pc.starts_with(stripped, "+"), pc.starts_with(stripped, "00"))
    bare = pc.and_(beside.is_valid(), pc.match_substring_regex(stripped, r"^[0-9(]"))
    wanted = pc.and_not(bare, whole).fill_null(False)
    if not pc.any(wanted).as_py():
        return numbers
    has_code = _begins_with_code(stripped, beside, set(filter(None, plain)))
    national = pc.utf8_ltrim(stripped, "0")
    fronted = pc.if_else(
        has_code,
        pc.binary_join_element_wise("+", stripped, ""),
        pc.binary_join_element_wise("+", beside, national, ""),
    )
    return pc.if_else(wanted, fronted, numbers)


def _begins_with_code(numbers: pa.StringArray, beside: pa.StringArray, known: Iterable[str]) -> pa.BooleanArray:
    """Whether numbers begin with their own code and have at least nine digits behind it, as whole numbers do."""
    found = pa.array(np.zeros(len(numbers), np.bool_))
    for code in known:
        looks = pc.match_substring_regex(numbers, rf"^{code}(?:[ ().-]*[0-9]){{9,}}$")
        found = pc.or_(found, pc.and_(pc.equal(beside, code), looks).fill_null(False))
    return found


class Endings:
    """Counts how an exhibit's calls ended, which way they went, and what their times say.

    Findings name the words that nobody understands, and a talk time that seems to count the ringing.

    Attributes:
        dispositions: (word, whether the talk time is above zero) to rows.
        directions: word to rows.
        legs: word to rows.
        times: Rows by what their times say: `ended` have talk time and an end, `too_long` of these talk over a
            minute longer than start to end; `answers` have an answer time, `at_start` of these equal to the start.
    """

    def __init__(self) -> None:
        self.dispositions: Counter[tuple[str, bool]] = Counter()
        self.directions: Counter[str] = Counter()
        self.legs: Counter[str] = Counter()
        self.times: Counter[str] = Counter()

    def count(self, dispositions: pa.DictionaryArray, directions: pa.DictionaryArray, seconds: pa.DoubleArray) -> None:
        """Count the rows of one batch; rows without a word are left out."""
        talked = pc.greater(seconds, 0.0).fill_null(False).to_numpy(zero_copy_only=False)
        for flag in (True, False):
            for word, rows in _rows_of_words(dispositions, talked == flag):
                self.dispositions[word, flag] += rows
        for word, rows in _rows_of_words(directions, np.ones(len(talked), np.bool_)):
            self.directions[word] += rows

    def count_legs(self, legs: pa.DictionaryArray) -> None:
        """Count the rows of each leg."""
        for word, rows in _rows_of_words(legs, np.ones(len(legs), np.bool_)):
            self.legs[word] += rows

    def count_times(self, seconds: pa.DoubleArray, started: pa.TimestampArray, times: AnswerTimes) -> None:
        """Compare the talk times of one batch with the times beside them, where there are any."""
        starts = started.cast(pa.int64())
        if times.ended.null_count < len(times.ended):
            between = pc.subtract(times.ended, starts).cast(pa.float64())
            known = pc.and_(pc.greater(seconds, 0.0), between.is_valid()).fill_null(False)
            longer = pc.greater(pc.multiply(seconds, float(_SECOND_US)), pc.add(between, 60.0 * _SECOND_US))
            self.times["ended"] += known.true_count
            self.times["too_long"] += pc.and_(known, longer.fill_null(False)).true_count
        if times.answered.null_count < len(times.answered):
            self.times["answers"] += len(times.answered) - times.answered.null_count
            self.times["at_start"] += pc.equal(times.answered, starts).fill_null(False).true_count


def _rows_of_words(texts: pa.DictionaryArray, wanted: NDArray[np.bool_]) -> list[tuple[str, int]]:
    if texts.null_count == len(texts):
        return []
    found, count = codes(texts)
    rows = np.bincount(found[wanted & (found >= 0)], minlength=count)
    return [(word, int(rows[at])) for at, word in enumerate(texts.dictionary.to_pylist()) if rows[at]]
