"""The app of the public service: its frame, and the pages of each errand."""

from flask import Response

from ringback.clock import Clock
from ringback.publishing.genuine_alerts import COST, SYNTHETIC_COST
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.web.kernel.app import Route, add_routes, make_app
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.kernel_app import ANYWHERE, Front, KernelApp, Rules
from ringback.web.kernel.language import gettext as _
from ringback.web.kernel.limits import LIMITS, Limit
from ringback.web.kernel.site import Link, Site
from ringback.web.public.pages import (
    check,
    guide,
    known_so_far,
    organisation_numbers,
    scam_check,
    small_print,
    texts,
)
from ringback.web.public.pages.report import files, losses, questions, saving, sending, status
from ringback.web.public.releases import Releases
from ringback.web.public.service import PublicService

ERRANDS = (
    guide.routes, check.routes, texts.routes, scam_check.routes, questions.routes, losses.routes, files.routes,
    saving.routes, sending.routes, status.routes, known_so_far.routes, organisation_numbers.routes, small_print.routes,
)  # fmt: skip
# Whoever guesses at codes from one place gets ten at once, and six a minute; whoever sends reports thirty, and two.
_LIMITS = {
    **LIMITS, "codes": Limit(burst=10, per_second=0.1), "reports": Limit(burst=30, per_second=1 / 30),
    "files": Limit(burst=40, per_second=0.2),
}  # fmt: skip
# No more than four links stand below the name of the service. The first page leads to all the others.
_MOST_LINKS = 4


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
        site=lambda: _frame(service),
        clock=clock,
        front=front,
        language=language,
        rules=Rules(version=lambda: releases.current().name, limits=_LIMITS),
    )
    cost = SYNTHETIC_COST if releases.current().site["synthetic"] else COST
    service = PublicService(app, releases, inbox, Drafts(inbox, cost=cost), clock)
    app.jinja_env.globals.update(advice=service.advice, has_page=service.has_page)
    add_routes(app, [_health(), *(route for routes in ERRANDS for route in routes(service))])
    return app


def _frame(service: PublicService) -> Site:
    told = service.site
    wanted = (
        Link(_("Is this text from us?"), "check"),
        Link(_("Does this look like a scam?"), "scam_check"),
        Link(_("Was my number called?"), "number_called"),
        Link(_("What we know so far"), "known_so_far"),
        Link(_("Our texts"), "texts"),
    )
    return Site(
        service=_("Get help with scam calls"),
        force=told["force"],
        synthetic=told["synthetic"],
        home="start",
        navigation=tuple(link for link in wanted if service.has_page(link.endpoint))[:_MOST_LINKS],
        footer=(
            Link(_("Cookies"), "cookies"),
            Link(_("Privacy"), "privacy"),
            Link(_("Accessibility"), "accessibility"),
        ),
    )


def _health() -> Route:
    @contract(who=ANYBODY)
    def health() -> Response:
        return Response("up\n", content_type="text/plain; charset=utf-8")

    return ("/health", "health", health, ("GET",))
