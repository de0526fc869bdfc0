"""Whether a table holds the calls, and which of its columns serve which fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback.schema_matching import value_patterns
from ringback.schema_matching.account_columns import AccountKey, choose_account
from ringback.schema_matching.answer_times import Answer, find_answer
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.direction_columns import choose_country_code, choose_direction
from ringback.schema_matching.disposition_column import choose_disposition, find_ending, silent_rows, speaks_of_calls
from ringback.schema_matching.duration_column import NO_TALK, choose_talk
from ringback.schema_matching.number_columns import choose_numbers, goes_with_the_account
from ringback.schema_matching.scoring import Candidate, Choice, Trait, certainty, choose, percent
from ringback.schema_matching.start_column import choose_start
from ringback.schema_matching.table_profile import SeizedTable
from ringback.schema_matching.wait_durations import find_wait

_CHANNELS = frozenset(
    ("sms", "mms", "rcs", "whatsapp", "telegram", "viber", "signal", "email", "e-mail", "mail", "fax", "push", "ussd")
)
_DOCUMENT = re.compile(r".+\.(?:tiff?|pdf|docx?)", re.IGNORECASE)
# Evidence that is not enough without asking: odds of four to one.
_DOUBTFUL = 2.0
REQUIRED = ("account", "started_at", "called_number", "duration")
# Fields required where the talk time is the time from the answer to the end.
TIMED = ("account", "started_at", "called_number", "answered_at", "ended_at")


@dataclass(frozen=True, slots=True)
class CallsReading:
    """One table read as calls.

    Attributes:
        table: The table.
        choices: The columns for each field.
        account: Its account key, and the table it refers to.
        confidence: How sure it is that these are calls.
        reasons: Why, in words.
        settings: Settings that case.toml needs beside the columns: column to settings.
        no_talk: Columns that look like talk times but are not: they include the ringing.
    """

    table: SeizedTable
    choices: dict[str, Choice]
    account: AccountKey
    confidence: float
    reasons: list[str] = field(default_factory=list)
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    no_talk: tuple[Candidate, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The required fields of calls: with the talk time, or with the times of answer and end instead."""
        return _required(self.choices)

    @property
    def sureness(self) -> float:
        """The lowest confidence: of the table, or of one of its required fields."""
        return min(self.confidence, *(self.choices[name].confidence for name in self.required))

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that no column could serve."""
        return tuple(name for name in self.required if self.choices[name].column is None)


def _required(choices: dict[str, Choice]) -> tuple[str, ...]:
    return TIMED if "answered_at" in choices else REQUIRED


def read_as_calls(table: SeizedTable) -> CallsReading:
    """Read any table as if it were calls."""
    columns = table.columns
    account = choose_account(table)
    contacts = _contacts(account)
    called, shown = choose_numbers(columns, account.choice.column, contacts)
    ending = find_ending(columns)
    taken = {id(one) for one in (called.column, shown.column, account.choice.column) if one is not None}
    silent = silent_rows(columns)
    answer = find_answer(columns, silent)
    timed = [column for column in columns if id(column) not in taken]
    talk = choose_talk(timed, ending=ending, answer=answer, silent=silent)
    by_times = answer is not None and answer.end is not None and talk.confidence < min(0.9, answer.confidence)
    talked = _talked(talk.column, answer if by_times else None, len(silent))
    disposition, words = choose_disposition(columns, talked)
    choices = {
        "account": account.choice,
        "started_at": choose_start(columns, talk.column),
        "called_number": called,
        "duration": Choice("duration", None) if by_times else talk,
        "presentation_number": shown,
        "disposition": disposition,
        "direction": choose_direction(columns),
        "country_code": choose_country_code(columns, called.column),
        "call_id": _choose_call_id(table, taken),
        "leg": _choose_leg(columns),
    }
    if by_times and answer is not None:
        choices |= answer.choices()
    points, reasons = _table_points(table, choices, ending)
    settings = {column.name: column.talk_form.settings for column in timed if column.talk_form.settings}
    if disposition.column is not None and words:
        settings[disposition.column.name] = words
    no_talk = tuple(
        one
        for one in (talk.best, *talk.others)
        if one is not None and one.points <= NO_TALK / 2 and {"talk", "length"} & set(one.column.hints)
    )
    if choices["duration"].column is None and not by_times:
        reasons += [f"{one.column.name}: {one.reasons[-1]}" for one in no_talk]
    return CallsReading(table, choices, account, round(certainty(points), 3), reasons, settings, no_talk)


def _talked(talk: Column | None, answer: Answer | None, rows: int) -> list[float | None]:
    """The talk time of each row."""
    if answer is not None:
        return answer.seconds
    return talk.seconds if talk is not None else [None] * rows


def rings_holders(table: SeizedTable, reading: CallsReading) -> bool:
    """Whether a table like the calls table holds calls to the account holders: the other leg of their calls."""
    called = reading.choices["called_number"].column
    column = next((one for one in table.columns if called is not None and one.name == called.name), None)
    if column is None or not column.is_phone:
        return False
    numbers = {number for number in column.phones.e164 if number}
    return len(numbers & _contacts(reading.account)) >= 0.5 * len(numbers)


def _contacts(account: AccountKey) -> frozenset[str]:
    """Numbers in the account table that differ for each account."""
    if account.join is None:
        return frozenset()
    phones = [column.phones for column in account.join.table.columns if column.is_phone]
    return frozenset(number for found in phones if found.variety >= 0.7 for number in found.e164 if number)


def _choose_call_id(table: SeizedTable, taken: set[int]) -> Choice:
    """An identifier of the call, which repetitions of a row share. A row number is never one."""
    candidates = []
    for column in table.columns:
        rows = len(column.filled)
        if id(column) in taken or rows < 3 or column.fill < 0.9 or column.different < 0.4 * rows or column.is_phone:
            continue
        if column.timestamps.share >= 0.9 or column.is_text:
            continue
        one = Candidate(column)
        fits = column.share(value_patterns.CALL_IDENTIFIER.fullmatch)
        if fits < 0.5 and "call_id" not in column.hints:
            continue
        one.note(5.0 * fits - 1.0, f"{percent(column.different / rows)} of the values differ")
        one.note(2.5 * column.hints.get("call_id", 0.0))
        if column.whole and column.is_unique and "call_id" not in column.hints:
            one.note(-5.0)
        candidates.append(one)
    # Several identifiers are no reason for doubt: any of them will do, and the best is taken.
    return choose("call_id", candidates, same=frozenset(one.column.name for one in candidates))


def _choose_leg(columns: Sequence[Column]) -> Choice:
    candidates = []
    for column in columns:
        if column.different == 2 and {value.lower() for value in column.counts} == {"a", "b"}:
            one = Candidate(column)
            one.note(5.0, "every value is a or b")
            candidates.append(one)
    return choose("leg", candidates)


# Fields in words, for "no column could be ...".
MISSING = {
    "account": "the account",
    "started_at": "the start",
    "called_number": "the number called",
    "duration": "the talk time",
    "answered_at": "the time of the answer",
    "ended_at": "the end",
}


def _table_points(table: SeizedTable, choices: dict[str, Choice], ending: Column | None) -> tuple[float, list[str]]:
    """Evidence that a table is calls and not texts, log-ins, rates, orders or appointments."""
    points = -5.0
    reasons = []
    needed = _required(choices)
    missing = [name for name in needed if choices[name].column is None]
    if missing:
        return -8.0, [f"no column could be {', or '.join(MISSING[name] for name in missing)}"]
    talk = choices["duration"].column
    points += 6.0 * sum(choices[name].confidence for name in needed) / len(needed)
    if ending is not None and speaks_of_calls(ending):
        points += 2.5
        reasons.append(f"{ending.name} says how calls ended")
    elif ending is not None:
        points += 1.0
    best = choices["duration"].best
    if best is None or {Trait.SHORTER, Trait.PART} & best.traits:
        points += 1.5
        reasons.append("it has both the talk time and the whole time of a call")
    if best is None or Trait.FITS_TIMES in best.traits:
        points += 1.5
        reasons.append("its durations fit its times")
    if best is not None and Trait.NOUGHT_UNANSWERED in best.traits:
        points += 1.5
    shown = choices["presentation_number"].column
    if shown is not None and shown.phones.organisation >= 0.03:
        points += 3.0
        reasons.append(f"{shown.name} shows numbers that organisations publish")
    elif shown is not None:
        points += 1.0
    if "calls" in table.hints:
        points += 1.5 * table.hints["calls"]
        reasons.append("the table's name speaks of calls")
    if talk is not None and "talk" in talk.hints:
        points += 1.0
    if not _speaks_of_telephony(table, choices, ending):
        points = min(points, _DOUBTFUL)
        reasons.append("but nothing in it is typical of telephone calls alone: no words, no numbers shown")
    if talk is not None and (wait := find_wait(choices["started_at"].column, talk, table.columns)):
        points = min(points, _DOUBTFUL)
        reasons.append(wait)
    if named := [column.name for column in table.columns if "message" in column.hints]:
        points = min(points, _DOUBTFUL)
        reasons.append(f"the name of {named[0]} speaks of messages")
    if messages := _messages(table.columns):
        # Text messages look like calls: an account sends them to a number, they show a sender, they have a duration.
        points = min(points, _DOUBTFUL) - 4.0
        reasons.append(messages)
    against, others = _points_against(table)
    return points - against, reasons + others


def _speaks_of_telephony(table: SeizedTable, choices: dict[str, Choice], ending: Column | None) -> bool:
    """Whether anything shows calls and not rides, deliveries or visits, which have people, times and durations too."""
    talk, shown = (choices[name].column for name in ("duration", "presentation_number"))
    if ending is not None and speaks_of_calls(ending):
        return True
    # Names such as `to` or `dest` show nothing: texts and faxes have them too. Nor does `cdr`: data sessions have it.
    if ("calls" in table.hints and "records" not in table.hints) or (talk and "talk" in talk.hints):
        return True
    if shown is None or shown.phones.variety > 0.5 or goes_with_the_account(shown, choices["account"].column):
        return False
    if shown.phones.organisation >= 0.03 or "shown" in shown.hints:
        return True
    # A visit (arrive, be seen, leave) has the same times as a call (ring, talk, hang up). Where there are words for how
    # it ended and none of them is known from calls, it may be either.
    best = choices["duration"].best
    return ending is None and best is not None and bool({Trait.SHORTER, Trait.RINGING} & best.traits)


def _messages(columns: Sequence[Column]) -> str:
    """Why most rows seem to be messages of some kind, in words; '' where nothing shows that."""
    for column in columns:
        if column.is_text and column.fill >= 0.6:
            return f"{column.name} holds sentences, as messages do"
        if column.share(lambda value: value.casefold() in _CHANNELS) >= 0.6:
            return f"{column.name} names ways of sending messages"
        if column.fill >= 0.6 and column.share(_DOCUMENT.fullmatch) >= 0.6:
            return f"{column.name} names documents, as faxes do"
    return ""


def _points_against(table: SeizedTable) -> tuple[float, list[str]]:
    points, reasons = 0.0, []
    if "not_calls" in table.hints:
        points += 3.0 * table.hints["not_calls"] / (2.0 if "calls" in table.hints else 1.0)
        reasons.append("the table's name speaks of something other than calls")
    addresses = [column for column in table.columns if column.share(value_patterns.EMAIL.fullmatch) >= 0.5]
    if addresses:
        points += 3.0
        reasons.append(f"{addresses[0].name} holds e-mail addresses")
    return points, reasons
