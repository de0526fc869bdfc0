"""What we know so far: the figures, the pictures and the time line of the case, as they were published."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort

from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, contract
from ringback.web.kernel.language import gettext as _
from ringback.web.kernel.times import date_in_words, date_of, month_in_words
from ringback.web.public.pages import figure_words
from ringback.web.public.service import PublicService

_PICTURE = "image/svg+xml"


def routes(service: PublicService) -> list[Route]:
    """The route of the page, and that of its pictures."""

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def known_so_far() -> str:
        release = service.releases.current()
        known = release.known
        step = known.get("step", 10)
        return service.render(
            "known_so_far",
            published_on=date_of(release.site["made_at"]),
            counted_on=date_of(known["run_at"]) if known.get("figures") else "",
            step=step,
            figures=[_figure(one, step) for one in known.get("figures", [])],
            by=known.get("calls_over_time", {}).get("by", "month"),
            periods=_periods(known, step),
            organisations=[
                (one["organisation"], _say(one["at_least"], step)) for one in known.get("organisations", [])
            ],
            pictures=release.pictures,
            timeline=[one | {"day": date_in_words(date.fromisoformat(one["date"]))} for one in release.timeline],
        )

    @contract(who=ANYBODY, cache=BRIEFLY, indexed=True)
    def figure_picture(name: str) -> Response:
        found = service.releases.current().pictures.get(name)
        if found is None:
            abort(404)
        return Response(found, content_type=_PICTURE)

    return [
        ("/what-we-know", "known_so_far", known_so_far, ("GET",)),
        ("/figures/<name>.svg", "figure_picture", figure_picture, ("GET",)),
    ]


def _figure(one: Mapping[str, Any], step: int) -> dict[str, str]:
    return {
        "key": one["key"],
        "label": figure_words.label(one["key"]),
        "meaning": figure_words.meaning(one["key"]),
        "value": _say(one["at_least"], step),
        "definition": one["definition"],
        "period": one["period"],
        "rule": one["rule"],
    }


def _periods(known: Mapping[str, Any], step: int) -> list[tuple[str, str]]:
    told = known.get("calls_over_time", {"by": "month", "rows": []})
    say = month_in_words if told["by"] == "month" else date_in_words
    return [(say(date.fromisoformat(start)), _say(calls, step)) for start, calls in told["rows"]]


def _say(at_least: int | None, step: int) -> str:
    if at_least is None:
        return _("not known")
    return f"{at_least:,}" if at_least else _("fewer than %(step)s", step=step)
