"""Does this number belong to them? Numbers that organisations publish, to compare by eye. Nobody is asked for one."""

from datetime import date

from flask import abort

from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.kernel.times import date_in_words
from ringback.web.public.service import PublicService


def routes(service: PublicService) -> list[Route]:
    """The list of organisations, and a page for each."""

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def organisation_numbers() -> str:
        return service.render("organisation_numbers", organisations=service.releases.current().organisations.values())

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def organisation(name: str) -> str:
        found = service.releases.current().organisations.get(name)
        if found is None:
            abort(404)
        numbers = [one | {"day": date_in_words(date.fromisoformat(one["read_on"]))} for one in found["numbers"]]
        return service.render("organisation", organisation=found["name"], numbers=numbers)

    return [
        ("/numbers", "organisation_numbers", organisation_numbers, ("GET",)),
        ("/numbers/<name>", "organisation", organisation, ("GET",)),
    ]
