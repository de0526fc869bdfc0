"""The pages of the public service, each with its contract."""

import math
import re
from datetime import date
from typing import Any

from flask import Response, abort, make_response, render_template, request

from ringback.clock import Clock
from ringback.publishing.inbox.questions import GENUINE, Answer, Inbox, Waiting
from ringback.web.kernel.app import add_routes, make_app
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.kernel.kernel_app import ANYWHERE, Front, KernelApp
from ringback.web.kernel.language import gettext as _
from ringback.web.kernel.limits import source_of
from ringback.web.kernel.site import Link, Site
from ringback.web.public.check_form import CheckForm, read_form
from ringback.web.public.releases import Releases

_TICKET = re.compile(r"[0-9a-f]{32}")
# A wait in whole minutes above this is said as "later".
_AGAIN_S = 60


def create_app(
    releases: Releases,
    inbox: Inbox,
    *,
    clock: Clock,
    front: Front = ANYWHERE,
    language: str = "en",
) -> KernelApp:
    """The app. Somebody has to answer the questions beside it: `answering.answering`.

    Args:
        releases: What is published.
        inbox: Where questions go.
        clock: The time.
        front: Where it stands.
        language: The language of the pages.
    """
    app = make_app(
        "public",
        package="ringback.web.public",
        secret=inbox.secret.hex(),
        site=lambda: _site(releases),
        clock=clock,
        front=front,
        language=language,
    )
    add_routes(app, [*_pages(releases), *_check(app, inbox, clock)])
    return app


def _site(releases: Releases) -> Site:
    told = releases.current().site
    return Site(
        service=_("Check a text from us"),
        force=told["force"],
        synthetic=told["synthetic"],
        home="start",
        navigation=(
            Link(_("Check a text"), "check"),
            Link(_("Texts we sent"), "texts"),
            Link(_("I was not texted"), "not_texted"),
        ),
    )


def _pages(releases: Releases) -> list[Any]:
    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def start() -> str:
        return _render("start", releases)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def texts() -> str:
        return _render("texts", releases)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def campaign(name: str) -> str:
        found = next((one for one in _campaigns(releases) if one["campaign"] == name), None)
        if found is None:
            abort(404)
        return _render("campaign", releases, campaign=found)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def not_texted() -> str:
        return _render("not_texted", releases)

    @contract(who=ANYBODY)
    def health() -> Response:
        return Response("up\n", content_type="text/plain; charset=utf-8")

    return [
        ("/", "start", start, ("GET",)),
        ("/texts", "texts", texts, ("GET",)),
        ("/texts/<name>", "campaign", campaign, ("GET",)),
        ("/not-texted", "not_texted", not_texted, ("GET",)),
        ("/health", "health", health, ("GET",)),
    ]


def _check(app: KernelApp, inbox: Inbox, clock: Clock) -> list[Any]:
    @contract(who=ANYBODY)
    def check() -> str:
        return render_template("public/check.html", form=CheckForm())

    # The worker that answers logs it: see `Inbox.answer_due`.
    @contract(who=ANYBODY, limit="forms")
    def ask() -> Response:
        form = read_form(request.form)
        if form.question is None:
            return make_response(render_template("public/check.html", form=form), 400)
        source = source_of(request.remote_addr)
        ticket = inbox.ask(form.question.reference, form.question.last_four, source=source, now=clock.now())
        if ticket is None:
            return make_response(render_template("public/busy.html"), 503, {"Retry-After": str(_AGAIN_S)})
        return app.redirect_to("answer", ticket=ticket)

    @contract(who=ANYBODY)
    def answer(ticket: str) -> Response:
        found = inbox.find(ticket, now=clock.now()) if _TICKET.fullmatch(ticket) else None
        if found is None:
            return make_response(render_template("public/gone.html"), 404)
        if isinstance(found, Waiting):
            minutes = math.ceil((found.due_at - clock.now()).total_seconds() / 60)
            return make_response(render_template("public/waiting.html", minutes=minutes if minutes > 1 else 0))
        return make_response(_answer_page(found))

    return [
        ("/check", "check", check, ("GET",)),
        ("/check", "ask", ask, ("POST",)),
        ("/check/<ticket>", "answer", answer, ("GET",)),
    ]


def _answer_page(found: Answer) -> str:
    if found.kind != GENUINE:
        # Of a wrong reference and of wrong digits the same bytes: nothing of the question is in them.
        return render_template("public/not_confirmed.html")
    return render_template("public/genuine.html", campaign=found.campaign, sent_on=_in_words(found.sent_on))


def _campaigns(releases: Releases) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = releases.current().site["campaigns"]
    return found


def _render(name: str, releases: Releases, **values: object) -> str:
    told = releases.current().site
    return render_template(f"public/{name}.html", campaigns=_campaigns(releases), website=told["website"], **values)


def _in_words(day: date | None) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}" if day else ""
