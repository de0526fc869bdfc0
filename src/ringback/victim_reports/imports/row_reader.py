"""One row of an export to the content of a report, or what is wrong with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from ringback.alerting.model import references
from ringback.victim_reports.answers import says_nothing
from ringback.victim_reports.content import (
    Kind,
    Loss,
    LossKind,
    PartOfDay,
    ReportContent,
    Reporter,
    Sure,
    TalkTime,
    Whose,
    find_faults,
)
from ringback.victim_reports.days import UK, read_moment, read_time
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.money import DecimalMark, read_pence, says_nothing_lost
from ringback.victim_reports.phone_numbers import TypedNumber, read_called_number, read_typed_number
from ringback.victim_reports.questions import PARTS, SURE, TALK, WHOSE, Known

_YES = frozenset({"y", "yes", "true", "1"})
_NO = frozenset({"", "n", "no", "false", "0"})
_NULLS = frozenset({"null", "none", "n/a", "na", "nan", "nil", "-", "\\n", "unknown", "not known"})
# First that applies: a payment "by card to a crypto exchange" is one by card.
_LOSS_WORDS = (
    ("gift", LossKind.gift_card), ("voucher", LossKind.gift_card), ("crypto", LossKind.crypto),
    ("bitcoin", LossKind.crypto), ("card", LossKind.card), ("cash", LossKind.cash), ("transfer", LossKind.transfer),
    ("bank", LossKind.transfer), ("faster payment", LossKind.transfer), ("bacs", LossKind.transfer),
)  # fmt: skip


_LENGTH = re.compile(r"(?:about |ca\.? |~)?(\d{1,5}(?:\.\d+)?)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)")
# Seconds below which a talk time is in a band.
_BANDS = (
    (60, TalkTime.under_1), (300, TalkTime.minutes_1_5), (900, TalkTime.minutes_5_15),
    (3600, TalkTime.minutes_15_60), (float("inf"), TalkTime.over_60),
)  # fmt: skip
_Choice = TypeVar("_Choice", bound=StrEnum)


class RowFault(Exception):  # noqa: N818 - a fault of the row, not of the program
    """A row that cannot be taken: all that is wrong with it, as field and code of `FAULT_WORDS`."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__(", ".join(f"{name}: {code}" for name, code in faults))


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as a report.

    Attributes:
        content: What it says.
        received_at: When the centre took it, at noon if only the day is known; None if the row does not say.
        unread_numbers: Fields whose number could not be read; it is kept as typed.
    """

    content: ReportContent
    received_at: datetime | None
    unread_numbers: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """The values of one row as they are read; faults are gathered."""

    values: Mapping[str, str]
    known: Known
    decimal: DecimalMark | None
    faults: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A value without blanks around it; "" for none, or for a word that means none."""
        value = self.values.get(name, "").strip()
        return "" if value.casefold() in _NULLS and name not in ("story", "loss", "loss_returned") else value

    def moment(self, name: str) -> tuple[date | None, time | None]:
        """A day, with its time if there is one."""
        if typed := self.text(name):
            try:
                return read_moment(typed, today=self.known.today)
            except AnswerFault as fault:
                self.faults.append((name, fault.code))
        return None, None

    def time(self, name: str) -> time | None:
        """A time of day."""
        if typed := self.text(name):
            try:
                return read_time(typed)
            except AnswerFault as fault:
                self.faults.append((name, fault.code))
        return None

    def pence(self, name: str) -> int:
        """A sum in pence; 0 for none."""
        typed = self.text(name)
        if not typed or typed.casefold() in _NULLS or says_nothing_lost(typed):
            return 0
        try:
            return read_pence(typed, decimal=self.decimal)
        except AnswerFault as fault:
            self.faults.append((name, fault.code))
            return 0

    def number(self, name: str) -> TypedNumber:
        """A phone number; one that cannot be read is no fault, for it is kept as typed."""
        typed = self.text(name)
        read = read_called_number if name == "called_number" else read_typed_number
        return read(typed, self.known.plan) if typed else TypedNumber("", "")

    def choice(self, name: str, choices: Sequence[tuple[str, str]], default: _Choice) -> _Choice:
        """One of some answers, by its key or its words."""
        typed = self.text(name)
        if not typed:
            return default
        plain = " ".join(typed.casefold().replace("_", " ").split())
        for key, words in choices:
            if plain in (key.replace("_", " "), words.casefold()):
                return type(default)(key)
        self.faults.append((name, "unknown_choice"))
        return default

    def yes(self, name: str) -> bool:
        """Yes or no."""
        typed = self.text(name).casefold()
        if typed not in _YES | _NO:
            self.faults.append((name, "unknown_choice"))
        return typed in _YES


