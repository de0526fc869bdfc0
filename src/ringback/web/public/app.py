"""The app of the public service: its frame, and the pages of each errand."""

from flask import Response

from ringback.clock import Clock
from ringback.publishing.inbox.questions import Inbox
from ringback.web.kernel.app import Route, add_routes, make_app
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.kernel_app import ANYWHERE, Front, KernelApp
from ringback.web.kernel.language import gettext as _
from ringback.web.kernel.site import Link, Site
from ringback.web.public.pages import check, scam_check, texts
from ringback.web.public.releases import Releases
from ringback.web.public.service import PublicService

ERRANDS = (texts.routes, check.routes, scam_check.routes)


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
        site=lambda: _frame(releases),
        clock=clock,
        front=front,
        language=language,
    )
    service = PublicService(app, releases, inbox, clock)
    add_routes(app, [_health(), *(route for routes in ERRANDS for route in routes(service))])
    return app


def _frame(releases: Releases) -> Site:
    release = releases.current()
    told = release.site
    scams = (Link(_("Does it look like a scam?"), "scam_check"),) if release.judged_by else ()
    return Site(
        service=_("Check a text from us"),
        force=told["force"],
        synthetic=told["synthetic"],
        home="start",
        navigation=(
            Link(_("Check a text"), "check"),
            Link(_("Texts we sent"), "texts"),
            Link(_("I was not texted"), "not_texted"),
            *scams,
        ),
    )


def _health() -> Route:
    @contract(who=ANYBODY)
    def health() -> Response:
        return Response("up\n", content_type="text/plain; charset=utf-8")

    return ("/health", "health", health, ("GET",))
