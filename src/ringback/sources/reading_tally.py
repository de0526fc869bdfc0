"""What reading one exhibit came to: rows kept and rejected, and what is to be known of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ringback.numbers.masking import mask_numbers
from ringback.sources.base import Rejection
from ringback.sources.fields.durations import TalkTimes

# As many damaged places of an exhibit are named; more are counted.
MOST_DAMAGE = 1000
_MOST_REJECTIONS = 50_000


@dataclass(slots=True)
class ReadingTally:
    """What reading one exhibit came to.

    Attributes:
        rows: Rows kept, by role.
        seen: (part of the exhibit, seized table) to the highest row number given out, rejected rows included.
        rejections: Rows and places that could not be read; those that were handed over are gone from it.
        rejected: (seized table, reason) to rows that could not be read.
        damage: The first places where the exhibit itself is damaged.
        damaged_places: How many there are.
        hand_over: Takes rejections when there are many of them: an exhibit may be nothing else.
        quarantined: (seized table, column) to rows in which it held something.
        bad_encoding: (seized table, field) to values with bytes that were no text; shown with a replacement mark.
        passed_over: Seized tables that the mapping does not name.
        unread_files: Files in an archive that are in no known format, by what they are instead: how many, and a name.
        time_formats: (place, seized table, column of times) to the format that its digits told, or None.
        remarks: What else there is to say of how the exhibit was read, in words.
        talk_times: (place, seized table, column of talk times) to what is known of it.
        other_endings: (seized table, column) to (word, talk time above nought) to rows, of columns that may say how
            calls ended, and that the mapping leaves out.
        other_directions: (seized table, column) to rows that say inbound, of columns that the mapping leaves out.
        beside: (seized table, field, column) of columns that say which way a call went, or the country's code.
        rows_of: Seized table to rows kept.
        named: What the files of one table are called, whatever was in them.
        columns: Seized table to its columns: a table that nobody named may be like one that was read.
        synthetic: Whether a value of any column carried the mark of a synthetic seizure.
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
        # A place with no row number is damage beside the rows, not a row that was seen.
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
        """Note a file in an archive that holds no rows; its name is masked."""
        count, first = self.unread_files.get(what, (0, mask_numbers(name)))
        self.unread_files[what] = count + 1, first
