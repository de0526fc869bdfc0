"""Cookies, privacy, accessibility, and where to tell of a hole: what the law and good manners ask of a service."""

from datetime import datetime, timedelta

from flask import Response, abort

from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.kernel.csrf import COOKIE
from ringback.web.public.pages.report.journey import COOKIE as REPORT_COOKIE
from ringback.web.public.service import PublicService

SECURITY_TXT = "/.well-known/security.txt"
# RFC 9116 recommends less than a year.
_GOOD_FOR = timedelta(days=364)


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def cookies() -> str:
        return service.render("cookies", cookie=COOKIE, report_cookie=REPORT_COOKIE)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def privacy() -> str:
        return service.render("privacy")

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def accessibility() -> str:
        return service.render("accessibility")

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def security_txt() -> Response:
        contact = service.contacts.get("security")
        if not contact:
            abort(404)
        return Response(_security_lines(service, contact), content_type="text/plain; charset=utf-8")

    return [
        ("/cookies", "cookies", cookies, ("GET",)),
        ("/privacy", "privacy", privacy, ("GET",)),
        ("/accessibility", "accessibility", accessibility, ("GET",)),
        (SECURITY_TXT, "security_txt", security_txt, ("GET",)),
    ]


def _security_lines(service: PublicService, contact: str) -> str:
    """The file as RFC 9116 has it. It ends within a year of its release: then somebody has to publish it anew."""
    made_at = datetime.fromisoformat(service.site["made_at"])
    app = service.app
    # A name with a leading dot stands for all below it, and is no place.
    hosts = [host for host in app.config["TRUSTED_HOSTS"] or () if not host.startswith(".")]
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {(made_at + _GOOD_FOR).isoformat(timespec='seconds').replace('+00:00', 'Z')}",
        "Preferred-Languages: en",
        *(f"Canonical: https://{host}{app.path_to('security_txt')}" for host in hosts),
    ]
    return "\n".join(lines) + "\n"
