"""A report that is being written, question by question: what was typed, and what it comes to. Pure.

A draft keeps texts that are read the same on every day: "yesterday" is kept as a date. Which questions are asked is
decided anew each time, so an answer to a question that is not asked any more counts for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Self

from ringback.victim_reports.answers import LOSSES, answers_to_content
from ringback.victim_reports.content import MOST_LOSSES, Happened, Kind, ReportContent
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.phone_numbers import TypedNumber
from ringback.victim_reports.questions import LOSS_QUESTIONS, QUESTIONS, Known, Question, asks_for_losses

Texts = Mapping[str, str]
# Within so many days a bank may still stop a payment, or get it back.
JUST_NOW = timedelta(days=2)
_GIVEN_AWAY = frozenset(Happened) - {Happened.nothing, Happened.gave_personal_details}


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is being written.

    Attributes:
        answers: Text of each question that was asked, by its key; "" where it was left empty.
        losses: The same of each loss.
        passed: Pages without a question of the report that were passed: see the form.
        saved: Whether its return code was shown.
        files: The files that were added: each `id` and `name`.
    """

    answers: Texts = field(default_factory=dict)
    losses: Sequence[Texts] = ()
    passed: frozenset[str] = frozenset()
    saved: bool = False
    files: Sequence[Texts] = ()

    def as_dict(self) -> dict[str, Any]:
        """The draft as JSON has it."""
        return {
            "answers": dict(self.answers), "losses": [dict(one) for one in self.losses], "passed": sorted(self.passed),
            "saved": self.saved, "files": [dict(one) for one in self.files],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The draft from what `as_dict` made."""
        passed, files = frozenset(told["passed"]), tuple(told.get("files", ()))
        return cls(told["answers"], tuple(told["losses"]), passed, bool(told["saved"]), files)

    def answered(self, texts: Texts) -> Self:
        """The draft with these answers."""
        return replace(self, answers={**self.answers, **texts})

    def without(self, *keys: str) -> Self:
        """The draft without these answers: they are asked again."""
        return replace(self, answers={key: text for key, text in self.answers.items() if key not in keys})

    def past(self, page: str) -> Self:
        """The draft after a page."""
        return replace(self, passed=self.passed | {page})

    def with_loss(self, texts: Texts, place: int | None = None) -> Self:
        """The draft with one more loss, or with another one in its place. More than there may be are not taken."""
        losses = list(self.losses)
        if place is None or not 0 <= place < len(losses):
            losses.append(texts)
        else:
            losses[place] = texts
        return replace(self, losses=tuple(losses[:MOST_LOSSES]))

    def with_file(self, id_: str, name: str) -> Self:
        """The draft with one more file."""
        return replace(self, files=(*self.files, {"id": id_, "name": name}))

    def without_file(self, id_: str) -> Self:
        """The draft without one of its files."""
        return replace(self, files=tuple(one for one in self.files if one["id"] != id_))

    def without_loss(self, place: int) -> Self:
        """The draft without one of its losses."""
        return replace(self, losses=tuple(one for at, one in enumerate(self.losses) if at != place))


def read_texts(texts: Texts, questions: Sequence[Question], known: Known) -> dict[str, Any]:
    """The values of texts, of the questions that are asked. What cannot be read (any more) is as if not answered."""
    values: dict[str, Any] = {}
    for one in questions:
        if one.key in texts and one.asked_if(values):
            try:
                values[one.key] = one.read(texts[one.key], known)
            except AnswerFault:
                continue
    return values


def draft_values(draft: Draft, known: Known) -> dict[str, Any]:
    """The values of all that is answered, with `losses` where they are asked for."""
    values = read_texts(draft.answers, QUESTIONS, known)
    if asks_for_losses(values):
        values[LOSSES] = [read_texts(one, LOSS_QUESTIONS, known) for one in draft.losses]
    return values


def draft_content(draft: Draft, known: Known) -> ReportContent:
    """The content that a draft comes to."""
    return answers_to_content(draft_values(draft, known))


def text_of(value: object) -> str:
    """The text that is kept of a value, which is read to the same value on any other day.

    >>> text_of(date(2022, 11, 24)), text_of(120050), text_of(("a", "b")), text_of(True), text_of(None)
    ('2022-11-24', '1200.50', 'a, b', 'yes', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, int):
        return f"{value // 100}.{value % 100:02}"
    if isinstance(value, TypedNumber):
        return value.typed
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(text_of(one) for one in value)
    return str(value)


def is_urgent(values: Mapping[str, Any], today: date) -> bool:
    """Whether the bank has to hear of it before we do: it was within the last two days, as far as is known.

    Args:
        values: What `draft_values` gave.
        today: Today, in the UK.
    """
    if values.get("kind") == Kind.information or Happened.nothing in (values.get("happened") or ()):
        return False
    days = [one["loss_on"] for one in values.get(LOSSES) or () if one.get("loss_on")]
    days += [values["called_on"]] if values.get("called_on") else []
    if any(today - day <= JUST_NOW for day in days):
        return True
    # Who does not say when it was may have paid a minute ago.
    return not days and "called_on" in values and bool(_GIVEN_AWAY & set(values.get("happened") or ()))
