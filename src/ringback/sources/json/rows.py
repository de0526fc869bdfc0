"""The rows of one table of a JSON file, gathered into batches. The columns are the keys of its objects."""

from collections.abc import Iterator

from ringback.sources.base import RawRows, Reject, Rejection, Value, Wanted

# Without this limit, a file whose every object has new keys would grow without bound.
MAX_COLUMNS = 2_000
# This many objects are read before asking whether the table is wanted: the first ones may lack a key.
FIRST_OBJECTS = 500
_FIRST_CHARACTERS = 8 * 1024 * 1024


class JsonTable:
    """The state of a table while its rows are read.

    Args:
        name: Its name.
        reject: Called with what cannot be read.
        wanted: Asked once, with the keys of the first objects.
        batch_rows: Rows in a batch.
        otherwise: A second name, tried if the table is not wanted under its own name; "" for none.

    Attributes:
        seen: The number of the last row. The reader of a row counts it here.
        known: The columns.
        unwanted: Whether the table turned out not to be wanted.
        told: Whether the damage at the end of the file was already reported.
        kept: How many rows were read.
        full: The full batches.
    """

    def __init__(self, name: str, *, reject: Reject, wanted: Wanted, batch_rows: int, otherwise: str = "") -> None:
        self.name, self._reject, self._wanted, self._batch_rows = name, reject, wanted, batch_rows
        self._otherwise = otherwise
        self._held: list[tuple[int, int, str, str, bool]] = []  # rejections from before the name is decided
        self._columns: tuple[str, ...] = ()
        self.known: set[str] = set()
        self.seen = self.kept = 0
        self.unwanted = self.told = False
        self._first: list[tuple[dict[str, Value], int, int]] | None = []
        self._size = 0
        self._batch = RawRows(name, (), [], [], [])
        self.full: list[RawRows] = []

    def drop(self, at: int, reason: str, detail: str, *, damage: bool = False) -> None:
        """Reject the row that was counted last."""
        self.told |= damage
        self._held.append((self.seen, at, reason, detail, damage))
        if self._first is None:
            self._hand_over()

    def _hand_over(self) -> None:
        held, self._held = self._held, []
        for row, at, reason, detail, damage in held:
            self._reject(Rejection(self.name, row, at, reason, detail, damage))

    def add(self, found: dict[str, Value], at: int, *, size: int) -> None:
        """Take the row that was counted last; `size` is the length of its text."""
        same = tuple(found) == self._columns
        if not same and not self._admit(found, at):
            return
        self.kept += 1
        if self._first is not None:
            self._first.append((found, self.seen, at))
            self._size += size
            if len(self._first) >= FIRST_OBJECTS or self._size >= _FIRST_CHARACTERS:
                self._settle()
            return
        self._put(list(found.values()) if same else [found.get(name) for name in self._columns], self.seen, at)

    def is_like(self, found: dict[str, object]) -> bool:
        """Whether an object looks like a row of the table, and not like an object inside a row."""
        return not self.known or 2 * len(found.keys() & self.known) >= len(found)

    def ready(self) -> Iterator[RawRows]:
        """The full batches."""
        ready, self.full = self.full, []
        return iter(ready)

    def rest(self) -> Iterator[RawRows]:
        """All remaining batches, the last one included."""
        if self._first:
            self._settle()
        self._hand_over()
        self._flush()
        return self.ready()

    def _admit(self, found: dict[str, Value], at: int) -> bool:
        """Add the new keys of an object to the columns; False, with the row rejected, if that makes too many."""
        new = tuple(key for key in found if key not in self.known)
        if len(self.known) + len(new) > MAX_COLUMNS:
            self.drop(at, "too_many_columns", f"would make more than {MAX_COLUMNS} columns")
            return False
        self._columns += new
        self.known.update(new)
        return True

    def _settle(self) -> None:
        """Ask whether the table is wanted, now that its columns are known, and take the first rows."""
        first, self._first = self._first or [], None
        self.unwanted = not self._wanted(self.name, self._columns)
        if self.unwanted and self._otherwise and self._wanted(self._otherwise, self._columns):
            self.name, self.unwanted = self._otherwise, False
            self._batch = RawRows(self.name, self._columns, [], [], [])
        self._hand_over()
        for found, number, at in first:
            self._put([found.get(name) for name in self._columns], number, at)

    def _put(self, values: list[Value], number: int, at: int) -> None:
        if self.unwanted:
            return
        if self._columns is not self._batch.columns:
            self._flush()
        batch = self._batch
        batch.rows.append(values)
        batch.row_numbers.append(number)
        batch.byte_offsets.append(at)  # type: ignore[union-attr]
        if len(batch.rows) >= self._batch_rows:
            self._flush()

    def _flush(self) -> None:
        if self._batch.rows:
            self.full.append(self._batch)
        self._batch = RawRows(self.name, self._columns, [], [], [])
