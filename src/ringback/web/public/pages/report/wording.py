"""The words of the questions, for people who report something themselves. Short, and easy to read when afraid.

`victim_reports.questions` has the same questions in the words of staff. What is wrong with an answer is said here, too,
and what was answered is said back.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from ringback.alerting.model import references
from ringback.victim_reports.content import Happened, Kind, LossKind, PartOfDay, Sure, TalkTime, Whose
from ringback.victim_reports.money import show_pence
from ringback.victim_reports.phone_numbers import TypedNumber
from ringback.victim_reports.questions import AnswerKind, Question
from ringback.web.kernel.language import gettext as _
from ringback.web.kernel.times import day_in_words


def headings() -> Mapping[str, str]:
    """The heading of each page that has several questions."""
    return {
        "text": _("Your text from us"),
        "when": _("When was the call?"),
        "time": _("What time was the call?"),
        "you": _("How can we reach you?"),
    }


def question_words(key: str) -> tuple[str, str]:
    """The question and its hint."""
    return {
        "reference": (
            _("What is the reference in the text?"),
            _("It has 11 letters, like BCDF-GHJK-MNZ. You can type them big or small, with or without the dashes."),
        ),
        "last_four": (
            _("What are the last four digits of the phone number that got the text?"),
            _("We do not ask for the whole number here."),
        ),
        "kind": (_("What do you want to tell us?"), ""),
        "called_number": (
            _("Which phone number did they call?"),
            _("Your own, or that of the person who was called. If you do not know, leave it empty."),
        ),
        "whose": (_("Whose phone is it?"), ""),
        "called_on": (
            _("What day was it?"),
            _("For example 24/11/2022, yesterday or last Tuesday. Look at the list of calls in your phone. If you do"
              " not know, leave it empty."),
        ),
        "called_on_sure": (_("How sure are you of the day?"), ""),
        "called_at": (_("The time, if you know it"), _("For example 14:30 or 2.30pm")),
        "part_of_day": (_("If not, what part of the day was it?"), ""),
        "claimed": (_("Who did the caller say they were?"), _("For example a bank, the police or a shop.")),
        "shown_number": (
            _("What number did the phone show?"),
            _("The number of the caller. If you do not know, leave it empty."),
        ),
        "talk_time": (_("How long did the call last?"), ""),
        "happened": (_("What happened?"), _("Tick all that are true.")),
        "story": (
            _("What happened, in your own words?"),
            _("Write as much or as little as you like. Leave out passwords, PINs, codes and card numbers."),
        ),
        "name": (_("What is your name?"), ""),
        "contact_number": (_("What phone number can we reach you on?"), ""),
        "email": (_("What is your e-mail address?"), ""),
        "postcode": (_("What is your postcode?"), _("The first half is enough, like CF10.")),
        "wants_to_be_told": (
            _("Shall we tell you if your report helped?"),
            _("We would send you one message. It would ask you for nothing."),
        ),
        "loss": (_("How much money was it?"), _("In pounds, like 250 or £1,200.50")),
        "loss_kind": (_("How was it paid?"), ""),
        "loss_on": (_("What day was it, on your bank statement?"), _("For example 24/11/2022")),
        "loss_returned": (_("How much of it came back?"), _("If nothing did, leave it empty.")),
    }[key]  # fmt: skip


def summary_words(key: str) -> str:
    """The question, where it stands beside its answer and not below another question."""
    alone = {"called_at": _("What time was the call?"), "part_of_day": _("What part of the day was it?")}
    return alone.get(key) or question_words(key)[0]


def choice_words(key: str) -> Mapping[str, str]:
    """The words of each choice, in the order of the page."""
    words: dict[str, Mapping[str, str]] = {
        "kind": {
            Kind.crime: _("Something was taken from me, or they tried to take it"),
            Kind.information: _("Nothing was taken. I want to tell you what I know"),
        },
        "whose": {
            Whose.own: _("It is my own"),
            Whose.relative: _("It belongs to someone in my family, or to a friend"),
            Whose.work: _("It is a phone at work"),
            Whose.unknown: _("I do not know"),
        },
        "called_on_sure": {
            Sure.exact: _("I am sure"),
            Sure.few_days: _("It may be a few days off"),
            Sure.month: _("It may be up to a month off"),
            Sure.unsure: _("I am not sure"),
        },
        "part_of_day": {
            PartOfDay.morning: _("Morning, 5am to noon"),
            PartOfDay.afternoon: _("Afternoon, noon to 5pm"),
            PartOfDay.evening: _("Evening, 5pm to 10pm"),
            PartOfDay.night: _("Night, 10pm to 5am"),
            PartOfDay.unknown: _("I do not know"),
        },
        "talk_time": {
            TalkTime.under_1: _("Less than a minute"),
            TalkTime.minutes_1_5: _("1 to 5 minutes"),
            TalkTime.minutes_5_15: _("5 to 15 minutes"),
            TalkTime.minutes_15_60: _("15 minutes to an hour"),
            TalkTime.over_60: _("More than an hour"),
            TalkTime.unknown: _("I do not know"),
        },
        "happened": {
            Happened.moved_money: _("I paid, or money was moved"),
            Happened.gave_bank_details: _("I gave bank or card details"),
            Happened.gave_code: _("I gave a code that was sent to me"),
            Happened.gave_password: _("I gave a password or PIN"),
            Happened.gave_personal_details: _("I gave my name, address or date of birth"),
            Happened.let_into_device: _("I let them into my computer or phone"),
            Happened.nothing: _("None of these"),
        },
        "loss_kind": {
            LossKind.transfer: _("From my bank account to another one"),
            LossKind.card: _("By card"),
            LossKind.cash: _("In cash"),
            LossKind.crypto: _("In bitcoin or the like"),
            LossKind.gift_card: _("In gift cards"),
            LossKind.other: _("In another way"),
        },
        "wants_to_be_told": {"yes": _("Yes"), "no": _("No")},
    }
    return words.get(key, {})


def fault_words(key: str, code: str) -> str:
    """What is wrong with an answer, and what to do about it."""
    words = {
        "missing": _MISSING.get(key, lambda: _("Answer this question"))(),
        "too_long": _("That is too long. Write less"),
        "unreadable_number": _("Enter a phone number, like 07700 900 982, or leave it empty"),
        "unclear_number": _("Begin the number with + and the code of the country, or with 0 if it is from the UK"),
        "unreadable_day": _("Enter a day, like 24/11/2022 or yesterday, or leave it empty"),
        "future_day": _("That day is still to come. Look at the day and the year"),
        "early_day": _("That is too long ago. Look at the year"),
        "unreadable_time": _("Enter a time, like 14:30 or 2.30pm, or leave it empty"),
        "unreadable_sum": _("Enter a sum in pounds, like 250 or 1200.50"),
        "unclear_sum": _("Enter pounds and pence like this: 1200.50"),
        "not_sterling": _("Enter the sum in pounds. If you do not know it, guess"),
        "not_positive": _("Enter a sum above 0"),
        "too_large": _("That is more than anybody ever lost. Did you leave out the dot before the pence?"),
        "more_than_lost": _("More came back than was lost. Look at both sums"),
        "unknown_choice": _("Choose one of the answers"),
        "contradicts": _("Choose “None of these” alone, or take it away"),
        "mistyped_reference": _("Compare the reference with the text, letter by letter. It has 11 letters"),
        "four_digits": _("Enter four digits, like 0123: the last four of the phone number, and no more of it"),
        "mistyped_code": _("Compare the code with what you wrote down, letter by letter. It has 20 letters"),
        "mistyped_status": _("Compare the code with what you wrote down. It has 12 letters and digits"),
        "no_file": _("Choose a file first, or press “Continue”"),
        "empty_file": _("There is nothing in that file. Choose another one"),
        "large_file": _("That file is larger than 10 MB. Choose a smaller one"),
        "many_files": _("You cannot add more files. Press “Continue”"),
        "too_many": _("You cannot add more. Tell us about the others in your own words"),
        "unreadable_email": _("Enter an e-mail address, like name@example.com, or leave it empty"),
    }
    return words.get(code, _("Look at this answer again"))


_MISSING = {
    "has_text": lambda: _("Say if you got a text from us"),
    "reference": lambda: _("Enter the reference from the text. If you do not have it, go back and choose “No”"),
    "last_four": lambda: _("Enter the last four digits of the phone number that got the text"),
    "kind": lambda: _("Choose what you want to tell us"),
    "loss": lambda: _("Enter how much money it was. If you do not know it, guess"),
    "more": lambda: _("Say if you lost money that is not in this list"),
    "code": lambda: _("Enter the code"),
}


def show_value(question: Question, value: Any) -> str:  # noqa: ANN401 - each kind of answer has its own type
    """An answer in words, as it was understood."""
    if value in (None, "", ()):
        return _("Not given")
    if question.kind is AnswerKind.sum:
        return show_pence(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, tuple):
        return ", ".join(choice_words(question.key)[one] for one in value)
    if question.choices:
        return choice_words(question.key)[value]
    if isinstance(value, TypedNumber):
        return value.typed
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return references.show(value) if question.kind is AnswerKind.reference else str(value)


def answer_hint(value: Any) -> str:  # noqa: ANN401 - each kind of answer has its own type
    """What to look at again in an answer that is taken as it is; "" for nothing."""
    if isinstance(value, TypedNumber) and value.one_short is not None:
        return _("A digit may be missing: a UK mobile number has 11. Change it if you can.")
    return ""


def show_text(question: Question, text: str) -> str:
    """The kept text of an answer, as it stands in its field again."""
    if question.kind is AnswerKind.day and text:
        day = date.fromisoformat(text)
        return f"{day.day}/{day.month}/{day.year}"
    if question.kind is AnswerKind.reference and text:
        return references.show(text)
    return text
