"""The content of a report: what somebody tells us about a call, a text or a loss. The same on every way in.

Pure: no records, no files, no clock. A report is made by the public form, by staff on the telephone, or by an import.
All of them end in `ReportContent`, which is stored sealed, as JSON.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, time
from enum import StrEnum
from typing import Any, Self

FORMAT = 1
LONGEST_STORY, LONGEST_LINE = 20_000, 200
# Higher than any loss that was ever reported. What is above is most likely pence typed as pounds, or a slip.
LARGEST_LOSS_PENCE = 100_000_000_00
MOST_LOSSES = 50


class Kind(StrEnum):
    """Whether somebody was harmed, or only tells us something."""

    crime = "crime"  # money, details or access were taken, or the call tried to
    information = "information"  # nothing happened to the reporter


class Whose(StrEnum):
    """Whose phone was called."""

    own = "own"
    relative = "relative"
    work = "work"
    unknown = "unknown"


class Sure(StrEnum):
    """How sure the reporter is of the day."""

    exact = "exact"
    few_days = "few_days"  # within three days
    month = "month"  # within a month
    unsure = "unsure"


class PartOfDay(StrEnum):
    """When on the day, where no time is remembered."""

    morning = "morning"  # 5 to 12
    afternoon = "afternoon"  # 12 to 17
    evening = "evening"  # 17 to 22
    night = "night"  # 22 to 5
    unknown = "unknown"


class TalkTime(StrEnum):
    """How long the call lasted, as people remember it."""

    under_1 = "under_1"
    minutes_1_5 = "minutes_1_5"
    minutes_5_15 = "minutes_5_15"
    minutes_15_60 = "minutes_15_60"
    over_60 = "over_60"
    unknown = "unknown"


class Happened(StrEnum):
    """What the reporter did or suffered."""

    moved_money = "moved_money"
    gave_bank_details = "gave_bank_details"
    gave_code = "gave_code"
    gave_password = "gave_password"  # noqa: S105 - the name of an answer
    gave_personal_details = "gave_personal_details"
    let_into_device = "let_into_device"
    nothing = "nothing"


class LossKind(StrEnum):
    """How money went."""

    transfer = "transfer"
    card = "card"
    cash = "cash"
    crypto = "crypto"
    gift_card = "gift_card"
    other = "other"


@dataclass(frozen=True, slots=True)
class Loss:
    """One sum that the reporter says is lost. What others confirm or estimate is never written here.

    Attributes:
        pence: The sum, in pence sterling, above 0.
        kind: How it went.
        on: The day on the bank statement; None if not known.
        returned_pence: What came back already.
    """

    pence: int
    kind: LossKind = LossKind.transfer
    on: date | None = None
    returned_pence: int = 0


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports, as far as they want to say. All may be empty.

    Attributes:
        name: Their name.
        number: A number to reach them on, as typed.
        email: An e-mail address.
        postcode: Their postcode, or its first half.
        wants_to_be_told: Whether they want to be told when the report helped.
    """

    name: str = ""
    number: str = ""
    email: str = ""
    postcode: str = ""
    wants_to_be_told: bool = False


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What one report says.

    Attributes:
        kind: crime or information.
        reference: The reference of our text, canonical; "" if it did not begin with one. It ties the report to its
            number for certain, and then no question about the number was asked.
        last_four: The last four digits that go with it; "" without a reference.
        called_number: The number that was called, in E.164; "" if it was not asked, or could not be read.
        called_number_typed: The same as typed.
        whose: Whose phone it was.
        called_on: The day of the call as remembered; None if not known.
        called_on_sure: How sure they are of it.
        called_at: The time of day, UK time; None if not known.
        part_of_day: When on that day, where there is no time.
        claimed: Whom the caller said they were from, as typed.
        shown_number: The number that the phone showed, in E.164; "" if not known.
        shown_number_typed: The same as typed.
        talk_time: How long the call lasted.
        happened: What followed.
        losses: What money went.
        story: What happened, in their own words.
        reporter: Who reports.
        centre_reference: The number under which another centre has the report; "" if none. Only imports have one.
    """

    kind: Kind = Kind.crime
    reference: str = ""
    last_four: str = ""
    called_number: str = ""
    called_number_typed: str = ""
    whose: Whose = Whose.own
    called_on: date | None = None
    called_on_sure: Sure = Sure.unsure
    called_at: time | None = None
    part_of_day: PartOfDay = PartOfDay.unknown
    claimed: str = ""
    shown_number: str = ""
    shown_number_typed: str = ""
    talk_time: TalkTime = TalkTime.unknown
    happened: tuple[Happened, ...] = ()
    losses: tuple[Loss, ...] = ()
    story: str = ""
    reporter: Reporter = Reporter()
    centre_reference: str = ""

    @property
    def lost_pence(self) -> int:
        """All that the reporter says is lost, in pence, whether or not some of it came back."""
        return sum(one.pence for one in self.losses)

    def as_dict(self) -> dict[str, Any]:
        """The content as JSON has it: days and times as ISO text, answers by their names."""
        told = {"format": FORMAT, **asdict(self)}
        return {name: _plain(value) for name, value in told.items()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The content from what `as_dict` made.

        Raises:
            ValueError: Another format, an unknown answer, or a value of another kind; the message names the field, and
                repeats nothing of the value.
        """
        if told.get("format") != FORMAT:
            raise ValueError("format: another format of report")
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(told) - known - {"format"}):
            raise ValueError(f"{unknown[0]}: no field of a report")
        values: dict[str, Any] = {}
        for name, value in told.items():
            if name == "format":
                continue
            try:
                values[name] = _READERS.get(name, _text)(value)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f"{name}: not readable") from error
        return cls(**values)


