"""Answers to a report: from answers to questions, or from a file of them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ringback.victim_reports.content import (
    MOST_LOSSES,
    Happened,
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
from ringback.victim_reports.faults import AnswerFault
from ringback.victim_reports.phone_numbers import TypedNumber
from ringback.victim_reports.questions import (
    LOSS_QUESTIONS,
    QUESTIONS,
    Answers,
    Known,
    Question,
    asks_for_losses,
    next_question,
)

LOSSES = "losses"
_NO_NUMBER = TypedNumber("", "")


def answers_to_content(answers: Answers) -> ReportContent:
    """The content of a report.

    Args:
        answers: Key of a question to its value, as its reader gave it, or None. `losses` is a list of such answers to
            `LOSS_QUESTIONS`.
    """
    called, shown = (answers.get(key) or _NO_NUMBER for key in ("called_number", "shown_number"))
    contact = answers.get("contact_number") or _NO_NUMBER
    return ReportContent(
        kind=answers.get("kind") or Kind.crime,
        reference=answers.get("reference") or "",
        last_four=answers.get("last_four") or "",
        called_number=called.e164,
        called_number_typed=called.typed,
        whose=answers.get("whose") or Whose.unknown,
        called_on=answers.get("called_on"),
        called_on_sure=answers.get("called_on_sure") or Sure.unsure,
        called_at=answers.get("called_at"),
        part_of_day=answers.get("part_of_day") or PartOfDay.unknown,
        claimed=answers.get("claimed") or "",
        shown_number=shown.e164,
        shown_number_typed=shown.typed,
        talk_time=answers.get("talk_time") or TalkTime.unknown,
        happened=tuple(answers.get("happened") or ()),
        losses=tuple(_loss(one) for one in answers.get(LOSSES) or () if one.get("loss")),
        story=answers.get("story") or "",
        reporter=Reporter(
            name=answers.get("name") or "",
            number=contact.typed,
            email=answers.get("email") or "",
            postcode=answers.get("postcode") or "",
            wants_to_be_told=bool(answers.get("wants_to_be_told")),
        ),
    )


def _loss(answers: Answers) -> Loss:
    return Loss(
        answers["loss"],
        answers.get("loss_kind") or LossKind.transfer,
        answers.get("loss_on"),
        answers.get("loss_returned") or 0,
    )


def read_answers(told: Mapping[str, Any], known: Known) -> tuple[ReportContent, list[tuple[str, str]]]:
    """Read a whole set of answers, as a program gives them.

    Args:
        told: Key of a question to a text, as it would be typed; true or false and numbers are taken as well, and a list
            where several can be chosen. `losses` is a list of such answers to `LOSS_QUESTIONS`.
        known: Today, and the dial plan.

    Returns:
        The content, and all faults as key and code. With faults, the content is not to be used.
    """
    faults: list[tuple[str, str]] = []
    answers = _read_all(told, QUESTIONS, known, faults, others=frozenset({LOSSES}))
    losses: list[Answers] = []
    given = told.get(LOSSES) or ()
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence):
        faults.append((LOSSES, "unreadable_sum"))
    elif len(given) > MOST_LOSSES:
        faults.append((LOSSES, "too_many"))
    elif given and not asks_for_losses(answers):
        faults.append((LOSSES, "contradicts"))
    else:
        for place, one in enumerate(given):
            found: list[tuple[str, str]] = []
            losses.append(_read_all(one if isinstance(one, Mapping) else {"loss": one}, LOSS_QUESTIONS, known, found))
            faults += [(f"{LOSSES}.{place}.{key}", code) for key, code in found]
    content = answers_to_content({**answers, LOSSES: losses})
    return content, faults or find_faults(content)


def _read_all(
    told: Mapping[str, Any],
    questions: Sequence[Question],
    known: Known,
    faults: list[tuple[str, str]],
    others: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    while question := next_question(answers, questions):
        try:
            answers[question.key] = question.read(_as_typed(told.get(question.key)), known)
        except AnswerFault as fault:
            answers[question.key] = None
            faults.append((question.key, fault.code))
    keys = {one.key for one in questions} | others
    for key in told:
        if key not in keys:
            faults.append((str(key), "unknown_field"))
        elif key not in others and key not in answers and told[key] not in (None, ""):
            # An answer to a question that is not asked after the others: something is wrong with one of them.
            faults.append((key, "contradicts"))
    return answers


def _as_typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value)


def says_nothing(content: ReportContent) -> bool:
    """Whether a report says nothing that anybody could act on."""
    return not (
        content.reference
        or content.called_number_typed
        or content.shown_number_typed
        or content.story
        or content.losses
        or content.claimed
        or content.called_on
        or set(content.happened) - {Happened.nothing}
    )
