"""The check of an alert: somebody types its reference and the last four digits of their own number.

The answer is that the text is genuine, or that we could not confirm it, and nothing more. An unknown reference and a
known one with wrong digits take the same queries, the same writes and the same time, and give the same bytes.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ringback.alerting.model import references
from ringback.alerting.model.states import ACCEPTED, APPROVED, CLAIMED, IN_DOUBT, NEEDS_HUMAN, WAITING
from ringback.alerting.model.throttle import RULES, Slot, SlotNames, take_named_turn
from ringback.case.case_file import CaseFile
from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.audit import AuditEntry
from ringback.records.check_slots import (
    HandedOver,
    KeptSlot,
    OursWhen,
    find_ours,
    forget_slots,
    load_slots,
    save_slots,
)
from ringback.records.db import writing
from ringback.records.staff import Transaction

GENUINE: Final = "genuine"
NOT_CONFIRMED: Final = "not_confirmed"
LATER: Final = "later"
# An alert counts as ours from its batch's approval on: what the public may check is published before the first text
# goes out. Of a batch that was stopped, halted or replaced, only those count that the provider has, or may have.
OURS: Final = OursWhen((ACCEPTED, CLAIMED, IN_DOUBT, NEEDS_HUMAN), waiting=WAITING, batch_state=APPROVED)
# Every answer comes this long after the work began (or a multiple of it, on a busy machine).
ANSWER_AFTER_S: Final = 0.25
_ZONE = ZoneInfo("Europe/London")
_NOBODY = "the police"
# Unit, its seconds, and the wait in seconds below which this unit is used.
_UNITS = (("second", 1, 60), ("minute", 60, 7200), ("hour", 3600, 172_800), ("day", 86_400, math.inf))


@dataclass(frozen=True, slots=True)
class Question:
    """A well-formed question: a reference in canonical form, and four digits."""

    reference: str
    last_four: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the person who asked.

    Attributes:
        kind: genuine, not_confirmed, or later (ask again in `wait_s`; the slot is kept).
        lines: The answer in words.
        waited_s: Seconds waited for the slot.
        wait_s: Seconds until the slot; 0 unless the kind is later.
    """

    kind: str
    lines: tuple[str, ...]
    waited_s: float = 0.0
    wait_s: float = 0.0


def read_question(reference_text: str, last_four: str) -> Question:
    """Parse what somebody typed into a question.

    The error for a mistyped reference reveals nothing: anybody can work out the check letter.

    Raises:
        RingbackError: `check_reference_mistyped` or `check_digits_wrong`.
    """
    reference = references.read(reference_text)
    if reference is None:
        raise RingbackError("check_reference_mistyped")
    digits = last_four.strip()
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise RingbackError("check_digits_wrong")
    return Question(reference, digits)


def check_alert(
    case_file: CaseFile,
    ring: KeyRing,
    *,
    reference_text: str,
    last_four: str,
    source: str,
    clock: Clock,
    patient: bool = True,
    who: str = "",
    on_wait: Callable[[float], object] = lambda _seconds: None,
) -> Answer:
    """Answer whether a text is genuine, if the question's turn has come.

    Args:
        case_file: The case.
        ring: Its keys.
        reference_text: As typed.
        last_four: The last four digits of the number that the text came to, as typed.
        source: Who asks: an address or a name. Stored only as a keyed digest.
        clock: The clock, also used to wait.
        patient: Whether to wait for the turn; otherwise the answer may be `later`.
        who: The member of staff, for the audit log.
        on_wait: Called before each wait with its length in seconds.

    Raises:
        RingbackError: `check_reference_mistyped` or `check_digits_wrong`; these use up no slot.
    """
    began = clock.elapsed()
    question = read_question(reference_text, last_four)
    names = _names(ring, question, source)
    digests = references.check_digests(ring, question.reference, question.last_four)
    waited = 0.0
    while True:
        with writing(case_file.records).begin() as connection:
            wait = _take_turn(connection, names, now=clock.now())
            if not wait:
                found = find_ours(connection, digests, when=OURS)
                entry = _log(case_file, connection, names, found, who=who)
        if not wait:
            break
        if not patient:
            return Answer(LATER, later_lines(wait), waited, wait)
        on_wait(wait)
        clock.sleep(wait)
        waited += wait
        began = clock.elapsed()
    case_file.log.note_head(entry)
    alerts = case_file.case.settings.alerts
    answer = (
        Answer(GENUINE, genuine_lines(alerts, found.at), waited)
        if found
        else Answer(NOT_CONFIRMED, not_confirmed_lines(alerts), waited)
    )
    _settle(clock, began)
    return answer


