"""Save a report and come back to it, on this device or another one; or delete it."""

from dataclasses import replace

from flask import Response, request

from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.drafts import KEPT_FOR
from ringback.victim_reports.drafts import Draft
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.times import day_in_words
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.journey import Journey, drop_code, set_code
from ringback.web.public.pages.report.steps import BANK, Place
from ringback.web.public.service import PublicService

_CODE = "code"
_LONGEST = 80


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""
    journey = Journey(service)

    @contract(who=ANYBODY)
    def report_saved() -> Response:
        found = journey.find()
        if found is None or not found.draft.saved:
            return journey.none()
        until = day_in_words(journey.known.today + KEPT_FOR)
        return journey.page("saved", code=200, return_code=return_codes.show(found.code), until=until)

    @contract(who=ANYBODY)
    def report_return() -> Response:
        return journey.page("return", typed="", faults={})

    # Each guess costs one of a few that a source has, and 3 ms of ours. Known, unknown and over are one page.
    @contract(who=ANYBODY, limit="codes")
    def report_returned() -> Response:
        typed = request.form.get(_CODE, "")[:_LONGEST]
        code = return_codes.read(typed)
        if code is None:
            fault = "mistyped_code" if typed.strip() else "missing"
            return journey.page("return", code=400, typed=typed, faults={_CODE: wording.fault_words(_CODE, fault)})
        held = service.drafts.read(code, now=service.clock.now())
        if held is None:
            return journey.page("unknown", back=Place("report_return"), code=404)
        draft = Draft.from_dict(held)
        # Whoever comes back is sent to the bank again, if it still may help.
        after = replace(draft, passed=draft.passed - {BANK.endpoint})
        return set_code(journey.go(journey.next_place(after)), code)

    @contract(who=ANYBODY)
    def report_delete() -> Response:
        return journey.page("delete") if journey.find() else journey.none()

    @contract(who=ANYBODY, limit="forms")
    def report_deleted() -> Response:
        found = journey.find()
        if found:
            service.drafts.delete(found.code)
        return drop_code(journey.page("deleted"))

    return [
        ("/report/saved", "report_saved", report_saved, ("GET",)),
        ("/report/return", "report_return", report_return, ("GET",)),
        ("/report/return", "report_returned", report_returned, ("POST",)),
        ("/report/delete", "report_delete", report_delete, ("GET",)),
        ("/report/delete", "report_deleted", report_deleted, ("POST",)),
    ]
