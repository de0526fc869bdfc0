"""Which rows of an archive are one table when it is asked whether anybody noted who answered.

Elsewhere that is the seized table. An archive may hold one file for each call, and a file of one call that nobody
answered says nothing of the others: so files of one shape, with the same fields, count together.
"""

import pyarrow as pa

from ringback.schemas import ANSWERS_OF
from ringback.sources.filenames import table_of_file
from ringback.sources.mapping import Projection


class AnswerTables:
    """Gives the rows of an archive's calls their table. One for each exhibit, however often it is read.

    Attributes:
        again: Whether a file turned out to have more fields than its first rows had, as JSON may: these rows have the
            wrong table, and get the right one when the exhibit is read again.
    """

    def __init__(self) -> None:
        self.again = False
        self._part = -1
        self._fields: dict[str, frozenset[str]] = {}  # of the part that is being read: place to fields
        self._grown: dict[str, frozenset[str]] = {}

    def begin(self) -> None:
        """Begin to read the exhibit."""
        self.again = False
        self._part, self._fields = -1, {}

    def with_table(self, rows: pa.Table, projection: Projection, *, part: int, place: str, table: str) -> pa.Table:
        """Rows of RAW_CALLS with the column ANSWERS_OF. No table without a column of answers shares its name with one.

        Args:
            rows: A batch.
            projection: Which fields it has.
            part: The number of its file.
            place: The name of its origin: the file, and the table if the file has several.
            table: The name of its table.
        """
        if part != self._part:
            self._part, self._fields = part, {}
        fields = frozenset(
            name for name, position in zip(projection.fields, projection.positions, strict=True) if position >= 0
        )
        before = self._grown.get(place) or self._fields.setdefault(place, fields)
        whole = before | fields
        if whole != before:
            self._grown[place] = whole
            self.again |= "answered_at" in whole
        # The name of a file is no name of a table: each call may have a file of its own.
        file = place.removesuffix(f": {table}")
        own = table if file != place and table != table_of_file(file) else ""
        name = pa.array([" ".join((own, *sorted(whole)))], pa.string())
        codes = pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows)
        return rows.append_column(ANSWERS_OF, pa.DictionaryArray.from_arrays(codes, name))
