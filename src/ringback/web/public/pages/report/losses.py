"""What money was lost: each sum on a page of its own, and the list of all of them. And the bank, before all else."""

import re

from flask import Response, request

from ringback.victim_reports.content import MOST_LOSSES
from ringback.victim_reports.drafts import Draft, draft_values, read_texts
from ringback.victim_reports.questions import LOSS_QUESTIONS
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.fields import Form, make_fields, read_form
from ringback.web.public.pages.report.journey import THEN, Journey, OpenDraft, wants_to_save, within_limits
from ringback.web.public.pages.report.steps import BANK, LOSSES, Place, place_before
from ringback.web.public.service import PublicService

_PLACE = re.compile(r"[1-9][0-9]?")
_MORE, _REMOVE = "more", "remove"
_LIST = Place("report_losses")


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""
    journey = Journey(service)

    @contract(who=ANYBODY)
    def report_bank() -> Response:
        return journey.page("bank") if journey.find() else journey.none()

    @contract(who=ANYBODY, limit="forms")
    def report_bank_rung() -> Response:
        found = journey.find()
        return journey.change(found, lambda draft: draft.past(BANK.endpoint)) if found else journey.none()

    @contract(who=ANYBODY)
    def report_losses() -> Response:
        found = journey.find()
        return _list_page(journey, found.draft) if found else journey.none()

    @contract(who=ANYBODY, limit="forms")
    def report_losses_told() -> Response:
        found = journey.find()
        return _take_list(journey, found) if found else journey.none()

    @contract(who=ANYBODY)
    def report_loss(place: str) -> Response:
        found = journey.find()
        return _loss_page(journey, found.draft, _read_place(place)) if found else journey.none()

    @contract(who=ANYBODY, limit="forms")
    def report_loss_told(place: str) -> Response:
        found = journey.find()
        if found is None:
            return journey.none()
        return within_limits(journey, lambda: _take_loss(journey, found, _read_place(place)))

    return [
        ("/report/bank", "report_bank", report_bank, ("GET",)),
        ("/report/bank", "report_bank_rung", report_bank_rung, ("POST",)),
        ("/report/losses", "report_losses", report_losses, ("GET",)),
        ("/report/losses", "report_losses_told", report_losses_told, ("POST",)),
        ("/report/loss/<place>", "report_loss", report_loss, ("GET",)),
        ("/report/loss/<place>", "report_loss_told", report_loss_told, ("POST",)),
    ]


def _read_place(place: str) -> int:
    """Which loss it is, from 0. Anything that is no number of a loss is a new one."""
    return int(place) - 1 if _PLACE.fullmatch(place) else MOST_LOSSES


def _take_list(journey: Journey, found: OpenDraft) -> Response:
    more = request.form.get(_MORE, "")
    if more == "yes" and not wants_to_save():
        if len(found.draft.losses) >= MOST_LOSSES:
            return _list_page(journey, found.draft, error=wording.fault_words("losses", "too_many"))
        return journey.go(Place("report_loss", "new"))
    if more != "no" and not wants_to_save():
        return _list_page(journey, found.draft, error=wording.fault_words(_MORE, "missing"))
    return journey.change(found, lambda draft: draft.past(LOSSES) if more == "no" else draft)


def _list_page(journey: Journey, draft: Draft, *, error: str = "") -> Response:
    values = draft_values(draft, journey.known)
    return journey.page(
        "losses",
        back=place_before(LOSSES, draft, journey.known),
        code=400 if error else 200,
        losses=show_losses(draft, journey),
        faults={_MORE: error} if error else {},
        chosen="no" if LOSSES in draft.passed and values else "",
    )


def show_losses(draft: Draft, journey: Journey) -> list[list[tuple[str, str]]]:
    """What is said of each loss: question and answer, in words."""
    shown = []
    for texts in draft.losses:
        values = read_texts(texts, LOSS_QUESTIONS, journey.known)
        shown.append(
            [
                (wording.question_words(one.key)[0], wording.show_value(one, values.get(one.key)))
                for one in LOSS_QUESTIONS
                if one.key in texts
            ]
        )
    return shown


def _take_loss(journey: Journey, found: OpenDraft, place: int) -> Response:
    if request.form.get(THEN) == _REMOVE:
        journey.keep(found, lambda draft: draft.without_loss(place))
        return journey.go(_LIST)
    form = read_form(request.form, LOSS_QUESTIONS, {}, journey.known)
    faults = dict(form.faults)
    values = read_texts(form.texts, LOSS_QUESTIONS, journey.known)
    if not values.get("loss") and "loss" not in faults:
        faults["loss"] = "missing"
    elif (values.get("loss_returned") or 0) > (values.get("loss") or 0) and not faults:
        faults["loss_returned"] = "more_than_lost"
    if faults and wants_to_save():
        # What cannot be read of a loss is not worth keeping.
        return journey.change(found, lambda draft: draft)
    if faults:
        return _loss_page(journey, found.draft, place, Form(form.texts, form.typed, faults))
    after = journey.keep(found, lambda draft: draft.with_loss(form.texts, place))
    if after is None:
        return journey.none()
    if wants_to_save():
        return journey.go(Place("report_saved"))
    # A payment of today sends its reporter to the bank first.
    return journey.go(BANK if journey.next_place(after) == BANK else _LIST)


def _loss_page(journey: Journey, draft: Draft, place: int, form: Form | None = None) -> Response:
    known = place < len(draft.losses)
    faults = {key: wording.fault_words(key, code) for key, code in form.faults.items()} if form else {}
    return journey.page(
        "loss",
        back=_LIST,
        code=400 if form else 200,
        place=str(place + 1) if known else "new",
        fields=make_fields(LOSS_QUESTIONS, draft.losses[place] if known else {}, form),
        faults=faults,
    )
