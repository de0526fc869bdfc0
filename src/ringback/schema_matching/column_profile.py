"""What the sampled values of one column look like: phone numbers, times, talk times, amounts, words."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ringback.numbers.organisations import find_organisation
from ringback.numbers.reader import NumberReader
from ringback.schema_matching import value_patterns
from ringback.schema_matching.duration_forms import TalkForm, read_talk_form
from ringback.schema_matching.name_hints import hints
from ringback.schema_matching.sampling import BLOB, Sketch, TableSample
from ringback.sources.fields.dispositions import told_answers
from ringback.sources.fields.durations import read_spelled
from ringback.sources.fields.missing_values import is_nothing

_A_LOOK = 150
# Ways of writing that only phone numbers have; bare digits may be anything.
_WRITTEN_AS_NUMBERS = ("plus", "00", "011", "trunk:", "bare-international")


@dataclass(frozen=True, slots=True)
class Phones:
    """The values of a column read as phone numbers.

    Attributes:
        e164: The preferred reading of each row's value, or None.
        read: Share of the filled values that read as phone numbers.
        written: Share of these numbers that are written as only phone numbers are.
        mobile: Share of these numbers that are mobiles.
        uk_mobile: Share of these numbers that are UK mobiles.
        organisation: Share of these numbers that an organisation publishes as its own.
        withheld: Share of the filled values that say that the number was withheld.
        different: How many distinct numbers there are.
        repeats: Share of all rows read whose text occurred before.
    """

    e164: list[str | None]
    read: float = 0.0
    written: float = 0.0
    mobile: float = 0.0
    uk_mobile: float = 0.0
    organisation: float = 0.0
    withheld: float = 0.0
    different: int = 0
    repeats: float = 0.0

    @property
    def count(self) -> int:
        """How many values read as phone numbers."""
        return sum(one is not None for one in self.e164)

    @property
    def variety(self) -> float:
        """Share of distinct numbers: among the sampled ones or among all rows read, whichever is less."""
        return min(1.0 - self.repeats, self.different / self.count) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Timestamps:
    """The values of a column read as times.

    Attributes:
        at: Seconds since 1970 for each row, with a time without a zone taken as UTC; None for no time.
        share: Share of the filled values that are times, without placeholders for "not yet".
        time_format: None for ISO 8601, else the format that case.toml has to name.
        doubtful: Whether day and month could be the other way round.
        date_alone: Whether they are days without a time of day.
    """

    at: list[float | None]
    share: float = 0.0
    time_format: str | None = None
    doubtful: bool = False
    date_alone: bool = False


class Column:
    """One column of a table sample.

    Args:
        sample: The table.
        position: Index of the column.
        reader: Reads numbers by the case's dial plan.
    """

    def __init__(self, sample: TableSample, position: int, reader: NumberReader) -> None:
        self.table = sample.table
        self.position = position
        self.name = sample.columns[position]
        self.values = [value.strip() if value and not is_nothing(value) else None for value in sample.values(position)]
        self.values = [told_answers(self.name, value) if value else None for value in self.values]
        self.sketch: Sketch = sample.sketches[position]
        self.seen = sample.seen
        self.hints = hints(self.name)
        self._reader = reader

    @cached_property
    def filled(self) -> list[str]:
        """The sampled values, without missing ones."""
        return [value for value in self.values if value]

    @property
    def fill(self) -> float:
        """Share of the rows with a value."""
        return len(self.filled) / len(self.values) if self.values else 0.0

    @cached_property
    def counts(self) -> Counter[str]:
        """Distinct value to how often it occurs."""
        return Counter(self.filled)

    @property
    def different(self) -> int:
        """Distinct values."""
        return len(self.counts)

    @cached_property
    def variety(self) -> float:
        """Share of distinct values among all rows read. In a sample alone, keys of many accounts would look unique."""
        return min(1.0, self.sketch.different / max(1.0, self.fill * self.seen))

    @property
    def is_unique(self) -> bool:
        """Whether nearly every row has a value, and nearly no value occurs twice."""
        in_sample = self.fill >= 0.98 and self.different >= 0.995 * len(self.filled)
        return len(self.filled) > 2 and in_sample and (self.variety >= 0.95 or self.seen <= len(self.values))

    def share(self, fits: Callable[[str], object]) -> float:
        """Share of the filled values that a test accepts."""
        if not self.filled:
            return 0.0
        return sum(count for value, count in self.counts.items() if fits(value)) / len(self.filled)

    @cached_property
    def whole(self) -> list[int] | None:
        """The values as whole numbers; None if some are not."""
        if self.filled and self.share(value_patterns.WHOLE.fullmatch) >= 0.98:
            return [int(value) for value in self.filled if value_patterns.WHOLE.fullmatch(value)]
        return None

    @cached_property
    def has_leading_noughts(self) -> bool:
        """Whether some digits begin with a zero: codes do, counts and keys never do."""
        return any(value[0] == "0" and len(value) > 2 and value.isdigit() for value in self.counts)

    @cached_property
    def is_text(self) -> bool:
        """Whether the values are sentences: messages, notes, descriptions. Structured data is no text."""
        wordy = self.share(_is_wordy)
        return wordy >= 0.5 and self.different > 5

    @cached_property
    def is_blob(self) -> bool:
        """Whether the values are bytes that are not text."""
        return self.share(lambda value: value == BLOB) >= 0.3

    @cached_property
    def phones(self) -> Phones:
        """The values as phone numbers."""
        nothing = Phones([None] * len(self.values))
        if not self.filled or self.timestamps.share >= 0.9 or self.is_text or self.is_blob:
            return nothing
        if self.share(value_patterns.ADDRESS.fullmatch) >= 0.5:
            return nothing  # an IP address reads as a phone number too
        look = list(self.counts)[:_A_LOOK]
        if sum(self._reader.read(value).reason in (None, "withheld") for value in look) < 0.25 * len(look):
            return nothing
        readings = {value: self._reader.read(value) for value in self.counts}
        e164 = [readings[value].e164 if value else None for value in self.values]
        read = [readings[value] for value in self.filled if readings[value].options]
        if not read:
            return nothing
        total = len(read)
        return Phones(
            e164,
            read=total / len(self.filled),
            written=sum(str(one.how).startswith(_WRITTEN_AS_NUMBERS) for one in read) / total,
            mobile=sum(str(one.kind).startswith("mobile") for one in read) / total,
            uk_mobile=sum(one.kind == "mobile" and one.region == "GB" for one in read) / total,
            organisation=sum(find_organisation(str(one.e164)) is not None for one in read) / total,
            withheld=sum(readings[value].reason == "withheld" for value in self.filled) / len(self.filled),
            different=len({one.e164 for one in read}),
            repeats=1.0 - self.variety,
        )

    def is_number(self, text: str) -> bool:
        """Whether a text reads as a phone number."""
        return self._reader.read(text).e164 is not None

    @cached_property
    def is_phone(self) -> bool:
        """Whether most values are phone numbers, written as such."""
        found = self.phones
        if found.read + found.withheld < 0.6 or found.read < 0.3:
            return False
        return found.written >= 0.25 or found.uk_mobile >= 0.8 or found.organisation >= 0.1

    @cached_property
    def timestamps(self) -> Timestamps:
        """The values as times."""
        real = [value for value in self.counts if not value_patterns.NO_TIMESTAMP.fullmatch(value)]
        nothing = Timestamps([None] * len(self.values))
        if not real or self.is_blob:
            return nothing
        look = real[:_A_LOOK]
        if sum(value_patterns.read_iso(value) is not None for value in look) >= 0.9 * len(look):
            return self._timestamps(None, real)
        # An identifier of a call often begins with the second in which the call began.
        formats = (
            value_patterns.TIME_FORMATS
            if "call_id" in self.hints
            else ("epoch", "epoch_ms", *value_patterns.TIME_FORMATS)
        )
        fitting = [one for one in formats if _fits(one, look[:8]) and _fits(one, look)]
        found = [self._timestamps(one, real) for one in fitting]
        found = sorted((one for one in found if one.share >= 0.9), key=lambda one: -one.share)
        if found:
            best = found[0]
            doubtful = len(found) > 1 and found[1].share == best.share and found[1].at != best.at
            return Timestamps(best.at, best.share, best.time_format, doubtful)
        if sum(map(value_patterns.is_date_alone, look)) >= 0.9 * len(look):
            return Timestamps([None] * len(self.values), 1.0, date_alone=True)
        return nothing

    def _timestamps(self, time_format: str | None, real: list[str]) -> Timestamps:
        if time_format is None:
            read = {value: value_patterns.read_iso(value) for value in real}
        else:
            read = {value: value_patterns.read_formatted(value, time_format) for value in real}
        at = [read.get(value) if value else None for value in self.values]
        known = [one for one in at if one is not None]
        total = sum(self.counts[value] for value in real)
        if time_format in ("epoch", "epoch_ms") and known:
            too_long = max(known) - min(known) > 8 * 366 * 86_400
            if too_long or self._counts_after_the_point:
                return Timestamps([None] * len(self.values))
        return Timestamps(at, len(known) / total if total else 0.0, time_format)

    @cached_property
    def _counts_after_the_point(self) -> bool:
        """Whether the digits after the point are a running number, as in a call identifier, and no fraction."""
        after = [int(value.partition(".")[2]) for value in self.filled if value.partition(".")[2].isdigit()]
        rising = sum(a <= b for a, b in pairwise(after))
        return len(after) > 0.9 * len(self.filled) and rising >= 0.8 * (len(after) - 1)

    @cached_property
    def talk_form(self) -> TalkForm:
        """The values as talk times, in the unit that the name or the values show."""
        return read_talk_form(self.name, self.counts, of_talk=bool({"talk", "length"} & set(self.hints)))

    @cached_property
    def seconds(self) -> list[float | None]:
        """The values as talk times if nearly all of them can be; else None for every row."""
        read = self.talk_form.seconds
        if not self.filled or self.share(lambda value: value in read) < 0.95:
            return [None] * len(self.values)
        return [read.get(value) if value else None for value in self.values]

    @cached_property
    def numbers(self) -> list[float | None]:
        """The values as plain numbers if nearly all of them are; else None for every row."""
        if not self.filled or self.share(value_patterns.NUMBER.fullmatch) < 0.95:
            return [None] * len(self.values)
        return [float(value) if value and value_patterns.NUMBER.fullmatch(value) else None for value in self.values]


def _is_wordy(value: str) -> bool:
    if value[0] in "{[<" or value.count(" ") < 3 or read_spelled(value) is not None:
        return False
    return any(one.isalpha() for one in value)


def _fits(time_format: str, values: list[str]) -> bool:
    return sum(value_patterns.read_formatted(value, time_format) is not None for value in values) >= 0.85 * len(values)


def pairs(one: list[float | None], other: list[float | None]) -> list[tuple[float, float]]:
    """Pairs of values, from the rows in which both columns have one."""
    return [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
