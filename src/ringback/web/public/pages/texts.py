"""The texts that we sent, and why somebody got none."""

from flask import abort

from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.public.service import PublicService


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def texts() -> str:
        return service.render("texts")

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def campaign(name: str) -> str:
        found = next((one for one in service.site["campaigns"] if one["campaign"] == name), None)
        if found is None:
            abort(404)
        return service.render("campaign", campaign=found)

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def not_texted() -> str:
        return service.render("not_texted")

    return [
        ("/texts", "texts", texts, ("GET",)),
        ("/texts/<name>", "campaign", campaign, ("GET",)),
        ("/not-texted", "not_texted", not_texted, ("GET",)),
    ]
