"""Fields of forms: what was typed is read, and what stands in a field is shown again with what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from ringback.victim_reports.drafts import Texts, text_of
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.questions import AnswerKind, Known, Question
from ringback.web.public.pages.report import wording

Typed = MultiDict[str, str]
# A field with the kind of its answer: type, class of its width, input mode, autocomplete.
_INPUTS = {
    AnswerKind.line: ("govuk-input--width-20", "text"),
    AnswerKind.reference: ("govuk-input--width-20 govuk-input--extra-letter-spacing", "text"),
    AnswerKind.digits: ("govuk-input--width-4 govuk-input--extra-letter-spacing", "numeric"),
    AnswerKind.number: ("govuk-input--width-20", "tel"),
    AnswerKind.day: ("govuk-input--width-20", "text"),
    AnswerKind.time: ("govuk-input--width-10", "text"),
    AnswerKind.sum: ("govuk-input--width-10", "text"),
}
_AUTOCOMPLETE = {"name": "name", "contact_number": "tel", "email": "email", "postcode": "postal-code"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a page.

    Attributes:
        key: Its name, which is its question's.
        kind: The kind of its answer.
        label: Its words.
        hint: A line below; "" for none.
        text: What stands in it.
        error: What is wrong with that; "" for nothing.
        choices: The words of each choice.
        classes: Of GOV.UK, for its width.
        inputmode: Which keyboard a phone shows.
        autocomplete: What a browser may fill in.
    """

    key: str
    kind: str
    label: str
    hint: str
    text: str
    error: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    classes: str = ""
    inputmode: str = "text"
    autocomplete: str = "off"

    @property
    def chosen(self) -> list[str]:
        """What is chosen, where several can be."""
        return [one.strip() for one in self.text.split(",")]


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed into some fields.

    Attributes:
        texts: The text that is kept, of each answer that can be taken.
        typed: What was typed, by key.
        faults: Key to the code of what is wrong.
    """

    texts: Texts
    typed: Texts
    faults: Mapping[str, str]


def read_form(form: Typed, questions: Sequence[Question], values: Mapping[str, Any], known: Known) -> Form:
    """Read the answers to some questions. Those that are not asked after the others are left out.

    Args:
        form: What was typed.
        questions: The questions of a page.
        values: All other answers.
        known: Today, and the dial plan.
    """
    values = dict(values)
    texts, typed, faults = {}, {}, {}
    for one in questions:
        several = one.kind is AnswerKind.choices
        # One character more than may be, so that what is too long is told.
        written = ", ".join(form.getlist(one.key)) if several else form.get(one.key, "")
        typed[one.key] = written[: one.longest + 1]
        if not one.asked_if(values):
            continue
        try:
            values[one.key] = one.read(typed[one.key].replace("\r\n", "\n"), known)
            texts[one.key] = text_of(values[one.key])
        except AnswerFault as fault:
            faults[one.key] = fault.code
            # As if it were answered, for the questions after it.
            values[one.key] = typed[one.key]
    return Form(texts, typed, faults)


def make_fields(questions: Sequence[Question], texts: Texts, form: Form | None = None) -> list[Field]:
    """The fields of some questions.

    Args:
        questions: The questions.
        texts: The kept texts of their answers.
        form: What was typed, if anything is wrong with it.
    """
    made = []
    for one in questions:
        label, hint = wording.question_words(one.key)
        text = form.typed.get(one.key, "") if form else wording.show_text(one, texts.get(one.key, ""))
        code = form.faults.get(one.key) if form else None
        classes, inputmode = _INPUTS.get(one.kind, ("", "text"))
        made.append(
            Field(
                one.key, one.kind.value, label, hint, text,
                error=wording.fault_words(one.key, code) if code else "",
                choices=wording.choice_words(one.key), classes=classes, inputmode=inputmode,
                autocomplete=_AUTOCOMPLETE.get(one.key, "off"),
            )
        )  # fmt: skip
    return made