def read_row(values: Mapping[str, str], known: Known, *, decimal: DecimalMark | None = None) -> ReadRow:
    """Read one row.

    Args:
        values: Field to text; a field without a value may be missing.
        known: Today, and the dial plan.
        decimal: The mark before pence in this export, if known.

    Raises:
        RowFault: The row cannot be taken.
    """
    row = _Reading(values, known, decimal)
    called_on, beside = row.moment("called_on")
    called_at = row.time("called_at") or beside
    received_on, received_time = row.moment("received_on")
    called, shown = row.number("called_number"), row.number("shown_number")
    reference, last_four = _reference(row)
    content = ReportContent(
        kind=_kind(row),
        reference=reference,
        last_four=last_four,
        called_number=called.e164,
        called_number_typed=called.typed,
        whose=row.choice("whose", WHOSE, Whose.unknown),
        called_on=called_on,
        called_on_sure=row.choice("called_on_sure", SURE, Sure.unsure),
        called_at=called_at,
        part_of_day=row.choice("part_of_day", PARTS, PartOfDay.unknown),
        claimed=" ".join(row.text("claimed").split()),
        shown_number=shown.e164,
        shown_number_typed=shown.typed,
        talk_time=_talk_time(row),
        losses=_losses(row),
        story=row.text("story"),
        reporter=Reporter(
            name=_name(row),
            number=row.text("contact_number"),
            email=row.text("email"),
            postcode=row.text("postcode"),
            wants_to_be_told=row.yes("wants_to_be_told"),
        ),
        centre_reference=row.text("centre_reference"),
    )
    faults = row.faults or find_faults(content)
    if not faults and says_nothing(content):
        faults = [("", "empty")]
    if faults:
        raise RowFault(faults)
    received = None
    if received_on is not None:
        received = datetime.combine(received_on, received_time or time(12), UK)
    unread = [("called_number", called), ("shown_number", shown)]
    return ReadRow(content, received, tuple(name for name, one in unread if one.fault or one.one_short))


def _talk_time(row: _Reading) -> TalkTime:
    """A talk time: one of the answers, or a number of seconds, minutes or hours."""
    typed = row.text("talk_time").casefold()
    if found := _LENGTH.fullmatch(typed):
        seconds = float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2][0]]
        return next(band for limit, band in _BANDS if seconds < limit)
    return row.choice("talk_time", TALK, TalkTime.unknown)


def _kind(row: _Reading) -> Kind:
    typed = row.text("kind").casefold()
    if not typed or re.search(r"\b(crime|fraud|offence)\b", typed):
        return Kind.crime
    if re.search(r"\b(info|information|intelligence|non-crime)\b", typed):
        return Kind.information
    row.faults.append(("kind", "unknown_choice"))
    return Kind.crime


def _reference(row: _Reading) -> tuple[str, str]:
    typed, digits = row.text("reference"), "".join(row.text("last_four").split())
    if not typed and not digits:
        return "", ""
    found = references.read(typed) if typed else None
    if found is None:
        row.faults.append(("reference", "mistyped_reference" if typed else "missing"))
    if not re.fullmatch(r"[0-9]{4}", digits):
        row.faults.append(("last_four", "four_digits" if digits else "missing"))
    return found or "", digits


def _losses(row: _Reading) -> tuple[Loss, ...]:
    pence, returned = row.pence("loss"), row.pence("loss_returned")
    on, _time = row.moment("loss_on")
    if not pence:
        if returned:
            row.faults.append(("loss_returned", "more_than_lost"))
        return ()
    typed = row.text("loss_kind").casefold()
    words = (kind for word, kind in _LOSS_WORDS if word in typed)
    # Where the export does not say how money went, it most likely was a transfer, as on the telephone.
    kind = next(words, LossKind.other) if typed else LossKind.transfer
    return (Loss(pence, kind, on, returned),)


def _name(row: _Reading) -> str:
    parts = [row.text("first_name"), row.text("last_name")]
    return " ".join((row.text("name") or " ".join(one for one in parts if one)).split())
