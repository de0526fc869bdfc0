"""The pages of the questions, in order, and which one comes next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback.victim_reports.drafts import Draft, draft_values, is_urgent
from ringback.victim_reports.questions import QUESTIONS, Known, Question, asks_for_losses


@dataclass(frozen=True, slots=True)
class Step:
    """A page with a question, or with a few that belong together.

    Attributes:
        name: As it stands in the path.
        keys: The questions on it, in order.
    """

    name: str
    keys: tuple[str, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions on it."""
        return tuple(_BY_KEY[key] for key in self.keys)


_BY_KEY = {one.key: one for one in QUESTIONS}
TEXT, LOSSES, FILES = "text", "losses", "files"
STEPS = (
    Step(TEXT, ("reference", "last_four")),
    Step("kind", ("kind",)),
    Step("called-number", ("called_number",)),
    Step("whose", ("whose",)),
    Step("when", ("called_on", "called_on_sure")),
    Step("time", ("called_at", "part_of_day")),
    Step("caller", ("claimed",)),
    Step("shown-number", ("shown_number",)),
    Step("how-long", ("talk_time",)),
    Step("what-happened", ("happened",)),
    Step(LOSSES, ()),
    Step("story", ("story",)),
    Step(FILES, ()),
    Step("you", ("name", "contact_number", "email", "postcode")),
    Step("tell-me", ("wants_to_be_told",)),
)
BY_NAME = {one.name: one for one in STEPS}


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the report: the name of its route, and the step if it is that of a question."""

    endpoint: str
    step: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What its path is made of."""
        return {"place" if self.endpoint == "report_loss" else "name": self.step} if self.step else {}


START, BANK, ANSWERS = Place("report"), Place("report_bank"), Place("report_answers")


def next_place(draft: Draft, known: Known) -> Place:
    """Where somebody goes from here: to the bank, to the first page that is still to be answered, or to the end."""
    values = draft_values(draft, known)
    if BANK.endpoint not in draft.passed and is_urgent(values, known.today):
        return BANK
    for one in STEPS:
        if is_asked(one, values) and not _is_answered(one, draft, values):
            return place_of(one)
    return ANSWERS


def place_before(step: str, draft: Draft, known: Known) -> Place:
    """The page before a step."""
    values = draft_values(draft, known)
    names = [one.name for one in STEPS]
    before = [one for one in STEPS[: names.index(step)] if is_asked(one, values)]
    return place_of(before[-1]) if before else START


def place_of(step: Step) -> Place:
    """The page of a step."""
    return Place(f"report_{step.name}") if step.name in (LOSSES, FILES) else Place("report_question", step.name)


def is_asked(step: Step, values: Mapping[str, Any]) -> bool:
    """Whether a step's page comes up after these answers."""
    if step.name == LOSSES:
        return asks_for_losses(values)
    if step.name == FILES:
        return True
    return any(one.asked_if(values) for one in step.questions)


def _is_answered(step: Step, draft: Draft, values: Mapping[str, Any]) -> bool:
    if step.name in (LOSSES, FILES):
        return step.name in draft.passed
    asked = [one for one in step.questions if one.asked_if(values)]
    return all(one.key in values and not (one.needed and values[one.key] is None) for one in asked)
