"""A report by telephone: the questions are asked one after the other on the terminal."""

import sys
from collections.abc import Sequence
from typing import Any

from ringback.case.case_file import CaseFile
from ringback.cli.terminal import err
from ringback.errors import RingbackError
from ringback.victim_reports.answers import LOSSES, answers_to_content
from ringback.victim_reports.content import MOST_LOSSES, ReportContent
from ringback.victim_reports.digests import find_our_text
from ringback.victim_reports.faults import FAULT_WORDS, AnswerFault
from ringback.victim_reports.phone_numbers import TypedNumber
from ringback.victim_reports.questions import (
    LOSS_QUESTIONS,
    QUESTIONS,
    AnswerKind,
    Known,
    Question,
    asks_for_losses,
    next_question,
)


class Interview:
    """One report, asked for. Questions go to standard error, answers come from standard input.

    Args:
        case_file: The case; a reference is looked up among its texts.
        known: Today, and the dial plan.
    """

    def __init__(self, case_file: CaseFile, known: Known) -> None:
        self._case, self._known = case_file, known

    def ask(self) -> ReportContent:
        """Ask everything, and give the content.

        Raises:
            RingbackError: `report_unfinished` at the end of the input.
        """
        err.print("Enter leaves a question open.", style="dim")
        answers: dict[str, Any] = {}
        while question := next_question(answers):
            if question.key == "story":
                answers[LOSSES] = self._ask_losses(answers)
            answers[question.key] = self._ask(question)
            if question.key == "last_four" and not self._is_ours(answers["reference"], answers["last_four"]):
                # Then the number is asked for, as of everybody else.
                answers["reference"] = answers["last_four"] = None
        return answers_to_content(answers)

    def _ask_losses(self, answers: dict[str, Any]) -> list[dict[str, Any]]:
        losses: list[dict[str, Any]] = []
        while asks_for_losses(answers) and len(losses) < MOST_LOSSES:
            loss: dict[str, Any] = {}
            while question := next_question(loss, LOSS_QUESTIONS):
                loss[question.key] = self._ask(question)
                if question.key == "loss_returned" and (loss["loss_returned"] or 0) > loss["loss"]:
                    err.print(f"  {FAULT_WORDS['more_than_lost']}", markup=False, style="yellow")
                    del loss["loss_returned"]
            if not loss["loss"]:
                break
            losses.append(loss)
        return losses

    def _ask(self, question: Question) -> Any:  # noqa: ANN401 - each kind of answer has its own type
        """One answer; asked again until it can be taken."""
        err.print(f"\n{question.text}", markup=False)
        if question.hint:
            err.print(f"  {question.hint}", markup=False, style="dim")
        for place, (_key, words) in enumerate(question.choices, 1):
            err.print(f"  {place}  {words}", markup=False)
        refused = ""
        while True:
            typed = _read_text() if question.kind is AnswerKind.text else _read_line()
            if typed and typed == refused:
                return TypedNumber(typed, "")
            try:
                value = question.read(typed, self._known)
            except AnswerFault as fault:
                err.print(f"  {FAULT_WORDS[fault.code]}", markup=False, style="yellow")
                if question.kind is not AnswerKind.number or fault.code == "too_long":
                    continue
            else:
                if not isinstance(value, TypedNumber) or value.one_short is None:
                    return value
                err.print("  a digit may be missing: a UK mobile number has 11", markup=False, style="yellow")
            refused = typed
            err.print("  give it once more to keep it as it is", markup=False, style="dim")

    def _is_ours(self, reference: str, last_four: str) -> bool:
        with self._case.records.connect() as connection:
            ours = find_our_text(connection, self._case.keys(), reference=reference, last_four=last_four)
        if ours is None:
            err.print(f"  {FAULT_WORDS['unknown_reference']}", markup=False, style="yellow")
            err.print(
                "  It may be a mistake, or a text that we did not send: it can be forwarded to 7726.", markup=False
            )
        return ours is not None


def _read_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise RingbackError("report_unfinished")
    return line.strip()


def _read_text() -> str:
    """Lines until an empty one."""
    lines: list[str] = []
    while line := _read_line():
        lines.append(line)
    return "\n".join(lines)


def question_facts() -> list[dict[str, Any]]:
    """The questions for programs: key, words, hint, kind and choices; those of a loss within `losses`."""
    story = next(place for place, one in enumerate(QUESTIONS) if one.key == "story")
    losses = [{**one, "key": f"losses[].{one['key']}"} for one in _facts(LOSS_QUESTIONS)]
    return [*_facts(QUESTIONS[:story]), *losses, *_facts(QUESTIONS[story:])]


def _facts(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [
        {"key": one.key, "text": one.text, "hint": one.hint, "kind": one.kind.value, "needed": one.needed,
         "choices": dict(one.choices)}
        for one in questions
    ]  # fmt: skip
