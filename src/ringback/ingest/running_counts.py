"""What is counted of calls while they are read: few rows then stand for the millions that stages would go over again.

Counted are plain rows. Which of them repeat another row, or reached a number of one's own, is known only when all are
read: `stages.calls.call_changes` takes those out of the counts again, and counts what is a call all the same as what it
is. Examples of how accounts dial are taken from all rows, and stay as they are.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringback.ingest.dictionary_columns import codes, matches
from ringback.ingest.group_kernels import (
    Flags,
    Numbers,
    add_codes,
    add_flags,
    few_of_each,
    group_rows,
    last_starts,
    sum_up,
)
from ringback.schemas import HABIT_EXAMPLES, PLAIN_ACCOUNTS, PLAIN_DAYS, PLAIN_TALLY
from ringback.schemas.table import Table

# What is saved of an exhibit's calls as counts, and as examples.
COUNTS = (PLAIN_TALLY, PLAIN_DAYS, PLAIN_ACCOUNTS, HABIT_EXAMPLES)
# Those of them that are merged over some batches, since most accounts are in each batch.
MERGED = (PLAIN_ACCOUNTS, HABIT_EXAMPLES)
_WORDS = ("exhibit", "started_reading", "called_region", "called_reason", "organisation")


class CallCounter:
    """Counts the calls of one batch of rows after the other; what they have in common comes once for each.

    Args:
        over_s: Talk time in seconds above which a call is over the rule's threshold.
        local_days: LOCAL_DAYS, covering the life of the site.
        examples: How many numbers that an account dialled in one way say enough about it.
    """

    def __init__(self, *, over_s: int, local_days: pa.Table, examples: int) -> None:
        self._over_s, self._examples = over_s, examples
        self._days = local_days["day"].combine_chunks()
        self._day_starts = _whole(local_days["from_at"].combine_chunks())

    def count(self, rows: Mapping[str, pa.Array]) -> dict[Table, pa.Table]:
        """The counts of some rows of READ_CALLS.

        Args:
            rows: Its columns by name; texts may be dictionaries.

        Returns:
            Each table of `COUNTS`.
        """
        plain, timestamps = _flags(rows["plain"]), _whole(rows["started_at"])
        british = _flags(matches(rows["called_region"], lambda words: pc.equal(words, "GB")))
        days = last_starts(self._day_starts, timestamps)
        by_day, (calls, uk_calls, *times) = _counted(days, plain, british, timestamps)
        accounts = codes(rows["account"])[0].astype(np.int64)
        by_account, (made, connected, *account_times) = _counted(accounts, plain, _flags(rows["connected"]), timestamps)
        return {
            PLAIN_TALLY: self._tally(rows, plain, timestamps),
            PLAIN_DAYS: _table(PLAIN_DAYS, self._days.take(pa.array(days[by_day])), calls, uk_calls, *times),
            PLAIN_ACCOUNTS: _table(
                PLAIN_ACCOUNTS, rows["account"].take(pa.array(by_account)), made, connected, *account_times
            ),
            HABIT_EXAMPLES: self._habit_examples(rows),
        }

    def merge(self, table: Table, counts: Sequence[pa.Table]) -> pa.Table:
        """The counts of some batches as if they had been one batch.

        Args:
            table: One of `MERGED`.
            counts: What `count` gave of it.
        """
        rows = pa.concat_tables(counts).unify_dictionaries().combine_chunks()
        columns = {name: rows[name].combine_chunks() for name in table.names}
        return _merged_accounts(columns) if table is PLAIN_ACCOUNTS else rows.take(self._few_examples(columns))

    def _tally(self, rows: Mapping[str, pa.Array], plain: Flags, timestamps: Numbers) -> pa.Table:
        seconds = rows["duration_s"]
        asked = {
            "connected": rows["connected"],
            "read": rows["called_number"].is_valid(),
            "timed": seconds.is_valid(),
            "talked": pc.greater(seconds, 0.0).fill_null(False),
            "over_threshold": pc.greater(seconds, float(self._over_s)).fill_null(False),
        }
        keys = np.zeros(len(plain), np.int64)
        for name in _WORDS:
            add_codes(keys, *codes(rows[name]))
        for flags in asked.values():
            add_flags(keys, _flags(flags))
        firsts, (calls, *_rest) = _counted(keys, plain, plain, timestamps)
        told = {name: rows[name] for name in (*_WORDS, "called_ambiguous")} | asked
        columns = {name: column.take(pa.array(firsts)) for name, column in told.items()} | {"calls": calls}
        return _table(PLAIN_TALLY, *(columns[name] for name in PLAIN_TALLY.names))

    def _habit_examples(self, rows: Mapping[str, pa.Array]) -> pa.Table:
        """Numbers that accounts dialled without a prefix and that have one reading, a few of each account and way."""
        named = matches(rows["account"], lambda words: pc.not_equal(words, ""))
        bare = matches(rows["called_how"], lambda words: pc.starts_with(words, "bare-"))
        certain = pc.and_not(rows["called_number"].is_valid(), pc.or_(rows["called_ambiguous"], rows["inbound"]))
        kept = self._few_examples(rows, _flags(pc.and_(pc.and_(named, bare), certain)))
        return _table(HABIT_EXAMPLES, *(rows[name].take(kept) for name in HABIT_EXAMPLES.names))

    def _few_examples(self, rows: Mapping[str, pa.Array], wanted: Flags | None = None) -> pa.Int64Array:
        """The rows that hold the first few distinct numbers of each account and way, of the wanted rows or of all."""
        wanted = np.ones(len(rows["account"]), np.bool_) if wanted is None else wanted
        keys = codes(rows["account"])[0].astype(np.int64)
        add_codes(keys, *codes(rows["called_how"]))
        groups, firsts = group_rows(keys, wanted)
        return pa.array(few_of_each(groups, len(firsts), _whole(rows["called_number"]), self._examples))


def _merged_accounts(rows: Mapping[str, pa.Array]) -> pa.Table:
    groups, firsts = group_rows(codes(rows["account"])[0].astype(np.int64), np.ones(len(rows["account"]), np.bool_))
    merged = [np.zeros(len(firsts), np.int64) for _name in ("calls", "connected_calls")]
    merged += [_whole(rows[name])[firsts] for name in ("first_at", "last_at")]
    for sums, add, name in zip(merged, (np.add, np.add, np.minimum, np.maximum), PLAIN_ACCOUNTS.names[1:], strict=True):
        add.at(sums, groups, _whole(rows[name]))
    return _table(PLAIN_ACCOUNTS, rows["account"].take(pa.array(firsts)), *merged)


def _counted(keys: Numbers, wanted: Flags, flags: Flags, timestamps: Numbers) -> tuple[Numbers, Numbers]:
    """The first row of each group of wanted rows, and what `sum_up` gives of it."""
    groups, firsts = group_rows(keys, wanted)
    return firsts, sum_up(groups, firsts, flags, timestamps)


def _table(schema: Table, *columns: pa.Array | Numbers) -> pa.Table:
    """Columns of a table, its moments as whole numbers."""
    utc = pa.timestamp("us", "UTC")
    arrays = [
        pa.array(values, pa.int64()).cast(utc) if column.type.startswith("timestamp") else values
        for column, values in zip(schema.columns, columns, strict=True)
    ]
    return pa.table([pa.array(one) if isinstance(one, np.ndarray) else one for one in arrays], names=schema.names)


def _flags(flags: pa.BooleanArray) -> Flags:
    found: Flags = flags.to_numpy(zero_copy_only=False)
    return found


def _whole(values: pa.Array) -> Numbers:
    """Whole numbers, or moments as microseconds; nought for none."""
    found: Numbers = values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return found
