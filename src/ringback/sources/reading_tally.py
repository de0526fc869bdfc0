"""The tally of reading one exhibit: rows kept and rejected, and remarks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ringback.numbers.masking import mask_numbers
from ringback.sources.base import Rejection
from ringback.sources.fields.durations import TalkTimes

# This many damaged places of an exhibit are listed; the others are only counted.
MOST_DAMAGE = 1000
_MOST_REJECTIONS = 50_000


@dataclass(slots=True)
class ReadingTally:
    """What was kept, rejected and noticed while one exhibit was read.
    Attributes:
        rows: Rows kept, by role.
        seen: (part of the exhibit, seized table) to the highest row number given out, rejected rows included.
        rejections: Rows and places that could not be read, until they are handed over.
        rejected: (seized table, reason) to rows that could not be read.
        damage: The first places where the exhibit itself is damaged.
        damaged_places: How many damaged places there are.
        hand_over: Takes the rejections when there are many: an exhibit may consist of nothing else.
        quarantined: (seized table, column) to rows with a value in it.
        bad_encoding: (seized table, field) to values with undecodable bytes, which are shown with a replacement mark.
        passed_over: Seized tables that the mapping does not name.
        unread_files: Files of an archive that were not read: the reason to how many there are, and one name.
        time_formats: (place, seized table, column of times) to the format that its digits show, or None.
        remarks: Other remarks on how the exhibit was read, in words.
        talk_times: (place, seized table, column of talk times) to what is known of it.
        other_endings: For columns that may say how calls ended but are not mapped: (seized table, column) to
            (word, talk time above zero) to rows.
        other_directions: For columns that may say which way calls went but are not mapped: (seized table, column) to
            rows that say inbound.
        beside: (seized table, field, column) of columns that say which way a call went, or the country's code.
        rows_of: Seized table to rows kept.
        named: Table names that came from file names.
        columns: Seized table to its columns: a table without a role may resemble one that was read.
        synthetic: Whether a value of any column has the mark of a synthetic seizure.
    """

    rows: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    damage: list[Rejection] = field(default_factory=list)
    damaged_places: int = 0
    hand_over: Callable[[list[Rejection]], None] | None = None
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_encoding: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed_over: set[str] = field(default_factory=set)
    unread_files: dict[str, tuple[int, str]] = field(default_factory=dict)
    time_formats: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    talk_times: dict[tuple[str, str, str], TalkTimes] = field(default_factory=dict)
    other_endings: dict[tuple[str, str], Counter[tuple[str, bool]]] = field(default_factory=dict)
    other_directions: Counter[tuple[str, str]] = field(default_factory=Counter)
    beside: set[tuple[str, str, str]] = field(default_factory=set)
    rows_of: Counter[str] = field(default_factory=Counter)
    named: set[str] = field(default_factory=set)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    synthetic: bool = False

    def see(self, part: int, table: str, row: int) -> None:
        """Note that a table of a part of the exhibit has at least this many rows."""
        self.seen[part, table] = max(row, self.seen.get((part, table), 0))

    def reject(self, part: int, rejection: Rejection) -> None:
        """Note a row, or a place, that could not be read."""
        self.rejections.append(rejection)
        # A place without a row number is damage outside the rows, not a row that was seen.
        if rejection.row:
            self.see(part, rejection.table, rejection.row)
            self.rejected[rejection.table, rejection.reason] += 1
        elif not rejection.damage and len(self.remarks) < MOST_DAMAGE:
            self.remarks.append(f"table {rejection.table}: {rejection.detail}")
        if rejection.damage:
            self.damaged_places += 1
            if self.damaged_places <= MOST_DAMAGE:
                self.damage.append(rejection)
        if self.hand_over and len(self.rejections) >= _MOST_REJECTIONS:
            self.hand_over(self.rejections)
            self.rejections.clear()

    def pass_over_file(self, name: str, what: str) -> None:
        """Note a file of an archive that was not read; its name is masked."""
        count, first = self.unread_files.get(what, (0, mask_numbers(name)))
        self.unread_files[what] = count + 1, first
