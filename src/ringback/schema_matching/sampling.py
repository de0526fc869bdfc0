"""Samples rows of every table of an exhibit, and sketches all values of its columns; big tables are not read whole."""

import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ringback.sources.base import Batch, RawRows, want_all
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import raw_batches
from ringback.sources.reading_tally import ReadingTally

# This many first rows of a table, and this many random rows from all that is read of it.
FIRST_ROWS = 200
SPREAD_ROWS = 1_800
# After this many rows of a table only some of its statements are read, and in the end none.
MANY_ROWS = 100_000
SKIPPED_STATEMENTS = 25
MOST_ROWS = 300_000
# Replaces a value of bytes that are not text, such as a recording.
BLOB = "\x00"
_LONGEST_KEY = 64


@dataclass(slots=True)
class Sketch:
    """The smallest hashes of a column's distinct values. Two sketches show how much of one column is in another.

    Attributes:
        most: How many hashes are kept.
        below: Only hashes below this are kept.
    """

    most: int = 20_000
    below: int = 2**32
    hashes: set[int] = field(default_factory=set)

    def add(self, values: Iterable[str | None]) -> None:
        """Add values, but for None and long texts, which are no keys."""
        for value in values:
            if value and len(value) <= _LONGEST_KEY:
                key = zlib.crc32(value.strip().casefold().encode("utf-8", "surrogatepass"))
                if key < self.below:
                    self.hashes.add(key)
        if len(self.hashes) > 2 * self.most:
            kept = sorted(self.hashes)[: self.most]
            self.below = kept[-1] + 1
            self.hashes = set(kept)

    @property
    def different(self) -> float:
        """Estimated number of distinct values."""
        return len(self.hashes) * 2**32 / self.below

    def share_in(self, other: "Sketch") -> tuple[float, int]:
        """The share of this column's distinct values that are in the other, and how many could be compared.

        >>> some, all_ = Sketch(), Sketch()
        >>> some.add(["fox", "owl"])
        >>> all_.add(["Fox", "wolf", "bear"])
        >>> some.share_in(all_)
        (0.5, 2)
        """
        below = min(self.below, other.below)
        mine = {key for key in self.hashes if key < below}
        return (len(mine & other.hashes) / len(mine), len(mine)) if mine else (0.0, 0)


@dataclass(slots=True)
class TableSample:
    """Some rows of one seized table.

    Attributes:
        exhibit: The exhibit's reference.
        table: The table's name, in the form that the mapping uses.
        columns: Its column names.
        seen: How many rows were read.
        rows: The sampled rows in the table's order, each as long as `columns`.
        sketches: One per column, over all rows read.
        passed_over: Whether rows were left unread because enough were seen.
    """

    exhibit: str
    table: str
    columns: tuple[str, ...] = ()
    seen: int = 0
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    sketches: list[Sketch] = field(default_factory=list)
    passed_over: bool = False

    def values(self, position: int) -> list[str | None]:
        """One column of the sampled rows."""
        return [row[position] if position < len(row) else None for row in self.rows]


class _Sampler:
    """Samples the batches of one table."""

    def __init__(self, exhibit: str, table: str) -> None:
        self.sample = TableSample(exhibit, table)
        self._first: list[tuple[int, dict[str, str | None]]] = []
        self._spread: list[tuple[int, dict[str, str | None]]] = []
        # A fixed seed, so that the same rows are sampled every time: else nobody could check a proposal.
        self._random = random.Random(f"{exhibit} {table}")  # noqa: S311 - a sample, no secret

    def is_like(self, columns: Sequence[str]) -> bool:
        """Whether these may be columns of the same table: most of them are known."""
        return 2 * len(set(columns) & set(self.sample.columns)) > len(set(columns))

    def take(self, batch: Batch) -> None:
        sample = self.sample
        for name in batch.columns:
            if name not in sample.columns:
                sample.columns += (name,)
                sample.sketches.append(Sketch())
        places = [sample.columns.index(name) for name in batch.columns]
        # Arrays may be made on each access: make them once per batch.
        arrays = None if isinstance(batch, RawRows) else list(batch.arrays)
        for at, values in _distinct(batch, arrays):
            sample.sketches[places[at]].add(values)
        for index in range(len(batch.row_numbers)):
            self._offer(batch, arrays, index)
            sample.seen += 1

    def _offer(self, batch: Batch, arrays: list[pa.Array] | None, index: int) -> None:
        seen = self.sample.seen
        if seen < FIRST_ROWS:
            self._first.append((seen, _row(batch, arrays, index)))
        elif len(self._spread) < SPREAD_ROWS:
            self._spread.append((seen, _row(batch, arrays, index)))
        elif (place := self._random.randrange(seen - FIRST_ROWS + 1)) < SPREAD_ROWS:
            self._spread[place] = (seen, _row(batch, arrays, index))

    def finish(self) -> TableSample:
        chosen = sorted(self._first + self._spread, key=lambda one: one[0])
        self.sample.rows = [tuple(row.get(name) for name in self.sample.columns) for _seen, row in chosen]
        return self.sample


def take_samples(seized: SeizedFile, *, progress: Callable[[int], None] = lambda _n: None) -> list[TableSample]:
    """A sample of every table of an exhibit.

    Args:
        seized: The exhibit.
        progress: Called with the bytes of the file consumed since the last call.
    """
    samplers: list[_Sampler] = []
    # Table to the sampler that takes its rows in the part that is being read.
    taking: dict[str, tuple[int, _Sampler]] = {}
    seen: Counter[str] = Counter()
    asked: Counter[str] = Counter()

    def enough(table: str) -> bool:
        if seen[table] < MANY_ROWS:
            return False
        asked[table] += 1
        return seen[table] >= MOST_ROWS or asked[table] % SKIPPED_STATEMENTS != 0

    for part, _name, batch in raw_batches(
        seized, tally=ReadingTally(), wanted=want_all, enough=enough, progress=progress
    ):
        place, sampler = taking.get(batch.table, (-1, None))
        # An archive may hold one file for each call: together they are one table.
        if sampler is None or (place != part and not sampler.is_like(batch.columns)):
            sampler = _Sampler(seized.exhibit, batch.table)
            samplers.append(sampler)
            seen[batch.table] = 0
        taking[batch.table] = part, sampler
        sampler.take(batch)
        seen[batch.table] += len(batch.row_numbers)
    samples = [one.finish() for one in samplers]
    for one in samples:
        one.passed_over = bool(asked[one.table])
    return samples


def _row(batch: Batch, arrays: list[pa.Array] | None, index: int) -> dict[str, str | None]:
    if isinstance(batch, RawRows):
        values: Sequence[str | bytes | None] = batch.rows[index]
    else:
        values = [array[index].as_py() for array in arrays or ()]
    return {name: _text(value) for name, value in zip(batch.columns, values, strict=True)}


def _distinct(batch: Batch, arrays: list[pa.Array] | None) -> Iterator[tuple[int, list[str | None]]]:
    for at in range(len(batch.columns)):
        if isinstance(batch, RawRows):
            values: Iterable[str | bytes | None] = {row[at] for row in batch.rows}
        else:
            values = (arrays or [])[at].unique().to_pylist()
        yield at, [_text(value) for value in values]


def _text(value: str | bytes | None) -> str | None:
    if not value:
        return None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return BLOB
    return value
