"""Does this look like a scam? A message that is pasted, or questions for those who only remember it.

Nothing of it is stored, logged or put into an address: the answer is the answer to the form itself.
"""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, request
from werkzeug.exceptions import HTTPException

from ringback.signs.check import LONGEST, check_beginning
from ringback.signs.questionnaire import CALL, HOW, Question, check_answers, read_questions
from ringback.text.data_files import DataFiles, use_data
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.language import translate
from ringback.web.public.pages.scam_answer import ScamAnswer, make_answer, make_urgent_answer
from ringback.web.public.pages.scam_check_form import (
    HAPPENED,
    ScamForm,
    read_answers,
    read_message_form,
    read_pasted,
)
from ringback.web.public.service import PublicService

# 60,000 characters, each of which a form sends as up to 12 bytes, and the rest of the form.
LARGEST_BODY = 768 * 1024
# So many messages are judged at once. The other threads of the server go on with other pages.
_AT_ONCE, _WAIT_S = 4, 1.0
_AGAIN_S = 60
_ZONE = ZoneInfo("Europe/London")


def routes(service: PublicService) -> list[Route]:
    """The routes of the check for scams."""
    turns = threading.BoundedSemaphore(_AT_ONCE)

    @contract(who=ANYBODY)
    def scam_check() -> str:
        with _judging(_files(service)):
            return _message_page(service, ScamForm())

    @contract(who=ANYBODY, limit="forms", largest_body=LARGEST_BODY)
    def judge_message() -> Response:
        return _in_turn(service, turns, lambda: _judge_message(service))

    @contract(who=ANYBODY)
    def scam_questions() -> str:
        with _judging(_files(service)):
            return _questions_page(service, ScamForm())

    @contract(who=ANYBODY, limit="forms")
    def judge_answers() -> Response:
        return _in_turn(service, turns, lambda: _judge_answers(service))

    return [
        ("/scam-check", "scam_check", scam_check, ("GET",)),
        ("/scam-check", "judge_message", judge_message, ("POST",)),
        ("/scam-check/questions", "scam_questions", scam_questions, ("GET",)),
        ("/scam-check/questions", "judge_answers", judge_answers, ("POST",)),
    ]


def _judge_message(service: PublicService) -> Response:
    today = service.clock.now().astimezone(_ZONE).date()
    with _judging(_files(service)):
        form = read_message_form(request.form)
        if form.errors:
            return make_response(_message_page(service, form), 400)
        if not form.message.strip():
            # Somebody who has given something away needs no message to be told what to do.
            return _answer_page(service, make_urgent_answer(form.happened), again="scam_check")
        pasted = read_pasted(form.message)
        check, cut = check_beginning(pasted.text, envelope=pasted.envelope, today=today, happened=form.happened)
        from_email = pasted.envelope is not None
        answer = make_answer(check, force=service.site["force"], cut=cut, from_email=from_email)
    return _answer_page(service, answer, again="scam_check")


def _judge_answers(service: PublicService) -> Response:
    with _judging(_files(service)):
        form = read_answers(request.form)
        if form.errors:
            return make_response(_questions_page(service, form), 400)
        if form.happened and form.answered <= {HAPPENED, HOW}:
            answer = make_urgent_answer(form.happened, call=CALL in form.chosen[HOW])
        else:
            answer = make_answer(check_answers(form.chosen), force=service.site["force"])
    return _answer_page(service, answer, again="scam_questions")


def _files(service: PublicService) -> DataFiles:
    """What the release that is served now judges by. It stays the same until the answer is there."""
    return service.releases.current().judged_by or abort(404)


def _in_turn(service: PublicService, turns: threading.BoundedSemaphore, answer: Callable[[], Response]) -> Response:
    if not turns.acquire(timeout=_WAIT_S):
        return make_response(service.render("scam_busy"), 503, {"Retry-After": str(_AGAIN_S)})
    try:
        return answer()
    finally:
        turns.release()


@contextmanager
def _judging(files: DataFiles) -> Iterator[None]:
    """Judge by these files.

    Raises:
        RuntimeError: A fault of ours. It says where, and never in the words of the message, for it is logged.
    """
    try:
        with use_data(files):
            yield
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, its words may be those of a message
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{last.filename.rpartition('/')[2]}, line {last.lineno}"
        raise RuntimeError(f"a message could not be judged: {type(error).__name__} in {place}") from None


def _message_page(service: PublicService, form: ScamForm) -> str:
    (happened,) = (_shown(one, form) for one in read_questions() if one.key == HAPPENED)
    return service.render("scam_check", form=form, happened=happened, most=f"{LONGEST:,}")


def _questions_page(service: PublicService, form: ScamForm) -> str:
    return service.render("scam_questions", form=form, questions=[_shown(one, form) for one in read_questions()])


def _answer_page(service: PublicService, answer: ScamAnswer, *, again: str) -> Response:
    return make_response(service.render("scam_answer", answer=answer, again=again, most=f"{LONGEST:,}"))


def _shown(question: Question, form: ScamForm) -> dict[str, object]:
    """A question as the template takes it."""
    chosen = form.chosen.get(question.key, ())
    choices = [
        {"value": one.key, "text": translate(one.text), "checked": one.key in chosen} for one in question.choices
    ]
    return {"key": question.key, "text": translate(question.text), "choices": choices}
