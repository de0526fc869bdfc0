"""Look at all answers, send them, and get the status code. What was sent can be read by nobody here."""

from typing import Any

from flask import Response

from ringback.publishing.inbox.drafts import InboxFull
from ringback.publishing.report_keys import seal_to
from ringback.publishing.sealed_reports import SentFile, SentReport, pack_report
from ringback.victim_reports import status_codes
from ringback.victim_reports.answers import LOSSES, says_nothing
from ringback.victim_reports.content import find_faults
from ringback.victim_reports.drafts import Draft, draft_content, draft_values
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.language import gettext as _
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.journey import Journey, OpenDraft, drop_code, wants_to_save
from ringback.web.public.pages.report.losses import show_losses
from ringback.web.public.pages.report.steps import ANSWERS, STEPS, TEXT, Place, Step, is_asked, place_of
from ringback.web.public.service import PublicService


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""
    journey = Journey(service)

    @contract(who=ANYBODY)
    def report_answers() -> Response:
        found = journey.find()
        if found is None:
            return journey.none()
        place = journey.next_place(found.draft)
        return _answers_page(journey, found.draft) if place == ANSWERS else journey.go(place)

    @contract(who=ANYBODY, limit="reports")
    def report_send() -> Response:
        return _send(journey)

    @contract(who=ANYBODY)
    def report_sent() -> Response:
        code = journey.find_code()
        sent = service.drafts.find_sent(code, now=service.clock.now()) if code else None
        if sent is None:
            return journey.none()
        return journey.page("sent", code=200, status_code=status_codes.show(sent.status_code))

    @contract(who=ANYBODY, limit="forms")
    def report_done() -> Response:
        return drop_code(journey.go(Place("start")))

    return [
        ("/report/answers", "report_answers", report_answers, ("GET",)),
        ("/report/answers", "report_send", report_send, ("POST",)),
        ("/report/sent", "report_sent", report_sent, ("GET",)),
        ("/report/sent", "report_done", report_done, ("POST",)),
    ]


def _send(journey: Journey) -> Response:
    """Send the visitor's draft. Pressed twice, or again after going back, it makes one report."""
    found, code = journey.find(), journey.find_code()
    if code is None:
        return journey.none()
    if found and wants_to_save():
        return journey.change(found, lambda draft: draft)
    service = journey.service
    now, recipient = service.clock.now(), service.report_recipient
    if not recipient:
        return journey.busy()

    def seal(values: dict[str, Any], status_code: str) -> bytes | None:
        draft = Draft.from_dict(values)
        content = draft_content(draft, journey.known)
        if journey.next_place(draft) != ANSWERS or find_faults(content) or says_nothing(content):
            return None
        files = tuple(SentFile(one["id"], one["name"]) for one in draft.files)
        return seal_to(recipient, pack_report(SentReport(content, status_code, now, files)))

    try:
        sent = service.drafts.send(code, seal, now=now)
    except InboxFull:
        return journey.busy()
    if sent:
        return journey.go(Place("report_sent"))
    return _not_sent(journey, found)


def _not_sent(journey: Journey, found: OpenDraft | None) -> Response:
    if found is None:
        return journey.none()
    place = journey.next_place(found.draft)
    return journey.go(place) if place != ANSWERS else _answers_page(journey, found.draft, is_empty=True)


def _answers_page(journey: Journey, draft: Draft, *, is_empty: bool = False) -> Response:
    values = draft_values(draft, journey.known)
    asked = [one for one in STEPS if is_asked(one, values)]
    return journey.page(
        "answers",
        back=place_of(asked[-1]),
        code=400 if is_empty else 200,
        rows=[row for step in asked for row in _rows(journey, step, values)],
        losses=show_losses(draft, journey) if LOSSES in values else None,
        files=[one["name"] for one in draft.files],
        files_path=journey.path(Place("report_files")),
        losses_path=journey.path(Place("report_losses")),
        is_empty=is_empty,
    )


def _rows(journey: Journey, step: Step, values: dict[str, Any]) -> list[dict[str, str]]:
    """Question, answer, what to look at again in it, and the path to change it, of each question of a page."""
    path = journey.path(place_of(step))
    if step.name == TEXT and not values.get("reference"):
        return [{"question": _("Did you get a text from us?"), "answer": _("No"), "hint": "", "path": path}]
    return [
        {
            "question": wording.summary_words(one.key),
            "answer": wording.show_value(one, values.get(one.key)),
            "hint": wording.answer_hint(values.get(one.key)),
            "path": path,
        }
        for one in step.questions
        if one.asked_if(values)
    ]