def genuine_lines(alerts: Mapping[str, Any], sent_at: datetime | None) -> tuple[str, ...]:
    """The answer if reference and digits belong together.

    Args:
        alerts: The [alerts] section of case.toml.
        sent_at: When the text was handed over; None if not known.
    """
    day = f" on {sent_at.astimezone(_ZONE):%A} {_day(sent_at.astimezone(_ZONE))}" if sent_at else ""
    force, website = _force(alerts), _website(alerts)
    return (
        "This text is genuine.",
        f"{force[:1].upper()}{force[1:]} sent a text with this reference{day}, to a number that ends in these four"
        " digits.",
        f"What to do now: find {website} yourself, by typing its name or searching for it, and read what it says about"
        " this text. Do not use a link that somebody sends you.",
        "We will never ask you for a password, a PIN, a one-time code or your bank details, and we will never ask you"
        " to move money. If somebody asks for these, it is not us, even if they know about this text.",
        "If you think you have lost money, ring your bank: 159 reaches most UK banks.",
    )


def not_confirmed_lines(alerts: Mapping[str, Any]) -> tuple[str, ...]:
    """The answer to every other question, always the same.

    Args:
        alerts: The [alerts] section of case.toml.
    """
    force, website = _force(alerts), _website(alerts)
    return (
        "We could not confirm this.",
        "There may be a typing mistake. Compare the reference with your text, letter by letter, and the four digits"
        " with the number that the text came to. Then try once more.",
        "It may also be a text that we did not send. Until you know, do not open a link in it, do not ring a number in"
        " it, and do not reply to it.",
        f"If you want to ask {force} about it, find {website} yourself, or ring 101. Do not use details from the text.",
        "You can forward a text that you do not trust to 7726. It is free and goes to your mobile provider.",
        "If you have already given somebody details or money, ring your bank now: 159 reaches most UK banks.",
    )


def later_lines(wait_s: float) -> tuple[str, ...]:
    """The answer if the question's turn has not come.

    >>> later_lines(90)[0]
    'There are many questions about this reference. Ask again in 2 minutes: your place is kept.'
    """
    return (f"There are many questions about this reference. Ask again in {in_words(wait_s)}: your place is kept.",)


def in_words(seconds: float) -> str:
    """A wait in words, rounded up.

    >>> in_words(1.2), in_words(61), in_words(7200)
    ('2 seconds', '2 minutes', '2 hours')
    """
    unit, size = next((unit, size) for unit, size, until in _UNITS if seconds < until)
    count = math.ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _names(ring: KeyRing, question: Question, source: str) -> SlotNames:
    return SlotNames.of(ring.newest.keyed("check-slot", question.reference), ring.newest.keyed("check-source", source))


def _take_turn(connection: Transaction, names: SlotNames, *, now: datetime) -> float:
    """Take a turn and store the new state. Returns the seconds until the answer may be given; 0 for now."""
    forget_slots(connection, before=now - RULES.remembered)
    kept = {name: Slot(**asdict(one)) for name, one in load_slots(connection, names.all()).items()}
    wait, changed = take_named_turn(names, kept, now=now)
    save_slots(connection, {name: KeptSlot(**asdict(slot)) for name, slot in changed.items()})
    return wait / timedelta(seconds=1)


def _log(
    case_file: CaseFile, connection: Transaction, names: SlotNames, found: HandedOver | None, *, who: str
) -> AuditEntry:
    facts = {"reference": names.own[0], "source": names.own[1], "answer": GENUINE if found else NOT_CONFIRMED}
    return case_file.log.add_within(connection, "alert_checked", why="somebody asked", facts=facts, who=who)


def _settle(clock: Clock, began: float) -> None:
    """Wait until a fixed time after the work began."""
    taken = clock.elapsed() - began
    clock.sleep(max(1, math.ceil(taken / ANSWER_AFTER_S)) * ANSWER_AFTER_S - taken)


def _force(alerts: Mapping[str, Any]) -> str:
    return str(alerts.get("force") or _NOBODY)


def _website(alerts: Mapping[str, Any]) -> str:
    return str(alerts.get("website") or f"the {alerts.get('force') or 'police'} website")


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
