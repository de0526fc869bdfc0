"""Screenshots and statements: sealed to the case as they come, and never looked into on the public host."""

from typing import Any

from flask import Response, request

from ringback.publishing.inbox.uploads import LARGEST_FILE, MOST_FILES
from ringback.publishing.report_keys import seal_to
from ringback.victim_reports.drafts import Draft
from ringback.web.kernel.app import Route
from ringback.web.kernel.contract import ANYBODY, contract
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.journey import Journey, OpenDraft, wants_to_save, within_limits
from ringback.web.public.pages.report.steps import FILES, Place, place_before
from ringback.web.public.service import PublicService

_FILE, _REMOVE, _ADD = "file", "remove", "add"
_LONGEST_NAME = 100
# The form around the file.
_FRAME = 64 * 1024
_HERE = Place("report_files")


def routes(service: PublicService) -> list[Route]:
    """The routes of these pages."""
    journey = Journey(service)

    @contract(who=ANYBODY)
    def report_files() -> Response:
        found = journey.find()
        return _page(journey, found.draft) if found else journey.none()

    @contract(who=ANYBODY, limit="files", largest_body=LARGEST_FILE + _FRAME)
    def report_files_told() -> Response:
        found = journey.find()
        return within_limits(journey, lambda: _take(journey, found)) if found else journey.none()

    return [
        ("/report/files", "report_files", report_files, ("GET",)),
        ("/report/files", "report_files_told", report_files_told, ("POST",)),
    ]


def _take(journey: Journey, found: OpenDraft) -> Response:
    if removed := request.form.get(_REMOVE):
        service = journey.service

        def without(values: dict[str, Any]) -> dict[str, Any]:
            return Draft.from_dict(values).without_file(removed).as_dict()

        held = service.drafts.delete_file(found.code, removed, without, now=service.clock.now())
        return journey.go(_HERE) if held else journey.none()
    sent = request.files.get(_FILE)
    # A browser sends an empty file where none was chosen.
    if sent is not None and sent.filename:
        return _add(journey, found, sent.filename, sent.stream.read(LARGEST_FILE + 1))
    if request.form.get(_ADD):
        return _page(journey, found.draft, fault="no_file")
    return journey.change(found, lambda draft: draft if wants_to_save() else draft.past(FILES))


def _add(journey: Journey, found: OpenDraft, name: str, data: bytes) -> Response:
    service = journey.service
    if not data:
        return _page(journey, found.draft, fault="empty_file")
    if len(data) > LARGEST_FILE:
        return _page(journey, found.draft, fault="large_file")
    if not service.report_recipient:
        return journey.busy()

    def note(values: dict[str, Any], id_: str) -> dict[str, Any]:
        return Draft.from_dict(values).with_file(id_, _short(name)).as_dict()

    sealed = seal_to(service.report_recipient, data)
    if service.drafts.add_file(found.code, sealed, note, now=service.clock.now()) is None:
        return _page(journey, found.draft, fault="many_files")
    return journey.go(Place("report_saved") if wants_to_save() else _HERE)


def _short(name: str) -> str:
    """A name for people: its last part, printable, and not long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(one if one.isprintable() else "?" for one in last)[-_LONGEST_NAME:]


def _page(journey: Journey, draft: Draft, *, fault: str = "") -> Response:
    return journey.page(
        "files",
        back=place_before(FILES, draft, journey.known),
        code=400 if fault else 200,
        files=draft.files,
        is_full=len(draft.files) >= MOST_FILES,
        faults={_FILE: wording.fault_words(_FILE, fault)} if fault else {},
    )