def find_faults(content: ReportContent) -> list[tuple[str, str]]:
    """All that is wrong with a report, as field and code of the fault. Empty if it can be taken.

    The codes are: `missing`, `too_long`, `too_large`, `too_many`, `not_positive`, `more_than_lost`, `contradicts`.
    """
    faults = []
    for name in ("called_number_typed", "claimed", "shown_number_typed", "centre_reference"):
        if len(getattr(content, name)) > LONGEST_LINE:
            faults.append((name, "too_long"))
    for name in ("name", "number", "email", "postcode"):
        if len(getattr(content.reporter, name)) > LONGEST_LINE:
            faults.append((f"reporter.{name}", "too_long"))
    if len(content.story) > LONGEST_STORY:
        faults.append(("story", "too_long"))
    if len(content.losses) > MOST_LOSSES:
        faults.append(("losses", "too_many"))
    for place, loss in enumerate(content.losses):
        if loss.pence <= 0 or loss.returned_pence < 0:
            faults.append((f"losses.{place}", "not_positive"))
        elif loss.pence > LARGEST_LOSS_PENCE:
            faults.append((f"losses.{place}", "too_large"))
        elif loss.returned_pence > loss.pence:
            faults.append((f"losses.{place}", "more_than_lost"))
    if bool(content.reference) != bool(content.last_four):
        faults.append(("last_four" if content.reference else "reference", "missing"))
    if Happened.nothing in content.happened and (len(content.happened) > 1 or content.losses):
        faults.append(("happened", "contradicts"))
    return faults


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _day(value: Any) -> date | None:  # noqa: ANN401 - whatever JSON has
    return date.fromisoformat(value) if value else None


def _time(value: Any) -> time | None:  # noqa: ANN401 - whatever JSON has
    return time.fromisoformat(value) if value else None


def _pence(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _loss(told: Mapping[str, Any]) -> Loss:
    return Loss(
        _pence(told["pence"]), LossKind(told["kind"]), _day(told.get("on")), _pence(told.get("returned_pence", 0))
    )


def _reporter(told: Mapping[str, Any]) -> Reporter:
    wants = told.get("wants_to_be_told", False)
    if not isinstance(wants, bool):
        raise TypeError
    said = {name: _text(told.get(name, "")) for name in ("name", "number", "email", "postcode")}
    return Reporter(**said, wants_to_be_told=wants)


_READERS: Mapping[str, Any] = {
    "kind": Kind,
    "whose": Whose,
    "called_on": _day,
    "called_on_sure": Sure,
    "called_at": _time,
    "part_of_day": PartOfDay,
    "talk_time": TalkTime,
    "happened": lambda value: tuple(Happened(one) for one in value),
    "losses": lambda value: tuple(_loss(one) for one in value),
    "reporter": _reporter,
}
