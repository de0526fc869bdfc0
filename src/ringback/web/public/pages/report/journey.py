"""A visitor's report in hand: found by the cookie, changed, and led from page to page.

The cookie holds the return code alone: it opens the draft in the inbox, and is in no address, no log and no session.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, make_response, request

from ringback.numbers.dial_plan import DialPlan
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.drafts import DraftTooLarge
from ringback.victim_reports.drafts import Draft
from ringback.victim_reports.questions import Known
from ringback.web.kernel.limits import source_of
from ringback.web.kernel.times import ZONE
from ringback.web.public.pages.report.steps import START, Place, next_place
from ringback.web.public.service import PublicService

# The browser sends it to this host alone, over TLS alone, and forgets it when it is closed.
COOKIE = "__Host-report"
# The name and the values of the buttons of each form.
THEN, SAVE = "then", "save"
_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with the return code that opened it."""

    code: str
    draft: Draft


class Journey:
    """The way through a report.

    Args:
        service: The service.
    """

    def __init__(self, service: PublicService) -> None:
        self.service = service

    @property
    def known(self) -> Known:
        """What answers are read with."""
        return Known(self.service.clock.now().astimezone(ZONE).date(), DialPlan())

    def find(self) -> OpenDraft | None:
        """The draft of the visitor's cookie; None for none."""
        code = self.find_code()
        held = self.service.drafts.read(code, now=self.service.clock.now()) if code else None
        return OpenDraft(code, Draft.from_dict(held)) if code and held is not None else None

    def find_code(self) -> str | None:
        """The return code in the visitor's cookie, in canonical form; None for none."""
        return return_codes.read(request.cookies.get(COOKIE, ""))

    def begin(self, draft: Draft) -> Response:
        """Keep a new draft, and lead on from it."""
        clock = self.service.clock
        source = source_of(request.remote_addr)
        draft = saved(draft) if wants_to_save() else draft
        code = self.service.drafts.begin(draft.as_dict(), source=source, now=clock.now())
        if code is None:
            return self.busy()
        return set_code(self._lead_on(draft), code)

    def change(self, found: OpenDraft, change: Callable[[Draft], Draft]) -> Response:
        """Change a draft, and lead on from it: to the next page, or to the return code if that was asked for."""
        after = self.keep(found, change)
        return self.none() if after is None else self._lead_on(after)

    def keep(self, found: OpenDraft, change: Callable[[Draft], Draft]) -> Draft | None:
        """Change a draft. Returns it as it is now; None where it is gone."""

        def changed(values: dict[str, Any]) -> dict[str, Any]:
            draft = change(Draft.from_dict(values))
            return (saved(draft) if wants_to_save() else draft).as_dict()

        held = self.service.drafts.change(found.code, changed, now=self.service.clock.now())
        return None if held is None else Draft.from_dict(held)

    def _lead_on(self, draft: Draft) -> Response:
        return self.go(Place("report_saved") if wants_to_save() else self.next_place(draft))

    def next_place(self, draft: Draft) -> Place:
        """Where somebody with this draft goes from here."""
        return next_place(draft, self.known)

    def go(self, place: Place) -> Response:
        """An answer that leads to a page."""
        return self.service.app.redirect_to(place.endpoint, **place.values)

    def path(self, place: Place) -> str:
        """The path of a page."""
        return self.service.app.path_to(place.endpoint, **place.values)

    def page(self, name: str, *, back: Place = START, code: int = 200, **values: object) -> Response:
        """A page: templates/public/report/NAME.html."""
        return make_response(self.service.render(f"report/{name}", back_to=self.path(back), **values), code)

    def none(self) -> Response:
        """The page for whoever has no draft, or not any more: the same in each case."""
        return self.page("none", code=404)

    def busy(self) -> Response:
        """The page for when no more reports can be taken."""
        answer = self.page("busy", code=503)
        answer.headers["Retry-After"] = str(_AGAIN_S)
        return answer

    def too_large(self) -> Response:
        """The page for when more was written than can be kept."""
        return self.page("too_large", code=413)


def saved(draft: Draft) -> Draft:
    """A draft whose return code is about to be shown."""
    return replace(draft, saved=True)


def wants_to_save() -> bool:
    """Whether the visitor pressed the button to save and come back later."""
    return request.form.get(THEN) == SAVE


def set_code(answer: Response, code: str) -> Response:
    """Give the visitor the cookie with a return code."""
    answer.set_cookie(COOKIE, code, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


def drop_code(answer: Response) -> Response:
    """Take the cookie away."""
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


def within_limits(journey: Journey, view: Callable[[], Response]) -> Response:
    """The answer of a view that writes, or the page for what cannot be kept."""
    try:
        return view()
    except DraftTooLarge:
        return journey.too_large()
