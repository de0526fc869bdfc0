"""How to know if you were a victim of fraud: the first page, and the two questions that people come with."""

from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.public.service import PublicService


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def start() -> str:
        return service.render("start")

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def number_called() -> str:
        return service.render("number_called")

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def number_shown() -> str:
        return service.render("number_shown")

    return [
        ("/", "start", start, ("GET",)),
        ("/was-my-number-called", "number_called", number_called, ("GET",)),
        ("/my-number-was-shown", "number_shown", number_shown, ("GET",)),
    ]
