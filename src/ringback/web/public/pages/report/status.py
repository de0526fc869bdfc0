"""What became of my report? Asked with the status code; nothing of the report is shown."""

import threading

from flask import Response, request

from ringback.publishing.report_statuses import Status
from ringback.victim_reports import status_codes
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.kernel.times import day_in_words
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.journey import Journey
from ringback.web.public.pages.report.steps import Place
from ringback.web.public.service import PublicService

_CODE = "code"
_LONGEST = 80
# A look takes 50 ms of a processor, so a flood of guesses may hold two threads and no more: pages have the others.
_AT_ONCE = 2


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""
    journey = Journey(service)
    places = threading.BoundedSemaphore(_AT_ONCE)

    @contract(who=ANYBODY)
    def report_status() -> Response:
        return journey.page("status", typed="", faults={})

    @contract(who=ANYBODY, limit="codes")
    def report_status_asked() -> Response:
        typed = request.form.get(_CODE, "")[:_LONGEST]
        code = status_codes.read(typed)
        if code is None:
            fault = "mistyped_status" if typed.strip() else "missing"
            return journey.page("status", code=400, typed=typed, faults={_CODE: wording.fault_words(_CODE, fault)})
        if not places.acquire(timeout=1.0):
            return journey.busy()
        try:
            found = _find(service, code)
        finally:
            places.release()
        since = day_in_words(found.since) if found else ""
        return journey.page(
            "status_shown", back=Place("report_status"), status=found.status if found else "", since=since
        )

    return [
        ("/report/status", "report_status", report_status, ("GET",)),
        ("/report/status", "report_status_asked", report_status_asked, ("POST",)),
    ]


def _find(service: PublicService, code: str) -> Status | None:
    """What became of a report: as published, or that it was sent here. Both are always looked up."""
    statuses = service.releases.current().statuses
    published = statuses.find(code) if statuses else None
    sent_on = service.drafts.find_day_sent(code)
    if published:
        return published
    return Status("received", sent_on) if sent_on else None
