"""The questions of a report, in order: the same on the telephone and on the public form. Pure.

A question has a key, its words, a hint, the kind of its answer, when it is asked, and how an answer is read. An answer
is read to a value, or to a fault (`faults.FAULT_WORDS`). Nothing has to be answered but what says `needed`.

    answers = {}
    while question := next_question(answers):
        answers[question.key] = question.read(typed, known)
    content = answers_to_content(answers)      # in answers.py
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from ringback.alerting.model import references
from ringback.numbers.dial_plan import DialPlan
from ringback.victim_reports.content import (
    LONGEST_LINE,
    LONGEST_STORY,
    Happened,
    Kind,
    LossKind,
    PartOfDay,
    Sure,
    TalkTime,
    Whose,
)
from ringback.victim_reports.days import read_day, read_time
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.money import read_pence, says_nothing_lost
from ringback.victim_reports.phone_numbers import read_called_number, read_typed_number

Answers = Mapping[str, Any]


class AnswerKind(StrEnum):
    """How a question is answered."""

    line = "line"
    text = "text"  # several lines
    reference = "reference"
    digits = "digits"
    choice = "choice"
    choices = "choices"
    yes_no = "yes_no"
    number = "number"
    day = "day"
    time = "time"
    sum = "sum"


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known to read an answer: the day today in the UK, and the case's dial plan."""

    today: date
    plan: DialPlan


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        key: Its name, the same in `--answers` files and in forms.
        text: The question.
        hint: A line below it; "" for none.
        kind: How it is answered.
        reader: Reads what was typed, which is not empty. It raises `AnswerFault`.
        choices: For choices: key to words, in order.
        asked_if: Whether it is asked after these answers.
        needed: Whether it has to be answered.
        longest: How many characters an answer may have.
    """

    key: str
    text: str
    hint: str
    kind: AnswerKind
    reader: Callable[[str, Known], Any]
    choices: tuple[tuple[str, str], ...] = ()
    asked_if: Callable[[Answers], bool] = lambda _answers: True
    needed: bool = False
    longest: int = LONGEST_LINE

    def read(self, typed: str, known: Known) -> Any:  # noqa: ANN401 - each kind of answer has its own type
        """The value of what was typed; None for no answer.

        Raises:
            AnswerFault: It cannot be taken.
        """
        stripped = typed.strip()
        if not stripped:
            if self.needed:
                raise AnswerFault("missing")
            return None
        if len(stripped) > self.longest:
            raise AnswerFault("too_long")
        return self.reader(stripped, known)


def next_question(answers: Answers, questions: Sequence[Question] | None = None) -> Question | None:
    """The next question that is to be asked, after these answers; None at the end.

    Args:
        answers: Key to value; None for a question that was asked and not answered.
        questions: The questions; None for `QUESTIONS`.
    """
    for one in QUESTIONS if questions is None else questions:
        if one.key not in answers and one.asked_if(answers):
            return one
    return None


def _line(typed: str, _known: Known) -> str:
    return " ".join(typed.split())


def _story(typed: str, _known: Known) -> str:
    return typed


def _reference(typed: str, _known: Known) -> str:
    found = references.read(typed)
    if found is None:
        raise AnswerFault("mistyped_reference")
    return found


def _four_digits(typed: str, _known: Known) -> str:
    digits = typed.replace(" ", "")
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise AnswerFault("four_digits")
    return digits


def _number(typed: str, known: Known) -> Any:  # noqa: ANN401 - a `TypedNumber`
    found = read_typed_number(typed, known.plan)
    if found.fault:
        raise AnswerFault(found.fault)
    return found


def _called_number(typed: str, known: Known) -> Any:  # noqa: ANN401 - a `TypedNumber`
    found = read_called_number(typed, known.plan)
    if found.fault:
        raise AnswerFault(found.fault)
    return found


def _choice(typed: str, choices: Sequence[tuple[str, str]]) -> str:
    """The key of a choice: by its key, its number, its words, or the first letters of them."""
    plain = " ".join(typed.casefold().replace("_", " ").split())
    if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= len(choices):
        return choices[int(plain) - 1][0]
    exact = [key for key, words in choices if plain in (key.replace("_", " "), words.casefold())]
    begun = exact or [key for key, words in choices if words.casefold().startswith(plain) and len(plain) >= 2]
    if len(begun) != 1:
        raise AnswerFault("unknown_choice")
    return begun[0]


def _choice_of(kind: type[StrEnum], choices: Sequence[tuple[str, str]]) -> Callable[[str, Known], StrEnum]:
    return lambda typed, _known: kind(_choice(typed, choices))


def _happened(typed: str, _known: Known) -> tuple[Happened, ...]:
    found = [Happened(_choice(one, HAPPENED)) for one in re.split(r"[,;]", typed) if one.strip()]
    if Happened.nothing in found and len(set(found)) > 1:
        raise AnswerFault("contradicts")
    return tuple(dict.fromkeys(found))


def _yes_no(typed: str, _known: Known) -> bool:
    plain = typed.casefold()
    if plain in ("y", "yes", "true", "1"):
        return True
    if plain in ("n", "no", "false", "0"):
        return False
    raise AnswerFault("unknown_choice")


def _email(typed: str, _known: Known) -> str:
    if not re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}", typed):
        raise AnswerFault("unreadable_email")
    return typed


def _sum(typed: str, _known: Known) -> int:
    return 0 if says_nothing_lost(typed) else read_pence(typed)


KINDS = (
    (Kind.crime.value, "Somebody took, or tried to take, money, details or access"),
    (Kind.information.value, "Nothing happened, but there is something to tell"),
)
WHOSE = (
    (Whose.own.value, "Your own phone"),
    (Whose.relative.value, "A relative's or friend's phone"),
    (Whose.work.value, "A phone at work"),
    (Whose.unknown.value, "Not known"),
)
SURE = (
    (Sure.exact.value, "Certain of the day"),
    (Sure.few_days.value, "Within a few days"),
    (Sure.month.value, "Within a month"),
    (Sure.unsure.value, "Not sure"),
)
PARTS = (
    (PartOfDay.morning.value, "Morning, 5am to noon"),
    (PartOfDay.afternoon.value, "Afternoon, noon to 5pm"),
    (PartOfDay.evening.value, "Evening, 5pm to 10pm"),
    (PartOfDay.night.value, "Night, 10pm to 5am"),
    (PartOfDay.unknown.value, "Not known"),
)
TALK = (
    (TalkTime.under_1.value, "Less than a minute"),
    (TalkTime.minutes_1_5.value, "1 to 5 minutes"),
    (TalkTime.minutes_5_15.value, "5 to 15 minutes"),
    (TalkTime.minutes_15_60.value, "15 minutes to an hour"),
    (TalkTime.over_60.value, "More than an hour"),
    (TalkTime.unknown.value, "Not known"),
)
HAPPENED = (
    (Happened.moved_money.value, "Money was moved or paid"),
    (Happened.gave_bank_details.value, "Bank or card details were given"),
    (Happened.gave_code.value, "A one-time code was given"),
    (Happened.gave_password.value, "A password or PIN was given"),
    (Happened.gave_personal_details.value, "Personal details were given"),
    (Happened.let_into_device.value, "Somebody was let into a computer or phone"),
    (Happened.nothing.value, "Nothing of this"),
)
LOSS_KINDS = (
    (LossKind.transfer.value, "Bank transfer"),
    (LossKind.card.value, "Card payment"),
    (LossKind.cash.value, "Cash"),
    (LossKind.crypto.value, "Cryptocurrency"),
    (LossKind.gift_card.value, "Gift cards"),
    (LossKind.other.value, "Another way"),
)


def _is_crime(answers: Answers) -> bool:
    return answers.get("kind") != Kind.information


def _can_be_reached(answers: Answers) -> bool:
    return bool(answers.get("contact_number") or answers.get("email"))


QUESTIONS: tuple[Question, ...] = (
    Question(
        "reference", "Did you get a text from us? If so, what is its reference?",
        "It looks like BCDF-GHJK-MNZ. Without a text, leave this empty.", AnswerKind.reference, _reference,
    ),
    Question(
        "last_four", "What are the last four digits of the number that the text came to?", "", AnswerKind.digits,
        _four_digits, asked_if=lambda answers: bool(answers.get("reference")), needed=True,
    ),
    Question(
        "kind", "What do you want to tell us?", "", AnswerKind.choice, _choice_of(Kind, KINDS), KINDS, needed=True,
    ),
    Question(
        "called_number", "Which number was called?",
        "Your own number, or the one of the person who was called. Leave it empty if it is not known.",
        AnswerKind.number, _called_number, asked_if=lambda answers: not answers.get("reference"),
    ),
    Question("whose", "Whose phone is that?", "", AnswerKind.choice, _choice_of(Whose, WHOSE), WHOSE),
    Question(
        "called_on", "On which day was the call?",
        "Such as 24/11/2022, 24 November or yesterday. Your phone may still have it in its list of calls.",
        AnswerKind.day, lambda typed, known: read_day(typed, today=known.today),
    ),
    Question(
        "called_on_sure", "How sure are you of the day?", "", AnswerKind.choice, _choice_of(Sure, SURE), SURE,
        asked_if=lambda answers: bool(answers.get("called_on")),
    ),
    Question(
        "called_at", "At what time was the call?", "Such as 14:30 or 2.30pm. Leave it empty if you only know about"
        " when.", AnswerKind.time, lambda typed, _known: read_time(typed),
    ),
    Question(
        "part_of_day", "About when on that day?", "", AnswerKind.choice, _choice_of(PartOfDay, PARTS), PARTS,
        asked_if=lambda answers: answers.get("called_at") is None,
    ),
    Question("claimed", "Who did the caller say they were?", "A bank, the police, a company.", AnswerKind.line, _line),
    Question(
        "shown_number", "Which number did the phone show?", "Leave it empty if none was shown, or it is not known.",
        AnswerKind.number, _number,
    ),
    Question("talk_time", "How long did the call last?", "", AnswerKind.choice, _choice_of(TalkTime, TALK), TALK),
    Question(
        "happened", "What happened?", "You can choose several.", AnswerKind.choices, _happened, HAPPENED,
        asked_if=_is_crime,
    ),
    Question(
        "story", "Tell us in your own words what happened.",
        "Do not write passwords, PINs, one-time codes or card numbers.", AnswerKind.text, _story,
        longest=LONGEST_STORY,
    ),
    Question("name", "What is your name?", "You can report without it.", AnswerKind.line, _line),
    Question(
        "contact_number", "On which number can we reach you?", "Leave it empty if we should not ring.",
        AnswerKind.number, _number,
    ),
    Question("email", "What is your e-mail address?", "", AnswerKind.line, _email),
    Question("postcode", "What is your postcode?", "Its first half is enough.", AnswerKind.line, _line),
    Question(
        "wants_to_be_told", "Do you want to be told when your report has helped?", "", AnswerKind.yes_no, _yes_no,
        asked_if=_can_be_reached,
    ),
)  # fmt: skip
# Asked again and again, after `happened`, until no sum is given.
LOSS_QUESTIONS: tuple[Question, ...] = (
    Question(
        "loss", "How much money was lost?",
        "One payment at a time, such as £1,200.50 or 3m. Leave it empty when there is no (other) one.",
        AnswerKind.sum, _sum,
    ),
    Question(
        "loss_kind", "How was it paid?", "", AnswerKind.choice, _choice_of(LossKind, LOSS_KINDS), LOSS_KINDS,
        asked_if=lambda answers: bool(answers.get("loss")),
    ),
    Question(
        "loss_on", "On which day does the bank statement show it?", "", AnswerKind.day,
        lambda typed, known: read_day(typed, today=known.today), asked_if=lambda answers: bool(answers.get("loss")),
    ),
    Question(
        "loss_returned", "How much of it came back?", "Leave it empty if nothing did.", AnswerKind.sum, _sum,
        asked_if=lambda answers: bool(answers.get("loss")),
    ),
)  # fmt: skip


def asks_for_losses(answers: Answers) -> bool:
    """Whether losses are asked for: of a crime, unless nothing happened."""
    return _is_crime(answers) and Happened.nothing not in (answers.get("happened") or ())
