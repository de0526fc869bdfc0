"""Is this text from us? The form, the queue behind it, and the answer."""

import math
import re
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, request

from ringback.publishing.inbox.questions import GENUINE, Answer, Waiting
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.limits import source_of
from ringback.web.public.pages.check_form import CheckForm, read_form
from ringback.web.public.service import PublicService

_TICKET = re.compile(r"[0-9a-f]{32}")
# A wait in whole minutes above this is said as "later".
_AGAIN_S = 60


def routes(service: PublicService) -> list[Route]:
    """The routes of the check."""
    inbox, clock = service.inbox, service.clock

    @contract(who=ANYBODY)
    def check() -> str:
        return service.empty_form("check", CheckForm())

    # The worker that answers logs it: see `Inbox.answer_due`.
    @contract(who=ANYBODY, limit="forms")
    def ask() -> Response:
        form = read_form(request.form)
        if form.question is None:
            return make_response(service.render("check", form=form), 400)
        source = source_of(request.remote_addr)
        ticket = inbox.ask(form.question.reference, form.question.last_four, source=source, now=clock.now())
        if ticket is None:
            return make_response(service.render("busy"), 503, {"Retry-After": str(_AGAIN_S)})
        return service.app.redirect_to("answer", ticket=ticket)

    @contract(who=ANYBODY)
    def answer(ticket: str) -> Response:
        found = inbox.find(ticket, now=clock.now()) if _TICKET.fullmatch(ticket) else None
        if found is None:
            return make_response(service.render("gone"), 404)
        if isinstance(found, Waiting):
            minutes = math.ceil((found.due_at - clock.now()).total_seconds() / 60)
            return make_response(service.render("waiting", minutes=minutes if minutes > 1 else 0))
        return make_response(_answer_page(service, found))

    return [
        ("/check", "check", check, ("GET",)),
        ("/check", "ask", ask, ("POST",)),
        ("/check/<ticket>", "answer", answer, ("GET",)),
    ]


def _answer_page(service: PublicService, found: Answer) -> str:
    if found.kind != GENUINE:
        # Of a wrong reference and of wrong digits the same bytes: nothing of the question is in them.
        return service.render("not_confirmed")
    told: Mapping[str, Any] = next((one for one in service.site["campaigns"] if one["campaign"] == found.campaign), {})
    return service.render(
        "genuine",
        campaign=found.campaign,
        sent_on=found.sent_on,
        text=told.get("text", ""),
        text_language=told.get("language", ""),
        sample=told.get("sample_reference", ""),
    )
